"""A push weighed against its alternatives as findings: accounts, break-even values, curves."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from workshare.reports.figures.figure import Figure
from workshare.reports.figures.style import (
    BLUE,
    GREEN,
    GREY,
    ORANGE,
    PURPLE,
    SKY,
    VERMILION,
    WIDTH,
    field,
    layer,
    statement,
)
from workshare.reports.findings import Findings
from workshare.reports.tables import Table, make_table
from workshare.reports.words import number, percent

NAMES = {
    "discount": "discount rate",
    "waste": "waste",
    "leakage": "leakage",
    "misallocation": "misallocation",
    "public_money": "cost of public money",
    "creation": "creation",
    "displaced": "displacement",
    "transfer": "support kept as income",
    "support_price": "price of support",
}
"""Terms in words."""

MEANINGS = {
    "discount": "rate, 1/time",
    "waste": "share of what is paid that is used up without effect",
    "leakage": "share of the benefit that goes outside",
    "misallocation": "share of what is paid that goes to those who would have done the same",
    "public_money": "what a unit of public money costs beyond itself",
    "creation": "share of the benefit that nobody had before (learning by doing)",
    "displaced": "share of the reallocated benefit that others lose",
    "transfer": "share of the support that those pushed keep as income",
    "support_price": "money for one unit of support and time",
}
"""What each term is."""

PARTS = (
    ("creation", "creation", 1, GREEN),
    ("reallocation", "reallocation", 1, SKY),
    ("kept", "money kept", 1, BLUE),
    ("displaced", "displaced elsewhere", -1, ORANGE),
    ("leaked", "leaked", -1, PURPLE),
    ("support", "support", -1, GREY),
    ("waste", "waste", -1, "#404040"),
    ("misallocated", "misallocated", -1, "#b3b3b3"),
    ("public_money", "cost of public money", -1, VERMILION),
)
"""Parts of the accounts: name, words, sign in the net value, colour."""

DRAWN = ("waste", "leakage", "misallocation", "public_money", "creation", "discount")
"""Terms whose curves are drawn; all are in the table."""

COLOURS = (BLUE, ORANGE, VERMILION)
DASHES = ([1, 0], [2, 2], [6, 3])


def weighing_findings(record: Mapping[str, Any]) -> Findings:
    """Return the findings of ``workshare.studies.weigh.weighed_record``'s record."""
    accounts, even, curves = _accounts(record), _break_even(record), _curves(record)
    return Findings(
        title=f"Is a push worth it in {record['system']}?",
        sentences=tuple(_sentences(record)),
        figures=(_accounts_figure(record, accounts), _curves_figure(record, curves, even)),
        tables=(accounts, even, curves, _terms(record)),
        notes=(
            "Present values in the money of the worth, discounted continuously; doing nothing is "
            "worth 0.",
            f"Every push is {percent(record['margin'])} larger than the least that suffices: at "
            "the least size the state lingers at the border, and any error undoes it.",
            "Creation and reallocation divide the benefit by the share given for creation: an "
            "assumption, not a result. Its break-even value says how much of it is needed.",
            "Money in cash: the outlay of the best push, paid out to residents, who keep it.",
            "No break-even value: none in the allowed range, the other terms as given.",
        ),
        record=record,
    )


def _sentences(record: Mapping[str, Any]) -> list[str]:
    rows = record["alternatives"]
    if not rows:
        return ["No push up to the largest size tried suffices: there is nothing to weigh."]
    first = rows[0]
    lines = [
        f"Best: {first['name']}, worth {number(first['net'])} more than doing nothing."
        if record["best"]
        else f"Doing nothing is best: the next, {first['name']}, is worth {number(first['net'])}."
    ]
    lines += [
        f"{row['name'][:1].upper()}{row['name'][1:]} is worth {number(row['net'])}."
        for row in rows[1:]
        if row["name"] in _names(record)
    ]
    chosen = next((row for row in rows if row["name"] == _names(record)[0]), first)
    told = [
        f"{NAMES[term]} {number(chosen['break_even'][term], 3)}"
        for term in DRAWN
        if chosen["break_even"][term] is not None
    ]
    if told:
        lines.append(f"The {chosen['name']} breaks even at: {', '.join(told)}.")
    if chosen["creation"] or chosen["reallocation"]:
        lines.append(
            f"Of its benefit {number(chosen['creation'])} is creation and "
            f"{number(chosen['reallocation'])} reallocation, of which "
            f"{number(chosen['displaced'])} is lost by others."
        )
    if record["without_push"]:
        told = [number(t) for t in record["without_push"]]
        lines.append(f"No push up to the largest size tried suffices in {', '.join(told)}.")
    if not all(row["settles"] for row in rows):
        names = [row["name"] for row in rows if not row["settles"]]
        lines.append(f"The state does not come to rest after {', '.join(names)}.")
    return lines


def _names(record: Mapping[str, Any]) -> list[str]:
    """Return the alternatives that are compared over the terms, the push first."""
    curves = record["curves"].values()
    return next((list(curve["net"]) for curve in curves), [])


def _accounts(record: Mapping[str, Any]) -> Table:
    columns = [("alternative", "", "text"), ("size", "support", "number")]
    columns += [("duration", "time", "number")]
    columns += [(words, "money", "number") for _, words, _, _ in PARTS]
    columns += [("net value", "money", "number"), ("comes to rest", "", "text")]
    rows = [
        [row["name"], row["size"], row["duration"], *(row[name] for name, _, _, _ in PARTS),
         row["net"], row["settles"]]
        for row in record["alternatives"]
    ]  # fmt: skip
    nothing = ["doing nothing", 0.0, None, *[0.0] * len(PARTS), 0.0, True]
    rows = sorted([*rows, nothing], key=lambda row: -row[-2])
    return make_table("alternatives", "What each alternative is worth", columns, rows)


def _break_even(record: Mapping[str, Any]) -> Table:
    names = _names(record)
    columns = [("term", "", "text"), ("given", "as the term", "number")]
    columns += [(f"break-even of {name}", "as the term", "number") for name in names]
    columns += [("meaning", "", "text")]
    by_name = {row["name"]: row["break_even"] for row in record["alternatives"]}
    rows = [
        [NAMES[term], record["terms"][term], *(by_name[name][term] for name in names), meaning]
        for term, meaning in MEANINGS.items()
    ]
    return make_table("break_even", "Break-even value of every term", columns, rows)


def _curves(record: Mapping[str, Any]) -> Table:
    columns = (
        ("term", "", "text"),
        ("value", "as the term", "number"),
        ("alternative", "", "text"),
        ("net value", "money", "number"),
    )
    rows = [
        (NAMES[term], value, name, net)
        for term, curve in record["curves"].items()
        for name, nets in curve["net"].items()
        for value, net in zip(curve["values"], nets, strict=True)
    ]
    return make_table("curves", "Net value over every term", columns, rows)


def _terms(record: Mapping[str, Any]) -> Table:
    columns = (("what", "", "text"), ("value", "as given", "number"), ("meaning", "", "text"))
    rows = [(NAMES[term], record["terms"][term], MEANINGS[term]) for term in MEANINGS]
    rows += [
        (f"worth of {name}", value, "money per unit and time")
        for name, value in record["worth"].items()
    ]
    return make_table("terms", "Terms on which it is weighed", columns, rows)


def _accounts_figure(record: Mapping[str, Any], table: Table) -> Figure:
    said = ["No alternative could be valued."]
    rows = record["alternatives"]
    if not rows:
        return Figure("alternatives", said[0], said[0], "", table, statement(said))
    parts = [
        {"name": row["name"], "part": words, "value": sign * row[name], "order": place}
        for row in rows
        for place, (name, words, sign, _) in enumerate(PARTS)
        if abs(row[name]) > 0
    ]
    nets = [{"name": row["name"], "net": row["net"]} for row in rows]
    used = [part for part in PARTS if any(item["part"] == part[1] for item in parts)]
    order = [row["name"] for row in rows]
    y = {**field("name", "nominal"), "sort": order, "axis": {"title": None, "labelLimit": 150}}
    colour = {
        **field("part", "nominal"),
        "title": None,
        "scale": {"domain": [part[1] for part in used], "range": [part[3] for part in used]},
        "legend": {"columns": 3},
    }
    x = {**field("value"), "title": "present value, money", "axis": {"tickCount": 5}}
    bars = layer("bar", {"x": x, "y": y, "color": colour, "order": field("order")}, {"height": 14})
    dot = {"filled": True, "size": 55, "color": "black", "shape": "diamond", "opacity": 1}
    marks = layer("point", {"x": {**x, **field("net")}, "y": y}, dot)
    best = f"{order[0]} is worth {number(rows[0]['net'], 3)}"
    return Figure(
        "alternatives",
        f"Best of the alternatives: {best}" if record["best"] else "Doing nothing is best",
        "; ".join(f"{row['name']}: net value {number(row['net'], 3)}" for row in rows) + ".",
        "Right: benefits; left: costs; diamond: net value. Doing nothing is worth 0.",
        table,
        {
            "width": WIDTH - 150,
            "height": {"step": 24},
            "layer": [{"data": {"values": parts}, **bars}, {"data": {"values": nets}, **marks}],
        },
    )


def _curves_figure(record: Mapping[str, Any], table: Table, even: Table) -> Figure:
    names = _names(record)
    if not names:
        said = ["No alternative could be valued."]
        return Figure("break_even", said[0], said[0], "", table, statement(said))
    floor = -1.5 * max(abs(row["net"]) for row in record["alternatives"])
    # the discount rate moves the value without limit: it must not flatten the others
    steady = [term for term in DRAWN if term != "discount"]
    ceiling = 1.3 * max(
        max(nets) for term in steady for nets in record["curves"][term]["net"].values()
    )
    drawn = [
        {"term": NAMES[term], "v": value, "net": net, "name": name}
        for term in DRAWN
        for name, nets in record["curves"][term]["net"].items()
        for value, net in zip(record["curves"][term]["values"], nets, strict=True)
        if floor <= net <= max(ceiling, -floor)
    ]
    scale = {"domain": names}
    looks = {
        "x": {**field("v"), "title": None, "axis": {"tickCount": 4}, "scale": {"nice": False}},
        "y": {**field("net"), "title": "net value", "axis": {"tickCount": 4}},
        "color": {
            **field("name", "nominal"),
            "title": None,
            "scale": {**scale, "range": list(COLOURS[: len(names)])},
            "legend": {"columns": 1},
        },
        "strokeDash": {
            **field("name", "nominal"),
            "title": None,
            "scale": {**scale, "range": list(DASHES[: len(names)])},
        },
    }
    zero = layer("rule", {"y": {"datum": 0}}, {"color": GREY})
    first = next(row for row in record["alternatives"] if row["name"] == names[0])
    told = [
        f"{NAMES[term]} {number(first['break_even'][term], 3)}"
        for term in DRAWN
        if first["break_even"][term] is not None
    ]
    where = f"breaks even at {', '.join(told[:2])}" if told else "breaks even at no allowed value"
    return Figure(
        "break_even",
        f"The {names[0]} {where}",
        f"Net value of {', '.join(names)} over {len(DRAWN)} terms, one at a time.",
        "One term changes at a time, the others are as given. Where a line meets zero it breaks "
        "even; values far from zero are cut off.",
        table,
        {
            "data": {"values": drawn},
            "columns": 2,
            "facet": {**field("term", "nominal"), "sort": [NAMES[term] for term in DRAWN]},
            "spec": {
                "width": (WIDTH - 110) / 2,
                "height": 90,
                "layer": [layer("line", looks, {"strokeWidth": 2}), zero],
            },
            "resolve": {"scale": {"x": "independent"}},
        },
    )
