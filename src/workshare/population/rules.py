"""One period of the labour market: the parameters, and the state they act on.

One definition serves three modes (docs/population.md has the formulas): ``expected.py`` replaces
every draw by its expectation, ``cohorts.py`` draws whole numbers, ``individuals.py`` moves single
people by the same whole numbers. The base is the search and matching of del Rio-Chanona, Mealy,
Beguerisse-Diaz, Lafond and Farmer (2021), *Occupational mobility and automation*, J. R. Soc.
Interface 18; informality, search on the job, courses and migration are added to it, and with their
parameters at zero they are absent.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from workshare.arrays import Array
from workshare.errors import Fault, TableError
from workshare.population.workforce import Counts, Workforce

Numbers = npt.NDArray[Any]
"""Whole numbers or doubles, by mode."""

LONG_TERM_WEEKS = 27.0
"""Weeks of search from which an unemployed person counts as long-term unemployed."""


@dataclass(frozen=True, slots=True)
class Rules:
    """Parameters of a period; probabilities are per person and period.

    The defaults of the first four are those of del Rio-Chanona et al. (2021), calibrated on the
    United States; the rest are switches that are off. For another country all are assumptions.

    Attributes
    ----------
    separation : probability that a formal job ends, whatever the demand.
    opening : vacancies opened for every formal job, whatever the demand.
    adjustment : share of the gap between demand and target that is closed in a period.
    weeks : length of a period (weeks).
    formal_search, informal_search : probability that somebody at work searches for a formal post.
    informal_separation : probability that informal work ends.
    informal_entry : probability that somebody unemployed and not hired takes up informal work; one
        number, or one for each region (:func:`steady_informal_entry` finds them).
    migration : probability that somebody unemployed and not hired moves to another region.
    course_interest : probability that somebody unemployed and not hired applies for a course.
    course_periods : how long a course lasts (periods, at least 1).
    wage_pull : exponent with which the wage of the target over the wage of the origin attracts
        applications; 0 is none.
    """

    separation: float = 0.016
    opening: float = 0.012
    adjustment: float = 0.16
    weeks: float = 6.75
    formal_search: float = 0.0
    informal_search: float = 0.0
    informal_separation: float = 0.016
    informal_entry: float | tuple[float, ...] = 0.0
    migration: float = 0.0
    course_interest: float = 0.1
    course_periods: int = 4
    wage_pull: float = 0.0

    def __post_init__(self) -> None:
        faults = []
        for name in self.__dataclass_fields__:
            values = np.atleast_1d(getattr(self, name))
            top = np.inf if name in ("weeks", "course_periods", "wage_pull") else 1.0
            low = {"weeks": 1e-9, "course_periods": 1.0}.get(name, 0.0)
            for value in values[~((values >= low) & (values <= top) & np.isfinite(values))]:
                rule = f"must be at least {low:g}" + (" and at most 1" if top == 1 else "")
                cure = "Probabilities are shares per period, not per cent or per year."
                faults.append(Fault("rules", f"Rules, field {name}", str(value), rule, cure))
        if self.course_periods != int(self.course_periods):
            rule = "must be a whole number of periods"
            value = str(self.course_periods)
            faults.append(Fault("rules", "Rules, field course_periods", value, rule, "Round it."))
        if faults:
            raise TableError(faults)

    @property
    def long_term_spell(self) -> int:
        """First spell (periods) that counts as long-term unemployment."""
        return int(np.ceil(LONG_TERM_WEEKS / self.weeks - 1e-9))

    def entry(self, num_regions: int) -> Array:
        """Return R probabilities of taking up informal work.

        Raises
        ------
        TableError : there are several, and not one for each region.
        """
        entry = np.atleast_1d(np.asarray(self.informal_entry, dtype=float))
        if entry.size not in (1, num_regions):
            rule = f"must be one number, or {num_regions}, one for each region"
            value = f"{entry.size} numbers"
            raise TableError([Fault("rules", "Rules, field informal_entry", value, rule, "")])
        return np.array(np.broadcast_to(entry, (num_regions,)))


@dataclass(frozen=True, slots=True)
class State:
    """The labour market between two periods; counts are whole people or, when expected, doubles.

    Attributes
    ----------
    formal, informal, vacancies : R x O.
    unemployed : R x O x S by spell; training : R x O x D by periods that remain after this one.
    """

    formal: Numbers
    informal: Numbers
    unemployed: Numbers
    training: Numbers
    vacancies: Numbers

    @property
    def total(self) -> float:
        """All people."""
        people = (self.formal, self.informal, self.unemployed, self.training)
        return float(sum(x.sum().item() for x in people))


def first_state(workforce: Workforce, rules: Rules, vacancies: Counts | None = None) -> State:
    """Return the state a workforce starts from.

    ``vacancies`` are R x O posts on offer; without them, ``opening`` times the formal jobs,
    rounded. Spells keep their columns; courses are extended with empty columns if needed.
    """
    spells = max(workforce.unemployed.shape[2], rules.long_term_spell + 1)
    shape = workforce.formal.shape
    unemployed = np.zeros((*shape, spells), dtype=np.int64)
    given = workforce.unemployed
    unemployed[:, :, : given.shape[2]] = given
    if given.shape[2] == 1:
        unemployed[:, :, :] = 0
        unemployed[:, :, 0] = given[:, :, 0]
    training = np.zeros((*shape, rules.course_periods), dtype=np.int64)
    kept = workforce.training.shape[2]
    if kept > rules.course_periods:
        rule = f"must have at most {rules.course_periods} columns, the length of a course"
        subject = "Workforce, field training"
        cure = "Raise course_periods in the rules."
        raise TableError([Fault("workforce", subject, f"{kept} columns", rule, cure)])
    training[:, :, :kept] = workforce.training
    if vacancies is None:
        vacancies = np.rint(rules.opening * workforce.formal).astype(np.int64)
    if vacancies.shape != shape or vacancies.min(initial=0) < 0:
        rule = f"must be {shape[0]} regions x {shape[1]} occupations, at least 0"
        value = f"shape {vacancies.shape}, least {vacancies.min(initial=0)}"
        raise TableError([Fault("state", "Vacancies", value, rule, "Check shape and sign.")])
    return State(
        workforce.formal.astype(np.int64),
        workforce.informal.astype(np.int64),
        unemployed,
        training,
        vacancies.astype(np.int64),
    )


def steady_informal_entry(workforce: Workforce, rules: Rules) -> tuple[float, ...]:
    """Return the entry into informal work that keeps it constant at first, by region.

    As many leave informal work (end of the job, a formal post found) as enter it from
    unemployment; what a searcher's chance of a post is, is not known beforehand and is left out,
    so that informal work shrinks slowly where informal workers search.
    """
    leaving = rules.informal_separation * workforce.informal.sum(axis=1)
    idle = workforce.unemployed.sum(axis=(1, 2))
    entry = np.divide(leaving, idle, out=np.zeros(leaving.shape), where=idle > 0)
    return tuple(float(x) for x in np.minimum(entry, 1.0))


def pulled_weights(
    weight: Array, origin: Numbers, target: Numbers, wages: Array, pull: float
) -> Array:
    """Return the edges' weights times (wage of the target / wage of the origin) ^ pull.

    Wages are means over regions of those that are known; where either is not known, the factor
    is 1.
    """
    if pull == 0:
        return weight
    known = np.isfinite(wages) & (wages > 0)
    count = known.sum(axis=0)
    mean = np.divide(
        np.where(known, wages, 0.0).sum(axis=0), count, out=np.ones(count.shape), where=count > 0
    )
    ratio = np.where((count[origin] > 0) & (count[target] > 0), mean[target] / mean[origin], 1.0)
    pulled: Array = weight * ratio**pull
    return pulled


def check_codes(given: Sequence[str], known: Sequence[str], where: str) -> None:
    """Refuse a list of occupations that differs from the workforce's, naming the differences."""
    if tuple(given) == tuple(known):
        return
    faults = [
        Fault(where, f"Occupation {code!r}", code, "is not in the workforce", "Check the code.")
        for code in given
        if code not in set(known)
    ][:20]
    faults += [
        Fault(where, f"Occupation {code!r}", "", "is missing", "Every occupation needs an edge.")
        for code in known
        if code not in set(given)
    ][:20]
    if not faults:
        rule = "must be in the order of the workforce"
        faults = [Fault(where, "Occupations", "", rule, "Sort both in one order.")]
    raise TableError(faults)
