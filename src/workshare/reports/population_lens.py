"""What the lens on population says of the divisions of labour, as findings."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

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
from workshare.reports.words import listed, number, plural

TITLE = "Can it be staffed, and who gains and loses posts?"

SHOWN = "least_cost"


def population_findings(record: Mapping[str, Any]) -> Findings:
    """Return the findings of the lens from its record in ``result.json``."""
    if record["status"] == "not applicable":
        return Findings(
            title=TITLE,
            sentences=(f"Not applicable: {record['claim']}.",),
            record=record,
        )
    changes, staffing = _changes_table(record), _staffing_table(record)
    return Findings(
        title=TITLE,
        sentences=tuple(_sentences(record)),
        figures=(_changes_figure(record, changes), _cost_figure(record, staffing)),
        tables=(changes, staffing, _posts_table(record)),
        notes=(
            "Posts are those of the plants that run; idle plants have none, and nothing is said of "
            "posts elsewhere. Only new plants must be staffed.",
            "Bands: the tight variant has a tenth of the people within reach, twice the gap in "
            "skills and dearer training than the middle; the loose one the opposite.",
            "Training seats are taken as unlimited, and prices of labour as given.",
            f"Claim: {record['claim']}.",
            *record["workforce"],
        ),
        record=record,
    )


def totals(rows: list[Mapping[str, Any]]) -> dict[str, float]:
    """Return posts gained and lost by participant, over occupations."""
    sums: dict[str, float] = defaultdict(float)
    for row in rows:
        sums[row["participant"]] += row["posts"]
    return dict(sorted(sums.items(), key=lambda item: -item[1]))


def _sentences(record: Mapping[str, Any]) -> list[str]:
    lines = [_staffing_sentence(record), _scarcity_sentence(record)]
    for base, rows in record["changes"][SHOWN].items():
        lines.append(_winners_sentence(base, totals(rows)))
    lines += _loses_often(record)
    bound = _unemployment(record)
    if bound is not None:
        code, points = bound
        lines.append(
            f"If every post gained or lost were one unemployed fewer or more, unemployment would "
            f"change most in {code}, by {number(points, 2, signed=True)} points against "
            "uncoordinated: no change can be larger without effects outside the plants."
        )
    if record["not_staffed"]:
        lines.append(f"No workforce is known for {listed(list(record['not_staffed']))}.")
    return lines


def _staffing_sentence(record: Mapping[str, Any]) -> str:
    found = record["staffing"][SHOWN]
    if not found:
        return "At least cost no new plant is built, so nobody must be hired."
    posts = sum(one["posts"] for one in found.values())
    money = [sum(one[key] for one in found.values()) for key in ("cost", "cost_low", "cost_high")]
    unit = f"M {record['currency']}"
    if record["status"] == "staffed":
        return (
            f"At least cost, new plants need {number(posts)} people in "
            f"{plural(len(found), 'country', 'countries')}, and all can be staffed: hiring and "
            f"training cost at least {number(money[0], 3)} {unit} once (from "
            f"{number(money[1], 3)} to {number(money[2], 3)})."
        )
    short = {code: sum(one["unfilled"].values()) for code, one in found.items() if one["unfilled"]}
    names = listed([f"{code} ({number(amount)})" for code, amount in short.items()])
    return (
        f"At least cost, new plants need {number(posts)} people, and not all posts can be filled "
        f"within {number(record['months'])} months; empty stay: {names}."
    )


def _scarcity_sentence(record: Mapping[str, Any]) -> str:
    found = record["staffing"][SHOWN]
    for variant, words in (("", "in the middle"), ("_tight", "in the tight")):
        scarce = [
            f"{one[f'bottleneck{variant}']} in {code}"
            for code, one in found.items()
            if one[f"trained{variant}"] > 0 or one[f"unfilled{variant}"]
        ]
        if scarce:
            return f"Scarce {words} variant: {listed(scarce, 4)}."
    months = [one["months_tight"] for one in found.values() if one["months_tight"] is not None]
    return (
        "Nobody must be trained for another occupation, not even in the tight variant; hiring "
        f"takes {plural(max(months, default=0), 'month')} at most there."
    )


def _winners_sentence(base: str, sums: Mapping[str, float]) -> str:
    won = [f"{code} ({number(n, 3, signed=True)})" for code, n in sums.items() if n >= 0.5]
    lost = [f"{code} ({number(n, 3, signed=True)})" for code, n in sums.items() if n <= -0.5]
    against = "each acting alone" if base == "isolated" else base
    return (
        f"Posts at least cost against {against}: gained in {listed(won)}; "
        f"lost in {listed(lost[::-1])}."
    )


def _loses_often(record: Mapping[str, Any]) -> list[str]:
    """Return who loses posts in most of the scenarios."""
    lost: dict[str, int] = defaultdict(int)
    for bases in record["changes"].values():
        for code, amount in totals(bases.get("uncoordinated", [])).items():
            lost[code] += amount <= -0.5
    count = len(record["changes"])
    often = sorted((c for c, n in lost.items() if n > count / 2), key=lambda c: -lost[c])
    if not often:
        return []
    names = listed([f"{code} ({lost[code]})" for code in often])
    return [f"Of {plural(count, 'scenario')}, posts are lost against uncoordinated in: {names}."]


def _unemployment(record: Mapping[str, Any]) -> tuple[str, float] | None:
    """Return who could change most, and by how many points of the labour force at most."""
    sums = totals(record["changes"][SHOWN].get("uncoordinated", []))
    points = {
        code: -100.0 * amount / record["labour_force"][code]
        for code, amount in sums.items()
        if record["labour_force"].get(code)
    }
    return max(points.items(), key=lambda item: abs(item[1]), default=None)


def _changes_table(record: Mapping[str, Any]) -> Table:
    columns = (
        ("scenario", "", "text"),
        ("against", "", "text"),
        ("participant", "", "text"),
        ("occupation", "", "text"),
        ("posts gained", "posts", "number"),
    )
    rows = [
        (name, base, row["participant"], row["occupation"], row["posts"])
        for name, bases in record["changes"].items()
        for base, changes in bases.items()
        for row in changes
    ]
    return make_table("changes", "Posts gained (+) and lost (-)", columns, rows)


def _staffing_table(record: Mapping[str, Any]) -> Table:
    columns = (
        ("outcome", "", "text"),
        ("participant", "", "text"),
        ("new posts", "posts", "number"),
        ("status", "", "text"),
        ("least cost", f"M {record['currency']}", "number"),
        ("cost, loose", f"M {record['currency']}", "number"),
        ("cost, tight", f"M {record['currency']}", "number"),
        ("status, tight", "", "text"),
        ("months", "months", "number"),
        ("months, tight", "months", "number"),
        ("trained", "people", "number"),
        ("trained, tight", "people", "number"),
        ("dearest post", "", "text"),
    )
    keys = ("posts", "status", "cost", "cost_low", "cost_high", "status_tight", "months")
    more = ("months_tight", "trained", "trained_tight", "bottleneck")
    rows = [
        (name, code, *(_plain(one[key]) for key in (*keys, *more)))
        for name, found in record["staffing"].items()
        for code, one in found.items()
    ]
    return make_table("staffing", "Staffing of the new plants", columns, rows)


def _plain(value: Any) -> Any:
    return value.replace("_", " ") if isinstance(value, str) else value


def _posts_table(record: Mapping[str, Any]) -> Table:
    columns = (
        ("outcome", "", "text"),
        ("participant", "", "text"),
        ("occupation", "", "text"),
        ("posts", "posts", "number"),
    )
    rows = [
        (name, code, occupation, amount)
        for name, posts in record["posts"].items()
        for code, counts in posts.items()
        for occupation, amount in counts.items()
    ]
    return make_table("posts", "Posts by outcome", columns, rows)


def _changes_figure(record: Mapping[str, Any], table: Table) -> Figure:
    bases = record["changes"][SHOWN]
    base = next(iter(bases), "")
    rows = list(bases.get(base, []))
    order = list(totals(rows))
    largest = max([abs(n) for n in totals(rows).values()], default=1.0)
    names = sorted({row["occupation"] for row in rows})
    colours = [BLUE, ORANGE, VERMILION]
    encoding = {
        "x": {**field("posts"), "axis": number_axis("posts gained or lost", largest)},
        "y": {**field("participant", "nominal"), "sort": order, "axis": {"title": None}},
        "color": {
            **field("occupation", "nominal"),
            "scale": {"domain": names, "range": colours[: len(names)]},
            "legend": {"title": None, "columns": 3},
        },
    }
    drawn = {
        "width": WIDTH - 80,
        "height": {"step": 22},
        "data": {"values": rows},
        **layer("bar", encoding),
    }
    words = "; ".join(f"{code} {number(n, 3, signed=True)}" for code, n in totals(rows).items())
    return Figure(
        name="posts",
        title="Who gains and who loses posts at least cost" if rows else "No posts change",
        alternative_text=f"Posts against {base}: {words or 'no change'}.",
        note=f"Least cost against {base}; participants that are not shown keep their posts.",
        table=table,
        specification=drawn if rows else statement(["No post is gained or lost."]),
    )


def _cost_figure(record: Mapping[str, Any], table: Table) -> Figure:
    rows = [
        {"participant": code, "cost": one["cost"], "low": one["cost_low"], "high": one["cost_high"]}
        for code, one in sorted(record["staffing"][SHOWN].items(), key=lambda i: -i[1]["cost"])
    ]
    place = {"y": {**field("participant", "nominal"), "sort": None, "axis": {"title": None}}}
    title = f"hiring and training, M {record['currency']} once"
    axis = {"axis": number_axis(title, max([row["high"] for row in rows], default=1.0))}
    ends = {**place, "x": {**field("low"), **axis}, "x2": {"field": "high"}}
    drawn: dict[str, Any] = {
        "width": WIDTH - 80,
        "height": {"step": 22},
        "data": {"values": rows},
        "layer": [
            layer("bar", {**place, "x": {**field("cost"), **axis}}, {"color": BLUE}),
            layer("rule", ends, {"color": "black", "strokeWidth": 1.5}),
        ],
    }
    words = "; ".join(f"{row['participant']} {number(row['cost'], 3)}" for row in rows)
    return Figure(
        name="staffing",
        title=f"Staffing costs most in {rows[0]['participant']}" if rows else "Nobody is hired",
        alternative_text=f"Least cost of hiring and training, M once: {words or 'nobody'}.",
        note="Bars: middle assumptions; lines: from the loose to the tight variant.",
        table=table,
        specification=drawn if rows else statement(["No new plant is built."]),
    )
