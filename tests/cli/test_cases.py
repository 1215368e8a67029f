"""``workshare cases`` lists the embedded regions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


def test_both_embedded_cases_are_listed(run: Callable[..., Any]) -> None:
    done = run("cases")
    assert done.exit_code == 0
    names = [line.split()[0] for line in done.stdout.splitlines()]
    assert {"lithium", "islands"} <= set(names)
    assert "participants" in done.stdout
