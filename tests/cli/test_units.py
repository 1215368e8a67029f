"""``workshare units`` lists what region files may use."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


def test_every_symbol_is_listed_under_its_dimension(run: Callable[..., Any]) -> None:
    from workshare.units import symbols

    lines = run("units").stdout.splitlines()
    assert {row.dimension for row in symbols()} <= set(lines)
    listed = [line.split()[0] for line in lines if line.startswith("  ")]
    assert listed == [row.symbol for row in symbols()]
