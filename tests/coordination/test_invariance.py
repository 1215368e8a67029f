"""Units of goods and of money, order and copies change nothing but the figures' own units."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import scipy.sparse as sp

from workshare.coordination import METHODS, Options, Problem, Settings, certify, solve
from workshare.coordination.families import specialisation
from workshare.coordination.iterate import iterate
from workshare.market import Market
from workshare.response import PlanTables

OPTIONS = Options(tolerance=1e-5, near=0.0, max_rounds=7)
SEEDS = (0, 1)


def drawn(seed: int, count: int = 12, dimensions: int = 6) -> Problem:
    """Return participants with five plans each and a market of constant outside prices."""
    generator = np.random.default_rng(seed)
    costs = generator.uniform(0.0, 3.0, (count, 5))
    contributions = generator.uniform(-1.0, 3.0, (count, 5, dimensions))
    return Problem(PlanTables(costs, contributions), specialisation(count, dimensions, seed).market)


def in_units(problem: Problem, unit: np.ndarray, money: float = 1.0) -> Problem:
    """Return the problem with ``unit[k]`` new units in one of dimension ``k``, money likewise."""
    tables, market = problem.participants, problem.market
    assert isinstance(tables, PlanTables)
    assert market.rows.shape[0] == unit.size
    # a market column is a flow of one good in this family: it takes the good's unit too
    column = np.tile(unit, len(market.columns) // unit.size)
    scaled = Market(
        dimensions=market.dimensions,
        columns=market.columns,
        rows=sp.csc_matrix(sp.diags(unit) @ market.rows @ sp.diags(1.0 / column)),
        cost=money * market.cost / column,
        curvature=money * market.curvature / column**2,
        lower=market.lower * column,
        upper=market.upper * column,
        column_scale=market.column_scale * column,
        row_scale=market.row_scale * unit,
    )
    plans = PlanTables(money * tables.costs, tables.contributions * unit)
    return Problem(plans, scaled)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("seed", SEEDS)
def test_units_of_goods_from_a_millionth_to_a_million(method: str, seed: int) -> None:
    problem = drawn(seed)
    unit = 10.0 ** np.random.default_rng(seed).permutation(np.linspace(-6, 6, problem.dimensions))
    one, _ = iterate(problem, method, OPTIONS)
    other, _ = iterate(in_units(problem, unit), method, OPTIONS)
    assert other.bound == pytest.approx(one.bound, rel=1e-6)
    assert other.master == pytest.approx(one.master, rel=1e-6)
    assert len(other.rounds) == len(one.rounds)


@pytest.mark.parametrize("money", [1e-6, 1e6])
@pytest.mark.parametrize("method", METHODS)
def test_the_unit_of_money(method: str, money: float) -> None:
    problem = drawn(2)
    one, _ = iterate(problem, method, OPTIONS)
    scaled = in_units(problem, np.ones(problem.dimensions), money)
    other, _ = iterate(scaled, method, replace(OPTIONS, scale=money))
    assert other.bound == pytest.approx(money * one.bound, rel=1e-6)
    assert len(other.rounds) == len(one.rounds)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_division_does_not_depend_on_units(seed: int) -> None:
    problem = drawn(seed, count=6, dimensions=3)
    unit, money = np.array([1e6, 1e-6, 1.0]), 1e3
    scaled = in_units(problem, unit, money)
    settings = Settings(rounds=OPTIONS)
    in_money = Settings(rounds=replace(OPTIONS, scale=money))
    one = certify(problem, solve(problem, settings), settings)
    other = certify(scaled, solve(scaled, in_money), in_money)
    assert one.holds
    assert other.holds
    assert other.value == pytest.approx(money * one.value, rel=1e-6)


@pytest.mark.parametrize("method", METHODS)
def test_order_and_two_copies(method: str) -> None:
    problem = drawn(3)
    tables = problem.participants
    assert isinstance(tables, PlanTables)
    turned = PlanTables(tables.costs[::-1].copy(), tables.contributions[::-1].copy())
    one, _ = iterate(problem, method, OPTIONS)
    other, _ = iterate(Problem(turned, problem.market), method, OPTIONS)
    # the heuristic goes through participants one after another: its path depends on the order
    room = 0.3 if method == "admm" else 1e-5
    assert other.bound == pytest.approx(one.bound, rel=room)
    twice = PlanTables(np.repeat(tables.costs, 2, 0), np.repeat(tables.contributions, 2, 0))
    merged = PlanTables(tables.costs, tables.contributions, multiplicity=[2] * len(tables))
    apart, _ = iterate(Problem(twice, problem.market), method, OPTIONS)
    together, _ = iterate(Problem(merged, problem.market), method, OPTIONS)
    assert together.bound == pytest.approx(apart.bound, rel=room)
