"""Duplicated plants, against trying every combination."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest

from studies.cases import CASES, outcomes, region_of, setting, study
from workshare.region.region import Region
from workshare.studies.duplication import duplications, least_fixed_cost
from workshare.studies.play_out import outcome_at
from workshare.studies.setting import Setting


def by_trying_everything(region: Region, ready: Setting, activity: str, output: float) -> float:
    """Return the least fixed cost of new plants of ``activity`` that can make ``output``."""
    cost = {g.label: g.fixed_cost for m in ready.models.values() for g in m.groups}
    sizes = next(a.sizes for a in region.activities if a.id == activity)
    per_place = []
    for option in region.options:
        if option.activity != activity:
            continue
        choices = []
        for numbers in itertools.product(range(option.max_plants + 1), repeat=len(sizes)):
            if sum(numbers) <= option.max_plants:
                held = [(n, s) for n, s in zip(numbers, sizes, strict=True) if n]
                money = sum(cost[f"{option.place}/{activity}/{n}x{s:g}"] for n, s in held)
                choices.append((money, sum(n * s for n, s in held)))
        per_place.append(choices)
    best = math.inf
    for picked in itertools.product(*per_place):
        if sum(capacity for _, capacity in picked) >= output * (1.0 - 1e-6):
            best = min(best, sum(money for money, _ in picked))
    return best


@pytest.mark.parametrize("name", CASES)
def test_least_fixed_cost_against_every_combination(name: str) -> None:
    region, ready = region_of(name), setting(name)
    rng = np.random.default_rng(0)
    for activity in region.activities:
        places = [o for o in region.options if o.activity == activity.id]
        if not places:
            assert least_fixed_cost(ready, activity.id, 1.0) == 0.0
            continue
        most = sum(o.max_plants for o in places) * max(activity.sizes)
        for share in (0.0, *rng.uniform(0.05, 0.99, size=3), 1.0):
            expected = by_trying_everything(region, ready, activity.id, share * most)
            found = least_fixed_cost(ready, activity.id, share * most)
            assert found == pytest.approx(expected, rel=1e-9), (activity.id, share)


def test_more_than_all_plants_can_make_has_no_cost() -> None:
    assert least_fixed_cost(setting("islands"), "make_ice", 1e6) == math.inf


@pytest.mark.parametrize("name", CASES)
def test_what_is_named_is_built_twice_and_not_needed(name: str) -> None:
    ready = setting(name)
    for outcome, _ in outcomes(study(name)):
        for item in duplications(ready, outcome):
            built = [
                p
                for p in outcome.plants
                if p.group.activity == item.activity and not p.group.existing
            ]
            assert {p.group.label for p in built} == set(item.plants)
            assert sum(p.group.number for p in built) >= 2
            assert item.fixed_cost == pytest.approx(sum(p.fixed_cost for p in built))
            assert 0.0 <= item.needed_fixed_cost < item.fixed_cost
            assert item.extra == pytest.approx(item.fixed_cost - item.needed_fixed_cost)


def test_ice_houses_on_paper() -> None:
    """Three houses make 13.2 kt, which two could make: 36 of 108 is not needed."""
    ready = setting("islands")
    (item,) = duplications(ready, study("islands").outcomes["uncoordinated"])
    assert set(item.participants) == {"CIN", "DOR", "ELM"}
    assert item.fixed_cost == pytest.approx(108.0)
    assert item.extra == pytest.approx(36.0)
    assert duplications(ready, study("islands").outcomes["coordinated"]) == []


def test_nobody_building_duplicates_nothing() -> None:
    ready = setting("islands")
    assert duplications(ready, outcome_at(ready, ready.nobody(), "nobody")) == []
