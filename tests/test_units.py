"""Units: what people write, exact conversion, and faults that say what converts."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workshare.errors import UnitError
from workshare.units import (
    conversion_factor,
    convert,
    convert_exact,
    is_own_unit,
    parse_unit,
    symbols,
    units_like,
)


@pytest.mark.parametrize(
    ("unit", "wanted", "factor"),
    [
        ("USD/t", "M USD/kt", "1/1000"),
        ("M USD/kt", "M USD/kt", "1"),
        ("kUSD/worker/year", "M USD/worker(/year)", "1/1000"),
        ("bn USD", "M USD(/year)", "1000"),
        ("million USD", "M USD", "1"),
        ("USD million", "M USD", "1"),
        ("US$", "M USD", "1/1000000"),
        ("M$", "M USD", "1"),
        ("MUSD/GWh", "M USD/GWh", "1"),
        ("USD/MWh", "M USD/GWh", "1/1000"),
        ("USD/kWh", "M USD/GWh", "1"),
        ("thousand vehicles/yr", "vehicle(/year)", "1000"),
        ("thousand vehicles", "thousand vehicles(/year)", "1"),
        ("1000 t", "kt", "1"),
        ("t/a", "kt(/year)", "1/1000"),
        ("t per year", "kt(/year)", "1/1000"),
        ("Mt/yr", "kt(/year)", "1000"),
        ("g/kWh", "kt CO2/GWh", "1/1000"),
        ("t CO2e/MWh", "kt CO2/GWh", "1"),
        ("kg CO2/t", "kt CO2/kt", "1/1000"),
        ("MWh/t", "GWh/kt", "1"),
        ("%", "share(/year)", "1/100"),
        ("percent/year", "share(/year)", "1/100"),
        ("index", "share", "1"),
        ("FTE", "worker(/plant)", "1"),
        ("TWh/year", "GWh(/year)", "1000"),
    ],
)
def test_what_people_write_converts(unit: str, wanted: str, factor: str) -> None:
    assert conversion_factor(unit, wanted) == Fraction(factor)


@pytest.mark.parametrize(
    ("unit", "wanted", "message"),
    [
        ("EUR/t", "M USD/kt", "money in EUR, another currency than the region's, USD"),
        ("kEUR", "M USD", "money in EUR"),
        ("€/t", "M USD/kt", "money in EUR"),
        ("kt", "M USD/kt", "'kt' does not convert to 'M USD/kt'. Units that do"),
        ("t/year", "M USD", "M USD, USD, kUSD"),
        ("t Li", "kt LCE", "does not convert"),
        ("t/month", "kt(/year)", "unknown unit 'month' in 't/month'"),
        ("KT", "kt", "Did you mean 'kt'"),
        ("gwh", "GWh", "Did you mean 'GWh'"),
        ("", "kt", "blank"),
        ("kt/", "kt", "unknown unit ''"),
        ("share", "share/year", "does not convert"),
        ("M", "M USD", "unknown unit 'M'"),
    ],
)
def test_refusals_say_why(unit: str, wanted: str, message: str) -> None:
    with pytest.raises(UnitError) as caught:
        conversion_factor(unit, wanted)
    assert message in str(caught.value)


def test_the_region_s_own_currency_is_understood_and_the_dollar_is_not_guessed() -> None:
    assert convert(5, "kISL/t", "M ISL/kt", currency="ISL") == 5.0
    with pytest.raises(UnitError, match="money in USD"):
        convert(5, "$", "M ISL", currency="ISL")


def test_a_region_may_declare_a_unit_of_its_own() -> None:
    assert convert(2, "thousand boats/yr", "boat(/year)", own_units=("boat",)) == 2000.0
    assert convert(7, "USD/boat", "M USD/boats", own_units=("boats",)) == 7e-6
    with pytest.raises(UnitError, match="does not convert"):
        convert(2, "boat", "raft", own_units=("boat", "raft"))
    assert is_own_unit("barrel")
    assert not is_own_unit("KT")
    assert not is_own_unit("1/2")


@given(st.decimals(-(10**6), 10**6, places=5, allow_nan=False))
def test_the_same_figure_in_two_units_is_the_same_float(value: object) -> None:
    exact = Fraction(str(value))
    in_tonnes = float(convert_exact(exact, "USD/t", "M USD/kt"))
    in_kilotonnes = float(convert_exact(exact / 1000, "M USD/kt", "M USD/kt"))
    in_kilograms = float(convert_exact(exact / 1000, "USD/kg", "M USD/kt"))
    assert in_tonnes == in_kilotonnes == in_kilograms


@given(st.floats(1e-9, 1e9))
def test_there_and_back_is_where_we_began(value: float) -> None:
    there = convert_exact(value, "kWh/kg", "GWh/kt")
    assert float(convert_exact(there, "GWh/kt", "kWh/kg")) == value


def test_every_symbol_of_the_table_is_understood_alone() -> None:
    for row in symbols():
        if row.dimension == "currency":
            assert parse_unit(row.symbol, row.factor).dimensions == (("money", 1),)
        elif row.dimension not in ("multiplier", "content"):
            expected = () if row.dimension == "none" else ((row.dimension, 1),)
            assert parse_unit(row.symbol).dimensions == expected
    assert len({row.symbol for row in symbols()}) == len(symbols())


@pytest.mark.parametrize("unit", ["M USD/kt", "GWh", "share(/year)", "worker/plant", "kt LCE/GWh"])
def test_suggested_units_do_convert(unit: str) -> None:
    for suggestion in units_like(unit):
        assert conversion_factor(suggestion, unit) > 0
