"""Sparse plans answer as dense tables do, and stay sparse through the rounds."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
import scipy.sparse as sp

from workshare.coordination import METHODS, Options, Problem, Settings, certify, solve
from workshare.coordination.iterate import iterate
from workshare.errors import OptionError
from workshare.market import piecewise_linear
from workshare.response import PlanTables, SparsePlans, Subset


def drawn(count: int, plans: int, dimensions: int, seed: int = 0) -> Problem:
    """Return participants whose plans touch four dimensions each; the first plan does nothing."""
    generator = np.random.default_rng(seed)
    total = count * plans
    columns = generator.integers(0, dimensions, (total, 4))
    values = generator.uniform(0.5, 2.0, (total, 4))
    values[::plans] = 0.0
    rows = sp.csr_matrix(
        (values.ravel(), (np.repeat(np.arange(total), 4), columns.ravel())),
        shape=(total, dimensions),
    )
    costs = generator.uniform(1.0, 6.0, total)
    costs[::plans] = 0.0
    need = np.asarray(rows.sum(axis=0)).ravel() / plans * 0.7 + 0.1
    market = piecewise_linear(
        need[:, None], np.tile([-2.0, -0.5], (dimensions, 1)), largest=2 * need + 20.0
    )
    owner = np.repeat(np.arange(count), plans)
    return Problem(SparsePlans(owner, costs, rows), market)


def dense(problem: Problem) -> Problem:
    """Return the same problem with dense tables."""
    together = problem.participants
    assert isinstance(together, SparsePlans)
    shape = (len(together), -1)
    contributions = together.contributions.toarray().reshape(*shape, problem.dimensions)
    return Problem(PlanTables(together.costs.reshape(shape), contributions), problem.market)


@pytest.mark.parametrize("near", [0.0, 0.8])
def test_answers_and_menus_are_those_of_dense_tables(near: float) -> None:
    problem = drawn(9, 5, 6)
    one, other = problem.participants, dense(problem).participants
    prices = np.random.default_rng(1).uniform(0.0, 2.0, 6)
    first, second = one.price(prices, near), other.price(prices, near)
    assert sp.issparse(first.contribution)
    assert np.array_equal(first.who, second.who)
    assert np.array_equal(first.key, second.key)
    assert np.allclose(first.bound, second.bound)
    assert np.allclose(first.contribution.toarray(), second.contribution)
    who = np.array([2, 5])
    for a, b in zip(
        one.menus(prices, np.array(1.0), 2, who),
        other.menus(prices, np.array(1.0), 2, who),
        strict=True,
    ):
        assert a.complete == b.complete
        assert [plan.id for plan in a.plans] == [plan.id for plan in b.plans]
    part = Subset(one, who).price(prices)
    assert np.allclose(part.bound, second.bound[who])


@pytest.mark.parametrize("method", METHODS)
def test_every_method_takes_sparse_answers(method: str) -> None:
    problem = drawn(12, 4, 5, seed=3)
    options = Options(tolerance=1e-5, near=0.0, max_rounds=12)
    states = [iterate(p, method, options)[0] for p in (problem, dense(problem))]
    assert states[0].bound == pytest.approx(states[1].bound, rel=1e-6)
    assert sp.issparse(states[0].pool.contribution)
    assert not sp.issparse(states[1].pool.contribution)


def test_a_certified_division_of_sparse_participants() -> None:
    problem = drawn(8, 4, 30, seed=2)
    settings = Settings(rounds=Options(tolerance=1e-5, near=0.0))
    answers = [certify(p, solve(p, settings), settings) for p in (problem, dense(problem))]
    assert all(answer.holds for answer in answers)
    assert answers[0].value == pytest.approx(answers[1].value, rel=1e-7)


def test_every_fault_is_told_at_once() -> None:
    rows = sp.csr_matrix(np.array([[np.nan], [1.0], [2.0]]))
    with pytest.raises(OptionError, match=r"participant 1 has no plan.*not finite.*multiplicity"):
        SparsePlans(np.array([0, 0, 2]), np.zeros(3), rows, multiplicity=[1])
    with pytest.raises(OptionError, match="must ascend"):
        SparsePlans(np.array([1, 0, 0]), np.zeros(3), np.abs(sp.csr_matrix(np.ones((3, 1)))))


SCRIPT = """
import resource, sys
sys.path[:0] = {paths}
from response.test_sparse_tables import drawn
from workshare.coordination import Options
from workshare.coordination.iterate import iterate
state, _ = iterate(drawn(500, 6, 5000), "column_generation", Options(tolerance=1e-3, near=0.0))
unit = 1e6 if sys.platform == "darwin" else 1e3
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit
print(state.gap(1.0), len(state.rounds), peak)
"""


@pytest.mark.slow
def test_five_thousand_dimensions_in_bounded_memory() -> None:
    answer = subprocess.run(
        [sys.executable, "-c", SCRIPT.format(paths=[p for p in sys.path if p])],
        capture_output=True,
        text=True,
        check=True,
    )
    gap, rounds, peak = map(float, answer.stdout.split())
    assert gap <= 1e-3
    assert rounds <= 15
    assert peak <= 500  # MB; the plans alone would be 120 MB dense, a pool of a few rounds as much
