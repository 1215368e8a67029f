"""Where starts of play end: the share of drawn starts that each equilibrium draws."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from workshare.reports.figures.figure import Figure
from workshare.reports.figures.style import (
    BLUE,
    GREY,
    TEXT,
    WIDTH,
    field,
    layer,
    number_axis,
    statement,
)
from workshare.reports.tables import Table
from workshare.reports.words import number, percent, plural

MOST_BARS = 12
NOWHERE = "none"


def play_basins(record: Mapping[str, Any], table: Table) -> Figure:
    """Return the shares of drawn starts by the equilibrium they end in, with their intervals.

    Where no starts were drawn, the bars count the starts that the study chose, without intervals.
    """
    sample = record["sample"]
    draws = int(sample["draws"])
    rows = _drawn(record) if draws else _chosen(record)
    if draws:
        note = (
            f"{draws} starts drawn (seed {sample['seed']}): each participant holds what it "
            f"holds in one of {plural(len(sample['from']), 'outcome')} of the study, drawn for it "
            "alone. Thin line: 95 % interval of the share (Wilson) among such starts. "
        )
    else:
        note = (
            "The starts are those the study chose, none was drawn: play from one takes long here. "
            "So the bars are counts, not shares of a basin. "
        )
    dynamic = (
        sample["dynamic"] if draws else "best-response play, every second start in drawn order"
    )
    note += f"Dynamic: {dynamic}. Numbers are those of the table of equilibria."
    words = "; ".join(f"{row['name']}: {row['said']}" for row in rows)
    title = _title(record, draws)
    drawing = _picture(rows[:MOST_BARS], draws) if rows else statement([f"{title}."])
    if len(rows) > MOST_BARS:
        note += f" The first {MOST_BARS} of {len(rows)} are drawn."
    return Figure(
        "play_basins", title, f"Where starts end: {words or 'nowhere'}.", note, table, drawing
    )


def _title(record: Mapping[str, Any], draws: int) -> str:
    types = record["types"]
    if not types:
        return "No start of play settles in an equilibrium"
    if not draws:
        count = sum(len(row["starts"]) for row in types)
        where = plural(sum(bool(row["starts"]) for row in types), "equilibrium", "equilibria")
        return f"The {plural(count, 'start')} of play that settled came to {where}"
    best = max(row["value"] for row in types)
    near = [row for row in types if row["value"] >= best - 1e-6 * abs(best)]
    share = sum(row["drawn"] for row in near) / draws
    if len(types) == 1:
        return f"{percent(share, 2)} of the drawn starts settle in the one equilibrium found"
    return f"{percent(share, 2)} of the drawn starts settle at the greatest worth that play found"


def _label(place: int, row: Mapping[str, Any]) -> str:
    return f"{place}: worth {number(row['value'])}"


def _drawn(record: Mapping[str, Any]) -> list[dict[str, Any]]:
    rows = [
        _bar(_label(place, row), row, "equilibrium")
        for place, row in enumerate(record["types"], start=1)
    ]
    lost = record["sample"]["unsettled"]
    return [*rows, _bar(NOWHERE, lost, NOWHERE)] if lost["drawn"] else rows


def _bar(name: str, row: Mapping[str, Any], kind: str) -> dict[str, Any]:
    said = f"{percent(row['share'])} ({percent(row['low'])} to {percent(row['high'])})"
    ends = {
        key: 100 * row[of] for key, of in (("amount", "share"), ("low", "low"), ("high", "high"))
    }
    return {"name": name, **ends, "said": said, "kind": kind}


def _chosen(record: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [
        {
            "name": _label(place, row),
            "amount": len(row["starts"]),
            "said": plural(len(row["starts"]), "start"),
            "kind": "equilibrium",
        }
        for place, row in enumerate(record["types"], start=1)
    ]


def _picture(rows: Sequence[Mapping[str, Any]], draws: int) -> dict[str, Any]:
    largest = max(float(row.get("high", row["amount"])) for row in rows)
    title = "share of drawn starts, %" if draws else "starts that the study chose"
    axis = number_axis(title, largest)
    if not draws:
        axis |= {"tickMinStep": 1, "format": "d"}
    y = {**field("name", "nominal"), "sort": None, "axis": {"title": None, "labelLimit": 130}}
    x = {**field("amount"), "axis": axis, "scale": {"domain": [0, 1.08 * largest], "nice": False}}
    colour = {
        **field("kind", "nominal"),
        "legend": None,
        "scale": {"domain": ["equilibrium", NOWHERE], "range": [BLUE, GREY]},
    }
    layers = [layer("bar", {"x": x, "y": y, "color": colour}, {"height": 14})]
    if draws:
        ends = {"x": {**x, "field": "low"}, "x2": {"field": "high"}, "y": y}
        layers.append(layer("rule", ends, {"color": TEXT, "strokeWidth": 1.5}))
    return {
        "width": WIDTH - 140,
        "height": {"step": 24},
        "data": {"values": list(rows)},
        "layer": layers,
    }
