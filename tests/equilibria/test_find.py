"""Finding: certificates, index, closed forms, corners, levels of proof and clear refusals."""

from __future__ import annotations

import numpy as np
import pytest

from equilibria.bank import network
from workshare.equilibria import (
    Completeness,
    FindOptions,
    Kind,
    Outcome,
    System,
    bracket,
    certify_point,
    cover_box,
    elasticity_test,
    find,
    search,
    summary,
    system_from_function,
    system_from_text,
    uniqueness_test,
    unseen_roots,
)
from workshare.equilibria.system import Function
from workshare.errors import OptionError
from workshare.results import json_text


def choice(h: float, J: float) -> System:
    return system_from_text(
        ["tanh(h + J * m) - m"], ["m"], bounds={"m": (-2, 2)}, parameters={"h": h, "J": J}
    )


def test_mean_field_choice_has_its_published_roots() -> None:
    found = find(choice(0.0, 1.5))
    np.testing.assert_allclose(found.points.ravel(), [-0.85855964, 0, 0.85855964], atol=1e-8)
    assert found.completeness is Completeness.PROVED
    assert [item.index for item in found.equilibria] == [1, -1, 1]
    assert found.index_sum == 1
    assert found.certified


@pytest.mark.parametrize(("h", "count"), [(0.2075, 3), (0.2076, 1), (-0.2075, 3), (-0.2076, 1)])
def test_the_fold_of_mean_field_choice_lies_where_it_should(h: float, count: int) -> None:
    # h* = 0.2075464553 at J = 1.5
    assert len(find(choice(h, 1.5)).equilibria) == count


def test_a_weakly_coupled_network_is_proved() -> None:
    for n in (2, 4, 6):
        cover = cover_box(network(n))
        assert cover.complete
        assert len(cover.lower) == 3**n


def test_enclosures_hold_roots_found_by_another_route() -> None:
    system = network(3)
    cover = cover_box(system)
    roots = search(system, starts=512, seed=4).roots
    assert len(roots) == 27
    for root in roots:
        inside = np.all((cover.lower <= root + 1e-12) & (cover.upper >= root - 1e-12), axis=1)
        assert inside.sum() == 1


def test_intervals_agree_with_homotopy() -> None:
    system = system_from_text(
        ["x^2 + y^2 - 5", "x * y - 2"], ["x", "y"], bounds={"x": (-4, 4), "y": (-4, 4)}
    )
    one, two = find(system), find(system, FindOptions(method="interval"))
    assert one.method == "homotopy" and two.method == "interval"
    assert one.completeness is two.completeness is Completeness.PROVED
    np.testing.assert_allclose(one.points, two.points, atol=1e-12)


def test_every_elementary_function_is_enclosed() -> None:
    text = "exp(-x/3) + log(x+2)*sin(2*x) + cos(x)^3 - sqrt(x+1)/(2+x) + atan(x) + (x+3)^0.37 - 3"
    system = system_from_text([text], ["x"], bounds={"x": (-0.9, 6)})
    cover = cover_box(system)
    grid = np.linspace(-0.9, 6, 200_001)
    with np.errstate(all="ignore"):
        values = np.array([system.value(np.array([x]))[0] for x in grid[::20]])
    crossings = int(np.sum(np.sign(values[1:]) != np.sign(values[:-1])))
    assert cover.complete
    assert len(cover.lower) == crossings > 1


def test_rational_exponents_and_denominators() -> None:
    system = system_from_text(
        ["x^(1/2) + y^(1/3) - 2", "x / y - 1"], ["x", "y"], bounds={"x": (0, 9), "y": (0, 9)}
    )
    found = find(system)
    np.testing.assert_allclose(found.points, [[1.0, 1.0]], atol=1e-10)
    assert found.completeness.means_all
    # (0, 0) solves the cleared equations, not the original ones: tested against a plain filter
    assert find(system_from_text(["(x^2 - x) / x"], ["x"])).points.tolist() == [[1.0]]


def test_complementarity_keeps_corners_and_says_why_others_fail() -> None:
    # two firms that crowd each other out: either alone, or both
    system = system_from_text(
        ["x * (1 - x - 2 * y) + 0.1 * (1 - 2 * y - x)", "1 - y - 2 * x"],
        ["x", "y"],
        bounds={"x": (0, 2), "y": (0, 2)},
        complementarity=True,
    )
    found = find(system)
    np.testing.assert_allclose(found.points, [[0, 1], [1 / 3, 1 / 3], [1, 0]], atol=1e-10)
    assert found.completeness.means_all
    assert {item.kind for item in found.candidates} >= {Kind.COMPLEMENTARITY, Kind.OUTSIDE}
    # brute force over a grid: only near these points is the natural residual small
    grid = np.linspace(0, 2, 81)
    for x in grid:
        for y in grid:
            point = np.array([x, y])
            natural = point - np.clip(point + system.value(point), system.lower, system.upper)
            if np.abs(natural).max() < 1e-9:
                assert np.abs(found.points - point).max(axis=1).min() < 1e-9


def test_candidates_that_fail_second_order_or_global_tests_are_kept() -> None:
    # maximise -(x^2 - 1)^2 + x / 10: a minimum in the middle, a local and a global maximum
    def payoff(x: float) -> float:
        return -((x * x - 1) ** 2) + x / 10

    grid = np.linspace(-2, 2, 4001)
    best = max(payoff(x) for x in grid)
    system = system_from_text(
        ["-4 * x * (x^2 - 1) + 0.1"],
        ["x"],
        bounds={"x": (-2, 2)},
        second_order=lambda x, p: np.array([-12 * x[0] ** 2 + 4]),
        global_gain=lambda x, p: best - payoff(x[0]),
    )
    found = find(system, FindOptions(tolerance=1e-6))
    assert [item.kind for item in found.candidates] == [Kind.GLOBAL, Kind.SECOND_ORDER]
    assert len(found.equilibria) == 1
    assert found.points[0, 0] == pytest.approx(1.0123, abs=1e-3)


def test_complements_have_a_least_and_a_greatest_equilibrium() -> None:
    system = network(5)
    ends = bracket(system)
    assert ends is not None and ends.certified and not ends.unique
    assert ends.least is not None and ends.greatest is not None
    cover = cover_box(system)
    assert np.all(cover.lower.min(axis=0) >= ends.lower - 1e-12)
    assert np.all(cover.upper.max(axis=0) <= ends.upper + 1e-12)
    np.testing.assert_allclose(ends.least.centre, cover.lower.min(axis=0), atol=1e-9)
    many = find(network(40), FindOptions(max_boxes=200))
    assert many.completeness is Completeness.BRACKETED
    assert "all" not in many.sentence().replace("all others", "")


def test_uniqueness_first() -> None:
    weak = network(60, strength=0.5)
    assert uniqueness_test(weak).holds
    found = find(weak)
    assert found.completeness is Completeness.PROVED
    assert len(found.equilibria) == 1
    assert not uniqueness_test(network(3)).holds
    assert elasticity_test(np.array([[0.5, 0.4], [0.4, 0.5]])).holds
    assert not elasticity_test(np.array([[0.5, 0.5], [0.5, 0.5]])).holds


def test_search_says_what_it_has_not_seen() -> None:
    few = search(network(5), starts=128, seed=1)
    assert len(few.roots) < 243
    estimate, low, high = few.unseen
    assert low < estimate < high
    assert unseen_roots([3, 4, 5]) == (0.0, 0.0, 0.0)


def test_a_function_without_a_tape_is_searched_and_never_certified() -> None:
    def branching(x: np.ndarray, p: np.ndarray) -> list[float]:
        return [x[0] - 1.0 if x[0] > 0 else x[0] + 1.0]

    system = system_from_function(branching, ["x"], bounds={"x": (-2, 2)})
    found = find(system)
    assert system.tape is None
    np.testing.assert_allclose(found.points.ravel(), [-1, 1], atol=1e-9)
    assert found.completeness is Completeness.SEARCHED
    assert not any(item.certified for item in found.equilibria)
    assert "there may be more" in found.sentence()


def test_there_may_be_none() -> None:
    for equation in ("x^2 + 1", "exp(x) + 1"):
        found = find(system_from_text([equation], ["x"], bounds={"x": (-3, 3)}))
        assert found.sentence().startswith("PROVED: there is no equilibrium.")


@pytest.mark.parametrize(
    ("equations", "outcome"),
    [
        (["(x - 1)^2", "y - x"], Outcome.UNRESOLVED),
        (["x * y - 1", "2 * x * y - 2"], Outcome.NOT_ISOLATED),
        (["exp(x) - exp(y)", "2 * exp(x) - 2 * exp(y)"], Outcome.BUDGET),
    ],
)
def test_singular_and_curved_systems_end_in_a_status(
    equations: list[str], outcome: Outcome
) -> None:
    system = system_from_text(equations, ["x", "y"], bounds={"x": (-3, 3), "y": (-3, 3)})
    method = "interval" if "exp" in equations[0] else "auto"
    found = find(system, FindOptions(method=method, max_boxes=2000))
    assert found.status is outcome
    assert not found.completeness.means_all
    # points on a curve of solutions are complex as a rule; a multiple root is shown where it is
    assert found.candidates or outcome is not Outcome.UNRESOLVED


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: find(choice(0, 1), FindOptions(method="magic")), "method is 'magic'"),
        (
            lambda: find(system_from_text(["log(x)"], ["x"], bounds={"x": (-9, -1)})),
            "equation 1 has no value",
        ),
        (
            lambda: system_from_text(["x"], ["x"], bounds={"x": (2, 1), "z": (0, 1)}),
            "the lower must be below the upper; bounds of 'z': there is no such unknown",
        ),
        (lambda: system_from_text(["x", "y"], ["x"]), "unknown name 'y'"),
        (lambda: system_from_text(["__import__('os')"], ["x"]), "cannot be read"),
        (lambda: system_from_text(["x - a"], ["x"], parameters={"a": np.nan}), "finite number"),
        (lambda: find(choice(0, 1), FindOptions(method="homotopy")), "is not polynomial"),
        (lambda: choice(0, 1).at({"k": 1.0}), "has no parameter 'k'; its parameters: h, J"),
    ],
)
def test_faults_are_told(make: Function, message: str) -> None:
    with pytest.raises(OptionError) as told:
        make()  # type: ignore[call-arg]
    assert message in str(told.value)


def test_a_jacobian_that_is_no_number_is_told() -> None:
    broken = system_from_function(
        lambda x, p: [float(x[0]) - 1.0],
        ["x"],
        jacobian=lambda x, p: np.array([[np.nan]]),
        bounds={"x": (0, 2)},
    )
    with pytest.raises(OptionError, match="the Jacobian is not a number anywhere"):
        find(broken)


def test_a_false_root_has_no_certificate() -> None:
    system = choice(0.0, 1.5)
    assert certify_point(system, np.array([0.85])).holds
    assert not certify_point(system_from_text(["x^2 + 1e-9"], ["x"]), np.array([0.0])).holds
    assert not certify_point(system_from_text(["x^2"], ["x"]), np.array([0.0])).holds


def test_the_same_seed_gives_the_same_answer() -> None:
    one, two = find(choice(0.1, 2.0)), find(choice(0.1, 2.0))
    assert json_text(summary(one)) == json_text(summary(two))
