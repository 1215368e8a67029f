"""The scenarios on offer: each is what its name says, measured apart from how it was found."""

from __future__ import annotations

import pytest

from studies.cases import CASES, region_of, setting, study
from workshare.region.region import WORLD
from workshare.studies.coordinate import coordinate
from workshare.studies.outcome import Outcome
from workshare.studies.result import CoordinationResult
from workshare.studies.scenarios import SLACK, even_gains, makers_of, smallest_gain

OFFERED = ("fewest_changes", "least_duplication", "most_resilient", "lowest_emissions")


def makers(outcome: Outcome) -> set[tuple[str, str]]:
    """Return who builds what, from the plants of ``outcome``."""
    return {(p.participant, p.group.activity) for p in outcome.plants if not p.group.existing}


def alternatives(result: CoordinationResult) -> list[Outcome]:
    return [o for o in result.scenarios if o.name.startswith("alternative_")]


@pytest.mark.parametrize("name", CASES)
def test_offers_are_within_the_slack(name: str) -> None:
    result = study(name)
    least, apart = result.outcomes["coordinated"], result.outcomes["uncoordinated"]
    size = abs(least.market_value)
    gain = least.market_value - apart.market_value
    slack = min(SLACK * size, max(0.5 * gain, 1e-3 * size))
    for outcome in [*alternatives(result), *(result.scenario(n) for n in OFFERED)]:
        assert outcome.market_value >= least.market_value - slack - 1e-8 * size - 1e-9
        assert "% of the best" in outcome.claim


@pytest.mark.parametrize("name", CASES)
def test_alternatives_differ_in_makers(name: str) -> None:
    result = study(name)
    found = [result.outcomes["coordinated"], *alternatives(result)]
    assert len({frozenset(makers(outcome)) for outcome in found}) == len(found)


def test_some_case_has_alternatives() -> None:
    assert any(len(alternatives(study(name))) >= 2 for name in CASES)


@pytest.mark.parametrize("name", CASES)
def test_each_offer_is_no_worse_than_least_cost_for_its_criterion(name: str) -> None:
    result = study(name)
    least = result.outcomes["coordinated"]
    national = makers(result.outcomes["uncoordinated"])
    scenario = result.scenario
    assert len(makers(scenario("least_duplication"))) <= len(makers(least))
    most = least.emissions * (1 + 1e-6) + 1e-9
    assert scenario("lowest_emissions").emissions <= most
    assert len(makers(scenario("fewest_changes")) ^ national) <= len(makers(least) ^ national)
    # the same goods and weights for both: the use of each good at the least-cost prices
    weight = {good: use for good, use in worth_of_use(result, least).items() if use > 0}
    before = sum(weight[g] * largest_source(result, least, g) for g in weight)
    after = sum(weight[g] * largest_source(result, scenario("most_resilient"), g) for g in weight)
    assert after <= before * (1 + 2e-3) + 1e-9


def largest_source(result: CoordinationResult, outcome: Outcome, good: str) -> float:
    """Return the most that one participant makes of ``good``, or the world sells (units/year)."""
    output = {a.id: a.output for a in result.region.activities}
    made: dict[str, float] = {WORLD: outcome.imports.get(good, 0.0)}
    for plant in outcome.plants:
        if output[plant.group.activity] == good:
            made[plant.participant] = made.get(plant.participant, 0.0) + plant.output
    return max(made.values())


def worth_of_use(result: CoordinationResult, outcome: Outcome) -> dict[str, float]:
    """Return price x what arrives or is used of each good, over the good's market scale."""
    ready = setting_of(result)
    scale = {
        c.good: s for c, s in zip(ready.market.columns, ready.market.column_scale, strict=True)
    }
    price = {(p.place, p.good): p.price for p in outcome.prices}
    worth: dict[str, float] = {}
    for flow in outcome.flows:
        if flow.destination != WORLD:
            value = flow.price_destination * flow.quantity
            worth[flow.good] = worth.get(flow.good, 0.0) + value
    for p in outcome.prices:
        if p.demand > 0 and price[p.place, p.good] > 0:
            worth[p.good] = worth.get(p.good, 0.0) + p.price * p.demand
    return {good: value / scale[good] for good, value in worth.items()}


def setting_of(result: CoordinationResult):  # type: ignore[no-untyped-def]
    return next(setting(name) for name in CASES if study(name) is result)


@pytest.mark.parametrize("name", CASES)
def test_maximin_helps_the_one_that_gains_least(name: str) -> None:
    result = study(name)
    alone = result.isolated_values
    floor = 1e-9 * max(1.0, abs(result.value))

    def smallest(outcome: Outcome) -> float:
        return min(
            (value - alone[code]) / max(abs(alone[code]), floor)
            for code, value in outcome.by_participant.items()
        )

    for outcome in result.scenarios:
        if not outcome.name.startswith("minus_"):
            assert smallest(result.scenario("maximin")) >= smallest(outcome) - 1e-9, outcome.name


@pytest.mark.parametrize("name", CASES)
def test_the_one_that_stays_out_is_as_if_isolated(name: str) -> None:
    result = study(name)
    owner = result.region.place_owner() | {WORLD: WORLD}
    for outcome in result.scenarios:
        if not outcome.name.startswith("minus_"):
            continue
        code = outcome.name.removeprefix("minus_")
        for flow in outcome.flows:
            ends = {owner[flow.origin], owner[flow.destination]}
            assert code not in ends or ends <= {code, WORLD}
        here = {p.group.label for p in outcome.plants if p.participant == code}
        alone = {
            p.group.label for p in result.isolated_plants if p.participant == code and not p.idle
        }
        assert here == alone


def test_measures_of_fairness() -> None:
    assert smallest_gain([0.3, -0.1, 0.2], 1.0) == -0.1
    assert even_gains([0.2, 0.2], 1.0) == 0.0
    assert even_gains([0.1, 0.3], 1.0) == pytest.approx(-0.5)
    # nobody gains, or the region gains nothing: no way of being even
    assert even_gains([0.0, 0.0], 1.0) < even_gains([0.0, 5.0], 1.0)
    assert even_gains([0.2, 0.2], 0.0) < even_gains([0.0, 5.0], 1.0)


def test_makers_are_read_from_labels() -> None:
    holdings = {"A": frozenset({"a/mill/1x2", "b/mill/2x2"}), "B": frozenset({"c/loom/1x3"})}
    assert makers_of(holdings.items()) == {("A", "mill"), ("B", "loom")}


def test_plants_chosen_for_low_emissions_may_emit_more_once_they_run_for_least_cost() -> None:
    """Here the plants that could emit least would, run for profit, emit 3 % more."""
    result = coordinate(region_of("297"), scenarios=["lowest_emissions"])
    emissions = result.scenario("lowest_emissions").emissions
    assert emissions <= result.outcomes["coordinated"].emissions * (1 + 1e-9)
