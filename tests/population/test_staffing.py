"""Staffing: the dual certificate, theory, a search by hand, and every fault named."""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pytest
from scipy.optimize import linprog

from population.labour import Case, random_case
from workshare.errors import OptionError
from workshare.population.staffing import (
    LabourPool,
    Specialisation,
    Staffing,
    months_to_staff,
    staff,
    staffing_program,
)

SEEDS = range(60)


def cost_of(case: Case, scale: float, months: float, budget: float = np.inf) -> float:
    """Return the least cost, infinite where not everything can be staffed."""
    answer = staff(*case, scale, months, budget)
    return answer.cost if answer.status == "staffed" else np.inf


@pytest.mark.parametrize("seed", SEEDS)
def test_the_certificate_holds(seed: int) -> None:
    case = random_case(seed)
    for scale, budget in ((0.5, np.inf), (2.0, np.inf), (2.0, 20.0)):
        answer = staff(*case, scale, 15.0, budget)
        assert answer.holds, answer.certificate
        assert answer.cost <= budget * (1 + 1e-9)
        needed = scale * sum(case[2].posts.values())
        filled = sum(answer.hired.values()) + sum(answer.released.values())
        assert filled + sum(answer.unfilled.values()) == pytest.approx(needed)
        assert (answer.status == "staffed") == (not answer.unfilled)


def test_a_false_answer_fails_its_certificate() -> None:
    pool, moves, specialisation = random_case(3)
    program, posts = staffing_program(pool, moves, specialisation, 15.0)
    posts = 0.2 * posts
    flow = program.cheapest(posts)
    assert flow is not None
    dear = replace(flow, rows=flow.rows * 0.5)
    few = replace(flow, columns=flow.columns * 0.9)
    assert max(value for _, value, _ in program.check(flow, posts)) < 1e-9
    assert {n: v for n, v, _ in program.check(dear, posts)}["gap"] > 1e-3
    assert {n: v for n, v, _ in program.check(few, posts)}["people"] > 1e-3


@pytest.mark.parametrize("seed", SEEDS)
def test_cost_is_convex_in_scale_and_never_rises_with_time_budget_people_or_seats(
    seed: int,
) -> None:
    case = random_case(seed)
    pool, moves, specialisation = case
    costs = np.array([cost_of(case, scale, 15.0) for scale in np.linspace(0, 2, 9)])
    finite = costs[np.isfinite(costs)]
    assert costs[0] == 0
    assert np.all(np.isinf(costs[finite.size :]))
    assert np.all(np.diff(finite) >= -1e-9)
    assert np.all(np.diff(finite, 2) >= -1e-9 * (1 + finite.max()))
    times = [cost_of(case, 0.7, months) for months in (3.0, 6.0, 12.0, 24.0)]
    assert all(b <= a + 1e-9 or np.isinf(a) for a, b in itertools.pairwise(times))
    unfilled = [
        sum(staff(*case, 2.0, 15.0, budget).unfilled.values()) for budget in (0.0, 5.0, 50.0, 1e9)
    ]
    assert all(b <= a + 1e-7 for a, b in itertools.pairwise(unfilled))
    richer = replace(pool, unemployed=pool.unemployed + 1, seats=pool.seats + 1)
    assert cost_of((richer, moves, specialisation), 0.7, 15.0) <= cost_of(case, 0.7, 15.0) + 1e-9


@pytest.mark.parametrize("seed", SEEDS[::3])
def test_shadow_prices_are_the_cost_of_one_more_post(seed: int) -> None:
    case = random_case(seed)
    pool, moves, specialisation = case
    scale, step = 0.37, 1e-6
    base = staff(*case, scale, 15.0)
    if base.status != "staffed":
        pytest.skip("this one cannot be staffed")
    for code, price in base.shadow_prices.items():
        posts = dict(specialisation.posts)
        posts[code] += step / scale
        more = cost_of((pool, moves, Specialisation("more", posts)), scale, 15.0)
        assert (more - base.cost) / step == pytest.approx(price, rel=1e-4, abs=1e-4)
    assert base.bottleneck == max(base.shadow_prices, key=lambda c: (base.shadow_prices[c], c))


@pytest.mark.parametrize("seed", SEEDS[::2])
def test_names_order_and_units_do_not_matter(seed: int) -> None:
    pool, moves, specialisation = case = random_case(seed)
    turn = np.random.default_rng(seed).permutation(len(pool.occupations))
    back = np.argsort(turn)
    codes = tuple(pool.occupations[k] for k in turn)
    turned = (
        replace(
            pool,
            occupations=codes,
            unemployed=pool.unemployed[turn],
            employed=pool.employed[turn],
            wages=pool.wages[turn],
            release_share=pool.release_share[turn],
            seats=pool.seats[turn],
        ),
        replace(moves, occupations=codes, origin=back[moves.origin], target=back[moves.target]),
        specialisation,
    )
    money = (
        replace(pool, wages=pool.wages * 1e6),
        replace(moves, cost=moves.cost * 1e6),
        specialisation,
    )
    for scale in (0.5, 2.0):
        one = staff(*case, scale, 15.0)
        other, million = staff(*turned, scale, 15.0), staff(*money, scale, 15.0)
        assert one.status == other.status == million.status
        assert other.cost == pytest.approx(one.cost, abs=1e-9)
        assert million.cost == pytest.approx(1e6 * one.cost, abs=1e-3)
        assert sum(other.unfilled.values()) == pytest.approx(sum(one.unfilled.values()), abs=1e-9)


@pytest.mark.parametrize("seed", range(25))
def test_against_another_formulation_in_another_solver(seed: int) -> None:
    """Everybody is followed from where they were hired to the post, over at most three moves."""
    pool, moves, specialisation = random_case(seed, size=4)
    pool = replace(pool, seats=np.full(4, np.inf))
    months, scale = 15.0, 0.6
    source = np.minimum(1.0, pool.hiring_rate * months)
    room = np.concatenate([pool.unemployed, pool.release_share * pool.employed]) * source
    edge = {
        (int(i), int(j)): float(c)
        for i, j, c, m in zip(moves.origin, moves.target, moves.cost, moves.months, strict=True)
        if m <= months
    }
    paths = [
        (way, sum(edge[step] for step in itertools.pairwise(way)))
        for length in range(1, 5)
        for way in itertools.permutations(range(4), length)
        if all(step in edge for step in itertools.pairwise(way))
    ]
    costs, supply, demand = [], [], []
    for start in range(8):
        for way, cost in paths:
            if way[0] == start % 4:
                costs.append(cost + pool.hiring_share * pool.wages[start % 4])
                supply.append(np.eye(8)[start])
                demand.append(np.eye(4)[way[-1]])
    posts = np.array([scale * specialisation.posts.get(code, 0.0) for code in pool.occupations])
    slow = linprog(costs, A_ub=np.array(supply).T, b_ub=room, A_eq=np.array(demand).T, b_eq=posts)
    answer = staff(pool, moves, specialisation, scale, months)
    assert (answer.status == "staffed") == (slow.status == 0)
    if slow.status == 0:
        assert answer.cost == pytest.approx(slow.fun, abs=1e-8)


@pytest.mark.parametrize("seed", range(12))
def test_no_whole_assignment_found_by_chance_is_cheaper(seed: int) -> None:
    """Hire and train people one by one at random, within the same limits: never below the bound."""
    pool, moves, specialisation = random_case(seed, whole=True)
    draw = np.random.default_rng(seed)
    months = 15.0
    best = np.inf
    for _ in range(60):
        cost = one_by_one(draw, pool, moves, specialisation, months)
        best = min(best, cost)
    bound = cost_of((pool, moves, specialisation), 1.0, months)
    assert best >= bound - 1e-9


def one_by_one(
    draw: np.random.Generator,
    pool: LabourPool,
    moves: object,
    specialisation: Specialisation,
    months: float,
) -> float:
    """Return the cost of filling posts one at a time with random people; infinite when stuck."""
    people = pool.unemployed + np.floor(pool.release_share * pool.employed + 1e-9)
    seats = pool.seats * months
    hire = pool.hiring_share * pool.wages
    total = 0.0
    for code, number in specialisation.posts.items():
        here = pool.occupations.index(code)
        for _ in range(int(number)):
            ways = [(here, hire[here], 0.0)]
            for i, j, c, m in zip(
                moves.origin,
                moves.target,
                moves.cost,
                moves.months,
                strict=True,  # type: ignore[attr-defined]
            ):
                if j == here and m <= months:
                    ways.append((int(i), hire[i] + c, float(m)))
            open_ways = [w for w in ways if people[w[0]] >= 1 and w[2] <= seats[here]]
            if not open_ways:
                return np.inf
            origin, cost, taken = open_ways[draw.integers(len(open_ways))]
            people[origin] -= 1
            seats[here] -= taken
            total += cost
    return total


def test_months_to_staff_is_the_first_month_in_which_it_can_be_done() -> None:
    checked = 0
    for seed in SEEDS:
        case = random_case(seed)
        months = months_to_staff(*case, 0.7, longest=40)
        if months is None:
            assert np.isinf(cost_of(case, 0.7, 40.0))
            continue
        assert np.isfinite(cost_of(case, 0.7, float(months)))
        if months > 0:
            assert np.isinf(cost_of(case, 0.7, months - 1.0))
            checked += 1
    assert checked > 10


def test_nothing_to_staff_costs_nothing() -> None:
    pool, moves, _ = random_case(1)
    answer = staff(pool, moves, Specialisation("nothing", {}), 3.0, 12.0)
    assert (answer.status, answer.cost, answer.bottleneck) == ("staffed", 0.0, "")


def test_the_same_inputs_give_the_same_record() -> None:
    case = random_case(7)
    assert staff(*case, 1.0, 12.0) == staff(*case, 1.0, 12.0)
    assert staff(*case, 1.0, 12.0).inputs_hash != staff(*case, 1.0, 13.0).inputs_hash


def test_faults_are_told_at_once_with_their_cell() -> None:
    pool, moves, _ = random_case(1)
    with pytest.raises(OptionError) as told:
        staff(pool, moves, Specialisation("cells", {"chemist": 1.0, "occupation 0": -2.0}), 1, 1)
    assert "occupation 'chemist' is not in the pool" in str(told.value)
    assert "posts of 'occupation 0' are -2.0" in str(told.value)
    with pytest.raises(OptionError) as told:
        replace(pool, unemployed=-pool.unemployed - 1, release_share=pool.release_share + 2)
    assert "unemployed of occupation 0" in str(told.value)
    assert "must be at most 1 (a share, not per cent)" in str(told.value)
    with pytest.raises(OptionError, match="scale is nan; must be a number of at least 0"):
        staff(pool, moves, Specialisation("cells", {"occupation 0": 1.0}), np.nan, 1)
    with pytest.raises(OptionError, match="same occupations in the same order"):
        other = replace(moves, occupations=moves.occupations[::-1])
        staff(pool, other, Specialisation("cells", {}), 1, 1)


def test_an_answer_says_who_is_short() -> None:
    codes = ("welder", "engineer")
    pool = LabourPool(
        codes, np.array([5.0, 1.0]), np.zeros(2), np.ones(2), np.zeros(2), np.zeros(2), 1.0
    )
    moves = random_case(1, 2)[1]
    moves = replace(moves, occupations=codes)
    answer: Staffing = staff(
        pool, moves, Specialisation("x", {"welder": 2.0, "engineer": 2.0}), 1.0, 12.0
    )
    assert answer.status == "short_of_people"
    assert answer.unfilled == pytest.approx({"engineer": 1.0})
    assert answer.bottleneck == "engineer"
    assert answer.shadow_prices["engineer"] == pytest.approx(1.0)
    assert answer.shadow_prices["welder"] == pytest.approx(0.0)
