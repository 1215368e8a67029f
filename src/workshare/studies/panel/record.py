"""A panel's result as the plain dictionaries of ``result.json`` and of the report."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np

from workshare.results import to_jsonable
from workshare.studies.panel.split import ORDERS, summarise
from workshare.studies.panel.study import PanelResult
from workshare.studies.panel.types import is_low, ranks_of

SCHEMA = "workshare.panel/1"


def panel_record(result: PanelResult) -> dict[str, Any]:
    """Return the whole result as plain data; NaN comes out as None."""
    options = result.options
    record = {
        "schema": SCHEMA,
        "status": str(result.status),
        "inputs": result.inputs,
        "first": result.first,
        "last": result.last,
        "years": list(result.panel.years),
        "sectors": list(result.panel.sectors),
        "model": {
            "attraction": str(result.model.attraction),
            "crowding": str(result.model.crowding),
            "base": result.model.base,
            "cross": result.model.cross,
        },
        "estimate": _estimate(result),
        "statistics": result.statistics,
        "certificate": result.certificate,
        "options": {
            "certify": options.enumeration.certify,
            "seed": options.enumeration.seed,
            "draws": options.events.draws,
            "confidence": options.events.confidence,
            "bootstrap_seed": options.events.seed,
        },
        "types": _types(result),
        "labels": _labels(result),
        "split": _splits(result),
        "events": _events(result),
        "places": _places(result),
        "place_years": _place_years(result),
    }
    plain: dict[str, Any] = to_jsonable(record)
    return plain


def _estimate(result: PanelResult) -> dict[str, Any] | None:
    made = result.estimate
    if made is None:
        return None
    names = ("attraction", "attraction_error", "crowding", "crowding_error", "pull", "pull_error",
             "first_stage", "overidentification", "probability", "observations", "clusters",
             "within")  # fmt: skip
    return {name: getattr(made, name) for name in names}


def _types(result: PanelResult) -> list[dict[str, Any]]:
    """Return for each year how many places have which rank, of how many equilibria."""
    found, ranks = result.found, ranks_of(result.found)
    rows = []
    for t, year in enumerate(result.panel.years):
        members = result.members[:, t]
        members = members[members >= 0]
        seen = found.observed[members]
        known = (seen >= 0) & ~found.ill[members]
        low = is_low(found, members)
        several = found.counts[members] > 1
        rows.append(
            {
                "year": year,
                "places": len(members),
                "with_several": int(np.sum(several & known)),
                **{rank: int(np.sum(ranks[seen[known]] == rank))
                   for rank in ("only", "lowest", "middle", "highest")},
                "unknown": int(np.sum(~known)),
                "low": int(np.sum(low == 1)),
                "unstable": int(np.sum(~found.stable[seen[known]])),
                "most": int(found.counts[members].max(initial=0)),
            }
        )  # fmt: skip
    return rows


def _labels(result: PanelResult) -> list[dict[str, Any]]:
    """Return how many places have which three labels."""
    made = result.changes
    table = Counter(zip(made.by_branch, made.by_order, made.by_basin, strict=True))
    return [
        {"by_branch": one, "by_order": two, "by_basin": three, "places": count}
        for (one, two, three), count in sorted(table.items(), key=lambda item: (-item[1], item[0]))
    ]


def _splits(result: PanelResult) -> list[dict[str, Any]]:
    event = result.panel.event_years[result.places]
    between = (event > result.first) & (event <= result.last)
    groups: dict[str, np.ndarray | None] = {"all": None}
    if result.events is not None:
        groups |= {"with event": between, "without event": np.isnan(event)}
    rows = []
    for number, order in enumerate(ORDERS):
        for name, group in groups.items():
            part = summarise(result.split, result.changes, number, group)
            rows.append({"order": order, "group": name, **to_jsonable(part), "share": part.share})
    return rows


def _events(result: PanelResult) -> dict[str, Any] | None:
    made = result.events
    if made is None:
        return None
    return {
        "treated": made.treated,
        "controls": made.controls,
        "skipped": made.skipped,
        "clusters": made.clusters,
        "effects": made.effects,
        "study": made.study,
    }


def _places(result: PanelResult) -> list[dict[str, Any]]:
    made, split, found = result.changes, result.split, result.found
    totals = np.append(np.exp(found.points).sum(axis=1), np.nan)
    event = result.panel.event_years[result.places]

    def total(position: int) -> float:
        return float(totals[position])

    return [
        {
            "place": result.panel.places[place],
            "event_year": None if np.isnan(event[k]) else int(event[k]),
            "by_branch": made.by_branch[k],
            "by_order": made.by_order[k],
            "by_basin": made.by_basin[k],
            "rank_first": made.ranks[0][k],
            "rank_last": made.ranks[1][k],
            "low_first": made.low[k, 0],
            "low_last": made.low[k, 1],
            "old_type": made.lost[0][k],
            "new_type": made.lost[1][k],
            "robust": made.robust[k],
            "fold_at": made.fold_at[k] if made.lost[0][k] == "fold" else None,
            "total_first": total(found.observed[made.before[k]]),
            "total_last": total(found.observed[made.after[k]]),
            "old_type_at_new": total(made.old_type[k]),
            "new_type_at_old": total(made.new_type[k]),
            "change": split.change[k],
            "fundamentals": split.fundamentals[:, k],
            "coordination": split.coordination[:, k],
        }
        for k, place in enumerate(result.places)
    ]


def _place_years(result: PanelResult) -> list[dict[str, Any]]:
    found, ranks = result.found, ranks_of(result.found)
    rows = []
    for i, place in enumerate(result.panel.places):
        for t, year in enumerate(result.panel.years):
            member = int(result.members[i, t])
            if member < 0:
                continue
            part, seen = found.of(member), int(found.observed[member])
            known = seen >= 0 and not found.ill[member]
            rows.append(
                {
                    "place": place,
                    "year": year,
                    "log_fundamentals": found.log_theta[member],
                    "equilibria": int(found.counts[member]),
                    "stable": int(found.stable[part].sum()),
                    "proven": int(found.certified[part].sum()),
                    "rank": ranks[seen] if known else "unknown",
                    "is_stable": bool(found.stable[seen]) if known else None,
                    "totals": np.exp(found.points[part]).sum(axis=1),
                }
            )
    return rows
