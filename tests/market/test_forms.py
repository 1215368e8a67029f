"""The convex forms against formulas by hand, enumeration on grids, and convex duality."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
import scipy.sparse as sp

from workshare.errors import OptionError
from workshare.market import (
    Market,
    add,
    capacity,
    hard_balance,
    maximum,
    piecewise_linear,
    quadratic_tracking,
    stack,
)

Formula = Callable[[np.ndarray], float]

BREAKS = [[-2.0, 1.0], [0.0]]
SLOPES = [[-9.0, -4.0, 0.5], [-5.0, -3.0]]


def steps(z: np.ndarray) -> float:
    """By hand: zero at zero, -4 until 1 and 0.5 after it, -9 below -2; and import 5, export 3."""
    first = -4.0 * np.clip(z[0], -2.0, 1.0) + 0.5 * max(0.0, z[0] - 1.0)
    first += -9.0 * min(0.0, z[0] + 2.0)
    return 7.0 + first - 5.0 * min(0.0, z[1]) - 3.0 * max(0.0, z[1])


CASES: dict[str, tuple[Market, Formula]] = {
    "steps": (piecewise_linear(BREAKS, SLOPES, largest=[6.0, 8.0], constant=7.0), steps),
    "tracking": (
        quadratic_tracking([3.0, -20.0], [2.0, 0.5], largest=[6.0, 8.0]),
        lambda z: (z[0] - 3.0) ** 2 + 0.25 * (z[1] + 20.0) ** 2,
    ),
    "peak": (
        maximum([-8.0, -2.0], [0.0, 3.0], largest=[6.0, 8.0]),
        lambda z: max(-8.0 * z[0], -2.0 * z[1] + 3.0),
    ),
    "pieces": (
        maximum([[1.0, 2.0], [-1.0, 0.5], [0.0, -3.0]], [0.0, -2.0, 1.0], largest=[6.0, 8.0]),
        lambda z: max(z[0] + 2 * z[1], -z[0] + 0.5 * z[1] - 2.0, -3.0 * z[1] + 1.0),
    ),
}
CASES["sum"] = (
    add(add(CASES["steps"][0], CASES["tracking"][0]), CASES["pieces"][0]),
    lambda z: sum(CASES[name][1](z) for name in ("steps", "tracking", "pieces")),
)


def points(count: int = 12) -> np.ndarray:
    rng = np.random.default_rng(5)
    return rng.uniform([-6.0, -8.0], [6.0, 8.0], (count, 2))


def grid() -> np.ndarray:
    one, two = np.linspace(-6, 6, 121), np.linspace(-8, 8, 161)
    return np.array(np.meshgrid(one, two)).reshape(2, -1).T


each = pytest.mark.parametrize("name", CASES)


@each
def test_values_are_the_formula(name: str) -> None:
    market, formula = CASES[name]
    for z in points():
        point = market.evaluate(z)
        assert point.status == "solved"
        assert point.unmet <= 1e-9
        assert point.value == pytest.approx(formula(z), rel=1e-7, abs=1e-6)


@each
def test_prices_are_minus_the_slope(name: str) -> None:
    market, formula = CASES[name]
    for z in points():
        step = 1e-6 * np.eye(2)
        slope = [(formula(z + e) - formula(z - e)) / 2e-6 for e in step]
        assert market.evaluate(z).prices == pytest.approx(-np.array(slope), rel=1e-5, abs=1e-5)


@each
def test_fenchel_young_with_equality_at_own_prices(name: str) -> None:
    market, formula = CASES[name]
    size = market.money
    for z in points():
        own = market.respond(market.evaluate(z).prices)
        reached = formula(z) + own.row_prices[:2] @ z
        assert own.bound == pytest.approx(reached, abs=1e-6 * size)
        for p in points(6):
            assert market.respond(p).bound <= formula(z) + p @ z + 1e-9 * size


@each
def test_any_row_prices_give_a_bound(name: str) -> None:
    market, formula = CASES[name]
    rng = np.random.default_rng(2)
    for _ in range(30):
        pi = rng.normal(size=market.rows.shape[0]) * rng.uniform(0, 30)
        bound = market.support(pi)
        assert np.isfinite(bound)
        for z in points(6):
            assert bound <= formula(z) + pi[:2] @ z + 1e-9 * market.money


@each
def test_respond_finds_what_a_grid_finds(name: str) -> None:
    market, formula = CASES[name]
    every = grid()
    values = np.array([formula(z) for z in every])
    rng = np.random.default_rng(3)
    for _ in range(6):
        # within the ceiling prices, beyond which the elastic columns answer
        p = rng.uniform(-8.0, 8.0, 2)
        answer = market.respond(p)
        best = float(np.min(values + every @ p))
        assert answer.bound <= best + 1e-6 * market.money
        assert answer.bound >= best - 0.2  # the grid's own step
        assert formula(answer.z) + p @ answer.z == pytest.approx(
            answer.bound, abs=2e-6 * market.money
        )


@each
def test_what_respond_calls_for_is_a_supergradient(name: str) -> None:
    market, _ = CASES[name]
    rng = np.random.default_rng(4)
    for _ in range(6):
        p, other = rng.uniform(-8, 8, 2), rng.uniform(-8, 8, 2)
        here, there = market.respond(p), market.respond(other)
        assert there.bound <= here.bound + here.z @ (other - p) + 3e-6 * market.money


@each
def test_units_do_not_matter(name: str) -> None:
    market, _ = CASES[name]
    units = np.array([1e-4, 1e5])
    grown = {
        "steps": lambda: piecewise_linear(
            [np.array(b) * u for b, u in zip(BREAKS, units, strict=True)],
            [np.array(s) / u for s, u in zip(SLOPES, units, strict=True)],
            largest=np.array([6.0, 8.0]) * units,
            constant=7.0,
        ),
        "tracking": lambda: quadratic_tracking(
            np.array([3.0, -20.0]) * units, [2.0, 0.5] / units**2, largest=[6.0, 8.0] * units
        ),
        "peak": lambda: maximum([-8.0, -2.0] / units, [0.0, 3.0], largest=[6.0, 8.0] * units),
    }
    if name not in grown:
        return
    other = grown[name]()
    for z in points(5):
        a, b = market.evaluate(z), other.evaluate(z * units)
        assert b.value == pytest.approx(a.value, rel=1e-7, abs=1e-6)
        assert b.prices * units == pytest.approx(a.prices, rel=1e-5, abs=1e-5)
        p = points(1)[0]
        assert other.respond(p / units).bound == pytest.approx(market.respond(p).bound, rel=1e-7)
    assert other.money == pytest.approx(market.money)


def test_hard_balance_by_hand() -> None:
    market = hard_balance([3.0, 0.0], [10.0, 4.0], largest=5.0)
    met = market.evaluate(np.array([3.0, 0.0]))
    assert met.unmet <= 1e-8
    assert met.value == pytest.approx(0.0, abs=1e-6)
    short = market.evaluate(np.array([1.0, 2.0]))
    assert short.unmet == pytest.approx(0.4, rel=1e-6)
    assert short.value == pytest.approx(10 * 2 + 4 * 2, rel=1e-7)
    assert short.prices == pytest.approx([10.0, -4.0], rel=1e-6)
    # within the ceiling prices the market calls for the target and nothing else
    answer = market.respond(np.array([7.0, -3.0]))
    assert answer.bound == pytest.approx(21.0)
    assert answer.z == pytest.approx([3.0, 0.0])


@pytest.mark.parametrize("side,sign", [("use", 1.0), ("supply", -1.0)])
def test_capacity_by_hand(side: str, sign: float) -> None:
    market = capacity([4.0], 10.0, largest=6.0, side=side)
    free = market.evaluate(np.array([-sign * 3.0]))
    assert free.value == pytest.approx(0.0, abs=1e-6)
    assert free.prices == pytest.approx([0.0], abs=1e-5)
    assert market.evaluate(np.array([sign * 6.0])).unmet <= 1e-8
    over = market.evaluate(np.array([-sign * 5.0]))
    assert over.value == pytest.approx(10.0, rel=1e-6)
    assert over.unmet == pytest.approx(1 / 6, rel=1e-6)
    assert over.prices == pytest.approx([sign * 10.0], rel=1e-6)
    # a scarcity price p is paid on the whole capacity: the support is -limit |p|
    assert market.respond(np.array([sign * 2.5])).bound == pytest.approx(-10.0)


@each
def test_beyond_the_largest_nothing_is_feasible(name: str) -> None:
    market, _ = CASES[name]
    assert market.evaluate(np.array([9.0, 0.0])).unmet > 0.1
    assert market.evaluate(np.array([0.0, -12.0])).unmet > 0.1


def test_stack_is_both_side_by_side() -> None:
    one, two = CASES["pieces"], CASES["sum"]
    market = stack(one[0], two[0])
    assert market.dimensions == 4
    for z, y in zip(points(5), points(10)[5:], strict=True):
        point = market.evaluate(np.concatenate([z, y]))
        assert point.value == pytest.approx(one[1](z) + two[1](y), rel=1e-7, abs=1e-6)
        prices = np.concatenate([one[0].evaluate(z).prices, two[0].evaluate(y).prices])
        assert point.prices == pytest.approx(prices, rel=1e-5, abs=1e-5)
        apart = one[0].respond(z).bound + two[0].respond(y).bound
        both = market.respond(np.concatenate([z, y])).bound
        assert both == pytest.approx(apart, abs=1e-6 * market.money)


def test_adding_nothing_and_any_order_change_nothing() -> None:
    market, formula = CASES["steps"]
    nothing = piecewise_linear([[], []], [[0.0], [0.0]], largest=[6.0, 8.0])
    other, other_formula = CASES["tracking"]
    for z in points(5):
        assert add(nothing, market).evaluate(z).value == pytest.approx(formula(z), abs=1e-5)
        both = formula(z) + other_formula(z)
        assert add(market, other).evaluate(z).value == pytest.approx(both, rel=1e-7)
        assert add(other, market).evaluate(z).value == pytest.approx(both, rel=1e-7)


@pytest.mark.parametrize("dimensions", [1, 5000])
def test_from_one_to_five_thousand_dimensions(dimensions: int) -> None:
    rng = np.random.default_rng(0)
    scale = 10.0 ** rng.uniform(-3, 3, dimensions)
    z = rng.uniform(-0.9, 0.9, dimensions) * scale
    track = quadratic_tracking(0.0, 2.0 / scale**2, largest=scale)
    trade = piecewise_linear(
        [[0.0]] * dimensions, np.array([[-5.0, -3.0]]) / scale[:, None], largest=scale
    )
    peak = maximum(-7.0 / scale, 0.0, largest=scale)
    market = add(add(track, trade), peak)
    assert sp.issparse(market.rows)
    u = z / scale
    expected = float(u @ u + np.sum(-5 * np.minimum(u, 0) - 3 * np.maximum(u, 0)))
    expected += 7.0 * float(np.max(-u))
    point = market.evaluate(z)
    assert point.value == pytest.approx(expected, rel=1e-7)
    assert market.support(point.row_prices) + 1e-6 * abs(expected) >= expected + point.prices @ z
    answer = market.respond(point.prices)
    assert answer.bound == pytest.approx(expected + point.prices @ z, rel=1e-6)


# --- bad input ------------------------------------------------------------------------------------


def faults(call: Callable[[], object]) -> list[str]:
    with pytest.raises(OptionError) as caught:
        call()
    return str(caught.value).splitlines()[1:]


def test_all_faults_are_told_at_once() -> None:
    told = faults(
        lambda: piecewise_linear(
            [[1.0, 0.0], [np.nan]], [[1.0, 2.0, -3.0], [0.0]], largest=[1.0, -1.0, 2.0]
        )
    )
    text = "\n".join(told)
    for field in ("breakpoints[0]", "breakpoints[1][0]", "slopes[0]", "largest[1]", "largest:"):
        assert field in text, field
    assert len(told) >= 5


@pytest.mark.parametrize(
    "call,field",
    [
        (lambda: piecewise_linear([[0.0]], [[1.0]], largest=1.0), "slopes[0]"),
        (lambda: piecewise_linear([], [], largest=1.0), "breakpoints"),
        (lambda: piecewise_linear([["a"]], [[1.0, 2.0]], largest=1.0), "breakpoints[0]"),
        (lambda: quadratic_tracking([0.0], [-1.0], largest=1.0), "weight[0]"),
        (lambda: quadratic_tracking([0.0, 1.0], [1.0, 1.0, 1.0], largest=1.0), "target"),
        (lambda: quadratic_tracking([np.inf], [1.0], largest=1.0), "target[0]"),
        (lambda: hard_balance([0.0], [0.0], largest=1.0), "ceiling[0]"),
        (lambda: hard_balance([0.0], [1.0], largest=0.0), "largest[0]"),
        (lambda: capacity([-1.0], [1.0], largest=1.0), "limit[0]"),
        (lambda: capacity([1.0], [1.0], largest=1.0, side="both"), "side"),
        (lambda: maximum([1.0, 2.0], [0.0, 0.0, 0.0], largest=1.0), "offsets"),
        (lambda: maximum([[1.0, np.nan]], [0.0], largest=1.0), "weights"),
        (lambda: maximum([1.0], [0.0], largest=[1.0, 2.0]), "largest"),
        (lambda: add(CASES["steps"][0], hard_balance([0.0], 1.0, largest=1.0)), "second"),
    ],
)
def test_each_fault_names_its_field(call: Callable[[], object], field: str) -> None:
    told = faults(call)
    assert told[0].strip().startswith(field)


def test_a_market_answers_for_itself() -> None:
    market, _ = CASES["sum"]
    assert market.form is market
    assert market.fresh() is market
    assert market.learn(np.ones(market.dimensions)) == 0.0
    assert market.height == market.rows.shape[0]
    assert market.scale == pytest.approx([6.0, 8.0])
    assert replace(market, row_scale=2 * market.row_scale).scale == pytest.approx([12.0, 16.0])
