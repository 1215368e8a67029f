"""A push against its alternatives: dominance, margins, curves that hold the accounts."""

from __future__ import annotations

import math

import numpy as np
import pytest

from workshare.equilibria.push import temporary_push
from workshare.equilibria.system import system_from_text
from workshare.errors import OptionError
from workshare.reports.equilibria.weighing import weighing_findings
from workshare.studies.cost_benefit import TERMS, Terms
from workshare.studies.weigh import CASH, FOR_EVER, Question, Weighed, weigh, weighed_record

DOUBLE = system_from_text(["x - x^3"], ["x"], bounds={"x": (-3, 3)}, name="double well")
LOW, HIGH = np.array([-1.0]), np.array([1.0])
TERMS_GIVEN = Terms(leakage=0.1, public_money=0.2, creation=0.8)


@pytest.fixture(scope="module")
def made() -> Weighed:
    return weigh(DOUBLE, LOW, HIGH, Question({"x": 1.0}, [2.0, 8.0, 0.01]), TERMS_GIVEN)


def test_every_push_is_the_least_one_and_its_margin(made: Weighed) -> None:
    least = temporary_push(DOUBLE, LOW, HIGH, [2.0, 8.0]).sizes
    by_name = {item.name: item for item in made.values}
    for duration, size in zip((2, 8), least, strict=True):
        assert by_name[f"push lasting {duration}"].size == pytest.approx(1.1 * size)
    assert by_name[FOR_EVER].size == pytest.approx(1.1 * 2 / math.sqrt(27))
    assert made.missing == (0.01,)


def test_support_that_may_end_is_worth_more_than_support_that_never_does(made: Weighed) -> None:
    nets = {item.name: item.net for item in made.values}
    assert max(nets["push lasting 2"], nets["push lasting 8"]) > nets[FOR_EVER]
    assert nets[CASH] < 0
    assert made.best is not None
    assert made.best.net == max(nets.values())


def test_curves_pass_through_the_value_and_change_sign_where_it_breaks_even(made: Weighed) -> None:
    by_name = {item.name: item for item in made.values}
    for term in TERMS:
        curve = made.curves[term]
        for name, nets in curve["net"].items():
            given = getattr(made.terms, term)
            there = np.interp(given, curve["values"], nets)
            assert there == pytest.approx(by_name[name].net, abs=0.02 * np.ptp(nets) + 1e-9), term
            even = by_name[name].break_even[term]
            inside = even is not None and curve["values"][0] < even < curve["values"][-1]
            if inside and term != "discount":
                assert np.min(nets) <= 1e-9
                assert np.max(nets) >= -1e-9


def test_nothing_is_best_where_the_benefit_is_small() -> None:
    made = weigh(DOUBLE, LOW, HIGH, Question({"x": 0.01}, [2.0]))
    assert made.best is None
    first = weighing_findings(weighed_record(made)).sentences[0]
    assert first.startswith("Doing nothing is best")


def test_findings_hold_the_accounts(made: Weighed) -> None:
    found = weighing_findings(weighed_record(made))
    table = found.tables[0]
    names = [row[0] for row in table.rows]
    assert names.index("doing nothing") == sum(item.net > 0 for item in made.values)
    at = [column.name for column in table.columns].index("net value")
    assert [row[at] for row in table.rows if row[0] != "doing nothing"] == [
        item.net for item in made.values
    ]
    assert "No push up to the largest size tried suffices in 0.01." in found.sentences


def test_every_fault_is_told_at_once() -> None:
    with pytest.raises(OptionError) as told:
        weigh(DOUBLE, LOW, HIGH, Question({"y": 1.0, "x": math.nan}, [1.0], margin=-1))
    for word in ("'y'", "nan", "margin is -1"):
        assert word in str(told.value)
    with pytest.raises(OptionError, match="nothing has a worth"):
        weigh(DOUBLE, LOW, HIGH, Question({}, [1.0]))
