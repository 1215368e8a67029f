"""Complementarity problems face by face: who stands at a bound, and what is left to solve.

An unknown at its lower bound needs residual <= 0, at its upper bound residual >= 0, inside residual
= 0. Every choice of who stands where is a smaller system of its own, so corners are enumerated and
never lost to a method that sees only the inside.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import product

import numpy as np

from workshare.arrays import Array
from workshare.equilibria import tape as operations
from workshare.equilibria.system import System
from workshare.equilibria.tape import Symbol, Tape, _Builder, _finish

INSIDE, AT_LOWER, AT_UPPER = 0, -1, 1


def faces(system: System) -> Iterator[tuple[int, ...]]:
    """Give every choice of bounds: for each unknown inside, at its lower, or at its upper bound."""
    may = system.may_stand_at_bound()
    choices = [
        [INSIDE]
        + ([AT_LOWER] if may[k] and np.isfinite(system.lower[k]) else [])
        + ([AT_UPPER] if may[k] and np.isfinite(system.upper[k]) else [])
        for k in range(system.size)
    ]
    yield from product(*choices)


def face_count(system: System) -> int:
    """Return the number of faces."""
    finite = np.isfinite(system.lower).astype(int) + np.isfinite(system.upper).astype(int)
    return int(np.prod(1 + finite * system.may_stand_at_bound(), dtype=object))


def restrict(system: System, face: tuple[int, ...]) -> System | None:
    """Return the system of the unknowns inside, the others held at their bounds; None if none is.

    Raises
    ------
    ValueError : the system has no tape.
    """
    if system.tape is None:
        raise ValueError("a system without a tape cannot be restricted")
    free = [k for k, place in enumerate(face) if place == INSIDE]
    if not free:
        return None
    held = {
        k: float(system.lower[k] if place == AT_LOWER else system.upper[k])
        for k, place in enumerate(face)
        if place != INSIDE
    }
    tape = _replay(system.tape, free, held)
    return replace(
        system,
        unknowns=tuple(system.unknowns[k] for k in free),
        lower=system.lower[free],
        upper=system.upper[free],
        residual=tape.value,
        jacobian=tape.jacobian,
        parameter_jacobian=tape.parameter_jacobian,
        tape=tape,
        complementarity=False,
        corners=None,
        second_order=None,
        global_gain=None,
    )


def whole_point(system: System, face: tuple[int, ...], inside: Array) -> Array:
    """Return the point of the whole system from the unknowns inside."""
    point = np.where(np.array(face) == AT_LOWER, system.lower, system.upper)
    point[[k for k, place in enumerate(face) if place == INSIDE]] = inside
    return np.asarray(point, dtype=float)


def _replay(tape: Tape, free: list[int], held: dict[int, float]) -> Tape:
    """Return the tape with some unknowns replaced by numbers."""
    count = len(free) + tape.num_parameters
    builder = _Builder(count)
    values: list[Symbol] = []
    for k in range(tape.num_unknowns):
        if k in held:
            position = builder.add(operations.CONSTANT, number=held[k])
        else:
            position = free.index(k)
        values.append(Symbol(builder, position))
    values += [Symbol(builder, len(free) + k) for k in range(tape.num_parameters)]
    for step in range(tape.operation.size):
        kind, number = int(tape.operation[step]), float(tape.number[step])
        left = values[tape.left[step]].position
        right = values[tape.right[step]].position
        if kind == operations.CONSTANT:
            position = builder.add(kind, number=number)
        elif operations.ADD <= kind <= operations.DIVIDE:
            position = builder.add(kind, left, right)
        else:
            position = builder.add(kind, left, number=number)
        values.append(Symbol(builder, position))
    wanted = [values[tape.outputs[k]] for k in free]
    return _finish(builder, len(free), tape.num_parameters, wanted)
