"""The staffing frontier: can a region staff a specialisation, at what cost, and how soon.

A *specialisation* needs posts by occupation, in fixed proportions to its scale. They are filled by
hiring the unemployed, by drawing on the employed (up to a share that an occupation can lose), and
by training people from other occupations along the mobility network. The least cost is a minimum
cost flow with limits on training seats:

    minimise    hiring + training
    subject to  hired_i + released_i + moves into i - moves out of i  =  posts_i * scale
                hired_i <= unemployed_i * min(1, hiring_rate * months)
                released_i <= release_share_i * employed_i
                sum over moves into i of training months * movers <= seats_i * months
                moves only where training fits into the months

Whoever leaves an occupation may be replaced by somebody who moves in, so the release limit is on
what an occupation loses net. The least cost is a convex, non-decreasing, piecewise linear function
of the scale, does not rise with time, budget, seats or people, and is found exactly with its dual,
which names the bottleneck. Numbers of workers are not rounded.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from workshare.arrays import Array
from workshare.errors import OptionError
from workshare.population.staffing_program import Flow, StaffingProgram
from workshare.population.training import Moves
from workshare.results import CertificateLine, certificate_line, inputs_hash

GAP = 1e-7
"""Largest duality gap and infeasibility, relative, up to which an answer counts as proven."""


@dataclass(frozen=True, slots=True)
class LabourPool:
    """The people a region can draw on, by occupation.

    Attributes
    ----------
    occupations : N codes, as in the moves.
    unemployed, employed : N numbers of workers.
    wages : N wages, money per worker and year.
    release_share : N shares of the employed that an occupation can lose net (0 to 1).
    seats : N training seats: people in training for the occupation at any time.
    hiring_rate : share of the unemployed of an occupation that can be hired per month.
    hiring_share : cost of a hire as a share of the yearly wage of the occupation it is made in.
    """

    occupations: tuple[str, ...]
    unemployed: Array
    employed: Array
    wages: Array
    release_share: Array
    seats: Array
    hiring_rate: float = 0.25
    hiring_share: float = 0.08

    def __post_init__(self) -> None:
        faults = []
        for name in ("unemployed", "employed", "wages", "release_share", "seats"):
            values = getattr(self, name)
            if values.shape != (len(self.occupations),):
                faults.append(
                    f"{name} has {values.size} entries; must have {len(self.occupations)}, "
                    "one for each occupation"
                )
                continue
            wrong = np.flatnonzero(~(values >= 0) | (np.isinf(values) & (name != "seats")))
            faults += [
                f"{name} of {self.occupations[k]} is {values[k]}; must be a number of at least 0"
                for k in wrong[:10]
            ]
        if self.release_share.size and np.nanmax(self.release_share) > 1:
            worst = int(np.nanargmax(self.release_share))
            faults.append(
                f"release_share of {self.occupations[worst]} is {self.release_share[worst]}; must "
                "be at most 1 (a share, not per cent)"
            )
        for name in ("hiring_rate", "hiring_share"):
            value = getattr(self, name)
            if not (np.isfinite(value) and value >= 0):
                faults.append(f"{name} is {value}; must be a number of at least 0")
        if faults:
            raise OptionError("LabourPool: " + "; ".join(faults))


@dataclass(frozen=True, slots=True)
class Specialisation:
    """What is to be staffed: posts by occupation for one unit of scale.

    ``posts`` has workers per unit of scale by occupation code; what is not named needs nobody.
    """

    name: str
    posts: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Staffing:
    """How a specialisation is staffed, or how far it can be.

    Attributes
    ----------
    status : ``staffed``; ``over_budget`` (it could be staffed in time, but not for the budget);
        ``short_of_people`` (posts stay empty whatever is paid). In the last two, the answer is the
        one that leaves the fewest posts empty within the budget, at the least cost.
    cost : money, once.
    unfilled : posts left empty, by occupation (only those with some).
    hired, released : workers hired from the unemployed and drawn from the employed, by occupation.
    moves : (origin, target, workers) of everybody who is trained for another occupation.
    shadow_prices : what one more post would cost, money by occupation with posts; where posts stay
        empty, how many more stay empty for one more post (workers per post).
    seat_values : what one more training seat would save, by occupation (only where it would).
    bottleneck : the occupation with the highest shadow price, or the one with most posts unfilled.
    certificate : feasibility and duality gap, recomputed from the problem and the answer.
    """

    status: str
    specialisation: str
    scale: float
    months: float
    cost: float
    unfilled: Mapping[str, float]
    hired: Mapping[str, float]
    released: Mapping[str, float]
    moves: tuple[tuple[str, str, float], ...]
    shadow_prices: Mapping[str, float]
    seat_values: Mapping[str, float]
    bottleneck: str
    certificate: tuple[CertificateLine, ...]
    statistics: Mapping[str, float] = field(default_factory=dict)
    inputs_hash: str = ""

    @property
    def holds(self) -> bool:
        """Whether every line of the certificate holds."""
        return all(line.holds for line in self.certificate)


def staff(
    pool: LabourPool,
    moves: Moves,
    specialisation: Specialisation,
    scale: float,
    months: float,
    budget: float = np.inf,
) -> Staffing:
    """Return the least cost of staffing a specialisation, or how far it can be staffed.

    Parameters
    ----------
    scale : units of the specialisation (at least 0).
    months : time until all posts must be filled (at least 0).
    budget : money that can be spent, once; infinite if absent.

    Raises
    ------
    OptionError : an occupation with posts that the pool does not know, a negative number, moves
        between other occupations than the pool's.

    Examples
    --------
    >>> import numpy as np
    >>> codes = ("welder", "cell operator")
    >>> pool = LabourPool(codes, np.array([100.0, 5.0]), np.zeros(2), np.array([100.0, 120.0]),
    ...                   np.zeros(2), np.array([0.0, 10.0]), hiring_rate=1.0, hiring_share=0.0)
    >>> moves = Moves(codes, np.array([0]), np.array([1]), np.array([6.0]), np.array([30.0]))
    >>> answer = staff(pool, moves, Specialisation("cells", {"cell operator": 1.0}), 20, 12)
    >>> answer.status, round(answer.cost, 6), answer.moves
    ('staffed', 450.0, (('welder', 'cell operator', 15.0),))
    """
    program, posts = staffing_program(pool, moves, specialisation, months)
    checked_terms(scale=scale, budget=budget)
    return _answer(program, posts, (pool, moves, specialisation), (scale, months, budget))


def months_to_staff(
    pool: LabourPool,
    moves: Moves,
    specialisation: Specialisation,
    scale: float,
    budget: float = np.inf,
    longest: int = 120,
) -> int | None:
    """Return the fewest whole months in which all posts are filled; None beyond ``longest``.

    Whether it can be done never turns false with more time, so the months are found by halving.
    """
    checked_terms(scale=scale, budget=budget)

    def done(months: int) -> bool:
        program, posts = staffing_program(pool, moves, specialisation, float(months))
        flow = program.cheapest(posts * scale)
        return flow is not None and flow.cost <= budget * (1 + 1e-9)

    if not done(longest):
        return None
    low, high = -1, longest
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if done(middle) else (middle, high)
    return high


def staffing_program(
    pool: LabourPool, moves: Moves, specialisation: Specialisation, months: float
) -> tuple[StaffingProgram, Array]:
    """Return the linear programme for a time, and the posts per unit of scale, checked."""
    if moves.occupations != pool.occupations:
        raise OptionError(
            "moves and pool must name the same occupations in the same order; build both from one "
            "list"
        )
    checked_terms(months=months)
    place = {code: k for k, code in enumerate(pool.occupations)}
    faults = [
        f"{specialisation.name}: occupation {code!r} is not in the pool"
        for code in specialisation.posts
        if code not in place
    ]
    faults += [
        f"{specialisation.name}: posts of {code!r} are {number}; must be a number of at least 0"
        for code, number in specialisation.posts.items()
        if not (np.isfinite(number) and number >= 0)
    ]
    if faults:
        raise OptionError("; ".join(faults))
    posts = np.zeros(len(place))
    for code, number in specialisation.posts.items():
        posts[place[code]] = number
    return StaffingProgram(pool_limits(pool, months), moves, months), posts


def pool_limits(pool: LabourPool, months: float) -> tuple[Array, Array, Array, Array]:
    """Return limits on hires, on releases, seat-months by occupation, and the cost of a hire."""
    found = np.minimum(1.0, pool.hiring_rate * months)
    # an unlimited number of seats is no limit, also in no time at all
    seats = np.where(np.isinf(pool.seats), np.inf, np.nan_to_num(pool.seats, posinf=0.0) * months)
    return (
        pool.unemployed * found,
        pool.release_share * pool.employed * found,
        seats,
        pool.hiring_share * pool.wages,
    )


def checked_terms(**numbers: float) -> None:
    """Refuse what is no number of at least 0; a budget may be infinite."""
    faults = [
        f"{name} is {value}; must be a number of at least 0"
        for name, value in numbers.items()
        if not (value >= 0) or (np.isinf(value) and name != "budget")
    ]
    if faults:
        raise OptionError("; ".join(faults))


def _answer(
    program: StaffingProgram,
    posts: Array,
    inputs: tuple[LabourPool, Moves, Specialisation],
    terms: tuple[float, float, float],
) -> Staffing:
    """Return the answer: the cheapest full staffing, else the one with the fewest posts empty."""
    scale, _, budget = terms
    needed = posts * scale
    full = program.cheapest(needed)
    if full is not None and full.cost <= budget * (1 + 1e-12):
        lines = program.check(full, needed)
        return _record("staffed", full, full.prices, (needed, lines), inputs, terms)
    fewest, least = program.fewest_unfilled(needed, budget)
    status = "short_of_people" if full is None else "over_budget"
    first = [
        (f"fewest_empty_{n}", value, words) for n, value, words in program.check(fewest, needed)
    ]
    lines = [*first, *program.check(least, needed)]
    return _record(status, least, fewest.prices, (needed, lines), inputs, terms)


def _record(
    status: str,
    flow: Flow,
    posts_prices: Array,
    checked: tuple[Array, list[tuple[str, float, str]]],
    inputs: tuple[LabourPool, Moves, Specialisation],
    terms: tuple[float, float, float],
) -> Staffing:
    """Return a flow as a record with the names of occupations."""
    pool, moves, specialisation = inputs
    needed, lines = checked
    names = pool.occupations
    dust = 1e-9 * (1.0 + float(needed.sum()))

    def named(values: Array) -> dict[str, float]:
        return {names[k]: float(values[k]) for k in np.flatnonzero(values > dust)}

    prices = {names[k]: float(posts_prices[k]) for k in np.flatnonzero(needed > 0)}
    unfilled = named(flow.unfilled)
    worst = unfilled or prices
    taken = [
        (names[moves.origin[k]], names[moves.target[k]], float(flow.moves[k]))
        for k in np.flatnonzero(flow.moves > dust)
    ]
    return Staffing(
        status=status,
        specialisation=specialisation.name,
        scale=terms[0],
        months=terms[1],
        cost=flow.cost,
        unfilled=unfilled,
        hired=named(flow.hired),
        released=named(flow.released),
        moves=tuple(taken),
        shadow_prices=prices,
        seat_values={names[k]: float(v) for k, v in enumerate(flow.seat_values) if v > 1e-9},
        bottleneck=max(worst, key=lambda code: (worst[code], code)) if worst else "",
        certificate=tuple(
            certificate_line(name, value, GAP, meaning) for name, value, meaning in lines
        ),
        statistics={"occupations": len(names), "moves": moves.origin.size, **flow.statistics},
        inputs_hash=inputs_hash({"inputs": inputs, "terms": terms}),
    )
