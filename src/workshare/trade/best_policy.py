"""The best policy of one government, or of a bloc of governments acting together.

The formulas of Lashkaripour and Lugovskyy (2023) are the start, an ascent on the exact gradient is
the polish, and the answer's certificate is recomputed from the problem and the answer: the
equilibrium's conditions, and the largest gain in log welfare per log point of any one tax. It
shows that the answer is *stationary* and no worse than the formulas; it does not show that nothing
better exists far away.
"""

from __future__ import annotations

import dataclasses
import enum
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np

from workshare.arrays import Array
from workshare.errors import OptionError
from workshare.results import CertificateLine, certificate_line
from workshare.trade import newton
from workshare.trade.block_arrow import Triple, linearise
from workshare.trade.economy import Economy
from workshare.trade.equilibrium import Equilibrium, EquilibriumStatus, describe
from workshare.trade.formulas import SUPPLIES, FormulaAnswer, formula_policy
from workshare.trade.gradient import Gradient, Objective, gradient, objective_value
from workshare.trade.polish import STATIONARY, Freedom, freedom, polish
from workshare.trade.system import (
    Base,
    Outside,
    Taxes,
    base_of,
    conditions,
    corrective,
    log_welfare,
    outside_of,
    policy_of,
    taxes_of,
)
from workshare.trade.taxes import Policy, Shock, complete_policy, complete_shock

CHOICES = ("all", "trade", "tariffs", "production")
"""What governments may set: ``all`` (first best), ``trade`` taxes (second best), ``tariffs`` only
(third best), ``production`` subsidies only."""


DEFICITS = (
    "The economy has trade deficits. They are fixed amounts in units of the world wage bill, and a "
    "government can gain by changing what they are worth: close them first."
)
"""The note that goes with best policies of an economy with deficits."""


ROUGH = 50
"""Equilibria solved before weights are adjusted again, while gains are far from equal."""

NEARLY_EQUAL = 1e-4
"""Difference between members' log gains from which on every step is taken to the end."""

EQUAL = 1e-5
"""Largest difference between members' log gains that counts as equal."""

MOST_SHARINGS = 12
"""Most times the weights are adjusted to share a gain equally."""


class PolicyStatus(enum.StrEnum):
    """How much is known about a policy called best.

    STATIONARY : no small change of any one tax adds to the objective, within tolerance.
    IMPROVED : better than the start, but some tax could still be moved with profit.
    FORMULA : the formulas' answer, not polished on request.
    NO_EQUILIBRIUM : no equilibrium was found; the policy is the start.
    """

    STATIONARY = "stationary"
    IMPROVED = "improved"
    FORMULA = "formula"
    NO_EQUILIBRIUM = "no_equilibrium"


@dataclass(frozen=True, eq=False)
class BestPolicy:
    """A policy, its equilibrium, and what is known about how good it is.

    Attributes
    ----------
    members : the governments that set it, jointly.
    instruments : what they set, see :data:`CHOICES`.
    policy, equilibrium : the policy of the whole world and what follows from it.
    transfers : (N,) money received from fellow members; zero without transfers.
    objective : the objective reached, per cent (100 x log of weighted real income).
    formula : the objective at the formulas' policy, per cent; NaN where the formulas fail.
    slope : largest gain of the objective per log point of any one tax.
    status, certificate : what is known; see :class:`PolicyStatus`.
    evaluations : equilibria solved.
    notes : what a reader must know, in words.
    """

    members: tuple[str, ...]
    instruments: str
    policy: Policy
    equilibrium: Equilibrium
    transfers: Array
    objective: float
    formula: float
    slope: float
    status: PolicyStatus
    certificate: tuple[CertificateLine, ...]
    evaluations: int
    notes: tuple[str, ...]

    @property
    def gains(self) -> Array:
        """Change of real income of every country, per cent; (N,)."""
        return self.equilibrium.gains

    def gain(self, country: str) -> float:
        """Return the change of real income of one country, per cent."""
        return self.equilibrium.gain(country)


@dataclass(frozen=True)
class PolicyOptions:
    """How :func:`best_policy` works.

    Attributes
    ----------
    transfers : members of a bloc may pay each other; then the bloc's joint income is what counts.
    share : with transfers, how the joint gain is shared: ``equal``, the same per cent of real
        income for every member (weights are adjusted until it is), or ``weights`` as given.
    polished : climb on the exact gradient from the formulas; False returns the formulas' answer.
    supply : inverse export-supply elasticity in the formulas, see :data:`formulas.SUPPLIES`.
    weights : weight of each member's log real income; empty: its share of the bloc's spending.
    favour : political weights: what the share of labour in an industry counts beside log real
        income. 0.5 gives one per cent of the labour force there the worth of half a per cent of
        income.
    most : most equilibria to solve.
    """

    transfers: bool = False
    share: str = "equal"
    polished: bool = True
    supply: str = "small"
    weights: tuple[float, ...] = ()
    favour: dict[str, float] = field(default_factory=dict)
    most: int = 400


def best_policy(
    economy: Economy,
    members: str | Sequence[str],
    instruments: str = "all",
    *,
    others: Policy | None = None,
    shock: Shock | None = None,
    options: PolicyOptions | None = None,
    progress: Callable[[int, float], None] | None = None,
) -> BestPolicy:
    """Return the best policy of one country, or the joint best policy of several.

    Parameters
    ----------
    economy : the economy.
    members : one country, or the members of a bloc, who maximise the weighted sum of their log
        real incomes and set every tax between themselves too.
    instruments : ``all``, ``trade``, ``tariffs`` or ``production``; see :data:`CHOICES`.
    others : the policies of everybody else (default: as in the data); the members' own part of it
        is what they start from and keep where an instrument is not theirs to set.
    shock : other changes at the same time.
    options : see :class:`PolicyOptions`.
    progress : called with the number of equilibria solved and the largest derivative left.

    Raises
    ------
    EconomyError : unknown country, faulty policy. OptionError : unknown instruments or option.

    Examples
    --------
    >>> import numpy as np
    >>> flows = np.array([[[80.0], [20.0]], [[20.0], [80.0]]])
    >>> world = Economy(("A", "B"), ("goods",), flows, np.array([4.0]), np.array([0.2]))
    >>> answer = best_policy(world, "A", "tariffs")
    >>> answer.status.value, round(answer.gain("A"), 3), round(answer.gain("B"), 3)
    ('stationary', 1.199, -2.189)
    >>> round(float(answer.policy.tariffs[1, 0, 0]), 3)
    0.286
    """
    options = options or PolicyOptions()
    names = (members,) if isinstance(members, str) else tuple(members)
    _check(economy, names, instruments, options)
    base = base_of(economy)
    start = taxes_of(complete_policy(economy, others))
    shocked = complete_shock(economy, shock)
    outside = outside_of(shocked)
    places = np.array([economy.country(name) for name in names])
    bloc = np.zeros((len(economy.countries), 1))
    bloc[places] = 1.0
    objective = _objective(economy, base, places, options)
    free = freedom(base, bloc[:, 0] > 0, instruments, transfers=options.transfers)
    begun = _start(base, outside, start, bloc, instruments, objective, options.supply)
    answer = _Answer(economy, names, instruments, shocked, free, objective)
    if begun is None:
        return answer.record(base, outside, start, np.zeros(len(bloc)), None, np.nan, False, 0)
    taxes, at, formula, count = begun
    none = np.zeros(len(bloc))
    if not options.polished:
        return answer.record(base, outside, taxes, none, at, formula, False, count)
    shared = options.transfers and options.share == "equal" and not options.weights
    first = min(options.most, ROUGH) if shared else options.most
    climbed = polish(base, outside, taxes, free, objective, at=at, most=first, progress=progress)
    paid, spent = climbed.transfers, climbed.evaluations
    if shared:
        for _ in range(MOST_SHARINGS):
            gains = log_welfare(base, climbed.point)[places]
            if np.ptp(gains) <= EQUAL and climbed.stationary:
                break
            # far from equal, weights are moved before the rest is worth finding exactly
            rough = np.ptp(gains) > NEARLY_EQUAL
            most = min(options.most, ROUGH) if rough else options.most
            objective = _reweighted(objective, places, gains)
            moved = Outside(outside.log_cost, outside.labour, outside.deficits + paid)
            point = climbed.point
            near = (point.wage, point.income, point.firms)
            climbed = polish(
                base,
                moved,
                climbed.taxes,
                free,
                objective,
                at=near,
                most=most,
                progress=progress,
            )
            paid, spent = paid + climbed.transfers, spent + climbed.evaluations
        answer = dataclasses.replace(answer, objective=objective)
    point = climbed.point
    near = (point.wage, point.income, point.firms)
    return answer.record(base, outside, climbed.taxes, paid, near, formula, True, count + spent)


def _reweighted(objective: Objective, places: Array, gains: Array) -> Objective:
    """Return the objective with more weight on members that gain less than the mean."""
    weights = objective.weights.copy()
    weights[places] *= np.exp(gains.mean() - gains)
    return Objective(weights / weights.sum(), objective.favour)


def _check(
    economy: Economy, names: tuple[str, ...], instruments: str, options: PolicyOptions
) -> None:
    """Raise where a name or an option is wrong."""
    for name in names:
        economy.country(name)
    for name in options.favour:
        economy.industry(name)
    if not names or len(set(names)) != len(names):
        raise OptionError("members: give at least one country, each once")
    if instruments not in CHOICES:
        raise OptionError(f"instruments {instruments!r}: choose one of {', '.join(CHOICES)}")
    if options.supply not in SUPPLIES:
        raise OptionError(f"supply {options.supply!r}: choose one of {', '.join(SUPPLIES)}")
    if options.share not in ("equal", "weights"):
        raise OptionError(f"share {options.share!r}: choose equal or weights")
    if options.weights and (len(options.weights) != len(names) or min(options.weights) < 0):
        raise OptionError("weights: give one number >= 0 for each member, in their order")


def _objective(economy: Economy, base: Base, places: Array, options: PolicyOptions) -> Objective:
    """Return the objective of the members."""
    index = places.astype(np.intp)
    size = base.spending[index]
    weights = np.zeros(len(base.spending))
    given = np.array(options.weights) if options.weights else size
    weights[index] = given / given.sum()
    favour = np.zeros_like(base.weights)
    for name, more in options.favour.items():
        favour[economy.industry(name), index] = more
    return Objective(weights, favour)


def _start(
    base: Base,
    outside: Outside,
    start: Taxes,
    bloc: Array,
    instruments: str,
    objective: Objective,
    supply: str,
) -> tuple[Taxes, Triple, float, int] | None:
    """Return the better of the formulas' policy and doing nothing, with its equilibrium."""
    before = newton.solve(conditions(base, start, outside), aim=1e-12)
    if instruments == "production":
        undone = np.where(bloc[:, 0] > 0, corrective(base), start.production)
        taxes = Taxes(start.tariff, start.export, undone)
        system = conditions(base, taxes, outside)
        there = FormulaAnswer(taxes, system, newton.solve(system, aim=1e-12), 1, 0.0)
    else:
        there = formula_policy(base, outside, bloc, instruments, supply=supply, start=start)
    count = there.rounds + 2
    formula = np.nan
    if there.found.solved:
        formula = 100.0 * objective_value(base, there.found.point, objective)
    idle = 100.0 * objective_value(base, before.point, objective) if before.solved else -np.inf
    if not before.solved and not there.found.solved:
        return None
    ahead = there.found.solved and (formula >= idle or not before.solved)
    # a reader who asks for the formulas' answer gets it even where doing nothing is better
    taken = there.found if ahead else before
    point = taken.point
    taxes = there.taxes if ahead else start
    return taxes, (point.wage, point.income, point.firms), formula, count


@dataclass(frozen=True, eq=False)
class _Answer:
    """What a record of a best policy needs beside the policy itself."""

    economy: Economy
    members: tuple[str, ...]
    instruments: str
    shock: Shock
    free: Freedom
    objective: Objective

    def record(
        self,
        base: Base,
        outside: Outside,
        taxes: Taxes,
        transfers: Array,
        at: Triple | None,
        formula: float,
        polished: bool,
        count: int,
    ) -> BestPolicy:
        """Return the record, with equilibrium and slope computed afresh."""
        moved = Outside(outside.log_cost, outside.labour, outside.deficits + transfers)
        system = conditions(base, taxes, moved)
        found = newton.solve(system, at)
        name = f"{'+'.join(self.members)} {self.instruments}"
        policy = policy_of(taxes, name)
        shock = Shock(
            self.shock.trade_costs,
            self.shock.productivity,
            self.shock.labour,
            moved.deficits,
            self.shock.name,
        )
        equilibrium = describe(self.economy, policy, shock, system, found)
        slopes = gradient(system, found.point, linearise(system, found.point), self.objective)
        slope = largest_slope(slopes, self.free)
        solved = equilibrium.status is not EquilibriumStatus.NOT_CONVERGED
        status, notes = _status(solved, polished, slope)
        if np.abs(self.economy.deficits).max() > 1e-3 * self.economy.spending.max():
            notes = (*notes, DEFICITS)
        line = certificate_line(
            "slope",
            slope,
            STATIONARY,
            "Largest gain of the objective (log real income) per log point of any one tax.",
        )
        value = 100.0 * objective_value(base, found.point, self.objective)
        return BestPolicy(
            self.members,
            self.instruments,
            policy,
            equilibrium,
            transfers,
            value,
            formula,
            slope,
            status,
            (*equilibrium.certificate, line),
            count + 1,
            (*equilibrium.notes, *notes),
        )


def largest_slope(slopes: Gradient, free: Freedom) -> float:
    """Return the largest derivative by the log of any tax that is free to move."""
    return float(
        max(
            np.abs(slopes.tariff[free.tariff]).max(initial=0.0),
            np.abs(slopes.export[free.export]).max(initial=0.0),
            np.abs(slopes.production[free.production]).max(initial=0.0),
        )
    )


def _status(solved: bool, polished: bool, slope: float) -> tuple[PolicyStatus, tuple[str, ...]]:
    """Return the status of a policy and the notes that go with it."""
    if not solved:
        return PolicyStatus.NO_EQUILIBRIUM, ("No equilibrium was found under this policy.",)
    if slope <= STATIONARY:
        told = "Stationary: no small change of one tax helps. A better policy far away is not ruled"
        return PolicyStatus.STATIONARY, (f"{told} out.",)
    if not polished:
        return PolicyStatus.FORMULA, ("The formulas' answer, without polish.",)
    return PolicyStatus.IMPROVED, (f"Some tax could still gain: slope {slope:.2g}.",)
