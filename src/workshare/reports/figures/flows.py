"""Supply-chain flows between participants and the rest of the world, one panel per good."""

from __future__ import annotations

import math
from typing import Any

from workshare.reports.figures.figure import Figure
from workshare.reports.figures.flow_layout import (
    BAR,
    LEAST_BODY,
    LEFT,
    PANEL_BODY,
    PANEL_GAP,
    RIGHT,
    SLOT,
    Band,
    Panel,
    lay_out,
)
from workshare.reports.figures.style import (
    BLUE,
    GREEN,
    QUIET,
    TEXT,
    VERMILION,
    WIDTH,
    field,
    layer,
    statement,
)
from workshare.reports.tables import Table, make_table
from workshare.reports.view import WORLD, Record, View, view
from workshare.reports.words import money, number, percent, shortened

KINDS = ("between participants", "exports to the world", "imports from the world")
COLOURS = (BLUE, GREEN, VERMILION)


def flows(result: Any, scenario: str | None = None) -> Figure:
    """Return the flow chart of one scenario.

    Parameters
    ----------
    result : a result record, dictionary or view.
    scenario : name of the outcome; by default least cost.
    """
    seen = view(result)
    outcome = seen.lead
    if scenario is not None:
        named = [one for one in seen.full_outcomes if one["name"] == scenario]
        outcome = named[0] if named else None
    rows = _rows(seen, outcome or {})
    return Figure(
        name="flows",
        title=_title(seen, rows),
        alternative_text=_words(seen, rows),
        note=(
            "Origins stand on the left, destinations on the right. Bands are as thick as their "
            "value; thickness compares within one good, not between goods. Numbers are quantities "
            "per year in the unit of the panel's heading. Shipments between "
            "places of one participant are left out. Prices are those at the destination."
        ),
        table=_table(seen, rows),
        specification=_picture(seen, rows) if rows else statement(["Nothing is shipped."]),
    )


_REST = ("quantity", "unit", "value", "kind")


def flow_table(seen: View, outcome: Record) -> Table:
    """Return what each participant ships to each other one and to the world, by good."""
    return _table(seen, _rows(seen, outcome))


def _table(seen: View, rows: list[Record]) -> Table:
    columns = (
        ("good", "", "text"),
        ("origin", "", "text"),
        ("destination", "", "text"),
        ("quantity", "units/yr", "number"),
        ("unit", "", "text"),
        ("value", seen.money_unit, "number"),
        ("kind", "", "text"),
    )
    cells = [
        (seen.name("goods", r["good"]), r["origin"], r["destination"], *(r[k] for k in _REST))
        for r in rows
    ]
    return make_table("flows", "Flows between participants", columns, cells)


def _rows(seen: View, outcome: Record) -> list[Record]:
    """Return flows summed over the places of each participant, without those inside one."""
    sums: dict[tuple[str, str, str], Record] = {}
    for flow in outcome.get("flows") or []:
        origin = seen.owner.get(flow["origin"], str(flow["origin"]))
        destination = seen.owner.get(flow["destination"], str(flow["destination"]))
        quantity = flow.get("quantity") or 0.0
        if origin == destination or quantity <= 0:
            continue
        kind = KINDS[1] if destination == WORLD else KINDS[2] if origin == WORLD else KINDS[0]
        unit = flow.get("unit") or seen.good_unit.get(flow["good"], "")
        row = sums.setdefault(
            (flow["good"], origin, destination),
            {
                "good": flow["good"],
                "origin": origin,
                "destination": destination,
                "quantity": 0.0,
                "unit": unit,
                "value": 0.0,
                "kind": kind,
            },
        )
        row["quantity"] += quantity
        row["value"] = _add(row["value"], flow.get("value"))
    order = {good: position for position, good in enumerate(seen.good_unit)}
    return sorted(
        sums.values(),
        key=lambda r: (order.get(r["good"], len(order)), r["good"], -(r["value"] or 0.0)),
    )


def _add(one: float | None, other: float | None) -> float | None:
    return None if one is None or other is None else one + other


def _title(seen: View, rows: list[Record]) -> str:
    if not rows:
        return "Participants ship nothing to each other or to the world"
    whole = sum(row["value"] or 0.0 for row in rows)
    inside = sum(row["value"] or 0.0 for row in rows if row["kind"] == KINDS[0])
    if whole <= 0:
        return f"Goods move along {len(rows)} links"
    return (
        f"{percent(inside / whole, 2)} of the {money(whole, seen.currency)} shipped moves "
        "between participants, the rest to or from the world"
    )


def _words(seen: View, rows: list[Record]) -> str:
    if not rows:
        return "No shipment between participants or with the rest of the world."
    largest = sorted(rows, key=lambda row: -(row["value"] or 0.0))[:5]
    parts = [
        f"{seen.name('goods', r['good'])} from {_end(seen, r['origin'])} to "
        f"{_end(seen, r['destination'])}, {number(r['quantity'], 3)} {r['unit']} per year "
        f"worth {money(r['value'], seen.currency)}"
        for r in largest
    ]
    return f"Bands from origins to destinations, by good. The largest: {'; '.join(parts)}."


def _end(seen: View, code: str) -> str:
    return "the world" if code == WORLD else seen.name("participants", code)


def _picture(seen: View, rows: list[Record]) -> dict[str, Any]:
    """Return all panels in one drawing, in chart units from top to bottom."""
    order = [*seen.participants, WORLD]
    ribbons: list[Record] = []
    bars: list[Record] = []
    texts: list[Record] = []
    top = 0.0
    for good in dict.fromkeys(row["good"] for row in rows):
        mine = [row for row in rows if row["good"] == good]
        unvalued = any(not row["value"] for row in mine)
        size = "quantity" if unvalued else "value"
        bands = [Band(row["origin"], row["destination"], row[size]) for row in mine]
        panel = lay_out(bands, top, order, _body(mine, rows))
        kinds = {(row["origin"], row["destination"]): row["kind"] for row in mine}
        ribbons += _ribbon_rows(panel, kinds, f"{len(ribbons)}")
        bars += [_bar(node) for node in panel.nodes]
        texts.append(_heading(seen, mine, top))
        texts += _labels(seen, panel, mine)
        top = panel.bottom + PANEL_GAP
    return _drawing(top, ribbons, bars, texts)


def _body(mine: list[Record], rows: list[Record]) -> float:
    """Return the height of a panel's bands: the square root of its value against the largest's."""
    sums: dict[str, float] = {}
    for row in rows:
        sums[row["good"]] = sums.get(row["good"], 0.0) + (row["value"] or 0.0)
    largest = max(sums.values())
    share = sums[mine[0]["good"]] / largest if largest > 0 else 1.0
    return max(PANEL_BODY * math.sqrt(share), LEAST_BODY)


def _ribbon_rows(panel: Panel, kinds: dict[tuple[str, str], str], prefix: str) -> list[Record]:
    rows = []
    for position, ribbon in enumerate(panel.ribbons):
        kind = kinds[(ribbon.band.origin, ribbon.band.destination)]
        for x, upper, lower in ribbon.points:
            name = f"{prefix}-{position}"
            rows.append({"band": name, "x": x, "upper": upper, "lower": lower, "kind": kind})
    return rows


def _bar(node: Any) -> Record:
    x = LEFT - BAR if node.side == "left" else RIGHT
    return {"x": x, "end": x + BAR, "y": node.top, "bottom": node.bottom}


def _heading(seen: View, rows: list[Record], top: float) -> Record:
    amount = sum(row["quantity"] for row in rows)
    value = sum(row["value"] or 0.0 for row in rows)
    unit = rows[0]["unit"]
    tail = f": {number(amount, 3)} {shortened(unit, 20)}/yr"
    if value > 0:
        tail += f", {money(value, seen.currency, yearly=False)}/yr"
    name = shortened(seen.name("goods", rows[0]["good"]), max(62 - len(tail), 12))
    return {"x": 0, "y": top + 9, "text": name + tail, "side": "title"}


def _labels(seen: View, panel: Panel, rows: list[Record]) -> list[Record]:
    """Return the label of every node: its code and the quantity it sends or takes per year."""
    labels = []
    for node in panel.nodes:
        end = "origin" if node.side == "left" else "destination"
        amount = sum(row["quantity"] for row in rows if row[end] == node.code)
        code = "World" if node.code == WORLD else shortened(node.code, 10)
        text = f"{code}  {number(amount, 3)}"
        x = LEFT - BAR - 4 if node.side == "left" else RIGHT + BAR + 4
        labels.append({"x": x, "y": node.middle, "text": text, "side": node.side})
    return labels


def _drawing(
    height: float, ribbons: list[Record], bars: list[Record], texts: list[Record]
) -> dict[str, Any]:
    """Return the layers: bands, bars of the nodes, and three kinds of text."""
    x = {"axis": None, "scale": {"domain": [0, WIDTH], "nice": False, "zero": False}}
    y_scale = {"domain": [0, height], "reverse": True, "nice": False, "zero": False}
    y = {"axis": None, "scale": y_scale}
    colour = field("kind", "nominal", sort=list(KINDS)) | {
        "scale": {"domain": list(KINDS), "range": list(COLOURS)},
        "legend": {"title": None, "orient": "top", "columns": 3, "labelLimit": 150},
    }
    band = {
        "x": {**field("x"), **x},
        "y": {**field("upper"), **y},
        "y2": {"field": "lower"},
        "color": colour,
        "detail": field("band", "nominal"),
    }
    node = {
        "x": {**field("x"), **x},
        "x2": {"field": "end"},
        "y": {**field("y"), **y},
        "y2": {"field": "bottom"},
    }
    label = {
        "x": {**field("x"), **x},
        "y": {**field("y"), **y},
        "text": field("text", "nominal"),
    }
    looks: dict[str, dict[str, Any]] = {
        "title": {"align": "left", "fontSize": 12, "fontWeight": "bold", "color": TEXT},
        "left": {"align": "right", "color": TEXT},
        "right": {"align": "left", "color": TEXT},
    }
    layers = [
        {**layer("area", band, {"opacity": 0.55}), "data": {"values": ribbons}},
        {**layer("rect", node, {"color": QUIET}), "data": {"values": bars}},
    ]
    for side, look in looks.items():
        mine = [text for text in texts if text["side"] == side]
        more = {"baseline": "middle", **look}
        layers.append({**layer("text", label, more), "data": {"values": mine}})
    return {"width": WIDTH, "height": max(height - PANEL_GAP, SLOT), "layer": layers}
