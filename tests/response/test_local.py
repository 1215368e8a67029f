"""Local oracles: table and MILP answer alike, bounds are proven, menus leave nothing out."""

from __future__ import annotations

import numpy as np
import pytest

from reference.random_regions import random_region
from workshare.region.dimensions import shared_dimensions
from workshare.region.region import Region
from workshare.response import (
    MixedPart,
    Plan,
    PrivateModel,
    TablePart,
    cheapest_levels,
    local_participants,
    participant_parts,
    plan_table,
    private_model,
)


def whole_models(region: Region) -> list[PrivateModel]:
    models = [private_model(region, p.id) for p in region.participants]
    return [model for model in models if model.groups]


def random_prices(region: Region, seed: int) -> np.ndarray:
    rng = np.random.default_rng(seed)
    worth = {d.good: d.price for d in region.demands}
    worth.update((c.good, c.price) for c in region.outside)
    level = float(np.mean(list(worth.values()))) if worth else 1.0
    return np.array(
        [
            worth.get(d.good, level) * rng.uniform(0.3, 2.0) if d.kind == "balance" else 0.0
            for d in shared_dimensions(region)
        ]
    )


@pytest.mark.parametrize("seed", range(8))
def test_parts_together_answer_as_the_whole_milp(seed: int) -> None:
    region = random_region(seed, participants=2, activities=3, with_budgets=True)
    prices = random_prices(region, seed)
    for model in whole_models(region):
        whole = MixedPart(model.owner, model.owner, model).price(prices)
        parts = [part.price(prices) for part in participant_parts(model)]
        size = max(1.0, abs(whole.bound))
        assert sum(part.bound for part in parts) == pytest.approx(whole.bound, abs=1e-6 * size)
        assert whole.points[0].reduced(prices) >= whole.bound - 1e-9 * size


@pytest.mark.parametrize("seed", range(6))
def test_answers_attain_their_bound_and_menus_are_complete(seed: int) -> None:
    region = random_region(seed)
    prices = random_prices(region, seed)
    for part in local_participants(region):
        answer = part.price(prices)
        best = answer.points[0].reduced(prices)
        assert best == pytest.approx(answer.bound, abs=1e-7 * max(1.0, abs(best)))
        if not isinstance(part, TablePart):
            continue
        values = sorted(cheapest_levels(plan, prices)[1] for plan in part.plans)
        slack = 0.5 * (values[-1] - values[0])
        menu = part.menu(prices, slack, 10_000)
        assert menu.complete
        inside = sum(value <= values[0] + slack + 1e-12 for value in values)
        assert len(menu.plans) == inside
        short = part.menu(prices, slack, inside - 1) if inside > 1 else None
        assert short is None or not short.complete


@pytest.mark.parametrize("seed", range(4))
def test_milp_menu_finds_what_the_table_lists(seed: int) -> None:
    region = random_region(seed, participants=2, activities=2, with_budgets=True)
    prices = random_prices(region, seed)
    for part in local_participants(region):
        if not isinstance(part, TablePart) or part.model is None or len(part.plans) > 40:
            continue
        if not part.model.groups:
            continue
        mixed = MixedPart(part.id, part.owner, part.model)
        values = np.sort([cheapest_levels(plan, prices)[1] for plan in part.plans])
        if values.size < 2:
            continue
        # an edge in the widest gap between values: no plan ties with it, so the lists are equal
        widest = int(np.argmax(np.diff(values)))
        slack = float(0.5 * (values[widest] + values[widest + 1]) - values[0])
        listed = {plan.id for plan in part.menu(prices, slack, 1000).plans}
        found = {plan.id for plan in mixed.menu(prices, slack, 1000).plans}
        assert listed == found
        again = mixed.price(prices).points[0].reduced(prices)
        assert again == pytest.approx(part.price(prices).bound, abs=1e-7 * max(1.0, abs(again)))


def test_one_limit_is_a_knapsack_and_several_a_linear_programme() -> None:
    rng = np.random.default_rng(0)
    for _ in range(20):
        size = 4
        plan = Plan(
            "p",
            0.0,
            np.zeros(1),
            unit_cost=rng.normal(size=size),
            unit_contribution=np.zeros((size, 1)),
            lower=np.full(size, 0.1),
            upper=rng.uniform(0.5, 2.0, size),
            rows=rng.uniform(0.1, 1.0, (1, size)),
            limits=np.array([1.0]),
        )
        levels, value = cheapest_levels(plan, np.zeros(1))
        assert plan.rows @ levels <= plan.limits + 1e-9
        twice = Plan(
            "q",
            0.0,
            np.zeros(1),
            plan.unit_cost,
            plan.unit_contribution,
            plan.lower,
            plan.upper,
            np.vstack([plan.rows, plan.rows]),
            np.array([1.0, 1.0]),
        )
        assert cheapest_levels(twice, np.zeros(1))[1] == pytest.approx(value, abs=1e-9)


def test_plan_table_answers_the_cheapest_plan() -> None:
    part = plan_table("A", [0.0, 3.0], [np.zeros(1), np.ones(1)])
    assert part.price(np.array([2.0])).points[0].plan.id == "A:0"
    assert part.price(np.array([4.0])).points[0].plan.id == "A:1"
