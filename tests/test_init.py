"""The public face: every name it promises exists, and importing it loads nothing heavy."""

from __future__ import annotations

import subprocess
import sys

import pytest

import workshare


def test_every_public_name_can_be_reached() -> None:
    for name in workshare.__all__:
        assert getattr(workshare, name) is not None
    assert set(workshare._HOMES) | {"__version__"} == set(workshare.__all__)
    assert set(dir(workshare)) >= set(workshare.__all__)


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
