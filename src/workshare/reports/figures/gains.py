"""Gains and costs: what each participant wins or loses, in a few scenarios and in all of them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from workshare.reports.figures.figure import Figure
from workshare.reports.figures.style import (
    BLUE,
    EMPTY,
    GRID,
    ORANGE,
    TEXT,
    WIDTH,
    field,
    layer,
    number_axis,
    statement,
)
from workshare.reports.tables import Table, make_table
from workshare.reports.view import Record, View, view
from workshare.reports.words import listed, money, plural, short, shortened

MAIN = ("least_cost",)
"""Scenarios drawn when none is asked for; the grid shows all of them."""

AGAINST = {"uncoordinated": "against uncoordinated", "isolated": "against isolated"}
COLOURS = {"uncoordinated": BLUE, "isolated": ORANGE}
SHAPES = {"uncoordinated": "circle", "isolated": "diamond"}
NAME_WIDTH = 110
MOST_COLUMNS = 10
PLOT_WIDTH = WIDTH - NAME_WIDTH - 30


def gains(result: Any, scenarios: Sequence[str] | None = None) -> Figure:
    """Return each participant's gain against two outcomes, one panel per scenario.

    Parameters
    ----------
    result : a result record, dictionary or view.
    scenarios : names; by default least cost.
    """
    seen = view(result)
    wanted = MAIN if scenarios is None else tuple(scenarios)
    shown = [outcome for outcome in seen.full_outcomes if outcome["name"] in wanted]
    if not shown and seen.lead is not None and scenarios is None:
        shown = [seen.lead]
    rows = _rows(seen, shown)
    drawn = [row for row in rows if row["gain"] is not None]
    return Figure(
        name="gains",
        title=_title(seen),
        alternative_text=_words(seen),
        note=(
            "Gain = national value in the scenario minus national value when isolated (diamond) "
            "or uncoordinated (circle, number at the right). National value = revenue at regional "
            "prices - private cost + consumer surplus + tariff revenue, before any transfer. "
            "Largest losers against isolated come first."
        ),
        table=_table(seen, rows, "gains"),
        specification=_dots(seen, shown, drawn) if drawn else statement([_NONE]),
    )


def gains_by_scenario(result: Any) -> Figure:
    """Return the grid of every scenario and participant with the gain against uncoordinated."""
    seen = view(result)
    against = "uncoordinated" if seen.uncoordinated is not None else "isolated"
    rows = [row for row in _rows(seen, seen.scenarios) if row["against"] == against]
    drawn = [row for row in rows if row["gain"] is not None]
    shown = drawn
    if len(seen.participants) > MOST_COLUMNS:
        shown = [row for row in drawn if not row["outcome"].startswith("minus_")] or drawn
    return Figure(
        name="gains-by-scenario",
        title=_grid_title(seen, drawn),
        alternative_text=(
            f"Grid of {plural(len(seen.scenarios), 'scenario')} and "
            f"{plural(len(seen.participants), 'participant')}; each tile is the participant's "
            f"gain {AGAINST[against]}, in {seen.money_unit}. The table below has every number."
        ),
        note=(
            f"Gain {AGAINST[against]}, {seen.money_unit}, before any transfer; blue with a plus "
            "sign is a gain, orange with a minus sign a loss. k = thousand of the unit."
            + ("" if shown == drawn else " Scenarios without one participant: in the table only.")
        ),
        table=_table(seen, rows, "gains_by_scenario"),
        specification=_grid(seen, shown) if shown else statement([_NONE]),
    )


def participant_gains(result: Any, code: str) -> Figure:
    """Return one participant's gain against uncoordinated and isolated, scenario by scenario."""
    seen = view(result)
    rows = [row for row in _rows(seen, seen.scenarios) if row["participant"] == code]
    drawn = [row for row in rows if row["gain"] is not None]
    name = seen.name("participants", code)
    position = seen.participants.index(code) + 1
    return Figure(
        name=f"participant-{position}-gains",
        title=_own_title(seen, name, drawn),
        alternative_text=(
            f"Gains of {name} in {plural(len(seen.scenarios), 'scenario')}, against isolated and "
            "against uncoordinated; the table below has every number."
        ),
        note="National value in the scenario minus that in the outcome named; before transfers.",
        table=_table(seen, rows, "participant_gains"),
        specification=_panel(seen, drawn, "scenario", None) if drawn else statement([_NONE]),
    )


_NONE = "National values to compare with are not available."


def _rows(seen: View, outcomes: Sequence[Record]) -> list[Record]:
    return [
        {
            "outcome": str(outcome["name"]),
            "scenario": seen.outcome_title(outcome),
            "participant": code,
            "name": seen.name("participants", code),
            "against": against,
            "gain": seen.gain(outcome, code, against),
        }
        for outcome in outcomes
        for code in seen.participants
        for against in AGAINST
    ]


def _table(seen: View, rows: Sequence[Record], name: str) -> Table:
    columns = (
        ("scenario", "", "text"),
        ("participant", "", "text"),
        ("against", "", "text"),
        ("gain", seen.money_unit, "number"),
    )
    cells = [(r["scenario"], r["participant"], r["against"], r["gain"]) for r in rows]
    return make_table(name, "Gains and costs by participant and scenario", columns, cells)


def _title(seen: View) -> str:
    """Return the finding: who loses at least cost, or the smallest and largest gain."""
    lead = seen.lead
    if lead is None:
        return "Gains and costs are not available"
    against = "isolated" if seen.isolated is not None else "uncoordinated"
    known = {code: seen.gain(lead, code, against) for code in seen.participants}
    values = {code: value for code, value in known.items() if value is not None}
    if not values:
        return "Gains and costs are not available"
    where = seen.outcome_title(lead).lower()
    losers = seen.losers(lead, against)
    worse = "alone" if against == "isolated" else "uncoordinated"
    if losers:
        names = [shortened(seen.name("participants", code), 24) for code in losers]
        verb = "is" if len(losers) == 1 else "are"
        most = money(-values[losers[0]], seen.currency)
        first = "" if len(losers) == 1 else f"{names[0]} "
        return f"At {where}, {listed(names, 3)} {verb} worse off than {worse}: {first}by {most}"
    low = min(values, key=lambda code: values[code])
    return (
        f"At {where}, nobody is worse off than {worse}; the smallest gain is "
        f"{shortened(seen.name('participants', low), 24)}'s, {money(values[low], seen.currency)}"
    )


def _words(seen: View) -> str:
    lead = seen.lead
    if lead is None:
        return _NONE
    parts = []
    for code in seen.participants:
        alone, together = (seen.gain(lead, code, a) for a in ("isolated", "uncoordinated"))
        parts.append(f"{code} {short(alone, True)} and {short(together, True)}")
    return (
        f"Gains at {seen.outcome_title(lead).lower()} against isolated and against uncoordinated, "
        f"in {seen.money_unit}: {'; '.join(parts)}."
    )


def _grid_title(seen: View, rows: Sequence[Record]) -> str:
    scenarios = dict.fromkeys(row["outcome"] for row in rows)
    scale = max((abs(row["gain"]) for row in rows), default=0.0)
    losing = {row["outcome"] for row in rows if row["gain"] < -1e-6 * max(scale, 1.0)}
    if not scenarios:
        return "Gains by scenario are not available"
    base = "uncoordinated" if seen.uncoordinated is not None else "isolated"
    free = len(scenarios) - len(losing)
    return (
        f"In {free} of {plural(len(scenarios), 'scenario')} every participant gains or breaks "
        f"even against {base}, before transfers"
    )


def _own_title(seen: View, name: str, rows: Sequence[Record]) -> str:
    base = "uncoordinated" if seen.uncoordinated is not None else "isolated"
    mine = [row for row in rows if row["against"] == base]
    if not mine:
        return f"Gains of {shortened(name, 40)} are not available"
    best = max(mine, key=lambda row: row["gain"])
    worst = min(mine, key=lambda row: row["gain"])
    text = f"{shortened(name, 40)} does best in '{best['scenario']}'"
    text += f" ({money(best['gain'], seen.currency, signed=True)} against {base})"
    if worst is best:
        return text
    least = money(worst["gain"], seen.currency, signed=True)
    return f"{text} and worst in '{worst['scenario']}' ({least})"


def _dots(seen: View, shown: Sequence[Record], rows: Sequence[Record]) -> dict[str, Any]:
    """Return one panel of dots per scenario, all with the same axis."""
    panels = []
    domain = _domain(rows)
    for outcome in shown:
        mine = [row for row in rows if row["outcome"] == outcome["name"]]
        if mine:
            panel = _panel(seen, mine, "participant", seen.outcome_title(outcome), domain)
            panels.append(panel)
    return {"vconcat": panels}


def _domain(rows: Sequence[Record]) -> list[float]:
    """Return a common axis: all gains and zero, with some room."""
    low = min(0.0, *(row["gain"] for row in rows))
    high = max(0.0, *(row["gain"] for row in rows))
    room = 0.04 * (high - low) or 1.0
    return [low - room, high + room]


def _panel(
    seen: View,
    rows: Sequence[Record],
    by: str,
    title: str | None,
    domain: list[float] | None = None,
) -> dict[str, Any]:
    """Return dots, the line that joins them, the zero line, and the number at the right."""
    names = {code: _row_name(seen, code) for code in seen.participants}
    data = [
        {
            "row": names[row["participant"]] if by == "participant" else row["scenario"],
            "gain": row["gain"],
            "against": AGAINST[row["against"]],
            "key": row["against"],
            "text": short(row["gain"], signed=True),
        }
        for row in rows
    ]
    order = _order(data) if by == "participant" else list(dict.fromkeys(d["row"] for d in data))
    ends = domain or _domain(rows)
    scale = {"domain": ends, "nice": False}
    y_axis = {"title": None, "ticks": False, "domain": False, "labelLimit": NAME_WIDTH}
    y = field("row", "nominal", sort=order, axis=y_axis, scale={"domain": order})
    axis = number_axis(f"gain, {seen.money_unit}", max(map(abs, ends)), labelFlush=True)
    x = field("gain", axis=axis, scale=scale)
    labels = [row for row in data if row["key"] == _first_kind(data)]
    panel: dict[str, Any] = {
        "width": PLOT_WIDTH,
        "height": {"step": 18},
        "layer": [
            {
                "data": {"values": [{"zero": 0}]},
                **layer("rule", {"x": field("zero", scale=scale)}, {"color": TEXT}),
            },
            {
                "data": {"values": data},
                **layer(
                    "line",
                    {"x": x, "y": y, "detail": field("row", "nominal")},
                    {"color": GRID, "strokeWidth": 3},
                ),
            },
            {"data": {"values": data}, **layer("point", _points(x, y), _DOT)},
            {"data": {"values": labels}, **_numbers(y)},
        ],
    }
    return {"title": {"text": shortened(title, 56)}, **panel} if title else panel


_DOT = {"filled": True, "size": 62, "opacity": 1.0}


def _points(x: Any, y: Any) -> dict[str, Any]:
    """Return the encoding of the dots: position, and colour and shape for the outcome."""
    domain = list(AGAINST.values())
    look = {"scale": {"domain": domain, "range": [COLOURS[key] for key in AGAINST]}}
    form = {"scale": {"domain": domain, "range": [SHAPES[key] for key in AGAINST]}}
    legend = {"title": None, "orient": "top", "columns": 2}
    return {
        "x": x,
        "y": y,
        "color": field("against", "nominal", legend=legend, **look),
        "shape": field("against", "nominal", legend=legend, **form),
    }


def _numbers(y: Any) -> dict[str, Any]:
    """Return the layer that writes a number at the right end of every row."""
    encoding = {"x": {"value": PLOT_WIDTH + 46}, "y": y, "text": field("text", "nominal")}
    return dict(layer("text", encoding, {"align": "right", "color": TEXT}))


def _first_kind(data: Sequence[Record]) -> str:
    kinds = {row["key"] for row in data}
    return "uncoordinated" if "uncoordinated" in kinds else "isolated"


def _order(data: Sequence[Record]) -> list[str]:
    """Return rows with the largest loss against isolated first (else against uncoordinated)."""
    kinds = {row["key"] for row in data}
    key = "isolated" if "isolated" in kinds else "uncoordinated"
    mine = sorted((row["gain"], row["row"]) for row in data if row["key"] == key)
    rest = [row["row"] for row in data]
    return list(dict.fromkeys([name for _, name in mine] + rest))


def _row_name(seen: View, code: str) -> str:
    """Return a participant's name for a row, with its code where the name alone is too long."""
    name = seen.name("participants", code)
    return name if len(name) <= 16 else shortened(code, 16)


def _grid(seen: View, rows: Sequence[Record]) -> dict[str, Any]:
    """Return the grid of scenarios and participants with signed numbers in the tiles."""
    codes, titles = list(seen.participants), list(dict.fromkeys(r["scenario"] for r in rows))
    wide = len(codes) <= MOST_COLUMNS
    across, down = (codes, titles) if wide else (titles, codes)
    ends = ("participant", "scenario") if wide else ("scenario", "participant")
    left = 104 if wide else 60
    step = max(31, min(44, (WIDTH - left) // len(across)))
    largest = max(abs(row["gain"]) for row in rows) or 1.0
    data = [
        {**{key: row[key] for key in ("scenario", "participant", "gain")}, "text": _tile(row)}
        for row in rows
    ]
    for row in data:  # the square root keeps small losses visible beside large gains
        row["tone"] = math.copysign(math.sqrt(abs(row["gain"]) / largest), row["gain"])
    colour = field("tone", legend=None) | {
        "scale": {"domain": [-1, 0, 1], "range": [ORANGE, EMPTY, "#3b8fc4"]}
    }
    top = {"orient": "top", "title": None, "ticks": False, "domain": False, "labelOverlap": False}
    angle = {"labelAngle": 0} if wide else {"labelAngle": -60, "labelLimit": 110}
    side = {"title": None, "ticks": False, "domain": False, "labelLimit": left - 4}
    return {
        "width": {"step": step},
        "height": {"step": 20},
        "data": {"values": data},
        "encoding": {
            "x": field(ends[0], "nominal", sort=across, axis={**top, **angle}),
            "y": field(ends[1], "nominal", sort=down, axis=side),
        },
        "layer": [
            layer("rect", {"color": colour}, {"stroke": "white", "strokeWidth": 1.5}),
            layer("text", {"text": field("text", "nominal")}, {"fontSize": 10, "color": "black"}),
        ],
    }


def _tile(row: Record) -> str:
    """Return a gain in at most five characters."""
    gain = row["gain"]
    text = short(gain, signed=True)
    if len(text) > 5 and abs(gain) >= 1:
        scale, letter = (1e3, "k") if abs(gain) >= 1e3 else (1.0, "")
        text = f"{gain / scale:+.1f}{letter}" if abs(gain) >= 1e3 else f"{gain:+.0f}"
        text = text.replace("-", "\u2212")
    return text
