"""Progress on standard error: a bar on a terminal, a plain line now and then elsewhere."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

ProgressCallback = Callable[[str, float, str], None]
"""``progress(stage, done, text)``: name of the stage, share of the stage done, what happens."""

PAUSE = 5.0
"""Shortest time (s) between two lines of one stage, where there is no terminal."""


@contextmanager
def progress_on_stderr(quiet: bool = False) -> Iterator[ProgressCallback | None]:
    """Give a callback that shows progress while the block runs; None when ``quiet``."""
    if quiet:
        yield None
        return
    from rich.console import Console

    console = Console(stderr=True, highlight=False, markup=False, emoji=False)
    if not console.is_terminal:
        yield _lines(lambda line: console.print(line, soft_wrap=True), time.monotonic)
        return
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (
        BarColumn(bar_width=24),
        TimeElapsedColumn(),
        TextColumn("{task.description}", markup=False),
    )
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("starting", total=1.0)

        def show(stage: str, done: float, text: str) -> None:
            description = f"{stage}: {text}" if text else stage
            bar.update(task, completed=min(max(done, 0.0), 1.0), description=description)

        yield show


def _lines(write: Callable[[str], None], clock: Callable[[], float]) -> ProgressCallback:
    """Return a callback that writes a line for every new stage, and one a pause within it."""
    last, written = "", 0.0

    def show(stage: str, done: float, text: str) -> None:
        nonlocal last, written
        now = clock()
        if stage != last or now - written >= PAUSE:
            last, written = stage, now
            write(f"{stage}: {text}" if text else stage)

    return show
