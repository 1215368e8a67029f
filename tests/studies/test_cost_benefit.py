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
from workshare.studies.cost_benefit import (
    PushValue,
    Terms,
    cash_instead,
    push_effects,
    push_value,
    valued,
)

DOUBLE = system_from_text(["x - x^3"], ["x"], bounds={"x": (-3, 3)})
LOW, ONE = np.array([-1.0]), np.ones(1)
PUSHES = [("short", 2.0, 1.5), ("long", 0.8, 6.0)]


def worth(x: np.ndarray) -> float:
    """Return money per unit of time."""
    return 0.2 * float(x[0]) + 1.0


def value_of(terms: Terms, which: str = "short") -> PushValue:
    """Return the value of one push."""
    return next(v for v in push_value(DOUBLE, LOW, ONE, PUSHES, worth, terms) if v.name == which)


def test_benefit_is_the_discounted_gain_and_support_the_discounted_cost() -> None:
    made = value_of(Terms(discount=0.1))

    def both(t: float, z: np.ndarray) -> list[float]:
        push = 2.0 if t < 1.5 else 0.0
        return [z[0] - z[0] ** 3 + push, math.exp(-0.1 * t) * (worth(z[:1]) - worth(LOW))]

    first = solve_ivp(both, (0, 1.5), [-1.0, 0.0], rtol=1e-10, atol=1e-12).y[:, -1]
    rest = solve_ivp(both, (1.5, 200), first, rtol=1e-10, atol=1e-12).y[:, -1]
    assert made.creation == pytest.approx(rest[1], rel=1e-3)
    assert made.support == pytest.approx(2.0 * (1 - math.exp(-0.15)) / 0.1)


def test_accounts_add_up_and_parts_are_what_they_say() -> None:
    terms = Terms(0.05, 0.2, 0.1, 0.3, 0.6, 0.5)
    made = value_of(terms)
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
    made = value_of(terms)
    found = {name: value for name, value in made.break_even.items() if value is not None}
    assert {"discount", "waste", "leakage", "public_money", "support_price"} <= set(found)
    for name, value in found.items():
        assert value_of(replace(terms, **{name: value})).net == pytest.approx(0, abs=1e-6), name


def test_pure_reallocation_that_others_lose_is_worth_minus_its_cost() -> None:
    made = value_of(Terms(creation=0.0, displaced=1.0))
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


# --- closed forms ---------------------------------------------------------------------------------

RISE = system_from_text(["-x"], ["x"], bounds={"x": (-1, 5)})
"""Under a permanent push of size s the state is s (1 - e^-t), and nothing lasts after it ends."""


def test_permanent_support_of_a_straight_law_has_its_closed_form() -> None:
    s, r = 2.0, 0.1
    (effect,) = push_effects(RISE, np.zeros(1), ONE, [("p", s, math.inf)], lambda x: 3 * x[0], r)
    made = valued(effect, Terms(discount=r))
    # integral of 3 s (1 - e^-t) e^-rt = 3 s (1/r - 1/(1 + r)); cost s / r
    gross = 3 * s * (1 / r - 1 / (1 + r))
    assert made.creation == pytest.approx(gross, rel=1e-4)
    assert made.support == pytest.approx(s / r)
    cost = s / r
    even = made.break_even
    # 3 / (1 + r) = 1 at r = 2; each other term by hand
    assert even["discount"] == pytest.approx(2.0, rel=1e-3)
    assert even["support_price"] == pytest.approx(gross / cost, rel=1e-4)
    assert even["public_money"] == pytest.approx(gross / cost - 1, rel=1e-4)
    assert even["leakage"] == pytest.approx(1 - cost / gross, rel=1e-4)
    assert even["waste"] == pytest.approx(1 - cost / gross, rel=1e-4)
    assert even["creation"] == pytest.approx(cost / gross, rel=1e-4)
    assert even["transfer"] is None  # it only adds to a value above zero already
    # what is misallocated is kept by residents, and without leakage costs nothing else
    assert even["misallocation"] is None


def test_a_temporary_push_that_falls_back_has_its_closed_form() -> None:
    s, T, r = 2.0, 1.5, 0.1
    (effect,) = push_effects(RISE, np.zeros(1), ONE, [("p", s, T)], lambda x: x[0], r)
    during = (1 - math.exp(-r * T)) / r - (1 - math.exp(-(1 + r) * T)) / (1 + r)
    after = (1 - math.exp(-T)) * math.exp(-r * T) / (1 + r)
    made = valued(effect, Terms(discount=r))
    assert made.creation == pytest.approx(s * (during + after), rel=1e-4)
    assert made.net < 0


def test_cash_costs_what_is_lost_on_the_way() -> None:
    terms = Terms(0.05, waste=0.2, leakage=0.1, public_money=0.3, misallocation=0.25, transfer=0.4)
    push = push_effects(DOUBLE, LOW, ONE, PUSHES[:1], worth)[0]
    pushed, cash = valued(push, terms), valued(cash_instead(push), terms)
    assert cash.paid == pytest.approx(pushed.paid)
    assert pushed.paid == pytest.approx(pushed.support / 0.8 / 0.75)
    assert cash.net == pytest.approx(-(0.2 + 0.8 * 0.1 + 0.3) * cash.paid)
    assert cash.creation == cash.reallocation == 0.0
    free = valued(cash_instead(push), Terms())
    assert free.net == pytest.approx(0.0, abs=1e-12)  # a transfer without loss is worth nothing


def test_a_pure_transfer_costs_only_its_burden() -> None:
    made = valued(push_effects(DOUBLE, LOW, ONE, PUSHES[:1], worth)[0],
                  Terms(public_money=0.3, transfer=1.0))  # fmt: skip
    assert made.net == pytest.approx(made.creation - 0.3 * made.support)


def test_a_loss_is_never_made_good_by_more_waste_or_leakage() -> None:
    (effect,) = push_effects(RISE, np.zeros(1), ONE, [("p", 1.0, 5.0)], lambda x: 0.1 * x[0])
    even = valued(effect, Terms()).break_even
    assert [even[name] for name in ("waste", "leakage", "public_money", "misallocation")] == [
        None, None, None, None,
    ]  # fmt: skip


@pytest.mark.parametrize("unit", [1e-4, 1e5])
def test_units_of_the_unknown_do_not_matter(unit: float) -> None:
    system = system_from_text(
        [f"x - x^3 / {unit**2!r}"], ["x"], bounds={"x": (-3 * unit, 3 * unit)}
    )
    made = push_value(
        system, LOW * unit, ONE, [("short", 2.0 * unit, 1.5)], lambda x: worth(x / unit),
        Terms(support_price=1 / unit),
    )[0]  # fmt: skip
    plain = valued(push_effects(DOUBLE, LOW, ONE, PUSHES[:1], worth)[0], Terms())
    # a state is at rest relative to 1 + its size, so in small units it is known less well
    assert made.net == pytest.approx(plain.net, rel=0.03 if unit < 1 else 1e-3)


def test_a_start_that_moves_by_itself_is_refused() -> None:
    with pytest.raises(OptionError, match="is no equilibrium"):
        push_value(DOUBLE, np.array([-0.5]), ONE, PUSHES, worth)


def test_a_state_that_never_rests_says_so_and_is_valued_as_far_as_discounting_reaches() -> None:
    turning = system_from_text(
        ["y + x*(1 - x^2 - y^2)", "-x + y*(1 - x^2 - y^2)"], ["x", "y"],
        bounds={"x": (-2, 2), "y": (-2, 2)},
    )  # fmt: skip
    made = push_value(
        turning, np.zeros(2), np.array([1.0, 0.0]), [("nudge", 0.5, 1.0)],
        lambda x: float(x[0] ** 2 + x[1] ** 2), Terms(discount=1.0),
    )[0]  # fmt: skip
    assert not made.settles
    assert 0 < made.creation < 1.2
