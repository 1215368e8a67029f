"""Carbon along supply chains: totals, efficiency to first order, the limit without inputs."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from trade.worlds import random_world
from workshare.trade.carbon import (
    border_adjustment,
    carbon_subsidies,
    embodied_intensities,
    emissions,
    emissions_with_inputs,
)
from workshare.trade.economy import Economy
from workshare.trade.equilibrium import solve_equilibrium
from workshare.trade.input_output import accounts_of, solve_with_inputs


def chained(seed: int, entry: str = "restricted", **changes: object) -> Economy:
    world = random_world(3, 3, entry, seed, tariffs=np.zeros((3, 3, 3)), **changes)
    draw = np.random.default_rng(seed)
    inputs = draw.uniform(0.02, 0.15, (3, 3, 3))
    used = np.einsum("nkj,nj->nk", inputs, world.sales)
    inputs *= np.minimum(1.0, 0.6 * world.flows.sum(axis=0) / used)[:, :, None]
    return replace(world, input_shares=inputs)


def rates(seed: int) -> np.ndarray:
    return np.random.default_rng(seed + 50).uniform(0, 1, (3, 3))


@pytest.mark.parametrize("seed", range(3))
def test_what_final_goods_embody_is_what_industries_emit(seed: int) -> None:
    world = chained(seed)
    whole = embodied_intensities(world, rates(seed))
    assert np.all(whole >= rates(seed) - 1e-12)
    accounts = accounts_of(world)
    final = accounts.final_shares * accounts.income[:, None]
    bought = np.einsum("ink,nk->ik", world.trade_shares, final)
    assert (whole * bought).sum() == pytest.approx((rates(seed) * world.sales).sum())


def test_without_inputs_nothing_is_embodied_but_the_goods_own() -> None:
    world = random_world(3, 3, seed=1)
    np.testing.assert_array_equal(embodied_intensities(world, rates(1)), rates(1))
    policy = carbon_subsidies(world, rates(1), 0.2)
    one = emissions(solve_equilibrium(world, policy), rates(1))
    other = emissions_with_inputs(solve_with_inputs(world, policy), rates(1))
    np.testing.assert_allclose(other.after, one.after, rtol=1e-9)


@pytest.mark.parametrize("entry", ["restricted", "free"])
def test_output_without_a_change_is_what_it_was(entry: str) -> None:
    world = chained(2, entry)
    found = emissions_with_inputs(solve_with_inputs(world), rates(2))
    np.testing.assert_allclose(found.after, found.before, rtol=1e-9)
    assert found.change == pytest.approx(0.0, abs=1e-7)


def test_a_small_carbon_price_costs_second_order_and_cuts_first_order() -> None:
    """In an efficient world with chains: half the price, half the cut, a quarter of the cost."""
    world = chained(4, markups=np.zeros(3), scale_elasticity=np.zeros(3))
    income = accounts_of(world).income
    cuts, costs = [], []
    for price in (0.02, 0.01):
        answer = solve_with_inputs(world, carbon_subsidies(world, rates(4), price))
        assert answer.status == "solved"
        cuts.append(-emissions_with_inputs(answer, rates(4)).change)
        costs.append(-float((income * np.log(answer.welfare)).sum()))
    assert cuts[0] > 0
    assert cuts[0] / cuts[1] == pytest.approx(2.0, rel=0.03)
    assert costs[0] / costs[1] == pytest.approx(4.0, rel=0.06)


def test_a_border_adjustment_on_the_chain_charges_more_than_on_the_good() -> None:
    world = chained(5)
    plain = border_adjustment(world, rates(5), 0.1, ["C0"])
    whole = border_adjustment(world, embodied_intensities(world, rates(5)), 0.1, ["C0"])
    incoming = np.zeros((3, 3, 3), dtype=bool)
    incoming[1:, 0] = True
    assert np.all(whole.tariffs[incoming] > plain.tariffs[incoming])
    assert solve_with_inputs(world, whole).status == "solved"
