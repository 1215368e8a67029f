"""A staffing question as files: people by occupation, possible moves, posts of specialisations.

A folder holds three tidy tables (CSV, or sheets of the same names in one workbook):

* ``pool``: occupation, unemployed, employed, wage, release_share, seats;
* ``moves``: origin, target, and either months and cost of the training, or gap (0 to 1), from which
  both follow by :class:`workshare.population.training.TrainingRules`;
* ``posts``: specialisation, occupation, workers (for one unit of scale).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from workshare.arrays import Array
from workshare.errors import Fault, TableError
from workshare.population.staffing import LabourPool, Specialisation
from workshare.population.training import Moves, TrainingRules, training_moves
from workshare.tidy import Column, Record, read_tidy

POOL = (
    Column("occupation"),
    Column("unemployed", "number", "workers", minimum=0),
    Column("employed", "number", "workers", minimum=0),
    Column("wage", "number", "money per worker and year", minimum=0),
    Column("release_share", "number", "share", 0, 1, required=False, default=0.02),
    Column("seats", "number", "training seats", minimum=0, required=False, default=math.inf),
    Column("zone", "number", "level of preparation", 1, 5, required=False, default=None),
)
MOVES = (
    Column("origin"),
    Column("target"),
    Column("months", "number", "months", minimum=0, required=False),
    Column("cost", "number", "money per worker", minimum=0, required=False),
    Column("gap", "number", "share", 0, 1, required=False),
)
POSTS = (
    Column("specialisation"),
    Column("occupation"),
    Column("workers", "number", "workers per unit of scale", minimum=0),
)


@dataclass(frozen=True, slots=True)
class StaffingQuestion:
    """What a folder says: the pool, the moves, and the specialisations by name."""

    pool: LabourPool
    moves: Moves
    specialisations: dict[str, Specialisation]


def read_staffing(path: str | Path, rules: TrainingRules | None = None) -> StaffingQuestion:
    """Return a staffing question from a folder of CSV files or a workbook.

    Raises
    ------
    TableError : every fault of all three tables at once.
    """
    faults: list[Fault] = []
    tables: dict[str, list[Record]] = {}
    for name, columns, keys in (
        ("pool", POOL, ("occupation",)),
        ("moves", MOVES, ("origin", "target")),
        ("posts", POSTS, ("specialisation", "occupation")),
    ):
        try:
            tables[name] = _table(Path(path), name, columns, keys)
        except TableError as error:
            faults += error.faults
    if not faults:
        faults = _reference_faults(tables)
    if faults:
        raise TableError(faults)
    return _question(tables, rules)


def _table(path: Path, name: str, columns: Sequence[Column], keys: Sequence[str]) -> list[Record]:
    """Return one table of a folder or workbook."""
    if path.suffix.lower() == ".xlsx":
        return read_tidy(path, columns, keys, sheet=name)
    return read_tidy(path / f"{name}.csv", columns, keys)


def _reference_faults(tables: dict[str, list[Record]]) -> list[Fault]:
    """Return occupations that the pool does not have, and moves without months and cost or gap."""
    known = {record["occupation"] for record in tables["pool"]}
    faults = []
    for name, column in (("moves", "origin"), ("moves", "target"), ("posts", "occupation")):
        for record in tables[name]:
            if record[column] not in known:
                rule = "must be an occupation of the table pool"
                cure = "Add it there, or correct the spelling."
                subject = f"Column {column!r}"
                faults.append(Fault(record.place, subject, record[column], rule, cure))
    for record in tables["moves"]:
        if record["origin"] == record["target"]:
            rule, cure = "must be different from the origin", "Remove the row."
            faults.append(Fault(record.place, "Column 'target'", record["target"], rule, cure))
        whole = record["months"] is not None and record["cost"] is not None
        if not whole and record["gap"] is None:
            rule = "needs months and cost, or gap"
            faults.append(Fault(record.place, "The move", "", rule, "Fill them."))
    return faults


def _question(tables: dict[str, list[Record]], rules: TrainingRules | None) -> StaffingQuestion:
    codes = tuple(record["occupation"] for record in tables["pool"])
    place = {code: k for k, code in enumerate(codes)}
    wages = _numbers(tables["pool"], "wage")
    pool = LabourPool(
        codes,
        _numbers(tables["pool"], "unemployed"),
        _numbers(tables["pool"], "employed"),
        wages,
        _numbers(tables["pool"], "release_share"),
        _numbers(tables["pool"], "seats"),
        hiring_share=(rules or TrainingRules()).hiring_share,
    )
    rows = tables["moves"]
    edges = tuple(np.array([place[r[side]] for r in rows]) for side in ("origin", "target"))
    zones = [record["zone"] for record in tables["pool"]]
    levels = None if any(zone is None for zone in zones) else np.array(zones, dtype=float)
    made = training_moves(
        codes,
        (edges[0], edges[1]),
        wages,
        np.array([0.0 if r["gap"] is None else r["gap"] for r in rows]),
        levels,
        rules,
    )
    given = np.array([r["gap"] is None for r in rows])
    moves = Moves(
        codes,
        made.origin,
        made.target,
        np.where(given, _numbers(rows, "months"), made.months),
        np.where(given, _numbers(rows, "cost"), made.cost),
    )
    posts: dict[str, dict[str, float]] = {}
    for record in tables["posts"]:
        posts.setdefault(record["specialisation"], {})[record["occupation"]] = record["workers"]
    return StaffingQuestion(pool, moves, {n: Specialisation(n, p) for n, p in posts.items()})


def _numbers(rows: Sequence[Record], column: str) -> Array:
    values: list[Any] = [record[column] for record in rows]
    return np.array([0.0 if value is None else value for value in values], dtype=float)
