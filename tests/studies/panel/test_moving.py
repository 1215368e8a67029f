import numpy as np
import pytest

from workshare.equilibria.basins import basin_of
from workshare.equilibria.jump import carry
from workshare.equilibria.path import Path
from workshare.studies.panel.enumeration import enumerate_all
from workshare.studies.panel.moving import ARRIVED, FOLD, carry_many, settle_many
from workshare.studies.panel.place_model import PlaceModel

TWO = PlaceModel(2)


def test_the_fold_of_one_sector_is_where_the_closed_form_says() -> None:
    """Folds of L = theta (1 - L)(c + L)^2: 1 / (L (1 - L)) = 2 / (c + L)."""
    model = PlaceModel(1, cross=0.0)
    fold = (1 - np.sqrt(1 - 8 * model.base)) / 4
    low = np.array([[0.01]])
    begin = model.log_fundamentals(low)
    at = model.log_fundamentals([[fold]])
    ended, where, t = carry_many(model, np.log(low), begin, 2 * at - begin, largest=0.01)
    assert ended.tolist() == [FOLD]
    assert t[0] == pytest.approx(0.5, abs=1e-4)
    assert np.exp(where[0, 0]) == pytest.approx(fold, rel=1e-2)


def test_carried_as_the_general_tool_carries() -> None:
    random = np.random.default_rng(5)
    shares = random.dirichlet(np.ones(3), 12)[:, :2]
    begin = TWO.log_fundamentals(shares)
    end = begin + 0.6 * random.standard_normal(begin.shape)
    ended, where, t = carry_many(TWO, np.log(shares), begin, end)
    kinds = set()
    for k in range(len(shares)):
        system = TWO.system(begin[k])
        path = Path(system.parameter_names, np.array([begin[k], end[k]]))
        slow = carry(system, path, np.log(shares[k]))
        kinds.add(slow.reason)
        assert (ended[k] == ARRIVED) == slow.arrived
        if slow.arrived:
            np.testing.assert_allclose(where[k], slow.point, atol=1e-7)
        elif slow.reason == "fold":
            assert t[k] == pytest.approx(slow.t, abs=0.01)
    assert kinds == {"arrived", "fold"}


def test_settled_as_the_general_tool_settles() -> None:
    random = np.random.default_rng(6)
    shares = random.dirichlet(np.ones(3), 3)[:, :2]
    a = TWO.log_fundamentals(random.dirichlet(np.ones(3), 3)[:, :2])
    ends, rested = settle_many(TWO, np.log(shares), a)
    assert rested.all()
    found = enumerate_all(TWO, a, np.full_like(a, np.nan))
    for k in range(len(a)):
        points = found.points[found.of(k)]
        reached = basin_of(TWO.system(a[k]), np.log(shares[k]), points)
        np.testing.assert_allclose(ends[k], points[reached], atol=1e-5)


def test_nothing_moves_where_fundamentals_stay() -> None:
    y = np.log([[0.02, 0.03]])
    a = TWO.log_fundamentals(np.exp(y))
    ended, where, t = carry_many(TWO, y, a, a)
    assert ended.tolist() == [ARRIVED] and t.tolist() == [1.0]
    np.testing.assert_array_equal(where, y)
