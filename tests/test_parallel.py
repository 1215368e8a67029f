"""The same results in the same order whichever backend, and Ctrl-C keeps what is done."""

from __future__ import annotations

import importlib.util
import math
import os
import time

import pytest

from residents import Counter, count, end
from workshare.errors import OptionError
from workshare.parallel import Crew, cores, map_tasks

BACKENDS = [
    "serial",
    "threads",
    "processes",
    pytest.param(
        "dask",
        marks=[
            pytest.mark.slow,
            pytest.mark.skipif(
                importlib.util.find_spec("distributed") is None, reason="extra `cluster` is absent"
            ),
        ],
    ),
]


@pytest.mark.parametrize("backend", BACKENDS)
def test_results_come_in_the_order_of_the_tasks(backend: str) -> None:
    seen: list[tuple[int, int]] = []
    mapped = map_tasks(
        math.sqrt,
        (float(n * n) for n in range(7)),
        workers=2,
        backend=backend,
        progress=lambda done, total: seen.append((done, total)),
    )
    assert mapped.results == tuple(float(n) for n in range(7))
    assert mapped.indices == tuple(range(7))
    assert not mapped.interrupted
    assert seen == [(n, 7) for n in range(1, 8)]


@pytest.mark.parametrize("backend", BACKENDS)
def test_the_first_error_in_order_is_raised(backend: str) -> None:
    with pytest.raises(ValueError, match=r"math|nonnegative"):
        map_tasks(math.sqrt, [1.0, -1.0, 4.0], workers=2, backend=backend)


def root_after_a_moment(number: float) -> float:
    time.sleep(1e-3)
    return math.sqrt(number)


@pytest.mark.parametrize("backend", ["serial", "threads", "processes"])
def test_an_interruption_keeps_what_is_done(backend: str) -> None:
    def stop_after_two(done: int, total: int) -> None:
        if done == 2:
            raise KeyboardInterrupt

    # each task takes a moment, so that some are left when the interruption comes
    work = root_after_a_moment if backend == "threads" else math.sqrt
    mapped = map_tasks(
        work, [1.0, 4.0, 9.0] * 700, workers=2, backend=backend, progress=stop_after_two
    )
    assert mapped.interrupted
    assert 2 <= len(mapped.results) < 2100
    assert mapped.results == tuple([1.0, 2.0, 3.0][i % 3] for i in mapped.indices)


def test_an_interruption_does_not_wait_for_long_tasks() -> None:
    def stop_at_once(done: int, total: int) -> None:
        raise KeyboardInterrupt

    mapped = map_tasks(time.sleep, [0.0, 30.0], workers=2, progress=stop_at_once)
    assert mapped.interrupted
    assert mapped.indices == (0,)


def test_no_task_gives_no_result() -> None:
    assert map_tasks(math.sqrt, [], workers=4).results == ()


@pytest.mark.parametrize(
    ("options", "message"),
    [({"backend": "fibres"}, "must be one of auto, serial"), ({"workers": 0}, "at least 1")],
)
def test_options_outside_what_is_allowed(options: dict[str, object], message: str) -> None:
    with pytest.raises(OptionError, match=message):
        map_tasks(math.sqrt, [1.0], **options)  # type: ignore[arg-type]


def test_there_is_at_least_one_core() -> None:
    assert 1 <= cores() <= (os.cpu_count() or 1)


@pytest.mark.parametrize("backend", BACKENDS)
def test_residents_stay_and_remember(backend: str) -> None:
    with Crew([Counter(10 * k) for k in range(5)], workers=2, backend=backend) as crew:
        first = crew.map(count, [(k, 1) for k in (4, 0, 2)])
        again = crew.map(count, [(k, 1) for k in (0, 4, 1)])
    assert [value for value, _ in first] == [41, 1, 21]
    assert [value for value, _ in again] == [2, 42, 11]
    # the same worker has the same resident every time
    assert first[0][1] == again[1][1]
    assert (first[0][1] == os.getpid()) == (backend in ("serial", "threads"))


def test_a_worker_that_dies_is_replaced_once_and_then_told() -> None:
    with Crew([Counter(0), Counter(5)], workers=2, backend="processes") as crew:
        answers = crew.map(end, [(0, os.getpid())])
        assert isinstance(answers[0], Exception)
        # the other share was not touched, and the first is there again as it was at the beginning
        assert [value for value, _ in crew.map(count, [(0, 1), (1, 1)])] == [1, 6]


def test_a_crew_refuses_what_is_not_allowed() -> None:
    with pytest.raises(OptionError, match="must be one of"):
        Crew([1], backend="fibres")
    with pytest.raises(OptionError, match="at least 1"):
        Crew([1], workers=0)
