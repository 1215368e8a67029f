"""Mixed cells and polyhedral starts: known counts, other routes, invariance, corners, refusals."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from scipy.spatial import ConvexHull, QhullError

from equilibria.bank import cyclic, economy, katsura, lattice, noon, replicator
from workshare.equilibria import (
    Completeness,
    FindOptions,
    HomotopyOptions,
    Outcome,
    Polynomials,
    certify_roots,
    find,
    mixed_cells,
    mixed_volume,
    polynomials_from_arrays,
    solve_polynomials,
    system_from_text,
)
from workshare.equilibria.certify import touching
from workshare.equilibria.polyhedral import generic_roots, polyhedral_start
from workshare.equilibria.starts import choose_start
from workshare.errors import OptionError

POLYHEDRAL = HomotopyOptions(start="polyhedral")


def supports(system: Polynomials) -> list[np.ndarray]:
    return [system.exponents[system.equation == row] for row in range(system.size)]


def distance(one: np.ndarray, two: np.ndarray) -> float:
    """Return how far the farthest of some roots is from the nearest of others."""
    return float(np.abs(one[:, None] - two[None]).max(axis=2).min(axis=1).max())


def by_volumes(sets: list[np.ndarray]) -> float:
    """Return the mixed volume from its definition: volumes of sums of polytopes, with signs."""
    n, total = len(sets), 0.0
    for count in range(1, n + 1):
        for chosen in combinations(sets, count):
            points = np.zeros((1, n))
            for item in chosen:
                points = np.unique((points[:, None] + item[None]).reshape(-1, n), axis=0)
            try:
                volume = float(ConvexHull(points).volume)
            except QhullError:  # flat
                volume = 0.0
            total += (-1) ** (n - count) * volume
    return total


@pytest.mark.parametrize("seed", range(12))
def test_cells_add_up_to_the_volume_of_sums_of_polytopes(seed: int) -> None:
    random = np.random.default_rng(seed)
    n = 2 + seed % 3
    sets = [
        np.unique(random.integers(0, 4, (int(random.integers(2, 7)), n)), axis=0) for _ in range(n)
    ]
    assert mixed_volume(sets, seed=seed) == round(by_volumes(sets), 6)


@pytest.mark.parametrize(
    ("system", "known"),
    [
        (cyclic(5), 70), (cyclic(6), 156), (cyclic(7), 924),
        (noon(3), 21), (noon(4), 73), (noon(5), 233),
        (economy(6), 16), (economy(8), 64), (economy(10), 256),
        (katsura(5), 30), (katsura(7), 126), (lattice(5, 0.1), 31),
    ],
)  # fmt: skip
def test_mixed_volumes_of_the_literature(system: Polynomials, known: int) -> None:
    assert mixed_volume(supports(system)) == known


def test_mixed_volumes_do_not_depend_on_order_place_lifting_or_a_change_of_basis() -> None:
    sets = supports(cyclic(5))
    random = np.random.default_rng(3)
    for seed in range(5):
        order, unknowns = random.permutation(5), random.permutation(5)
        moved = [sets[k][:, unknowns] + random.integers(0, 9, 5) for k in order]
        assert mixed_volume(moved, seed=seed) == 70
    # x -> y**U with a whole matrix of determinant one keeps the volume; of determinant 2 doubles it
    shear = np.eye(5, dtype=np.int64)
    shear[0, 3] = 1
    assert mixed_volume([item @ shear for item in sets]) == 70
    double = np.eye(5, dtype=np.int64)
    double[0, 0] = 2
    assert mixed_volume([item @ double for item in sets]) == 140


def test_a_cell_is_lowest_at_its_normal_and_a_small_budget_says_so() -> None:
    sets = supports(cyclic(5))
    cells = mixed_cells(sets)
    for normal, pairs in zip(cells.normals, cells.pairs, strict=True):
        for item, lift, pair in zip(cells.supports, cells.lifts, pairs, strict=True):
            heights = item @ normal + lift
            assert heights[pair] == pytest.approx(np.min(heights), abs=1e-6)
            assert np.all(np.delete(heights, pair) > np.min(heights) + 1e-6)
    assert not mixed_cells(sets, work=100).complete


def test_a_generic_member_has_as_many_roots_as_the_mixed_volume() -> None:
    start = polyhedral_start(cyclic(6), work=10**8)
    found = generic_roots(start, np.random.default_rng(1))
    assert found.lost == found.multiple == 0
    values = [
        np.abs(np.prod(found.roots[:, None, :] ** item, axis=2) @ c)
        for item, c in zip(start.supports, found.coefficients, strict=True)
    ]
    assert np.max(values) < 1e-8
    gaps = np.abs(found.roots[:, None] - found.roots[None]).max(axis=2) + np.eye(156)
    assert len(found.roots) == 156 and gaps.min() > 1e-6


@pytest.mark.parametrize("system", [cyclic(5), noon(4), katsura(5), lattice(4, 0.05)])
def test_polyhedral_and_total_degree_find_the_same_roots(system: Polynomials) -> None:
    one = solve_polynomials(system, POLYHEDRAL)
    two = solve_polynomials(system, HomotopyOptions(start="total degree"))
    assert one.start == "polyhedral" and two.start == "total degree"
    assert one.consistent and two.consistent
    assert len(one.roots) == len(two.roots)
    assert distance(one.roots, two.roots) < 1e-7


def test_cyclic_seven_is_complete_and_certified() -> None:
    system = cyclic(7)
    found = solve_polynomials(system)
    assert found.start == "polyhedral" and found.paths == 924 and found.bound == 5040
    assert found.counts["mixed volume"] == 924 and found.counts["total degree"] == 5040
    proofs = certify_roots(system, found.roots)
    assert sum(proof.holds for proof in proofs) == len(proofs) == 924
    assert touching(proofs) == []
    assert sum(proof.is_real for proof in proofs) == 56


def test_order_of_equations_and_unknowns_and_units_do_not_matter() -> None:
    system = cyclic(5)
    roots = solve_polynomials(system, POLYHEDRAL).roots
    unknowns, rows = np.array([3, 0, 4, 1, 2]), np.array([4, 2, 0, 1, 3])
    scale = np.array([1.0, 1e3, 1e-3, 10.0, 0.1])
    terms = [
        [
            (c / np.prod(scale ** e[unknowns]), tuple(int(v) for v in e[unknowns]))
            for r, e, c in zip(system.equation, system.exponents, system.coefficients, strict=True)
            if r == row
        ]
        for row in rows
    ]
    other = solve_polynomials(polynomials_from_arrays(terms), POLYHEDRAL).roots
    assert len(other) == 70
    assert distance(other / scale, roots[:, unknowns]) < 1e-7


def test_roots_with_zero_coordinates_are_kept_on_their_faces() -> None:
    found = solve_polynomials(katsura(7), POLYHEDRAL)
    assert found.counts["mixed volume"] == 126  # what a solver without faces finds
    assert len(found.roots) == 128
    real = found.roots[np.abs(found.roots.imag).max(axis=1) < 1e-9].real
    assert int(np.sum(np.any(np.abs(real) < 1e-9, axis=1))) == 2
    # every corner of a replicator: one root on each of 2**6 faces
    system = replicator(6)
    corners = solve_polynomials(system, POLYHEDRAL)
    assert corners.counts["mixed volume"] == 1
    patterns = {tuple(row) for row in (np.abs(corners.roots) < 1e-9).tolist()}
    assert len(corners.roots) == len(patterns) == 64
    assert all(proof.holds for proof in certify_roots(system, corners.roots))


def test_a_multiple_root_on_a_face_is_reached_by_adding_constants() -> None:
    # x = 0 leaves y^2 - 1 = 0; there the first equation has a double root in x
    system = polynomials_from_arrays(
        [
            [(3, (2, 0)), (1, (3, 1)), (-1, (2, 2))],
            [(1, (0, 2)), (-1, (0, 0)), (1, (1, 1))],
        ]
    )
    plan = choose_start(system, start="polyhedral")
    assert plan.cells is not None and plan.cells.with_constants
    found = solve_polynomials(system, POLYHEDRAL)
    by_degree = solve_polynomials(system, HomotopyOptions(start="total degree"))
    assert sorted(found.multiplicities) == sorted(by_degree.multiplicities) == [2, 2]
    assert distance(found.roots, by_degree.roots) < 1e-8
    assert len(found.roots) == len(by_degree.roots)


def test_a_face_of_solutions_is_told_and_not_taken_unasked() -> None:
    # x divides both equations: the line x = 0 solves them
    terms = [
        [(1, (1, 4)), (-3, (1, 0)), (1, (4, 2))],
        [(1, (1, 6)), (-2, (1, 1)), (1, (6, 0))],
    ]
    system = polynomials_from_arrays(terms)
    found = solve_polynomials(system, POLYHEDRAL)
    assert found.solution_faces == ((0,),)
    plan = choose_start(polynomials_from_arrays([[*row, (1, (9, 1))] for row in terms]))
    assert plan.counts["faces of solutions"] == 1 and plan.kind != "polyhedral"
    text = system_from_text(["x*y^4 - 3*x + x^4*y^2", "x*y^6 - 2*x*y + x^6"], ["x", "y"])
    told = find(text, FindOptions(start="polyhedral"))
    assert told.status is Outcome.NOT_ISOLATED
    assert told.completeness is Completeness.SEARCHED


def test_the_start_with_the_fewest_paths_is_taken_and_the_counts_are_kept() -> None:
    plan = choose_start(cyclic(6))
    assert (plan.kind, plan.paths, plan.bezout) == ("polyhedral", 156, 720)
    # the mixed volume is no less: total degree, which can prove
    assert choose_start(noon(5)).kind == "total degree"
    # counting takes longer than following: not to the end, and said so
    assert choose_start(katsura(8)).counts["mixed cells"] == -1
    with pytest.raises(OptionError, match="start is 'best'"):
        choose_start(cyclic(4), start="best")


def test_find_claims_all_with_probability_one_and_no_more() -> None:
    names = [f"x{k}" for k in range(6)]
    text = [
        " + ".join("*".join(names[(s + j) % 6] for j in range(k)) for s in range(6))
        for k in range(1, 6)
    ]
    found = find(system_from_text([*text, "*".join(names) + " - 1"], names))
    assert found.completeness is Completeness.PROB_1
    assert found.statistics["mixed volume"] == 156
    assert found.statistics["paths by total degree"] == 720
    assert len(found.equilibria) == 24
    again = find(system_from_text([*text, "*".join(names) + " - 1"], names))
    assert np.array_equal(found.points, again.points)


def test_faults_of_sets_are_told_together() -> None:
    with pytest.raises(OptionError) as told:
        mixed_cells([[(0, 0), (1, 1)], [(0, 0, 1)], [(0, 0, 0), (1, 0, 0)]])
    assert "set 1 has shape (2, 2)" in str(told.value)


def random_sparse(seed: int) -> Polynomials:
    """Two or three sparse equations of degree up to six, often with roots at infinity or zero."""
    random = np.random.default_rng(seed)
    n = int(random.integers(2, 4))
    equations: list[list[tuple[complex, tuple[int, ...]]]] = []
    for _ in range(n):
        count = int(random.integers(3, 6))
        powers = random.integers(0, 3, (count, n)) * (random.random((count, n)) < 0.6)
        powers = np.unique(np.vstack([powers, np.eye(n, dtype=np.int64)[0]]), axis=0)
        equations.append(
            [(round(0.1 + float(random.random()), 2), tuple(map(int, row))) for row in powers]
        )
    return polynomials_from_arrays(equations)


@pytest.mark.slow
def test_random_sparse_systems_have_the_same_roots_from_both_starts() -> None:
    compared = 0
    for seed in range(60):
        system = random_sparse(seed)
        one = solve_polynomials(system, POLYHEDRAL)
        two = solve_polynomials(system, HomotopyOptions(start="total degree"))
        if not (one.consistent and two.consistent) or one.solution_faces:
            continue
        compared += 1
        assert len(one.roots) == len(two.roots), seed
        if len(one.roots):
            size = 1.0 + float(np.abs(two.roots).max())
            assert distance(one.roots, two.roots) < 1e-6 * size, seed
    assert compared >= 40
