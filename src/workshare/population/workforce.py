"""The workforce: whole people by region, occupation, status and spell, with wages and skills.

This file owns the record that readers make and engines read. Statuses:

* ``formal`` and ``informal``: at work, with or without the protection of a registered job;
* ``unemployed``: looking for work; the last column of ``unemployed`` gathers every longer spell;
* ``training``: on a training course for the occupation, by periods that remain.

Counts are whole people, so that a simulation can conserve them to the last one. A figure nobody
knows is missing (NaN), never zero; a figure taken from a donor is marked in ``imputed`` and carries
its relative standard error in ``uncertainty``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pandas as pd

from workshare.arrays import Array
from workshare.errors import Fault, TableError
from workshare.results import inputs_hash

STATUSES = ("formal", "informal", "unemployed", "training")
"""What a worker can be, in the order of records and tables."""

Counts = npt.NDArray[np.int64]
"""Whole numbers of people."""

SHOWN = 20
"""How many cells with the same fault are named one by one; the rest are counted."""


@dataclass(frozen=True, slots=True)
class Workforce:
    """Workers by region and occupation, counted in whole people.

    Attributes
    ----------
    regions : R codes, each once.
    occupations : O codes, each once.
    formal, informal : R x O workers in formal and in informal work.
    unemployed : R x O x S people by spell, in periods: column 0 has been looking for less than one
        period, the last column for S - 1 or more. S is at least 1.
    training : R x O x D people on a course *for* the occupation, by periods that remain after
        this one; D may be 0.
    wages : R x O, money per worker and year; NaN where it is not known.
    skills : O x K, each between 0 (not needed) and 1 (needed in full); K may be 0.
    skill_names : K names.
    uncertainty : R x O relative standard error of the counts; NaN where it is not known.
    imputed : R x O, true where the figures come from a declared donor or assumption.
    currency : unit of the wages, per year.
    sources : where the figures come from, one sentence each, donors included.

    Raises
    ------
    TableError : every fault at once, each with its cell.

    Examples
    --------
    >>> small = workforce(["north"], ["smith", "clerk"], formal=[[90, 50]], unemployed=[[6, 4]])
    >>> small.total, small.share_unemployed
    (150, 0.06666666666666667)
    """

    regions: tuple[str, ...]
    occupations: tuple[str, ...]
    formal: Counts
    informal: Counts
    unemployed: Counts
    training: Counts
    wages: Array
    skills: Array
    skill_names: tuple[str, ...] = ()
    uncertainty: Array = field(default_factory=lambda: np.zeros((0, 0)))
    imputed: npt.NDArray[np.bool_] = field(default_factory=lambda: np.zeros((0, 0), dtype=bool))
    currency: str = "USD"
    sources: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        shape = (len(self.regions), len(self.occupations))
        if self.uncertainty.size == 0:
            object.__setattr__(self, "uncertainty", np.full(shape, np.nan))
        if self.imputed.size == 0:
            object.__setattr__(self, "imputed", np.zeros(shape, dtype=bool))
        faults = _faults(self)
        if faults:
            raise TableError(faults)

    @property
    def employed(self) -> Counts:
        """R x O people at work, formal and informal."""
        return self.formal + self.informal

    @property
    def cells(self) -> Counts:
        """R x O people of every status."""
        everybody: Counts = self.employed + self.unemployed.sum(axis=2) + self.training.sum(axis=2)
        return everybody

    @property
    def total(self) -> int:
        """All people (count)."""
        return int(self.cells.sum())

    @property
    def share_unemployed(self) -> float:
        """Unemployed over all people, those in training included (share)."""
        return float(self.unemployed.sum() / self.total)

    @property
    def wage_bill(self) -> float:
        """Wages of everybody at work whose wage is known (money per year)."""
        return float(np.nansum(self.wages * self.employed))

    @property
    def hash(self) -> str:
        """SHA-256 of every figure, for the records of results."""
        return inputs_hash(
            {
                name: _digest(getattr(self, name))
                for name in self.__dataclass_fields__
                if name != "sources"
            }
        )

    def frame(self) -> pd.DataFrame:
        """Return the workforce as a tidy table: one row per cell and status with anybody in it.

        Columns: region, occupation, status, spell (periods looking, or periods of training that
        remain; empty for those at work), workers, wage (empty where not known), imputed.
        """
        parts = []
        for status in STATUSES:
            counts = getattr(self, status)
            place = np.nonzero(counts)
            spell = place[2] if counts.ndim == 3 else np.full(place[0].size, -1)
            parts.append(
                pd.DataFrame(
                    {
                        "region": np.array(self.regions, dtype=object)[place[0]],
                        "occupation": np.array(self.occupations, dtype=object)[place[1]],
                        "status": status,
                        "spell": pd.array(spell, dtype="Int64"),
                        "workers": counts[place],
                        "wage": self.wages[place[:2]],
                        "imputed": self.imputed[place[:2]],
                    }
                )
            )
        table = pd.concat(parts, ignore_index=True)
        table.loc[table["spell"] < 0, "spell"] = pd.NA
        return table


def workforce(
    regions: Sequence[str],
    occupations: Sequence[str],
    *,
    formal: npt.ArrayLike,
    informal: npt.ArrayLike | None = None,
    unemployed: npt.ArrayLike | None = None,
    wages: npt.ArrayLike | None = None,
    skills: npt.ArrayLike | None = None,
    spells: int = 5,
    **rest: object,
) -> Workforce:
    """Return a :class:`Workforce` from what is known; what is left out is nobody, or not known.

    ``unemployed`` may be R x O: then nobody's spell is known and all start in the first column of
    ``spells``. Wages left out are missing, not zero. Further fields of the record go by name.
    """
    shape = (len(regions), len(occupations))
    out_of_work = np.zeros(shape) if unemployed is None else np.asarray(unemployed)
    if out_of_work.ndim == 2:
        by_spell = np.zeros((*out_of_work.shape, spells), dtype=out_of_work.dtype)
        by_spell[:, :, 0] = out_of_work
        out_of_work = by_spell
    values: dict[str, object] = {
        "formal": _whole(formal),
        "informal": _whole(np.zeros(shape) if informal is None else informal),
        "unemployed": _whole(out_of_work),
        "training": np.zeros((*shape, 0), dtype=np.int64),
        "wages": np.full(shape, np.nan) if wages is None else np.asarray(wages, dtype=float),
        "skills": np.zeros((shape[1], 0)) if skills is None else np.asarray(skills, dtype=float),
    }
    values.update(rest)
    return Workforce(tuple(regions), tuple(occupations), **values)  # type: ignore[arg-type]


def _whole(values: npt.ArrayLike) -> npt.NDArray[np.generic]:
    """Return whole numbers as int64; what is not whole comes back as it is, for the door."""
    array = np.asarray(values)
    if array.dtype.kind == "f" and np.isfinite(array).all() and (array == np.rint(array)).all():
        return array.astype(np.int64)
    return array.astype(np.int64) if array.dtype.kind in "iu" else array


def _digest(value: object) -> object:
    """Return a short text for an array, so that hashing 50 million figures takes no copies."""
    if isinstance(value, np.ndarray):
        import hashlib

        data = np.ascontiguousarray(value)
        return [str(data.dtype), list(data.shape), hashlib.sha256(data.data).hexdigest()]
    return value


def _faults(record: Workforce) -> list[Fault]:
    """Return what is wrong with the record, every cell named."""
    faults = [
        *_code_faults("region", record.regions),
        *_code_faults("occupation", record.occupations),
    ]
    shape = (len(record.regions), len(record.occupations))
    sound = True
    for name, extra in (("formal", 0), ("informal", 0), ("unemployed", 1), ("training", 1)):
        counts = getattr(record, name)
        if counts.ndim != 2 + extra or counts.shape[:2] != shape:
            rule = f"must have {shape[0]} regions x {shape[1]} occupations" + " x spells" * extra
            faults.append(_fault(f"Workforce, field {name}", f"shape {counts.shape}", rule))
            sound = False
        elif counts.dtype.kind not in "iu":
            odd = np.argwhere(~(np.isfinite(counts) & (counts == np.rint(counts))))
            rule = "must be whole people"
            faults += _cell_faults(record, name, odd, rule, "Round, keeping the totals.")
            sound = sound and not odd.size
        faults += _cell_faults(
            record, name, np.argwhere(counts < 0), "must be at least 0", "Check the sign."
        )
    if record.unemployed.ndim == 3 and record.unemployed.shape[2] < 1:
        faults.append(_fault("Workforce, field unemployed", "0 spells", "needs at least one spell"))
    faults += _figure_faults(record, shape)
    if sound and not faults:
        faults += _empty_faults(record)
    return faults


def _figure_faults(record: Workforce, shape: tuple[int, int]) -> list[Fault]:
    """Return what is wrong with wages, uncertainty, labels and skills."""
    faults = []
    for name in ("wages", "uncertainty", "imputed"):
        values = getattr(record, name)
        if values.shape != shape:
            rule = f"must have {shape[0]} regions x {shape[1]} occupations"
            faults.append(_fault(f"Workforce, field {name}", f"shape {values.shape}", rule))
        elif name != "imputed":
            wrong = np.argwhere((values < 0) | np.isinf(values))
            rule = "must be a number of at least 0, or missing"
            faults += _cell_faults(record, name, wrong, rule, "Check the sign of the figure.")
    skills = record.skills
    if skills.ndim != 2 or skills.shape != (shape[1], len(record.skill_names)):
        rule = f"must have {shape[1]} occupations x {len(record.skill_names)} skill names"
        faults.append(_fault("Workforce, field skills", f"shape {skills.shape}", rule))
    else:
        for o, k in np.argwhere(~((skills >= 0) & (skills <= 1)))[:SHOWN]:
            subject = f"Occupation {record.occupations[o]!r}, skill {record.skill_names[k]!r}"
            faults.append(_fault(subject, f"{skills[o, k]}", "must be between 0 and 1"))
    return faults


def _empty_faults(record: Workforce) -> list[Fault]:
    """Return a fault for every region without anybody."""
    empty = np.flatnonzero(record.cells.sum(axis=1) == 0)
    cure = "Remove the region, or give its workers; a figure not known is missing, not zero."
    return [
        Fault("workforce", f"Region {record.regions[r]!r}", "0 workers", "is empty", cure)
        for r in empty
    ]


def _code_faults(noun: str, codes: Sequence[str]) -> list[Fault]:
    """Return a fault for every code that is blank or stands twice, and for a list without any."""
    if not codes:
        return [_fault(f"Workforce, {noun}s", "none", "needs at least one")]
    faults = []
    seen: set[str] = set()
    for position, code in enumerate(codes):
        if not code:
            faults.append(_fault(f"Workforce, {noun} {position + 1}", "", "must have a code"))
        elif code in seen:
            faults.append(_fault(f"Workforce, {noun} {code!r}", code, "stands twice"))
        seen.add(code)
    return faults


def _cell_faults(
    record: Workforce, name: str, cells: npt.NDArray[np.intp], rule: str, cure: str
) -> list[Fault]:
    """Return one fault for each cell, the first :data:`SHOWN` by name and the rest as a count."""
    unit = f" {record.currency}/yr" if name == "wages" else ""
    faults = []
    for cell in cells[:SHOWN]:
        region, occupation = record.regions[cell[0]], record.occupations[cell[1]]
        spell = f", spell {cell[2]}" if cell.size == 3 else ""
        subject = f"Region {region!r}, occupation {occupation!r}{spell}, field {name}"
        value = f"{getattr(record, name)[tuple(cell)]}{unit}"
        faults.append(Fault("workforce", subject, value, rule, cure))
    if len(cells) > SHOWN:
        more = f"{len(cells) - SHOWN} more cells"
        faults.append(Fault("workforce", f"Field {name}", more, rule, cure))
    return faults


def _fault(subject: str, value: str, rule: str) -> Fault:
    return Fault("workforce", subject, value, rule, "Correct it where the record is made.")
