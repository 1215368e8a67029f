"""The parts of a welfare change: they add up, and vanish where theory says so."""

from __future__ import annotations

import numpy as np
import pytest

from trade.worlds import balanced_world, published_world, random_policy, random_shock, random_world
from workshare.trade.agreements import cooperate
from workshare.trade.decomposition import PARTS, decompose
from workshare.trade.equilibrium import solve_equilibrium
from workshare.trade.taxes import Policy, Shock


@pytest.mark.parametrize("kind", ["restricted", "free", "both"])
def test_the_parts_add_up_for_any_change(kind: str) -> None:
    markups = {"markups": np.array([0.1, 0.3, 0.2])} if kind == "both" else {}
    for balanced in (True, False):
        world = random_world(
            4, 3, "restricted" if kind == "restricted" else "free", balanced=balanced, **markups
        )
        answer = solve_equilibrium(world, random_policy(world), random_shock(world))
        parts = decompose(answer)
        assert parts.certificate[0].holds
        total = sum(getattr(parts, name) for name in PARTS)
        assert total == pytest.approx(100 * np.log(answer.welfare), abs=1e-6)


def test_what_is_not_there_is_zero() -> None:
    # without markups and scale economies reallocation is worth nothing under tariffs
    plain = random_world(3, 2, scale_elasticity=np.zeros(2))
    parts = decompose(solve_equilibrium(plain, random_policy(plain, size=0.0)))
    tariffs = np.array(plain.tariffs) * 1.5
    parts = decompose(solve_equilibrium(plain, Policy(tariffs)))
    assert np.abs(parts.own_efficiency).max() < 1e-7
    assert np.abs(parts.profit_shifting).max() < 1e-9
    assert np.abs(parts.outside).max() == 0
    # a uniform markup has no profit to shift
    uniform = random_world(3, 2, scale_elasticity=np.full(2, 0.2))
    parts = decompose(solve_equilibrium(uniform, Policy(np.array(uniform.tariffs) * 1.5)))
    assert np.abs(parts.profit_shifting).max() < 1e-6
    # free entry has no profit
    free = random_world(3, 2, "free")
    parts = decompose(solve_equilibrium(free, random_policy(free)))
    assert np.abs(parts.profit_shifting).max() == 0


def test_terms_of_trade_cancel_to_first_order_over_the_world() -> None:
    """What one gains at the border another pays: sums weighted by spending are of second order."""
    world = balanced_world("restricted", 3, 2)
    tariffs = np.zeros((3, 3, 2))
    tariffs[1:, 0] = 1e-4
    parts = decompose(solve_equilibrium(world, Policy(tariffs)))
    assert abs(world.spending @ parts.terms_of_trade) < 1e-3 * (
        world.spending @ np.abs(parts.terms_of_trade)
    )


def test_a_labour_force_that_grows_is_outside() -> None:
    world = balanced_world("free", 2, 1)
    parts = decompose(solve_equilibrium(world, None, Shock(labour=np.array([1.1, 1.1]))))
    mu = world.scale_elasticity[0]
    assert parts.outside == pytest.approx(100 * (1 + mu) * np.log(1.1), abs=1e-6)


def test_immiserizing_policy_is_flagged_in_the_published_world() -> None:
    """Unilateral subsidies alone make most countries poorer: reallocation gains, W falls."""
    world = published_world("restricted")
    for name, flagged in {"BEL": True, "USA": False}.items():
        parts = decompose(cooperate(world, "subsidies", [name]).equilibrium)
        place = world.country(name)
        assert parts.immiserizing[place] is flagged
        if flagged:
            assert parts.own_efficiency[place] + parts.profit_shifting[place] > 0
            assert parts.terms_of_trade[place] < 0
