"""A simulation saved and read again goes on to the same numbers."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from population.markets import full_market, same
from workshare.errors import ResultError
from workshare.population.checkpoint import load_simulation, save_simulation
from workshare.population.simulate import SimulationOptions, simulate


@pytest.mark.parametrize("mode", ["cohorts", "individuals"])
def test_it_goes_on_from_a_file(tmp_path: Path, mode: str) -> None:
    market = full_market(3000, 2, 4)
    file = tmp_path / "part.npz"
    simulate(
        market,
        SimulationOptions(3, mode),
        after=lambda part: save_simulation(part, file) if part.periods == 2 else None,
    )
    rest = simulate(market, SimulationOptions(5, mode), earlier=load_simulation(file))
    whole = simulate(market, SimulationOptions(5, mode))
    assert same(rest.state, whole.state) and np.array_equal(rest.by_region, whole.by_region)
    assert all(line.holds for line in rest.certificate)


def test_a_truncated_file_is_said_to_be_none(tmp_path: Path) -> None:
    file = tmp_path / "part.npz"
    save_simulation(simulate(full_market(3000, 2, 4), SimulationOptions(1)), file)
    file.write_bytes(file.read_bytes()[:500])
    with pytest.raises(ResultError, match="not a saved simulation"):
        load_simulation(file)
