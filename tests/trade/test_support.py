"""Subsidies that support changes of output: reached, invertible, and honest about what is not."""

from __future__ import annotations

import numpy as np
import pytest

from trade.worlds import random_world
from workshare.errors import EconomyError
from workshare.trade.equilibrium import solve_equilibrium
from workshare.trade.support import SupportStatus, supporting_subsidies
from workshare.trade.taxes import Policy


@pytest.mark.parametrize("entry", ["restricted", "free"])
def test_targets_are_reached_and_give_the_subsidies_back(entry: str) -> None:
    """Choose subsidies, look at the outputs, ask for those: the same subsidies come back."""
    world = random_world(4, 3, entry)
    subsidies = np.zeros((4, 3))
    subsidies[0, 1], subsidies[2, 0] = 0.1, -0.05
    answer = solve_equilibrium(world, Policy(production_subsidies=subsidies))
    power = 1 + world.scale_elasticity if entry == "free" else 1.0
    targets = np.full((4, 3), np.nan)
    targets[0, 1], targets[2, 0] = (answer.labour**power)[0, 1], (answer.labour**power)[2, 0]
    found = supporting_subsidies(world, targets)
    assert found.status is SupportStatus.SUPPORTED
    assert found.subsidies == pytest.approx(subsidies, abs=1e-6)
    assert found.equilibrium.welfare == pytest.approx(answer.welfare, abs=1e-8)


def test_no_change_needs_no_subsidy() -> None:
    world = random_world(3, 2)
    assert np.abs(supporting_subsidies(world, np.ones((3, 2))).subsidies[0, 0]) < 1e-6
    none = supporting_subsidies(world, np.full((3, 2), np.nan))
    assert none.status is SupportStatus.SUPPORTED
    assert none.subsidies.max() == 0


def test_what_is_not_there_is_left_out_and_told() -> None:
    flows = np.array(random_world(3, 2).flows)
    flows[1, :, 0] = 0
    from workshare.trade.economy import implied_deficits

    tariffs = random_world(3, 2).tariffs
    world = random_world(3, 2, flows=flows, deficits=implied_deficits(flows, tariffs))
    targets = np.full((3, 2), np.nan)
    targets[1, 0], targets[0, 0] = 2.0, 1.1
    found = supporting_subsidies(world, targets)
    assert found.status is SupportStatus.PARTLY
    assert found.left_out == (("C1", "k0"),)
    assert found.gap < 1e-6


def test_impossible_targets_are_not_found() -> None:
    """All industries of a country cannot grow tenfold with the same labour."""
    world = random_world(3, 2)
    targets = np.full((3, 2), np.nan)
    targets[0] = 10.0
    assert supporting_subsidies(world, targets).status is SupportStatus.NOT_FOUND


def test_faults_of_targets() -> None:
    world = random_world(3, 2)
    targets = np.full((3, 2), np.nan)
    targets[2, 1] = -1
    with pytest.raises(EconomyError, match="country C2, industry k1"):
        supporting_subsidies(world, targets)
