"""Result to tidy tables: one row per observation, column names in whole words with units.

A table is a plain record; :meth:`Table.to_pandas` gives the same as a labelled frame. A missing
number is None in the record and NaN in the frame, never 0.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from workshare.reports.view import Record, View, view
from workshare.reports.words import is_number

if TYPE_CHECKING:
    import pandas

Row = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its name in whole words, its unit ("" for none), and text or number."""

    name: str
    unit: str = ""
    kind: str = "number"

    @property
    def header(self) -> str:
        """Return the column's heading: name and unit."""
        return f"{self.name} ({self.unit})" if self.unit else self.name


@dataclass(frozen=True, slots=True)
class Table:
    """A tidy table: what it is, its columns, its rows (one value per column, None = missing)."""

    name: str
    title: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]

    def to_pandas(self) -> pandas.DataFrame:
        """Return the table as a pandas frame with the same headings."""
        import pandas

        data: dict[str, Any] = {}
        for position, column in enumerate(self.columns):
            values = [row[position] for row in self.rows]
            kind = "float64" if column.kind == "number" else "object"
            data[column.header] = pandas.Series(values, dtype=kind)
        return pandas.DataFrame(data)


def tables(result: Any) -> dict[str, Table]:
    """Return every table of a result, by name, in reading order.

    Parameters
    ----------
    result : a result record with ``to_dict``, or the dictionary of ``result.json``.

    Examples
    --------
    >>> smallest = {
    ...     "schema": "workshare.result/1", "status": "exact",
    ...     "value": 10.0, "bound": 10.0, "gap": 0.0,
    ...     "price_of_non_coordination": {
    ...         "value": 1.0, "share_of_gdp": None, "by_participant": {"A": 1.0}},
    ...     "scenarios": [{"name": "least_cost", "value": 10.0, "by_participant": {"A": 10.0}}],
    ... }
    >>> tables(smallest)["participants"].rows[0][:2]
    ('least_cost', 'Least cost')
    """
    seen = view(result)
    return {table.name: table for table in (maker(seen) for maker in _MAKERS)}


def frames(result: Any) -> dict[str, pandas.DataFrame]:
    """Return every table of a result as a labelled pandas frame, by name."""
    return {name: table.to_pandas() for name, table in tables(result).items()}


def make_table(
    name: str, title: str, columns: Iterable[tuple[str, str, str]], rows: Iterable[Iterable[Any]]
) -> Table:
    """Return a table from (name, unit, kind) triples; what is no number becomes None."""
    made = tuple(Column(*column) for column in columns)
    clean = tuple(
        tuple(_clean(value, column.kind) for value, column in zip(row, made, strict=True))
        for row in rows
    )
    return Table(name, title, made, clean)


def _clean(value: Any, kind: str) -> Any:
    if kind == "number":
        return float(value) if is_number(value) else None
    if isinstance(value, bool):
        return "yes" if value else "no"
    if value is None:
        return ""
    if isinstance(value, list | tuple):
        return "; ".join(str(item) for item in value)
    return str(value)


def headline(seen: View) -> Table:
    """Return the figures a report leads with."""
    price, unit = seen.price, seen.money_unit
    nash = price.get("against_nash") or {}
    data = seen.data
    rows = [
        ("price of non-coordination", price["value"], unit, "least cost minus uncoordinated"),
        ("price of non-coordination", price["share_of_gdp"], "share of GDP", "the same over GDP"),
        ("smallest price against equilibria", nash.get("low"), unit, "best equilibrium found"),
        ("largest price against equilibria", nash.get("high"), unit, "worst equilibrium found"),
        (
            "price of non-coordination in the market account",
            price.get("market_value"),
            unit,
            "account in which the bound is proven",
        ),
        (
            "price of non-coordination at most",
            price.get("at_most"),
            unit,
            "bound minus uncoordinated, market account",
        ),
        ("value of least cost", data["value"], unit, "net benefit, market account"),
        ("bound", data["bound"], unit, "no division of labour can exceed it, market account"),
        ("gap", data["gap"], "share", "bound minus value, relative"),
        ("gap", data.get("gap_absolute"), unit, "bound minus value"),
    ]
    columns = (
        ("measure", "", "text"),
        ("value", "", "number"),
        ("unit", "", "text"),
        ("meaning", "", "text"),
    )
    return make_table("headline", "What not coordinating costs, and what is proven", columns, rows)


def scenarios(seen: View) -> Table:
    """Return one row per outcome and scenario: the region's figures."""
    unit = seen.money_unit
    columns = (
        *_OUTCOME,
        ("regional value", unit, "number"),
        ("residual", unit, "number"),
        ("market value", unit, "number"),
        ("total cost", unit, "number"),
        ("emissions", "kt CO2/yr", "number"),
        ("jobs", "workers", "number"),
        ("nobody worse off than isolated", "", "text"),
        ("nobody worse off than uncoordinated", "", "text"),
        ("losers", "", "text"),
        ("smallest compensation", unit, "number"),
        ("criterion", "", "text"),
        ("claim", "", "text"),
    )
    rows = []
    for outcome in seen.all_outcomes:
        rational = outcome.get("individually_rational") or {}
        rows.append(
            (
                *_outcome_cells(seen, outcome),
                seen.isolated_total if outcome["name"] == "isolated" else outcome.get("value"),
                *(outcome.get(key) for key in ("residual", "market_value", "total_cost")),
                *(outcome.get(key) for key in ("emissions", "jobs")),
                rational.get("isolated"),
                rational.get("uncoordinated"),
                _none(outcome.get("losers")),
                outcome.get("smallest_compensation"),
                outcome.get("criterion"),
                outcome.get("claim"),
            )
        )
    return make_table("scenarios", "The outcomes and scenarios compared", columns, rows)


def participants(seen: View) -> Table:
    """Return one row per outcome and participant: value and gains."""
    unit = seen.money_unit
    columns = (
        *_OUTCOME,
        ("participant", "", "text"),
        ("participant name", "", "text"),
        ("national value", unit, "number"),
        ("gain against isolated", unit, "number"),
        ("gain against uncoordinated", unit, "number"),
    )
    rows = (
        (
            *_outcome_cells(seen, outcome),
            code,
            seen.name("participants", code),
            outcome["by_participant"].get(code),
            seen.gain(outcome, code, "isolated"),
            seen.gain(outcome, code, "uncoordinated"),
        )
        for outcome in seen.all_outcomes
        for code in seen.participants
    )
    return make_table("participants", "National values by outcome", columns, rows)


def certificate(seen: View) -> Table:
    """Return the lines of the certificate, then its single figures."""
    record = seen.data.get("certificate") or {}
    rows: list[Row] = [
        (row["name"], row.get("value"), row.get("tolerance"), row.get("holds"), row.get("meaning"))
        for row in record.get("lines") or []
    ]
    for name in sorted(set(record) - {"lines"}):
        value, words = record[name], name.replace("_", " ")
        single = {words: value}
        if isinstance(value, dict):
            single = {f"{words}: {key}": value[key] for key in sorted(value)}
        for label, item in single.items():
            rows.append((label, item, None, "", "" if is_number(item) else _flat(item)))
    columns = (
        ("line", "", "text"),
        ("value", "", "number"),
        ("tolerance", "", "number"),
        ("holds", "", "text"),
        ("meaning", "", "text"),
    )
    return make_table("certificate", "What was checked after the computation", columns, rows)


def convergence(seen: View) -> Table:
    """Return the bound, the convexified value and the value after each round."""
    unit = seen.money_unit
    columns = (
        ("round", "", "number"),
        ("bound", unit, "number"),
        ("value with mixed plans", unit, "number"),
        ("value of whole plants", unit, "number"),
    )
    rows = (
        (row["round"], row.get("bound"), row.get("convexified"), row.get("value"))
        for row in seen.data.get("convergence") or []
    )
    return make_table("convergence", "Bound and value by round", columns, rows)


def sources(seen: View) -> Table:
    """Return one row per source and quality letter: how many figures, of which years."""
    columns = (
        ("source", "", "text"),
        ("quality", "", "text"),
        ("number", "figures", "number"),
        ("years", "", "text"),
    )
    rows = (
        (row["source"], row.get("quality"), row["figures"], row.get("years"))
        for row in seen.region.get("sources") or []
    )
    return make_table("sources", "Sources and quality of the figures", columns, rows)


def assumptions(seen: View) -> Table:
    """Return what the result rests on: the region's own words, claims, options, identity."""
    region, data = seen.region, seen.data
    rows: list[Row] = [("region", key.replace("_", " "), region.get(key)) for key in _REGION_FACTS]
    for outcome, name in ((seen.isolated, "isolated"), (seen.uncoordinated, "uncoordinated")):
        rows.append(("claim", name, (outcome or {}).get("claim")))
    rows.append(("claim", "equilibria", seen.nash.get("claim")))
    rows += [("claim", str(s["name"]), s.get("claim")) for s in seen.scenarios]
    for key in ("status", "method", "seed", "inputs_hash", "version", "schema"):
        rows.append(("computation", key.replace("_", " "), data.get(key)))
    for kind in ("options", "statistics"):
        record = data.get(kind) or {}
        rows += [(kind, key.replace("_", " "), _flat(record[key])) for key in sorted(record)]
    columns = (("kind", "", "text"), ("item", "", "text"), ("words", "", "text"))
    stated = (row for row in rows if row[2] not in (None, ""))
    return make_table("assumptions", "What the result rests on", columns, stated)


def part(seen: View, name: str, outcomes: Iterable[Record] | None = None) -> Table:
    """Return one of the long tables (accounts, plants, flows, ...), by default of every outcome."""
    title, columns, codes, key = _parts(seen)[name]
    rows = []
    for outcome in seen.full_outcomes if outcomes is None else outcomes:
        for record in outcome.get(key) or []:
            unit = seen.activity_unit.get(record.get("activity", ""), "")
            flat = {**record, **_nearest(record.get("nearest")), "output_unit": unit}
            cells = [flat.get(field) for field, _ in columns]
            named = [seen.name(kind, record.get(code, "")) for code, kind in codes]
            rows.append((*_outcome_cells(seen, outcome), *cells, *named))
    heads = tuple(column for _, column in columns)
    names = tuple((f"{code.replace('_', ' ')} name", "", "text") for code, _ in codes)
    return make_table(name, title, (*_OUTCOME, *heads, *names), rows)


def _parts(seen: View) -> dict[str, Any]:
    """Return title, columns and named codes of every long table."""
    unit = seen.money_unit
    per = f"M {seen.currency} per unit"
    plant = [("participant", "participants"), ("activity", "activities")]
    return {
        "accounts": (
            "Each participant's account",
            [
                _text("participant"),
                *(_number(key, unit) for key in _ACCOUNT_MONEY),
                _number("share_of_gdp", "share", "gain against uncoordinated over GDP"),
                _number("compensation", unit),
                _number("cost", unit, "payment that makes the plan a best reply"),
            ],
            [("participant", "participants")],
            "accounts",
        ),
        "plants": (
            "Plants that run or stand",
            [
                *map(_text, ("participant", "place", "activity")),
                *(_number(key, "units/yr") for key in ("size", "capacity", "output")),
                _text("output_unit"),
                _number("number", "plants"),
                _text("existing"),
                _number("utilisation", "share"),
                _number("capital_cost", f"M {seen.currency}"),
                *(_number(key, unit) for key in ("fixed_cost", "variable_cost", "profit")),
                _number("jobs", "workers"),
                _number("emissions", "kt CO2/yr"),
            ],
            plant,
            "plants",
        ),
        "flows": (
            "Shipments",
            [
                *map(_text, ("good", "origin", "destination")),
                _number("quantity", "units/yr"),
                _text("unit"),
                *(_number(k, per) for k in ("price_origin", "price_destination", "freight")),
                _number("tariff", per),
                _number("value", unit),
            ],
            [("good", "goods"), ("origin", "places"), ("destination", "places")],
            "flows",
        ),
        "prices": (
            "Prices and use of goods by place",
            [
                *map(_text, ("place", "good")),
                _number("price", per),
                *(_number(key, "units/yr") for key in ("net_supply", "demand")),
                _number("demand_surplus", unit),
            ],
            [("place", "places"), ("good", "goods")],
            "prices",
        ),
        "duplications": (
            "Fixed cost spent beyond what the same output needs",
            [
                *map(_text, ("activity", "participants", "plants")),
                *(_number(key, unit) for key in ("fixed_cost", "needed_fixed_cost", "extra")),
            ],
            [("activity", "activities")],
            "duplications",
        ),
        "shortfalls": (
            "Goods that the region imports or goes without",
            [
                _text("good"),
                *(_number(k, "units/yr") for k in ("imports", "unmet", "consumption")),
                _number("share", "share", "imports over consumption"),
                _number("marginal_value", per),
                *(_text(f"nearest_{key}") for key in ("participant", "place", "activity")),
                _number("nearest_size", "units/yr"),
                *(_number(f"nearest_{key}", per) for key in ("price_needed", "price_now")),
            ],
            [("good", "goods")],
            "shortfalls",
        ),
        "not_chosen": (
            "Options that were not chosen, and what would bring them in",
            [
                *map(_text, ("participant", "place", "activity")),
                _number("size", "units/yr"),
                _text("output_unit"),
                _text("good"),
                *(_number(key, per) for key in ("price_now", "price_needed")),
                _number("missing_profit", unit),
                _text("why"),
            ],
            [*plant, ("good", "goods")],
            "not_chosen",
        ),
    }


_OUTCOME = (("scenario", "", "text"), ("scenario title", "", "text"))
_ACCOUNT_MONEY = (
    "revenue",
    "private_cost",
    "consumer_surplus",
    "tariff_revenue",
    "value",
    "isolated",
    "uncoordinated",
    "gain_isolated",
    "gain_uncoordinated",
)
_REGION_FACTS = (
    "title",
    "currency",
    "price_year",
    "horizon_year",
    "demand_scenario",
    "provenance",
    "licence",
    "disclaimer",
)
_WORDS = {
    "value": "value",
    "isolated": "value when isolated",
    "uncoordinated": "value when uncoordinated",
    "gain_isolated": "gain against isolated",
    "gain_uncoordinated": "gain against uncoordinated",
}


def _number(key: str, unit: str, words: str = "") -> tuple[str, tuple[str, str, str]]:
    return key, (words or _WORDS.get(key, key.replace("_", " ")), unit, "number")


def _text(key: str) -> tuple[str, tuple[str, str, str]]:
    return key, (key.replace("_", " "), "", "text")


def _nearest(record: Record | None) -> Record:
    return {f"nearest_{key}": value for key, value in (record or {}).items()}


def _outcome_cells(seen: View, outcome: Record) -> Row:
    return outcome["name"], seen.outcome_title(outcome)


def _none(codes: Any) -> Any:
    """Return the word "none" for a list that is known to be empty."""
    return "none" if codes == [] else codes


def _flat(value: Any) -> str:
    """Return any JSON value as one short text."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dict):
        return "; ".join(f"{key} = {_flat(item)}" for key, item in sorted(value.items()))
    if isinstance(value, list):
        return "; ".join(_flat(item) for item in value)
    return "" if value is None else str(value)


_MAKERS: tuple[Callable[[View], Table], ...] = (
    headline,
    scenarios,
    participants,
    *(
        partial(part, name=name)
        for name in (
            "accounts",
            "plants",
            "flows",
            "prices",
            "duplications",
            "shortfalls",
            "not_chosen",
        )
    ),
    certificate,
    convergence,
    assumptions,
    sources,
)
