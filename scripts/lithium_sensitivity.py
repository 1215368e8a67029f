"""Print what the case ``lithium`` says under other demand, prices and duties.

Usage: ``python scripts/lithium_sensitivity.py``. Each line changes one thing of the case, computes
the uncoordinated and the least-cost outcome, and says who makes what at least cost. The numbers of
docs/cases/lithium.md come from here.
"""

from __future__ import annotations

import csv
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from lithium_tables import DEFAULT_CASE
from workshare.region import Region, read_region
from workshare.studies.coordinate import coordinate
from workshare.studies.outcome import Outcome
from workshare.studies.result import CoordinationResult

STEPS = ("cathode", "cell", "pack", "car")
Row = dict[str, str]


def variants() -> Iterator[tuple[str, Region]]:
    """Yield the case as it is and with one thing changed."""
    for demand in ("low", "base", "high"):
        yield f"demand: {demand}", read_region("lithium", demand)
    for price in (49.0, 43.0):
        yield f"Chinese cells at {price:g} USD/kWh", changed("outside", cells_at(price))
    yield "Brazil's duty on electric cars 35 %", changed("tariffs", brazilian_duty)


def cells_at(price: float) -> Callable[[Row], None]:
    """Return the change that sets the outside price of cells, and of packs in proportion."""

    def change(row: Row) -> None:
        if row["good"] in ("cell", "pack") and row["field"] == "price":
            row["value"] = f"{float(row['value']) * price / 59.0:.6g}"

    return change


def brazilian_duty(row: Row) -> None:
    """Set the duty that Brazil's law foresees for electric cars from July 2026."""
    outside = row["origin"] == "world" or "car_origin_rule" in row["source"]
    if row["importer"] == "BRA" and row["good"] == "car" and outside:
        row["value"] = "35"


def changed(table: str, change: Callable[[Row], None]) -> Region:
    """Return the case with a change made to every row of one table."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "lithium"
        shutil.copytree(DEFAULT_CASE, copy)
        path = copy / f"{table}.csv"
        with path.open(encoding="utf-8", newline="") as file:
            reader = csv.DictReader(file)
            names, rows = list(reader.fieldnames or ()), list(reader)
        for row in rows:
            change(row)
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, names, lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)
        return read_region(copy)


def makers(outcome: Outcome) -> str:
    """Return who makes what of the steps after lithium, with output."""
    parts = []
    for step in STEPS:
        made: dict[str, float] = {}
        for plant in outcome.plants:
            if plant.group.activity == step and plant.output > 1e-6:
                made[plant.participant] = made.get(plant.participant, 0.0) + plant.output
        text = ", ".join(f"{code} {output:.0f}" for code, output in made.items())
        parts.append(f"{step}: {text or 'nobody'}")
    return "; ".join(parts)


def line(name: str, result: CoordinationResult) -> str:
    """Return the lines printed for one variant."""
    loss = result.price_of_non_coordination
    losers = {code: value for code, value in loss["by_participant"].items() if value < -0.5}
    repeated = result.to_dict()["outcomes"]["uncoordinated"]["duplications"]
    extra = sum(duplication["extra"] for duplication in repeated)
    return (
        f"{name}\n"
        f"  price of non-coordination {loss['value']:.0f} M USD a year, "
        f"{100 * loss['share_of_gdp']:.3f} % of GDP; gap {100 * result.gap:.4f} % "
        f"({result.status})\n"
        f"  loses: {', '.join(f'{k} {-v:.0f}' for k, v in losers.items()) or 'nobody'}; "
        f"duplicated fixed cost {extra:.0f} M USD a year "
        f"({', '.join(d['activity'] for d in repeated) or 'none'})\n"
        f"  uncoordinated: {makers(result.outcomes['uncoordinated'])}\n"
        f"  least cost:    {makers(result.outcomes['coordinated'])}\n"
    )


def main() -> int:
    """Print every variant; return an exit code."""
    for name, region in variants():
        sys.stdout.write(line(name, coordinate(region, scenarios=["least_cost"])))
        sys.stdout.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main())
