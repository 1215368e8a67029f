"""Why an option did not enter, and what is missing; recomputed from the region's records."""

from __future__ import annotations

import math

import pytest

from reference.units import running_units
from studies.cases import CASES, outcomes, setting, study
from workshare.region.region import WORLD, Region
from workshare.studies.gaps import NotChosen, not_chosen, shortfalls
from workshare.studies.outcome import Outcome
from workshare.studies.setting import Setting


def price_of(region: Region, outcome: Outcome, place: str, good: str, *, sell: bool) -> float:
    """Return what a unit of ``good`` would bring (``sell``) or cost at ``place``."""
    known = {(p.place, p.good): p.price for p in outcome.prices if not math.isnan(p.price)}
    if (place, good) in known:
        return known[place, good]
    curve = {(c.good, c.side): c for c in region.outside}
    moved = {
        "supply": sum(f.quantity for f in outcome.flows if (f.origin, f.good) == (WORLD, good)),
        "demand": sum(
            f.quantity for f in outcome.flows if (f.destination, f.good) == (WORLD, good)
        ),
    }
    found = []
    for link in region.links:
        here, there = (link.origin, link.destination)
        if not sell:
            here, there = there, here
        if here != place or link.good != good:
            continue
        side = "demand" if sell else "supply"
        if there != WORLD:
            price = known.get((there, good))
        elif (good, side) in curve:
            one = curve[good, side]
            price = one.price + (-1 if sell else 1) * one.slope * moved[side]
        else:
            price = None
        if price is not None:
            cost = link.freight + link.tariff
            found.append(price - cost if sell else price + cost)
    if sell:
        return max([0.0, *found])
    return min(found, default=math.inf)


def price_needed(region: Region, outcome: Outcome, item: NotChosen) -> float:
    """Return the price of its product at which the plant covers its cost at full load."""
    group = item.group
    unit = next(
        u
        for u in running_units(region)
        if (u.place, u.activity.id, u.size, u.number, u.existing)
        == (group.place, group.activity, group.size, group.number, False)
    )
    tradable = {good.id for good in region.goods if good.tradable}
    money = unit.fixed_cost + unit.marginal_cost * unit.capacity
    for good in tradable - {unit.activity.output}:
        amount = unit.net(good) * unit.capacity
        if amount:
            money -= amount * price_of(region, outcome, unit.place, good, sell=amount > 0)
    return money / (unit.net(unit.activity.output) * unit.capacity)


@pytest.mark.parametrize("name", CASES)
def test_the_price_that_would_bring_an_option_in(name: str) -> None:
    ready = setting(name)
    for outcome, region in outcomes(study(name)):
        there = ready if region is study(name).region else Setting(region)
        for item in not_chosen(there, outcome):
            expected = price_needed(region, outcome, item)
            assert item.price_needed == pytest.approx(expected, rel=1e-6), (outcome.name, item)
            now = price_of(region, outcome, item.group.place, item.good, sell=True)
            assert item.price_now == pytest.approx(now, rel=1e-6)
            if math.isinf(expected):
                assert item.why == "an input is not for sale here"
            else:
                assert (item.missing_profit > 0) == (item.price_needed > item.price_now)


@pytest.mark.parametrize("name", CASES)
def test_every_option_entered_or_is_explained_once(name: str) -> None:
    result, ready = study(name), setting(name)
    outcome = result.outcomes["coordinated"]
    entered = {(p.group.place, p.group.activity) for p in outcome.plants if not p.group.existing}
    explained = [(i.group.place, i.group.activity) for i in not_chosen(ready, outcome)]
    allowed = {(o.place, o.activity) for o in result.region.options if o.max_plants > 0}
    assert len(explained) == len(set(explained))
    assert set(explained) | entered == allowed
    assert not set(explained) & entered


@pytest.mark.parametrize("name", CASES)
def test_nothing_that_pays_by_itself_was_left_out_of_the_least_cost(name: str) -> None:
    """One that would cover its cost at these prices must say that it would lower them."""
    ready = setting(name)
    for item in not_chosen(ready, study(name).outcomes["coordinated"]):
        if item.missing_profit <= 0:
            assert "lower them" in item.why


@pytest.mark.parametrize("name", CASES)
def test_shortfalls_are_what_comes_from_outside(name: str) -> None:
    result, ready = study(name), setting(name)
    outcome = result.outcomes["coordinated"]
    nearly = not_chosen(ready, outcome)
    found = {item.good: item for item in shortfalls(ready, outcome, nearly)}
    inputs = {a.id: a.inputs for a in result.region.activities}
    typical = max(d.quantity for d in result.region.demands)
    for good in result.region.goods:
        imports = sum(f.quantity for f in outcome.flows if f.good == good.id and f.origin == WORLD)
        if good.id not in found:
            use = sum(p.demand for p in outcome.prices if p.good == good.id)
            use += sum(p.output * inputs[p.group.activity].get(good.id, 0) for p in outcome.plants)
            assert imports <= 1.01e-4 * use + 1e-6 * typical
            continue
        item = found[good.id]
        assert item.imports == pytest.approx(imports, rel=1e-6, abs=1e-6 * item.consumption)
        assert item.nearest is None or item.nearest.good == good.id
        assert item.marginal_value >= 0


def test_salve_on_paper() -> None:
    """Nobody makes salve at 6; Fenna's brewery would at 40 / 10 + 3 = 7."""
    ready = setting("islands")
    outcome = study("islands").outcomes["coordinated"]
    found = shortfalls(ready, outcome, not_chosen(ready, outcome))
    salve = next(item for item in found if item.good == "salve")
    assert salve.imports == pytest.approx(10.0, rel=1e-6)
    assert salve.share == pytest.approx(1.0)
    assert salve.nearest is not None
    assert salve.nearest.participant == "FEN"
    assert salve.nearest.price_needed == pytest.approx(7.0)
    assert salve.nearest.price_now == pytest.approx(6.0, abs=1e-4)
    assert salve.nearest.missing_profit == pytest.approx(10.0, abs=1e-3)
