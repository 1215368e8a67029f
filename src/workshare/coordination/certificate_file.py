"""A certificate on disk: everything needed to add it up again, by anybody, without this package.

``contrib/check_certificate.py`` does so with the standard library alone. The format, and what it
can and cannot show, is described field by field in docs/certificate-file.md.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from workshare.arrays import Array
from workshare.coordination.certificate import Certificate
from workshare.coordination.problem import Problem, total_contribution
from workshare.coordination.solve import Solution
from workshare.errors import ResultError
from workshare.market import Market
from workshare.response import Point

SCHEMA = "workshare.certificate/1"
"""Name and version of the format; a change that breaks readers adds one."""


def certificate_document(
    problem: Problem, solution: Solution, certificate: Certificate
) -> dict[str, Any]:
    """Return a certificate as JSON values: lists, texts, numbers, True, False and None.

    Money is M per year, contributions are net supply in the problem's own units, None stands for a
    number that is infinite or not known. ``digest`` is the SHA-256 of all the rest.

    Parameters
    ----------
    certificate : what :func:`~workshare.coordination.certificate.certify` returned for the same
        problem and solution.
    """
    points = solution.selection.points
    market = problem.market.form
    total = total_contribution(points, problem.dimensions)
    cleared = problem.market.evaluate(total)
    cost = math.fsum(point.cost for point in points)
    support = math.fsum(market.support_terms(solution.row_prices).tolist())
    document = {
        "schema": SCHEMA,
        "status": certificate.status,
        "stated": {
            "value": certificate.value,
            "cost": cost,
            "market_value": cleared.value,
            "bound": _number(certificate.bound),
            "dual_bound": _number(certificate.dual_bound),
            "support": support,
            "bregman": certificate.bregman,
            "gap": _number(certificate.gap_absolute),
        },
        "told": {
            "gap_relative": _number(certificate.gap),
            "inexact": certificate.basis.inexact,
            "rounds_left": _number(certificate.basis.rounds_left),
            "allowed_gap": _number(certificate.allowed_gap),
            "menus_within": _menus_within(solution, certificate),
            "mixed": len(solution.mixed),
            "rests_on": list(certificate.basis.sentences()),
        },
        "prices": solution.row_prices.tolist(),
        "market": _market(market, cleared.v),
        "participants": _participants(problem, solution, certificate),
    }
    return {"digest": digest(document), **document}


def _menus_within(solution: Solution, certificate: Certificate) -> float | None:
    """Return the slack of the complete menus that the bound rests on; None if on prices alone."""
    if certificate.status == "exact":
        return float(max(0.0, certificate.value - certificate.dual_bound))
    return solution.within or None


def digest(document: Mapping[str, Any]) -> str:
    """Return the SHA-256 of a document's canonical text, its own ``digest`` left out."""
    rest = {key: value for key, value in document.items() if key != "digest"}
    text = json.dumps(rest, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()


def write_certificate(document: Mapping[str, Any], path: str | Path) -> Path:
    """Write a document of :func:`certificate_document`, whole or not at all, and return its path.

    One participant a line, so that a version control system shows who changed.
    """
    lines = []
    for key, value in document.items():
        if key == "participants":
            rows = ",\n".join(json.dumps(item, allow_nan=False) for item in value)
            lines.append(f'"participants": [\n{rows}\n]')
        else:
            lines.append(f"{json.dumps(key)}: {json.dumps(value, allow_nan=False)}")
    target = Path(path)
    part = target.with_name(target.name + ".part")
    part.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")
    return part.replace(target)


def read_certificate(path: str | Path) -> dict[str, Any]:
    """Return the document of a saved certificate.

    Raises
    ------
    ResultError : it is no certificate, of another version, or was changed since it was written.
    """
    try:
        found = json.loads(Path(path).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ResultError(f"{path}: cannot be read as a certificate ({error})") from None
    schema = found.get("schema") if isinstance(found, dict) else None
    if schema != SCHEMA:
        raise ResultError(f"{path}: schema must be {SCHEMA!r}, received {schema!r}")
    if found.get("digest") != digest(found):
        raise ResultError(f"{path}: its digest does not fit; it was changed since it was written")
    return dict(found)


def _number(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None


def _entries(values: Array) -> list[list[float]]:
    """Return the entries of a row that are not zero, as pairs of place and figure."""
    return [[int(k), float(values[k])] for k in np.flatnonzero(values)]


def _market(market: Market, levels: Array) -> dict[str, Any]:
    columns = market.rows.tocsc()
    listed = []
    for j, unmet in enumerate(market.is_unmet.tolist()):
        own = slice(columns.indptr[j], columns.indptr[j + 1])
        listed.append(
            {
                "kind": market.columns[j].kind,
                "cost": float(market.cost[j]),
                "curvature": float(market.curvature[j]),
                "lower": _number(market.lower[j]),
                "upper": _number(market.upper[j]),
                "unmet": unmet,
                "scale": float(market.column_scale[j]),
                "level": float(levels[j]),
                "rows": [
                    [int(row), float(entry)]
                    for row, entry in zip(columns.indices[own], columns.data[own], strict=True)
                ],
            }
        )
    return {
        "dimensions": market.dimensions,
        "row_scale": market.row_scale.tolist(),
        "columns": listed,
    }


def _participants(
    problem: Problem, solution: Solution, certificate: Certificate
) -> list[dict[str, Any]]:
    together = problem.participants
    honest = together.honest
    basis = certificate.basis
    unproven, remembered = set(basis.unproven), set(basis.remembered)
    ends = np.cumsum(together.multiplicity)
    listed = []
    for k, name in enumerate(together.ids):
        copies = int(together.multiplicity[k])
        own = solution.selection.points[int(ends[k]) - copies : int(ends[k])]
        listed.append(
            {
                "name": name,
                "copies": copies,
                "answer": _number(certificate.answers[k]),
                "proven": name not in unproven,
                "source": "told" if honest[k] else "computed",
                "remembered": name in remembered,
                "uplift": _number(certificate.uplifts[name]),
                "plans": _plans(own),
            }
        )
    return listed


def _plans(points: Sequence[Point]) -> list[dict[str, Any]]:
    """Return the plans of one participant's copies, those that are the same counted."""
    kinds: dict[tuple[str, bytes], list[Point]] = {}
    for point in points:
        kinds.setdefault((point.plan.id, point.levels.tobytes()), []).append(point)
    return [
        {
            "plan": same[0].plan.id,
            "copies": len(same),
            "cost": float(same[0].cost),
            "contribution": _entries(same[0].contribution),
        }
        for same in kinds.values()
    ]
