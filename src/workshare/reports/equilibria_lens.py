"""What the lens on equilibria says of a division of labour, as findings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from workshare.reports.figures.figure import Figure
from workshare.reports.figures.play_basins import play_basins
from workshare.reports.figures.style import BLUE, WIDTH, field, layer, number_axis, statement
from workshare.reports.figures.support_branches import (
    EQUAL,
    scenario_support,
    still_standing,
    support_branches,
)
from workshare.reports.findings import Findings
from workshare.reports.tables import Table, make_table
from workshare.reports.words import listed, number, plural


def equilibria_findings(record: Mapping[str, Any]) -> Findings:
    """Return the findings of the lens from its record in ``result.json``."""
    table = _table(record)
    figures = [_figure(record, table)]
    tables = [table]
    if record.get("scenarios"):
        figures += [scenario_support(record), support_branches(record)]
        tables += [figure.table for figure in figures[1:]]
    if record.get("types"):
        tables.append(_types(record))
    if record.get("sample"):
        figures.append(play_basins(record, _types(record)))
    return Findings(
        title="Would it last without support?",
        sentences=tuple(_sentences(record)),
        figures=tuple(figures),
        tables=tuple(tables),
        notes=(
            *_sample_notes(record),
            "Support is what a participant would gain by its best change of activities while the "
            "others keep their part: the smallest yearly payment that makes staying its best "
            "response. It is not a cost to the region, but a transfer.",
            "A push is temporary: those pushed take up their part, the others answer, and then "
            "everybody is free.",
            f"Proven {record['claim']}.",
        ),
        record=record,
    )


def _sentences(record: Mapping[str, Any]) -> list[str]:
    support, rest = record["support"], record["rest"]
    if record["status"] == "self-sustaining":
        lines = ["At least cost, nobody gains by leaving its part: it lasts without support."]
    else:
        total = sum(support.values())
        names = listed([f"{c} ({number(support[c])})" for c in record["leaves"]], 4)
        lines = [
            f"Support of {number(total)} M a year keeps everybody at least cost: {names}.",
            _rest_sentence(rest, record["value"]),
        ]
    push = record.get("push")
    if push is not None:
        lines.append(_push_sentence(push))
    if record["status"] != "self-sustaining" and push is not None:
        lines.append(
            "A temporary push does not make the least-cost division itself last: it is no "
            "equilibrium, and ends when its support does."
        )
    lines += _branch_sentences(record)
    types = record.get("types") or []
    if len(types) > 1:
        best, worst = types[0]["value"], types[-1]["value"]
        apart = best - worst
        lines.append(
            f"Play from several starts found {plural(len(types), 'equilibrium', 'equilibria')}, "
            f"{number(apart)} M a year apart on the market: where the region settles depends on "
            "where it starts."
        )
    elif types:
        lines.append("Play from every start that settled came to the same equilibrium.")
    return lines


def _branch_sentences(record: Mapping[str, Any]) -> list[str]:
    """Return what support that rises from nothing does to the equilibria beside the division."""
    branches, threshold = record.get("branches") or [], sum(record["support"].values())
    if not branches or threshold <= 0:
        return []
    stay = still_standing(branches, threshold)
    if stay:
        return [
            f"Support alone need not bring it about: {len(stay)} of "
            f"{plural(len(branches), 'equilibrium', 'equilibria')} found without support would "
            "still stand when it is paid in full."
        ]
    last = max(row["to"] for row in branches)
    if last < threshold * (1 - EQUAL):
        return [
            f"As support for it rises, the equilibria found without support end by "
            f"{number(last)} M a year; from there to {number(threshold)} M no state is known that "
            "lasts."
        ]
    return ["Support that suffices to hold it also ends every equilibrium found beside it."]


def _sample_notes(record: Mapping[str, Any]) -> list[str]:
    """Return how the equilibria were sampled and their types told."""
    sample = record.get("sample")
    if not sample:
        return []
    drawn = (
        f"{plural(sample['draws'], 'start')} drawn from {listed(list(sample['from']), 20)} (seed "
        f"{sample['seed']})"
        if sample["draws"]
        else "no start was drawn"
    )
    return [
        f"Equilibria: rest points of {sample['dynamic']} from the study's starts; {drawn}. Others "
        "may exist.".replace("_", " "),
        "Strict: every change of one activity costs whoever makes it. Displacements: one "
        "participant is moved to what it holds in another outcome, the others answer first, and "
        "play goes on. Order rank: by new capacity of every activity at every place; unordered "
        "where the equilibria have no lowest and highest.",
    ]


def _rest_sentence(rest: Mapping[str, Any], value: float) -> str:
    if rest["status"] == "equilibrium":
        lost = value - rest["value"]
        return (
            f"Without it, play settles after {plural(rest['sweeps'], 'round')} in an equilibrium "
            f"worth {number(abs(lost))} M a year {'less' if lost > 0 else 'more'} on the market; "
            f"{listed(list(rest['changed']), 4)} changed."
        )
    return f"Without it, play does not settle within {rest['sweeps']} rounds ({rest['status']})."


def _push_sentence(push: Mapping[str, Any]) -> str:
    if push["status"] == "found":
        names = listed(list(push["participants"]), 4)
        return (
            f"A temporary push of {names} is enough to move the region from the uncoordinated "
            f"outcome to an equilibrium of that worth ({push['why']})."
        )
    if push["status"] == "not needed":
        return f"No push is needed to settle at that worth: {push['why']}."
    return f"A smallest push was {push['status']}: {push['why']}."


def _table(record: Mapping[str, Any]) -> Table:
    columns = (("participant", "", "text"), ("support", "M/yr", "number"), ("stays", "", "text"))
    rows = [(code, amount, amount <= 0) for code, amount in record["support"].items()]
    return make_table("support", "Support that keeps each participant at its part", columns, rows)


def _types(record: Mapping[str, Any]) -> Table:
    columns = (
        ("equilibrium", "", "text"),
        ("worth on the market", "M/yr", "number"),
        ("stability", "", "text"),
        ("least loss by a change", "M/yr", "number"),
        ("displacements that come back", "share", "number"),
        ("displacements", "", "number"),
        ("order rank", "", "text"),
        ("drawn starts that end there", "share", "number"),
        ("lower end", "share", "number"),
        ("upper end", "share", "number"),
        ("chosen starts that lead there", "", "text"),
        ("number of chosen starts", "", "number"),
        ("differs from least cost", "", "text"),
    )
    many = len(record["types"]) > 1
    rows = []
    for place, row in enumerate(record["types"], start=1):
        back, tried = row.get("returns") or (0, 0)
        rows.append(
            (
                f"{place}" + (" (greatest worth)" if place == 1 and many else ""),
                row["value"],
                row.get("stability"),
                row.get("margin"),
                back / tried if tried else None,
                tried,
                row.get("rank"),
                row.get("share"),
                row.get("low"),
                row.get("high"),
                row["starts"],
                len(row["starts"]),
                row["differs"],
            )
        )
    return make_table("types", "Types of the equilibria that play found", columns, rows)


def _figure(record: Mapping[str, Any], table: Table) -> Figure:
    rows = [
        {"participant": code, "support": amount}
        for code, amount in sorted(record["support"].items(), key=lambda item: -item[1])
        if amount > 0
    ]
    largest = max([row["support"] for row in rows], default=1.0)
    encoding = {
        "x": {**field("support"), "axis": number_axis("support, M a year", largest)},
        "y": {**field("participant", "nominal"), "sort": None, "axis": {"title": None}},
    }
    drawn = {
        "width": WIDTH - 80,
        "height": {"step": 20},
        "data": {"values": rows},
        **layer("bar", encoding, {"color": BLUE}),
    }
    words = "; ".join(f"{row['participant']} {number(row['support'])}" for row in rows) or "nobody"
    return Figure(
        name="support",
        title="Who would leave, and what keeps it" if rows else "Nobody would leave",
        alternative_text=f"Smallest yearly support by participant, M a year: {words}.",
        note="Participants that are not shown stay by themselves.",
        table=table,
        specification=drawn if rows else statement(["No participant gains by leaving."]),
    )
