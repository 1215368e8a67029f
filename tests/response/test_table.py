"""Participants given as callables: what they prove, and what they do not."""

from __future__ import annotations

import numpy as np

from workshare.response import CallablePart, Plan

PLANS = [Plan("idle", 0.0, np.zeros(1)), Plan("build", 3.0, np.ones(1))]


def best_first(prices: np.ndarray) -> list[Plan]:
    return sorted(PLANS, key=lambda plan: plan.cost - float(prices @ plan.contribution))


def test_an_exact_callable_proves_its_bound() -> None:
    part = CallablePart("A", best_first, exact=True)
    answer = part.price(np.array([5.0]))
    assert answer.proven
    assert answer.bound == -2.0
    assert answer.points[0].plan.id == "build"


def test_a_heuristic_callable_claims_nothing() -> None:
    part = CallablePart("A", lambda prices: [PLANS[0]])
    assert not part.price(np.array([5.0])).proven
    assert not part.menu(np.array([5.0]), 10.0, 10).complete


def test_a_bound_given_apart_is_used() -> None:
    part = CallablePart("A", lambda prices: [PLANS[0]], bound=lambda prices: -7.0)
    answer = part.price(np.array([5.0]))
    assert answer.proven
    assert answer.bound == -7.0
    assert part.owner == "A"
