"""What a search for equilibria found, as findings: sentences, the points, the checks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from workshare.reports.equilibria.portraits import portrait_figure
from workshare.reports.findings import Findings
from workshare.reports.tables import Table, make_table

LEVELS = {
    "PROVED": "every equilibrium is proven to be among these",
    "PROB-1": "complete with probability one over random constants; every root is certified",
    "BRACKETED": "least and greatest are certified; what lies between may be incomplete",
    "INDEX-CONSISTENT": "the indices add up as topology demands; there may still be more",
    "SEARCHED": "found from many starts; there may be more",
}
"""What each level of completeness means, for a reader."""


def found_findings(record: Mapping[str, Any], picture: Mapping[str, Any] | None = None) -> Findings:
    """Return the findings of ``workshare.equilibria.summary``'s record.

    Parameters
    ----------
    picture : the record of ``workshare.equilibria.portrait``; None: no figure.
    """
    level = record["completeness"]
    sentences = [record["sentence"]]
    certified = sum(item["certified"] for item in record["equilibria"])
    total = len(record["equilibria"])
    if total:
        sentences.append(f"{certified} of {total} certified, each the only root in its box.")
    if record["candidates"]:
        sentences.append(
            f"{len(record['candidates'])} further points solve the equations or nearly do and are "
            "kept as candidates, each with the reason it is no equilibrium."
        )
    if record["status"] != "finished":
        sentences.append(f"The search ended as {record['status'].replace('_', ' ')}.")
    return Findings(
        title=f"Equilibria of {record['system']}",
        sentences=tuple(sentences),
        figures=() if picture is None else (portrait_figure(record, picture),),
        tables=(
            _points(record, "equilibria", "Equilibria"),
            _points(record, "candidates", "Candidates that are no equilibria, and why"),
            _checks(record),
        ),
        notes=(
            f"{level}: {LEVELS[level]}.",
            f"Method: {record['method']}; seed {record['seed']}. "
            + ", ".join(f"{name}: {value:g}" for name, value in record["statistics"].items()),
            f"Sum of indices: {record['index_sum']}.",
        ),
        record=record if picture is None else {**record, "picture": dict(picture)},
    )


def _points(record: Mapping[str, Any], key: str, title: str) -> Table:
    """Return points as a table, one row each."""
    columns = [("number", "count", "number")]
    columns += [(name, "as given", "number") for name in record["unknowns"]]
    columns += [
        ("half-width of box", "as given", "number"),
        ("certified", "", "text"),
        ("index", "sign", "number"),
        ("residual", "as given", "number"),
        ("kind", "", "text"),
        ("note", "", "text"),
    ]
    rows = [
        [
            number,
            *item["point"],
            max(item["radius"], default=0.0),
            bool(item["certified"]),
            item["index"],
            item["residual"],
            item["kind"],
            item["note"],
        ]
        for number, item in enumerate(record[key], start=1)
    ]
    return make_table(key, title, columns, rows)


def _checks(record: Mapping[str, Any]) -> Table:
    """Return the certificate as a table."""
    columns = [
        ("check", "", "text"),
        ("value", "count", "number"),
        ("holds", "", "text"),
        ("meaning", "", "text"),
    ]
    rows = [
        [line["name"], line["value"], bool(line["holds"]), line["meaning"]]
        for line in record["certificate"]
    ]
    return make_table("checks", "Checks of the search", columns, rows)
