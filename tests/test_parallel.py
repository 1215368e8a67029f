"""The same results in the same order whichever backend, and Ctrl-C keeps what is done."""

from __future__ import annotations

import importlib.util
import math
import os
import time

import pytest

from workshare.errors import OptionError
from workshare.parallel import cores, map_tasks

BACKENDS = [
    "serial",
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


@pytest.mark.parametrize("backend", ["serial", "processes"])
def test_an_interruption_keeps_what_is_done(backend: str) -> None:
    def stop_after_two(done: int, total: int) -> None:
        if done == 2:
            raise KeyboardInterrupt

    mapped = map_tasks(
        math.sqrt, [1.0, 4.0, 9.0] * 700, workers=2, backend=backend, progress=stop_after_two
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
    [({"backend": "threads"}, "must be one of auto, serial"), ({"workers": 0}, "at least 1")],
)
def test_options_outside_what_is_allowed(options: dict[str, object], message: str) -> None:
    with pytest.raises(OptionError, match=message):
        map_tasks(math.sqrt, [1.0], **options)  # type: ignore[arg-type]


def test_there_is_at_least_one_core() -> None:
    assert 1 <= cores() <= (os.cpu_count() or 1)
