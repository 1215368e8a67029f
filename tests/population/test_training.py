"""Months and money of a move: closed forms, and every fault named."""

from __future__ import annotations

import numpy as np
import pytest

from workshare.errors import OptionError
from workshare.population.training import Moves, TrainingRules, skill_gap, training_moves

CODES = ("clerk", "welder", "engineer")
EDGES = (np.array([0, 1, 1, 2]), np.array([1, 1, 2, 1]))
WAGES = np.array([120.0, 240.0, 480.0])
GAP = np.array([0.5, 0.0, 0.25, 0.0])


def test_months_and_cost_follow_the_rules_to_the_digit() -> None:
    rules = TrainingRules(
        months_at_full_gap=20, months_per_zone=3, course_share=0.1, forgone_share=0.5
    )
    moves = training_moves(CODES, EDGES, WAGES, GAP, np.array([2.0, 3.0, 5.0]), rules)
    assert [*moves.origin] == [0, 1, 2]  # the loop at the welder is left out
    np.testing.assert_allclose(moves.months, [10 + 3, 5 + 6, 0.0])
    monthly = [0.1 * 240 + 0.5 * 10, 0.1 * 480 + 0.5 * 20, 0.1 * 240 + 0.5 * 40]
    np.testing.assert_allclose(moves.cost, moves.months * np.array(monthly))


def test_cost_follows_the_unit_of_money_and_months_do_not() -> None:
    one = training_moves(CODES, EDGES, WAGES, GAP)
    thousand = training_moves(CODES, EDGES, 1000 * WAGES, GAP)
    np.testing.assert_allclose(thousand.cost, 1000 * one.cost)
    np.testing.assert_array_equal(thousand.months, one.months)


def test_only_what_is_missing_counts_as_a_gap() -> None:
    skills = np.array([[0.2, 0.9, 0.0], [0.7, 0.1, 0.0]])
    gap = skill_gap(skills, np.array([0, 1, 0]), np.array([1, 0, 0]))
    np.testing.assert_allclose(gap, [0.5 / 3, 0.8 / 3, 0.0])


def test_every_fault_of_the_inputs_is_told_at_once() -> None:
    with pytest.raises(OptionError) as told:
        training_moves(CODES, EDGES, np.array([1.0, -2.0, np.nan]), np.array([0.0, 2.0, 0.0, 0.0]))
    for words in ("wage of welder is -2.0", "wage of engineer is nan", "gap of move 1 is 2.0"):
        assert words in str(told.value)
    with pytest.raises(OptionError, match=r"months_per_zone is -1.*forgone_share is 60"):
        TrainingRules(months_per_zone=-1, forgone_share=60)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"target": np.array([3])}, "names occupation 3; must be 0 to 2"),
        ({"target": np.array([0])}, "leads to its own origin"),
        ({"cost": np.array([-1.0])}, "cost of move 0 is -1.0; must be at least 0"),
        ({"months": np.array([1.0, 2.0])}, "months has 2 entries; must have 1"),
    ],
)
def test_moves_that_make_no_sense_are_refused(change: dict[str, object], words: str) -> None:
    sound = {
        "occupations": CODES,
        "origin": np.array([0]),
        "target": np.array([1]),
        "months": np.array([1.0]),
        "cost": np.array([1.0]),
    }
    with pytest.raises(OptionError, match=words):
        Moves(**{**sound, **change})  # type: ignore[arg-type]
