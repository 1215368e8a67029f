"""A simulation on disk between two periods, so that long work survives the machine.

One ``.npz`` file without pickles; it is written beside and moved into place, so that a file under
its name is always whole.
"""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

import numpy as np

from workshare.errors import ResultError
from workshare.population.individuals import RegionPeople
from workshare.population.labour_market import Simulation
from workshare.population.rules import State
from workshare.results import Status

_STATE = ("formal", "informal", "unemployed", "training", "vacancies")
_ARRAYS = ("by_region", "by_occupation", "flows", "moves")


def save_simulation(simulation: Simulation, path: str | Path) -> None:
    """Write a simulation, records included, so that it can be continued."""
    target = Path(path)
    told = {name: getattr(simulation, name) for name in ("periods", "mode", "seed", "inputs")}
    told |= {"status": simulation.status.value, "regions": simulation.regions}
    told |= {"occupations": simulation.occupations, "people": len(simulation.people or [])}
    arrays: dict[str, Any] = {name: getattr(simulation, name) for name in _ARRAYS}
    arrays |= {name: getattr(simulation.state, name) for name in _STATE}
    for region, here in enumerate(simulation.people or []):
        for name in ("jobs", "start", "pool", "first"):
            arrays[f"{name}_{region}"] = getattr(here, name)
    beside = target.with_name(target.name + ".part")
    with beside.open("wb") as file:
        np.savez(file, told=np.array(json.dumps(told)), **arrays)
    beside.replace(target)


def load_simulation(path: str | Path) -> Simulation:
    """Return a simulation written by :func:`save_simulation`; its certificate is not kept.

    Raises
    ------
    ResultError : the file is not there, truncated, or not such a file.
    """
    try:
        with np.load(path, allow_pickle=False) as held:
            told = json.loads(str(held["told"]))
            people = [
                RegionPeople(*(held[f"{name}_{k}"] for name in ("jobs", "start", "pool", "first")))
                for k in range(told["people"])
            ]
            return Simulation(
                Status(told["status"]),
                told["periods"],
                held["by_region"],
                held["by_occupation"],
                held["flows"],
                held["moves"],
                State(*(held[name] for name in _STATE)),
                people or None,
                (),
                tuple(told["regions"]),
                tuple(told["occupations"]),
                told["mode"],
                told["seed"],
                told["inputs"],
            )
    except (OSError, ValueError, KeyError, zipfile.BadZipFile) as error:
        raise ResultError(f"{path} is not a saved simulation ({error}); simulate again") from None
