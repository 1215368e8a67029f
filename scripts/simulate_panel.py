"""Write a simulated panel of 4,000 places with known truth: places.csv and truth.csv.

    python scripts/simulate_panel.py FOLDER [--places N] [--seed N]

Then: workshare equilibria panel FOLDER/places.csv
"""

from __future__ import annotations

import argparse
from pathlib import Path

from workshare.studies.panel.panel import write_panel
from workshare.studies.panel.simulated import SimulationOptions, simulate_panel, write_truth


def main(folder: str, places: int = 4000, seed: int = 0) -> None:
    """Write both tables into a folder, which is made if it is not there."""
    target = Path(folder)
    target.mkdir(parents=True, exist_ok=True)
    panel, truth = simulate_panel(SimulationOptions(places=places, seed=seed))
    print(write_panel(panel, target / "places.csv"))
    print(write_truth(panel, truth, target / "truth.csv"))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", help="where both tables go; made if it is not there")
    parser.add_argument("--places", type=int, default=4000)
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    main(given.folder, given.places, given.seed)
