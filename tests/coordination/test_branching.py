"""Menus cut short: the bound over two cases is above the dual bound and never above the best."""

from __future__ import annotations

import importlib.util
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from workshare.coordination import (
    Options,
    Problem,
    Settings,
    certificate_document,
    certify,
    solve,
)
from workshare.coordination.branching import listed_within
from workshare.coordination.families import specialisation
from workshare.response import plan_table

PLANS = 40
CHECKER = Path(__file__).parents[2] / "contrib" / "check_certificate.py"
FEW = Options(tolerance=1e-6, near=0.0)


def check(document: dict[str, Any]) -> list[str]:
    """Return what the independent checker finds."""
    spec = importlib.util.spec_from_file_location("check_certificate", CHECKER)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    found: list[str] = module.check(document)
    return found


def problem_of(seed: int) -> tuple[Problem, float]:
    """Return three participants with forty plans each, and the least value of all divisions."""
    generator = np.random.default_rng(seed)
    market = specialisation(3, 2, seed, "scarce").market
    size = generator.uniform(0.0, 4.0, (3, PLANS, 2))
    cost = 1.2 * np.sqrt(size.sum(axis=2)) * generator.uniform(0.8, 1.2, (3, PLANS))
    size[:, 0], cost[:, 0] = 0.0, 0.0
    price, earned, demand = market.cost[:2], -market.cost[2:4], market.lower[-2:]
    total = size[0][:, None, None] + size[1][None, :, None] + size[2][None, None, :]
    private = cost[0][:, None, None] + cost[1][None, :, None] + cost[2][None, None, :]
    lack = demand - total
    shared = np.maximum(lack, 0.0) @ price - np.maximum(-lack, 0.0) @ earned
    tables = [plan_table(f"p{k}", cost[k], size[k]) for k in range(3)]
    return Problem(tables, market), float(np.min(private + shared))


def gained(seed: int) -> float:
    """Return how much of the gap the two cases close, after every check."""
    problem, best = problem_of(seed)
    settings = Settings(rounds=FEW, menu_count=2)
    solution = solve(problem, settings)
    certificate = certify(problem, solution, settings)
    assert certificate.holds, [line for line in certificate.lines if not line.holds]
    assert certificate.bound <= best + 1e-6 * abs(best)
    assert certificate.value >= best - 1e-6 * abs(best)
    document = certificate_document(problem, solution, certificate)
    assert check(document) == []
    if certificate.status == "exact":
        assert certificate.value == pytest.approx(best, rel=1e-6)
        return 0.0
    assert certificate.bound <= certificate.dual_bound + solution.within + 1e-9 * abs(best)
    return certificate.bound - certificate.dual_bound


def test_the_bound_of_two_cases_by_enumeration() -> None:
    gains = [gained(seed) for seed in range(12)]
    assert sum(gain > 1e-3 for gain in gains) >= 3


@pytest.mark.slow
def test_the_bound_of_two_cases_in_three_hundred_problems() -> None:
    gains = [gained(seed) for seed in range(12, 312)]
    assert sum(gain > 1e-3 for gain in gains) >= 75


def test_menus_found_are_complete_within_their_slack() -> None:
    problem, _ = problem_of(1)
    prices = np.array([0.5, 0.5])
    within, choices = listed_within(problem.participants, prices, 50.0, 8)
    assert 0.0 < within < 50.0
    for who, choice in enumerate(choices):
        whole = problem.participants.menus(prices, np.array(np.inf), 1000, np.array([who]))[0]
        values = np.array([plan.cost - plan.contribution @ prices for plan in whole.plans])
        inside = {
            plan.id
            for plan, value in zip(whole.plans, values, strict=True)
            if value <= values.min() + within
        }
        assert isinstance(choice, tuple)
        assert inside <= {plan.id for plan in choice}
        assert len(choice) <= 8


def test_a_bound_beyond_what_menus_can_prove_is_caught() -> None:
    for seed in range(12):
        problem, _ = problem_of(seed)
        settings = Settings(rounds=FEW, menu_count=2)
        solution = solve(problem, settings)
        if solution.within > 0.0:
            break
    certificate = certify(problem, solution, settings)
    claimed = certificate.dual_bound + 1.01 * solution.within
    document = certificate_document(problem, solution, replace(certificate, bound=claimed))
    assert any("menus" in fault for fault in check(document))
    # nor does a solution that claims more than its menus prove
    boasted = replace(solution, bound=solution.bound + 0.1 * abs(solution.bound))
    assert not certify(problem, boasted, settings).holds
