"""Homotopy: known counts, certificates, losses that the counts must catch."""

from __future__ import annotations

import numpy as np
import pytest

from equilibria.bank import BANK, bertrand, chandrasekhar, katsura, lattice
from workshare.equilibria import homotopy, starts
from workshare.equilibria.certify import certify_roots, touching
from workshare.equilibria.homotopy import HomotopyOptions, solve_polynomials
from workshare.equilibria.parameter_homotopy import solve_generic, track_family
from workshare.equilibria.polynomial import polynomials_from_arrays
from workshare.equilibria.starts import root_bound
from workshare.errors import OptionError


@pytest.mark.parametrize("name", BANK)
def test_every_known_root_is_found_and_certified(name: str) -> None:
    make, count, real = BANK[name]
    system = make()
    found = solve_polynomials(system)
    proofs = certify_roots(system, found.roots)
    assert len(found.roots) == count
    assert found.consistent
    assert all(proof.holds for proof in proofs)
    assert touching(proofs) == []
    assert sum(proof.is_real for proof in proofs) == real


@pytest.mark.slow
@pytest.mark.parametrize("name", BANK)
def test_no_root_is_lost_in_a_hundred_seeds(name: str) -> None:
    make, count, _ = BANK[name]
    system = make()
    wrong = [
        seed
        for seed in range(100)
        if len(solve_polynomials(system, HomotopyOptions(seed=seed)).roots) != count
    ]
    assert wrong == []


def test_roots_with_a_zero_coordinate_are_kept() -> None:
    roots = solve_polynomials(katsura(7)).roots
    real = roots[np.abs(roots.imag).max(axis=1) < 1e-9].real
    # two, as an exact solver shows; polyhedral solvers drop them
    assert int(np.sum(np.any(np.abs(real) < 1e-9, axis=1))) == 2


def test_the_lattice_of_two_agrees_with_its_closed_form() -> None:
    found = solve_polynomials(lattice(2, 0.25)).roots
    positive = found[np.all(found.real > 1e-9, axis=1)].real
    ratios = np.sort(positive[:, 0] / positive[:, 1])
    np.testing.assert_allclose(ratios, [(3 - 5**0.5) / 2, 1.0, (3 + 5**0.5) / 2], rtol=1e-10)


def test_bertrand_agrees_with_the_published_positive_roots() -> None:
    roots = solve_polynomials(bertrand()).roots
    real = roots[np.abs(roots.imag).max(axis=1) < 1e-9].real
    positive = real[np.all(real > 0, axis=1)]
    x = np.sort(positive[:, 0])
    known = [1.756534, 2.036192, 2.168202, 5.630579, 7.697677, 8.075797, 22.986526, 24.259029]
    np.testing.assert_allclose(x, sorted([*known, 25.156795]), atol=1e-5)


def test_a_loose_tracker_doubles_roots_and_the_count_says_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    system = katsura(5)
    one = starts.total_degree(system, np.random.default_rng(0))
    options = HomotopyOptions(retracks=0)
    real_run = homotopy._run

    def jump(*arguments: object) -> object:
        ends, endings, steps = real_run(*arguments)  # type: ignore[arg-type]
        ends[3] = ends[7]  # as if one path had jumped to another
        return ends, endings, steps

    monkeypatch.setattr(homotopy, "_run", jump)
    partition = (tuple(range(system.size)),)
    found = homotopy._follow_all(system, one, partition, options, "total degree", None)
    assert found.doubled == 1
    assert len(found.roots) == 31
    assert not found.consistent
    # with retracking on, a jump that happens once is repaired
    calls = iter(range(10))
    monkeypatch.setattr(homotopy, "_run", lambda *a: jump(*a) if next(calls) == 0 else real_run(*a))
    repaired = homotopy._follow_all(system, one, partition, HomotopyOptions(), "total degree", None)
    assert repaired.consistent and len(repaired.roots) == 32
    assert repaired.retracked == 2


def test_partitions_give_the_same_roots() -> None:
    system = lattice(3, 0.1)
    one = solve_polynomials(system, partition=[(0, 1, 2)])
    two = solve_polynomials(system, partition=[(0,), (1, 2)])
    assert root_bound(system, [(0,), (1, 2)]) == two.paths
    assert len(one.roots) == len(two.roots) == 8
    gaps = np.abs(one.roots[:, None] - two.roots[None]).max(axis=2).min(axis=1)
    assert gaps.max() < 1e-8


def test_units_do_not_matter() -> None:
    small = polynomials_from_arrays(
        [[(1, (2, 0)), (1, (0, 2)), (-5, (0, 0))], [(1, (1, 1)), (-2, (0, 0))]]
    )
    factor = 1e6
    large = small.with_coefficients(small.coefficients / factor ** small.exponents.sum(axis=1))
    one, two = solve_polynomials(small).roots, solve_polynomials(large).roots
    gaps = np.abs(one[:, None] * factor - two[None]).max(axis=2).min(axis=1)
    assert gaps.max() < 1e-3


def test_units_do_not_matter_where_roots_differ_much_in_size() -> None:
    plain = chandrasekhar(7)
    units = np.array([1e-4, 1.0, 1e5, 10.0, 1e-3, 1e3, 1e2])
    other = plain.with_coefficients(plain.coefficients / (units**plain.exponents).prod(axis=1))
    one, two = solve_polynomials(plain).roots, solve_polynomials(other).roots / units
    assert len(one) == len(two) == 64
    sizes = np.linalg.norm(one, axis=1)[:, None]
    gaps = np.linalg.norm(one[:, None] - two[None], axis=2) / sizes
    assert gaps.min(axis=1).max() < 1e-6
    assert len(set(gaps.argmin(axis=1).tolist())) == 64


def test_a_simple_root_with_components_of_very_different_size_is_proved() -> None:
    # in double precision alone the ends of a dozen paths looked singular; seven paths are still
    # lost on the way, and the counts say so
    found = solve_polynomials(chandrasekhar(8), HomotopyOptions(retracks=1))
    assert len(found.singular) == 0
    assert all(proof.holds for proof in certify_roots(chandrasekhar(8), found.roots))
    assert len(found.roots) + found.failed == found.paths == 128
    assert found.consistent == (len(found.roots) == 128)


def test_singular_and_curved_ends_are_told() -> None:
    double = polynomials_from_arrays([[(1, (2, 0)), (-2, (1, 0)), (1, (0, 0))],
                                      [(1, (0, 1)), (-1, (1, 0))]])  # fmt: skip
    found = solve_polynomials(double)
    assert len(found.roots) == 0
    assert found.multiplicities.tolist() == [2]
    assert not found.positive_dimensional.any()
    curve = polynomials_from_arrays([[(1, (2, 0)), (1, (0, 2)), (-1, (0, 0))],
                                     [(1, (3, 0)), (1, (1, 2)), (-1, (1, 0))]])  # fmt: skip
    assert solve_polynomials(curve).positive_dimensional.any()


def test_too_many_paths_are_refused() -> None:
    with pytest.raises(OptionError, match="needs 128 paths; at most 100"):
        solve_polynomials(katsura(7), HomotopyOptions(max_paths=100))


@pytest.mark.parametrize("start", ["auto", *starts.STARTS[1:]])
def test_an_equation_without_unknowns_is_refused_by_name(start: str) -> None:
    system = polynomials_from_arrays([[(1, (1, 0)), (1, (0, 1))], [(2.5, (0, 0))]])
    with pytest.raises(OptionError, match=r"equation 2 is the constant 2\.5\+0j"):
        solve_polynomials(system, HomotopyOptions(start=start))


def test_a_family_agrees_with_each_member_alone() -> None:
    system = lattice(3, 0.1)
    rows = np.array([lattice(3, k).coefficients for k in np.linspace(0.02, 0.2, 7)])
    start = solve_generic(system, rows)
    found = track_family(start, rows)
    assert found.consistent.all()
    for row, roots in zip(rows, found.roots, strict=True):
        alone = solve_polynomials(system.with_coefficients(row)).roots
        gaps = np.abs(alone[:, None] - roots[None]).max(axis=2).min(axis=1)
        assert len(alone) == 8
        assert gaps.max() < 1e-8
    # a member does not depend on who else is tracked
    assert np.array_equal(track_family(start, rows[3:4]).roots[0], found.roots[3])


def test_faults_of_arrays_are_told_together() -> None:
    with pytest.raises(OptionError) as told:
        polynomials_from_arrays([[(1.0, (1,))], [(np.nan, (1, 0)), (1.0, (-1, 0))]])
    assert "equation 1: exponents (1,)" in str(told.value)
    assert "coefficient nan" in str(told.value)
    assert "(-1, 0)" in str(told.value)


@pytest.mark.parametrize(
    "terms",
    [
        # two finite roots that part from each other, or from infinity, only near the very end
        [
            [(-0.49, (0, 0, 0)), (-0.71, (0, 1, 0)), (0.55, (0, 2, 0)), (-0.06, (1, 1, 0))],
            [(-0.3, (0, 0, 2)), (-1.05, (0, 2, 1))],
            [(-1.1, (0, 0, 0)), (0.03, (1, 0, 0))],
        ],
        [[(0.09, (0, 0)), (1.3, (0, 2)), (1.27, (1, 1))], [(-0.32, (0, 0)), (-0.03, (2, 1))]],
        [
            [(-1.06, (0, 0)), (-1.35, (1, 0)), (1.22, (1, 2)), (-2.4, (2, 2))],
            [(0.04, (0, 0)), (0.88, (0, 1))],
        ],
    ],
)
def test_paths_that_part_late_are_not_taken_for_one_singular_end(
    terms: list[list[tuple[complex, tuple[int, ...]]]],
) -> None:
    system = polynomials_from_arrays(terms)
    found = solve_polynomials(system, HomotopyOptions(start="total degree"))
    other = solve_polynomials(system, HomotopyOptions(start="polyhedral"))
    assert found.consistent and other.consistent
    assert len(found.singular) == 0
    assert len(found.roots) == len(other.roots)
    gaps = np.abs(found.roots[:, None] - other.roots[None]).max(axis=2).min(axis=1)
    assert gaps.max() < 1e-6
    assert all(proof.holds for proof in certify_roots(system, found.roots))
