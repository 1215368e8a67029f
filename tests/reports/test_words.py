from __future__ import annotations

import math

from hypothesis import given
from hypothesis import strategies as st

from workshare.reports.words import money, number, percent, short, shortened, wrapped


def test_missing_is_never_zero():
    for value in (None, math.nan, math.inf):
        assert number(value) == "not available"
        assert money(value, "USD") == "not available"
        assert percent(value) == "not available"
        assert short(value) == "..."


@given(st.floats(-1e12, 1e12, allow_nan=False))
def test_rounding_keeps_four_digits(value):
    text = number(value).replace(",", "").replace("\u2212", "-")
    assert math.isclose(float(text), value, rel_tol=5.1e-4, abs_tol=1e-300)


@given(st.floats(-1e9, 1e9, allow_nan=False))
def test_labels_are_short(value):
    assert len(short(value, signed=True)) <= 7


def test_money_changes_its_word_at_the_rounded_size():
    assert money(999.9, "USD") == "1 billion USD per year"
    assert money(0.0, "USD") == "0 USD per year"
    assert money(-1234.0, "EUR", signed=True) == "\u22121.23 billion EUR per year"


@given(st.text(max_size=200), st.integers(1, 40))
def test_cut_texts_fit(text, limit):
    assert len(shortened(text, limit)) <= limit
    assert all(len(line) <= limit for line in wrapped(text, limit))
