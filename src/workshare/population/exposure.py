"""Technology exposure: the wage value of what technologies can technically do in a workforce.

    exposure of region r = sum_o E_ro w_ro a_o / sum_o E_ro w_ro

with employment ``E``, wages ``w`` and a score ``a_o`` between 0 and 1 for every occupation.
Exposure says what is technically feasible. It is not job loss, and not a forecast of adoption.

Scores can be any table. Those made here come from *technologies*, objects that workers meet through
their skills: a table technology x skill says how far each can perform each skill, a table
occupation x skill (a sparse list of pairs) says what each skill is worth in each occupation.
Published indices differ mainly in how they combine skills, so every index is reported with how
ranks change between score tables (:func:`rank_sensitivity`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp

from workshare.arrays import Array
from workshare.errors import OptionError

RULES = ("share", "maximum")
"""``share``: the value-weighted mean over an occupation's skills; ``maximum``: its best-performed
skill alone, as some dashboards use, which is never smaller."""


@dataclass(frozen=True, slots=True)
class Technologies:
    """Technologies and how far each performs each skill.

    Attributes
    ----------
    names : T names.
    skills : S skill codes.
    performs : T x S shares between 0 (not at all) and 1 (in full).
    start, speed : T months after which half of all users have adopted, and the rate per month of
        the logistic spread.
    """

    names: tuple[str, ...]
    skills: tuple[str, ...]
    performs: Array
    start: Array
    speed: Array

    def __post_init__(self) -> None:
        faults = []
        shape = (len(self.names), len(self.skills))
        if self.performs.shape != shape:
            faults.append(f"performs is {self.performs.shape}; must be {shape}")
        elif self.performs.size and not np.all((self.performs >= 0) & (self.performs <= 1)):
            wrong = ~((self.performs >= 0) & (self.performs <= 1))
            t, s = (int(k[0]) for k in np.nonzero(wrong))
            faults.append(
                f"performs of {self.names[t]} on {self.skills[s]} is {self.performs[t, s]}; must "
                "be between 0 and 1 (a share, not per cent)"
            )
        for name in ("start", "speed"):
            values = getattr(self, name)
            if values.shape != shape[:1] or not np.all(np.isfinite(values)):
                faults.append(f"{name} must have {shape[0]} numbers, one for each technology")
        if not faults and np.any(self.speed < 0):
            worst = int(np.argmin(self.speed))
            faults.append(f"speed of {self.names[worst]} is {self.speed[worst]}; at least 0")
        if faults:
            raise OptionError("Technologies: " + "; ".join(faults))

    def adopted(self, month: float) -> Array:
        """Return the share of users that have adopted each technology after some months.

        Examples
        --------
        >>> one = np.ones(1)
        >>> Technologies(("scheduler",), ("planning",), np.ones((1, 1)), 12 * one, one).adopted(12)
        array([0.5])
        """
        share: Array = 1.0 / (1.0 + np.exp(-self.speed * (month - self.start)))
        return share


@dataclass(frozen=True, slots=True)
class SkillValues:
    """What every skill is worth in every occupation: a sparse list of occupation-skill pairs.

    ``value`` is occupations x skills, at least 0; only proportions within an occupation matter.
    """

    occupations: tuple[str, ...]
    skills: tuple[str, ...]
    value: sp.csr_matrix

    def __post_init__(self) -> None:
        shape = (len(self.occupations), len(self.skills))
        if self.value.shape != shape:
            raise OptionError(f"SkillValues: value is {self.value.shape}; must be {shape}")
        if self.value.nnz and not (np.isfinite(self.value.data).all() and self.value.min() >= 0):
            raise OptionError("SkillValues: every value must be a number of at least 0")

    @property
    def pairs(self) -> int:
        """Number of occupation-skill pairs."""
        return int(self.value.nnz)


def skill_values(pairs: Sequence[tuple[str, str, float]]) -> SkillValues:
    """Return skill values from (occupation, skill, value) rows; equal pairs are added.

    Examples
    --------
    >>> values = skill_values([("welder", "joining", 3.0), ("welder", "reading", 1.0)])
    >>> values.pairs, values.skills
    (2, ('joining', 'reading'))
    """
    occupations = tuple(dict.fromkeys(row[0] for row in pairs))
    skills = tuple(dict.fromkeys(row[1] for row in pairs))
    row = {code: k for k, code in enumerate(occupations)}
    column = {code: k for k, code in enumerate(skills)}
    places = ([row[p[0]] for p in pairs], [column[p[1]] for p in pairs])
    value = sp.csr_matrix(
        (np.array([p[2] for p in pairs], dtype=float), places), (len(row), len(column))
    )
    return SkillValues(occupations, skills, value)


def performable(technologies: Technologies, adopted: Array | None = None) -> Array:
    """Return how far each skill can be performed by at least one technology (S shares).

    ``1 - product over technologies of (1 - adopted * performs)``: technologies add to each other
    as if each covered a part by chance, so a second one never lowers what the first can do.

    Parameters
    ----------
    adopted : T shares of users that have each technology; all of them if absent.
    """
    use = np.ones(len(technologies.names)) if adopted is None else np.asarray(adopted, dtype=float)
    left: Array = 1.0 - use[:, None] * technologies.performs
    reach: Array = 1.0 - np.prod(left, axis=0)
    return reach


def occupation_scores(
    values: SkillValues,
    technologies: Technologies,
    rule: str = "share",
    adopted: Array | None = None,
) -> dict[str, float]:
    """Return the score of every occupation: what share of its skill value can be performed.

    Parameters
    ----------
    rule : one of :data:`RULES`.
    adopted : T shares of users; all have every technology if absent.

    Raises
    ------
    OptionError : an unknown rule, or skills that differ between the tables.
    """
    if rule not in RULES:
        raise OptionError(f"rule is {rule!r}; must be one of {', '.join(RULES)}")
    missing = [skill for skill in values.skills if skill not in set(technologies.skills)]
    if missing:
        raise OptionError(
            f"technologies say nothing of {len(missing)} skills, the first {missing[0]!r}; add a "
            "column for each (0 where nothing performs it)"
        )
    place = {skill: k for k, skill in enumerate(technologies.skills)}
    reach = performable(technologies, adopted)[[place[skill] for skill in values.skills]]
    total = np.asarray(values.value.sum(axis=1)).ravel()
    if rule == "share":
        done = values.value @ reach
        score = np.divide(done, total, out=np.zeros_like(done), where=total > 0)
    else:
        present = values.value.copy()
        present.data = (present.data > 0).astype(float)
        score = np.asarray(present.multiply(reach).max(axis=1).todense()).ravel()
    return dict(zip(values.occupations, score.tolist(), strict=True))


def precursor_scores(
    intensity: Mapping[str, float], hot_share: Mapping[str, float]
) -> dict[str, float]:
    """Return the susceptibility that the public precursor of the Iceberg index uses, as shares.

    ``0.8 * intensity / largest intensity + 0.2 * share of hot technologies``, at most 1. The
    intensity score itself is an input: how it was made from O*NET's list of technologies is not
    published. The published index of 11.7 % cannot be reproduced from public material.

    Source: public code of Project Iceberg (2025), described in Chopra et al., arXiv 2510.25137.

    Examples
    --------
    >>> precursor_scores({"a": 32.0, "b": 8.0}, {"a": 0.5, "b": 0.0})
    {'a': 0.9, 'b': 0.2}
    """
    top = max(intensity.values(), default=0.0)
    if not top > 0:
        raise OptionError("precursor_scores: no occupation has an intensity above 0")
    return {
        code: min(1.0, max(0.0, 0.8 * value / top + 0.2 * hot_share.get(code, 0.0)))
        for code, value in intensity.items()
    }


@dataclass(frozen=True, slots=True)
class Exposure:
    """Exposure by region for one score table.

    Attributes
    ----------
    index : R shares of the wage bill; NaN where a region pays no wages.
    wage_value : R amounts of money per year that the exposed share stands for.
    wage_bill : R amounts of money per year.
    scored : R shares of the wage bill in occupations that have a score; the others count as not
        known and are left out of ``index``.
    """

    regions: tuple[str, ...]
    index: Array
    wage_value: Array
    wage_bill: Array
    scored: Array

    @property
    def whole(self) -> float:
        """The index of all regions together: the wage-weighted mean over what is scored."""
        known = float((self.scored * self.wage_bill).sum())
        return float(self.wage_value.sum()) / known if known > 0 else np.nan


def exposure(
    regions: Sequence[str],
    occupations: Sequence[str],
    employment: Array,
    wages: Array,
    scores: Mapping[str, float],
) -> Exposure:
    """Return the exposure of every region.

    Parameters
    ----------
    regions, occupations : R and N names.
    employment : R x N workers (at least 0).
    wages : R x N, or N for all regions, money per worker and year (at least 0).
    scores : a score between 0 and 1 by occupation; occupations without one are left out, and
        ``scored`` says how much that is.

    Raises
    ------
    OptionError : wrong shapes, negative numbers, scores outside 0 to 1; each with its cell.
    """
    people = np.asarray(employment, dtype=float)
    pay = np.broadcast_to(np.asarray(wages, dtype=float), people.shape)
    faults = _cell_faults("employment", people, regions, occupations)
    faults += _cell_faults("wage", pay, regions, occupations)
    faults += [
        f"score of {code} is {value}; must be between 0 and 1 (a share, not per cent)"
        for code, value in scores.items()
        if not 0 <= value <= 1
    ]
    if faults:
        raise OptionError("exposure: " + "; ".join(faults[:20]))
    known = np.array([code in scores for code in occupations])
    score = np.array([scores.get(code, 0.0) for code in occupations])
    bill = people * pay
    total, covered = bill.sum(axis=1), (bill * known).sum(axis=1)
    value = bill @ score
    return Exposure(
        tuple(regions),
        np.divide(value, covered, out=np.full(total.shape, np.nan), where=covered > 0),
        value,
        total,
        np.divide(covered, total, out=np.full(total.shape, np.nan), where=total > 0),
    )


@dataclass(frozen=True, slots=True)
class RankSensitivity:
    """How the order of regions depends on the score table.

    ``ranks`` is tables x regions, 1 = most exposed, ties share the mean rank; ``lowest`` and
    ``highest`` are each region's range; ``agreement`` is Kendall's tau-b of every pair of tables.
    """

    tables: tuple[str, ...]
    regions: tuple[str, ...]
    ranks: Array
    lowest: Array
    highest: Array
    agreement: Mapping[tuple[str, str], float]


def rank_sensitivity(results: Mapping[str, Exposure]) -> RankSensitivity:
    """Return how ranks of regions change between score tables.

    Examples
    --------
    >>> one = exposure(["N", "S"], ["a", "b"], np.array([[1, 0], [0, 1]]), np.ones(2), {"a": 1.0,
    ...                "b": 0.0})
    >>> two = exposure(["N", "S"], ["a", "b"], np.array([[1, 0], [0, 1]]), np.ones(2), {"a": 0.0,
    ...                "b": 1.0})
    >>> rank_sensitivity({"one": one, "two": two}).ranks
    array([[1., 2.],
           [2., 1.]])
    """
    from scipy.stats import kendalltau, rankdata

    tables = tuple(results)
    regions = next(iter(results.values())).regions
    if any(each.regions != regions for each in results.values()):
        raise OptionError("rank_sensitivity: all results must be of the same regions in one order")
    ranks = np.array([rankdata(-each.index, nan_policy="omit") for each in results.values()])
    agreement = {
        (a, b): float(kendalltau(results[a].index, results[b].index, nan_policy="omit").statistic)
        for k, a in enumerate(tables)
        for b in tables[k + 1 :]
    }
    return RankSensitivity(
        tables, regions, ranks, np.nanmin(ranks, axis=0), np.nanmax(ranks, axis=0), agreement
    )


def _cell_faults(
    name: str, values: Array, regions: Sequence[str], occupations: Sequence[str]
) -> list[str]:
    """Return what is wrong with an array of regions x occupations, each fault with its cell."""
    shape = (len(regions), len(occupations))
    if values.shape != shape:
        return [f"{name} is {values.shape}; must be {shape}, regions x occupations"]
    wrong = np.argwhere(~(np.isfinite(values) & (values >= 0)))
    return [
        f"{name} of {occupations[o]} in {regions[r]} is {values[r, o]}; must be a number of at "
        "least 0"
        for r, o in wrong[:10]
    ]
