"""Who makes what: each participant's share of every activity's output, by scenario."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from workshare.reports.figures.figure import Figure
from workshare.reports.figures.style import EMPTY, WIDTH, field, layer, statement
from workshare.reports.tables import make_table
from workshare.reports.view import Record, View, view
from workshare.reports.words import listed, number, percent, plural, shortened

MOST_COLUMNS = 12
"""Participants stand in columns up to this number, in rows beyond it."""


def who_makes_what(result: Any, scenarios: Sequence[str] | None = None) -> Figure:
    """Return the grid of participants and activities, one panel per scenario.

    Parameters
    ----------
    result : a result record, dictionary or view.
    scenarios : names of the outcomes shown; by default the uncoordinated one and least cost.
    """
    seen = view(result)
    shown = _chosen(seen, scenarios)
    rows = [row for outcome in shown for row in _shares(seen, outcome)]
    columns = (
        ("scenario", "", "text"),
        ("participant", "", "text"),
        ("activity", "", "text"),
        ("output", "units/yr", "number"),
        ("unit", "", "text"),
        ("share of the region's output", "share", "number"),
    )
    cells = [
        (r["scenario"], r["participant"], r["activity"], r["output"], r["unit"], r["share"])
        for r in rows
    ]
    return Figure(
        name="who-makes-what" if scenarios is None else "who-makes-what-all",
        title=_title(seen, shown, rows),
        alternative_text=_words(rows, shown, seen),
        note=(
            "A tile is a participant's share, in per cent, of what the region makes by an "
            "activity; darker is more; an empty tile means nothing. Shares add up to 100 in each "
            "activity, up to rounding. 'idle' marks a plant that stands and makes nothing."
        ),
        table=make_table("who_makes_what", "Who makes what", columns, cells),
        specification=_picture(seen, shown, rows) if rows else statement(["No plant runs."]),
    )


def _chosen(seen: View, scenarios: Sequence[str] | None) -> list[Record]:
    """Return the outcomes asked for, in the order of the result."""
    if scenarios is None:
        wanted = [seen.uncoordinated, seen.lead]
        return [outcome for outcome in wanted if outcome is not None]
    names = set(scenarios)
    return [outcome for outcome in seen.full_outcomes if outcome["name"] in names]


def _shares(seen: View, outcome: Record) -> list[Record]:
    """Return one row per participant and activity that has plants in an outcome."""
    output: dict[tuple[str, str], float] = {}
    for plant in outcome.get("plants") or []:
        key = (plant["activity"], plant["participant"])
        output[key] = output.get(key, 0.0) + (plant.get("output") or 0.0)
    rows = []
    for (activity, participant), amount in output.items():
        whole = sum(value for (other, _), value in output.items() if other == activity)
        rows.append(
            {
                "scenario": seen.outcome_title(outcome),
                "outcome": str(outcome["name"]),
                "participant": participant,
                "activity": seen.name("activities", activity),
                "output": amount,
                "unit": seen.activity_unit.get(activity, ""),
                "share": amount / whole if whole > 0 else None,
                "label": _label(amount, whole),
            }
        )
    order = {code: position for position, code in enumerate(seen.participants)}
    return sorted(rows, key=lambda row: (row["activity"], order.get(row["participant"], 0)))


def _label(amount: float, whole: float) -> str:
    if whole <= 0 or amount / whole < 1e-9:
        return "idle"
    share = 100 * amount / whole
    return "<1" if share < 1 else f"{share:.0f}"


def _title(seen: View, shown: Sequence[Record], rows: Sequence[Record]) -> str:
    lead = seen.lead
    names = [outcome["name"] for outcome in shown]
    if lead is None or lead["name"] not in names or not rows:
        return "Who makes what, by scenario"
    mine = [row for row in rows if row["outcome"] == lead["name"] and row["output"] > 0]
    makers = sorted({row["participant"] for row in mine}, key=seen.participants.index)
    if len(makers) == len(seen.participants) > 1:
        text = f"All {len(makers)} participants make something at least cost"
    else:
        names_of = [shortened(seen.name("participants", code), 24) for code in makers]
        verb = "makes" if len(makers) == 1 else "make"
        text = f"{listed(names_of, 4)} {verb} everything that the region makes at least cost"
    alone = {a for a in {r["activity"] for r in mine} if _makers(mine, a) == 1}
    if not alone:
        return text
    return f"{text}; {plural(len(alone), 'activity', 'activities')} in one participant only"


def _makers(rows: Sequence[Record], activity: str) -> int:
    return len({row["participant"] for row in rows if row["activity"] == activity})


def _words(rows: Sequence[Record], shown: Sequence[Record], seen: View) -> str:
    if not rows:
        return "No plant runs in the scenarios shown."
    lead = seen.lead or shown[0]
    top = [row for row in rows if row["outcome"] == lead["name"] and (row["share"] or 0) >= 0.5]
    parts = [
        f"{row['participant']} makes {percent(row['share'], 2)} of {row['activity']} "
        f"({number(row['output'], 3)} {row['unit']} per year)"
        for row in top
    ]
    panels = listed([seen.outcome_title(outcome) for outcome in shown], 4)
    start = f"Grid of participants and activities for {panels}."
    return f"{start} At {seen.outcome_title(lead).lower()}: {'; '.join(parts)}." if parts else start


def _picture(seen: View, shown: Sequence[Record], rows: Sequence[Record]) -> dict[str, Any]:
    """Return one panel per scenario, stacked; all have the same rows and columns."""
    activities = list(dict.fromkeys(_activity_order(seen, rows)))
    codes = list(seen.participants)
    wide = len(codes) <= MOST_COLUMNS
    across, down = (codes, activities) if wide else (activities, codes)
    names = {True: ("participant", "activity"), False: ("activity", "participant")}[wide]
    left = 118 if wide else 60
    step = max(18, min(40, (WIDTH - left) // max(len(across), 1)))
    axis_x = {"orient": "top", "title": None, "labelAngle": 0 if wide else -60, "ticks": False}
    encoding = {
        "x": field(names[0], "nominal", sort=across, scale={"domain": across})
        | {"axis": {**axis_x, "domain": False, "labelLimit": 90, "labelOverlap": False}},
        "y": field(names[1], "nominal", sort=down, scale={"domain": down})
        | {"axis": {"title": None, "domain": False, "ticks": False, "labelLimit": left - 6}},
    }
    panels = []
    for outcome in shown:
        mine = [row for row in rows if row["outcome"] == outcome["name"]]
        grid = [{names[0]: a, names[1]: d} for a in across for d in down]
        panels.append(_panel(seen.outcome_title(outcome), mine, grid, encoding, step))
    return {"vconcat": panels, "resolve": {"scale": {"color": "shared"}}}


def _panel(
    title: str,
    rows: Sequence[Record],
    grid: Sequence[Record],
    encoding: dict[str, Any],
    step: int,
) -> dict[str, Any]:
    """Return one grid: empty tiles, filled tiles, and the share written on each."""
    colour = field("share") | {
        "scale": {"scheme": "viridis", "reverse": True, "domain": [0, 1]},
        "legend": None,
    }
    dark = {"condition": {"test": "datum.share > 0.56", "value": "white"}, "value": "black"}
    empty = layer("rect", {}, {"color": EMPTY, "stroke": "white", "strokeWidth": 1.5})
    return {
        "title": {"text": shortened(title, 56)},
        "width": {"step": step},
        "height": {"step": 21},
        "encoding": encoding,
        "layer": [
            {**empty, "data": {"values": list(grid)}},
            {
                **layer("rect", {"color": colour}, {"stroke": "white", "strokeWidth": 1.5}),
                "data": {"values": [row for row in rows if row["output"] > 0]},
            },
            {
                **layer(
                    "text", {"text": field("label", "nominal"), "color": dark}, {"fontSize": 11}
                ),
                "data": {"values": [_text_row(row) for row in rows]},
            },
        ],
    }


def _text_row(row: Record) -> Record:
    kept = {key: row[key] for key in ("participant", "activity", "label")}
    return {**kept, "share": row["share"] or 0.0}


def _activity_order(seen: View, rows: Sequence[Record]) -> list[str]:
    """Return the activities that run anywhere, in the region's order (along the chain)."""
    used = {row["activity"] for row in rows}
    known = [
        seen.name("activities", row["id"])
        for row in seen.region.get("activities") or []
        if seen.name("activities", row["id"]) in used
    ]
    return [*known, *sorted(used - set(known))]
