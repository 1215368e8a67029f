"""How far from convex participants are, and the duality gap that this allows (Shapley-Folkman).

Take any finite set of plans for each participant, and let ``V`` be the value of the convexified
problem over them. At a basic solution at most ``d`` copies of participants are mixed (``d`` shared
dimensions). Two ways of replacing each mixture by one real plan bound what the best real division
costs beyond ``V`` (proofs in docs/method.md, "The gap that nonconvexity allows"):

* *one plan for each* (after Aubin and Ekeland 1976, "Estimates of the duality gap in nonconvex
  optimization", Mathematics of Operations Research 1(3)): whatever it mixed, participant ``i``
  takes one plan ``k``, and the shared side makes up the difference at its worst prices. That costs
  at most ``rho_i = min over k, max over j of [f_k - f_j + worst(g_k - g_j)]``; the sum of the ``d``
  largest bounds the gap.
* *at random* (after Starr 1969, "Quasi-equilibria in markets with non-convex preferences",
  Econometrica 37(1)): each draws one of its plans with the weights it mixed; private cost is kept
  in the mean, so some draw costs no more than the mean of the shared side's loss, which the
  variances bound: half the curvature times the variance where ``F`` is smooth, half the range of
  prices times the standard deviation where it is not.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy.spatial.distance import cdist

from workshare.arrays import Array
from workshare.coordination.pool import Pool
from workshare.coordination.problem import Problem
from workshare.market import Market
from workshare.market.slopes import Slopes, slopes
from workshare.response import BoolArray, IntArray

MOST_LISTED = 1500
"""The longest list of plans of one participant that is measured whole."""

MOST_PLANS = 400_000
"""The most plans, of all participants together, that are measured whole."""

BLOCK = 256


@dataclass(frozen=True, slots=True)
class Nonconvexity:
    """The measured nonconvexity of every participant, and the gap it allows (M per year).

    Attributes
    ----------
    each : per participant, for one copy: the most that replacing a mixture of its plans by one of
        them can cost, the shared side making up the difference. Zero for a single plan.
    listed : per participant, whether every plan it has was measured (True) or those it answered in
        the run (False: then ``each`` speaks of those, and plans never answered may add to it).
    by_one, by_chance : the two bounds on the gap; infinite where prices have no known range.
    ceilings : the division that the bound speaks of may pay ceiling prices for unmet needs.
    """

    each: Array
    listed: BoolArray
    by_one: float
    by_chance: float
    ceilings: bool

    @property
    def bound(self) -> float:
        """The most that the best division of the plans measured costs beyond the convexified one.

        A statement about the set of plans measured, so it holds for the plans seen too: the best of
        all divisions costs no more than the best of those seen.
        """
        return min(self.by_one, self.by_chance)

    @property
    def exact(self) -> bool:
        """Whether every plan of every participant was measured."""
        return bool(np.all(self.listed))


def nonconvexity(
    problem: Problem, pool: Pool | None = None, *, list_all: bool = True
) -> Nonconvexity:
    """Return the nonconvexity of the participants of ``problem``.

    Participants on this machine whose plans can be listed are measured whole; the others by the
    plans in ``pool``, so that nobody is asked to disclose more than it answered.

    Parameters
    ----------
    pool : points answered in a run over the same participants (``Solution.state.pool``).
    list_all : False measures the plans in ``pool`` only.

    Examples
    --------
    >>> from workshare.coordination.families import identical_agents
    >>> measured = nonconvexity(identical_agents(5))
    >>> round(measured.bound, 12)  # the gap of five identical agents is exactly 1/20
    0.05
    """
    points, listed = _points(problem, pool, list_all)
    measured = measure(points, problem.participants.multiplicity, problem.market.form)
    return replace(measured, listed=listed)


def measure(points: Pool, copies: IntArray, market: Market) -> Nonconvexity:
    """Return the nonconvexity of participants that have ``points`` and nothing else."""
    count = copies.size
    starts = np.searchsorted(points.who, np.arange(count + 1))
    contribution = np.asarray(
        points.contribution.toarray()
        if hasattr(points.contribution, "toarray")
        else points.contribution,
        dtype=float,
    )
    least, most = np.zeros((count, market.dimensions)), np.zeros((count, market.dimensions))
    present = np.flatnonzero(np.diff(starts) > 0)
    if present.size:
        least[present] = np.minimum.reduceat(contribution, starts[present], axis=0)
        most[present] = np.maximum.reduceat(contribution, starts[present], axis=0)
    steep = slopes(market, copies @ least, copies @ most)
    each = np.zeros(count)
    for who in present[np.diff(starts)[present] > 1]:
        own = slice(starts[who], starts[who + 1])
        each[who] = _radius(points.cost[own], contribution[own], steep)
    few = market.dimensions
    return Nonconvexity(
        each,
        np.zeros(count, dtype=bool),
        float(_largest(each[:, None], copies, few)[0]),
        chance_bound(most - least, copies, steep),
        steep.ceilings,
    )


def chance_bound(width: Array, copies: IntArray, steep: Slopes) -> float:
    """Return the bound from random choice.

    Parameters
    ----------
    width : participants x dimensions, greatest less least contribution of one copy.
    """
    # a variable within an interval has at most a quarter of its squared width as variance
    variance = _largest(0.25 * width**2, copies, width.shape[1])
    half = 0.5 * (steep.high - steep.low)
    with np.errstate(invalid="ignore"):
        loss = np.minimum(0.5 * steep.curvature * variance, half * np.sqrt(variance))
    return float(np.sum(np.where(variance > 0, loss, 0.0)))


def _radius(cost: Array, contribution: Array, steep: Slopes) -> float:
    """Return ``min over k, max over j of f_k - f_j + worst(g_k - g_j)`` of one participant."""
    varies = np.ptp(contribution, axis=0) > 0
    low, high = steep.low[varies], steep.high[varies]
    if not (np.all(np.isfinite(low)) and np.all(np.isfinite(high))):
        return np.inf
    # making up a difference delta costs at most -mid . delta + half . |delta|
    half, middle = 0.5 * (high - low), 0.5 * (high + low)
    scaled = contribution[:, varies] * half
    own = cost - contribution[:, varies] @ middle
    best = np.inf
    for start in range(0, cost.size, BLOCK):
        part = slice(start, start + BLOCK)
        apart = cdist(scaled[part], scaled, "cityblock") if scaled.shape[1] else 0.0
        worst = np.max(apart - own, axis=1) if scaled.shape[1] else np.full(1, -own.min())
        best = min(best, float(np.min(own[part] + worst)))
    return max(0.0, best)


def _largest(values: Array, copies: IntArray, few: int) -> Array:
    """Return, for each column, the sum of its ``few`` largest values, copies counted."""
    totals = np.zeros(values.shape[1])
    for column in range(values.shape[1]):
        order = np.argsort(-values[:, column], kind="stable")[:few]
        left = few
        for who in order:
            taken = min(left, int(copies[who]))
            totals[column] += taken * values[who, column]
            left -= taken
            if left == 0:
                break
    return totals


def _points(problem: Problem, pool: Pool | None, list_all: bool) -> tuple[Pool, BoolArray]:
    """Return the points to measure, and which participants' are all there are."""
    together = problem.participants
    count = len(together)
    listed = np.zeros(count, dtype=bool)
    who: list[int] = []
    cost: list[float] = []
    contribution: list[Array] = []
    longest = min(MOST_LISTED, MOST_PLANS // max(1, count))
    for number in range(count if list_all and longest > 1 else 0):
        plans = together.listed(number, longest, problem.dimensions)
        if plans is None:
            continue
        listed[number] = True
        who += [number] * len(plans)
        cost += [plan.cost for plan in plans]
        contribution += [plan.contribution for plan in plans]
    numbers = np.array(who, dtype=np.int64)
    table = np.array(contribution).reshape(len(who), problem.dimensions)
    points = Pool(numbers, np.arange(len(who)), np.array(cost), table, np.zeros_like(numbers))
    if pool is None or np.all(listed):
        return points, listed
    return _joined(points, pool, listed), listed


def _joined(points: Pool, pool: Pool, listed: BoolArray) -> Pool:
    """Return the points listed and, for everybody else, those in the pool."""
    seen = pool.keep(~listed[pool.who])
    own = seen.contribution
    table = own.toarray() if hasattr(own, "toarray") else own
    who = np.concatenate([points.who, seen.who])
    order = np.argsort(who, kind="stable")
    return Pool(
        who[order],
        np.concatenate([points.key, seen.key])[order],
        np.concatenate([points.cost, seen.cost])[order],
        np.concatenate([points.contribution, table])[order],
        np.zeros_like(who),
    )
