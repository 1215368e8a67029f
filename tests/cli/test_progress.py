"""Progress: nothing when quiet, a line now and then where there is no terminal."""

from __future__ import annotations

import pytest

from workshare.cli import progress as module
from workshare.cli.progress import progress_on_stderr


def test_one_line_for_every_stage(capsys: pytest.CaptureFixture[str]) -> None:
    with progress_on_stderr() as progress:
        assert progress is not None
        progress("prices", 0.0, "round 1")
        progress("prices", 0.2, "round 2")
        progress("recovery", 1.7, "")
    told = capsys.readouterr()
    assert told.err.splitlines() == ["prices: round 1", "recovery"]
    assert told.out == ""


def test_a_long_stage_is_told_again_after_a_pause() -> None:
    lines: list[str] = []
    clock = iter((0.0, 1.0, module.PAUSE, module.PAUSE + 1.0))
    show = module._lines(lines.append, lambda: next(clock))
    for count in range(4):
        show("scenarios", count / 4, f"{count} of 4")
    assert lines == ["scenarios: 0 of 4", "scenarios: 2 of 4"]


def test_a_terminal_has_a_bar(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm")
    with progress_on_stderr() as progress:
        assert progress is not None
        progress("prices", 0.4, "round 7")
    assert "prices: round 7" in capsys.readouterr().err


def test_quiet_gives_no_callback() -> None:
    with progress_on_stderr(quiet=True) as progress:
        assert progress is None
