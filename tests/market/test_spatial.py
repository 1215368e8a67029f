"""The spatial price equilibrium against markets solved on paper, and its own invariances."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from reference.market_by_hand import HandCase, hand_cases
from workshare.errors import OptionError
from workshare.market import spatial_market
from workshare.region.dimensions import shared_dimensions


def contribution_of(case: HandCase) -> np.ndarray:
    dimensions = shared_dimensions(case.region)
    return np.array(
        [
            case.net_supply.get((d.place, d.good), 0.0) if d.kind == "balance" else 0.0
            for d in dimensions
        ]
    )


@pytest.mark.parametrize("case", hand_cases(), ids=lambda case: case.name)
def test_markets_solved_on_paper(case: HandCase) -> None:
    market = spatial_market(case.region)
    point = market.evaluate(contribution_of(case))
    assert point.status == "solved"
    assert -point.value == pytest.approx(case.surplus, rel=1e-7)
    index = {(d.place, d.good): k for k, d in enumerate(shared_dimensions(case.region))}
    for key, price in case.prices.items():
        assert point.prices[index[key]] == pytest.approx(price, rel=1e-5, abs=1e-6)
    found = {
        (c.origin, c.destination, c.good): v
        for c, v in zip(market.columns, point.v, strict=True)
        if c.kind in ("ship", "import", "export")
    }
    for key, quantity in case.flows.items():
        assert found[key] == pytest.approx(quantity, abs=1e-5)


@pytest.mark.parametrize("case", hand_cases(), ids=lambda case: case.name)
def test_support_bounds_the_market_at_any_prices(case: HandCase) -> None:
    market = spatial_market(case.region)
    z = contribution_of(case)
    point = market.evaluate(z)
    size = abs(point.value)
    assert market.bregman(z, point.value, point.row_prices) == pytest.approx(0.0, abs=1e-6 * size)
    rng = np.random.default_rng(1)
    for _ in range(20):
        other = point.row_prices * rng.uniform(0.0, 2.0, point.row_prices.size)
        assert market.bregman(z, point.value, other) >= -1e-7 * size


def test_prices_are_the_value_of_one_more_unit() -> None:
    case = next(c for c in hand_cases() if c.name == "trade")
    market = spatial_market(case.region)
    z = contribution_of(case)
    point = market.evaluate(z)
    for k in range(2):
        step = np.zeros(z.size)
        step[k] = 1e-3
        slope = (market.evaluate(z - step).value - market.evaluate(z + step).value) / 2e-3
        assert point.prices[k] == pytest.approx(slope, rel=1e-4)


def test_regional_account_treats_tariffs_as_transfers() -> None:
    case = next(c for c in hand_cases() if c.name == "tariff")
    free = replace(
        case.region, links=tuple(replace(link, tariff=0.0) for link in case.region.links)
    )
    z = contribution_of(case)
    regional = spatial_market(case.region, "regional").evaluate(z)
    assert regional.value == pytest.approx(spatial_market(free).evaluate(z).value, rel=1e-9)
    assert regional.value < spatial_market(case.region).evaluate(z).value


def test_unknown_account_names_the_allowed_ones() -> None:
    with pytest.raises(OptionError, match="market, regional"):
        spatial_market(hand_cases()[0].region, "national")
