"""Private models: costs by formula, limits that matter, parts that do not touch."""

from __future__ import annotations

import math

import numpy as np
import pytest

from reference.random_regions import random_region
from reference.units import capital_recovery
from workshare.response.model import annuity, private_model, split


@pytest.mark.parametrize(("rate", "life"), [(0.08, 20.0), (0.15, 7.0), (0.001, 30.0)])
def test_annuity_repays_capital(rate: float, life: float) -> None:
    assert annuity(rate, life) == pytest.approx(capital_recovery(rate, life), rel=1e-12)
    worth = sum(annuity(rate, life) / (1 + rate) ** year for year in range(1, int(life) + 1))
    assert worth == pytest.approx(1.0, rel=1e-12)


def test_annuity_without_interest_is_straight_line() -> None:
    assert annuity(0.0, 25.0) == pytest.approx(0.04)
    assert annuity(1e-9, 25.0) == pytest.approx(0.04, rel=1e-6)


@pytest.mark.parametrize("seed", range(6))
def test_parts_keep_every_group_and_share_no_limit(seed: int) -> None:
    region = random_region(seed, with_budgets=True, with_companions=True)
    for participant in region.participants:
        model = private_model(region, participant.id)
        if not model.groups:
            continue
        parts = split(model)
        labels = [group.label for part in parts for group in part.groups]
        assert sorted(labels) == sorted(group.label for group in model.groups)
        assert len(set(labels)) == len(labels)
        for part in parts:
            assert np.all(np.isfinite(part.limits))


@pytest.mark.parametrize("seed", range(6))
def test_limits_left_out_cannot_bind(seed: int) -> None:
    region = random_region(seed, with_budgets=True)
    rng = np.random.default_rng(seed)
    for participant in region.participants:
        model = private_model(region, participant.id)
        if not model.groups:
            continue
        kept = {name for part in split(model) for name in part.limit_names}
        dropped = [k for k, name in enumerate(model.limit_names) if name not in kept]
        upper = np.array([group.upper for group in model.groups])
        for _ in range(20):
            decision = np.zeros(upper.size)
            seen: set[tuple[str, str, str]] = set()
            for k in rng.permutation(upper.size):
                group = model.groups[k]
                key = (group.place, group.activity, group.plant)
                if key not in seen and rng.random() < 0.7:
                    decision[k] = 1.0
                    seen.add(key)
            for k in dropped:
                used = model.rows_decision[k] @ decision + model.rows_output[k] @ (decision * upper)
                assert used <= model.limits[k] * (1 + 1e-9) + 1e-12


def test_scale_economies_follow_the_exponent() -> None:
    region = random_region(1)
    for participant in region.participants:
        for group in private_model(region, participant.id).groups:
            activity = next(a for a in region.activities if a.id == group.activity)
            if group.existing:
                assert group.capital == 0.0
                assert group.sunk_cost == 0.0
                continue
            option = next(
                o for o in region.options if (o.place, o.activity) == (group.place, group.activity)
            )
            capital = group.number * activity.capital_cost
            capital *= (group.size / activity.reference_size) ** activity.capital_exponent
            capital *= participant.capital_multiplier * option.capital_multiplier
            assert group.capital == pytest.approx(capital, rel=1e-12)
            assert group.sunk_cost == pytest.approx(
                capital * capital_recovery(participant.cost_of_capital, activity.life), rel=1e-9
            )
            assert math.isclose(group.upper, group.number * group.size)
