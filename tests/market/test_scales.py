"""Scales of a region: they exist even where nothing has a price."""

from __future__ import annotations

from dataclasses import replace

from reference.random_regions import random_region
from workshare.market.scales import GoodScales
from workshare.studies.coordinate import coordinate


def test_a_region_without_any_price_is_a_region_in_which_nothing_is_built() -> None:
    region = replace(random_region(3), demands=(), outside=(), limits=())
    assert GoodScales.of(region).money > 1e-9
    result = coordinate(region, scenarios=["least_cost"])
    assert result.status == "exact"
    assert abs(result.value) <= 1e-6 * GoodScales.of(region).money
    assert all(plant.group.existing for plant in result.outcomes["coordinated"].plants)


def test_scales_grow_with_the_region() -> None:
    region = random_region(3)
    twice = replace(
        region, demands=tuple(replace(d, quantity=2 * d.quantity) for d in region.demands)
    )
    good = region.demands[0].good
    assert GoodScales.of(twice).used[good] > GoodScales.of(region).used[good]
