"""The frontier: equal to the linear programme everywhere, convex, complete, and nothing drawn."""

from __future__ import annotations

import numpy as np
import pytest

from population.labour import random_case
from workshare.errors import OptionError
from workshare.population.frontier import frontier
from workshare.population.staffing import LabourPool, Specialisation, staff
from workshare.population.training import Moves


@pytest.mark.parametrize("seed", range(40))
def test_the_frontier_is_the_least_cost_at_every_scale(seed: int) -> None:
    case = random_case(seed)
    found = frontier(*case, 15.0)
    assert np.all(np.diff(found.slopes) > 0)
    draw = np.random.default_rng(seed)
    for scale in draw.uniform(0, found.limit, 6):
        answer = staff(*case, scale, 15.0)
        assert answer.status == "staffed"
        assert found.cost(scale) == pytest.approx(answer.cost, rel=1e-7, abs=1e-9)
    beyond = staff(*case, found.limit * 1.001 + 1e-6, 15.0)
    assert beyond.status == "short_of_people"
    assert np.isinf(found.cost(found.limit * 1.001 + 1e-6))


def test_kinks_are_where_closed_form_has_them() -> None:
    """Four idle cell operators at 1 each, then welders trained at 5 more, then nobody."""
    codes = ("welder", "operator")
    pool = LabourPool(
        codes, np.array([10.0, 4.0]), np.zeros(2), np.ones(2), np.zeros(2), np.full(2, np.inf), 1, 1
    )
    moves = Moves(codes, np.array([0]), np.array([1]), np.array([3.0]), np.array([5.0]))
    found = frontier(pool, moves, Specialisation("cells", {"operator": 2.0}), 12.0)
    np.testing.assert_allclose(found.scales, [0, 2, 7])
    np.testing.assert_allclose(found.slopes, [2, 12])
    np.testing.assert_allclose(found.costs, [0, 4, 64])
    assert found.bottlenecks == ("operator", "operator")
    assert found.complete


def test_a_budget_moves_the_limit_and_nothing_else() -> None:
    case = random_case(5)
    free = frontier(*case, 15.0)
    budget = 0.6 * free.costs[-1]
    held = frontier(*case, 15.0, budget)
    assert held.limit < free.limit
    assert held.costs[-1] == pytest.approx(budget)
    for scale in np.linspace(0, held.limit, 7):
        assert held.cost(scale) == pytest.approx(free.cost(scale), abs=1e-8)


def test_a_largest_scale_cuts_the_frontier() -> None:
    case = random_case(5)
    whole = frontier(*case, 15.0)
    cut = frontier(*case, 15.0, largest=0.5 * whole.limit)
    assert not cut.complete
    assert cut.limit == pytest.approx(whole.limit)
    assert cut.scales[-1] == pytest.approx(0.5 * whole.limit)
    assert cut.costs[-1] == pytest.approx(whole.cost(0.5 * whole.limit))


def test_what_nothing_limits_is_refused_in_words() -> None:
    pool, moves, _ = random_case(1)
    with pytest.raises(OptionError, match="nothing limits the scale of idle"):
        frontier(pool, moves, Specialisation("idle", {}), 12.0)
