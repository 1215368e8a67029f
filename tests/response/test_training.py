"""Training: plans compete for the workers at hand; table, MILP and enumeration agree."""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pytest

from reference.random_regions import random_region
from workshare.region.dimensions import shared_dimensions
from workshare.region.region import Region
from workshare.response import (
    MixedPart,
    PrivateModel,
    TablePart,
    participant_parts,
    plan_of,
    private_model,
    split,
    training_cost,
)


def scarce(seed: int, at_hand: float = 0.3, **options: object) -> Region:
    """Return a random region in which part of the posts needs people who must be trained."""
    region = random_region(seed, **options)  # type: ignore[arg-type]
    rng = np.random.default_rng(seed)
    people = []
    for participant in region.participants:
        model = private_model(region, participant.id)
        workers = []
        for worker in participant.workforce:
            most = sum(dict(g.jobs).get(worker.occupation, 0.0) for g in model.groups)
            cost = rng.uniform(0.5, 3.0) * max(worker.wage, 1e-3)
            workers.append(replace(worker, at_hand=at_hand * most, training_cost=cost))
        people.append(replace(participant, workforce=tuple(workers)))
    return replace(region, participants=tuple(people))


def models_with_training(**options: object) -> list[tuple[Region, PrivateModel]]:
    found = []
    for seed in range(12):
        region = scarce(seed, **options)  # type: ignore[arg-type]
        for participant in region.participants:
            model = private_model(region, participant.id)
            if model.training and len(model.groups) <= 10:
                found.append((region, model))
    assert len(found) >= 4
    return found


def test_enough_at_hand_changes_nothing() -> None:
    for seed in range(4):
        plain, rich = random_region(seed), scarce(seed, at_hand=1.0)
        for participant in plain.participants:
            a, b = (private_model(region, participant.id) for region in (plain, rich))
            assert b.training == ()
            np.testing.assert_array_equal(a.limits, b.limits)
            assert a.groups == b.groups


def test_nobody_at_hand_costs_training_for_every_post() -> None:
    for _, model in models_with_training(at_hand=0.0):
        decision = np.ones(len(model.groups))
        by_hand = sum(t.cost * float(t.jobs.sum()) for t in model.training)
        assert float(training_cost(model.training, decision)) == pytest.approx(by_hand)


def test_a_plan_costs_its_groups_and_the_training_of_all_together() -> None:
    for _, model in models_with_training():
        alone = np.eye(len(model.groups))
        for decision in (*alone, np.ones(len(model.groups))):
            chosen = [g for g, on in zip(model.groups, decision, strict=True) if on]
            jobs: dict[str, float] = {}
            for group in chosen:
                for occupation, number in group.jobs:
                    jobs[occupation] = jobs.get(occupation, 0.0) + number
            extra = sum(
                t.cost * max(0.0, jobs.get(t.occupation, 0.0) - t.at_hand) for t in model.training
            )
            cost = sum(g.fixed_cost for g in chosen) + extra
            assert plan_of(model, decision).cost == pytest.approx(cost)


def test_cost_is_convex_in_plants_added() -> None:
    for _, model in models_with_training():
        steps = np.tril(np.ones((len(model.groups) + 1, len(model.groups))), -1)
        for training in model.training:
            workers = steps @ training.jobs
            cost = training.cost * training.trained(steps)
            slope = np.divide(
                np.diff(cost),
                np.diff(workers),
                out=np.zeros(len(model.groups)),
                where=np.diff(workers) > 0,
            )
            assert np.all(np.diff(slope[np.diff(workers) > 0]) >= -1e-9)


@pytest.mark.parametrize("seed", range(4))
def test_milp_and_enumeration_agree_at_random_prices(seed: int) -> None:
    rng = np.random.default_rng(seed)
    for region, model in models_with_training()[:8]:
        prices = rng.uniform(0, 2, len(shared_dimensions(region)))
        prices *= np.max(np.abs([g.unit_cost for g in model.groups]), initial=1.0)
        mixed = MixedPart(model.owner, model.owner, model).price(prices)
        best = np.inf
        for choice in itertools.product((0.0, 1.0), repeat=len(model.groups)):
            decision = np.array(choice)
            pure = ~np.any(model.rows_output != 0, axis=1)
            room = model.limits[pure] - model.rows_decision[pure] @ decision
            if np.any(room < -1e-9):
                continue
            part = TablePart("x", model.owner, (plan_of(model, decision),))
            best = min(best, part.price(prices).bound)
        size = max(1.0, abs(best))
        assert mixed.bound == pytest.approx(best, abs=1e-6 * size)


def test_parts_that_share_scarce_workers_are_asked_together() -> None:
    for region, model in models_with_training():
        parts = split(model)
        for training in model.training:
            users = [
                p for p in parts if any(t.occupation == training.occupation for t in p.training)
            ]
            assert len(users) == 1
        prices = np.full(len(shared_dimensions(region)), 0.5)
        whole = MixedPart(model.owner, model.owner, model).price(prices)
        bound = sum(part.price(prices).bound for part in participant_parts(model))
        assert bound == pytest.approx(whole.bound, abs=1e-6 * max(1.0, abs(whole.bound)))
