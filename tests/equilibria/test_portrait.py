"""The picture of equilibria: curves where residuals are zero, boxes that hold every point."""

from __future__ import annotations

import numpy as np
import pytest

from workshare.equilibria import find, summary
from workshare.equilibria.dynamics import Dynamic
from workshare.equilibria.portrait import portrait, portrait_record, shown_box, zero_curve
from workshare.equilibria.system import system_from_text
from workshare.errors import OptionError
from workshare.reports.equilibria_find import found_findings
from workshare.studies.models import model

COMPETITION = system_from_text(
    ["x*(1 - x - 1.5*y)", "y*(1 - y - 1.4*x)"], ["x", "y"], bounds={"x": (0, 1.2), "y": (0, 1.2)}
)


def test_zero_curve_of_a_circle_has_its_length_and_radius() -> None:
    side = np.linspace(-1.5, 1.5, 120)
    pieces = zero_curve(side, side, np.add.outer(side**2, side**2) - 1)
    lengths = np.linalg.norm(pieces[:, 1] - pieces[:, 0], axis=1)
    assert lengths.sum() == pytest.approx(2 * np.pi, rel=1e-3)
    assert np.linalg.norm(pieces, axis=2) == pytest.approx(1, abs=1e-3)


def test_places_without_a_value_are_left_out() -> None:
    side = np.linspace(-1, 1, 21)
    values = np.where(side[:, None] > 0.5, np.nan, side[None, :] - 0.03)
    pieces = zero_curve(side, side, values)
    assert len(pieces)
    assert pieces[:, :, 0].max() <= 0.5


def test_every_equilibrium_lies_on_both_zero_curves() -> None:
    found = find(COMPETITION)
    made = portrait(found, Dynamic())
    assert made.labels == ("unstable", "stable", "saddle", "stable")
    assert made.states.shape == made.motion.shape == (196, 2)
    for point in found.points:
        for pieces in made.nullclines:
            assert np.min(np.linalg.norm(pieces.mean(axis=1) - point, axis=1)) < 0.03


def test_without_bounds_the_box_holds_every_point() -> None:
    system = system_from_text(["x^2 - 4", "y - x"], ["x", "y"], bounds={"y": (-3, np.inf)})
    low, high = shown_box(system, find(system).points)
    assert low[0] < -2
    assert high[0] > 2
    assert (low[1], high[1] > 2) == (-3, True)
    assert np.all(np.isfinite([*low, *high]))
    alone = shown_box(system_from_text(["x^2 + 1"], ["x"]), np.empty((0, 1)))
    assert alone[0] < alone[1]


@pytest.mark.parametrize("name", ["big-push", "core-periphery"])
def test_the_figure_draws_every_equilibrium(name: str) -> None:
    found = find(model(name))
    moves = Dynamic(at_once=("wage_1", "wage_2")) if name == "core-periphery" else Dynamic()
    findings = found_findings(summary(found), portrait_record(portrait(found, moves)))
    (figure,) = findings.figures
    numbers = [row[1] for row in figure.table.rows if row[1]]
    assert numbers == [str(k + 1) for k in range(len(found.equilibria))]
    assert "stable" in figure.title
    assert figure.to_svg().startswith("<svg")


def test_no_dynamic_tells_no_stability() -> None:
    made = portrait(find(COMPETITION))
    assert made.labels == ()
    assert made.dynamic == ""
    with pytest.raises(OptionError, match="'z'"):
        portrait(find(COMPETITION), Dynamic(at_once=("z",)))
