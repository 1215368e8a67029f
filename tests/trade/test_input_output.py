"""Equilibrium with intermediate inputs: certificate, theory, the solver without inputs, NAFTA."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from trade.nafta import nafta
from trade.worlds import random_world
from workshare.errors import EconomyError
from workshare.trade.economy import Economy
from workshare.trade.equilibrium import solve_equilibrium
from workshare.trade.first_order import first_order
from workshare.trade.input_output import (
    accounts_of,
    close_accounts,
    economy_at,
    solve_with_inputs,
)
from workshare.trade.taxes import Policy, Shock


def linked(seed: int, entry: str = "restricted", **changes: object) -> Economy:
    """Return a random economy in which industries use up to half of what a country buys."""
    world = random_world(4, 3, entry, seed, balanced=False, **changes)
    draw = np.random.default_rng(seed + 100)
    wanted = draw.uniform(0.05, 0.5, (4, 3, 3))
    wanted /= wanted.sum(axis=1, keepdims=True)
    room = 1.0 / (1.0 + world.markups)
    inputs = wanted * (draw.uniform(0.2, 0.6, (4, 1, 3)) * room)
    # nobody may use more of a good than the country buys
    used = np.einsum("nkj,nj->nk", inputs, world.sales)
    inputs *= np.minimum(1.0, 0.6 * world.flows.sum(axis=0) / used)[:, :, None]
    return replace(world, input_shares=inputs)


def policy_for(world: Economy, seed: int) -> Policy:
    draw = np.random.default_rng(seed)
    home = np.eye(len(world.countries), dtype=bool)[:, :, None]
    shape = world.flows.shape
    tariffs = np.where(home, 0.0, draw.uniform(0, 0.4, shape))
    exports = np.where(home, 0.0, draw.uniform(-0.1, 0.1, shape))
    return Policy(tariffs, exports, draw.uniform(0, 0.2, shape[1:]))


@pytest.mark.parametrize("entry", ["restricted", "free"])
@pytest.mark.parametrize("seed", range(4))
def test_the_certificate_holds_under_every_tax(entry: str, seed: int) -> None:
    world = linked(seed, entry)
    answer = solve_with_inputs(world, policy_for(world, seed))
    assert answer.status == "solved"
    assert all(line.holds for line in answer.certificate)
    # accounts recomputed from the flows alone: what the world spends is what it earns
    spent = answer.flows.sum()
    border = answer.flows / (1 + answer.policy.tariffs)
    subsidy = (1 - answer.policy.export_subsidies) * (
        1 - answer.policy.production_subsidies[:, None, :]
    )
    np.testing.assert_allclose((border / subsidy).sum(axis=1), answer.sales, rtol=1e-10)
    used = np.einsum("nkj,nj->n", world.input_shares, answer.sales)
    final = answer.flows.sum(axis=(0, 2)) - used
    accounts = accounts_of(world)
    np.testing.assert_allclose(final, answer.income * accounts.income, rtol=1e-9)
    assert spent > 0


@pytest.mark.parametrize("entry", ["restricted", "free"])
@pytest.mark.parametrize("seed", range(3))
def test_without_inputs_it_is_the_equilibrium_without_inputs(entry: str, seed: int) -> None:
    world = random_world(4, 3, entry, seed, balanced=False)
    policy = policy_for(world, seed)
    one, other = solve_equilibrium(world, policy), solve_with_inputs(world, policy)
    np.testing.assert_allclose(other.wage, one.wage, rtol=1e-10)
    np.testing.assert_allclose(other.welfare, one.welfare, rtol=1e-10)
    np.testing.assert_allclose(other.flows, one.flows, rtol=1e-8)


@pytest.mark.parametrize("entry", ["restricted", "free"])
def test_nothing_changes_when_nothing_changes(entry: str) -> None:
    world = linked(1, entry)
    answer = solve_with_inputs(world)
    np.testing.assert_allclose(answer.wage, 1, rtol=1e-11)
    np.testing.assert_allclose(answer.flows, world.flows, rtol=1e-9)
    np.testing.assert_allclose(answer.welfare, 1, rtol=1e-11)


def test_units_and_labels_do_not_matter() -> None:
    world = linked(2)
    policy = policy_for(world, 2)
    one = solve_with_inputs(world, policy)
    money = replace(world, flows=1e6 * world.flows, deficits=1e6 * world.deficits)
    np.testing.assert_allclose(solve_with_inputs(money, policy).welfare, one.welfare, rtol=1e-10)
    turn = np.array([2, 0, 3, 1])
    turned = Economy(
        tuple(world.countries[n] for n in turn),
        world.industries,
        world.flows[np.ix_(turn, turn)],
        world.trade_elasticity,
        world.scale_elasticity,
        world.tariffs[np.ix_(turn, turn)],
        deficits=world.deficits[turn],
        input_shares=world.input_shares[turn],
    )
    other = solve_with_inputs(
        turned,
        Policy(
            policy.tariffs[np.ix_(turn, turn)],
            policy.export_subsidies[np.ix_(turn, turn)],
            policy.production_subsidies[turn],
        ),
    )
    np.testing.assert_allclose(other.welfare, one.welfare[turn], rtol=1e-10)


def test_inputs_multiply_the_gain_from_cheaper_trade() -> None:
    """Symmetric countries, one industry: the gain is that without inputs over the labour share."""
    flows = np.array([[[80.0], [20.0]], [[20.0], [80.0]]])
    cheaper = Shock(trade_costs=np.array([[[1.0], [0.9]], [[0.9], [1.0]]]))
    gains = []
    for share in (0.0, 0.25, 0.5):
        world = Economy(
            ("A", "B"),
            ("goods",),
            flows,
            np.array([4.0]),
            np.zeros(1),
            input_shares=np.full((2, 1, 1), share),
        )
        gains.append(np.log(solve_with_inputs(world, shock=cheaper).real_wage[0]))
    own = 0.8 / (0.8 + 0.2 * 0.9**-4.0)
    for share, gain in zip((0.0, 0.25, 0.5), gains, strict=True):
        assert gain == pytest.approx(np.log(own / 0.8) / -4.0 / (1 - share), rel=1e-9)


def test_a_world_without_scale_is_efficient_so_small_subsidies_change_nothing() -> None:
    world = linked(
        5, scale_elasticity=np.zeros(3), tariffs=np.zeros((4, 4, 3)), markups=np.zeros(3)
    )
    accounts = accounts_of(world)
    step, worth = 1e-4, []
    for sign in (1, -1):
        subsidy = np.zeros((4, 3))
        subsidy[0, 1] = sign * step
        answer = solve_with_inputs(world, Policy(production_subsidies=subsidy))
        worth.append(float((np.log(answer.welfare) * accounts.income).sum()))
    slope = (worth[0] - worth[1]) / (2 * step) / accounts.income.sum()
    assert abs(slope) < 1e-6


def test_use_beyond_what_is_bought_is_named_and_can_be_closed() -> None:
    world = random_world(3, 2, seed=1)
    inputs = np.zeros((3, 2, 2))
    inputs[0, 1, 0] = 0.6
    flows = np.array(world.flows)
    flows[:, 0, 1] *= 1e-3
    from workshare.trade.economy import implied_deficits

    wrong = replace(
        world,
        flows=flows,
        deficits=implied_deficits(flows, world.tariffs),
        input_shares=inputs,
    )
    with pytest.raises(EconomyError, match="input_shares country C0, industry k1"):
        solve_with_inputs(wrong)
    closed, _ = close_accounts(
        (world.countries, world.industries),
        (flows, world.tariffs),
        (inputs, np.ones((3, 2))),
        np.full(3, 10.0),
        world.trade_elasticity,
    )
    answer = solve_with_inputs(closed)
    np.testing.assert_allclose(answer.welfare, 1, rtol=1e-9)


def test_an_equilibrium_can_be_the_start_of_the_next() -> None:
    world = linked(3)
    half, full = (
        Shock(
            trade_costs=np.where(np.eye(4, dtype=bool)[:, :, None], 1.0, cost) * np.ones((4, 4, 3))
        )
        for cost in (0.95, 0.95**2)
    )
    first = solve_with_inputs(world, shock=half)
    second = solve_with_inputs(economy_at(first), shock=half)
    whole = solve_with_inputs(world, shock=full)
    np.testing.assert_allclose(first.welfare * second.welfare, whole.welfare, rtol=1e-9)
    with pytest.raises(EconomyError, match="carry tariffs only"):
        economy_at(solve_with_inputs(world, policy_for(world, 3)))


def test_too_few_steps_are_a_status_with_the_best_point() -> None:
    world = linked(0)
    answer = solve_with_inputs(world, policy_for(world, 0), most_steps=2)
    assert answer.status == "not_converged"
    assert np.isfinite(answer.residual) and answer.residual > 1e-10


def test_nafta_to_three_decimals() -> None:
    """Caliendo and Parro (2015), table 2, with the digits of the public code; exact beside it."""
    world, after = nafta()
    answer = solve_with_inputs(world, Policy(tariffs=after))
    assert answer.status == "solved"
    found = first_order(answer)
    published = {
        "Canada": (0.323, -0.108, 0.044, -0.110),
        "Mexico": (1.715, -0.412, 1.724, 0.007),
        "USA": (0.112, 0.044, 0.041, 0.074),
    }
    for country, (wage, terms, volume, exact) in published.items():
        n = world.country(country)
        assert found.real_wage[n] == pytest.approx(wage, abs=5.1e-4)
        assert found.terms_of_trade[n] == pytest.approx(terms, abs=5.1e-4)
        assert found.volume_of_trade[n] == pytest.approx(volume, abs=5.1e-4)
        assert found.exact[n] == pytest.approx(exact, abs=5.1e-4)
        assert found.total[n] == found.terms_of_trade[n] + found.volume_of_trade[n]
