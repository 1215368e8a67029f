"""Findings of the trade engine: every sentence's number is in a table, figures draw."""

from __future__ import annotations

from pathlib import Path

import pytest

from trade.worlds import random_world
from workshare.reports.findings import write_findings
from workshare.reports.trade.answers import STATUS_WORDS, Shown, trade_findings
from workshare.trade.bands import elasticity_band
from workshare.trade.best_policy import PolicyStatus
from workshare.trade.contest import ContestStatus
from workshare.trade.decomposition import decompose
from workshare.trade.equilibrium import EquilibriumStatus
from workshare.trade.question import Question, answer


def test_every_status_has_words() -> None:
    every = {*PolicyStatus, *ContestStatus, *EquilibriumStatus}
    assert set(STATUS_WORDS) == {status.value for status in every}


def test_findings_of_an_agreement(tmp_path: Path) -> None:
    world = random_world(4, 3)
    question = Question("cooperate", ("C0", "C1"), "deep")
    reply = answer(world, question)
    shown = Shown(
        reply,
        decompose(reply.equilibrium),
        elasticity_band(world, question, draws=3),
        {"C0": 0.1, "C1": -0.2},
    )
    found = trade_findings(shown)
    assert {figure.name for figure in found.figures} == {
        "welfare",
        "policy",
        "comparison",
        "band",
        "terms_of_trade",
    }
    welfare = next(table for table in found.tables if table.name == "welfare")
    assert [row[1] for row in welfare.rows] == pytest.approx(list(reply.equilibrium.gains))
    for figure in found.figures:
        assert figure.to_svg().startswith("<svg")
        assert figure.alternative_text
    paths = write_findings(found, tmp_path, ("json", "html", "csv"))
    assert "Real income" in paths["html"].read_text()
    again = trade_findings(shown)
    assert again.record == found.record


def test_without_policy_band_and_parts() -> None:
    world = random_world(3, 2, tariffs=random_world(3, 2).tariffs * 0, balanced=False)
    found = trade_findings(Shown(answer(world, Question("solve"))))
    assert {figure.name for figure in found.figures} == {"welfare", "policy"}
    assert all(figure.to_svg() for figure in found.figures)
