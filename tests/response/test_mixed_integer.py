"""Any MILP as a participant, against enumeration; its faults; its residual answer."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
import scipy.sparse as sp

from workshare.coordination import Options, Problem, Settings, certify, solve
from workshare.coordination.residual import best_against
from workshare.errors import OptionError
from workshare.market import piecewise_linear, quadratic_tracking
from workshare.response import MatrixModel, MatrixParticipants, MilpParticipant


def model(seed: int, plants: int = 4) -> MatrixModel:
    """Return ``plants`` of which at most two are built, each adding to two dimensions."""
    g = np.random.default_rng(seed)
    return MatrixModel(
        cost=g.uniform(1, 4, plants),
        lower=np.zeros(plants),
        upper=np.ones(plants),
        integer=np.ones(plants, dtype=bool),
        rows=sp.csr_matrix(np.ones((1, plants))),
        row_lower=[-np.inf],
        row_upper=[2.0],
        contribution=sp.csr_matrix(g.uniform(-1, 3, (2, plants))),
    )


def plans(own: MatrixModel) -> list[np.ndarray]:
    """Return every point of a model of 0-1 variables."""
    every = (np.array(x, dtype=float) for x in itertools.product([0, 1], repeat=own.size))
    return [x for x in every if own.violation(x) < 1e-9]


@pytest.mark.parametrize("seed", range(6))
def test_prices_and_menus_against_enumeration(seed: int) -> None:
    own, pi = model(seed), np.random.default_rng(seed + 50).uniform(0, 3, 2)
    part = MilpParticipant("A", own)
    values = sorted(own.value(x) - pi @ own.adds(x) for x in plans(own))
    answer = part.price(pi)
    assert answer.bound == pytest.approx(values[0], abs=1e-7)
    assert answer.points[0].reduced(pi) == pytest.approx(values[0], abs=1e-7)
    menu = part.menu(pi, 2.0, 50)
    assert menu.complete
    assert len(menu.plans) == sum(v <= values[0] + 2.0 + 1e-9 for v in values)
    short = part.menu(pi, 100.0, 3)
    assert len(short.plans) == 3
    assert not short.complete
    assert part.price(pi).bound == pytest.approx(values[0], abs=1e-7), "cuts must not stay"


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("kind", ["linear", "quadratic"])
def test_residual_answers_against_enumeration(seed: int, kind: str) -> None:
    market = (
        piecewise_linear([[2.0], [1.0]], [[-3.0, -0.5], [-2.0, -0.2]], largest=20.0)
        if kind == "linear"
        else quadratic_tracking([3.0, 2.0], [1.0, 2.0], largest=20.0)
    )
    own, others = model(seed), np.array([0.5, -0.5])
    x = best_against(own, market, others)
    found = own.value(x) + market.evaluate(others + own.adds(x)).value
    best = min(own.value(x) + market.evaluate(others + own.adds(x)).value for x in plans(own))
    assert found == pytest.approx(best, abs=2e-6)


def test_models_are_coordinated_to_the_proven_best() -> None:
    models = {f"p{k}": model(k, 3) for k in range(3)}
    market = piecewise_linear([[4.0], [2.0]], [[-3.0, -0.5], [-2.0, -0.2]], largest=40.0)
    problem = Problem(MatrixParticipants(models), market)
    best = min(
        sum(m.value(x) for m, x in zip(models.values(), choice, strict=True))
        + market.evaluate(
            sum(m.adds(x) for m, x in zip(models.values(), choice, strict=True))
        ).value
        for choice in itertools.product(*(plans(m) for m in models.values()))
    )
    settings = Settings(rounds=Options(tolerance=1e-6, near=0.0))
    certificate = certify(problem, solve(problem, settings), settings)
    assert certificate.holds
    assert certificate.value == pytest.approx(best, rel=1e-6)
    assert certificate.dual_bound <= best + 1e-6 * abs(best)


def test_every_fault_of_a_model_is_told_at_once() -> None:
    with pytest.raises(OptionError) as caught:
        MatrixModel(
            cost=[1.0, np.nan],
            lower=[0.0, 2.0],
            upper=[1.0, 1.0],
            integer=[True],
            rows=sp.csr_matrix((1, 3)),
            row_lower=[0.0],
            row_upper=[1.0],
            contribution=sp.csr_matrix((1, 2)),
        )
    text = str(caught.value)
    for part in ("integer has 1", "rows is (1, 3)", "finite", "lower[1] = 2 is above upper[1] = 1"):
        assert part in text


def test_a_model_without_an_answer_is_a_note() -> None:
    impossible = MatrixModel(
        [1.0], [0.0], [1.0], [True], sp.csr_matrix([[1.0]]), [2.0], [3.0], sp.csr_matrix([[1.0]])
    )
    with pytest.raises(OptionError, match="has no answer"):
        MilpParticipant("A", impossible).price(np.zeros(1))
