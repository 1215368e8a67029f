"""Readers of published tables: occupation by area as in BLS OEWS, and major groups as in ILOSTAT.

Every fault of a file is told at once, with row, column and value; a figure that the file does not
give stays missing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from workshare.errors import Fault, TableError
from workshare.population.downscale import round_to_total
from workshare.population.network import OccupationNetwork
from workshare.population.workforce import Workforce, workforce

ISCO_GROUPS = {
    "0": "Armed forces",
    "1": "Managers",
    "2": "Professionals",
    "3": "Technicians and associate professionals",
    "4": "Clerical support workers",
    "5": "Services and sales workers",
    "6": "Skilled agricultural, forestry and fishery workers",
    "7": "Craft and related trades workers",
    "8": "Plant and machine operators, and assemblers",
    "9": "Elementary occupations",
}
"""Major groups of ISCO-08."""

_WITHHELD = ("", "*", "**", "#", "~")
"""What OEWS writes where a figure is withheld (*, **) or above the largest shown (#)."""

SHOWN = 20


def read_workforce(path: str | Path, *, spells: int = 5, currency: str = "USD") -> Workforce:
    """Return a workforce from a tidy table: region, occupation, status, spell, workers, wage.

    One row per cell and status, as :meth:`Workforce.frame` writes it. ``spell`` may be blank (no
    spell known), ``wage`` too (not known). Rows of one cell with different wages are a fault.

    Raises
    ------
    TableError : every fault with its row.
    """
    file = Path(path)
    table = _read(file, ("region", "occupation", "status", "workers"))
    faults: list[Fault] = []
    workers = _numbers(table, "workers", file.name, faults, whole=True)
    spell = _numbers(table, "spell", file.name, faults, whole=True, blank=0.0)
    wage = _numbers(table, "wage", file.name, faults, blank=np.nan)
    known = ("formal", "informal", "unemployed", "training")
    for row in np.flatnonzero(~table["status"].isin(known))[:SHOWN]:
        rule = f"must be one of {', '.join(known)}"
        value = str(table["status"].iloc[row])
        faults.append(Fault(f"{file.name} row {row + 2}", "Column 'status'", value, rule, ""))
    keys = [name for name in ("region", "occupation", "status", "spell") if name in table]
    for row in np.flatnonzero(table.duplicated(keys))[:SHOWN]:
        place = f"{file.name} row {row + 2}"
        named = ", ".join(f"{name} {table[name].iloc[row]!r}" for name in keys)
        faults.append(Fault(place, named, "", "stands already in an earlier row", "Remove one."))
    if faults:
        raise TableError(faults)
    regions, at_region = np.unique(table["region"].to_numpy(str), return_inverse=True)
    codes, at_code = np.unique(table["occupation"].to_numpy(str), return_inverse=True)
    shape = (regions.size, codes.size)
    status = table["status"].to_numpy()
    longest = int(spell[status == "unemployed"].max(initial=spells - 1)) + 1
    course = int(spell[status == "training"].max(initial=-1)) + 1
    arrays = {
        "formal": np.zeros(shape, dtype=np.int64),
        "informal": np.zeros(shape, dtype=np.int64),
        "unemployed": np.zeros((*shape, longest), dtype=np.int64),
        "training": np.zeros((*shape, course), dtype=np.int64),
    }
    for name, counts in arrays.items():
        rows = np.flatnonzero(status == name)
        cell: tuple[np.ndarray, ...] = (at_region[rows], at_code[rows])
        if counts.ndim == 3:
            cell = (*cell, spell[rows].astype(np.int64))
        counts[cell] = workers[rows].astype(np.int64)
    wages = np.full(shape, np.nan)
    paid = np.flatnonzero(np.isfinite(wage))
    wages[at_region[paid], at_code[paid]] = wage[paid]
    for row in paid[wages[at_region[paid], at_code[paid]] != wage[paid]][:SHOWN]:
        place = f"{file.name} row {row + 2}"
        cure = "Give one wage for each region and occupation."
        faults.append(
            Fault(place, "Column 'wage'", f"{wage[row]:g}", "differs within a cell", cure)
        )
    if faults:
        raise TableError(faults)
    return workforce(
        regions.tolist(),
        codes.tolist(),
        wages=wages,
        currency=currency,
        sources=(file.name,),
        **arrays,  # type: ignore[arg-type]
    )


def read_oews(
    path: str | Path,
    *,
    unemployed: float = 0.0,
    network: OccupationNetwork | None = None,
    spells: int = 5,
    progress: Callable[[str, float, str], None] | None = None,
) -> Workforce:
    """Return the workforce of a BLS OEWS table: jobs and mean yearly wages by area and occupation.

    Read are the columns AREA_TITLE, OCC_CODE, O_GROUP (only ``detailed`` rows, where it is given),
    TOT_EMP and A_MEAN. OEWS counts wage and salary jobs, not people, and no self-employed; all are
    taken as formal. Withheld employment is nobody known and is left out; withheld wages are
    missing.

    Parameters
    ----------
    unemployed : share of the jobs of each cell that is added as unemployed people of the
        occupation; OEWS does not know them, so they are imputed. 0 adds none.
    network : if given, detailed codes are gathered in the network's occupations: the code itself,
        else its broad group (last digit 0), else its minor group (last three digits 0). Jobs with
        no such occupation are spread over the occupations of their area in proportion to its jobs
        (imputed), so that the total is kept.
    progress : called as ``progress(stage, share, text)``.

    Raises
    ------
    TableError : a column missing, a figure that is no number, an area and occupation given twice.
    """
    file = Path(path)
    table = _read(file, ("AREA_TITLE", "OCC_CODE", "TOT_EMP"))
    if "O_GROUP" in table:
        table = table[table["O_GROUP"] == "detailed"].reset_index(drop=True)
    _tell(progress, 0.3, f"{len(table)} rows")
    faults: list[Fault] = []
    jobs = _numbers(table, "TOT_EMP", file.name, faults, blank=0.0)
    wage = _numbers(table, "A_MEAN", file.name, faults, blank=np.nan)
    for row in np.flatnonzero(table.duplicated(["AREA_TITLE", "OCC_CODE"]))[:SHOWN]:
        named = f"{table['AREA_TITLE'].iloc[row]}, {table['OCC_CODE'].iloc[row]}"
        cure = "Remove one of the rows."
        faults.append(Fault(f"{file.name} row {row + 2}", named, "", "stands twice", cure))
    if faults:
        raise TableError(faults)
    areas, at_area = np.unique(table["AREA_TITLE"].to_numpy(str), return_inverse=True)
    codes, at_code = np.unique(table["OCC_CODE"].to_numpy(str), return_inverse=True)
    kept = codes if network is None else np.array(network.occupations)
    if network is not None:
        at_code = _gathered(codes.tolist(), network.occupations)[at_code]
    counts = np.zeros((areas.size, kept.size))
    bill, paid = np.zeros_like(counts), np.zeros_like(counts)
    inside = at_code >= 0
    np.add.at(counts, (at_area[inside], at_code[inside]), jobs[inside])
    has_wage = inside & np.isfinite(wage)
    place = (at_area[has_wage], at_code[has_wage])
    np.add.at(bill, place, jobs[has_wage] * wage[has_wage])
    np.add.at(paid, place, jobs[has_wage])
    imputed = np.zeros(counts.shape, dtype=bool)
    whole = np.rint(counts).astype(np.int64)
    if not inside.all():
        lost = np.bincount(at_area[~inside], jobs[~inside], areas.size)
        for a in (int(k) for k in np.flatnonzero(lost > 0)):
            whole[a] += round_to_total(counts[a], round(lost[a]))
            imputed[a] = True
    _tell(progress, 0.8, f"{int(whole.sum()):,} jobs")
    out = np.zeros((*whole.shape, spells), dtype=np.int64)
    if unemployed > 0:
        for a in range(areas.size):
            out[a, :, 0] = round_to_total(whole[a], round(unemployed * whole[a].sum()))
    return workforce(
        areas.tolist(),
        kept.tolist(),
        formal=whole,
        unemployed=out,
        wages=np.divide(bill, paid, out=np.full(bill.shape, np.nan), where=paid > 0),
        imputed=imputed,
        sources=(f"BLS OEWS, {file.name}", f"unemployed: assumed share {unemployed:g} of jobs"),
    )


def read_ilo_employment(path: str | Path) -> pd.DataFrame:
    """Return employment by country and ISCO-08 major group, thousands, as a tidy table.

    Reads the columns iso3, year, isco08_major and employment_thousands of a table in the form of
    ILOSTAT's EMP_TEMP_SEX_OCU_NB; rows TOTAL and X (not classified) are kept apart in the columns
    ``total`` and ``unclassified`` of each country's rows.

    Raises
    ------
    TableError : a column missing, a group unknown, a figure that is no number, groups that do not
        add up to the total within one per cent.
    """
    file = Path(path)
    table = _read(file, ("iso3", "year", "isco08_major", "employment_thousands"))
    faults: list[Fault] = []
    people = _numbers(table, "employment_thousands", file.name, faults)
    known = {*ISCO_GROUPS, "TOTAL", "X"}
    for row in np.flatnonzero(~table["isco08_major"].isin(known))[:SHOWN]:
        value = str(table["isco08_major"].iloc[row])
        rule = f"must be one of {', '.join(sorted(known))}"
        faults.append(Fault(f"{file.name} row {row + 2}", "Column 'isco08_major'", value, rule, ""))
    if faults:
        raise TableError(faults)
    table = table.assign(employment_thousands=people)
    wide = table.pivot_table(
        index=["iso3", "year"], columns="isco08_major", values="employment_thousands"
    )
    parts = wide.drop(columns="TOTAL", errors="ignore").sum(axis=1)
    if "TOTAL" in wide:
        for key in wide.index[(parts - wide["TOTAL"]).abs() > 0.01 * wide["TOTAL"]]:
            value = f"{parts[key]:g} against {wide['TOTAL'][key]:g} thousand"
            rule = "groups must add up to the total within 1 %"
            faults.append(
                Fault(file.name, f"Country {key[0]!r}", value, rule, "Check for a missing group.")
            )
    if faults:
        raise TableError(faults)
    rows = table[table["isco08_major"].isin(ISCO_GROUPS)].copy()
    index = pd.MultiIndex.from_frame(rows[["iso3", "year"]])
    rows["total"] = parts.reindex(index).to_numpy()
    loose = wide["X"].fillna(0.0) if "X" in wide else parts * 0.0
    rows["unclassified"] = loose.reindex(index).to_numpy()
    return rows.reset_index(drop=True)


def read_ilo_shares(path: str | Path) -> pd.DataFrame:
    """Return shares of employment by country and ISCO-08 major group (per cent), tidy.

    Reads a wide table: iso2 or iso3, and one column ``isco_G_pct`` for each major group G.

    Raises
    ------
    TableError : a column missing, a share outside 0 to 100, shares of a country that do not add
        up to 100 within one point (its armed forces may be missing).
    """
    file = Path(path)
    table = _read(file, ("isco_1_pct",))
    key = "iso3" if "iso3" in table else "iso2"
    if key not in table:
        rule = "needs a column iso2 or iso3"
        raise TableError([Fault(f"{file.name} row 1", "Columns", "", rule, "Add one.")])
    faults: list[Fault] = []
    parts = []
    for group in ISCO_GROUPS:
        name = f"isco_{group}_pct"
        share = _numbers(table, name, file.name, faults, blank=np.nan)
        parts.append(share)
        for row in np.flatnonzero(share > 100)[:SHOWN]:
            where = f"{file.name} row {row + 2}"
            faults.append(
                Fault(where, f"Column {name!r}", f"{share[row]:g} %", "must be at most 100", "")
            )
    shares = np.array(parts).T
    total = np.nansum(shares, axis=1)
    for row in np.flatnonzero(~(np.abs(total - 100) <= 1.0) & (total > 0))[:SHOWN]:
        where = f"{file.name} row {row + 2}"
        subject = f"Country {table[key].iloc[row]!r}, shares by major group"
        rule, cure = "must add up to 100 within 1", "Check for a missing group."
        faults.append(Fault(where, subject, f"{total[row]:.4g} %", rule, cure))
    if faults:
        raise TableError(faults)
    kept = np.flatnonzero(total > 0)
    return pd.DataFrame(
        {
            "country": np.repeat(table[key].to_numpy()[kept], len(ISCO_GROUPS)),
            "isco08_major": np.tile(list(ISCO_GROUPS), kept.size),
            "share": (shares[kept] / 100.0).ravel(),
        }
    )


def _gathered(
    codes: Sequence[str], kept: Sequence[str]
) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """Return the position among ``kept`` of each detailed SOC code, or -1."""
    place = {code: k for k, code in enumerate(kept)}
    found = [
        next(
            (
                place[c]
                for c in (code, f"{code[:-1]}0", f"{code[:-2]}00", f"{code[:-3]}000")
                if c in place
            ),
            -1,
        )
        for code in codes
    ]
    return np.array(found, dtype=np.int64)


def _read(file: Path, needed: Sequence[str]) -> pd.DataFrame:
    """Return a CSV file as text cells, or say what columns it lacks."""
    if not file.is_file():
        raise TableError([Fault(str(file), "The file", "", "is not there", "Check the path.")])
    table = pd.read_csv(file, dtype=str, keep_default_na=False, encoding="utf-8-sig")
    missing = [name for name in needed if name not in table]
    if missing:
        cure = f"It has: {', '.join(table.columns[:20])}."
        place = f"{file.name} row 1"
        raise TableError([Fault(place, f"Column {n!r}", "", "is missing", cure) for n in missing])
    return table


def _numbers(
    table: pd.DataFrame,
    name: str,
    file: str,
    faults: list[Fault],
    *,
    whole: bool = False,
    blank: float | None = None,
) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Return a column as numbers of at least 0; withheld cells are ``blank``, or a fault."""
    if name not in table:
        return np.full(len(table), np.nan if blank is None else blank)
    text = table[name].str.strip().str.replace(",", "", regex=False)
    withheld = text.isin(_WITHHELD)
    values = pd.to_numeric(text.where(~withheld), errors="coerce").to_numpy(float, copy=True)
    wrong = ~np.isfinite(values) & (~withheld.to_numpy() | (blank is None))
    wrong |= values < 0
    if whole:
        wrong |= np.isfinite(values) & (values != np.rint(values))
    rule = "must be a whole number of at least 0" if whole else "must be a number of at least 0"
    for row in np.flatnonzero(wrong)[:SHOWN]:
        place = f"{file} row {row + 2}"
        value = str(table[name].iloc[row])
        faults.append(Fault(place, f"Column {name!r}", value, rule, "Correct the figure."))
    if wrong.sum() > SHOWN:
        faults.append(Fault(file, f"Column {name!r}", f"{wrong.sum() - SHOWN} more rows", rule, ""))
    if blank is not None:
        values[withheld.to_numpy()] = blank
    return values


def _tell(progress: Callable[[str, float, str], None] | None, share: float, text: str) -> None:
    if progress is not None:
        progress("read", share, text)
