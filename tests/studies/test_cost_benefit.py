"""Cost and benefit of a push against an integral done another way and accounts that add up."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from workshare.equilibria.dynamics import Dynamic
from workshare.equilibria.system import system_from_text
from workshare.errors import OptionError
from workshare.studies.cost_benefit import PushValue, Terms, push_value

DOUBLE = system_from_text(["x - x^3"], ["x"], bounds={"x": (-3, 3)})
LOW, ONE = np.array([-1.0]), np.ones(1)
PUSHES = [("short", 2.0, 1.5), ("long", 0.8, 6.0)]


def worth(x: np.ndarray) -> float:
    """Return money per unit of time."""
    return 0.2 * float(x[0]) + 1.0


def valued(terms: Terms, which: str = "short") -> PushValue:
    """Return the value of one push."""
    return next(v for v in push_value(DOUBLE, LOW, ONE, PUSHES, worth, terms) if v.name == which)


def test_benefit_is_the_discounted_gain_and_support_the_discounted_cost() -> None:
    made = valued(Terms(discount=0.1))

    def both(t: float, z: np.ndarray) -> list[float]:
        push = 2.0 if t < 1.5 else 0.0
        return [z[0] - z[0] ** 3 + push, math.exp(-0.1 * t) * (worth(z[:1]) - worth(LOW))]

    first = solve_ivp(both, (0, 1.5), [-1.0, 0.0], rtol=1e-10, atol=1e-12).y[:, -1]
    rest = solve_ivp(both, (1.5, 200), first, rtol=1e-10, atol=1e-12).y[:, -1]
    assert made.creation == pytest.approx(rest[1], rel=1e-3)
    assert made.support == pytest.approx(2.0 * (1 - math.exp(-0.15)) / 0.1)


def test_accounts_add_up_and_parts_are_what_they_say() -> None:
    terms = Terms(0.05, 0.2, 0.1, 0.3, 0.6, 0.5)
    made = valued(terms)
    gross = made.creation + made.reallocation
    assert made.net == pytest.approx(
        gross - made.displaced - made.leaked - made.support - made.waste - made.public_money
    )
    assert made.creation == pytest.approx(0.6 * gross)
    assert made.displaced == pytest.approx(0.5 * made.reallocation)
    assert made.waste == pytest.approx(made.support / 0.8 - made.support)
    assert made.public_money == pytest.approx(0.3 * made.support / 0.8)
    assert made.leaked == pytest.approx(0.1 * (gross - made.displaced))


def test_break_even_values_leave_nothing() -> None:
    terms = Terms(0.05, 0.2, 0.1, 0.3, 0.6, 0.5)
    made = valued(terms)
    found = {name: value for name, value in made.break_even.items() if value is not None}
    assert {"discount", "waste", "leakage", "public_money", "support_price"} <= set(found)
    for name, value in found.items():
        assert valued(replace(terms, **{name: value})).net == pytest.approx(0, abs=1e-6), name


def test_pure_reallocation_that_others_lose_is_worth_minus_its_cost() -> None:
    made = valued(Terms(creation=0.0, displaced=1.0))
    assert made.net == pytest.approx(-made.support)
    assert made.break_even["leakage"] is None


def test_a_push_that_falls_back_earns_little_and_permanent_support_is_paid_for_ever() -> None:
    rows = push_value(
        DOUBLE, LOW, ONE,
        [("enough", 2.0, 1.5), ("too short", 2.0, 0.3), ("for ever", 0.5, math.inf)], worth,
    )  # fmt: skip
    by_name = {row.name: row for row in rows}
    assert [row.net for row in rows] == sorted((row.net for row in rows), reverse=True)
    assert by_name["too short"].creation < 0.05 * by_name["enough"].creation
    assert by_name["for ever"].support == pytest.approx(0.5 / 0.05)


def test_every_fault_is_told_at_once() -> None:
    with pytest.raises(OptionError) as told:
        Terms(discount=0, waste=1, leakage=2, public_money=-1)
    for word in ("discount is 0", "waste is 1", "leakage is 2", "public_money is -1"):
        assert word in str(told.value)
    with pytest.raises(OptionError, match="must be a flow; short: size 0"):
        push_value(DOUBLE, LOW, ONE, [("short", 0, 1)], worth, dynamic=Dynamic("m", "map"))
