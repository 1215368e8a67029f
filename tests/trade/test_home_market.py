"""Two industries: the home market effect, its corners, and the constant-returns industry."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.optimize import brentq

from workshare.errors import OptionError
from workshare.trade.home_market import Industry, home_market_equilibrium, mirror_image
from workshare.trade.krugman import Technology, trade_equilibrium

TECHNOLOGY = Technology(0.75, 2.0, 0.5)


def mirrored(home: float, away: float, arrival: float) -> list[Industry]:
    share = home / (home + away)
    return [
        Industry("alpha", TECHNOLOGY, arrival, share, 1 - share),
        Industry("beta", TECHNOLOGY, arrival, 1 - share, share),
    ]


@settings(max_examples=60, deadline=None)
@given(st.floats(0.1, 10), st.floats(0.1, 10), st.floats(0.3, 0.95))
def test_the_mirror_image_is_a_case_of_the_general_one(
    home: float, away: float, arrival: float
) -> None:
    """The closed form and the general equilibrium agree, corners included; wages are equal."""
    closed = mirror_image(TECHNOLOGY, home, away, arrival)
    near = [abs(np.log(home / away) - np.log(edge)) for edge in (closed.lower, closed.upper)]
    assume(min(near) > 1e-3)
    people = home + away
    answer = home_market_equilibrium((people, people), mirrored(home, away, arrival))
    first = answer.industries[0]
    assert answer.status == "solved"
    assert answer.relative_wage == pytest.approx(1.0, abs=1e-9)
    assert first.specialisation == closed.specialisation
    if closed.specialisation == "incomplete":
        assert first.home_goods / first.foreign_goods == pytest.approx(closed.goods_ratio, rel=1e-5)
    assert first.trade_balance == pytest.approx(closed.trade_balance, rel=1e-6, abs=1e-9)


def test_trade_balance_formula() -> None:
    """B = sigma w L*/(sigma n + n*) (n - n*), while both countries make the goods."""
    home, away, arrival = 11.0, 10.0, 0.8
    closed = mirror_image(TECHNOLOGY, home, away, arrival)
    sigma = 0.8**3
    goods_total = (home + away) * 0.25 / 2.0
    away_goods = goods_total / (1 + closed.goods_ratio)
    goods = goods_total - away_goods
    expected = sigma * away / (sigma * goods + away_goods) * (goods - away_goods)
    assert closed.trade_balance == pytest.approx(expected)
    assert (closed.lower, closed.upper) == pytest.approx((sigma, 1 / sigma))


def test_specialisation_at_the_edges() -> None:
    sigma = TECHNOLOGY.shipped(0.8)
    assert mirror_image(TECHNOLOGY, 1 / sigma, 1.0, 0.8).specialisation == "home"
    assert mirror_image(TECHNOLOGY, 0.999 / sigma, 1.0, 0.8).specialisation == "incomplete"
    assert mirror_image(TECHNOLOGY, sigma, 1.0, 0.8).goods_ratio == 0.0
    flipped = mirror_image(TECHNOLOGY, 1.0, 1.2, 0.8)
    assert flipped.goods_ratio == pytest.approx(
        1 / mirror_image(TECHNOLOGY, 1.2, 1.0, 0.8).goods_ratio
    )


@pytest.mark.parametrize("arrival", [0.3, 0.8, 0.95])
def test_one_industry_is_the_transport_cost_model(arrival: float) -> None:
    only = [Industry("all", TECHNOLOGY, arrival, 1.0, 1.0)]
    answer = home_market_equilibrium((3.0, 1.0), only)
    world = trade_equilibrium(TECHNOLOGY, [3.0, 1.0], arrival)
    assert answer.relative_wage == pytest.approx(world.relative_wage, rel=1e-9)
    assert answer.industries[0].home_goods == pytest.approx(world.goods[0])


@settings(max_examples=80, deadline=None)
@given(st.data())
def test_arbitrary_sizes_tastes_and_technologies(data: st.DataObject) -> None:
    count = data.draw(st.integers(1, 4))
    weights = st.lists(st.floats(0.05, 1.0), min_size=count, max_size=count)
    home, away = (np.array(data.draw(weights)) for _ in range(2))
    outside = data.draw(st.sampled_from([0.0, 0.3]))
    home, away = (1 - outside) * home / home.sum(), (1 - outside) * away / away.sum()
    industries = [
        Industry(
            f"industry {k}",
            Technology(data.draw(st.floats(0.3, 0.9))),
            data.draw(st.floats(0.3, 0.95)),
            home[k],
            away[k],
        )
        for k in range(count)
    ]
    labour = data.draw(st.floats(0.2, 5)), data.draw(st.floats(0.2, 5))
    answer = home_market_equilibrium(labour, industries)
    assert answer.status == "solved"
    # labels: exchanging the countries exchanges the answer
    swapped = home_market_equilibrium(
        labour[::-1],
        [
            Industry(i.name, i.technology, i.arrival, i.foreign_spending, i.home_spending)
            for i in industries
        ],
    )
    assert np.log(swapped.relative_wage) == pytest.approx(-np.log(answer.relative_wage), abs=1e-7)


def test_constant_returns_industry_keeps_wages_equal() -> None:
    """Helpman and Krugman: n/n* = (r - phi)/(1 - phi r) with r the relative market."""
    cars = Industry("cars", TECHNOLOGY, 0.8, 0.3, 0.3)
    answer = home_market_equilibrium((1.2, 1.0), [cars])
    phi, ratio = cars.freeness, 1.2
    made = answer.industries[0]
    assert answer.relative_wage == 1.0
    expected = (ratio - phi) / (1 - phi * ratio)
    assert made.home_goods / made.foreign_goods == pytest.approx(expected)
    assert made.trade_balance > 0
    assert answer.outside_balance == pytest.approx(-made.trade_balance)
    assert min(answer.outside_labour) > 0


def test_constant_returns_industry_leaves_a_country_that_is_short_of_labour() -> None:
    """Where cars would need more than all labour, the wage rises until they do not."""
    cars = Industry("cars", TECHNOLOGY, 0.9, 0.9, 0.9)
    answer = home_market_equilibrium((3.0, 1.0), [cars])
    assert answer.status == "solved"
    assert answer.relative_wage > 1.0
    assert answer.outside_labour[0] == pytest.approx(0.0, abs=1e-9)
    assert answer.outside_labour[1] > 0
    mirror = home_market_equilibrium((1.0, 3.0), [cars])
    assert mirror.relative_wage == pytest.approx(1 / answer.relative_wage)


def test_zero_profit_by_a_slow_route() -> None:
    """Numbers of goods of an interior case by nested bisection on firms' profits."""
    item = Industry("cars", TECHNOLOGY, 0.7, 0.6, 0.4)
    other = Industry("cloth", TECHNOLOGY, 0.7, 0.4, 0.6)
    answer = home_market_equilibrium((1.3, 1.0), [item, other])
    omega, made = answer.relative_wage, answer.industries[0]
    power, phi = TECHNOLOGY.elasticity - 1, 0.7**3
    size = TECHNOLOGY.firm_labour
    weight = omega**-power
    spent, spent_away = 0.6 * 1.3 * omega, 0.4

    def sales(goods: float, abroad: float) -> tuple[float, float]:
        here, there = goods * weight + abroad * phi, goods * weight * phi + abroad
        return (
            weight * (spent / here + phi * spent_away / there) - omega * size,
            phi * spent / here + spent_away / there - size,
        )

    def goods_given(abroad: float) -> float:
        return float(brentq(lambda n: sales(n, abroad)[0], 1e-12, 10.0, xtol=1e-14))

    abroad = brentq(lambda m: sales(goods_given(m), m)[1], 1e-9, made.foreign_goods * 3)
    assert made.specialisation == "incomplete"
    assert made.foreign_goods == pytest.approx(abroad, rel=1e-6)
    assert made.home_goods == pytest.approx(goods_given(abroad), rel=1e-6)


def test_bad_values_are_told_together() -> None:
    wrong = [
        Industry("cars", TECHNOLOGY, 1.0, 0.9, 0.3),
        Industry("cloth", TECHNOLOGY, 0.5, 0.4, -0.1),
    ]
    with pytest.raises(OptionError) as caught:
        home_market_equilibrium((0.0, 1.0), wrong)
    text = str(caught.value)
    for part in (
        "labour of the home country is 0",
        "arrival of industry cars is 1",
        "home_spending adds up to 1.3",
        "foreign_spending of industry cloth is -0.1",
    ):
        assert part in text
