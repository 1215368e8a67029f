"""A panel of places: the outcome of every sector by place and year, read strictly from a table.

The table has one row for each place and year and these columns:

- ``place`` (text), ``year`` (a whole number);
- ``outcome_SECTOR`` for every sector and ``total``, all in one unit of the user's choice (persons
  employed and persons of working age, say); or ``share_SECTOR``, the outcome over the total;
- optional ``event_year``: the first year with the policy event, blank for a place without one;
- optional ``cluster``: places that are drawn together in the bootstrap (a state, say);
- optional ``instrument_SECTOR``: what moves the fundamentals of that sector from outside the place.

A row whose outcomes are all blank, or a missing row, is a place-year that was not observed: it is
left out and counted, never filled.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from workshare.arrays import Array, Mask
from workshare.errors import Fault, TableError
from workshare.tidy import Column, Record, heading, read_tidy

OUTCOME, SHARE, INSTRUMENT = "outcome_", "share_", "instrument_"


@dataclass(frozen=True, slots=True, eq=False)
class Panel:
    """Outcomes by place, year and sector.

    Attributes
    ----------
    places, years, sectors : names in the order of the file, years rising.
    shares : outcome over total, shape (places, years, sectors); NaN where not observed.
    totals : what the shares are of, in the user's unit, shape (places, years); NaN where unknown.
    event_years : first year with the event, shape (places,); NaN: no event.
    clusters : number of the cluster of every place, from 0, shape (places,).
    instruments : shape (places, years, sectors), NaN where missing; None: there are none.
    """

    places: tuple[str, ...]
    years: tuple[int, ...]
    sectors: tuple[str, ...]
    shares: Array
    totals: Array
    event_years: Array
    clusters: np.ndarray
    instruments: Array | None = None

    @property
    def observed(self) -> Mask:
        """Which place-years were observed, shape (places, years)."""
        return np.asarray(np.all(np.isfinite(self.shares), axis=2))

    def position(self, year: int) -> int:
        """Return the position of a year."""
        return self.years.index(year)


def read_panel(path: str | Path, sheet: str = "") -> Panel:
    """Return the panel of a CSV file or of one sheet of a workbook.

    Raises
    ------
    TableError : every fault with file, row, place, year and column, what is allowed and the cure.
    """
    names = heading(path, sheet)
    marks = [OUTCOME if any(name.startswith(OUTCOME) for name in names) else SHARE]
    sectors = [name.removeprefix(marks[0]) for name in names if name.startswith(marks[0])]
    if not sectors:
        rule = f"has no column {OUTCOME}SECTOR and no column {SHARE}SECTOR"
        cure = "Add one for every sector, for example outcome_industry, and the column total."
        raise TableError([Fault(Path(path).name, "The heading", ", ".join(names), rule, cure)])
    by_outcome = marks[0] == OUTCOME
    moved = [sector for sector in sectors if f"{INSTRUMENT}{sector}" in names]
    rows = read_tidy(path, _columns(marks[0], sectors, bool(moved)), ("place", "year"), sheet)
    faults = list(_faults(rows, marks[0], sectors))
    if moved and len(moved) < len(sectors):
        lacking = [f"{INSTRUMENT}{sector}" for sector in sectors if sector not in moved]
        rule = "is missing: instruments are given for every sector or for none"
        cure = "Add the column, or remove the other instruments."
        faults += [
            Fault(f"{Path(path).name} row 1", f"Column {n!r}", "", rule, cure) for n in lacking
        ]
    if faults:
        raise TableError(faults)
    return _gathered(rows, sectors, by_outcome, bool(moved))


def write_panel(panel: Panel, path: str | Path) -> Path:
    """Write a panel as the table that :func:`read_panel` reads; return its path.

    Numbers are written in full, so that reading them back gives the same panel.
    """
    has_totals = bool(np.all(np.isfinite(panel.totals[panel.observed])))
    mark = OUTCOME if has_totals else SHARE
    header = ["place", "year", *(["total"] if has_totals else [])]
    header += [f"{mark}{sector}" for sector in panel.sectors] + ["event_year", "cluster"]
    if panel.instruments is not None:
        header += [f"{INSTRUMENT}{sector}" for sector in panel.sectors]
    file = Path(path)
    with file.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(header)
        for i, place in enumerate(panel.places):
            event = panel.event_years[i]
            for t in np.flatnonzero(panel.observed[i]):
                total = float(panel.totals[i, t])
                size = total if has_totals else 1.0
                row = [place, panel.years[t], *([repr(total)] if has_totals else [])]
                row += [repr(float(share) * size) for share in panel.shares[i, t]]
                row += ["" if np.isnan(event) else int(event), int(panel.clusters[i])]
                if panel.instruments is not None:
                    row += [repr(float(z)) for z in panel.instruments[i, t]]
                writer.writerow(row)
    return file


def _columns(mark: str, sectors: Sequence[str], moved: bool) -> list[Column]:
    """Return the columns that the table must or may have."""
    by_outcome = mark == OUTCOME
    most = np.inf if by_outcome else 1.0
    columns = [Column("place"), Column("year", "number")]
    if by_outcome:
        columns.append(Column("total", "number", minimum=0.0, required=False))
    columns += [
        Column(f"{mark}{sector}", "number", minimum=0.0, maximum=most, required=False)
        for sector in sectors
    ]
    columns += [Column("event_year", "number", required=False), Column("cluster", required=False)]
    if moved:
        columns += [Column(f"{INSTRUMENT}{s}", "number", required=False) for s in sectors]
    return columns


def _faults(rows: Sequence[Record], mark: str, sectors: Sequence[str]) -> Iterator[Fault]:
    """Give every fault that needs more than one cell to be seen."""
    for row in rows:
        yield from _row_faults(row, mark, sectors)
    years = sorted({row["year"] for row in rows if row["year"] is not None})
    if len(years) == 1:
        cure = "Add the rows of another year: a change needs two."
        yield Fault("The table", "Column 'year'", f"{years[0]:g}", "has one year only", cure)
    told: set[tuple[str, str]] = set()
    first: dict[str, Record] = {}
    for row in rows:
        head = first.setdefault(row["place"], row)
        for name in ("event_year", "cluster"):
            if row[name] != head[name] and (row["place"], name) not in told:
                told.add((row["place"], name))
                rule = f"differs from {head.place}: a place has one {name}"
                yield Fault(row.place, f"Place {row['place']!r}, column {name!r}",
                            _shown(row[name]), rule, "Write the same in all its rows.")  # fmt: skip
    for row in first.values():
        event = row["event_year"]
        if event is not None and len(years) > 1 and not years[0] < event <= years[-1]:
            rule = f"must be later than {years[0]:g} and at most {years[-1]:g}, or blank"
            cure = "An event in no year of the panel has no before or no after: leave it blank."
            yield Fault(row.place, f"Place {row['place']!r}, column 'event_year'",
                        f"{event:g}", rule, cure)  # fmt: skip


def _row_faults(row: Record, mark: str, sectors: Sequence[str]) -> Iterator[Fault]:
    year = row["year"]
    who = f"Place {row['place']!r}, year {_shown(year)}"
    for name in ("year", "event_year"):
        if row[name] is not None and row[name] != int(row[name]):
            yield Fault(row.place, f"{who}, column {name!r}", f"{row[name]:g}",
                        "must be a whole number", "Write the year, such as 2015.")  # fmt: skip
    values = [row[f"{mark}{sector}"] for sector in sectors]
    blank = [sector for sector, value in zip(sectors, values, strict=True) if value is None]
    if len(blank) == len(sectors):
        return
    for sector in blank:
        cure = "Fill it, or blank the whole row: the place-year is then left out and counted."
        yield Fault(row.place, f"{who}, column '{mark}{sector}'", "", "is blank", cure)
    for sector, value in zip(sectors, values, strict=True):
        if value == 0:
            cure = "A zero has no fundamentals: join sectors, or blank the row's outcomes."
            yield Fault(row.place, f"{who}, column '{mark}{sector}'", "0", "must be positive", cure)
    whole = row["total"] if mark == OUTCOME else 1.0
    if whole is None:
        yield Fault(row.place, f"{who}, column 'total'", "", "is missing",
                    "Give what the outcomes are a part of, in their unit.")  # fmt: skip
    elif not blank and sum(values) >= whole:
        rule = f"add up to {sum(values):g}; must be less than the total, {whole:g}"
        cure = "The rest of the economy must not be empty: check units and the total."
        yield Fault(row.place, f"{who}, outcomes", "", rule, cure)


def _shown(value: object) -> str:
    return "" if value is None else f"{value:g}" if isinstance(value, float) else str(value)


def _gathered(
    rows: Sequence[Record], sectors: Sequence[str], by_outcome: bool, moved: bool
) -> Panel:
    """Return checked rows as a panel."""
    places = list(dict.fromkeys(row["place"] for row in rows))
    years = sorted({int(row["year"]) for row in rows})
    where, when = {p: i for i, p in enumerate(places)}, {y: t for t, y in enumerate(years)}
    shape = (len(places), len(years), len(sectors))
    shares, instruments = np.full(shape, np.nan), np.full(shape, np.nan)
    totals, events = np.full(shape[:2], np.nan), np.full(len(places), np.nan)
    named: list[str] = [""] * len(places)
    for row in rows:
        i, t = where[row["place"]], when[int(row["year"])]
        values = [row[f"{OUTCOME if by_outcome else SHARE}{sector}"] for sector in sectors]
        if row["event_year"] is not None:
            events[i] = row["event_year"]
        named[i] = row["cluster"] or f"\0{row['place']}"
        if moved:
            given = [row[f"{INSTRUMENT}{sector}"] for sector in sectors]
            instruments[i, t] = [np.nan if z is None else z for z in given]
        if any(value is None for value in values):
            continue
        if by_outcome:
            totals[i, t] = row["total"]
        shares[i, t] = np.array(values) / (row["total"] if by_outcome else 1.0)
    codes = {name: k for k, name in enumerate(dict.fromkeys(named))}
    clusters = np.array([codes[name] for name in named], dtype=np.int64)
    return Panel(tuple(places), tuple(years), tuple(sectors), shares, totals, events, clusters,
                 instruments if moved else None)  # fmt: skip
