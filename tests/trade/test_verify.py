"""The certificate catches what a solver of level residuals takes for an equilibrium."""

from __future__ import annotations

import numpy as np
import pytest

from trade.level_residuals import solve_in_levels
from trade.worlds import published_pair, random_world
from workshare.trade.agreements import retaliation
from workshare.trade.equilibrium import EquilibriumStatus
from workshare.trade.verify import verify


@pytest.mark.parametrize("name", ["CYP", "TUR", "SVN"])
def test_empty_industries_are_caught_in_the_published_pairs(name: str) -> None:
    """Level residuals of 1e-12 with industries all but empty: entry would pay, so: no equilibrium.

    Our answer on the same problem holds; after retaliation in a world of two, free entry.
    """
    world = published_pair(name)
    ours = retaliation(world, name)
    assert ours.status is EquilibriumStatus.SOLVED
    assert ours.residual < 1e-10
    assert ours.labour.min() > 1e-4
    wage, income, labour, residual = solve_in_levels(world, ours.policy)
    assert residual < 1e-11  # in levels everything looks solved
    assert labour.min() < 1e-9
    lines = {line.name: line for line in verify(world, ours.policy, None, wage, income, labour)}
    assert not lines["entry profit"].holds
    assert lines["entry profit"].value > 5  # the first firm would sell for e^5 times its cost


def test_an_exactly_empty_industry_is_an_equilibrium_only_above_one() -> None:
    """Empty cell: sales per unit of labour go with labour^(mu epsilon - 1)."""
    for product, allowed in ((0.8, False), (1.3, True)):
        epsilon = np.array([4.0, 3.0])
        world = random_world(
            2, 2, "free", trade_elasticity=epsilon, scale_elasticity=product / epsilon
        )
        labour = np.ones((2, 2))
        labour[0, 1] = 0.0
        one = np.ones(2)
        lines = {line.name: line for line in verify(world, None, None, one, one, labour)}
        named = "C0 k1" in lines["entry profit"].meaning
        assert named is not allowed
        if not allowed:
            assert lines["entry profit"].value == np.inf
