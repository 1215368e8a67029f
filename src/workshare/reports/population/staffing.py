"""Staffing and its frontier as findings: can it be done, at what cost, and who is scarce."""

from __future__ import annotations

import math
from typing import Any

from workshare.population import Frontier, Specialisation, Staffing
from workshare.reports.figures.figure import Figure
from workshare.reports.figures.style import (
    BLUE,
    ORANGE,
    VERMILION,
    WIDTH,
    field,
    layer,
    number_axis,
    statement,
)
from workshare.reports.findings import Findings
from workshare.reports.tables import Table, make_table
from workshare.reports.words import listed, number, percent
from workshare.results import to_jsonable

STATUS_WORDS = {
    "staffed": "can be staffed",
    "over_budget": "cannot be staffed within the budget",
    "short_of_people": "cannot be staffed: people are short",
}


def staffing_findings(
    answer: Staffing,
    found: Frontier | None,
    specialisation: Specialisation,
    months: int | None,
) -> Findings:
    """Return the findings of one staffing question.

    Parameters
    ----------
    answer : how the specialisation is staffed at the scale asked for.
    found : its frontier; None where nothing limits the scale.
    months : the fewest months in which it can be staffed; None if not within what was tried.
    """
    tables = [_posts(answer, specialisation), _moves(answer)]
    figures = [_bottlenecks(answer, specialisation)]
    if found is not None:
        tables.insert(0, _frontier_table(found))
        figures.insert(0, _frontier_figure(found, answer))
    proven = max((line.value for line in answer.certificate), default=0.0)
    return Findings(
        title=f"Staffing {answer.specialisation} at scale {number(answer.scale)}",
        sentences=tuple(_sentences(answer, found, months)),
        figures=tuple(figures),
        tables=tuple(tables),
        notes=(
            "Least cost of a linear programme with limits on the unemployed, on what occupations "
            "can lose, on training seats and on time; numbers of workers are not rounded.",
            f"The dual proves it: largest relative violation or gap {proven:.1e}.",
            "Months and costs of training rest on the rules or figures given; they are assumptions "
            "to be varied, not statistics.",
        ),
        record={
            "answer": to_jsonable(answer),
            "frontier": None if found is None else to_jsonable(found),
            "months_to_staff": months,
        },
    )


def _sentences(answer: Staffing, found: Frontier | None, months: int | None) -> list[str]:
    words = STATUS_WORDS[answer.status]
    time = f"{number(answer.months)} months"
    lines = [
        f"{answer.specialisation} at scale {number(answer.scale)} {words} in {time}"
        + (f", for {number(answer.cost)}." if answer.status == "staffed" else ".")
    ]
    if answer.unfilled:
        most = sorted(answer.unfilled, key=lambda code: -answer.unfilled[code])
        named = listed([f"{code} ({number(answer.unfilled[code])})" for code in most], 3)
        lines.append(
            f"{number(sum(answer.unfilled.values()))} posts stay empty: {named}; what can be "
            f"filled costs {number(answer.cost)}."
        )
    elif answer.bottleneck:
        price = answer.shadow_prices[answer.bottleneck]
        lines.append(
            f"The bottleneck is {answer.bottleneck}: one more post of it costs {number(price)}."
        )
    if months is not None:
        lines.append(f"The fewest months in which it can be staffed: {months}.")
    if found is not None and math.isfinite(found.limit):
        lines.append(
            f"At most scale {number(found.limit)} can be staffed in that time"
            + (" and budget." if math.isfinite(found.budget) else ".")
        )
    trained = sum(count for _, _, count in answer.moves)
    posts = sum(answer.hired.values()) + sum(answer.released.values())
    if posts > 0:
        lines.append(
            f"{percent(min(1.0, trained / posts))} of the posts filled need somebody to train for "
            "another occupation."
        )
    return lines


def _frontier_table(found: Frontier) -> Table:
    columns = (
        ("scale", "", "number"),
        ("cost", "money", "number"),
        ("cost of one more unit from here", "money", "number"),
        ("bottleneck from here", "", "text"),
    )
    slopes = [*found.slopes, None]
    names = [*found.bottlenecks, ""]
    rows = zip(found.scales, found.costs, slopes, names, strict=True)
    return make_table("frontier", "Least cost of staffing by scale", columns, rows)


def _posts(answer: Staffing, specialisation: Specialisation) -> Table:
    columns = (
        ("occupation", "", "text"),
        ("posts", "workers", "number"),
        ("unfilled", "workers", "number"),
        ("shadow price", "money per post", "number"),
        ("value of a training seat", "money", "number"),
    )
    rows = [
        (
            code,
            posts * answer.scale,
            answer.unfilled.get(code, 0.0),
            answer.shadow_prices.get(code),
            answer.seat_values.get(code, 0.0),
        )
        for code, posts in specialisation.posts.items()
    ]
    return make_table("posts", "Posts and what one more would cost", columns, rows)


def _moves(answer: Staffing) -> Table:
    columns = (("from", "", "text"), ("to", "", "text"), ("workers", "workers", "number"))
    taken = [("unemployed", code, count) for code, count in answer.hired.items()]
    taken += [("employed elsewhere", code, count) for code, count in answer.released.items()]
    rows = [*taken, *answer.moves]
    return make_table("moves", "Who is hired, and who is trained for what", columns, rows)


def _frontier_figure(found: Frontier, answer: Staffing) -> Figure:
    table = _frontier_table(found)
    points = [{"scale": s, "cost": c} for s, c in zip(found.scales, found.costs, strict=True)]
    encoding = {
        "x": {**field("scale"), "axis": number_axis("scale", found.scales[-1])},
        "y": {**field("cost"), "axis": number_axis("least cost, money", found.costs[-1])},
    }
    layers: list[Any] = [
        layer("line", encoding, {"color": BLUE, "strokeWidth": 2}),
        layer("point", encoding, {"color": BLUE, "filled": True, "size": 30}),
    ]
    if answer.status == "staffed":
        asked = {"values": [{"scale": answer.scale, "cost": answer.cost}]}
        mark = {"color": VERMILION, "shape": "diamond", "filled": True, "size": 90}
        layers.append({"data": asked, **layer("point", encoding, mark)})
    kinks = len(found.scales) - 2
    return Figure(
        name="frontier",
        title=f"{found.specialisation} can be staffed up to scale {number(found.limit)}"
        if found.complete
        else f"Cost of staffing {found.specialisation}",
        alternative_text=(
            f"Least cost of staffing rises from 0 to {number(found.costs[-1])} at scale "
            f"{number(found.scales[-1])}, with {max(kinks, 0)} kinks."
        ),
        note=(
            "Every point is the least cost in the time given; kinks (dots) are where the next "
            "source of people is dearer. The diamond is the scale asked for."
        ),
        table=table,
        specification={"width": WIDTH, "height": 220, "data": {"values": points}, "layer": layers},
    )


def _bottlenecks(answer: Staffing, specialisation: Specialisation) -> Figure:
    short = bool(answer.unfilled)
    values = answer.unfilled if short else answer.shadow_prices
    rows: list[dict[str, Any]] = [
        {"occupation": code, "value": value}
        for code, value in sorted(values.items(), key=lambda item: -item[1])[:15]
        if value > 0
    ]
    unit = "posts left empty, workers" if short else "cost of one more post, money"
    encoding = {
        "x": {
            **field("value"),
            "axis": number_axis(unit, max([r["value"] for r in rows], default=1)),
        },
        "y": {**field("occupation", "nominal"), "sort": None, "axis": {"title": None}},
    }
    colour = {"color": ORANGE if short else BLUE}
    drawn = {
        "width": WIDTH - 120,
        "height": {"step": 20},
        "data": {"values": rows},
        **layer("bar", encoding, colour),
    }
    title = f"{answer.bottleneck} is the bottleneck" if answer.bottleneck else "Nobody is scarce"
    words = "; ".join(f"{r['occupation']} {number(r['value'])}" for r in rows) or "none"
    return Figure(
        name="bottlenecks",
        title=title,
        alternative_text=f"Bars by occupation, {unit}: {words}.",
        note="The occupation at the top is the one to train for first.",
        table=_posts(answer, specialisation),
        specification=drawn if rows else statement(["No post costs anything to fill."]),
    )
