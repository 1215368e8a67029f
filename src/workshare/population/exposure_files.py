"""A question on exposure as files: who works where at what wage, and scores of occupations.

A folder (or workbook) holds tidy tables, CSV or sheets of the same names:

* ``workforce``: region, occupation, employed, wage; not needed where a workforce is given;
* ``scores``: occupation, score, and ``table`` where several score tables are compared; and/or
* ``technologies`` (technology, skill, performs, start, speed) with ``skills`` (occupation, skill,
  value), from which two score tables follow, one for each rule of
  :data:`workshare.population.exposure.RULES`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from workshare.arrays import Array
from workshare.errors import Fault, TableError
from workshare.population.exposure import RULES, Technologies, occupation_scores, skill_values
from workshare.population.workforce import Workforce
from workshare.tidy import Column, Record, read_tidy

WORKFORCE = (
    Column("region"),
    Column("occupation"),
    Column("employed", "number", "workers", minimum=0),
    Column("wage", "number", "money per worker and year", minimum=0),
)
SCORES = (
    Column("table", required=False, default="scores"),
    Column("occupation"),
    Column("score", "number", "share", 0, 1),
)
TECHNOLOGIES = (
    Column("technology"),
    Column("skill"),
    Column("performs", "number", "share", 0, 1),
    Column("start", "number", "months", required=False, default=0.0),
    Column("speed", "number", "per month", minimum=0, required=False, default=0.0),
)
SKILLS = (
    Column("occupation"),
    Column("skill"),
    Column("value", "number", "any one unit", minimum=0),
)
TABLES: dict[str, tuple[Sequence[Column], tuple[str, ...]]] = {
    "workforce": (WORKFORCE, ("region", "occupation")),
    "scores": (SCORES, ("table", "occupation")),
    "technologies": (TECHNOLOGIES, ("technology", "skill")),
    "skills": (SKILLS, ("occupation", "skill")),
}
"""Columns and keys of every table that a folder may hold."""


@dataclass(frozen=True, slots=True)
class ExposureQuestion:
    """What a folder says.

    Attributes
    ----------
    employment, wages : regions x occupations, workers and money per worker and year.
    scores : score tables by name; each a score by occupation (share).
    unused : occupations that have a score and no workers in the workforce.
    sources : where the workforce comes from, where that is known.
    """

    regions: tuple[str, ...]
    occupations: tuple[str, ...]
    employment: Array
    wages: Array
    scores: dict[str, dict[str, float]]
    unused: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()


def read_exposure(
    path: str | Path, people: Workforce | None = None, month: float | None = None
) -> ExposureQuestion:
    """Return a question on exposure from a folder of CSV files or a workbook.

    Parameters
    ----------
    people : a workforce that stands for the table ``workforce``; its cells without a wage count
        as not known and stay out of the wage bill.
    month : months after which adoption is looked at, by the columns start and speed of the
        technologies; None counts every technology as adopted by all.

    Raises
    ------
    TableError : every fault of all tables at once.
    """
    place = Path(path)
    wanted = [name for name in TABLES if _is_there(place, name)]
    faults = _missing(place, wanted, people)
    tables: dict[str, list[Record]] = {}
    for name in wanted:
        if name == "workforce" and people is not None:
            continue
        try:
            tables[name] = _table(place, name)
        except TableError as error:
            faults += error.faults
    if not faults:
        faults = _reference_faults(tables, people)
    if faults:
        raise TableError(faults)
    regions, occupations, employment, wages = _workforce(tables, people)
    scores = _scores(tables, month)
    named = dict.fromkeys(code for table in scores.values() for code in table)
    unused = tuple(code for code in named if code not in set(occupations))
    sources = () if people is None else people.sources
    return ExposureQuestion(regions, occupations, employment, wages, scores, unused, sources)


def _is_there(path: Path, name: str) -> bool:
    """Return whether a folder has the file of a table, or a workbook its sheet."""
    if path.suffix.lower() != ".xlsx":
        return (path / f"{name}.csv").is_file()
    import openpyxl

    try:
        return name in openpyxl.load_workbook(path, read_only=True).sheetnames
    except Exception:
        return True  # the table is then read, and what is wrong with the file is told


def _table(path: Path, name: str) -> list[Record]:
    columns, keys = TABLES[name]
    if path.suffix.lower() == ".xlsx":
        return read_tidy(path, columns, keys, sheet=name)
    return read_tidy(path / f"{name}.csv", columns, keys)


def _missing(path: Path, found: Sequence[str], people: Workforce | None) -> list[Fault]:
    """Return a fault for every table that is needed and absent."""
    if not path.exists():
        return [Fault(str(path), "The folder", "", "is not there", "Check the path.")]
    faults = []
    if people is None and "workforce" not in found:
        cure = "Add it, or name an embedded workforce."
        faults.append(Fault(path.name, "The table workforce", "", "is not there", cure))
    parts = [name for name in ("technologies", "skills") if name in found]
    if len(parts) == 1:
        other = "skills" if parts == ["technologies"] else "technologies"
        rule = f"must be there beside {parts[0]}"
        faults.append(Fault(path.name, f"The table {other}", "", rule, "Add it."))
    if not parts and "scores" not in found:
        cure = "Add scores, or technologies and skills."
        faults.append(Fault(path.name, "The table scores", "", "is not there", cure))
    return faults


def _reference_faults(tables: dict[str, list[Record]], people: Workforce | None) -> list[Fault]:
    """Return skills that no technology speaks of, unclear adoption, and scores that fit nobody."""
    faults: list[Fault] = []
    known = {row["skill"] for row in tables.get("technologies", [])}
    for row in tables.get("skills", []):
        if row["skill"] not in known:
            cure = "Add a row to technologies with performs 0 if nothing performs it."
            rule = "must be a skill of the table technologies"
            faults.append(Fault(row.place, "Column 'skill'", row["skill"], rule, cure))
    first: dict[str, Record] = {}
    for row in tables.get("technologies", []):
        before = first.setdefault(row["technology"], row)
        for column in ("start", "speed"):
            if row[column] != before[column]:
                rule = f"must be the same in every row of {row['technology']!r}"
                cure = f"It is {before[column]:g} in {before.place}."
                faults.append(Fault(row.place, f"Column {column!r}", row[column], rule, cure))
    here = (
        set(people.occupations)
        if people is not None
        else {row["occupation"] for row in tables["workforce"]}
    )
    for name in ("scores", "skills"):
        rows = tables.get(name, [])
        if rows and not any(row["occupation"] in here for row in rows):
            rule = "names no occupation of the workforce"
            cure = f"The workforce has {', '.join(sorted(here)[:5])}; use the same codes."
            subject = "Column 'occupation'"
            faults.append(Fault(f"table {name}", subject, rows[0]["occupation"], rule, cure))
    return faults


def _workforce(
    tables: dict[str, list[Record]], people: Workforce | None
) -> tuple[tuple[str, ...], tuple[str, ...], Array, Array]:
    """Return regions, occupations, employment and wages."""
    if people is not None:
        known = np.isfinite(people.wages)
        employment = np.where(known, people.employed, 0).astype(float)
        return people.regions, people.occupations, employment, np.where(known, people.wages, 0.0)
    rows = tables["workforce"]
    regions = tuple(dict.fromkeys(row["region"] for row in rows))
    occupations = tuple(dict.fromkeys(row["occupation"] for row in rows))
    r = {code: k for k, code in enumerate(regions)}
    o = {code: k for k, code in enumerate(occupations)}
    employment = np.zeros((len(regions), len(occupations)))
    wages = np.zeros_like(employment)
    for row in rows:
        cell = r[row["region"]], o[row["occupation"]]
        employment[cell], wages[cell] = row["employed"], row["wage"]
    return regions, occupations, employment, wages


def _scores(tables: dict[str, list[Record]], month: float | None) -> dict[str, dict[str, float]]:
    """Return every score table by name."""
    scores: dict[str, dict[str, float]] = {}
    for row in tables.get("scores", []):
        scores.setdefault(row["table"], {})[row["occupation"]] = row["score"]
    if "technologies" in tables:
        technologies = _technologies(tables["technologies"])
        values = skill_values(
            [(row["occupation"], row["skill"], row["value"]) for row in tables["skills"]]
        )
        adopted = None if month is None else technologies.adopted(month)
        for rule in RULES:
            scores[f"technologies, {rule}"] = occupation_scores(values, technologies, rule, adopted)
    return scores


def _technologies(rows: Sequence[Record]) -> Technologies:
    """Return the technologies; a skill that a technology does not name is not performed by it."""
    names = tuple(dict.fromkeys(row["technology"] for row in rows))
    skills = tuple(dict.fromkeys(row["skill"] for row in rows))
    performs = np.zeros((len(names), len(skills)))
    start, speed = np.zeros(len(names)), np.zeros(len(names))
    for row in rows:
        t = names.index(row["technology"])
        performs[t, skills.index(row["skill"])] = row["performs"]
        start[t], speed[t] = row["start"], row["speed"]
    return Technologies(names, skills, performs, start, speed)
