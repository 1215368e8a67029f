"""Bands over elasticities, questions, carbon and named parameterisations."""

from __future__ import annotations

import numpy as np
import pytest

from trade.worlds import random_world
from workshare.errors import EconomyError, OptionError
from workshare.trade.bands import distortion_alternatives, elasticity_band
from workshare.trade.carbon import border_adjustment, carbon_subsidies, emissions
from workshare.trade.equilibrium import solve_equilibrium
from workshare.trade.parameterisations import (
    armington,
    eaton_kortum,
    generalised_krugman,
    krugman,
    melitz_pareto,
)
from workshare.trade.question import Question, answer


def test_a_band_is_repeatable_and_no_spread_is_the_point() -> None:
    world = random_world(3, 2)
    question = Question("cooperate", choice="subsidies")
    one = elasticity_band(world, question, draws=4, seed=7)
    two = elasticity_band(world, question, draws=4, seed=7)
    assert np.array_equal(one.draws, two.draws)
    point = elasticity_band(world, question, draws=2, spread=0.0, alternatives={})
    assert np.allclose(point.low, point.central, atol=1e-12)
    assert np.allclose(point.high, point.central, atol=1e-12)


def test_each_distortion_alone_and_both() -> None:
    world = random_world(3, 3)
    band = elasticity_band(world, Question("cooperate", choice="subsidies"), draws=0)
    assert set(band.alternatives) == {"markups only", "scale only", "both"}
    assert np.allclose(band.alternatives["markups only"], band.central)
    assert distortion_alternatives(world)["both"].markups.min() > 0
    assert not band.missing


def test_draws_stay_where_equilibria_are_unique() -> None:
    world = random_world(3, 2, "free")
    band = elasticity_band(
        world, Question("cooperate", choice="subsidies"), draws=5, spread=0.8, alternatives={}
    )
    assert band.cut > 0
    assert len(band.draws) + len(band.missing) == 5


def test_questions_are_the_verbs() -> None:
    world = random_world(3, 2)
    statuses = {
        answer(world, Question(verb, members, choice)).status
        for verb, members, choice in (
            ("solve", (), ""),
            ("optimal", ("C0",), "tariffs"),
            ("cooperate", (), "joint"),
            ("contest", ("C0", "C1"), "tariffs"),
            ("retaliation", ("C1",), ""),
        )
    }
    assert statuses <= {"solved", "stationary", "local_equilibrium"}
    with pytest.raises(OptionError, match="choose one of"):
        answer(world, Question("guess"))


@pytest.mark.parametrize("entry", ["restricted", "free"])
def test_emissions_follow_output_and_a_price_lowers_them(entry: str) -> None:
    world = random_world(3, 2, entry)
    rates = np.zeros((3, 2))
    rates[:, 0] = 0.5
    still = emissions(solve_equilibrium(world), rates)
    assert still.change == pytest.approx(0, abs=1e-9)
    priced = emissions(solve_equilibrium(world, carbon_subsidies(world, rates, 0.4)), rates)
    plain = emissions(solve_equilibrium(world, carbon_subsidies(world, rates, 0.0)), rates)
    assert priced.after.sum() < plain.after.sum()


def test_the_border_adjustment_charges_imports_and_relieves_exports() -> None:
    world = random_world(3, 2)
    rates = np.array([[0.1, 0.0], [0.3, 0.0], [0.2, 0.0]])
    policy = border_adjustment(world, rates, 1.0, ["C0", "C2"])
    assert policy.tariffs[1, 0, 0] == pytest.approx(world.tariffs[1, 0, 0] + 0.3)
    assert policy.tariffs[2, 0, 0] == world.tariffs[2, 0, 0]
    # what leaves the bloc is as dear as without the charge, what stays carries it
    subsidy = (1 - policy.export_subsidies) * (1 - policy.production_subsidies)[:, None]
    assert subsidy[0, 1, 0] == pytest.approx(1.0)
    assert subsidy[0, 2, 0] == pytest.approx(1.1)
    assert policy.production_subsidies[1].tolist() == [0, 0]
    # leakage is less than with a charge at home alone
    alone = carbon_charge = policy
    home_only = type(policy)(
        world.tariffs, np.zeros_like(world.tariffs), alone.production_subsidies
    )
    with_border = emissions(solve_equilibrium(world, carbon_charge), rates).after[1].sum()
    without = emissions(solve_equilibrium(world, home_only), rates).after[1].sum()
    assert with_border < without
    with pytest.raises(EconomyError, match="country C1, industry k1"):
        wrong = rates.copy()
        wrong[1, 1] = -1
        border_adjustment(world, wrong, 1.0, ["C0"])


def test_named_parameterisations_agree_where_they_meet() -> None:
    sigma = np.array([4.0, 6.0])
    assert np.allclose(krugman(sigma).trade_elasticity * krugman(sigma).scale_elasticity, 1)
    same = generalised_krugman(sigma, sigma)
    assert np.allclose(same.scale_elasticity, krugman(sigma).scale_elasticity)
    theta = np.array([5.0, 8.0])
    melitz = melitz_pareto(sigma, sigma, theta)
    kortum = eaton_kortum(theta, 1 / theta)
    assert np.allclose(melitz.trade_elasticity, kortum.trade_elasticity)
    assert np.allclose(melitz.scale_elasticity, kortum.scale_elasticity)
    assert armington(sigma).scale_elasticity.max() == 0
    # restricted Melitz: profits are a share mu / (1 + mu) of sales, (sigma - 1) / (sigma theta)
    held = melitz_pareto(sigma, sigma, theta, entry="restricted")
    profit = held.scale_elasticity / (1 + held.scale_elasticity)
    assert np.allclose(profit, (sigma - 1) / (sigma * theta))
    with pytest.raises(OptionError, match="sigma: every value is above 1"):
        armington(np.array([1.0]))
    with pytest.raises(OptionError, match="theta"):
        melitz_pareto(sigma, sigma, np.array([2.0, 2.0]))
