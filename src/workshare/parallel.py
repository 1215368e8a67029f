"""The one seam to threads, processes and a cluster: many independent tasks, their order kept.

Engines call :func:`map_tasks` and never a pool; where the same objects are asked again and again,
a :class:`Crew` keeps them with the workers, so that they travel once. Whatever the backend, the
same tasks give the same results in the same order, because a task gets everything it needs (its
seed too) as its argument.
"""

from __future__ import annotations

import itertools
import os
import signal
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import (
    BrokenExecutor,
    CancelledError,
    Future,
    ProcessPoolExecutor,
    ThreadPoolExecutor,
    as_completed,
    wait,
)
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import active_children, get_context
from typing import Any, Generic, TypeVar

from workshare.errors import OptionError

Task = TypeVar("Task")
Result = TypeVar("Result")

BACKENDS = ("auto", "serial", "threads", "processes", "dask")
"""``auto`` is ``processes`` for more than one worker, else ``serial``. ``threads`` pay where a task
waits (for a network) or computes without the interpreter's lock."""

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
    function : a module-level function; other processes must be able to import it (any function
        for ``serial`` and ``threads``).
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
    backend = _checked(workers, backend)
    if backend == "serial" or not todo:
        return _serial(function, todo, progress)
    with _SEAMS[backend](min(workers, len(todo))) as (submit, stop):
        return _gather([submit(function, task) for task in todo], progress, stop)


def _checked(workers: int, backend: str) -> str:
    """Return the backend that is meant, if it and the number of workers are allowed."""
    if backend not in BACKENDS:
        raise OptionError(f"backend is {backend!r}; must be one of {', '.join(BACKENDS)}")
    if workers < 1:
        raise OptionError(f"workers is {workers}; must be at least 1")
    if backend == "auto":
        return "processes" if workers > 1 else "serial"
    return backend


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
def _threads(workers: int) -> Iterator[_Seam]:
    """Give the functions of a pool of threads; those that run cannot be stopped, only left."""
    pool = ThreadPoolExecutor(workers)
    try:
        yield pool.submit, lambda: None
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


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
    client, own = _client(workers)
    try:
        yield client.get_executor(pure=False).submit, lambda: None
    finally:
        if own:
            client.close()


def _client(workers: int) -> tuple[Any, bool]:
    """Return the current Dask client, or one of a new cluster on this machine, and which it is."""
    try:
        import distributed
    except ImportError as error:
        raise OptionError(
            "backend 'dask' needs the extra `cluster`: pip install 'workshare[cluster]'"
        ) from error
    cluster: Any = distributed  # it carries no usable types
    try:
        return cluster.get_client(), False
    except ValueError:
        local = cluster.LocalCluster(
            n_workers=workers, threads_per_worker=1, dashboard_address=":0", host="127.0.0.1"
        )
        return cluster.Client(local), True


_SEAMS = {"threads": _threads, "processes": _processes, "dask": _dask}


class Crew:
    """Workers that stay, each with a share of objects that were sent to it once.

    The objects (*residents*) keep what they learn from one question to the next: a solver that is
    warm, a memory of what was answered. Answers come in the order of the questions whatever the
    backend. Use it as a context manager, or call :meth:`close`.

    Parameters
    ----------
    residents : the objects; with ``processes`` and ``dask`` they must be picklable.
    workers : number of workers (count, at least 1); residents are shared out in equal runs.
    backend : one of :data:`BACKENDS`.

    Examples
    --------
    >>> with Crew([10, 20, 30]) as crew:
    ...     crew.map(max, [(2, 5), (0, 15)])
    [30, 15]
    """

    def __init__(self, residents: Sequence[Any], workers: int = 1, backend: str = "serial") -> None:
        backend = _checked(workers, backend)
        count = min(workers, max(1, len(residents)))
        bounds = [k * len(residents) // count for k in range(count + 1)]
        self._shares = [list(residents[a:b]) for a, b in itertools.pairwise(bounds)]
        self._place = [
            (share, own) for share, held in enumerate(self._shares) for own in range(len(held))
        ]
        self._backend = backend
        self._pools: list[Any] = []
        self._held: list[Any] = []
        self._client: Any = None
        self._own = False
        if backend == "threads":
            self._pools = [ThreadPoolExecutor(workers)]
        elif backend == "processes":
            self._pools = [_home(share) for share in self._shares]
        elif backend == "dask":
            self._client, self._own = _client(workers)
            self._held = [self._settle(k) for k in range(count)]

    def __enter__(self) -> Crew:
        return self

    def __exit__(self, *reason: object) -> None:
        self.close()

    def map(
        self, function: Callable[[Any, Any], Any], questions: Sequence[tuple[int, Any]]
    ) -> list[Any]:
        """Return ``function(residents[k], question)`` for every ``(k, question)``, in order.

        A worker that dies is replaced, once a call, by one with the residents as they were at the
        beginning; if that dies too, its exception stands in place of each of its answers. What
        ``function`` raises is raised.
        """
        if self._backend in ("serial", "threads"):
            pairs = [(self._resident(k), question) for k, question in questions]
            if self._backend == "serial":
                return [function(*pair) for pair in pairs]
            waiting = [self._pools[0].submit(function, *pair) for pair in pairs]
            return [item.result() for item in waiting]
        batches: dict[int, list[tuple[int, Any]]] = {}
        for k, question in questions:
            share, own = self._place[k]
            batches.setdefault(share, []).append((own, question))
        sent = {share: self._send(share, function, batch) for share, batch in batches.items()}
        heard = {
            share: iter(self._receive(share, sent[share], function, batch))
            for share, batch in batches.items()
        }
        return [next(heard[self._place[k][0]]) for k, _ in questions]

    def close(self) -> None:
        """Let the workers go; what they still do is not waited for."""
        for pool in self._pools:
            children = list((getattr(pool, "_processes", None) or {}).values())
            pool.shutdown(wait=False, cancel_futures=True)
            for child in children:
                child.terminate()
        if self._own:
            cluster = self._client.cluster
            self._client.close()
            cluster.close()
        self._pools, self._held, self._own = [], [], False

    def _resident(self, k: int) -> Any:
        share, own = self._place[k]
        return self._shares[share][own]

    def _settle(self, share: int) -> Any:
        """Return a share's residents as data of one of the cluster's workers."""
        addresses = sorted(self._client.scheduler_info(n_workers=-1)["workers"])
        home = [addresses[share % len(addresses)]]
        return self._client.scatter(self._shares[share], workers=home, hash=False)

    def _send(self, share: int, function: Any, batch: list[tuple[int, Any]]) -> Any:
        if self._backend == "processes":
            return self._pools[share].submit(_ask_at_home, function, batch)
        held = self._held[share]
        return self._client.submit(_ask_share, held, function, batch, pure=False)

    def _receive(self, share: int, sent: Any, function: Any, batch: list[Any]) -> list[Any]:
        for retry in (True, False):
            try:
                answers: list[Any] = sent.result()
                return answers
            except (CancelledError, BrokenExecutor, OSError) as error:
                failure = error
            if self._backend == "processes":
                self._pools[share].shutdown(wait=False)
                self._pools[share] = _home(self._shares[share])
            else:
                self._held[share] = self._settle(share)
            if retry:
                sent = self._send(share, function, batch)
        return [failure for _ in batch]


_at_home: list[Any] = []
"""In a worker process of a crew: its residents."""


def _home(share: list[Any]) -> ProcessPoolExecutor:
    """Return one process that holds ``share``; its questions all go to it."""
    return ProcessPoolExecutor(
        1, mp_context=get_context("spawn"), initializer=_move_in, initargs=(share,)
    )


def _move_in(share: list[Any]) -> None:
    _ignore_ctrl_c()
    _at_home[:] = share


def _ask_at_home(function: Any, batch: list[tuple[int, Any]]) -> list[Any]:
    return _ask_share(_at_home, function, batch)


def _ask_share(share: list[Any], function: Any, batch: list[tuple[int, Any]]) -> list[Any]:
    return [function(share[own], question) for own, question in batch]


def _ignore_ctrl_c() -> None:
    """Leave Ctrl-C to the parent process, which decides what to keep."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
