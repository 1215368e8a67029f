"""Downscaling: totals kept, the least change of the donor, and every fault named."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from workshare.errors import TableError
from workshare.population import downscale, fit_table, round_to_total


@given(st.lists(st.floats(0, 1e6), min_size=1, max_size=30), st.integers(0, 10**9))
def test_rounding_keeps_the_total_and_is_near(values: list[float], total: int) -> None:
    rounded = round_to_total(np.array(values), total)
    assert rounded.sum() == total and rounded.min() >= 0
    if sum(values) > 1e-3:
        exact = np.array(values) * total / sum(values)
        assert np.abs(rounded - exact).max() < 1 + 1e-6 * total


def test_the_fit_has_the_totals_and_the_odds_ratios_of_the_donor() -> None:
    draw = np.random.default_rng(1)
    seed = draw.uniform(1, 5, (4, 3, 2))
    goal = draw.uniform(1, 5, (4, 3, 2))
    totals = [(k, goal.sum(axis=tuple(j for j in range(3) if j != k))) for k in range(3)]
    fit = fit_table(seed, totals)
    assert fit.exact
    for axis, wanted in totals:
        others = tuple(k for k in range(3) if k != axis)
        np.testing.assert_allclose(fit.table.sum(axis=others), wanted, rtol=1e-9)
    # least relative entropy: log(table / seed) is a sum of one term for each axis
    change = np.log(fit.table / seed)
    for axis in range(3):
        change = change - change.mean(axis=tuple(k for k in range(3) if k != axis), keepdims=True)
        change = change - 0.0
    terms = change - change.mean()
    assert np.abs(terms).max() < 1e-8


def test_faults_of_totals_and_donors() -> None:
    with pytest.raises(TableError, match="one sum"):
        fit_table(np.ones((2, 2)), [(0, np.array([1.0, 1.0])), (1, np.array([5.0, 1.0]))])
    with pytest.raises(TableError, match="donor has nothing"):
        fit_table(np.array([[0.0, 0.0], [1.0, 1.0]]), [(0, np.array([1.0, 1.0]))])
    with pytest.raises(TableError) as caught:
        downscale(
            np.array([[5.0, -1.0]]),
            ["7", "8"],
            {"711": "7", "999": "x"},
            {"there": {"711": 0.0, "unknown": 2.0}},
            ["here"],
        )
    text = str(caught.value)
    for part in ("'999'", "Region 'here', group '8'", "'unknown'", "Group '7'"):
        assert part in text
