"""Single changes: the pieces are the market, and nobody can gain alone when they end."""

from __future__ import annotations

import dataclasses
import itertools

import numpy as np
import pytest

from workshare.coordination import Options, Problem, Search, Settings, certify, solve
from workshare.coordination.families import specialisation
from workshare.coordination.iterate import iterate
from workshare.coordination.neighbourhood import divide, recover_many
from workshare.coordination.one_change import change_in_pairs, change_one_by_one, pieces
from workshare.errors import OptionError
from workshare.market import piecewise_linear, quadratic_tracking
from workshare.response import Plan, PlanTables

FEW = Options(tolerance=1e-4, near=0.0)


@pytest.mark.parametrize("seed", range(5))
def test_pieces_are_the_market(seed: int) -> None:
    generator = np.random.default_rng(seed)
    breaks = np.sort(generator.normal(0.0, 3.0, (4, 3)), axis=1)
    slopes = np.sort(generator.normal(0.0, 2.0, (4, 4)), axis=1)
    for market in (
        specialisation(5, 4, seed, ("mild", "scarce")[seed % 2]).market,
        piecewise_linear(breaks, slopes, largest=20.0),
    ):
        shared = pieces(market)
        assert shared is not None
        z = generator.uniform(-15.0, 15.0, (6, 4))
        values = shared.at(z, np.arange(4))
        offset = market.evaluate(np.zeros(4)).value - shared.at(np.zeros((1, 4)), np.arange(4))[0]
        for row, value in zip(z, values, strict=True):
            assert value + offset == pytest.approx(market.evaluate(row).value, rel=1e-7, abs=1e-7)


def test_a_curved_market_has_no_pieces() -> None:
    assert pieces(quadratic_tracking(np.ones(2), weight=1.0, largest=10.0)) is None


@pytest.mark.parametrize("seed", range(10))
def test_nobody_can_gain_alone_by_enumeration(seed: int) -> None:
    generator = np.random.default_rng(seed)
    market = specialisation(6, 3, seed, "scarce").market
    costs = generator.uniform(0.5, 3.0, (6, 8))
    contributions = generator.uniform(-0.5, 3.0, (6, 8, 3))
    problem = Problem(PlanTables(costs, contributions), market)
    plans = {k: problem.participants.one(k).menu(np.zeros(3), np.inf, 100).plans for k in range(6)}
    start = [plans[k][0].at(np.zeros(0)) for k in range(6)]
    total = np.sum([point.contribution for point in start], axis=0)
    shared = pieces(market)
    assert shared is not None
    points = change_one_by_one(shared, np.arange(6), start, total, plans, gain=1e-9)

    def value(held: list[int] | tuple[int, ...]) -> float:
        own = [plans[k][choice] for k, choice in enumerate(held)]
        total = np.sum([plan.contribution for plan in own], axis=0)
        return float(sum(plan.cost for plan in own) + market.evaluate(total).value)

    ids = [[plan.id for plan in plans[k]] for k in range(6)]
    held = [ids[k].index(point.plan.id) for k, point in enumerate(points)]
    reached = value(held)
    assert reached <= value([0] * 6) + 1e-7
    for k, choice in itertools.product(range(6), range(8)):
        assert reached <= value([*held[:k], choice, *held[k + 1 :]]) + 1e-7


def test_single_changes_help_recovery_and_are_told() -> None:
    problem = specialisation(200, 12, 0, "scarce")
    state, _ = iterate(problem, "column_generation", FEW)
    start = divide(problem, problem.participants, state)
    only = Search(neighbourhoods=0, tied=0)
    selection, changes, feasible = recover_many(problem, problem.participants, state, only)
    assert feasible
    assert state.bound <= selection.value < start.value
    assert any(change.reason == "better against what the others hold" for change in changes)


def test_a_time_limit_is_kept_and_told() -> None:
    problem = specialisation(80, 6, 0)
    ticks = itertools.count()
    search = dataclasses.replace(Search(), seconds=0.0)
    settings = Settings(rounds=FEW, exact=False, search=search)
    solution = solve(problem, settings, clock=lambda: float(next(ticks)))
    assert solution.timed
    assert not solve(problem, Settings(rounds=FEW, exact=False)).timed
    assert certify(problem, solution, settings).holds
    with pytest.raises(OptionError, match="clock"):
        solve(problem, settings)


@pytest.mark.parametrize("seed", range(6))
def test_no_pair_gains_when_pairs_end_by_enumeration(seed: int) -> None:
    generator = np.random.default_rng(seed)
    market = specialisation(5, 2, seed, "scarce").market
    costs = generator.uniform(0.5, 3.0, (5, 6))
    contributions = generator.uniform(-0.5, 3.0, (5, 6, 2))
    problem = Problem(PlanTables(costs, contributions), market)
    plans = {k: problem.participants.one(k).menu(np.zeros(2), np.inf, 100).plans for k in range(5)}
    start = [plans[k][0].at(np.zeros(0)) for k in range(5)]
    total = np.sum([point.contribution for point in start], axis=0)
    shared = pieces(market)
    assert shared is not None
    state, _ = iterate(problem, "column_generation", FEW)

    def value(own: list[Plan]) -> float:
        z = np.sum([plan.contribution for plan in own], axis=0)
        return float(sum(plan.cost for plan in own) + market.evaluate(z).value)

    room = value([p.plan for p in start])  # more than any distance that can be left
    found = change_in_pairs(
        shared,
        np.arange(5),
        start,
        total,
        plans,
        state.row_prices,
        room=room,
        gain=1e-9,
        work=10**7,
    )
    held = [point.plan for point in found]
    reached = value(held)
    assert reached <= room + 1e-7
    for one, other in itertools.combinations(range(5), 2):
        for first, second in itertools.product(plans[one], plans[other]):
            changed = list(held)
            changed[one], changed[other] = first, second
            assert reached <= value(changed) + 1e-7
