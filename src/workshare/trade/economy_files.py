"""An economy as a folder of tidy tables, and changes of policy as one table.

The folder holds

* ``economy.toml``: ``name``, ``unit``, ``entry`` (restricted or free), ``sources`` (list);
* ``industries.csv``: industry, trade_elasticity, scale_elasticity, and markup if it differs;
* ``flows.csv``: exporter, importer, industry, flow (buyers' prices, tariff included), tariff;
* ``deficits.csv`` (optional): country, deficit;
* ``inputs.csv`` (optional): country, input, industry, share of the industry's sales.

Pairs that are absent from ``flows.csv`` trade nothing. The table of changes has one row per change:
instrument, exporter (the country whose goods, producers or workers it is about), importer, industry
and value; ``*`` stands for all of them.
"""

from __future__ import annotations

import csv
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from workshare.arrays import Array
from workshare.errors import Fault, TableError
from workshare.tidy import Column, Record, read_tidy
from workshare.trade.economy import Economy
from workshare.trade.taxes import Policy, Shock, complete_policy, complete_shock

INDUSTRY_COLUMNS = (
    Column("industry"),
    Column("trade_elasticity", "number"),
    Column("scale_elasticity", "number"),
    Column("markup", "number", required=False),
)
FLOW_COLUMNS = (
    Column("exporter"),
    Column("importer"),
    Column("industry"),
    Column("flow", "number"),
    Column("tariff", "number", unit="share", required=False, default=0.0),
)
DEFICIT_COLUMNS = (Column("country"), Column("deficit", "number"))
INPUT_COLUMNS = (
    Column("country"),
    Column("input"),
    Column("industry"),
    Column("share", "number", unit="share"),
)
CHANGE_COLUMNS = (
    Column("instrument"),
    Column("exporter", required=False, default="*"),
    Column("importer", required=False, default="*"),
    Column("industry", required=False, default="*"),
    Column("value", "number"),
)
CHANGES = (
    "tariff",
    "export_subsidy",
    "production_subsidy",
    "trade_cost",
    "productivity",
    "labour",
)
"""Instruments of a table of changes. The first three are rates after the change, shares of a price;
the others are new over old."""


def read_economy(folder: str | Path) -> Economy:
    """Return the economy of a folder.

    Raises
    ------
    TableError : a table or its cells are wrong. EconomyError : the economy is.
    """
    place = Path(folder)
    about = _read_about(place / "economy.toml")
    industries = read_tidy(place / "industries.csv", INDUSTRY_COLUMNS, ("industry",))
    flows = read_tidy(place / "flows.csv", FLOW_COLUMNS, ("exporter", "importer", "industry"))
    kinds = [record["industry"] for record in industries]
    countries = list(dict.fromkeys(record["importer"] for record in flows))
    countries += [
        name
        for name in dict.fromkeys(record["exporter"] for record in flows)
        if name not in countries
    ]
    faults = list(_unknown(flows, "industry", kinds))
    if faults:
        raise TableError(faults)
    cube, tariffs = _cubes(flows, countries, kinds)
    markups = [record["markup"] for record in industries]
    fields: dict[str, Any] = {}
    if all(value is not None for value in markups):
        fields["markups"] = np.array(markups, dtype=np.float64)
    if (place / "deficits.csv").exists():
        fields["deficits"] = _deficits(place / "deficits.csv", countries)
    if (place / "inputs.csv").exists():
        fields["input_shares"] = _inputs(place / "inputs.csv", countries, kinds)
    return Economy(
        tuple(countries),
        tuple(kinds),
        cube,
        np.array([record["trade_elasticity"] for record in industries]),
        np.array([record["scale_elasticity"] for record in industries]),
        tariffs=tariffs,
        entry=str(about.get("entry", "restricted")),
        unit=str(about.get("unit", "million USD/year")),
        name=str(about.get("name", place.name)),
        sources=tuple(str(line) for line in about.get("sources", ())),
        **fields,
    )


def write_economy(economy: Economy, folder: str | Path) -> Path:
    """Write an economy as a folder that :func:`read_economy` reads back; return the folder."""
    place = Path(folder)
    place.mkdir(parents=True, exist_ok=True)
    lines = [f'{key} = "{_quoted(getattr(economy, key))}"' for key in ("name", "unit", "entry")]
    sources = ", ".join(f'"{_quoted(line)}"' for line in economy.sources)
    lines.append(f"sources = [{sources}]")
    (place / "economy.toml").write_text("\n".join(lines) + "\n", encoding="utf-8", newline="\n")
    names, kinds = economy.countries, economy.industries
    _write(
        place / "industries.csv",
        ("industry", "trade_elasticity", "scale_elasticity", "markup"),
        zip(
            kinds,
            economy.trade_elasticity.tolist(),
            economy.scale_elasticity.tolist(),
            economy.markups.tolist(),
            strict=True,
        ),
    )
    used = np.argwhere((economy.flows != 0) | (economy.tariffs != 0))
    _write(
        place / "flows.csv",
        ("exporter", "importer", "industry", "flow", "tariff"),
        (
            (
                names[i],
                names[n],
                kinds[k],
                float(economy.flows[i, n, k]),
                float(economy.tariffs[i, n, k]),
            )
            for i, n, k in used
        ),
    )
    if economy.deficits.any():
        rows = zip(names, economy.deficits.tolist(), strict=True)
        _write(place / "deficits.csv", ("country", "deficit"), rows)
    if economy.has_inputs:
        shares = economy.input_shares
        _write(
            place / "inputs.csv",
            ("country", "input", "industry", "share"),
            (
                (names[n], kinds[k], kinds[h], float(shares[n, k, h]))
                for n, k, h in np.argwhere(shares != 0)
            ),
        )
    return place


def read_changes(path: str | Path, economy: Economy) -> tuple[Policy, Shock]:
    """Return the policy and the shock of a table of changes, checked against the economy.

    Rows apply in order: a later one overrides an earlier one where they meet. Home sales have no
    tariff and no export subsidy, so ``*`` leaves them out there.

    Raises
    ------
    TableError : unknown instrument, country or industry. EconomyError : a rate is not allowed.
    """
    records = read_tidy(path, CHANGE_COLUMNS)
    faults = list(_change_faults(records, economy))
    if faults:
        raise TableError(faults)
    policy, shock = complete_policy(economy, None), complete_shock(economy, None)
    arrays = {
        "tariff": np.array(policy.tariffs),
        "export_subsidy": np.array(policy.export_subsidies),
        "production_subsidy": np.array(policy.production_subsidies),
        "trade_cost": np.array(shock.trade_costs),
        "productivity": np.array(shock.productivity),
        "labour": np.array(shock.labour),
    }
    size = len(economy.countries)
    away = ~np.eye(size, dtype=bool)
    for record in records:
        name = record["instrument"]
        array = arrays[name]
        i = _chosen(record["exporter"], economy.countries)
        n = _chosen(record["importer"], economy.countries)
        k = _chosen(record["industry"], economy.industries)
        if array.ndim == 3:
            cells = i[:, None, None] & n[None, :, None] & k[None, None, :]
            if "*" in (record["exporter"], record["importer"]):
                cells = cells & away[:, :, None]
            array[cells] = record["value"]
        elif array.ndim == 2:
            array[i[:, None] & k[None, :]] = record["value"]
        else:
            array[i] = record["value"]
    label = Path(path).stem
    return (
        complete_policy(
            economy,
            Policy(arrays["tariff"], arrays["export_subsidy"], arrays["production_subsidy"], label),
        ),
        complete_shock(
            economy,
            Shock(arrays["trade_cost"], arrays["productivity"], arrays["labour"], name=label),
        ),
    )


def _read_about(path: Path) -> dict[str, Any]:
    """Return ``economy.toml``; empty where it is not there."""
    if not path.exists():
        return {}
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        fault = Fault(path.name, "economy.toml", "", f"it is valid TOML ({error})", "Correct it.")
        raise TableError([fault]) from None


def _cubes(
    flows: Sequence[Record], countries: Sequence[str], kinds: Sequence[str]
) -> tuple[Array, Array]:
    """Return flows and tariffs as cubes (N, N, K)."""
    where = {name: place for place, name in enumerate(countries)}
    which = {name: place for place, name in enumerate(kinds)}
    cube = np.zeros((len(countries), len(countries), len(kinds)))
    tariffs = np.zeros_like(cube)
    for record in flows:
        cell = where[record["exporter"]], where[record["importer"]], which[record["industry"]]
        cube[cell] = record["flow"]
        tariffs[cell] = record["tariff"]
    return cube, tariffs


def _deficits(path: Path, countries: Sequence[str]) -> Array:
    """Return the deficits in the order of the countries; zero where none is given."""
    records = read_tidy(path, DEFICIT_COLUMNS, ("country",))
    faults = list(_unknown(records, "country", countries))
    if faults:
        raise TableError(faults)
    given = {record["country"]: record["deficit"] for record in records}
    return np.array([given.get(name, 0.0) for name in countries])


def _inputs(path: Path, countries: Sequence[str], kinds: Sequence[str]) -> Array:
    """Return the input shares (N, K, K)."""
    records = read_tidy(path, INPUT_COLUMNS, ("country", "input", "industry"))
    faults = [
        *_unknown(records, "country", countries),
        *_unknown(records, "input", kinds),
        *_unknown(records, "industry", kinds),
    ]
    if faults:
        raise TableError(faults)
    shares = np.zeros((len(countries), len(kinds), len(kinds)))
    for record in records:
        cell = (
            list(countries).index(record["country"]),
            list(kinds).index(record["input"]),
            list(kinds).index(record["industry"]),
        )
        shares[cell] = record["share"]
    return shares


def _unknown(records: Iterable[Record], column: str, known: Sequence[str]) -> Iterator[Fault]:
    """Give a fault for each row that names something unknown."""
    names = set(known)
    for record in records:
        if record[column] not in names:
            rule = f"{column} is one of those listed: {', '.join(list(known)[:8])}"
            yield Fault(record.place, f"column {column}", record[column], rule, "Correct the name.")


def _change_faults(records: Iterable[Record], economy: Economy) -> Iterator[Fault]:
    """Give the faults of a table of changes."""
    listed = {
        "instrument": CHANGES,
        "exporter": ("*", *economy.countries),
        "importer": ("*", *economy.countries),
        "industry": ("*", *economy.industries),
    }
    kept = list(records)
    for column, known in listed.items():
        yield from _unknown(kept, column, known)


def _chosen(name: str, names: Sequence[str]) -> Any:
    """Return which of the names a cell means, as booleans."""
    return np.array([name in ("*", other) for other in names])


def _quoted(text: str) -> str:
    """Return text for a TOML string."""
    return text.replace("\\", "\\\\").replace('"', '\\"')


def _write(path: Path, header: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Write a CSV file; floats with all their digits."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(
            [repr(cell) if isinstance(cell, float) else cell for cell in row] for row in rows
        )
