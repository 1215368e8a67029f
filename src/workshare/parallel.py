"""The one seam to processes and to a cluster: do many independent tasks, keep their order.

Engines call :func:`map_tasks` and never a pool. Whatever the backend, the same tasks give the same
results in the same order, because a task gets everything it needs (its seed too) as its argument.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed, wait
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import active_children, get_context
from typing import Any, Generic, TypeVar

from workshare.errors import OptionError

Task = TypeVar("Task")
Result = TypeVar("Result")

BACKENDS = ("auto", "serial", "processes", "dask")
"""``auto`` is ``processes`` for more than one worker, else ``serial``."""

GRACE = 2.0
"""How long (s) tasks that are nearly done may still run after Ctrl-C."""


def cores() -> int:
    """Return the number of processor cores that this process may use (count, at least 1)."""
    if hasattr(os, "sched_getaffinity"):  # a container or a job may be given fewer than there are
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


@dataclass(frozen=True, slots=True)
class Mapped(Generic[Result]):
    """Results of the tasks that were finished, in the order of the tasks.

    Attributes
    ----------
    results : one result for each finished task.
    indices : the position of each of them among the tasks given.
    interrupted : True when Ctrl-C stopped the work; then some tasks may be missing.
    """

    results: tuple[Result, ...]
    indices: tuple[int, ...]
    interrupted: bool = False


def map_tasks(
    function: Callable[[Task], Result],
    tasks: Iterable[Task],
    *,
    workers: int = 1,
    backend: str = "auto",
    progress: Callable[[int, int], None] | None = None,
) -> Mapped[Result]:
    """Return ``function(task)`` for every task, in order, as far as the user let it run.

    Parameters
    ----------
    function : a module-level function; other processes must be able to import it.
    tasks : independent tasks; each is sent whole to the process that does it.
    workers : number of processes (count, at least 1).
    backend : one of :data:`BACKENDS`; ``dask`` uses the current Dask client, or a local cluster.
    progress : called in this process as ``progress(finished, total)`` after every task.

    Raises
    ------
    OptionError : unknown backend, no worker, or ``dask`` without the extra ``cluster``.
    Exception : what a task raised; of several, the first in the order of the tasks.

    Examples
    --------
    >>> map_tasks(abs, [-1, 2, -3]).results
    (1, 2, 3)
    """
    todo = list(tasks)
    if backend not in BACKENDS:
        raise OptionError(f"backend is {backend!r}; must be one of {', '.join(BACKENDS)}")
    if workers < 1:
        raise OptionError(f"workers is {workers}; must be at least 1")
    if backend == "auto":
        backend = "processes" if workers > 1 else "serial"
    if backend == "serial" or not todo:
        return _serial(function, todo, progress)
    executor = _processes if backend == "processes" else _dask
    with executor(min(workers, len(todo))) as (submit, stop):
        return _gather([submit(function, task) for task in todo], progress, stop)


def _serial(
    function: Callable[[Task], Result],
    todo: Sequence[Task],
    progress: Callable[[int, int], None] | None,
) -> Mapped[Result]:
    """Do the tasks one after the other in this process."""
    results: list[Result] = []
    try:
        for task in todo:
            results.append(function(task))
            if progress is not None:
                progress(len(results), len(todo))
    except KeyboardInterrupt:
        return Mapped(tuple(results), tuple(range(len(results))), interrupted=True)
    return Mapped(tuple(results), tuple(range(len(results))))


def _gather(
    futures: Sequence[Future[Result]],
    progress: Callable[[int, int], None] | None,
    stop: Callable[[], None],
) -> Mapped[Result]:
    """Wait for the futures and return their results in order; on Ctrl-C, those that are done."""
    interrupted = False
    try:
        for count, future in enumerate(as_completed(futures), start=1):
            if future.exception() is not None:
                break
            if progress is not None:
                progress(count, len(futures))
    except KeyboardInterrupt:
        interrupted = True
    if interrupted:
        waiting = [future for future in futures if not future.cancel()]
        wait(waiting, GRACE)
        ended = [i for i, item in enumerate(futures) if item.done() and not item.cancelled()]
        done = [i for i in ended if futures[i].exception() is None]
        stop()
        return Mapped(tuple(futures[i].result() for i in done), tuple(done), interrupted=True)
    # read in the order of the tasks, so that the error seen is the one a serial run would meet
    results = tuple(future.result() for future in futures)
    return Mapped(results, tuple(range(len(results))))


_Seam = tuple[Callable[..., Future[Any]], Callable[[], None]]
"""How to submit a task, and how to stop those that are running (where that can be done)."""


@contextmanager
def _processes(workers: int) -> Iterator[_Seam]:
    """Give the functions of a pool of fresh processes."""
    others = active_children()

    def stop() -> None:
        for child in active_children():
            if child not in others:
                child.terminate()

    # fresh processes, not forks: solvers hold threads and locks that do not survive a fork
    pool = ProcessPoolExecutor(workers, mp_context=get_context("spawn"), initializer=_ignore_ctrl_c)
    try:
        yield pool.submit, stop
    except BaseException:
        stop()  # nobody wants the answers any more
        raise
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


@contextmanager
def _dask(workers: int) -> Iterator[_Seam]:
    """Give functions that run tasks on the current Dask client, or on a local cluster."""
    try:
        import distributed
    except ImportError as error:
        raise OptionError(
            "backend 'dask' needs the extra `cluster`: pip install 'workshare[cluster]'"
        ) from error
    cluster: Any = distributed  # it carries no usable types
    try:
        client, own = cluster.get_client(), False
    except ValueError:
        client, own = (
            cluster.Client(n_workers=workers, threads_per_worker=1, dashboard_address=None),
            True,
        )
    try:
        yield client.get_executor(pure=False).submit, lambda: None
    finally:
        if own:
            client.close()


def _ignore_ctrl_c() -> None:
    """Leave Ctrl-C to the parent process, which decides what to keep."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
