"""The record of a workforce: what it says, and what it refuses."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from workshare.errors import TableError
from workshare.population.workforce import Workforce, workforce


def small() -> Workforce:
    return workforce(
        ["north", "south"],
        ["smith", "clerk"],
        formal=[[90, 50], [10, 0]],
        informal=[[0, 3], [40, 2]],
        unemployed=[[[6, 1], [4, 0]], [[1, 0], [2, 5]]],
        wages=[[100.0, 80.0], [np.nan, 50.0]],
    )


def test_totals_add_up() -> None:
    people = small()
    assert people.total == 90 + 50 + 10 + 3 + 40 + 2 + 6 + 1 + 4 + 1 + 2 + 5
    assert people.frame()["workers"].sum() == people.total
    assert people.wage_bill == 90 * 100 + 53 * 80 + 2 * 50  # a wage not known counts nothing


def test_a_relabelled_workforce_has_the_same_totals_and_another_hash() -> None:
    people = small()
    other = dataclasses.replace(people, regions=("n", "s"))
    assert other.total == people.total
    assert other.hash != people.hash
    assert small().hash == people.hash


def test_every_fault_is_told_at_once_with_its_cell() -> None:
    with pytest.raises(TableError) as caught:
        workforce(
            ["north", "north"],
            ["smith", ""],
            formal=[[-1, 5], [2.5, 1]],
            wages=[[1.0, -3.0], [1.0, 1.0]],
            uncertainty=np.zeros((1, 2)),
            skills=np.array([[2.0], [0.0]]),
            skill_names=("welding",),
        )
    text = str(caught.value)
    assert "region 'north'" in text and "stands twice" in text
    assert "occupation 2" in text
    assert "Region 'north', occupation 'smith', field formal" in text and "whole people" in text
    assert "field formal: must be at least 0. Received: -1" in text
    assert "field wages" in text and "-3.0 USD/yr" in text
    assert "skill 'welding'" in text
    assert "uncertainty" in text


def test_an_empty_region_is_named() -> None:
    with pytest.raises(TableError, match=r"Region 'south'.*is empty"):
        workforce(["north", "south"], ["smith"], formal=[[1], [0]])
