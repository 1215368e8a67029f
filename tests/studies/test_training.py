"""The main study where workers must be trained: proven, accounted for, and never better."""

from __future__ import annotations

from dataclasses import replace

import pytest

from workshare.region import read_region
from workshare.region.region import Region
from workshare.response import private_model
from workshare.studies.coordinate import coordinate


def islands(at_hand: float, cost: float) -> Region:
    """Return the islands with little labour at hand: each plant needs workers."""
    region = read_region("islands")
    activities = tuple(replace(a, labour={"crew": 100.0}) for a in region.activities)
    from workshare.region.region import Worker

    crew = (Worker("crew", 0.001, at_hand=at_hand, training_cost=cost),)
    people = tuple(replace(p, workforce=crew) for p in region.participants)
    return replace(region, activities=activities, participants=people)


def test_training_is_in_the_proven_cost_and_in_the_accounts() -> None:
    free = coordinate(islands(1e9, 0.05), scenarios=["least_cost"])
    dear = coordinate(islands(50.0, 0.05), scenarios=["least_cost"])
    assert free.certificate.holds and dear.certificate.holds
    assert dear.status == "exact"
    assert dear.value < free.value
    region = islands(50.0, 0.05)
    for outcome in (dear.scenario("least_cost"), dear.outcomes["uncoordinated"]):
        for account in outcome.accounts:
            model = private_model(region, account.participant)
            running = [
                p for p in outcome.plants if p.participant == account.participant and not p.idle
            ]
            jobs = sum(n for p in running for _, n in p.group.jobs)
            plants = sum(
                p.fixed_cost + p.variable_cost
                for p in outcome.plants
                if p.participant == account.participant
            )
            trained = 0.05 * max(0.0, jobs - 50.0) if model.training else 0.0
            assert account.private_cost == pytest.approx(plants + trained, abs=1e-6)
        total = sum(outcome.by_participant.values()) + outcome.residual
        assert total == pytest.approx(outcome.value, abs=1e-6)


def test_the_value_falls_with_the_cost_and_rises_with_people() -> None:
    values = [
        coordinate(islands(hand, cost), scenarios=["least_cost"]).value
        for hand, cost in ((50.0, 0.2), (50.0, 0.05), (150.0, 0.05))
    ]
    assert values[0] <= values[1] + 1e-6 <= values[2] + 2e-6
