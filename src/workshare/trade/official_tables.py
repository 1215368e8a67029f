"""Official inter-country input-output tables: OECD ICIO and WIOD 2016, as their CSV files.

Layouts, from their documentation:

* **ICIO** (``2020_SML.csv``): the first column and the headings are ``COUNTRY_INDUSTRY``
  (``ARG_A01_02``); final use is ``COUNTRY_HFCE``, ``_NPISH``, ``_GGFC``, ``_GFCF``, ``_INVNT`` and
  ``_DPABR``; rows ``TLS``, ``VA``, ``OUT`` and columns ``OUT`` or ``TOTAL`` are totals.
* **WIOD 2016** (``WIOT2014_Nov16_ROW.csv``): columns IndustryCode, IndustryDescription, Country,
  RNr, Year, then ``AUS1`` to ``AUS56`` for using industries, ``AUS57`` to ``AUS61`` for final use
  and ``TOT``; rows of country ``TOT`` are totals.

By default intermediate and final use are added and the economy has no input links; with
``links=True`` it keeps them, as shares of the using industry's sales. Flows are at basic prices,
which leave out tariffs.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from workshare.errors import Fault, TableError
from workshare.trade.calibration import Adjustment, Calibration, RawTable, economy_from_flows
from workshare.trade.economy import Economy

FINAL_USE = frozenset({"HFCE", "NPISH", "GGFC", "GFCF", "INVNT", "DPABR"})
TOTALS = frozenset({"TLS", "TAXSUB", "VA", "VALU", "OUT", "OUTPUT", "TOTAL", "TOT"})
WIOD_HEAD = ("IndustryCode", "IndustryDescription", "Country", "RNr", "Year")
WIOD_FINAL = range(57, 62)
MOST_FAULTS = 50


@dataclass
class _Gathered:
    """Flows by (exporter, importer, industry), reported output, and faults while reading."""

    flows: dict[tuple[str, str, str], float] = field(default_factory=dict)
    output: dict[tuple[str, str], float] = field(default_factory=dict)
    inputs: dict[tuple[str, str, str], float] = field(default_factory=dict)
    using: dict[str, str] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)

    def add(self, exporter: str, importer: str, industry: str, using: str, value: float) -> None:
        """Add a cell; ``using`` is the industry that uses it as input, "" for final use."""
        key = exporter, importer, industry
        self.flows[key] = self.flows.get(key, 0.0) + value
        if using:
            link = importer, industry, using
            self.inputs[link] = self.inputs.get(link, 0.0) + value

    def fault(self, place: str, subject: str, value: str, rule: str, cure: str) -> None:
        if len(self.faults) < MOST_FAULTS:
            self.faults.append(Fault(place, subject, value, rule, cure))


def read_icio(
    path: str | Path,
    elasticities: Mapping[str, tuple[float, float]],
    entry: str = "restricted",
    links: bool = False,
) -> Calibration:
    """Return the economy of an OECD ICIO table, with every adjustment.

    Parameters
    ----------
    path : the CSV of one year in the layout above; million USD per year.
    elasticities : (trade elasticity, scale elasticity) by industry code of the table; ``"*"`` is
        for every code not named.
    entry : ``restricted`` or ``free``.
    links : keep intermediate use as input shares (:mod:`workshare.trade.input_output`).

    Raises
    ------
    TableError : every fault of the file with line and column, up to fifty. EconomyError : what it
        says is no economy.
    """
    file = Path(path)
    got = _Gathered()
    rows = _rows(file)
    head = [text.strip() for text in next(rows)[1]]
    columns = []
    for place, name in enumerate(head[1:], 1):
        country, _, code = name.partition("_")
        if name in TOTALS:
            continue
        if not country or not code:
            rule = "must be COUNTRY_INDUSTRY, COUNTRY_FINALUSE or a total"
            got.fault(f"{file.name} line 1", f"Heading {place + 1}", name, rule, "Correct it.")
            continue
        columns.append((place, country, "" if code in FINAL_USE else code))
        got.using[code] = code
    total = next((i for i, name in enumerate(head) if name in ("OUT", "TOTAL")), None)
    seen: dict[str, int] = {}
    for line, cells in rows:
        label = cells[0].strip() if cells else ""
        country, _, code = label.partition("_")
        if not label or label in TOTALS:
            continue
        if not code or code in FINAL_USE:
            rule = "a row must be COUNTRY_INDUSTRY or a total"
            got.fault(f"{file.name} line {line}", "First column", label, rule, "Correct it.")
            continue
        _row(got, (file.name, line, label), head, cells, columns, (country, code), seen)
        if total is not None and total < len(cells):
            got.output[country, code] = _number(
                got, f"{file.name} line {line} column {head[total]}", label, cells[total]
            )
    source = "OECD Inter-Country Input-Output tables"
    return _finish(got, file, elasticities, (entry, links), source)


def read_wiod(
    path: str | Path,
    elasticities: Mapping[str, tuple[float, float]],
    entry: str = "restricted",
    links: bool = False,
) -> Calibration:
    """Return the economy of a WIOD 2016 table, with every adjustment.

    Parameters and errors as in :func:`read_icio`; industry codes are those of IndustryCode.
    """
    file = Path(path)
    got = _Gathered()
    rows = _rows(file)
    head = [text.strip() for text in next(rows)[1]]
    if tuple(head[:5]) != WIOD_HEAD:
        rule = f"the first columns must be {', '.join(WIOD_HEAD)}"
        raise TableError(
            [Fault(f"{file.name} line 1", "Headings", ",".join(head[:5]), rule, "Save as CSV.")]
        )
    columns = []
    for place, name in enumerate(head[5:], 5):
        if name in TOTALS:
            continue
        found = re.fullmatch(r"([A-Z]{3})(\d+)", name)
        if found is None or not 1 <= int(found[2]) <= WIOD_FINAL[-1]:
            rule = "must be a country code and a number from 1 to 61, or TOT"
            got.fault(f"{file.name} line 1", f"Heading {place + 1}", name, rule, "Correct it.")
            continue
        columns.append((place, found[1], "" if int(found[2]) in WIOD_FINAL else found[2]))
    total = head.index("TOT") if "TOT" in head else None
    seen: dict[str, int] = {}
    for line, cells in rows:
        if len(cells) < 5 or cells[2].strip() in TOTALS:
            continue
        code, country = cells[0].strip(), cells[2].strip()
        label = f"{country} {code}"
        got.using[cells[3].strip()] = code
        _row(got, (file.name, line, label), head, cells, columns, (country, code), seen)
        if total is not None and total < len(cells):
            got.output[country, code] = _number(
                got, f"{file.name} line {line} column TOT", label, cells[total]
            )
    source = "World Input-Output Database, release 2016"
    return _finish(got, file, elasticities, (entry, links), source)


# --- reading --------------------------------------------------------------------------------------


def _rows(file: Path) -> Iterator[tuple[int, list[str]]]:
    """Give line numbers and cells; an empty or unreadable file is a fault."""
    try:
        text = file.open(encoding="utf-8-sig", newline="")
    except OSError as error:
        rule = f"must be a readable file: {error.strerror}"
        raise TableError([Fault(file.name, "The file", "", rule, "Check the path.")]) from None
    with text:
        empty = True
        for line, cells in enumerate(csv.reader(text), 1):
            empty = False
            yield line, cells
    if empty:
        raise TableError([Fault(file.name, "The file", "", "must not be empty", "Save it again.")])


def _row(
    got: _Gathered,
    where: tuple[str, int, str],
    head: list[str],
    cells: list[str],
    columns: list[tuple[int, str, str]],
    key: tuple[str, str],
    seen: dict[str, int],
) -> None:
    """Add one supplying row, by importer."""
    name, line, label = where
    if label in seen:
        rule = f"stands in line {seen[label]} already"
        got.fault(f"{name} line {line}", "Row", label, rule, "Keep one of them.")
        return
    seen[label] = line
    if len(cells) != len(head):
        rule = f"must have {len(head)} cells, as the headings"
        got.fault(f"{name} line {line}", f"Row {label}", str(len(cells)), rule, "Save it again.")
        return
    for place, importer, using in columns:
        value = _number(got, f"{name} line {line} column {head[place]}", label, cells[place])
        got.add(key[0], importer, key[1], using, value)


def _number(got: _Gathered, place: str, label: str, text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = np.nan
    if not np.isfinite(value):
        got.fault(place, f"Flow of {label}", text, "must be a number", "A point for decimals.")
        return 0.0
    return value


def _finish(
    got: _Gathered,
    file: Path,
    elasticities: Mapping[str, tuple[float, float]],
    rule_and_links: tuple[str, bool],
    source: str,
) -> Calibration:
    """Return the economy of what was gathered, or every fault."""
    entry, links = rule_and_links
    codes = tuple(dict.fromkeys(code for _, _, code in got.flows))
    sellers = tuple(dict.fromkeys(seller for seller, _, _ in got.flows))
    buyers = tuple(dict.fromkeys(buyer for _, buyer, _ in got.flows))
    for country in sorted(set(sellers) ^ set(buyers)):
        kind = "rows" if country in sellers else "columns"
        rule = "must have rows and columns"
        got.fault(file.name, f"Country {country}", f"only {kind}", rule, "Take the whole table.")
    for code in codes:
        if code not in elasticities and "*" not in elasticities:
            rule, cure = "has no elasticities", "Add it, or '*' for all others."
            got.fault("elasticities", f"Industry {code}", "", rule, cure)
    if not codes and not got.faults:
        got.fault(file.name, "The table", "", "has no supplying rows", "Check the layout.")
    if got.faults:
        raise TableError(got.faults)
    countries = {name: n for n, name in enumerate(sellers)}
    kinds = {name: k for k, name in enumerate(codes)}
    flows = np.zeros((len(countries), len(countries), len(kinds)))
    for (exporter, importer, code), value in got.flows.items():
        flows[countries[exporter], countries[importer], kinds[code]] = value
    values = [elasticities.get(code, elasticities.get("*", (np.nan, np.nan))) for code in codes]
    raw = RawTable(
        sellers,
        codes,
        flows,
        np.zeros_like(flows),
        np.array([trade for trade, _ in values]),
        np.array([scale for _, scale in values]),
        name=file.stem,
        sources=(f"{source}, {file.name}",),
    )
    made = economy_from_flows(raw, entry)
    economy = _linked(made.economy, got) if links else made.economy
    return Calibration(economy, (*_unlike_output(got, raw), *made.adjustments))


def _linked(economy: Economy, got: _Gathered) -> Economy:
    """Return the economy with intermediate use as shares of the using industry's sales."""
    places = {name: n for n, name in enumerate(economy.countries)}
    kinds = {name: k for k, name in enumerate(economy.industries)}
    used = np.zeros((len(places), len(kinds), len(kinds)))
    for (importer, code, using), value in got.inputs.items():
        user = got.using.get(using)
        if importer in places and user in kinds:
            used[places[importer], kinds[code], kinds[user]] += max(value, 0.0)
    sales = economy.sales[:, None, :]
    shares = np.divide(used, sales, out=np.zeros_like(used), where=sales > 0)
    return replace(economy, input_shares=shares)


def _unlike_output(got: _Gathered, raw: RawTable) -> Iterator[Adjustment]:
    """Give the rows whose uses do not add up to the output the table states."""
    uses = raw.flows.sum(axis=1)
    for n, country in enumerate(raw.countries):
        for k, code in enumerate(raw.industries):
            stated = got.output.get((country, code))
            if stated is not None and abs(uses[n, k] - stated) > 1e-4 * max(abs(stated), 1.0):
                yield Adjustment(
                    "output taken as the sum of uses",
                    f"exporter {country}, industry {code}",
                    stated,
                    float(uses[n, k]),
                    "the table's total and its uses differ",
                )
