"""A region made ready: clearing at holdings, and what each participant gets from it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from reference.random_regions import random_region
from studies.accounting import Books
from studies.cases import CASES, setting
from workshare.region.region import Companion, Limit
from workshare.studies.play_out import outcome_at, slots
from workshare.studies.setting import Setting


def drawn_holdings(ready: Setting, seed: int) -> dict[str, frozenset[str]]:
    """Hold one new group, or none, of every activity at every place, whatever the limits."""
    rng = np.random.default_rng(seed)
    return {
        code: frozenset(
            slot[int(rng.integers(len(slot)))] for slot in slots(model) if rng.random() < 0.5
        )
        for code, model in ready.models.items()
    }


@pytest.mark.parametrize("name", CASES)
def test_national_values_are_those_of_the_accounts(name: str) -> None:
    ready = setting(name)
    for seed in range(3):
        holdings = drawn_holdings(ready, seed)
        outcome = outcome_at(ready, holdings, "drawn")
        room = 1e-6 * Books(ready.region, outcome).turnover
        values = ready.clear(holdings).values
        assert values == pytest.approx(outcome.by_participant, abs=room)


@pytest.mark.parametrize("name", CASES)
def test_no_plant_runs_at_an_avoidable_loss(name: str) -> None:
    ready = setting(name)
    outcome = outcome_at(ready, drawn_holdings(ready, 7), "drawn")
    room = 1e-5 * Books(ready.region, outcome).turnover
    for plant in outcome.plants:
        assert plant.profit >= -plant.group.sunk_cost - room
        if plant.idle:
            assert plant.output == 0.0
            assert plant.fixed_cost == plant.group.sunk_cost


@pytest.mark.parametrize("name", CASES)
def test_everything_held_is_in_the_outcome(name: str) -> None:
    ready = setting(name)
    holdings = drawn_holdings(ready, 3)
    assert dict(outcome_at(ready, holdings, "drawn").holdings) == holdings


@pytest.mark.parametrize("scope", ["place", "participant"])
@pytest.mark.parametrize("rule", ["requires", "excludes"])
def test_what_stands_idle_breaks_no_rule_for_what_runs(rule: str, scope: str) -> None:
    region = random_region(
        15,
        participants=3,
        activities=2,
        with_existing_plants=True,
        with_limits=False,
        with_budgets=False,
    )
    region = replace(region, companions=(Companion("make_g2", rule, "make_g1", scope),))
    ready = Setting(region)
    checked = 0
    for seed in range(10):
        outcome = outcome_at(ready, drawn_holdings(ready, seed), "drawn")
        running = [plant for plant in outcome.plants if not plant.idle]
        for plant in running:
            if plant.group.activity == "make_g2":
                near = {
                    other.group.activity
                    for other in running
                    if other.participant == plant.participant
                    and (scope == "participant" or other.group.place == plant.group.place)
                }
                assert ("make_g1" in near) == (rule == "requires")
                checked += 1
    assert checked


def test_a_minimum_of_jobs_binds_the_coordinator_alone() -> None:
    region = random_region(2, participants=2, activities=2, with_limits=False)
    ready = Setting(replace(region, limits=(Limit("jobs", minimum=1e-3),)))
    nothing = outcome_at(ready, ready.nobody(), "nobody", claim="today")
    free = Setting(region)
    assert nothing.value == pytest.approx(outcome_at(free, free.nobody(), "nobody").value)
    assert nothing.jobs > 0 or nothing.claim == "today; the region's minimum of jobs is not met"
    assert ready.least_jobs == 1e-3
    assert free.least_jobs == 0.0


def test_without_links_only_the_outside_is_left() -> None:
    ready = setting("islands")
    owner = ready.region.place_owner()
    left = ready.without_links("CIN").region.links
    gone = set(ready.region.links) - set(left)
    assert gone
    for link in gone:
        assert "CIN" in (owner[link.origin], owner[link.destination])
    for link in left:
        ends = {owner.get(link.origin), owner.get(link.destination)}
        assert "CIN" not in ends or ends <= {"CIN", None}
