"""Support added to a system: residual + size * weights, the size a parameter or a frozen unknown.

As a parameter it can be followed; as an unknown that does not move, many sizes are tried at once.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from workshare.arrays import Array
from workshare.equilibria.system import System
from workshare.equilibria.tape import ADD, CONSTANT, MULTIPLY, Integers, Tape

SUPPORT = "support_size"
"""Name of the parameter or unknown that holds the size of the support."""


def with_support(system: System, weights: Array) -> System:
    """Return the system with a last parameter ``support_size``: residual + size * weights.

    Examples
    --------
    >>> from workshare.equilibria.system import system_from_text
    >>> pushed = with_support(system_from_text(["-x"], ["x"]), np.array([2.0]))
    >>> pushed.at({"support_size": 3.0}).value(np.array([1.0]))
    array([5.])
    """
    w = np.asarray(weights, dtype=float)
    n, m = system.size, system.parameters.size
    tape = None if system.tape is None else _pushed_tape(system.tape, w, n + m, False)
    by_parameters = system.parameter_jacobian

    def parameter_jacobian(x: Array, p: Array) -> Array:
        assert by_parameters is not None
        return np.column_stack([by_parameters(x, p[:-1]), w])

    return replace(
        system,
        residual=lambda x, p: np.asarray(system.residual(x, p[:-1])) + p[-1] * w,
        jacobian=lambda x, p: np.asarray(system.jacobian(x, p[:-1])),
        parameter_names=(*system.parameter_names, SUPPORT),
        parameters=np.append(system.parameters, 0.0),
        parameter_jacobian=None if by_parameters is None else parameter_jacobian,
        tape=tape,
        second_order=None,
        global_gain=None,
    )


def with_frozen_size(system: System, w: Array) -> System:
    """Return the system with a last unknown, the size of support, that does not move."""
    n = system.size
    tape = None if system.tape is None else _pushed_tape(system.tape, w, n, True)

    def residual(x: Array, p: Array) -> Array:
        return np.append(np.asarray(system.residual(x[:-1], p)) + x[-1] * w, 0.0)

    def jacobian(x: Array, p: Array) -> Array:
        whole = np.zeros((n + 1, n + 1))
        whole[:n, :n], whole[:n, n] = system.jacobian(x[:-1], p), w
        return whole

    return System(
        system.name,
        (*system.unknowns, SUPPORT),
        np.append(system.lower, 0.0),
        np.append(system.upper, np.inf),
        residual,
        jacobian,
        system.parameter_names,
        system.parameters,
        tape,
        system.complementarity,
        system.unknowns if system.corners is None else system.corners,
    )


def _pushed_tape(tape: Tape, weights: Array, place: int, frozen: bool) -> Tape:
    """Return the tape of residual + size * weights; the size is a new input at ``place``.

    ``frozen``: the size is an unknown that does not move, with residual zero.
    """
    inputs = tape.num_unknowns + tape.num_parameters
    offset, count = inputs + 1, tape.operation.size

    def shifted(positions: Integers) -> Integers:
        return np.where(positions < place, positions, positions + 1)

    constant = tape.operation == CONSTANT
    steps: list[tuple[int, int, int, float]] = []
    outputs = []

    def add(operation: int, left: int = 0, right: int = 0, number: float = 0.0) -> int:
        steps.append((operation, left, right, number))
        return offset + count + len(steps) - 1

    for row, weight in zip(shifted(tape.outputs), weights, strict=True):
        if weight == 0:
            outputs.append(int(row))
            continue
        part = add(MULTIPLY, add(CONSTANT, number=float(weight)), place)
        outputs.append(add(ADD, int(row), part))
    if frozen:
        outputs.append(add(CONSTANT))
    more = [np.array(column) for column in zip(*steps, strict=True)] if steps else [np.zeros(0)] * 4
    return Tape(
        tape.num_unknowns + frozen,
        tape.num_parameters + (not frozen),
        np.concatenate([tape.operation, more[0]]).astype(np.int64),
        np.concatenate([np.where(constant, 0, shifted(tape.left)), more[1]]).astype(np.int64),
        np.concatenate([np.where(constant, 0, shifted(tape.right)), more[2]]).astype(np.int64),
        np.concatenate([tape.number, more[3]]).astype(float),
        np.array(outputs, dtype=np.int64),
    )
