"""The public face: every name it promises exists, and importing it loads nothing heavy."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import workshare
from workshare.reports.figures import FIGURES


def test_every_public_name_can_be_reached() -> None:
    for name in workshare.__all__:
        assert getattr(workshare, name) is not None
    assert set(workshare._HOMES) | {"__version__", "figures"} == set(workshare.__all__)
    assert set(dir(workshare)) >= set(workshare.__all__)


def test_a_result_as_tables_figures_and_files(tmp_path: Path) -> None:
    region = workshare.read_region("islands")
    assert "least_cost" in workshare.scenario_names(region)
    result = workshare.coordinate(region, scenarios=["least_cost"])
    paths = workshare.write_report(result, tmp_path, ["json"])
    saved = workshare.read_result(paths["json"])
    for form in (result, result.to_dict(), saved):
        tables = workshare.tables(form)
        codes = {party.id for party in region.participants}
        assert set(tables["participants"].filter(like="articipant").iloc[:, 0]) == codes
        figures = workshare.figures(form)
        assert [figure.name.replace("-", "_") for figure in figures] == list(FIGURES)
        assert all(len(figure.title) > 10 for figure in figures)


def test_an_unknown_name_is_named() -> None:
    with pytest.raises(AttributeError, match="no attribute 'divide'"):
        _ = workshare.divide


@pytest.mark.parametrize("statement", ["import workshare", "import workshare.cli.main"])
def test_nothing_heavy_is_loaded_before_it_is_used(statement: str) -> None:
    heavy = (
        "{'numpy', 'scipy', 'pandas', 'altair', 'highspy', 'clarabel', 'openpyxl', 'xlsxwriter'}"
    )
    code = f"{statement}; import sys; print(sorted({heavy} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
