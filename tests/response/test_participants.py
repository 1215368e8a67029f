"""Many participants asked together answer as each would alone, and faults stop nobody else."""

from __future__ import annotations

import numpy as np
import pytest

from workshare.errors import OptionError
from workshare.response import (
    Answer,
    CallablePart,
    Grouped,
    Individuals,
    Plan,
    PlanTables,
    Subset,
    plan_table,
)


def tables(count: int = 12, plans: int = 5, dimensions: int = 3, seed: int = 0) -> PlanTables:
    generator = np.random.default_rng(seed)
    costs = generator.uniform(0.0, 2.0, (count, plans))
    contributions = generator.normal(size=(count, plans, dimensions))
    allowed = generator.uniform(size=(count, plans)) < 0.8
    allowed[:, 0] = True
    return PlanTables(costs, contributions, allowed=allowed)


@pytest.mark.parametrize("seed", range(5))
def test_tables_answer_as_separate_participants_do(seed: int) -> None:
    together = tables(seed=seed)
    apart = Individuals(list(together))
    prices = np.random.default_rng(seed + 100).normal(size=3)
    one, other = together.price(prices), apart.price(prices)
    assert np.allclose(one.bound, other.bound)
    assert np.allclose(one.cost, other.cost)
    assert np.allclose(one.contribution, other.contribution)
    by_hand = [
        min(p.cost - prices @ p.contribution for p in together.one(k).plans)  # type: ignore[attr-defined]
        for k in range(len(together))
    ]
    assert np.allclose(one.bound, by_hand)


def test_menus_are_complete_exactly_when_nothing_is_cut() -> None:
    together = tables()
    prices = np.array([0.3, -0.2, 0.1])
    who = np.arange(len(together))
    values = together.reduced(prices, who)
    for number, menu in zip(who, together.menus(prices, np.array(0.5), 2, who), strict=True):
        inside = np.sum(values[number] <= values[number].min() + 0.5)
        assert menu.complete == (inside <= 2)
        assert len(menu.plans) == min(2, inside)


def test_a_subset_and_groups_add_up_to_the_whole() -> None:
    together = tables(count=17)
    prices = np.array([0.5, 0.1, -0.4])
    whole = together.price(prices)
    members = np.array([2, 5, 11])
    part = Subset(together, members).price(prices)
    assert np.allclose(part.bound, whole.bound[members])
    assert np.allclose(part.contribution, whole.contribution[members])
    groups = Grouped(together, 5)
    sums = groups.price(prices)
    assert np.isclose(sums.bound.sum(), whole.bound.sum())
    assert np.allclose(sums.contribution.sum(axis=0), whole.contribution.sum(axis=0))
    for row in range(5):
        keys = groups.member_keys(row, int(sums.key[row]))
        assert np.array_equal(keys, whole.key[groups.starts[row] : groups.ends[row]])
        plan = groups.plan(row, int(sums.key[row]))
        assert np.isclose(plan.cost, sums.cost[row])


def test_a_group_that_answers_the_same_again_is_recognised() -> None:
    groups = Grouped(tables(count=20), 4)
    first = groups.price(np.array([0.5, 0.1, -0.4]))
    again = groups.price(np.array([0.5, 0.1, -0.4]))
    assert np.array_equal(first.key, again.key)


def bad_answer(kind: str) -> CallablePart:
    def answer(prices: np.ndarray) -> list[Plan]:
        if kind == "raises":
            raise RuntimeError("the model is being rebuilt")
        if kind == "nothing":
            return []
        if kind == "nan":
            return [Plan("x", float("nan"), np.zeros(prices.size))]
        return [Plan("x", 0.0, np.zeros(prices.size + 1))]

    return CallablePart("B", answer, exact=True)


@pytest.mark.parametrize(
    ("kind", "text"),
    [("raises", "being rebuilt"), ("nothing", "did not"), ("nan", "finite"), ("shape", "did not")],
)
def test_faults_become_notes_and_the_others_are_heard(kind: str, text: str) -> None:
    good = plan_table("A", [0.0, 1.0], [np.zeros(2), np.ones(2)])
    replies = Individuals([bad_answer(kind), good], dimensions=2).price(np.array([1.0, 1.0]))
    assert replies.answered.tolist() == [False, True]
    assert replies.bound.tolist() == [-np.inf, -1.0]
    [(number, note)] = replies.notes
    assert number == 0
    assert text in note


def test_a_bound_above_its_own_plan_is_a_lie_that_is_caught() -> None:
    class Liar:
        id = owner = "L"

        def price(self, prices: np.ndarray, near: float = 0.0) -> Answer:
            return Answer((Plan("x", 1.0, np.zeros(2)).at(np.zeros(0)),), 5.0)

        def menu(self, prices: np.ndarray, slack: float, count: int) -> None: ...

    replies = Individuals([Liar()]).price(np.zeros(2))  # type: ignore[list-item]
    assert not replies.answered[0]
    assert "above the value" in replies.notes[0][1]


def test_every_fault_of_a_table_is_told_at_once() -> None:
    costs = np.array([[1.0, np.nan], [0.0, 1.0]])
    allowed = np.array([[True, True], [False, False]])
    with pytest.raises(OptionError, match=r"costs\(0, 1\).*p1: no plan.*multiplicity"):
        PlanTables(costs, np.zeros((2, 2, 1)), allowed=allowed, multiplicity=[1, 0])


def test_names_must_differ() -> None:
    part = plan_table("A", [0.0], [np.zeros(1)])
    with pytest.raises(OptionError, match="repeated: A"):
        Individuals([part, part])
