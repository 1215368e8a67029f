"""Roots beside those of msolve, an exact solver: an independent route, where it is installed."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

from equilibria.bank import BANK, chandrasekhar, cyclic, economy, katsura, noon
from workshare.equilibria import Polynomials, certify_roots, solve_polynomials

sys.path.insert(0, str(Path(__file__).parents[2] / "benchmarks"))

from peers import boxes, located, read, rows_of, run

needs_msolve = pytest.mark.skipif(
    located("msolve") is None,
    reason="msolve is not on the path, nor in WORKSHARE_MSOLVE (an optional cross-check)",
)

CASES = {
    "katsura-5": katsura(5), "katsura-7": katsura(7), "cyclic-5": cyclic(5), "cyclic-6": cyclic(6),
    "noon-4": noon(4), "eco-8": economy(8), "chandra-6": chandrasekhar(6),
    "bertrand": BANK["bertrand"][0](),
}  # fmt: skip


@needs_msolve
@pytest.mark.parametrize("name", CASES)
def test_real_roots_lie_in_the_boxes_of_msolve(name: str) -> None:
    system = scaled(CASES[name])
    written, _, ended = run("msolve", system, 60)
    assert ended == ""
    middles = boxes(written).mean(axis=2)
    proofs = certify_roots(system, solve_polynomials(system).roots)
    own = np.array([proof.centre.real for proof in proofs if proof.holds and proof.is_real])
    assert len(own) == len(middles)
    gaps = np.abs(own[:, None] - middles[None]).max(axis=2)
    assert gaps.min(axis=1).max() < 1e-9 * max(1.0, float(np.abs(own).max()))
    assert len(np.unique(gaps.argmin(axis=1))) == len(own)


def scaled(system: Polynomials) -> Polynomials:
    """Return the system with coefficients that a program for whole numbers can be given."""
    if np.all(np.abs(system.coefficients * 10**6 - np.round(system.coefficients * 10**6)) < 1e-6):
        return system
    return system.with_coefficients(np.round(system.coefficients * 1000) / 1000)


def test_answers_are_read_as_they_are_written() -> None:
    written = "[0, [1,\n[[[-3 / 2^1, -1], [0, 1 / 2^2]], [[2, 2], [1, 5 / 2^2]]]\n]]:\n"
    assert boxes(written).tolist() == [[[-1.5, -1], [0, 0.25]], [[2, 2], [1, 1.25]]]
    assert read("msolve", written, 1.0).real == 2
    phc = "Number of regular solutions     : 70.\nNumber of real solutions        : 10.\n"
    assert (read("phc", phc, 1.0).isolated, read("phc", phc, 1.0).real) == (70, 10)
    with pytest.raises(ValueError, match="not isolated"):
        boxes("[1, 2, -1, []]:")


def test_whole_coefficients_have_the_same_roots() -> None:
    rows = rows_of(noon(3))
    assert {number for row in rows for number, _ in row} == {10, -11}
    with pytest.raises(ValueError, match="six decimals"):
        rows_of(chandrasekhar(3, 1 / 3))
