"""Every account of every outcome, against books kept by hand."""

from __future__ import annotations

import math

import pytest

from studies.accounting import Books
from studies.cases import CASES, outcomes, region_of, study
from workshare.studies.coordinate import coordinate
from workshare.studies.result import CoordinationResult


def check_accounts(result: CoordinationResult) -> None:
    for outcome, region in outcomes(result):
        books = Books(region, outcome)
        room = 1e-6 * books.turnover
        assert outcome.value == pytest.approx(books.regional_value, abs=room), outcome.name
        assert outcome.market_value == pytest.approx(books.market_value, abs=room), outcome.name
        values = outcome.by_participant
        assert values == pytest.approx(books.national_values, abs=room), outcome.name
        whole = sum(values.values()) + outcome.residual
        assert whole == pytest.approx(books.regional_value, abs=room), outcome.name
        costs = {account.participant: account.private_cost for account in outcome.accounts}
        assert costs == pytest.approx(books.private_costs, abs=room), outcome.name
        tariffs = {account.participant: account.tariff_revenue for account in outcome.accounts}
        assert tariffs == pytest.approx(books.tariffs, abs=room), outcome.name
        assert outcome.emissions == pytest.approx(books.emissions, rel=1e-7, abs=1e-9)
        assert outcome.jobs == pytest.approx(books.jobs, rel=1e-7, abs=1e-9)


def check_goods(result: CoordinationResult) -> None:
    """What is left at a place is never less than nothing, and is worth nothing."""
    for outcome, region in outcomes(result):
        books = Books(region, outcome)
        price = {(p.place, p.good): p.price for p in outcome.prices}
        for key, left in books.left_over.items():
            use = max(p.demand for p in outcome.prices if p.good == key[1])
            moved = sum(f.quantity for f in outcome.flows if f.good == key[1])
            made = sum(abs(v) for k, v in books.net_supply.items() if k[1] == key[1])
            typical = max([d.quantity for d in region.demands if d.good == key[1]], default=0.0)
            size = use + moved + made + typical + max(a.reference_size for a in region.activities)
            assert left >= -1e-6 * size, (outcome.name, key)
            if not math.isnan(price[key]):
                assert left * price[key] <= 1e-5 * books.turnover, (outcome.name, key)


@pytest.mark.parametrize("name", CASES)
def test_accounts_add_up(name: str) -> None:
    check_accounts(study(name))


@pytest.mark.parametrize("name", CASES)
def test_goods_add_up(name: str) -> None:
    check_goods(study(name))


@pytest.mark.parametrize("name", CASES)
def test_nothing_is_above_the_bound_or_the_least_cost_division(name: str) -> None:
    result = study(name)
    least = result.outcomes["coordinated"]
    jobs = max([0.0, *(x.minimum for x in result.region.limits if x.subject == "jobs")])
    for outcome, region in outcomes(result):
        if outcome.jobs < jobs * (1.0 - 1e-6):
            # such an outcome is no answer to the coordinator's problem, and must say so
            assert "minimum of jobs is not met" in outcome.claim
            continue
        room = result.certificate.gap_absolute + 1e-7 * Books(region, outcome).turnover
        assert outcome.market_value <= least.market_value + room, outcome.name
        assert outcome.market_value <= result.bound + room, outcome.name


@pytest.mark.parametrize("name", CASES)
def test_what_runs_respects_limits_of_its_owner(name: str) -> None:
    result = study(name)
    process = {activity.id: activity for activity in result.region.activities}
    for outcome, _ in outcomes(result):
        for party in result.region.participants:
            running = [p for p in outcome.plants if p.participant == party.id and not p.idle]
            for worker in party.workforce:
                used = sum(dict(p.group.jobs).get(worker.occupation, 0.0) for p in running)
                assert used <= worker.available * (1.0 + 1e-6)
            power = sum(process[p.group.activity].energy * p.output for p in running)
            assert power <= party.power_limit * (1.0 + 1e-6)
            for rule in result.region.companions:
                for plant in running:
                    near = {
                        other.group.activity
                        for other in running
                        if rule.scope == "participant" or other.group.place == plant.group.place
                    }
                    if plant.group.activity == rule.activity:
                        assert (rule.other in near) == (rule.rule == "requires"), outcome.name


@pytest.mark.parametrize("name", CASES)
def test_plants_run_within_their_range(name: str) -> None:
    for outcome, _ in outcomes(study(name)):
        for plant in outcome.plants:
            room = 1e-6 * plant.group.upper
            assert plant.output <= plant.group.upper + room
            assert plant.idle or plant.output >= plant.group.lower - room


@pytest.mark.slow
def test_accounts_of_lithium_add_up() -> None:
    result = coordinate(region_of("lithium"), workers=2)
    check_accounts(result)
    check_goods(result)
