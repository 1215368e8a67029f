from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from scipy.optimize import brentq

from workshare.equilibria import FindOptions, find
from workshare.errors import OptionError
from workshare.studies.panel import enumeration
from workshare.studies.panel.enumeration import EnumerationOptions, enumerate_all
from workshare.studies.panel.place_model import PlaceModel

TWO = PlaceModel(2)


def drawn(model: PlaceModel, count: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Return log fundamentals and log shares of random states."""
    sectors = model.num_sectors
    shares = np.random.default_rng(seed).dirichlet(np.ones(sectors + 1), count)[:, :sectors]
    return model.log_fundamentals(shares), np.log(shares)


def same(one: enumeration.Enumeration, other: enumeration.Enumeration) -> bool:
    names = ("first", "points", "indices", "stable", "certified", "observed", "ill")
    return all(np.array_equal(getattr(one, name), getattr(other, name)) for name in names)


@pytest.mark.parametrize(
    "model",
    [PlaceModel(1, cross=0.0), PlaceModel(1, Fraction(5, 2), Fraction(1, 2), 0.02, 0.0)],
)
def test_one_sector_against_brute_force(model: PlaceModel) -> None:
    a, y = drawn(model, 60)
    found = enumerate_all(model, a, y)
    grid = np.log(
        np.concatenate([np.geomspace(1e-9, 0.5, 4000), 1 - np.geomspace(0.5, 1e-9, 4000)])
    )
    for member in range(len(a)):
        signs = np.sign(model.residual(grid[:, None], a[member])[:, 0])
        roots = [
            brentq(lambda v, k=member: model.residual(np.array([v]), a[k])[0], grid[i], grid[i + 1])
            for i in np.flatnonzero(signs[:-1] * signs[1:] < 0)
        ]
        np.testing.assert_allclose(found.points[found.of(member), 0], roots, atol=1e-8)
    assert set(found.counts) == {1, 3} and not found.ill.any()


def test_two_sectors_against_an_interval_cover() -> None:
    """Independent route: branch and prune on the equations in logs proves the same equilibria."""
    a, y = drawn(TWO, 8, seed=4)
    found = enumerate_all(TWO, a, y)
    proven = 0
    for member in range(len(a)):
        proof = find(TWO.system(a[member]), FindOptions(method="interval"))
        if str(proof.completeness) != "PROVED":  # beside a fold the cover ends undecided
            continue
        proven += 1
        points = found.points[found.of(member)]
        expected = proof.points[np.argsort(np.exp(proof.points).sum(axis=1))]
        np.testing.assert_allclose(points, expected, atol=1e-8)
    assert proven >= 5 and len(set(found.counts)) > 1


def test_every_answer_is_checked() -> None:
    model = PlaceModel(3, cross=0.2)
    a, y = drawn(model, 60, seed=2)
    found = enumerate_all(model, a, y)
    fine = ~found.ill
    assert found.starts_agree and found.paths == 15 and fine.sum() >= 58
    owner = np.repeat(np.arange(60), found.counts)
    assert np.abs(model.residual(found.points, a[owner])).max() < 1e-10
    assert all(found.indices[found.of(k)].sum() == 1 for k in np.flatnonzero(fine))
    assert found.certified[fine[owner]].all()
    np.testing.assert_allclose(found.points[found.observed[fine]], y[fine], atol=1e-9)


def test_order_chunks_and_threads_change_no_bit() -> None:
    a, y = drawn(TWO, 40, seed=3)
    whole = enumerate_all(TWO, a, y)
    assert same(whole, enumerate_all(TWO, a, y, EnumerationOptions(chunk=7)))
    options = EnumerationOptions(chunk=20, workers=2, backend="threads")
    assert same(whole, enumerate_all(TWO, a, y, options))
    order = np.random.default_rng(0).permutation(40)
    mixed = enumerate_all(TWO, a[order], y[order], EnumerationOptions(chunk=7))
    for place, member in enumerate(order):
        assert np.array_equal(mixed.points[mixed.of(place)], whole.points[whole.of(member)])


@pytest.mark.slow
@pytest.mark.parametrize("backend", ["processes", "dask"])
def test_processes_and_a_cluster_change_no_bit(backend: str) -> None:
    if backend == "dask":
        pytest.importorskip("distributed")
    a, y = drawn(TWO, 40, seed=3)
    options = EnumerationOptions(chunk=15, workers=2, backend=backend)
    assert same(enumerate_all(TWO, a, y), enumerate_all(TWO, a, y, options))


def test_names_of_sectors_do_not_matter() -> None:
    a, y = drawn(TWO, 30, seed=5)
    one, other = enumerate_all(TWO, a, y), enumerate_all(TWO, a[:, ::-1], y[:, ::-1])
    np.testing.assert_array_equal(one.counts, other.counts)
    for k in range(30):
        pair = [
            p[np.lexsort(p.T)] for p in (one.points[one.of(k)], other.points[other.of(k)][:, ::-1])
        ]
        np.testing.assert_allclose(*pair, atol=1e-9)


def test_weak_scale_economies_leave_one_equilibrium() -> None:
    model = PlaceModel(2, Fraction(1, 2))
    a, y = drawn(model, 50)
    found = enumerate_all(model, a, y)
    assert set(found.counts) == {1} and found.stable.all()


def test_next_to_a_fold_the_pair_is_found_by_way_of_members_between() -> None:
    # the folds of one sector: 1/(L (1 - L)) = 2 / (c + L)
    model = PlaceModel(1, cross=0.0)
    fold = (1 - np.sqrt(1 - 8 * model.base)) / 4
    L = np.array([[fold * (1 - 1e-3)], [fold * (1 + 1e-3)]])
    found = enumerate_all(model, model.log_fundamentals(L), np.log(L))
    assert found.counts.tolist() == [3, 3] and found.certified.all() and not found.ill.any()
    assert found.stable[found.observed].tolist() == [True, False]


def test_a_lost_path_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """Provoke a loss: one root of the start is left out; the index sum must tell."""
    a, y = drawn(TWO, 30, seed=6)
    honest = enumeration._start

    def lossy(*arguments):  # type: ignore[no-untyped-def]
        start = honest(*arguments)
        return replace(start, roots=start.roots[1:])

    monkeypatch.setattr(enumeration, "_start", lossy)
    assert enumerate_all(TWO, a, y).ill.sum() >= 28


def test_a_stopped_run_goes_on_where_it_was(tmp_path: Path) -> None:
    a, y = drawn(TWO, 60, seed=7)
    options = EnumerationOptions(chunk=20, folder=str(tmp_path))

    def stop(done: int, _total: int) -> None:
        if done >= 40:
            raise KeyboardInterrupt

    part = enumerate_all(TWO, a, y, options, stop)
    assert part.interrupted and part.done.tolist() == [True] * 40 + [False] * 20
    kept = sorted(tmp_path.glob("*.npz"))
    assert len(kept) == 2
    stamps = [file.stat().st_mtime_ns for file in kept]
    whole = enumerate_all(TWO, a, y, options)
    assert same(whole, enumerate_all(TWO, a, y)) and not whole.interrupted
    assert [file.stat().st_mtime_ns for file in kept] == stamps  # read, not made again
    kept[0].write_bytes(b"broken")
    assert same(whole, enumerate_all(TWO, a, y, options))
    other = enumerate_all(replace(TWO, base=0.04), a, y, options)
    assert not same(whole, other)


def test_the_share_to_prove_always_holds_the_observed() -> None:
    a, y = drawn(TWO, 50, seed=8)
    found = enumerate_all(TWO, a, y, EnumerationOptions(certify=0.3))
    assert 5 < found.asked.sum() < 28
    assert found.certified[found.observed[found.observed >= 0]].all()
    assert not found.certified.all()


def test_bad_options() -> None:
    a, y = drawn(TWO, 2)
    with pytest.raises(OptionError, match=r"certify is 2.*chunk is 0"):
        enumerate_all(TWO, a, y, EnumerationOptions(certify=2.0, chunk=0))
    with pytest.raises(OptionError, match="not finite"):
        enumerate_all(TWO, a * np.nan, y)
    with pytest.raises(OptionError, match="paths; at most 5"):
        enumerate_all(TWO, a, y, EnumerationOptions(max_paths=5))
