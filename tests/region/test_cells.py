"""Strict reading of one cell: every slip has its own rule and cure, nothing is guessed."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workshare.region.cells import (
    Problem,
    read_choice,
    read_code,
    read_integer,
    read_number,
    read_period,
    read_text,
)
from workshare.region.dictionary import schemas
from workshare.region.tables import Cell

PLACE = "plants.csv row 7 column value"


def cell(text: str, stored: str = "csv") -> Cell:
    return Cell(text, PLACE, stored)


@pytest.mark.parametrize(
    ("text", "number"),
    [("12.5", "12.5"), ("-3", "-3"), ("0", "0"), ("-0", "0"), ("2e6", "2000000"), (".5", "0.5")],
)
def test_plain_numbers_are_read_exactly(text: str, number: str) -> None:
    assert read_number(cell(text)) == Fraction(number)


@pytest.mark.parametrize(
    ("text", "rule", "cure"),
    [
        ("12,5", "decimal comma", "Write 12.5."),
        ("-0,75", "decimal comma", "Write -0.75."),
        ("1,200.5", "thousands separator", "Write 1200.5."),
        ("1.200,5", "thousands separator", "Write 1200.5."),
        ("1,200", "a thousands separator or a decimal comma", "Write 1200 or 1.200"),
        ("1,200,000", "thousands separator", "Write 1200000."),
        ("1 200", "thousands separator", "Write 1200."),
        ("1\u00a0200,5", "thousands separator", "Write 1200.5."),
        ("1'200", "thousands separator", "Write 1200."),
        ("22 mai", "this is a date", "turned the figure into a date"),
        ("2024-05-22", "this is a date", "turned the figure into a date"),
        ("22/05/2024", "this is a date", "turned the figure into a date"),
        ("May-22", "this is a date", "turned the figure into a date"),
        ("nan", "not a figure", "Delete the row"),
        ("NaN", "not a figure", "Delete the row"),
        ("...", "not a figure", "write 0 if it is zero"),
        ("-", "not a figure", "write 0 if it is zero"),
        ("n.d.", "not a figure", "Delete the row"),
        ("inf", "finite", "without one there is no limit"),
        ("-Infinity", "finite", "without one there is no limit"),
        ("1e308", "at most", "larger unit"),
        ("9" * 20, "at most", "larger unit"),
        ("5 %", "per cent sign", "column unit"),
        ("$5", "currency sign", "column unit"),
        ("USD 5", "currency sign", "column unit"),
        ("−5", "dash", "Write -5"),
        ("+5", "plus sign", "Write 5"),
        ("=A1*2", "formulas are not read", "Replace the formula by its value"),
        ("", "blank; a missing figure is not zero", "Write 0 if it is zero"),
        ("12 kt", "plain number", "its unit goes in the column unit"),
        ("٣", "plain number", "Write the figure alone"),
        ("0x10", "plain number", "Write the figure alone"),
        ("1_000", "plain number", "Write the figure alone"),
    ],
)
def test_every_slip_is_told_with_its_cure(text: str, rule: str, cure: str) -> None:
    problem = read_number(cell(text))
    assert isinstance(problem, Problem)
    assert rule in problem.rule
    assert cure in problem.cure


@pytest.mark.parametrize(
    ("stored", "text", "rule"),
    [
        ("text", "12.5", "number stored as text"),
        ("text", "12,5", "decimal comma"),
        ("date", "2024-05-22 00:00:00", "must not be a date"),
        ("formula", "=A1", "formulas are not read"),
        ("error", "#REF!", "holds an error"),
        ("boolean", "TRUE", "plain number"),
    ],
)
def test_how_a_workbook_stores_a_number_matters(stored: str, text: str, rule: str) -> None:
    problem = read_number(cell(text, stored))
    assert isinstance(problem, Problem)
    assert rule in problem.rule


@given(st.text(max_size=20))
def test_any_text_is_a_number_or_a_problem_with_rule_and_cure(text: str) -> None:
    for stored in ("csv", "text", "number"):
        answer = read_number(cell(text, stored))
        if isinstance(answer, Problem):
            assert answer.rule
            assert answer.cure
        else:
            assert answer == Fraction(text)


@given(st.floats(-1e15, 1e15))
def test_a_float_is_read_back_to_the_last_bit(value: float) -> None:
    answer = read_number(cell(repr(value)))
    assert isinstance(answer, Fraction)
    assert float(answer) == value


def test_whole_numbers() -> None:
    assert read_integer(cell("3")) == 3
    problem = read_integer(cell("2.5"))
    assert isinstance(problem, Problem)
    assert "whole number" in problem.rule


@pytest.mark.parametrize("text", ["20255", "23", "2023-2021", "1800", "2023-05", "May 2023", ""])
def test_years_that_are_none(text: str) -> None:
    problem = read_period(cell(text), schemas()["plants"].column("year"))
    assert isinstance(problem, Problem)
    assert "must be a year" in problem.rule


@pytest.mark.parametrize("text", ["2023", "2021-2023"])
def test_years(text: str) -> None:
    assert read_period(cell(text), schemas()["plants"].column("year")) == text


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("=HYPERLINK()", "formulas are not read"),
        ("@cmd", "must not begin with '@'"),
        ("+1", "must not begin with '+'"),
        ("-2+3", "must not begin with '-'"),
        ("two\nlines", "in one line"),
        ("right\u202eto left", "RIGHT-TO-LEFT OVERRIDE"),
        ("zero\u200bwidth", "ZERO WIDTH SPACE"),
        ("null\x00", "signs that show"),
        ("tab_x0009_ inside", "reads as another sign"),
        ("x" * 10_001, "at most 10000 characters"),
    ],
)
def test_texts_that_would_do_harm(text: str, rule: str) -> None:
    problem = read_text(cell(text))
    assert isinstance(problem, Problem)
    assert rule in problem.rule


@pytest.mark.parametrize("text", ["Côte d'Ivoire", "-", "Ω 5 <b>", "🚢 ferry", "می\u200cخواهم", ""])
def test_other_texts_are_free(text: str) -> None:
    assert read_text(cell(text)) == text


@pytest.mark.parametrize("text", ["АRG", "ar", "A G", "ARG\u00a0", "AR/G"])
def test_participant_codes_have_no_look_alike_letters(text: str) -> None:
    assert isinstance(read_code(cell(text), "participant_code"), Problem)


def test_codes() -> None:
    assert read_code(cell("ARG"), "participant_code") == "ARG"
    assert read_code(cell("cell-LFP_2.0"), "code") == "cell-LFP_2.0"
    reserved = read_code(cell("World"), "code")
    assert isinstance(reserved, Problem)
    assert "rest of the world" in reserved.rule
    lost_zero = read_code(cell("10121"), "hs_code")
    assert isinstance(lost_zero, Problem)
    assert "leading zero" in lost_zero.cure


def test_choices_are_small_letters() -> None:
    entry = schemas()["goods"].column("tradable")
    assert read_choice(cell("yes"), entry) == "yes"
    problem = read_choice(cell("Yes"), entry)
    assert problem == Problem("must be one of yes, no", "Write yes.")
    assert isinstance(read_choice(cell("TRUE", "boolean"), entry), Problem)
