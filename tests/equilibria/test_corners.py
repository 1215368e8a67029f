"""Corners and covers: signs proven over boxes, unknowns that cannot stand at a bound, cuts."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from workshare.equilibria import FindOptions, find
from workshare.equilibria.certify import certify_point
from workshare.equilibria.completeness import Kind
from workshare.equilibria.interval import cover_box
from workshare.equilibria.system import system_from_text


def test_a_box_is_cut_where_it_is_wide_even_where_derivatives_have_no_bound() -> None:
    # the root of a share has an infinite slope at zero; the cut must not stay with one unknown
    system = system_from_text(
        ["x^1.5 - 0.3*x^0.5*y", "y^1.5 - 0.2*y^0.5 - 0.1*x", "z - x*y"], ["x", "y", "z"],
        bounds={"x": (0, 1), "y": (0, 1), "z": (-1, 1)},
    )  # fmt: skip
    found = cover_box(system, lower=np.array([1e-6, 0.0, -1.0]), max_boxes=20_000)
    assert found.exhausted
    assert found.boxes < 5_000
    for low, high in zip(found.lower, found.upper, strict=True):
        assert np.max(np.abs(system.value((low + high) / 2))) < 1e-9


def test_only_unknowns_that_may_stand_at_a_bound_do() -> None:
    system = system_from_text(
        ["1 - p - q", "2 - p"], ["q", "p"], bounds={"q": (0, 3), "p": (0, 1.5)},
        complementarity=True,
    )  # fmt: skip
    both = find(system)
    assert both.points == pytest.approx(np.array([[0.0, 1.5]]))
    only = find(replace(system, corners=("q",)))
    # p would have to be 2, which is beyond where it is looked for
    assert len(only.equilibria) == 0
    assert only.statistics["faces"] == 3
    assert only.inputs != both.inputs


def test_a_corner_without_a_value_is_not_an_equilibrium() -> None:
    system = system_from_text(
        ["log(x) + 1 - y", "0.2 - y + 0*x"], ["x", "y"], bounds={"x": (0, 1), "y": (0, 1)},
        complementarity=True, corners=("x",),
    )  # fmt: skip
    found = find(system)
    assert all(np.isfinite(item.residual) for item in found.equilibria)
    at_zero = [item for item in (*found.equilibria, *found.candidates) if item.point[0] == 0]
    assert all(item.kind is not Kind.EQUILIBRIUM for item in at_zero)


def test_a_sign_that_cannot_be_decided_takes_the_proof_away() -> None:
    # at the corner the residual is sin(pi): zero, but no interval can tell its sign
    system = system_from_text(
        ["sin(3.141592653589793*a + x) - 1e-16 - x"], ["x"], bounds={"x": (0, 0.5)},
        parameters={"a": 1.0}, complementarity=True,
    )  # fmt: skip
    found = find(system, FindOptions(method="interval"))
    assert not found.completeness.means_all
    sure = find(system.at({"a": 1.1}))  # the residual at the corner is clearly negative
    assert str(sure.completeness) == "PROVED"
    assert sure.points == pytest.approx(np.zeros((1, 1)))


def test_a_root_just_inside_its_bound_is_not_lost() -> None:
    # an equilibrium 1e-10 from the bound, whose neighbouring face fails
    system = system_from_text(["1e-10 - x"], ["x"], bounds={"x": (0, 1)}, complementarity=True)
    found = find(system)
    assert found.points.ravel() == pytest.approx([1e-10], rel=1e-6)
    assert str(found.completeness) == "PROVED"
    assert {item.kind for item in found.candidates} == {Kind.COMPLEMENTARITY}


def test_a_residual_that_is_exactly_zero_at_the_corner_keeps_its_proof() -> None:
    system = system_from_text(
        ["x*(1 - x - 1.5*y)", "y*(1 - y - 1.4*x)"], ["x", "y"], bounds={"x": (0, 2), "y": (0, 2)},
        complementarity=True,
    )  # fmt: skip
    found = find(system)
    assert str(found.completeness) in ("PROVED", "PROB-1")
    corners = {tuple(p) for p in found.points.round(9)}
    assert {(0.0, 0.0), (0.0, 1.0), (1.0, 0.0)} <= corners
    assert len(found.equilibria) == 4


def test_what_is_proven_is_proven_of_the_doubles_given() -> None:
    from fractions import Fraction

    # in decimals the root would be 0; of the doubles it is -2.8
    system = system_from_text(["x - (a - b - c)*1e17"], ["x"],
                              parameters={"a": 0.3, "b": 0.1, "c": 0.2})  # fmt: skip
    proof = certify_point(system, np.zeros(1))
    assert proof.holds
    exact = (Fraction(0.3) - Fraction(0.1) - Fraction(0.2)) * Fraction(1e17)
    centre, radius = Fraction(float(proof.centre[0])), Fraction(float(proof.radius[0]))
    assert abs(exact - centre) <= radius
    assert abs(centre) > radius
