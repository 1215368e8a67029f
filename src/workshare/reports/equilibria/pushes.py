"""A push as findings: how much support, for how long, on what, at what risk."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from workshare.equilibria.push import PermanentSupport, ReboundRisk, TemporaryPush
from workshare.equilibria.push_choice import PushChoice
from workshare.equilibria.system import System
from workshare.reports.figures.figure import Figure
from workshare.reports.figures.style import BLUE, VERMILION, WIDTH, field, layer, statement
from workshare.reports.findings import Findings
from workshare.reports.tables import Table, make_table
from workshare.reports.words import number, percent


def push_findings(
    system: System,
    permanent: PermanentSupport,
    temporary: TemporaryPush,
    choice: PushChoice | None = None,
    risks: Sequence[tuple[float, ReboundRisk]] = (),
    shortest: TemporaryPush | None = None,
) -> Findings:
    """Return the findings of a push between two equilibria.

    Parameters
    ----------
    choice : which unknowns to push.
    risks : margin by which the cheapest push is enlarged, and the risk that it fails.
    shortest : pushes of the largest size allowed.
    """
    tables = [_durations(temporary)]
    if risks:
        tables.append(_risks(risks))
    if choice is not None:
        tables.append(_sets(choice))
    return Findings(
        title=f"The smallest push in {system.name}",
        sentences=tuple(_sentences(permanent, temporary, choice, risks, shortest)),
        figures=(_figure(permanent, temporary),),
        tables=tuple(tables),
        notes=(
            "Support is added to the residual of the pushed unknowns; sizes are in its units, "
            "costs in its units times the unit of time.",
            f"Each size is the upper end of a bracket as wide as {temporary.tolerance:.0e} of the "
            "largest size tried.",
            "More support was never worse at the sizes tried."
            if temporary.monotone
            else "At some sizes more support was worse: a smaller push may exist.",
        ),
        record=_record(system, permanent, temporary, choice, risks, shortest),
    )


def _sentences(
    permanent: PermanentSupport,
    temporary: TemporaryPush,
    choice: PushChoice | None,
    risks: Sequence[tuple[float, ReboundRisk]],
    shortest: TemporaryPush | None,
) -> list[str]:
    best = temporary.cheapest
    if math.isfinite(temporary.costs[best]):
        lines = [
            f"The cheapest push tried lasts {number(float(temporary.durations[best]))} at size "
            f"{number(float(temporary.sizes[best]))} and costs "
            f"{number(float(temporary.costs[best]))}."
        ]
    else:
        lines = ["No push up to the largest size tried suffices in the durations given."]
    if shortest is not None and math.isfinite(shortest.costs[0]):
        lines.append(
            f"At the largest size, {number(float(shortest.sizes[0]))}, the shortest that suffices "
            f"lasts {number(float(shortest.durations[0]))} and costs "
            f"{number(float(shortest.costs[0]))}."
        )
    if math.isfinite(permanent.size):
        lasts = "the new state lasts when it ends" if permanent.lasts else "it must stay for ever"
        lines.append(f"The least support without end is {number(permanent.size)}; {lasts}.")
    else:
        lines.append("No permanent support up to the largest size tried suffices.")
    if choice is not None and math.isfinite(choice.cost):
        proof = "of all sets" if choice.exact else "of the sets tried"
        lines.append(
            f"The cheapest {proof} to push: {', '.join(choice.unknowns)}, at size "
            f"{number(choice.size)} and cost {number(choice.cost)}."
        )
    if risks:
        told = [f"{percent(risk.risk)} at {percent(margin)} more" for margin, risk in risks[1:]]
        first = risks[0][1]
        lines.append(
            f"With an error of {percent(first.error)} in every parameter, the push of the least "
            f"size fails in {percent(first.risk)} of {first.samples} draws "
            f"({percent(first.fell_back)} fall back)" + (f"; {', '.join(told)}." if told else ".")
        )
    return lines


def _durations(found: TemporaryPush) -> Table:
    columns = (
        ("duration", "time", "number"),
        ("least size", "as the residual", "number"),
        ("cost", "residual × time", "number"),
    )
    rows = [
        tuple(float(v) if math.isfinite(v) else None for v in row)
        for row in zip(found.durations, found.sizes, found.costs, strict=True)
    ]
    return make_table("durations", "Least size by duration", columns, rows)


def _risks(risks: Sequence[tuple[float, ReboundRisk]]) -> Table:
    columns = (
        ("margin over the least size", "share", "number"),
        ("fails", "share", "number"),
        ("lower end", "share", "number"),
        ("upper end", "share", "number"),
        ("never left", "share", "number"),
        ("fell back", "share", "number"),
    )
    rows = [
        (margin, risk.risk, risk.low, risk.high, risk.never_left, risk.fell_back)
        for margin, risk in risks
    ]
    return make_table("risk", "Risk of failure by margin", columns, rows)


def _sets(choice: PushChoice) -> Table:
    columns = (
        ("unknowns", "", "text"),
        ("least size", "as the residual", "number"),
        ("cost", "residual × time", "number"),
    )
    rows = [
        (", ".join(names), *(v if math.isfinite(v) else None for v in (size, cost)))
        for names, size, cost in sorted(choice.tried, key=lambda item: item[2])
    ]
    return make_table("sets", "Which unknowns to push", columns, rows)


def _figure(permanent: PermanentSupport, temporary: TemporaryPush) -> Figure:
    table = _durations(temporary)
    points = [{"t": row[0], "s": row[1]} for row in table.rows if row[1] is not None]
    title = "Shorter pushes must be larger"
    note = "Line: least size that suffices by its end; dashed: least support without end."
    if not points:
        said = ["No push suffices in the durations given."]
        return Figure("push", said[0], said[0], note, table, statement(said))
    x = {**field("t"), "title": "duration"}
    y = {**field("s"), "title": "size of support"}
    layers: list[Any] = [
        {"data": {"values": points}, **layer("line", {"x": x, "y": y}, {"color": BLUE})},
        {
            "data": {"values": points},
            **layer("point", {"x": x, "y": y}, {"color": BLUE, "filled": True, "size": 40}),
        },
    ]
    if math.isfinite(permanent.size):
        rule = {"color": VERMILION, "strokeDash": [5, 4]}
        layers.append(
            {"data": {"values": [{"s": permanent.size}]}, **layer("rule", {"y": y}, rule)}
        )
    if len(points) == 1:
        title = f"A push of {number(points[0]['t'])} needs size {number(points[0]['s'])}"
    return Figure(
        "push",
        title,
        f"Least size of a push for {len(points)} durations.",
        note,
        table,
        {"width": WIDTH - 60, "height": 220, "layer": layers},
    )


def _record(
    system: System,
    permanent: PermanentSupport,
    temporary: TemporaryPush,
    choice: PushChoice | None,
    risks: Sequence[tuple[float, ReboundRisk]],
    shortest: TemporaryPush | None,
) -> dict[str, Any]:
    def plain(value: float) -> float | None:
        return float(value) if math.isfinite(value) else None

    record: dict[str, Any] = {
        "system": system.name,
        "weights": dict(zip(system.unknowns, map(float, temporary.weights), strict=True)),
        "permanent": {
            "size": plain(permanent.size),
            "lasts": permanent.lasts,
            "leaves_at": [float(x) for x in permanent.leaves_at],
            "settles": [float(x) for x in permanent.settles],
        },
        "temporary": [
            {"duration": float(t), "size": plain(size), "cost": plain(cost)}
            for t, size, cost in zip(
                temporary.durations, temporary.sizes, temporary.costs, strict=True
            )
        ],
        "monotone": temporary.monotone,
    }
    if choice is not None:
        record["choice"] = {
            "unknowns": list(choice.unknowns),
            "size": plain(choice.size),
            "cost": plain(choice.cost),
            "exact": choice.exact,
            "tried": [[list(n), plain(s), plain(c)] for n, s, c in choice.tried],
        }
    if shortest is not None:
        record["shortest"] = {
            "size": float(shortest.sizes[0]),
            "duration": plain(shortest.durations[0]),
            "cost": plain(shortest.costs[0]),
        }
    record["risk"] = [
        {
            "margin": margin,
            "share": risk.risk,
            "interval": [risk.low, risk.high],
            "never_left": risk.never_left,
            "fell_back": risk.fell_back,
            "samples": risk.samples,
            "error": risk.error,
            "seed": risk.seed,
        }
        for margin, risk in risks
    ]
    return record
