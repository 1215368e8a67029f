"""The reference tested by itself: by hand, by enumeration, and by what must not matter."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from reference.enumeration import count_choices, solve_by_enumeration
from reference.market_by_hand import HandCase, hand_cases
from reference.monolithic import Solution, solve_monolithic
from reference.random_regions import in_units, random_region
from reference.units import capital_recovery, running_units
from workshare.region.region import (
    WORLD,
    Activity,
    Companion,
    Demand,
    Endowment,
    Good,
    Limit,
    Link,
    Option,
    Outside,
    Participant,
    Place,
    Plant,
    Region,
    Worker,
)

EVERYTHING = {
    "with_limits": True,
    "with_budgets": True,
    "with_companions": True,
    "with_nontradables": True,
    "with_existing_plants": True,
}
FAMILIES = {
    "plain": {"participants": 2, "activities": 2},
    "everything": {"participants": 2, "activities": 2, **EVERYTHING},
    "limits": {"participants": 2, "activities": 2, "with_limits": True},
    "three_steps": {"participants": 2, "activities": 3, "with_companions": True},
    "three_parties": {"participants": 3, "activities": 2},
    "places": {"participants": 2, "activities": 2, "several_places": True},
}


@pytest.mark.parametrize("case", hand_cases(), ids=lambda case: case.name)
def test_markets_solved_by_hand(case: HandCase) -> None:
    solution = solve_monolithic(case.region, net_supply=case.net_supply)
    assert solution.status == "optimal"
    assert -solution.value == pytest.approx(case.surplus, rel=1e-8)
    for key, price in case.prices.items():
        assert solution.prices[key] == pytest.approx(price, rel=1e-4, abs=1e-4)
    for link, flow in case.flows.items():
        assert solution.shipments[link] == pytest.approx(flow, rel=1e-4, abs=1e-4)
    for key, quantity in case.demands.items():
        assert solution.demands[key] == pytest.approx(quantity, rel=1e-4)


@pytest.mark.parametrize("case", hand_cases(), ids=lambda case: case.name)
def test_hand_cases_agree_with_themselves(case: HandCase) -> None:
    """Goods and money balance on paper: the surplus is the sum of what everybody keeps."""
    links = {(k.origin, k.destination, k.good): k for k in case.region.links}
    left = dict(case.net_supply)
    for (origin, destination, good), flow in case.flows.items():
        left[origin, good] = left.get((origin, good), 0.0) - flow
        left[destination, good] = left.get((destination, good), 0.0) + flow
    for key, quantity in case.demands.items():
        spare = left[key] - quantity
        assert spare >= -1e-9
        assert spare * case.prices[key] == pytest.approx(0.0, abs=1e-9)
    for link, flow in case.flows.items():
        if WORLD not in link and flow > 0.0:
            gap = case.prices[link[1], "x"] - case.prices[link[0], "x"]
            assert gap == pytest.approx(links[link].freight + links[link].tariff)
    owner = case.region.place_owner()
    paid = {party.id: 0.0 for party in case.region.participants}
    for link, flow in case.flows.items():
        if link[1] != WORLD:
            paid[owner[link[1]]] += links[link].tariff * flow
    for party, revenue in case.tariff_revenue.items():
        assert paid[party] == pytest.approx(revenue)


@pytest.mark.parametrize("family", FAMILIES)
def test_enumeration_agrees(family: str) -> None:
    tried = 0
    for seed in range(500, 600):
        region = random_region(seed, **FAMILIES[family])  # type: ignore[arg-type]
        if count_choices(region) > 120:
            continue
        solution = solve_monolithic(region)
        least = solve_by_enumeration(region)
        assert solution.status == "optimal", seed
        assert abs(solution.value - least) <= 1e-7 * solution.scale, seed
        assert solution.bound <= solution.value + 1e-9 * solution.scale, seed
        tried += 1
        if tried == 6:
            break
    assert tried >= 4


def _one_plant(**changes: object) -> Region:
    """One place; demand ``20 - q``; the world sells at 8; a plant of 10 makes at 2 a unit.

    Capital of 100 over one year without interest costs 100 a year in full; importing alone gives
    ``12 ** 2 / 2 = 72``. With the plant at full load: 10 at cost 2, 2 bought at 8.
    """
    activity = Activity("make", "make", "x", 10.0, (10.0,), 40.0, life=1.0, variable_cost=2.0)
    region = Region(
        title="one",
        currency="USD",
        price_year=2020,
        horizon_year=2030,
        participants=(Participant("A", "A", cost_of_capital=0.0),),
        places=(Place("a", "A", "a"),),
        goods=(Good("x", "x", "t"), Good("y", "y", "t", tradable=False)),
        activities=(activity,),
        options=(Option("a", "make"),),
        links=(Link(WORLD, "a", "x", 0.0),),
        outside=(Outside("x", "supply", 8.0),),
        demands=(Demand("a", "x", 10.0, 10.0, -1.0),),
    )
    return replace(region, **changes)  # type: ignore[arg-type]


def _changed(region: Region, **changes: object) -> Region:
    return replace(region, activities=(replace(region.activities[0], **changes),))  # type: ignore[arg-type]


def _benefit(region: Region) -> float:
    solution = solve_monolithic(region)
    assert solution.status == "optimal"
    return -solution.value


def test_plant_is_built_when_it_pays() -> None:
    """The plant saves 6 on each of 10 units: worth 60 a year."""
    region = _one_plant()
    assert _benefit(region) == pytest.approx(72.0 + 60.0 - 40.0)
    assert _benefit(_changed(region, capital_cost=59.0)) == pytest.approx(73.0)
    assert _benefit(_changed(region, capital_cost=61.0)) == pytest.approx(72.0)


def test_costs_of_running() -> None:
    region = _one_plant()
    base = 72.0 + 60.0 - 40.0
    assert _benefit(_changed(region, fixed_share=0.1)) == pytest.approx(base - 4.0)
    powered = replace(region.participants[0], energy_price=0.5)
    costly = replace(_changed(region, energy=2.0), participants=(powered,))
    assert _benefit(costly) == pytest.approx(base - 10.0)
    staffed = replace(region.participants[0], workforce=(Worker("hand", 0.5),))
    manned = replace(_changed(region, labour={"hand": 6.0, "unpaid": 9.0}), participants=(staffed,))
    assert _benefit(manned) == pytest.approx(base - 3.0)
    assert solve_monolithic(manned).jobs == pytest.approx(15.0)
    dear = replace(region.participants[0], capital_multiplier=1.1, variable_multiplier=1.5)
    assert _benefit(replace(region, participants=(dear,))) == pytest.approx(base - 4.0 - 10.0)


def test_sizes_scale_and_learning() -> None:
    """Two plants of 5 cost ``2 * 40 * 0.5 ** 0.5``; learning sees both, scale sees one."""
    two = replace(_one_plant(), options=(Option("a", "make", max_plants=2),))
    changed = _changed(
        two,
        sizes=(5.0,),
        capital_cost=20.0,
        capital_exponent=0.5,
        variable_exponent=-1.0,
        learning_exponent=-0.5,
    )
    units = {unit.number: unit for unit in running_units(changed)}
    assert units[2].fixed_cost == pytest.approx(2.0 * 20.0 * math.sqrt(0.5))
    assert units[1].marginal_cost == pytest.approx(2.0 * 2.0 * math.sqrt(2.0))
    assert units[2].marginal_cost == pytest.approx(4.0)
    assert _benefit(changed) == pytest.approx(72.0 + 40.0 - 40.0 * math.sqrt(0.5))


def test_minimum_load_and_old_plant() -> None:
    """Without a world, 10 units of load cannot be avoided by a plant that must run at 60 %."""
    alone = _one_plant(outside=(), demands=(Demand("a", "x", 2.0, 10.0, -1.0),))
    loaded = _changed(alone, minimum_load=0.6, capital_cost=5.0)
    assert _benefit(loaded) == pytest.approx(20.0 * 4.0 - 2.5 * 16.0 - 2.0 * 6.0 - 5.0)
    old = replace(_one_plant(), options=(), plants=(Plant("p", "a", "make", 10.0),))
    assert _benefit(old) == pytest.approx(132.0)
    kept = _changed(old, fixed_share=2.0)
    assert _benefit(kept) == pytest.approx(72.0)


def test_budgets_bind() -> None:
    region = _changed(_one_plant(), energy=1.0, public_share=0.5, labour={"hand": 3.0})
    party = region.participants[0]

    def limited(**limits: object) -> float:
        return _benefit(replace(region, participants=(replace(party, **limits),)))  # type: ignore[arg-type]

    assert limited() == pytest.approx(92.0)
    assert limited(power_limit=9.0) == pytest.approx(86.0)
    assert limited(public_money=20.0) == pytest.approx(92.0)
    assert limited(public_money=19.0) == pytest.approx(72.0)
    assert limited(workforce=(Worker("hand", 0.0, 3.0),)) == pytest.approx(92.0)
    assert limited(workforce=(Worker("hand", 0.0, 2.0),)) == pytest.approx(72.0)
    capped = replace(region, options=(Option("a", "make", max_output=8.0),))
    assert _benefit(capped) == pytest.approx(72.0 + 48.0 - 40.0)


def test_limits_and_weights() -> None:
    region = _changed(_one_plant(), emissions=1.0, labour={"hand": 3.0})

    def under(limit: Limit) -> float:
        return _benefit(replace(region, limits=(limit,)))

    assert under(Limit("emissions", maximum=9.0)) == pytest.approx(86.0)
    assert under(Limit("emissions", weight=0.5)) == pytest.approx(87.0)
    assert under(Limit("jobs", weight=2.0)) == pytest.approx(98.0)
    assert under(Limit("outside_share", "x", weight=1.0)) == pytest.approx(
        20.0 * 11.0 - 60.5 - 20.0 - 9.0 - 40.0
    )
    assert under(Limit("outside_share", "x", maximum=0.0)) == pytest.approx(
        20.0 * 10.0 - 50.0 - 20.0 - 40.0
    )
    assert under(Limit("outside_share", "x", maximum=0.1)) == pytest.approx(
        20.0 * (q := 10.0 / 0.9) - q**2 / 2.0 - 20.0 - 8.0 * (q - 10.0) - 40.0
    )
    dear = replace(_changed(region, capital_cost=61.0), limits=(Limit("jobs", minimum=1.0),))
    assert _benefit(dear) == pytest.approx(71.0)
    too_many = replace(region, limits=(Limit("jobs", minimum=4.0),))
    assert solve_monolithic(too_many).status == "infeasible"


def test_companions_and_goods_that_stay() -> None:
    region = _one_plant()
    helper = replace(region.activities[0], id="help", output="y", capital_cost=5.0)
    both = replace(
        region,
        activities=(region.activities[0], helper),
        options=(Option("a", "make"), Option("a", "help")),
    )
    needs = replace(both, companions=(Companion("make", "requires", "help"),))
    assert _benefit(both) == pytest.approx(92.0)
    assert _benefit(needs) == pytest.approx(87.0)
    never = replace(needs, companions=(*needs.companions, Companion("make", "excludes", "help")))
    assert _benefit(never) == pytest.approx(72.0)
    fed = _changed(region, inputs={"y": 2.0})
    assert _benefit(fed) == pytest.approx(72.0)
    assert _benefit(replace(fed, endowments=(Endowment("a", "y", 16.0),))) == pytest.approx(80.0)


def test_an_endless_bargain_is_unbounded() -> None:
    region = _one_plant(
        links=(Link(WORLD, "a", "x", 0.0), Link("a", WORLD, "x", 0.0)),
        outside=(Outside("x", "supply", 8.0), Outside("x", "demand", 9.0)),
    )
    assert solve_monolithic(region).status == "unbounded"


def test_what_is_not_settled_is_refused() -> None:
    region = _one_plant()
    with pytest.raises(ValueError, match="not traded"):
        solve_monolithic(replace(region, demands=(Demand("a", "y", 1.0, 1.0),)))
    with pytest.raises(ValueError, match="endowment"):
        solve_monolithic(replace(region, endowments=(Endowment("a", "x", 1.0),)))


def test_capital_recovery_pays_back_exactly() -> None:
    """The present worth of the yearly payments is the capital."""
    payment = capital_recovery(0.08, 20.0)
    assert sum(payment * 1.08**-year for year in range(1, 21)) == pytest.approx(1.0)
    assert capital_recovery(1e-12, 20.0) == pytest.approx(0.05)


@pytest.mark.parametrize("seed", [3, 11])
def test_units_do_not_matter(seed: int) -> None:
    region = random_region(seed, participants=3, activities=2)
    plain = solve_monolithic(region)
    goods = {good.id: 10.0 ** (k - 1) for k, good in enumerate(region.goods)}
    scaled = in_units(region, money=1000.0, energy=3.0, emissions=0.1, goods=goods)
    _same(plain, solve_monolithic(scaled), 1000.0)


@pytest.mark.parametrize("seed", [3, 11])
def test_order_does_not_matter(seed: int) -> None:
    region = random_region(seed, participants=3, activities=2)
    turned = replace(
        region,
        participants=region.participants[::-1],
        places=region.places[::-1],
        goods=region.goods[::-1],
        activities=region.activities[::-1],
        options=region.options[::-1],
        links=region.links[::-1],
    )
    _same(solve_monolithic(region), solve_monolithic(turned), 1.0)


def _same(first: Solution, second: Solution, money: float) -> None:
    assert first.status == second.status == "optimal"
    assert second.value == pytest.approx(first.value * money, abs=3e-8 * money * first.scale)


def test_random_regions_repeat_and_vary() -> None:
    assert random_region(5) == random_region(5)
    assert random_region(5) != random_region(6)
    regions = [random_region(seed) for seed in range(60)]
    assert {len(region.participants) for region in regions} == {2, 3, 4}
    assert {len(region.activities) for region in regions} == {2, 3, 4}
    money = [sum(d.price * d.quantity for d in region.demands) for region in regions]
    assert min(money) < 1.0 and max(money) > 1000.0
    for name in ("companions", "endowments", "limits", "plants"):
        assert 0 < sum(bool(getattr(region, name)) for region in regions) < len(regions)


def test_random_regions_follow_wishes() -> None:
    full = random_region(1, participants=4, activities=3, several_places=True, **EVERYTHING)
    assert (len(full.participants), len(full.activities)) == (4, 3)
    assert len(full.places) > 4
    assert full.companions and any(not good.tradable for good in full.goods)
    bare = random_region(1, several_places=False, **dict.fromkeys(EVERYTHING, False))
    assert len(bare.places) == len(bare.participants)
    assert not (bare.companions or bare.limits or bare.plants or bare.endowments)
    assert all(math.isinf(party.power_limit) for party in bare.participants)


def test_building_sometimes_pays() -> None:
    built = []
    for seed in range(12):
        region = random_region(seed, participants=2, activities=2)
        built.append(sum(not plant.existing for plant in solve_monolithic(region).plants))
    assert min(built) == 0
    assert max(built) >= 2
