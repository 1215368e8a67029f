"""Bands from seeds: ordered, around the expected values, the same for any number of processes."""

from __future__ import annotations

import numpy as np
import pytest

from workshare.errors import OptionError
from workshare.population import SimulationOptions, bands, simulate, synthetic_market


def test_bands_hold_the_expected_values() -> None:
    market = synthetic_market(regions=2, occupations=3, workers=20_000)
    found = bands(market, SimulationOptions(periods=5), range(40))
    low, _, high = found.unemployment
    assert (low <= high).all() and (high[1:] > low[1:]).all()
    mean = simulate(market, SimulationOptions(periods=5, mode="expected")).beveridge[:, 0]
    assert (low - 1e-4 <= mean).all() and (mean <= high + 1e-4).all()
    assert found.seeds == tuple(range(40)) and not found.interrupted
    with pytest.raises(OptionError, match="at least one seed"):
        bands(market, SimulationOptions(periods=1), [])


@pytest.mark.slow
def test_processes_do_not_change_bands() -> None:
    market = synthetic_market(regions=2, occupations=3, workers=2000)
    one = bands(market, SimulationOptions(periods=3), range(4))
    two = bands(market, SimulationOptions(periods=3), range(4), workers=2)
    assert np.array_equal(one.by_region, two.by_region)
