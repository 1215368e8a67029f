"""A classification as findings: the table of types, and where states go."""

from __future__ import annotations

from typing import Any

import numpy as np

from workshare.equilibria.classify import Classification
from workshare.reports.figures.figure import Figure
from workshare.reports.figures.style import (
    BLUE,
    GREEN,
    GREY,
    ORANGE,
    PURPLE,
    SKY,
    TEXT,
    VERMILION,
    WIDTH,
    field,
    layer,
)
from workshare.reports.findings import Findings
from workshare.reports.tables import Table, make_table
from workshare.reports.words import percent, plural

COLOURS = (BLUE, ORANGE, GREEN, VERMILION, PURPLE, SKY)
NOWHERE = "none"
MOST_DOTS = 1000


def type_findings(found: Classification) -> Findings:
    """Return the findings of a classification."""
    figures = () if found.basins is None else (_basin_figure(found),)
    return Findings(
        title=f"Types of equilibria of {found.system.name}",
        sentences=tuple(_sentences(found)),
        figures=figures,
        tables=(_types(found), _eigenvalues(found)),
        notes=tuple(_notes(found)),
        record=_record(found),
    )


def _sentences(found: Classification) -> list[str]:
    if not found.types:
        said = "There is no equilibrium" if found.complete else "No equilibrium was found"
        return [f"{said}."]
    stable = [k for k, item in enumerate(found.types) if item.stability.label == "stable"]
    known = "" if found.complete else "; there may be more equilibria"
    total = plural(len(found.types), "equilibrium", "equilibria")
    lines = [
        f"{len(stable)} of {total} {'is' if len(stable) == 1 else 'are'} stable under "
        f"{found.dynamic.name}{known}."
    ]
    for k in stable:
        item = found.types[k]
        if item.basin is None or found.basins is None:
            continue
        low, high = percent(item.basin.low), percent(item.basin.high)
        lines.append(
            f"Equilibrium {k + 1} ({item.rank}) draws {percent(item.basin.share)} of the sampled "
            f"states ({percent(found.basins.confidence)} interval {low} to {high})."
        )
    if found.alarm:
        lines.append(f"An equilibrium may be missing: {found.alarm}.")
    return lines


def _notes(found: Classification) -> list[str]:
    dynamic = found.dynamic
    moves = "x moves to x + residual each period" if dynamic.kind == "map" else "dx/dt = residual"
    lines = [f"Dynamic {dynamic.name}: {moves}; stability is said of an equilibrium and a dynamic."]
    if dynamic.at_once:
        lines.append(f"Cleared at once: {', '.join(dynamic.at_once)}.")
    if dynamic.free_to_jump:
        lines.append(f"Free to jump: {', '.join(dynamic.free_to_jump)}.")
    if found.basins is not None:
        lines.append(
            f"Basins: {found.basins.samples} states drawn evenly between the bounds (seed "
            f"{found.basins.seed}); {found.basins.undecided} had not come to rest."
        )
    lines.append(f"Sum of indices: {found.index_sum}.")
    return lines


def _types(found: Classification) -> Table:
    columns = [("equilibrium", "", "number")]
    columns += [(name, "as given", "number") for name in found.system.unknowns]
    columns += [
        ("rank", "", "text"),
        ("stability", "", "text"),
        ("index", "", "number"),
        ("repelling directions", "", "number"),
        ("speed of return", "1/time", "number"),
        ("basin", "share", "number"),
        ("basin, lower end", "share", "number"),
        ("basin, upper end", "share", "number"),
        ("proven part of basin", "share", "number"),
    ]
    rows = []
    for k, item in enumerate(found.types):
        basin, inner, speed = item.basin, item.inner, item.stability.speed
        rows.append(
            (
                k + 1,
                *map(float, item.point),
                item.rank,
                item.stability.label,
                item.stability.index,
                item.stability.unstable,
                speed if np.isfinite(speed) else None,
                *((basin.share, basin.low, basin.high) if basin else (None, None, None)),
                None if inner is None else inner.volume,
            )
        )
    return make_table("types", "Types of equilibria", columns, rows)


def _eigenvalues(found: Classification) -> Table:
    columns = (
        ("equilibrium", "", "number"),
        ("number", "", "number"),
        ("real part", "1/time", "number"),
        ("imaginary part", "1/time", "number"),
    )
    rows = [
        (k + 1, place + 1, root.real, root.imag)
        for k, item in enumerate(found.types)
        for place, root in enumerate(item.stability.eigenvalues)
    ]
    return make_table("eigenvalues", "Eigenvalues, the least stable first", columns, rows)


def _basin_figure(found: Classification) -> Figure:
    """Return the picture of sampled states by the equilibrium they come to."""
    basins = found.basins
    assert basins is not None
    drawn = [k for k, n in enumerate(found.system.unknowns) if n not in found.dynamic.at_once]
    across, names = drawn[:2], found.system.unknowns
    labels = [f"{k + 1} ({item.rank})" for k, item in enumerate(found.types)] + [NOWHERE]
    columns = [(names[k], "as given", "number") for k in across] + [("comes to", "", "text")]
    rows = [
        (*(float(state[k]) for k in across), labels[goal])
        for state, goal in zip(basins.starts[:MOST_DOTS], basins.reached[:MOST_DOTS], strict=True)
    ]
    table = make_table("basins", "Sampled states and where they come to", columns, rows)
    used = [label for label in labels if any(row[-1] == label for row in rows)]
    colours = [COLOURS[labels.index(u) % len(COLOURS)] if u != NOWHERE else GREY for u in used]
    dots = [
        {"x": row[0], "y": row[1] if len(across) > 1 else None, "goal": row[-1]} for row in rows
    ]
    rest = [
        {
            "x": float(item.point[across[0]]),
            "y": float(item.point[across[1]]) if len(across) > 1 else None,
            "kind": "stable" if item.stability.label == "stable" else "not stable",
        }
        for item in found.types
    ]
    scale = {"domain": used, "range": colours}
    x = {**field("x"), "title": names[across[0]], "scale": {"zero": False}}
    y: dict[str, Any] = {**field("goal", "nominal"), "title": "comes to", "sort": used}
    if len(across) > 1:
        y = {**field("y"), "title": names[across[1]], "scale": {"zero": False}}
    colour = {**field("goal", "nominal"), "title": "comes to", "scale": scale}
    marks = {
        **field("kind", "nominal"),
        "title": "equilibrium",
        "scale": {"domain": ["stable", "not stable"], "range": ["diamond", "cross"]},
    }
    layers = [
        {
            "data": {"values": dots},
            **layer(
                "tick" if len(across) == 1 else "circle",
                {"x": x, "y": y, "color": colour},
                {"opacity": 0.6, **({"size": 22} if len(across) > 1 else {"thickness": 1})},
            ),
        }
    ]
    if len(across) == 1:
        kinds = {
            **field("kind", "nominal"),
            "title": "equilibrium",
            "scale": {"domain": ["stable", "not stable"], "range": [[1, 0], [3, 3]]},
        }
        lines = layer("rule", {"x": x, "strokeDash": kinds}, {"color": TEXT, "strokeWidth": 1.5})
        layers.append({"data": {"values": rest}, **lines})
    else:
        place = {"x": x, "y": y, "shape": marks}
        layers.append(
            {
                "data": {"values": rest},
                **layer("point", place, {"filled": True, "color": TEXT, "size": 70, "opacity": 1}),
            }
        )
    shares = [item.basin.share for item in found.types if item.basin is not None]
    title = "No sampled state comes to an equilibrium"
    if shares and max(shares) > 0:
        best = int(np.argmax(shares))
        title = f"Equilibrium {labels[best]} draws {percent(shares[best])} of the sampled states"
    more = " Only the first two unknowns are shown." if len(drawn) > 2 else ""
    return Figure(
        "basins",
        title,
        f"{len(rows)} sampled states, coloured by the equilibrium each comes to.",
        f"States drawn evenly between the bounds and moved under {found.dynamic.name}.{more}",
        table,
        {
            "width": WIDTH - 60,
            "height": 240 if len(across) > 1 else 30 * len(used),
            "layer": layers,
        },
    )


def _record(found: Classification) -> dict[str, Any]:
    return {
        "system": found.system.name,
        "parameters": dict(
            zip(found.system.parameter_names, map(float, found.system.parameters), strict=True)
        ),
        "unknowns": list(found.system.unknowns),
        "dynamic": {
            "name": found.dynamic.name,
            "kind": found.dynamic.kind,
            "at_once": list(found.dynamic.at_once),
            "free_to_jump": list(found.dynamic.free_to_jump),
        },
        "complete": found.complete,
        "index_sum": found.index_sum,
        "alarm": found.alarm,
        "types": [
            {
                "point": [float(x) for x in item.point],
                "rank": item.rank,
                "stability": item.stability.label,
                "index": item.stability.index,
                "held": list(item.stability.held),
                "eigenvalues": [[root.real, root.imag] for root in item.stability.eigenvalues],
                "basin": None
                if item.basin is None
                else [item.basin.share, item.basin.low, item.basin.high],
                "proven_basin": None
                if item.inner is None
                else [item.inner.lower.tolist(), item.inner.upper.tolist()],
            }
            for item in found.types
        ],
        "samples": None
        if found.basins is None
        else {
            "number": found.basins.samples,
            "seed": found.basins.seed,
            "elsewhere": found.basins.elsewhere,
            "undecided": found.basins.undecided,
        },
    }
