"""The economies of trade as systems: the same answers as trade's own solvers, and all of them."""

from __future__ import annotations

import numpy as np
import pytest

from workshare.equilibria import find
from workshare.equilibria.classify import stability
from workshare.equilibria.dynamics import Dynamic
from workshare.errors import OptionError
from workshare.studies.models import model
from workshare.studies.models.free_entry import (
    even_economy,
    free_entry,
    free_entry_system,
    trade_answer,
)
from workshare.studies.models.krugman_trade import krugman_system
from workshare.trade.branches import find_branches
from workshare.trade.economy import Economy, implied_deficits
from workshare.trade.equilibrium import solve_equilibrium
from workshare.trade.home_market import Industry, home_market_equilibrium
from workshare.trade.krugman import Technology, trade_equilibrium
from workshare.trade.taxes import Shock
from workshare.trade.verify import verify


@pytest.mark.parametrize("labour", [[2.0, 1.0], [1.0, 50.0], [2.0, 1.0, 3.0], [1.0, 5.0, 0.3, 2.0]])
@pytest.mark.parametrize("arrival", [0.3, 0.8])
def test_krugman_has_one_equilibrium_proven_and_it_is_trades(
    labour: list[float], arrival: float
) -> None:
    technology = Technology(0.75)
    found = find(krugman_system(technology, np.array(labour), arrival))
    assert str(found.completeness) == "PROVED"
    assert len(found.equilibria) == 1
    wages = trade_equilibrium(technology, labour, arrival).wages
    assert np.exp(found.points[0]) == pytest.approx(wages[:-1], rel=1e-9)


def test_krugman_with_uneven_transport_costs_is_trades() -> None:
    arrival = np.array([[1, 0.9, 0.4], [0.7, 1, 0.5], [0.6, 0.3, 1]])
    labour = [1.0, 2.0, 0.5]
    found = find(krugman_system(Technology(0.5), np.array(labour), arrival))
    assert (str(found.completeness), len(found.equilibria)) == ("PROVED", 1)
    wages = trade_equilibrium(Technology(0.5), labour, arrival).wages
    assert np.exp(found.points[0]) == pytest.approx(wages[:-1], rel=1e-9)


def test_all_goods_that_arrive_leave_wages_equal() -> None:
    found = find(model("krugman-trade", {"arrival": 1.0}))
    assert found.points == pytest.approx(np.zeros((1, 1)), abs=1e-12)


@pytest.mark.parametrize(
    ("scale", "cost", "industries", "count"),
    [
        (0.2, 1.3, 2, 1),  # eps mu below one: one equilibrium
        (0.25, 1.3, 2, 1),  # Krugman's own case, eps mu = 1
        (0.35, 1.3, 2, 3),  # strong scale, cheap trade: each country has one industry, or both half
        (0.35, 1.05, 2, 3),
        (0.35, 2.5, 2, 17),  # dear trade: wages can hold an industry that is small
        (0.35, 2.5, 1, 1),
    ],
)
def test_every_equilibrium_of_free_entry_passes_trades_own_check(
    scale: float, cost: float, industries: int, count: int
) -> None:
    economy = even_economy(4.0, scale, cost, industries)
    system = free_entry_system(economy)
    found = find(system)
    assert (str(found.completeness), len(found.equilibria)) == ("PROVED", count)
    for item in found.equilibria:
        lines = verify(economy, None, *trade_answer(economy, system, item.point))
        assert all(line.holds for line in lines), (item.point, lines)
    # exchanging countries, or industries, exchanges equilibria
    points = found.points
    mirrored = np.column_stack([1 - points[:, :-1], -points[:, -1:]])
    for other in (mirrored, points[:, [*range(industries - 1, -1, -1), industries]]):
        gaps = np.abs(points[:, None] - other[None]).max(axis=2)
        assert gaps.min(axis=0).max() < 1e-9


def test_corners_are_those_that_trades_many_starts_find() -> None:
    economy = even_economy(4.0, 0.35, 1.3, 2)
    system = free_entry_system(economy)
    points = find(system).points
    assert [tuple(p[:2].round(6)) for p in points] == [(0.0, 1.0), (0.5, 0.5), (1.0, 0.0)]
    mine = {tuple(trade_answer(economy, system, p)[3].round(6).ravel()) for p in points}
    others = find_branches(economy, starts=24).equilibria
    theirs = {tuple(answer.labour.round(6).ravel()) for answer in others}
    assert theirs <= mine
    assert len(theirs) >= 2


def test_full_agglomeration_is_stable_and_the_even_spread_is_not() -> None:
    system = free_entry()
    moves = Dynamic("entry", at_once=("log_wage",))
    labels = [stability(system, p, moves).label for p in find(system).points]
    assert labels[0] == labels[2] == "stable"
    assert labels[1] in ("saddle", "unstable")


def test_a_calibrated_economy_without_scale_multiplicity_is_trades_under_shocks() -> None:
    flows = np.array([[[70.0, 30.0], [25.0, 5.0]], [[15.0, 15.0], [20.0, 120.0]]])
    deficits = implied_deficits(flows, np.zeros((2, 2, 2)))
    assert deficits == pytest.approx([0, 0])
    economy = Economy(
        ("A", "B"), ("x", "y"), flows, np.array([4.0, 6.0]), np.array([0.2, 0.1]), entry="free"
    )
    system = free_entry_system(economy).at({"cost_change": 1.2, "labour_change": 1.5})
    found = find(system)
    assert (str(found.completeness), len(found.equilibria)) == ("PROVED", 1)
    shock, wage, _, labour = trade_answer(economy, system, found.points[0])
    answer = solve_equilibrium(economy, None, shock)
    assert answer.wage == pytest.approx(wage, rel=1e-9)
    assert answer.labour == pytest.approx(labour, rel=1e-8)
    assert isinstance(shock, Shock)


def test_krugmans_industries_settle_where_home_market_equilibrium_says() -> None:
    # eps mu = 1 is Krugman's economy; tastes that differ make the home market effect
    technology, arrival = Technology(0.8), 0.8
    phi = technology.shipped(arrival)
    spending = np.array([[0.55, 0.45], [0.45, 0.55]])  # country, industry
    base = home_market_equilibrium(
        (1.0, 1.0),
        [Industry(f"i{k}", technology, arrival, spending[0, k], spending[1, k]) for k in range(2)],
    )
    flows = np.zeros((2, 2, 2))
    for k, item in enumerate(base.industries):
        n = np.array([item.home_goods, item.foreign_goods])
        met = n + phi * n[::-1]
        for i in range(2):
            for j in range(2):
                flows[i, j, k] = n[i] * (1 if i == j else phi) / met[j] * spending[j, k]
    economy = Economy(("H", "F"), ("a", "b"), flows, np.full(2, technology.elasticity - 1),
                      np.full(2, 1 / (technology.elasticity - 1)), entry="free")  # fmt: skip
    system = free_entry_system(economy)
    for labour in (1.0, 1.3, 0.6):
        found = find(system.at({"labour_change": labour}))
        assert (str(found.completeness), len(found.equilibria)) == ("PROVED", 1)
        direct = home_market_equilibrium(
            (labour, 1.0),
            [Industry(f"i{k}", technology, arrival, *spending[:, k]) for k in range(2)],
        )
        point = found.points[0]
        assert np.exp(point[2]) == pytest.approx(direct.relative_wage, rel=1e-9)
        for k, item in enumerate(direct.industries):
            made = item.home_goods * np.exp(point[2])
            assert point[k] == pytest.approx(made / (made + item.foreign_goods), abs=1e-9)


def test_every_fault_is_told_at_once() -> None:
    with pytest.raises(OptionError) as told:
        krugman_system(Technology(0.5), np.array([1.0, -1.0]), 1.5)
    for word in ("labour of country 2 is -1", "from country 1 to 2 is 1.5"):
        assert word in str(told.value)
    with pytest.raises(OptionError, match="there are 1 countries"):
        model("krugman-trade", {"labour_2": 0.0})
    with pytest.raises(OptionError) as told:
        free_entry(-1.0, -1.0, 1.0, 9)
    for word in ("trade_elasticity is -1", "scale_elasticity is -1", "trade_cost is 1.0", "is 9"):
        assert word in str(told.value)
    flows = np.array([[[80.0], [30.0]], [[20.0], [80.0]]])
    economy = Economy(
        ("A", "B"), ("x",), flows, np.array([4.0]), np.array([0.2]),
        deficits=implied_deficits(flows, np.zeros((2, 2, 1))),
    )  # fmt: skip
    with pytest.raises(OptionError) as told:
        free_entry_system(economy)
    for word in ("entry is restricted", "it has deficits", "it has markups"):
        assert word in str(told.value)
