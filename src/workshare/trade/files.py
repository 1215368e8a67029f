"""An economy as tidy files: a folder of two tables and ``economy.toml``, or a workbook; cases.

* ``flows``: exporter, importer, industry, value, tariff (a share; blank is none). A cell that is
  not there is no trade.
* ``industries``: industry, trade_elasticity (sigma - 1), scale_elasticity (mu), note.
* ``economy.toml`` (sheet ``economy`` with columns key and value): name, unit, prices (``border``
  without tariffs, or ``buyer`` with them), sources, licence.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np

from workshare.errors import Fault, OptionError, TableError
from workshare.tidy import Column, Record, read_tidy
from workshare.trade.calibration import Calibration, RawTable, economy_from_flows
from workshare.trade.economy import Economy

FLOWS = (
    Column("exporter"),
    Column("importer"),
    Column("industry"),
    Column("value", "number", "money per year"),
    Column("tariff", "number", "share", -0.999, 100, required=False, default=0.0),
)
INDUSTRIES = (
    Column("industry"),
    Column("trade_elasticity", "number", "elasticity", minimum=1e-9),
    Column("scale_elasticity", "number", "elasticity", minimum=0),
    Column("note", required=False, default=""),
)
SETTINGS = (Column("key"), Column("value"))
PRICES = ("border", "buyer")


def economy_cases() -> dict[str, str]:
    """Return the embedded economies: name and title."""
    found = {}
    for folder in sorted(_cases().iterdir(), key=lambda item: item.name):
        if folder.is_dir() and (folder / "economy.toml").is_file():
            settings = tomllib.loads((folder / "economy.toml").read_text(encoding="utf-8"))
            found[folder.name] = str(settings["name"])
    return found


def read_economy(path: str | Path, entry: str = "restricted") -> Calibration:
    """Return the economy of a folder, a workbook or an embedded case, and its adjustments.

    Parameters
    ----------
    path : a folder, an ``.xlsx`` workbook, or the name of a case (:func:`economy_cases`).
    entry : ``restricted`` or ``free``.

    Raises
    ------
    TableError : faults of the tables, all at once. EconomyError : what they say is no economy.

    Examples
    --------
    >>> americas = read_economy("americas").economy
    >>> len(americas.countries), len(americas.industries)
    (15, 11)
    """
    folder = _place(path)
    raw = _raw(folder)
    return economy_from_flows(raw, entry)


def write_economy(economy: Economy, folder: str | Path, licence: str = "") -> Path:
    """Write an economy as tidy files that :func:`read_economy` reads back the same."""
    target = Path(folder)
    target.mkdir(parents=True, exist_ok=True)
    lines = ["exporter,importer,industry,value,tariff"]
    for i, n, k in np.argwhere(economy.flows > 0):
        rate = float(economy.tariffs[i, n, k])
        value = float(economy.flows[i, n, k] / (1.0 + rate))
        names = (economy.countries[i], economy.countries[n], economy.industries[k])
        lines.append(
            f"{','.join(map(_quoted, names))},{value!r},{rate!r}"
            if rate
            else f"{','.join(map(_quoted, names))},{value!r},"
        )
    (target / "flows.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    rows = ["industry,trade_elasticity,scale_elasticity,note"]
    rows += [
        f"{_quoted(name)},{float(trade)!r},{float(scale)!r},"
        for name, trade, scale in zip(
            economy.industries, economy.trade_elasticity, economy.scale_elasticity, strict=True
        )
    ]
    (target / "industries.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    settings = {"name": economy.name, "unit": economy.unit, "prices": "border"}
    text = "".join(f"{key} = {_toml(value)}\n" for key, value in settings.items())
    text += f"licence = {_toml(licence)}\n"
    text += "sources = [\n" + "".join(f"  {_toml(source)},\n" for source in economy.sources) + "]\n"
    (target / "economy.toml").write_text(text, encoding="utf-8")
    return target


def _cases() -> Any:
    return resources.files("workshare.trade") / "cases"


def _place(path: str | Path) -> Path:
    """Return the folder or workbook meant by a path or the name of a case."""
    given = Path(path)
    if given.exists():
        return given
    case = Path(str(_cases())) / str(path)
    if len(given.parts) == 1 and case.is_dir():
        return case
    names = ", ".join(economy_cases()) or "none"
    raise OptionError(f"{path} is no folder, workbook or embedded economy; embedded: {names}")


def _raw(place: Path) -> RawTable:
    """Return the tables of a folder or workbook, faults of all of them told together."""
    faults: list[Fault] = []
    tables: dict[str, list[Record]] = {}
    keys = ("exporter", "importer", "industry")
    for name, columns, unique in (("flows", FLOWS, keys), ("industries", INDUSTRIES, keys[2:])):
        try:
            if place.suffix.lower() == ".xlsx":
                tables[name] = read_tidy(place, columns, unique, sheet=name)
            else:
                tables[name] = read_tidy(place / f"{name}.csv", columns, unique)
        except TableError as error:
            faults += error.faults
    settings = _settings(place, faults)
    if not faults:
        known = {record["industry"] for record in tables["industries"]}
        faults += [
            Fault(r.place, "Column 'industry'", r["industry"], "must be in industries", "Add it.")
            for r in tables["flows"]
            if r["industry"] not in known
        ]
    if faults:
        raise TableError(faults)
    return _arrays(tables, settings)


def _settings(place: Path, faults: list[Fault]) -> Mapping[str, Any]:
    """Return the settings, checked; without any, the defaults."""
    settings: dict[str, Any] = {"name": place.stem, "unit": "million USD/year", "prices": "border"}
    if place.suffix.lower() == ".xlsx":
        try:
            settings |= {r["key"]: r["value"] for r in read_tidy(place, SETTINGS, sheet="economy")}
        except TableError:
            return settings
    elif (place / "economy.toml").is_file():
        try:
            settings |= tomllib.loads((place / "economy.toml").read_text(encoding="utf-8"))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            cure = 'Write lines such as name = "Andes".'
            faults.append(Fault("economy.toml", "The file", "", f"cannot be read: {error}", cure))
    if settings["prices"] not in PRICES:
        rule = f"must be one of {', '.join(PRICES)}"
        cure = "border: without tariffs; buyer: with them."
        faults.append(Fault("economy", "prices", str(settings["prices"]), rule, cure))
    return settings


def _arrays(tables: Mapping[str, list[Record]], settings: Mapping[str, Any]) -> RawTable:
    rows, kinds = tables["flows"], tables["industries"]
    countries = tuple(dict.fromkeys(name for r in rows for name in (r["exporter"], r["importer"])))
    industries = tuple(record["industry"] for record in kinds)
    place = {name: k for k, name in enumerate(countries)}
    column = {name: k for k, name in enumerate(industries)}
    shape = (len(countries), len(countries), len(industries))
    flows, tariffs = np.zeros(shape), np.zeros(shape)
    for record in rows:
        cell = place[record["exporter"]], place[record["importer"]], column[record["industry"]]
        flows[cell], tariffs[cell] = record["value"], record["tariff"]
    sources = settings.get("sources", ())
    return RawTable(
        countries,
        industries,
        flows,
        tariffs,
        np.array([record["trade_elasticity"] for record in kinds]),
        np.array([record["scale_elasticity"] for record in kinds]),
        settings["prices"] == "buyer",
        str(settings["unit"]),
        str(settings["name"]),
        (sources,) if isinstance(sources, str) else tuple(map(str, sources)),
    )


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"' if any(sign in text for sign in ',"\n') else text


def _toml(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
