"""Anderson acceleration: fixed points with known answers, and no claim where there is none."""

from __future__ import annotations

import numpy as np
import pytest

from workshare.trade.anderson import anderson


@pytest.mark.parametrize("seed", range(5))
def test_linear_contractions_end_at_their_fixed_point_in_few_steps(seed: int) -> None:
    draw = np.random.default_rng(seed)
    matrix = draw.normal(size=(6, 6))
    matrix *= 0.95 / np.abs(np.linalg.eigvals(matrix)).max()
    shift = draw.normal(size=6)
    exact = np.linalg.solve(np.eye(6) - matrix, shift)
    found = anderson(lambda x: matrix @ x + shift - x, np.zeros(6), tolerance=1e-11)
    assert found.converged and found.steps < 40
    np.testing.assert_allclose(found.point, exact, atol=1e-8)


def test_no_fixed_point_is_said_with_the_best_point() -> None:
    found = anderson(lambda x: np.ones(1) + 0.0 * x, np.zeros(1), most_steps=20)
    assert not found.converged
    assert found.residual == 1.0


def test_points_that_are_no_numbers_do_not_end_the_search() -> None:
    found = anderson(lambda x: np.log(x) - x + 1.5, np.array([1.0]), step=0.5)
    assert np.isfinite(found.residual)
