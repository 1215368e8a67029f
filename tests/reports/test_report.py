from __future__ import annotations

import json
import subprocess
import sys

import pytest

from workshare.errors import OptionError, ResultError
from workshare.reports import FORMATS, write_report
from workshare.reports.figures import FIGURES


def test_every_format_is_written(build, tmp_path):
    seen = []
    paths = write_report(
        build(1, brief=True), tmp_path / "new" / "folder", FORMATS, progress=seen.append
    )
    assert seen == list(FORMATS) == list(paths)
    assert all(path.exists() for path in paths.values())
    assert sorted(p.stem for p in paths["png"].iterdir()) == sorted(FIGURES)


def test_an_unknown_format_is_refused_before_anything_is_written(least, tmp_path):
    with pytest.raises(OptionError, match=r"'pdf'; allowed: html"):
        write_report(least, tmp_path / "out", ["json", "pdf"])
    assert not (tmp_path / "out").exists()


def test_an_unsound_result_is_refused(tmp_path):
    with pytest.raises(ResultError):
        write_report({"schema": "workshare.result/1"}, tmp_path)


def test_equal_results_give_equal_files(build, tmp_path):
    for name in ("one", "other"):
        write_report(build(2, brief=True), tmp_path / name)
    for file in (tmp_path / "one").rglob("*.*"):
        if file.is_file():
            other = tmp_path / "other" / file.relative_to(tmp_path / "one")
            assert file.read_bytes() == other.read_bytes(), file.name


def test_importing_reports_loads_nothing_heavy():
    heavy = ["pandas", "altair", "vl_convert", "xlsxwriter", "openpyxl", "numpy"]
    code = f"import sys, workshare.reports; print([m for m in {heavy!r} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert json.loads(done.stdout.replace("'", '"')) == []
