"""Krugman (1980), one industry: closed forms of the numbered equations, limits, symmetry."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import brentq, minimize

from workshare.errors import OptionError
from workshare.trade.krugman import (
    Technology,
    balance_of_payments,
    closed_economy,
    integrate,
    small_arrival_wage,
    trade_equilibrium,
)
from workshare.trade.krugman_claims import paper_claims

THETA, ALPHA, BETA, LABOUR = 0.7, 1.3, 0.8, 50.0
TECHNOLOGY = Technology(THETA, ALPHA, BETA)
thetas = st.floats(0.1, 0.9)
sizes = st.floats(0.05, 20.0)
shares = st.floats(0.05, 0.99)


# --- the closed economy: each equation of section I -----------------------------------------------


def test_full_employment_and_what_is_made_is_eaten() -> None:
    alone = closed_economy(TECHNOLOGY, LABOUR)
    each = alone.firm_output / LABOUR  # (3): x = L c
    assert alone.goods * (ALPHA + BETA * alone.firm_output) == pytest.approx(LABOUR)  # (2), (4)
    assert alone.utility == pytest.approx(alone.goods * each**THETA)  # (1)
    assert alone.price * alone.goods * each == pytest.approx(1.0)  # a person spends the wage


def test_demand_is_the_best_choice_of_a_buyer() -> None:
    """(5), (6): the budget spent on two goods by search has the ratio that demand says."""
    prices = np.array([1.0, 1.4])
    found = minimize(
        lambda spent: -np.sum((np.array([spent[0], 1.0 - spent[0]]) / prices) ** THETA),
        [0.5],
        bounds=[(1e-6, 1 - 1e-6)],
        options={"ftol": 1e-15, "gtol": 1e-10},
    )
    amounts = np.array([found.x[0], 1.0 - found.x[0]]) / prices
    expected = prices[1] ** TECHNOLOGY.elasticity
    assert amounts[0] / amounts[1] == pytest.approx(expected, rel=1e-5)


def test_price_is_the_best_a_firm_can_do_and_profit_is_nil() -> None:
    """(7), (8): no price earns more against the demand the firm faces, and it earns nothing."""
    alone = closed_economy(TECHNOLOGY, LABOUR)
    scale = alone.firm_output * alone.price**TECHNOLOGY.elasticity

    def profit(price: float) -> float:
        sold = scale * price**-TECHNOLOGY.elasticity
        return float(price * sold - (ALPHA + BETA * sold))

    assert alone.price == pytest.approx(BETA / THETA)
    assert profit(alone.price) == pytest.approx(0.0, abs=1e-12)
    for factor in (0.9, 0.999, 1.001, 1.1):
        assert profit(alone.price * factor) < 0


def test_output_and_number_of_goods() -> None:
    alone = closed_economy(TECHNOLOGY, LABOUR)
    assert alone.firm_output == pytest.approx(ALPHA / (alone.price - BETA))  # (9)
    assert alone.firm_output == pytest.approx(ALPHA * THETA / (BETA * (1 - THETA)))
    assert alone.goods == pytest.approx(LABOUR * (1 - THETA) / ALPHA)  # (10)


@given(thetas, st.lists(sizes, min_size=1, max_size=5))
def test_integration_gains_variety_alone(theta: float, labour: list[float]) -> None:
    technology = Technology(theta, ALPHA, BETA)
    made = integrate(technology, labour)
    expected = (sum(labour) / np.array(labour)) ** ((1 - theta) / theta)
    np.testing.assert_allclose(made.real_income_gain, expected, rtol=1e-9)
    assert made.together.goods == pytest.approx(sum(one.goods for one in made.alone))  # (11)
    assert made.together.price == made.alone[0].price
    assert made.together.firm_output == made.alone[0].firm_output


# --- transport costs ------------------------------------------------------------------------------


@settings(max_examples=60, deadline=None)
@given(thetas, sizes, sizes, shares)
def test_two_countries_are_at_the_zero_of_the_balance(
    theta: float, home: float, foreign: float, arrival: float
) -> None:
    """An independent route: a bracketed zero of B."""
    technology = Technology(theta)
    world = trade_equilibrium(technology, [home, foreign], arrival)
    assert world.status == "solved"

    def balance(log: float) -> float:
        return float(balance_of_payments(technology, (home, foreign), arrival, np.exp(log)))

    assert np.log(world.relative_wage) == pytest.approx(brentq(balance, -20, 20), abs=1e-7)


def test_relative_demands_are_those_of_the_paper() -> None:
    """(12), (13): sigma = (p/p*)^(1/(1-theta)) g^(theta/(1-theta)), transit included."""
    world = trade_equilibrium(TECHNOLOGY, [2.0, 1.0], 0.6)
    price = world.wages * TECHNOLOGY.price_over_wage
    per_good = world.flows / world.goods[:, None] / price[:, None]
    sigma = (price[0] / price[1]) ** (1 / (1 - THETA)) * 0.6 ** (THETA / (1 - THETA))
    sigma_abroad = (price[1] / price[0]) ** (1 / (1 - THETA)) * 0.6 ** (THETA / (1 - THETA))
    assert per_good[1, 0] / per_good[0, 0] == pytest.approx(sigma)
    assert per_good[0, 1] / per_good[1, 1] == pytest.approx(sigma_abroad)
    assert price[0] / price[1] == pytest.approx(world.relative_wage)  # (14)


def test_the_balance_is_what_the_flows_say() -> None:
    """(15), (16) away from equilibrium, from demands added up good by good."""
    home, foreign, arrival, omega = 3.0, 2.0, 0.7, 1.3
    price = np.array([omega, 1.0]) * TECHNOLOGY.price_over_wage
    goods = np.array([home, foreign]) / TECHNOLOGY.firm_labour
    delivered = np.array([[price[0], price[0] / arrival], [price[1] / arrival, price[1]]])
    weight = goods[:, None] * delivered ** (1 - TECHNOLOGY.elasticity)
    spent = weight / weight.sum(axis=0) * np.array([omega * home, foreign])
    found = balance_of_payments(TECHNOLOGY, (home, foreign), arrival, omega)
    assert found == pytest.approx(spent[0, 1] - spent[1, 0])


def test_real_income_is_utility_of_what_is_eaten() -> None:
    labour = np.array([2.0, 1.0, 0.5])
    world = trade_equilibrium(TECHNOLOGY, labour, 0.6)
    delivered = world.wages[:, None] * TECHNOLOGY.price_over_wage / world.arrival
    eaten = world.flows / world.goods[:, None] / delivered / labour
    utility = (world.goods[:, None] * eaten**THETA).sum(axis=0)
    np.testing.assert_allclose(world.real_income, utility ** (1 / THETA), rtol=1e-10)
    assert (world.gain > 1).all()


def test_limits_of_transport_costs() -> None:
    labour = [8.0, 1.0]
    free = trade_equilibrium(TECHNOLOGY, labour, 1.0)
    assert free.relative_wage == pytest.approx(1.0, abs=1e-12)
    np.testing.assert_allclose(free.gain, integrate(TECHNOLOGY, labour).real_income_gain)
    far = trade_equilibrium(Technology(0.5), labour, 1e-7)
    assert far.relative_wage == pytest.approx(2.0, rel=1e-4)
    assert small_arrival_wage(Technology(0.5), (8.0, 1.0)) == pytest.approx(2.0)
    np.testing.assert_allclose(far.gain, 1.0, atol=1e-6)


def test_limits_of_substitution() -> None:
    """theta near 0: spending shares ignore prices and wages are equal; near 1: goods are alike."""
    for theta in (1e-2, 1 - 1e-3):
        wage = trade_equilibrium(Technology(theta), [8.0, 1.0], 0.9).relative_wage
        assert wage == pytest.approx(1.0, abs=2e-3)
    assert integrate(Technology(0.999), [1, 1]).real_income_gain[0] == pytest.approx(1.0, abs=1e-3)


@settings(max_examples=40, deadline=None)
@given(thetas, st.lists(st.floats(0.2, 5.0), min_size=2, max_size=6), st.floats(0.3, 0.99))
def test_labels_and_units_change_nothing(theta: float, labour: list[float], g: float) -> None:
    technology = Technology(theta)
    world = trade_equilibrium(technology, labour, g)
    turned = trade_equilibrium(technology, labour[::-1], g)
    np.testing.assert_allclose(
        np.diff(np.log(turned.wages)), np.diff(np.log(world.wages[::-1])), atol=1e-9
    )
    other = Technology(theta, 7.0, 0.1)
    scaled = trade_equilibrium(other, [1000 * value for value in labour], g)
    np.testing.assert_allclose(scaled.wages, world.wages, rtol=1e-9)
    order = np.argsort(labour)
    assert (np.diff(world.wages[order]) >= -1e-12).all()  # a larger country pays no less


def test_many_countries_with_distances() -> None:
    draws = np.random.default_rng(3)
    place, labour = draws.random((40, 2)), np.exp(draws.normal(size=40))
    distance = np.linalg.norm(place[:, None] - place[None], axis=2)
    world = trade_equilibrium(Technology(0.8), labour, np.exp(-distance))
    assert world.status == "solved"
    assert world.certificate[0].value <= 1e-12
    pair = trade_equilibrium(Technology(0.8), [1.0, 1.0, 2.0, 2.0], 0.7)
    assert pair.wages[0] == pytest.approx(pair.wages[1])
    assert pair.wages[2] > pair.wages[0]


@settings(max_examples=40, deadline=None)
@given(thetas, sizes, sizes, st.floats(0.2, 0.95))
def test_the_claims_of_the_paper_hold(theta: float, home: float, away: float, g: float) -> None:
    if abs(home - away) < 1e-3:
        home = away
    failed = [c for c in paper_claims(Technology(theta), (home, away), g) if not c.holds]
    assert failed == []


def test_bad_values_are_told_together() -> None:
    with pytest.raises(OptionError, match=r"substitution is 1.*fixed_labour is 0"):
        Technology(1.0, 0.0)
    with pytest.raises(OptionError, match="labour of country 2 is -1"):
        closed_economy_of = [1.0, -1.0]
        integrate(TECHNOLOGY, closed_economy_of)
    with pytest.raises(OptionError, match=r"from country 1 to 2 is 0.*closed_economy"):
        trade_equilibrium(TECHNOLOGY, [1.0, 1.0], 0.0)
    with pytest.raises(OptionError, match="at least 2"):
        trade_equilibrium(TECHNOLOGY, [1.0], 0.5)
    with pytest.raises(OptionError, match=r"to itself is 0\.5"):
        trade_equilibrium(TECHNOLOGY, [1.0, 1.0], np.full((2, 2), 0.5))


def test_little_trade_still_has_its_own_wage() -> None:
    """At g^(e - 1) of about 1e-46 own sales drown trade; the limit is known in closed form."""
    alike = Technology(0.999)
    wage = trade_equilibrium(alike, [8.0, 1.0], 0.9).relative_wage
    assert np.log(wage) == pytest.approx(np.log(small_arrival_wage(alike, (8.0, 1.0))), rel=1e-6)
    with pytest.raises(OptionError, match="which is nothing"):
        trade_equilibrium(alike, [8.0, 1.0], 0.5)
