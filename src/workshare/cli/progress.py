"""Progress on standard error: a bar on a terminal, one line per stage elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

ProgressCallback = Callable[[str, float, str], None]
"""``progress(stage, done, text)``: name of the stage, share of the stage done, what happens."""


@contextmanager
def progress_on_stderr(quiet: bool = False) -> Iterator[ProgressCallback | None]:
    """Give a callback that shows progress while the block runs; None when ``quiet``."""
    if quiet:
        yield None
        return
    from rich.console import Console

    console = Console(stderr=True, highlight=False)
    if not console.is_terminal:
        yield _line_per_stage(console.print)
        return
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (BarColumn(bar_width=24), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("starting", total=1.0)

        def show(stage: str, done: float, text: str) -> None:
            description = f"{stage}: {text}" if text else stage
            bar.update(task, completed=min(max(done, 0.0), 1.0), description=description)

        yield show


def _line_per_stage(write: Callable[[str], None]) -> ProgressCallback:
    """Return a callback that writes one line whenever the stage changes."""
    last = ""

    def show(stage: str, done: float, text: str) -> None:
        nonlocal last
        if stage != last:
            last = stage
            write(f"{stage}: {text}" if text else stage)

    return show
