"""What the trade lens says of a division of labour, as findings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from workshare.reports.figures.figure import Figure
from workshare.reports.figures.style import (
    BLUE,
    GREEN,
    ORANGE,
    WIDTH,
    field,
    layer,
    number_axis,
    statement,
)
from workshare.reports.findings import Findings
from workshare.reports.tables import Table, make_table
from workshare.reports.words import listed, number

PARTS = {
    "own_efficiency": ("own efficiency", BLUE),
    "terms_of_trade": ("terms of trade", ORANGE),
    "revenue": ("revenue and profit", GREEN),
}


def trade_lens_findings(record: Mapping[str, Any]) -> Findings:
    """Return the findings of the trade lens from its record in ``result.json``."""
    title = "What it does to trade and to everybody's real income"
    if record["status"] != "done":
        return Findings(title, (f"Not applicable: {record['claim']}.",), record=record)
    tables = [
        made
        for entry, found in record["entry"].items()
        for made in (_welfare(entry, found), _subsidies(entry, found))
    ]
    return Findings(
        title=title,
        sentences=tuple(_sentences(record)),
        figures=(_figure(record["entry"]["free"], tables[0]),),
        tables=tuple(tables),
        notes=(
            "The division's outputs are held up by production subsidies in a world economy of "
            f"{record['economy']}; gains are changes of real income against the uncoordinated "
            "outcome, the subsidies paid by each country's own people.",
            f"Assumed: {record['claim']}.",
            *[f"Source: {source}." for source in record["sources"]],
        ),
        record=record,
    )


def _sentences(record: Mapping[str, Any]) -> list[str]:
    lines = []
    for entry, words in (("free", "With scale economies"), ("restricted", "With markups only")):
        found = record["entry"][entry]
        countries = found.get("countries")
        if not countries:
            lines.append(f"{words}: {found['claim']}.")
            continue
        members = [row for row in countries if row["participant"]]
        best = max(members, key=lambda row: row["gain"])
        worst = min(members, key=lambda row: row["gain"])
        ends = [
            f"{_verb(row)} most in {row['country']} ({_per_cent(row)})" for row in (best, worst)
        ]
        kinds = {_verb(best), _verb(worst)}
        if len(kinds) == 1:
            ends[1] = f"least in {worst['country']} ({_per_cent(worst)})"
        lines.append(
            f"{words}, real income of participants against uncoordinated {' and '.join(ends)}."
        )
        poorer = [row["country"] for row in members if row["immiserizing"]]
        if poorer:
            lines.append(f"Immiserizing there for {listed(poorer, 4)}: output grows, income falls.")
    left = record["entry"]["free"]["left_out"]
    if left:
        lines.append(f"Left out: {listed(list(left), 3)}.")
    return lines


def _verb(row: Mapping[str, Any]) -> str:
    return "falls" if row["gain"] < 0 else "rises"


def _per_cent(row: Mapping[str, Any]) -> str:
    return f"{number(row['gain'], 3, True)} %"


def _welfare(entry: str, found: Mapping[str, Any]) -> Table:
    columns = (
        ("country", "", "text"),
        ("participant", "", "text"),
        ("gain", "%", "number"),
        ("own efficiency", "%", "number"),
        ("terms of trade", "%", "number"),
        ("profit shifting", "%", "number"),
        ("revenue", "%", "number"),
        ("immiserizing", "", "text"),
    )
    keys = (
        "country",
        "participant",
        "gain",
        "own_efficiency",
        "terms_of_trade",
        "profit_shifting",
        "revenue",
        "immiserizing",
    )
    rows = [[row[key] for key in keys] for row in found.get("countries", ())]
    title = f"Real income against uncoordinated, {entry} entry"
    return make_table(f"welfare_{entry}", title, columns, rows)


def _subsidies(entry: str, found: Mapping[str, Any]) -> Table:
    columns = (
        ("country", "", "text"),
        ("industry", "", "text"),
        ("output added", "M USD/yr", "number"),
        ("production subsidy", "% of the producer's price", "number"),
    )
    rows = [
        (row["country"], row["industry"], row["added"], row["subsidy"])
        for row in found.get("subsidies", ())
    ]
    title = f"Subsidies that support the division, {entry} entry"
    return make_table(f"subsidies_{entry}", title, columns, rows)


def _figure(found: Mapping[str, Any], table: Table) -> Figure:
    members = [row for row in found.get("countries", ()) if row["participant"]]
    rows = [
        {"country": row["country"], "part": words, "value": _part(row, key)}
        for row in members
        for key, (words, _) in PARTS.items()
    ]
    largest = max([abs(row["value"]) for row in rows], default=1.0)
    encoding = {
        "x": {**field("value"), "axis": number_axis("% of real income", largest)},
        "y": {**field("country", "nominal"), "axis": {"title": None}},
        "color": {
            **field("part", "nominal"),
            "scale": {
                "domain": [words for words, _ in PARTS.values()],
                "range": [colour for _, colour in PARTS.values()],
            },
            "legend": {"title": None},
        },
    }
    total = {
        "data": {"values": [{"country": r["country"], "value": r["gain"]} for r in members]},
        **layer(
            "point",
            {key: encoding[key] for key in ("x", "y")},
            {"shape": "diamond", "filled": True, "size": 60, "color": "#1a1a1a", "opacity": 1},
        ),
    }
    drawn = {
        "width": WIDTH - 80,
        "height": {"step": 22},
        "data": {"values": rows},
        "layer": [layer("bar", encoding), total],
    }
    words = "; ".join(f"{r['country']} {number(r['gain'], 3, True)} %" for r in members)
    return Figure(
        name="real-income",
        title="Real income of participants, and where the change comes from",
        alternative_text=f"Bars by participant, with scale economies: {words or 'none'}.",
        note="Diamonds are the whole change; bars to the left of zero are losses.",
        table=table,
        specification=drawn if members else statement(["No equilibrium was found."]),
    )


def _part(row: Mapping[str, Any], key: str) -> float:
    """Return one part of a gain; profit shifting is shown with revenue."""
    value = float(row[key])
    return value + float(row["profit_shifting"]) if key == "revenue" else value
