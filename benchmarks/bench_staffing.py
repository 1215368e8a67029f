"""Staffing at full size: 539 occupations and their mobility network, cold and warm.

The network, employment and wages are public (United States, CC BY 4.0) and not shipped; without
them nothing is measured. Skill gaps are drawn at random: they do not change the size.
"""

from __future__ import annotations

import csv
import time
from pathlib import Path

import numpy as np

from measure import figure
from workshare.population import LabourPool, Specialisation, training_moves
from workshare.population.staffing import staffing_program

FOLDER = Path(__file__).parents[2] / "shared" / "data" / "population" / "mobility"


def main() -> None:
    """Measure the first programme and those that start from it."""
    if not FOLDER.is_dir():
        return
    with (FOLDER / "occ_names_bls_minor_major.csv").open() as file:
        rows = list(csv.DictReader(file))
    place = {row["OCC_CODE"]: k for k, row in enumerate(rows)}
    people = np.array([float(row["TOT_EMP"]) for row in rows])
    wages = np.array([float(row["A_MEAN"] or 0) for row in rows])
    with (FOLDER / "asec_to_bls_mobility_edgelist.csv").open() as file:
        edges = [
            (place[row["OCC_source"]], place[row["OCC_target"]])
            for row in csv.DictReader(file)
            if row["OCC_source"] in place and row["OCC_target"] in place
        ]
    origin, target = np.array(edges).T
    draw = np.random.default_rng(0)
    codes = tuple(place)
    moves = training_moves(codes, (origin, target), wages, draw.uniform(0.02, 0.3, origin.size))
    pool = LabourPool(
        codes, 0.05 * people, people, wages, np.full(people.size, 0.02), 0.005 * people
    )
    chosen = draw.choice(len(codes), 25, replace=False)
    posts = {codes[k]: float(draw.uniform(1, 10)) for k in chosen}
    start = time.perf_counter()
    program, needed = staffing_program(pool, moves, Specialisation("x", posts), 36.0)
    largest = program.largest_scale(needed)
    begun = time.perf_counter()
    program.cheapest(0.2 * largest * needed)
    figure("staffing: moves", moves.origin.size, "moves")
    figure("staffing: cold", time.perf_counter() - begun, "s", 0.15)
    figure("staffing: cold, with making it and its largest scale", begun - start, "s")
    times = []
    for share in np.linspace(0.1, 0.95, 20):
        begun = time.perf_counter()
        program.cheapest(share * largest * needed)
        times.append(time.perf_counter() - begun)
    figure("staffing: warm, median of 20 scales", float(np.median(times)), "s", 0.02)


if __name__ == "__main__":
    main()
