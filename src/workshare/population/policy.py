"""Levers of labour policy, what they change in a period, and what they cost.

Levers change seats, probabilities and posts wanted *before* anything is drawn. Whatever is not
touched keeps its stream, so a policy without money is the baseline to the last person.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from workshare.arrays import Array
from workshare.errors import Fault, TableError
from workshare.population.rules import Rules, State
from workshare.population.workforce import Counts, Workforce


@dataclass(frozen=True, slots=True)
class Policy:
    """Levers; each is off unless it is given.

    Attributes
    ----------
    seats : R x O places on courses for the occupation that start in a period.
    subsidy : R x O share of the wage of a newly hired worker that is paid for ``subsidy_years``.
    relocation : R probabilities, added to the migration of the unemployed of a region.
    members : positions of the regions that run their courses together: seats go where posts of
        the occupation are vacant, whoever pays for them.
    recognition : for the members, how much likelier a migrant goes to another member (0 is as
        likely as without; 1 is twice as likely), because certificates are recognised there.
    budget : most that is spent in a period (money); every lever is scaled down to it in advance.
    course_cost : of one course, as a share of the yearly wage of its occupation.
    relocation_cost : of one migrant more, as a share of the mean yearly wage of the region left.
    subsidy_response : posts wanted rise by this share for a subsidy of all of the wage; an
        elasticity, and an assumption.
    subsidy_years : how long the subsidy of a hire is paid (years).
    """

    seats: Counts | None = None
    subsidy: Array | None = None
    relocation: Array | None = None
    members: tuple[int, ...] = ()
    recognition: float = 0.0
    budget: float = np.inf
    course_cost: float = 0.3
    relocation_cost: float = 0.2
    subsidy_response: float = 0.3
    subsidy_years: float = 1.0


@dataclass(frozen=True, slots=True)
class Levers:
    """A policy made ready for one period: what the engines use.

    ``seats`` R x O, ``more_posts`` R x O factor of the posts wanted, ``more_migration`` R,
    ``subsidy`` R x O, ``scale`` the share of the plan that the budget allows (0 to 1).
    """

    seats: Counts
    more_posts: Array
    more_migration: Array
    subsidy: Array
    scale: float


def check_policy(policy: Policy, workforce: Workforce) -> None:
    """Refuse a policy that does not fit the workforce, telling every fault."""
    shape = workforce.formal.shape
    faults = []
    shapes = {"seats": shape, "subsidy": shape, "relocation": shape[:1]}
    for name, wanted in shapes.items():
        values = getattr(policy, name)
        if values is None:
            continue
        if values.shape != wanted:
            faults.append(_fault(name, f"shape {values.shape}", f"must have the shape {wanted}"))
            continue
        top = np.inf if name == "seats" else 1.0
        for place in np.argwhere(~((values >= 0) & (values <= top)))[:20]:
            names = [workforce.regions[place[0]], *(workforce.occupations[o] for o in place[1:])]
            rule = "must be at least 0" + (" and at most 1" if top == 1 else "")
            faults.append(_fault(f"{name} of {names}", str(values[tuple(place)]), rule))
        if name == "seats" and values.dtype.kind not in "iu":
            faults.append(_fault(name, str(values.dtype), "must be whole seats"))
    for member in policy.members:
        if not 0 <= member < shape[0]:
            rule = f"must be between 0 and {shape[0] - 1}"
            faults.append(_fault("members", str(member), rule))
    for name in ("recognition", "budget", "course_cost", "relocation_cost", "subsidy_response"):
        if not getattr(policy, name) >= 0:
            faults.append(_fault(name, str(getattr(policy, name)), "must be at least 0"))
    for what in ("seats", "subsidy", "relocation"):
        values = getattr(policy, what)
        if values is not None and values.any() and not np.isfinite(workforce.wages).any():
            rule = "needs wages, because its cost is a share of them"
            faults.append(_fault(what, "no wage known", rule))
    if faults:
        raise TableError(faults)


def set_levers(policy: Policy | None, workforce: Workforce, state: State, rules: Rules) -> Levers:
    """Return what a policy does in the coming period, within its budget."""
    shape = workforce.formal.shape
    idle = Levers(
        np.zeros(shape, dtype=np.int64), np.ones(shape), np.zeros(shape[0]), np.zeros(shape), 0.0
    )
    if policy is None:
        return idle
    seats = idle.seats if policy.seats is None else policy.seats
    subsidy = idle.subsidy if policy.subsidy is None else policy.subsidy
    relocation = idle.more_migration if policy.relocation is None else policy.relocation
    wages = filled_wages(workforce)
    moving = relocation * state.unemployed.sum(axis=(1, 2))
    planned = (
        (seats * wages).sum() * policy.course_cost
        + (moving * wages.mean(axis=1)).sum() * policy.relocation_cost
        + (subsidy * wages * state.vacancies).sum() * policy.subsidy_years
    )
    scale = 1.0 if planned <= policy.budget else float(policy.budget / planned)
    if scale == 0.0:
        return idle
    if scale < 1.0:
        seats = np.floor(seats * scale).astype(np.int64)
    if policy.members:
        seats = _pooled(seats, state.vacancies, policy.members)
    return Levers(
        seats,
        1.0 + policy.subsidy_response * subsidy * scale,
        relocation * scale,
        subsidy * scale,
        scale,
    )


def policy_cost(
    policy: Policy, levers: Levers, workforce: Workforce, starts: Array, hires: Array, moved: Array
) -> Array:
    """Return R amounts of money spent in a period: courses started, hires subsidised, migrants.

    ``starts`` and ``hires`` are R x O counts; ``moved`` R migrants, of whom the share due to the
    relocation lever is paid for.
    """
    wages = filled_wages(workforce)
    courses = (starts * wages).sum(axis=1) * policy.course_cost
    subsidies = (levers.subsidy * wages * hires).sum(axis=1) * policy.subsidy_years
    spent: Array = courses + subsidies + moved * wages.mean(axis=1) * policy.relocation_cost
    return spent


def destination_shares(
    state: State, distance: Array | None, policy: Policy | None, scale: float
) -> Array:
    """Return R x R shares of the migrants of a region (row) that go to each other region.

    Proportional to vacancies for each unemployed person there times the openness ``distance`` (R x
    R weights; 1 if absent), and for members of a coordinated programme times 1 + recognition.
    """
    people = state.unemployed.sum(axis=(1, 2)) + 1.0
    pull = state.vacancies.sum(axis=1) / people
    shares = np.ones((pull.size, pull.size)) if distance is None else distance.astype(float)
    shares = shares * pull
    if policy is not None and policy.members and policy.recognition > 0 and scale > 0:
        inside = np.ix_(policy.members, policy.members)
        shares[inside] *= 1.0 + policy.recognition * scale
    np.fill_diagonal(shares, 0.0)
    total = shares.sum(axis=1, keepdims=True)
    given: Array = np.divide(shares, total, out=np.zeros_like(shares), where=total > 0)
    return given


def filled_wages(workforce: Workforce) -> Array:
    """Return R x O wages; where one is not known, the mean of its occupation, else of all."""
    wages = workforce.wages
    known = np.isfinite(wages)
    if not known.any():
        return np.zeros_like(wages)
    count = known.sum(axis=0)
    total = np.where(known, wages, 0.0).sum(axis=0)
    mean = np.where(count > 0, total / np.maximum(count, 1), wages[known].mean())
    return np.where(known, wages, mean)


def _pooled(seats: Counts, vacancies: Array, members: tuple[int, ...]) -> Counts:
    """Return the seats with those of the members shared out by vacancies, largest remainders."""
    shared = seats.copy()
    rows = np.array(members)
    total = seats[rows].sum(axis=0)
    need = np.asarray(vacancies)[rows].astype(float)
    whole = need.sum(axis=0)
    moved = np.flatnonzero((total > 0) & (whole > 0))
    exact = total[moved] * need[:, moved] / whole[moved]
    given = np.floor(exact).astype(np.int64)
    rank = np.argsort(np.argsort(-(exact - given), axis=0, kind="stable"), axis=0, kind="stable")
    given += rank < (total[moved] - given.sum(axis=0))
    shared[np.ix_(rows, moved)] = given
    return shared


def _fault(field: str, value: str, rule: str) -> Fault:
    return Fault("policy", f"Policy, {field}", value, rule, "Correct it.")
