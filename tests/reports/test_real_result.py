"""The reports of a result that the main study computes, on the small embedded region."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import workshare as ws
from workshare.reports import frames, read_result, validate, write_report
from workshare.reports.figures import FIGURES
from workshare.results import to_jsonable


@pytest.fixture(scope="module")
def study() -> Any:
    return ws.coordinate(ws.read_region("islands"), scenarios=["least_cost", "maximin"])


def test_every_key_of_a_real_result_is_documented(study: Any) -> None:
    assert validate(to_jsonable(study.to_dict()), strict=True) == []


def test_the_report_is_written_and_read_back(study: Any, tmp_path: Path) -> None:
    paths = write_report(study, tmp_path, ["html", "json"])
    saved = read_result(paths["json"])
    assert saved["value"] == study.to_dict()["value"]
    page = paths["html"].read_text(encoding="utf-8")
    for participant in saved["region"]["participants"]:
        assert f'id="participant-{participant["id"]}"' in page


def test_national_values_add_up_in_the_tables(study: Any) -> None:
    tables = frames(study)
    sums = tables["participants"].groupby("scenario")["national value (M ISC/yr)"].sum()
    whole = tables["scenarios"].set_index("scenario")
    for name in ("least_cost", "maximin", "uncoordinated"):
        residual = whole.loc[name, "residual (M ISC/yr)"]
        assert sums[name] + residual == pytest.approx(whole.loc[name, "regional value (M ISC/yr)"])


@pytest.mark.parametrize("name", FIGURES)
def test_every_figure_of_a_real_result_has_a_finding(study: Any, name: str) -> None:
    figure = FIGURES[name](study)
    assert figure.title
    assert "not available" not in figure.title
