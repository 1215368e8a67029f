"""Steps counted together: whole numbers at least cost, the same optimum, and never a fraction."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from workshare.arrays import Array
from workshare.coordination import Problem, RestrictedProgram
from workshare.coordination.columns import Columns, collect, said
from workshare.coordination.families import specialisation
from workshare.coordination.shared_steps import SharedSteps, shared_steps
from workshare.coordination.sums import Sums
from workshare.response import Plan, plan_table

STEPS = 3
MOST = 2


def sums(generator: np.random.Generator, given: Array, held: int) -> Sums:
    """Return a restated menu with every number of steps up to two."""
    cost = generator.uniform(0.5, 2.0, len(given))
    base = Plan(f"base {held}", 0.1 * held, np.full(given.shape[1], 0.1 * held))
    listed = {}
    for counts in product(range(MOST + 1), repeat=len(given)):
        if sum(counts) <= MOST:
            steps = tuple(np.repeat(np.arange(len(given)), counts).tolist())
            own = base.contribution + np.array(counts) @ given
            listed[steps] = Plan(f"{held}: {steps}", base.cost + float(counts @ cost), own)
    return Sums(base, cost, given, MOST, listed)


def alike(seed: int, own: bool = False) -> list[Sums]:
    """Return three participants with the same steps; the last has one of its own if asked."""
    generator = np.random.default_rng(seed)
    given = generator.uniform(0.0, 2.0, (STEPS, 2))
    choices = [sums(generator, given, who) for who in range(3)]
    if own:
        other = np.vstack([given, generator.uniform(0.0, 2.0, 2)])
        choices[2] = sums(generator, other, 2)
    return choices


def setting(seed: int, choices: list[Sums]) -> RestrictedProgram:
    market = specialisation(3, 2, seed, "scarce").market
    tables = [
        plan_table(
            f"p{who}",
            [plan.cost for plan in choice.listed.values()],
            [plan.contribution for plan in choice.listed.values()],
        )
        for who, choice in enumerate(choices)
    ]
    return RestrictedProgram(Problem(tables, market), choices)


def found(table: Columns) -> SharedSteps:
    shared = shared_steps(table)
    assert shared is not None
    return shared


def test_steps_of_all_are_counted_together_and_a_step_of_one_is_not() -> None:
    table = collect(alike(0, own=True))
    shared = found(table)
    assert len(shared) == STEPS
    assert shared.decision.size == 3 * STEPS  # not the last one's own
    np.testing.assert_array_equal(shared.most, np.full(STEPS, 3.0 * MOST))
    assert shared_steps(collect(alike(0)[:1])) is None  # nobody to share with
    assert shared_steps(collect([list(c.listed.values()) for c in alike(0)])) is None  # lists


@pytest.mark.parametrize("seed", range(5))
def test_shares_become_whole_numbers_at_least_cost(seed: int) -> None:
    choices = alike(seed, own=True)
    table = collect(choices)
    shared = found(table)
    generator = np.random.default_rng(seed)
    whole = np.array(table.decision_lower)
    for members, _ in table.steps:
        whole[generator.choice(members)] += generator.integers(1, MOST + 1)
    whole[table.steps[2][0][-1]] = 0.0
    # the same numbers of steps in all, taken in equal shares
    shares = whole.copy()
    counts = shared.counts(whole)
    shares[shared.decision] = counts[shared.number] / 3.0
    assigned = shared.assigned(table, shares)
    assert assigned is not None
    np.testing.assert_array_equal(assigned, np.round(assigned))
    np.testing.assert_array_equal(shared.counts(assigned), counts)
    for members, most in table.steps:
        assert assigned[list(members)].sum() <= most
    own = [[c for c in product(range(MOST + 1), repeat=STEPS) if sum(c) <= MOST]] * 3
    costs = [choice.cost[:STEPS] for choice in choices]
    least = min(
        sum(float(np.dot(c, cost)) for c, cost in zip(all_three, costs, strict=True))
        for all_three in product(*own)
        if np.array_equal(np.sum(all_three, axis=0), counts[shared.number[:STEPS]])
    )
    cost = np.array(table.decision_cost)[shared.decision] @ assigned[shared.decision]
    assert cost == pytest.approx(least)


def test_shares_that_nobody_has_room_for_are_refused() -> None:
    table = collect(alike(1))
    shared = found(table)
    decision = np.array(table.decision_lower)
    decision[shared.decision] = 0.9  # 8.1 steps in all, for six places
    assert shared.assigned(table, decision) is None


@pytest.mark.parametrize("seed", range(4))
def test_another_objective_under_a_cost_limit_still_gives_whole_plans(seed: int) -> None:
    """Rows over who takes a step would leave corners of fractions: whole numbers are required."""
    choices = alike(seed)
    program = setting(seed, choices)
    best = program.solve(tolerance=1e-7).selection
    assert best is not None
    most = 1.15 * best.value
    program.limit_cost(most)
    generator = np.random.default_rng(seed)
    objective = np.zeros(program.columns)
    objective[: program.decisions] = generator.uniform(0.0, 1.0, program.decisions)
    answer = program.solve_for(objective, most=most, relative_gap=1e-7, max_nodes=10_000)
    assert answer.selection is not None
    least = np.inf
    for plans in product(*(list(c.listed.values()) for c in choices)):
        total = np.sum([plan.contribution for plan in plans], axis=0)
        cost = sum(plan.cost for plan in plans) + program.problem.market.evaluate(total).value
        if cost <= most:
            decision = [said(choice, plan) for choice, plan in zip(choices, plans, strict=True)]
            taken = np.concatenate([own for own in decision if own is not None])
            least = min(least, float(objective[: program.decisions] @ taken))
    assert answer.bound == pytest.approx(least, rel=1e-5)
