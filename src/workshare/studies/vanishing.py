"""The vanishing price of decentralisation: how the gap falls as participants grow in number.

Wang (2017), "Vanishing price of decentralization in large coordinative nonconvex optimization",
SIAM J. Optim. 27(3): coordination by prices loses an amount that does not grow with the number of
participants, so relative to what is at stake it vanishes. Measured here on three families, against
the bound that docs/method.md proves ("The gap that nonconvexity allows"):

* ``steps``: identical agents, imports and exports at constant prices (``F`` piecewise linear). The
  true gap is known for any number. Relative to the value it falls like ``1 / N``.
* ``smooth``: the same agents, ``F(z) = N phi(z / N)`` with quadratic ``phi``. The true gap is
  known; relative to the value it falls like ``1 / N**2``.
* ``specialisation``: different agents. The true optimum is known up to some 20 participants (exact
  mode); beyond, the gap is certified value less bound, which contains the true one.

And what prices alone leave to chance: identical indifferent agents who all choose alike lose
``N / 4`` where a coordinated choice among the same best responses loses nothing.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from workshare.arrays import Array
from workshare.coordination import Options, Problem, Search, Settings, certify, solve
from workshare.coordination.families import (
    SpecialisationParticipants,
    identical_agents,
    specialisation,
)
from workshare.coordination.nonconvexity import chance_bound, nonconvexity
from workshare.errors import OptionError
from workshare.market import piecewise_linear, quadratic_tracking
from workshare.market.slopes import slopes
from workshare.parallel import map_tasks
from workshare.response import PlanTables
from workshare.results import Status

NUMBERS = (2, 5, 10, 20, 50, 100, 300, 1000, 3000, 10_000, 30_000, 100_000)
"""The numbers of participants studied."""

FEW = 12
"""Up to so many identical agents, every division is tried; beyond, goods do not compete for them:
the known best uses at most half of them and one for each good besides."""

ROUNDS_TO = 1e-4
"""The relative dual gap to which rounds are counted."""

Progress = Callable[[str, float, str], None]


@dataclass(frozen=True, slots=True)
class VanishingSettings:
    """What is studied.

    Attributes
    ----------
    largest : the largest number of participants; the smaller ones of :data:`NUMBERS` are studied.
    dimensions : goods of the identical agents.
    goods : goods of the specialisation family.
    draws : identical agents are drawn anew so often; their mean gap is reported.
    seed : of all draws.
    workers : processes for the runs of the specialisation family.
    """

    largest: int = 100_000
    dimensions: int = 4
    goods: int = 12
    draws: int = 200
    seed: int = 0
    workers: int = 1


@dataclass(frozen=True, slots=True)
class KnownGap:
    """One family and number of identical agents, where the true gap is known.

    Means over draws (M per year): the best ``value``, the true ``gap`` between it and the dual
    optimum, the Shapley-Folkman ``bound``; ``relative`` is the mean of gap over value, ``largest``
    the largest of gap over bound in any draw (at most 1 by theory).
    """

    family: str
    number: int
    value: float
    gap: float
    relative: float
    bound: float
    bound_relative: float
    largest: float


@dataclass(frozen=True, slots=True)
class MeasuredGap:
    """One run of the specialisation family (M per year).

    ``gap`` is certified value less dual bound; with ``exact`` the value is the proven optimum, so
    it is the true duality gap up to ``rounds_left``, else the true gap lies below it. ``bound`` is
    the Shapley-Folkman bound of all plans. ``rounds`` counts full rounds to a relative dual gap of
    :data:`ROUNDS_TO`, ``sample_rounds`` those asked of a sample before.
    """

    number: int
    value: float
    gap: float
    relative: float
    rounds_left: float
    bound: float
    bound_relative: float
    exact: bool
    rounds: int
    sample_rounds: int
    mixed: int
    dimensions: int


@dataclass(frozen=True, slots=True)
class Ties:
    """Identical agents who are all indifferent at the best price (M per year): what all choosing
    alike costs, what the best choice among the same best responses does, what the engine found."""

    number: int
    alike: float
    best: float
    found: float


@dataclass(frozen=True, slots=True)
class Slope:
    """The fall of a relative gap: ordinary least squares of its logarithm on that of the number.

    ``expected`` is the slope of the bound that theory gives: the gap may fall faster, never slower
    in the long run. ``error`` is the standard error; numbers from ``first`` to ``last``.
    """

    family: str
    slope: float
    error: float
    expected: float
    first: int
    last: int
    points: int


@dataclass(frozen=True, slots=True)
class Vanishing:
    """The study's result; ``status`` is ``interrupted`` where Ctrl-C left some numbers out."""

    status: Status
    settings: VanishingSettings
    known: tuple[KnownGap, ...]
    measured: tuple[MeasuredGap, ...]
    ties: tuple[Ties, ...]
    slopes: tuple[Slope, ...]


def vanishing(
    settings: VanishingSettings | None = None, progress: Progress | None = None
) -> Vanishing:
    """Return how gaps, rounds and mixed participants change with the number of participants.

    Raises
    ------
    OptionError : a setting outside what is allowed; all are told.

    Examples
    --------
    >>> study = vanishing(VanishingSettings(largest=50, draws=20, goods=3))
    >>> [round(item.slope) for item in study.slopes if item.family == "smooth"]
    [-2]
    """
    settings = settings or VanishingSettings()
    _check(settings)
    numbers = [number for number in NUMBERS if number <= settings.largest]
    known = [
        known_gap(family, number, settings) for family in ("steps", "smooth") for number in numbers
    ]
    ties = [tied(number) for number in numbers]
    # the largest first, so that two workers end at about the same time
    tasks = [(number, settings.goods, settings.seed) for number in reversed(numbers)]

    def told(done: int, total: int) -> None:
        if progress is not None:
            progress("study", done / total, f"{done} of {total} numbers of participants")

    runs = map_tasks(_measure, tasks, workers=settings.workers, progress=told)
    measured = sorted(runs.results, key=lambda item: item.number)
    found = [
        *(
            _slope(family, known, -1.0 if family == "steps" else -2.0, settings)
            for family in _KNOWN
        ),
        _measured_slope(measured, settings),
    ]
    return Vanishing(
        Status.INTERRUPTED if runs.interrupted else Status.CERTIFIED,
        settings,
        tuple(known),
        tuple(measured),
        tuple(ties),
        tuple(item for item in found if item is not None),
    )


_KNOWN = ("steps", "smooth")


def _check(settings: VanishingSettings) -> None:
    faults = []
    if settings.largest < 10:
        faults.append(f"largest is {settings.largest}; must be at least 10")
    for name, least, most in (
        ("dimensions", 1, 5),
        ("goods", 1, 60),
        ("draws", 1, 10_000),
        ("workers", 1, 1024),
    ):
        value = getattr(settings, name)
        if not least <= value <= most:
            faults.append(f"{name} is {value}; must be from {least} to {most}")
    if faults:
        raise OptionError("study vanishing: " + "; ".join(faults))


# --- identical agents: the true gap ---------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Agents:
    """Identical agents, each idle or with one plant of one good.

    Per good: ``size`` and ``cost`` of a plant, ``share``: the contribution per agent at the dual
    optimum. The shared side buys what is short of ``share`` per agent at ``dear`` and sells what is
    over at ``cheap`` (steps), or tracks a target with ``weight`` (smooth).
    """

    size: Array
    cost: Array
    share: Array
    dear: Array
    cheap: Array
    weight: Array


def draw(dimensions: int, generator: np.random.Generator) -> Agents:
    """Return agents drawn at random; at the dual optimum at most half of them have a plant."""
    size = generator.uniform(0.5, 2.0, dimensions)
    cost = size * generator.uniform(0.8, 1.2, dimensions)
    busy = generator.uniform(0.2, 1.0, dimensions) / (2.0 * dimensions)
    return Agents(
        size,
        cost,
        busy * size,
        cost / size * generator.uniform(1.2, 2.0, dimensions),
        cost / size * generator.uniform(0.3, 0.8, dimensions),
        generator.uniform(1.0, 4.0, dimensions),
    )


def agents_problem(family: str, agents: Agents, number: int) -> Problem:
    """Return the problem of ``number`` such agents, told once with their multiplicity."""
    goods = agents.size.size
    contributions = np.vstack([np.zeros(goods), np.diag(agents.size)])
    costs = np.concatenate([[0.0], agents.cost])[None, :]
    largest = number * np.maximum(agents.size, _target(agents))
    if family == "steps":
        demand = number * agents.share
        market = piecewise_linear(
            [[float(k)] for k in demand],
            [[-float(a), -float(b)] for a, b in zip(agents.dear, agents.cheap, strict=True)],
            largest=largest,
            constant=float(agents.dear @ demand),
        )
    else:
        market = quadratic_tracking(
            number * _target(agents), agents.weight / number, largest=largest
        )
    return Problem(PlanTables(costs, contributions, multiplicity=[number]), market)


def _target(agents: Agents) -> Array:
    """Return the target per agent at which the smooth optimum contributes ``share``."""
    target: Array = agents.share + agents.cost / agents.size / agents.weight
    return target


def true_gap(family: str, agents: Agents, number: int) -> tuple[float, float]:
    """Return the least cost of ``number`` agents, and its exact distance from the dual optimum.

    At prices equal to unit costs every agent is indifferent between all its plans, and the shared
    side calls for ``number * share``, which mixtures reach: those prices are optimal. A division
    with ``k`` plants of a good then loses, of that good, the Bregman distance of the shared side;
    goods add up, and each is best at a whole ``k`` next to ``number * share / size``.
    """
    unit = agents.cost / agents.size
    plants = number * agents.share / agents.size
    dual = float(number * unit @ agents.share)
    if family == "smooth":
        dual += float(number * 0.5 * agents.weight @ (agents.share - _target(agents)) ** 2)

    def loss(good: int, k: int) -> float:
        beyond = agents.size[good] * (k - plants[good])
        if family == "smooth":
            return float(0.5 * agents.weight[good] / number * beyond**2)
        rate = unit[good] - agents.cheap[good] if beyond > 0 else agents.dear[good] - unit[good]
        return float(rate * abs(beyond))

    goods = range(agents.size.size)
    if number <= FEW:
        gap = min(
            sum(loss(j, k) for j, k in zip(goods, counts, strict=True))
            for counts in itertools.product(range(number + 1), repeat=len(goods))
            if sum(counts) <= number
        )
    else:
        both = [(math.floor(plants[j]), math.ceil(plants[j])) for j in goods]
        if sum(most for _, most in both) > number:
            raise OptionError(f"{number} agents are too few for {len(goods)} goods")
        gap = sum(
            min(loss(j, low), loss(j, high)) for j, (low, high) in zip(goods, both, strict=True)
        )
    return dual + gap, gap


def known_gap(family: str, number: int, settings: VanishingSettings) -> KnownGap:
    """Return the true gap of identical agents and the bound on it, over all draws."""
    generator = np.random.default_rng([settings.seed, number])
    rows = []
    for _ in range(settings.draws):
        agents = draw(settings.dimensions, generator)
        value, gap = true_gap(family, agents, number)
        bound = nonconvexity(agents_problem(family, agents, number)).bound
        rows.append((value, gap, gap / value, bound, bound / value, gap / bound))
    value, gap, relative, bound, share, _ = np.mean(rows, axis=0).tolist()
    return KnownGap(
        family, number, value, gap, relative, bound, share, float(np.max([row[-1] for row in rows]))
    )


def tied(number: int) -> Ties:
    """Return what careless and careful choice among tied best responses cost."""
    problem = identical_agents(number, merged=True)
    alike = problem.market.evaluate(np.array([float(number)])).value
    # rounding the vertex is enough here; a search would free every copy, since all are tied
    search = Search(tied=0, neighbourhoods=0)
    settings = Settings(rounds=Options(tolerance=1e-9, near=0.0), exact=False, search=search)
    found = solve(problem, settings).selection.value
    best = 0.0 if number % 2 == 0 else 1.0 / (4.0 * number)
    return Ties(number, alike, best, found)


# --- different agents: the engine -----------------------------------------------------------------


def _measure(task: tuple[int, int, int]) -> MeasuredGap:
    number, goods, seed = task
    problem = specialisation(number, goods, seed)
    settings = Settings(
        rounds=Options(tolerance=1e-6, near=0.0),
        exact_participants=20,
    )
    solution = solve(problem, settings)
    certificate = certify(problem, solution, settings, measured=False)
    gap = max(0.0, certificate.value - certificate.dual_bound)
    bound = specialisation_bound(problem)
    size = abs(certificate.value)
    close = [r.number for r in solution.rounds if r.master - r.bound <= ROUNDS_TO * abs(r.bound)]
    return MeasuredGap(
        number,
        certificate.value,
        gap,
        gap / size,
        certificate.basis.rounds_left,
        bound,
        bound / size,
        certificate.status == "exact",
        close[0] if close else len(solution.rounds),
        solution.sample_rounds,
        len(solution.mixed),
        goods,
    )


def specialisation_bound(problem: Problem) -> float:
    """Return the Shapley-Folkman bound of the family: all have up to two of the same plants."""
    together = problem.participants
    assert isinstance(together, SpecialisationParticipants)
    least = 2.0 * together.contribution.min(axis=0)
    most = 2.0 * together.contribution.max(axis=0)
    number = len(together)
    steep = slopes(problem.market.form, number * least, number * most)
    return chance_bound((most - least)[None, :], np.array([number]), steep)


# --- slopes ---------------------------------------------------------------------------------------


def fit(numbers: Sequence[float], values: Sequence[float]) -> tuple[float, float]:
    """Return slope and standard error of log(values) on log(numbers), by least squares.

    >>> fit([1.0, 10.0, 100.0], [5.0, 0.5, 0.05])[0]
    -1.0
    """
    x, y = np.log(np.asarray(numbers)), np.log(np.asarray(values))
    x = x - x.mean()
    slope = float(x @ (y - y.mean()) / (x @ x))
    rest = y - y.mean() - slope * x
    free = max(1, x.size - 2)
    return round(slope, 12), math.sqrt(float(rest @ rest) / free / float(x @ x))


def _slope(
    family: str, known: Sequence[KnownGap], expected: float, settings: VanishingSettings
) -> Slope | None:
    """Return the slope of a known gap, from twice as many agents as goods on."""
    rows = [
        row
        for row in known
        if row.family == family and row.number >= 2 * settings.dimensions and row.relative > 0
    ]
    return _fitted(family, [(row.number, row.relative) for row in rows], expected)


def _measured_slope(measured: Sequence[MeasuredGap], settings: VanishingSettings) -> Slope | None:
    """Return the slope of the measured gap where there are more participants than goods, and the
    gap stands well above what the rounds left open."""
    rows = [
        (row.number, row.relative)
        for row in measured
        if row.number > settings.goods and row.gap > 10.0 * row.rounds_left
    ]
    return _fitted("specialisation", rows, -1.0)


def _fitted(family: str, rows: Sequence[tuple[int, float]], expected: float) -> Slope | None:
    if len(rows) < 3:
        return None
    numbers, values = zip(*rows, strict=True)
    slope, error = fit(numbers, values)
    return Slope(family, slope, error, expected, numbers[0], numbers[-1], len(rows))
