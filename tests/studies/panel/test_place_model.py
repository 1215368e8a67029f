from fractions import Fraction

import numpy as np
import pytest

from workshare.equilibria.homotopy import solve_polynomials
from workshare.errors import OptionError
from workshare.studies.panel.place_model import PlaceModel

MODELS = [
    PlaceModel(1, Fraction(2), Fraction(0), 0.05, 0.0),
    PlaceModel(2, Fraction(3, 2), Fraction(1, 2), 0.03, 0.3),
    PlaceModel(3, Fraction(2), Fraction(0), 0.02, 0.1),
    PlaceModel(2, Fraction(5, 2), Fraction(1), 0.02, 0.5),
]


def shares_of(model: PlaceModel, count: int = 20) -> np.ndarray:
    return np.random.default_rng(1).dirichlet(np.ones(model.num_sectors + 1), count)[:, :-1]


@pytest.mark.parametrize("model", MODELS)
def test_inversion_is_exact(model: PlaceModel) -> None:
    shares = shares_of(model)
    theta = np.exp(model.log_fundamentals(shares))
    # the equation of the docstring, written out
    for L, t in zip(shares, theta, strict=True):
        for s in range(model.num_sectors):
            u = model.base + L[s] + model.cross * (L.sum() - L[s])
            left = L[s] ** (1 + float(model.crowding))
            assert left == pytest.approx(t[s] * (1 - L.sum()) * u ** float(model.attraction))


@pytest.mark.parametrize("model", MODELS)
def test_jacobian_is_the_derivative(model: PlaceModel) -> None:
    shares = shares_of(model, 3)
    y, a = np.log(shares), model.log_fundamentals(shares)
    for column, unit in enumerate(np.eye(model.num_sectors)):
        numeric = (model.residual(y + 1e-6 * unit, a) - model.residual(y - 1e-6 * unit, a)) / 2e-6
        np.testing.assert_allclose(model.jacobian(y)[..., column], numeric, rtol=1e-6, atol=1e-7)


@pytest.mark.parametrize("model", MODELS)
def test_observed_shares_are_roots_of_the_family(model: PlaceModel) -> None:
    family, shares = model.family(), shares_of(model, 5)
    rows = family.coefficients(model.log_fundamentals(shares))
    for row, L in zip(rows, shares, strict=True):
        u = model.scale(L)
        np.testing.assert_allclose(model.shares_of(u), L, rtol=1e-12)
        values = family.system.with_coefficients(row).value(u.astype(complex))
        assert np.abs(values).max() < 1e-12 * np.abs(row).max()
    assert len({row.size for row in rows}) == 1


def test_the_system_is_the_same_place() -> None:
    for model in MODELS:
        L = shares_of(model, 1)[0]
        a = model.log_fundamentals(L)
        y = np.log(L) - 0.1
        system = model.system(a)
        np.testing.assert_allclose(system.value(y), model.residual(y, a), atol=1e-12)
        np.testing.assert_allclose(system.derivative(y), model.jacobian(y), atol=1e-12)


def test_one_more_sector_doubles_the_paths_and_one() -> None:
    """At q = 2 and d = 0: 2^(S + 1) - 1 roots, by counting them."""
    for sectors in (1, 2, 3, 4):
        model = PlaceModel(sectors)
        family = model.family()
        random = np.random.default_rng(sectors)
        a = random.standard_normal(sectors) + 1j * random.standard_normal(sectors)
        found = solve_polynomials(family.system.with_coefficients(family.coefficients(a)[0]))
        assert found.consistent and len(found.roots) == 2 ** (sectors + 1) - 1


def test_bad_elasticities_are_told_together() -> None:
    with pytest.raises(OptionError) as error:
        PlaceModel(0, Fraction(1, 7), Fraction(-1), -0.1, 1.0)
    said = str(error.value)
    for word in (
        "num_sectors is 0",
        "attraction is 1/7",
        "crowding is -1",
        "base is -0.1",
        "cross",
    ):
        assert word in said
    with pytest.raises(OptionError, match="must be a fraction"):
        PlaceModel(1, 2.0)  # type: ignore[arg-type]
