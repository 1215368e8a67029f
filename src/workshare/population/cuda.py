"""Single people moved on a CUDA device, by the same functions as on the processor.

The counts are drawn on the host (so that they are its integers, whatever the device's arithmetic);
the device chooses who moves and writes the records, one thread to a cell. Only integers are used
there, so the records are those of the processor to the bit.

numba brings its CUDA target; nothing else is needed but a driver. With ``NUMBA_ENABLE_CUDASIM=1``
and ``NUMBA_DISABLE_JIT=1`` in the environment the kernels run in numba's simulator, which is how
the tests run them; they have not been run on a real device.
"""

from __future__ import annotations

import importlib
from typing import Any

import numpy as np
from numba import uint64

from workshare.errors import OptionError
from workshare.population.cohorts import Edges, Flows
from workshare.population.individuals import Buffers, Places, enter_cell, leave_cell
from workshare.population.random_stream import STREAM_SIZE

cuda: Any = importlib.import_module("numba.cuda")  # without types

THREADS = 64
"""Threads in a block."""


def move_people_on_device(
    region: int,
    step: int,
    seed: np.uint64,
    places: Places,
    buffers: Buffers,
    edges: Edges,
    flows: Flows,
) -> None:
    """Move the people of one region by its flows, in place, as ``move_people`` does.

    Raises
    ------
    OptionError : there is no CUDA device.
    """
    if not cuda.is_available():
        raise OptionError(
            "device is 'cuda', and there is no CUDA device with a driver here; use device 'cpu', "
            "which gives the same numbers"
        )
    leave, enter = _kernels()
    there: list[Any] = [
        type(held)(*(cuda.to_device(np.ascontiguousarray(array)) for array in held))
        for held in (places, buffers, edges, flows)
    ]
    size = places.hired_first.size - 1
    blocks = (size + THREADS - 1) // THREADS
    on_places, on_buffers, on_edges, on_flows = there
    leave[blocks, THREADS](region, step, seed, on_places, on_buffers, on_flows)
    enter[blocks, THREADS](region, step, on_places, on_buffers, on_edges, on_flows)
    for name in ("jobs", "new_pool", "leaving"):
        getattr(on_buffers, name).copy_to_host(getattr(buffers, name))
    on_places.at_work.copy_to_host(places.at_work)


def _kernels() -> list[Any]:
    """Return the two kernels, made when first asked for."""
    if not _made:

        @cuda.jit
        def leave(region, step, seed, places, buffers, flows):  # type: ignore[no-untyped-def]
            o = cuda.grid(1)
            if o < places.hired_first.size - 1:
                stream = cuda.local.array(STREAM_SIZE, uint64)
                leave_cell(region, step, seed, o, places, buffers, flows, stream)

        @cuda.jit
        def enter(region, step, places, buffers, edges, flows):  # type: ignore[no-untyped-def]
            j = cuda.grid(1)
            if j < places.hired_first.size - 1:
                enter_cell(region, step, j, places, buffers, edges, flows)

        _made.extend([leave, enter])
    return _made


_made: list[Any] = []
