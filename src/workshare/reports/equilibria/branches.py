"""Branches as findings: the bifurcation diagram, and what happens where."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from workshare.equilibria.branches import Diagram
from workshare.equilibria.classify import stability
from workshare.equilibria.dynamics import Dynamic
from workshare.equilibria.jump import Change
from workshare.reports.figures.figure import Figure
from workshare.reports.figures.style import BLUE, TEXT, VERMILION, WIDTH, field, layer
from workshare.reports.findings import Findings
from workshare.reports.tables import Table, make_table
from workshare.reports.words import number, plural

KINDS = {"fold": "fold", "branch": "branch point", "bound": "bound point"}


def branch_findings(
    found: Diagram,
    parameter: str,
    unknown: str,
    dynamic: Dynamic | None = None,
    change: Change | None = None,
) -> Findings:
    """Return the findings of a diagram along one parameter.

    Parameters
    ----------
    parameter : the one on the horizontal axis.
    unknown : the one on the vertical axis.
    dynamic : under which stability is told.
    change : the labels of a change from one end of the parameter to the other; None: none is told.
    """
    rows = _rows(found, parameter, dynamic or Dynamic())
    branches = _branches(found, parameter, rows)
    return Findings(
        title=f"Branches of {found.system.name} along {parameter}",
        sentences=(*_sentences(found, parameter), *(change.sentences() if change else ())),
        figures=(_diagram(found, parameter, unknown, rows, branches),),
        tables=(
            *((_labels(change),) if change else ()),
            _turns(found, parameter),
            branches,
            _checks(found, parameter),
        ),
        notes=(
            f"Stable under {(dynamic or Dynamic()).name}.",
            "Pseudo-arclength continuation. "
            + (
                found.searched.sentence()
                if found.searched is not None
                else "A closed branch between two checks can be missed."
            ),
            f"Largest residual on a branch: {max((b.largest_residual for b in found.branches), default=0.0):.1e}.",  # noqa: E501
        ),
        record={
            "system": found.system.name,
            "parameter": parameter,
            "turns": [
                {
                    "kind": turn.kind,
                    "parameter": _value(found, parameter, turn.t),
                    "point": [float(x) for x in turn.point],
                    "accuracy": turn.accuracy,
                }
                for turn in found.turns
            ],
            "branches": [
                {"points": b.points.tolist(), "t": b.t.tolist(), "ends": list(b.ends)}
                for b in found.branches
            ],
            "checked": [list(item) for item in found.checked],
            "complete_at_checks": found.complete_at,
            **({"change": _change(change)} if change else {}),
        },
    )


def _change(change: Change) -> dict[str, Any]:
    """Return the labels of a change as plain data."""
    robust = change.robust
    return {
        "by_path": change.by_path,
        "by_rank": change.by_rank,
        "by_basin": change.by_basin,
        "agree": change.agree,
        "ranks": list(change.ranks),
        "complete": change.complete,
        "carried_to": change.carried.t,
        "why": change.carried.reason,
        "proven_to": change.tube.t,
        "robust": None if np.isnan(robust) else [robust, change.robust_low, change.robust_high],
    }


def _labels(change: Change) -> Table:
    columns = (("label", "", "text"), ("says", "", "text"), ("continuous if", "", "text"))
    rows = (
        ("by path", change.by_path, "the first, carried along the path, arrives at the second"),
        ("by order rank", change.by_rank, f"both have one rank: {' and '.join(change.ranks)}"),
        ("by basin", change.by_basin, "the old state, left alone, comes to the second"),
    )
    return make_table("labels", "Continuous or jump", columns, rows)


def _value(found: Diagram, parameter: str, t: float) -> float:
    return float(found.path.values(t)[found.path.names.index(parameter)])


def _sentences(found: Diagram, parameter: str) -> list[str]:
    counts = [(t, count) for t, count, _ in found.checked]
    low, high = min(c for _, c in counts), max(c for _, c in counts)
    many = plural(low, "equilibrium", "equilibria")
    lines = [
        f"Along {parameter} there {'is' if low == 1 else 'are'} {many} throughout."
        if low == high
        else f"Along {parameter} the number of equilibria changes between {low} and {high}."
    ]
    for kind, word in KINDS.items():
        places = [_value(found, parameter, turn.t) for turn in found.turns if turn.kind == kind]
        if places:
            told = ", ".join(dict.fromkeys(number(place, 6) for place in places))
            lines.append(f"{word.capitalize()} at {parameter} = {told}.")
    lost = sum(count - on for _, count, on in found.checked)
    if lost:
        lines.append(f"{plural(lost, 'equilibrium', 'equilibria')} found anew lie on no branch.")
    return lines


def _rows(found: Diagram, parameter: str, dynamic: Dynamic) -> list[dict[str, Any]]:
    """Return one row per point of a branch, with its stability and the piece it belongs to."""
    rows, piece = [], 0
    for place, branch in enumerate(found.branches):
        before = None
        piece += 1
        for x, t in zip(branch.points, branch.t, strict=True):
            here = replace(found.system, parameters=found.path.values(float(t)))
            label = stability(here, x, dynamic, 1e-5).label
            label = "stable" if label == "stable" else "not stable"
            common = {
                "branch": place + 1,
                "t": float(t),
                "value": _value(found, parameter, float(t)),
            }
            row = {**common, "x": [float(v) for v in x], "label": label}
            if before is not None and label != before["label"]:
                # the old piece ends and the new one starts at the turn between them
                joint = _joint(found, parameter, before, row)
                rows.append({**before, **joint})
                piece += 1
                rows.append({**row, **joint, "piece": piece})
            before = {**row, "piece": piece}
            rows.append(before)
    return rows


def _joint(
    found: Diagram, parameter: str, one: dict[str, Any], other: dict[str, Any]
) -> dict[str, Any]:
    """Return the place of the turn between two points of a branch; else the second point."""
    ends = np.array([[*one["x"], one["t"]], [*other["x"], other["t"]]])
    room = float(np.linalg.norm(ends[1] - ends[0])) + 1e-9
    best = {"x": other["x"], "t": other["t"], "value": other["value"]}
    for turn in found.turns:
        place = np.array([*turn.point, turn.t])
        gaps = np.linalg.norm(ends - place, axis=1)
        if float(gaps.sum()) <= 1.5 * room:
            room = float(gaps.sum())
            best = {
                "x": [float(v) for v in turn.point],
                "t": turn.t,
                "value": _value(found, parameter, turn.t),
            }
    return best


def _branches(found: Diagram, parameter: str, rows: list[dict[str, Any]]) -> Table:
    columns = [("branch", "", "number"), ("piece", "", "number"), (parameter, "as given", "number")]
    columns += [(name, "as given", "number") for name in found.system.unknowns]
    columns += [("stability", "", "text")]
    cells = [(r["branch"], r["piece"], r["value"], *r["x"], r["label"]) for r in rows]
    return make_table("branches", "Points of the branches", columns, cells)


def _turns(found: Diagram, parameter: str) -> Table:
    columns = [("what", "", "text"), (parameter, "as given", "number")]
    columns += [(name, "as given", "number") for name in found.system.unknowns]
    rows = [
        (KINDS[turn.kind], _value(found, parameter, turn.t), *map(float, turn.point))
        for turn in found.turns
    ]
    return make_table("turns", "Folds, branch points and bound points", columns, rows)


def _checks(found: Diagram, parameter: str) -> Table:
    columns = (
        (parameter, "as given", "number"),
        ("equilibria found anew", "", "number"),
        ("of these on a branch", "", "number"),
    )
    rows = [(_value(found, parameter, t), count, on) for t, count, on in found.checked]
    return make_table("checks", "Equilibria found anew against the branches", columns, rows)


def _diagram(
    found: Diagram, parameter: str, unknown: str, rows: list[dict[str, Any]], table: Table
) -> Figure:
    column = found.system.unknowns.index(unknown)
    lines = [
        {"p": r["value"], "x": r["x"][column], "piece": r["piece"], "label": r["label"], "order": k}
        for k, r in enumerate(rows)
    ]
    turns = [
        {
            "p": _value(found, parameter, turn.t),
            "x": float(turn.point[column]),
            "kind": KINDS[turn.kind],
        }
        for turn in found.turns
    ]
    x = {**field("p"), "title": parameter, "scale": {"zero": False, "nice": False}}
    y = {**field("x"), "title": unknown, "scale": {"zero": False}}
    labels = ["stable", "not stable"]
    looks = {
        "x": x,
        "y": y,
        "detail": field("piece", "nominal"),
        "order": field("order"),
        "color": {
            **field("label", "nominal"),
            "title": None,
            "scale": {"domain": labels, "range": [BLUE, VERMILION]},
        },
        "strokeDash": {
            **field("label", "nominal"),
            "title": None,
            "scale": {"domain": labels, "range": [[1, 0], [5, 4]]},
        },
    }
    layers = [{"data": {"values": lines}, **layer("line", looks, {"strokeWidth": 2})}]
    if turns:
        kinds = list(dict.fromkeys(turn["kind"] for turn in turns))
        shape: dict[Any, str] = {
            "fold": "circle",
            "branch point": "diamond",
            "bound point": "square",
        }
        marks = {
            **field("kind", "nominal"),
            "title": None,
            "scale": {"domain": kinds, "range": [shape[kind] for kind in kinds]},
        }
        place = {"x": x, "y": y, "shape": marks}
        more = {"filled": True, "color": TEXT, "size": 60, "opacity": 1}
        layers.append({"data": {"values": turns}, **layer("point", place, more)})
    counts = np.array([count for _, count, _ in found.checked])
    title = (
        f"Between {counts.min()} and {counts.max()} equilibria along {parameter}"
        if counts.min() != counts.max()
        else f"{plural(int(counts[0]), 'equilibrium', 'equilibria')} all along {parameter}"
    )
    return Figure(
        "branches",
        title,
        f"{plural(len(found.branches), 'branch', 'branches')} of equilibria, {unknown} against "
        f"{parameter}, with {plural(len(turns), 'marked point')}.",
        "Solid: stable; dashed: not. Points mark folds, crossings, and where a bound is met.",
        table,
        {
            "width": WIDTH - 60,
            "height": 260,
            "layer": layers,
            "resolve": {"scale": {"shape": "independent"}},
        },
    )
