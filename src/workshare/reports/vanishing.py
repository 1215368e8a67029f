"""The vanishing study as findings: gaps against their bound, rounds, mixed participants, ties."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from workshare.reports.figures.figure import Figure
from workshare.reports.figures.style import BLUE, GREEN, VERMILION, WIDTH, field, layer
from workshare.reports.findings import Findings
from workshare.reports.tables import Table, make_table
from workshare.reports.words import number

FAMILIES = {
    "steps": "identical, prices jump",
    "smooth": "identical, smooth",
    "specialisation": "different, prices jump",
}
COLOURS = (BLUE, GREEN, VERMILION)

KNOWN, MEASURED = "true", "value less bound"


def vanishing_findings(record: Mapping[str, Any]) -> Findings:
    """Return the findings of a vanishing study.

    Parameters
    ----------
    record : the study's result as plain data.
    """
    return Findings(
        title="The price of decentralisation vanishes as participants grow in number",
        sentences=tuple(_sentences(record)),
        figures=(_gap_figure(record), _rounds_figure(record)),
        tables=(_gaps(record), _slopes(record), _rounds(record), _ties(record)),
        notes=(
            "The gap is what real plans cost beyond the best that prices prove. For identical "
            "agents it is known exactly, for any number; means over "
            f"{record['settings']['draws']} draws.",
            "For different participants it is certified value less bound, which is the true gap "
            "where the value is proven best (column proof: exact) and contains it elsewhere.",
            "The bound is the Shapley-Folkman bound of docs/method.md, from sizes of plans and the "
            "range or curvature of prices alone.",
            "A slope is the least-squares slope of the logarithm of the relative gap on that of "
            "the number, over the numbers given. Theory bounds how slowly the gap can fall: "
            "different participants fill each other's gaps, and theirs falls faster.",
            "Relative gaps are to the value: all private cost, imports and missed targets.",
        ),
        record=record,
    )


def _sentences(record: Mapping[str, Any]) -> list[str]:
    lines = []
    for item in record["slopes"]:
        lines.append(
            f"{FAMILIES[item['family']].capitalize()}: the relative gap falls with slope "
            f"{item['slope']:.2f} (standard error {item['error']:.2f}; theory: "
            f"{item['expected']:g} or steeper) from {_count(item['first'])} to "
            f"{_count(item['last'])} participants."
        )
    measured = record["measured"]
    if measured:
        first, last = measured[0], measured[-1]
        lines.append(
            f"Different participants: {number(100 * first['relative'])} % at "
            f"{_count(first['number'])}, {number(100 * last['relative'])} % at "
            f"{_count(last['number'])}; rounds from {first['rounds']} to {last['rounds']}."
        )
        most = max(row["mixed"] for row in measured)
        lines.append(
            f"At most {most} participants were mixed; theory: at most {first['dimensions']}, "
            "whatever their number."
        )
    worst = max(row["largest"] for row in record["known"])
    lines.append(f"The true gap never exceeded its bound: at most {number(100 * worst)} % of it.")
    tied = record["ties"][-1]
    lines.append(
        f"{_count(tied['number'])} identical agents who all pick the same best response lose "
        f"{number(tied['alike'])}; a coordinated pick among the same best responses loses "
        f"{number(tied['best'])}."
    )
    return lines


def _count(value: float) -> str:
    return f"{int(value):,}"


def _rows(record: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return one row per family and number, known gaps first."""
    rows = [{**row, "proof": KNOWN} for row in record["known"]]
    for row in record["measured"]:
        proof = "exact" if row["exact"] else MEASURED
        rows.append({**row, "family": "specialisation", "proof": proof})
    return rows


def _gaps(record: Mapping[str, Any]) -> Table:
    columns = (
        ("family", "", "text"),
        ("participants", "", "number"),
        ("value", "M/yr", "number"),
        ("gap", "M/yr", "number"),
        ("relative gap", "share", "number"),
        ("bound on the gap", "M/yr", "number"),
        ("relative bound", "share", "number"),
        ("proof", "", "text"),
    )
    keys = ("number", "value", "gap", "relative", "bound", "bound_relative", "proof")
    rows = [(FAMILIES[row["family"]], *(row[key] for key in keys)) for row in _rows(record)]
    return make_table("gaps", "Gap by number of participants", columns, rows)


def _slopes(record: Mapping[str, Any]) -> Table:
    columns = (
        ("family", "", "text"),
        ("slope", "", "number"),
        ("standard error", "", "number"),
        ("slope of the bound", "", "number"),
        ("from", "participants", "number"),
        ("to", "participants", "number"),
        ("points", "", "number"),
    )
    keys = ("slope", "error", "expected", "first", "last", "points")
    rows = [(FAMILIES[r["family"]], *(r[key] for key in keys)) for r in record["slopes"]]
    return make_table("slopes", "How fast the relative gap falls", columns, rows)


def _rounds(record: Mapping[str, Any]) -> Table:
    columns = (
        ("participants", "", "number"),
        ("rounds", "", "number"),
        ("rounds of a sample before", "", "number"),
        ("mixed participants", "", "number"),
        ("dimensions", "", "number"),
        ("left by the rounds", "M/yr", "number"),
    )
    keys = ("number", "rounds", "sample_rounds", "mixed", "dimensions", "rounds_left")
    rows = [tuple(row[key] for key in keys) for row in record["measured"]]
    return make_table("rounds", "Rounds to a dual gap of 0.01 %, and who is mixed", columns, rows)


def _ties(record: Mapping[str, Any]) -> Table:
    columns = (
        ("participants", "", "number"),
        ("all alike", "M/yr", "number"),
        ("best choice", "M/yr", "number"),
        ("found", "M/yr", "number"),
    )
    keys = ("number", "alike", "best", "found")
    rows = [tuple(row[key] for key in keys) for row in record["ties"]]
    return make_table("ties", "What choice among tied best responses costs", columns, rows)


def _log(title: str, numbers: Sequence[float]) -> dict[str, Any]:
    """Return a logarithmic axis that shows powers of ten."""
    form = "~s" if max(numbers, default=1.0) >= 1.0 else ".0e"
    return {
        "axis": {"title": title, "format": form, "values": [10.0**k for k in range(-12, 7)]},
        "scale": {"type": "log", "nice": False},
    }


def _gap_figure(record: Mapping[str, Any]) -> Figure:
    table = _gaps(record)
    points = []
    for row in _rows(record):
        common = {"family": FAMILIES[row["family"]], "participants": row["number"]}
        for line, key in (("gap", "relative"), ("bound", "bound_relative")):
            if row[key] > 0:
                points.append({**common, "line": line, "share": row[key]})
    colour = field(
        "family",
        "nominal",
        scale={"domain": list(FAMILIES.values()), "range": list(COLOURS)},
        legend={"title": None, "columns": 2, "symbolType": "stroke"},
    )
    dash = field(
        "line",
        "nominal",
        scale={"domain": ["gap", "bound"], "range": [[1, 0], [4, 3]]},
        legend={"title": None, "columns": 2, "symbolType": "stroke"},
    )
    encoding = {
        "x": field("participants", **_log("participants", [row["participants"] for row in points])),
        "y": field("share", **_log("gap, share of the value", [0.1])),
        "color": colour,
    }
    gaps = [row for row in points if row["line"] == "gap"]
    slopes = {item["family"]: item["slope"] for item in record["slopes"]}
    told = ", ".join(f"{FAMILIES[name]} {slope:.2f}" for name, slope in slopes.items())
    return Figure(
        name="gap",
        title="The relative gap falls with the number of participants, and stays below its bound"
        if all(row["gap"] <= row["bound"] for row in _rows(record))
        else "The relative gap falls with the number of participants",
        alternative_text=f"Relative gap and bound by number of participants, both axes "
        f"logarithmic. Slopes: {told}.",
        note=f"Both axes are logarithmic. Measured slopes: {told}. Solid: the gap; dashed: the "
        "Shapley-Folkman bound on it.",
        table=table,
        specification={
            "width": WIDTH - 60,
            "height": 240,
            "layer": [
                {
                    "data": {"values": points},
                    **layer("line", {**encoding, "strokeDash": dash}, {"clip": True}),
                },
                {
                    "data": {"values": gaps},
                    **layer("point", encoding, {"filled": True, "size": 26, "opacity": 1}),
                },
            ],
        },
    )


def _rounds_figure(record: Mapping[str, Any]) -> Figure:
    measured = record["measured"]
    lines = {"rounds": "rounds", "mixed": "mixed participants", "dimensions": "shared dimensions"}
    points = [
        {"participants": row["number"], "line": words, "count": row[key]}
        for row in measured
        for key, words in lines.items()
    ]
    most = max((row["rounds"] for row in measured), default=0)
    encoding = {
        "x": field("participants", **_log("participants", [row["number"] for row in measured])),
        "y": field("count", axis={"title": "count", "tickMinStep": 1}),
        "color": field(
            "line",
            "nominal",
            scale={"domain": list(lines.values()), "range": [BLUE, VERMILION, "#7f7f7f"]},
            legend={"title": None, "columns": 2, "symbolType": "stroke"},
        ),
    }
    return Figure(
        name="rounds",
        title=(
            f"Rounds do not grow with the number of participants: at most {most}"
            if measured and measured[-1]["rounds"] <= measured[0]["rounds"]
            else f"Rounds by number of participants: at most {most}"
        ),
        alternative_text="Rounds, mixed participants and shared dimensions by number of "
        "participants, the number on a logarithmic axis.",
        note="Different participants (specialisation). Full rounds to a dual gap of 0.01 %; above "
        "some thousands, prices start from a sample. Mixed: held by more than one plan at the "
        "convexified solution; theory: never more than the shared dimensions.",
        table=_rounds(record),
        specification={
            "width": WIDTH - 60,
            "height": 170,
            "data": {"values": points},
            **layer("line", encoding, {"point": {"filled": True, "size": 26}}),
        },
    )
