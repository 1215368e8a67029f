"""Functions as lists of operations: one form for floats, derivatives, intervals and balls.

A *tape* is a function of unknowns and parameters written as elementary operations, each on earlier
results. It is made from text (:func:`parse_tape`) or by running a Python function once on symbols
(:func:`trace_tape`), and evaluated here in double precision with first derivatives. Intervals
(``interval.py``) and balls (``certify.py``) read the same tape, so that what is proven is proven
about the function that was computed with.

A number in a text or a function stands for the double nearest to it.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
from numba import njit

from workshare.arrays import Array
from workshare.errors import OptionError

(CONSTANT, ADD, SUBTRACT, MULTIPLY, DIVIDE, NEGATE, POWER, ROOT_POWER) = range(8)
(EXP, LOG, SQRT, TANH, SIN, COS, ATAN) = range(8, 15)
FUNCTIONS = {
    "exp": EXP,
    "log": LOG,
    "sqrt": SQRT,
    "tanh": TANH,
    "sin": SIN,
    "cos": COS,
    "atan": ATAN,
    "arctan": ATAN,
}
"""Functions a text may call, with their operation."""

Integers = npt.NDArray[np.int64]
MAX_OPERATIONS = 200_000


@dataclass(frozen=True, slots=True, eq=False)
class Tape:
    """A function from ``num_inputs`` numbers to ``len(outputs)`` numbers, as operations.

    Attributes
    ----------
    num_unknowns, num_parameters : how many inputs of each; unknowns come first.
    operation : operation of each step, one of the constants of this file.
    left, right : positions of its operands; inputs come first, then the steps in order.
    number : the constant of a step: its value, or the exponent of a power.
    outputs : positions of the results.
    """

    num_unknowns: int
    num_parameters: int
    operation: Integers
    left: Integers
    right: Integers
    number: Array
    outputs: Integers

    @property
    def arrays(self) -> tuple[Integers, Integers, Integers, Array, Integers]:
        """The five arrays, in the order in which the compiled functions take them."""
        return self.operation, self.left, self.right, self.number, self.outputs

    def value(self, point: Array, parameters: Array) -> Array:
        """Return the outputs, shape (outputs,)."""
        inputs = np.concatenate([point, parameters])
        return np.asarray(tape_value(*self.arrays, inputs))

    def jacobian(self, point: Array, parameters: Array) -> Array:
        """Return derivatives by the unknowns, shape (outputs, unknowns)."""
        inputs = np.concatenate([point, parameters])
        return np.asarray(tape_jacobian(*self.arrays, inputs, 0, self.num_unknowns))

    def parameter_jacobian(self, point: Array, parameters: Array) -> Array:
        """Return derivatives by the parameters, shape (outputs, parameters)."""
        inputs = np.concatenate([point, parameters])
        return np.asarray(
            tape_jacobian(*self.arrays, inputs, self.num_unknowns, self.num_parameters)
        )


@dataclass(slots=True)
class _Builder:
    """Operations collected so far; equal operations are written once."""

    num_inputs: int
    steps: list[tuple[int, int, int, float]] = field(default_factory=list)
    seen: dict[tuple[int, int, int, float], int] = field(default_factory=dict)

    def add(self, operation: int, left: int = 0, right: int = 0, number: float = 0.0) -> int:
        """Return the position of this operation, appended when new."""
        key = (operation, left, right, number)
        if key not in self.seen:
            if len(self.steps) >= MAX_OPERATIONS:
                raise OptionError(f"the function has more than {MAX_OPERATIONS} operations")
            self.seen[key] = self.num_inputs + len(self.steps)
            self.steps.append(key)
        return self.seen[key]

    def is_constant(self, position: int) -> float | None:
        """Return the value of a constant step, None for anything else."""
        if position >= self.num_inputs:
            step = self.steps[position - self.num_inputs]
            if step[0] == CONSTANT:
                return step[3]
        return None


class Symbol:
    """A number that remembers how it is computed; NumPy functions of it work on object arrays."""

    __slots__ = ("builder", "position")
    __array_priority__ = 1000

    def __init__(self, builder: _Builder, position: int) -> None:
        self.builder = builder
        self.position = position

    def _constant(self, value: float) -> Symbol:
        return Symbol(self.builder, self.builder.add(CONSTANT, number=float(value)))

    def _binary(self, operation: int, other: Any, swapped: bool = False) -> Any:
        if isinstance(other, np.ndarray):
            return NotImplemented
        if not isinstance(other, Symbol):
            other = self._constant(other)
        first, second = (other, self) if swapped else (self, other)
        builder = self.builder
        one, two = builder.is_constant(first.position), builder.is_constant(second.position)
        if operation == ADD and (one == 0.0 or two == 0.0):
            return second if one == 0.0 else first
        if operation == SUBTRACT and two == 0.0:
            return first
        if operation == MULTIPLY and (one == 1.0 or two == 1.0):
            return second if one == 1.0 else first
        return Symbol(builder, builder.add(operation, first.position, second.position))

    def __add__(self, other: Any) -> Any:
        return self._binary(ADD, other)

    def __radd__(self, other: Any) -> Any:
        return self._binary(ADD, other, swapped=True)

    def __sub__(self, other: Any) -> Any:
        return self._binary(SUBTRACT, other)

    def __rsub__(self, other: Any) -> Any:
        return self._binary(SUBTRACT, other, swapped=True)

    def __mul__(self, other: Any) -> Any:
        return self._binary(MULTIPLY, other)

    def __rmul__(self, other: Any) -> Any:
        return self._binary(MULTIPLY, other, swapped=True)

    def __truediv__(self, other: Any) -> Any:
        return self._binary(DIVIDE, other)

    def __rtruediv__(self, other: Any) -> Any:
        return self._binary(DIVIDE, other, swapped=True)

    def __neg__(self) -> Symbol:
        return Symbol(self.builder, self.builder.add(NEGATE, self.position))

    def __pos__(self) -> Symbol:
        return self

    def __pow__(self, exponent: Any) -> Any:
        if isinstance(exponent, np.ndarray):
            return NotImplemented
        if isinstance(exponent, Symbol):
            value = self.builder.is_constant(exponent.position)
            if value is None:
                return (exponent * self.log()).exp()
            exponent = value
        number = float(exponent)
        if number == 1.0:
            return self
        whole = number == round(number) and abs(number) < 1000
        operation = POWER if whole else ROOT_POWER
        return Symbol(self.builder, self.builder.add(operation, self.position, number=number))

    def __rpow__(self, base: Any) -> Any:
        return (self * float(np.log(float(base)))).exp()

    def _call(self, operation: int) -> Symbol:
        return Symbol(self.builder, self.builder.add(operation, self.position))

    def exp(self) -> Symbol:
        """Return the exponential."""
        return self._call(EXP)

    def log(self) -> Symbol:
        """Return the natural logarithm; the argument must be positive."""
        return self._call(LOG)

    def sqrt(self) -> Symbol:
        """Return the square root; the argument must not be negative."""
        return self._call(SQRT)

    def tanh(self) -> Symbol:
        """Return the hyperbolic tangent."""
        return self._call(TANH)

    def sin(self) -> Symbol:
        """Return the sine."""
        return self._call(SIN)

    def cos(self) -> Symbol:
        """Return the cosine."""
        return self._call(COS)

    def arctan(self) -> Symbol:
        """Return the inverse tangent."""
        return self._call(ATAN)

    def __bool__(self) -> bool:
        raise TypeError("a comparison of unknowns: the function branches and has no single tape")

    def __float__(self) -> float:
        raise TypeError("a symbol has no value: the function leaves ordinary arithmetic")


def _finish(builder: _Builder, unknowns: int, parameters: int, results: Sequence[Any]) -> Tape:
    """Return the tape whose outputs are the given symbols or numbers."""
    outputs = [
        item.position if isinstance(item, Symbol) else builder.add(CONSTANT, number=float(item))
        for item in results
    ]
    columns = list(zip(*builder.steps, strict=True)) if builder.steps else [(), (), (), ()]
    return Tape(
        unknowns,
        parameters,
        np.asarray(columns[0], dtype=np.int64),
        np.asarray(columns[1], dtype=np.int64),
        np.asarray(columns[2], dtype=np.int64),
        np.asarray(columns[3], dtype=np.float64),
        np.asarray(outputs, dtype=np.int64),
    )


def trace_tape(
    function: Callable[[Any, Any], Any], num_unknowns: int, num_parameters: int
) -> Tape | None:
    """Return the tape of a Python function of (point, parameters), None where it has none.

    The function is run once on arrays of symbols. It may use arithmetic, powers, NumPy's
    elementary functions and loops whose length does not depend on the point. A function compiled
    by numba is traced through its Python source. Branches on unknowns, calls of compiled libraries
    and assignment into float arrays cannot be traced.

    Examples
    --------
    >>> tape = trace_tape(lambda x, p: [x[0] ** 2 - p[0]], 1, 1)
    >>> tape.value(np.array([3.0]), np.array([2.0]))
    array([7.])
    """
    builder = _Builder(num_unknowns + num_parameters)
    symbols = np.array(
        [Symbol(builder, position) for position in range(builder.num_inputs)], dtype=object
    )
    plain = getattr(function, "py_func", function)
    try:
        results = plain(symbols[:num_unknowns], symbols[num_unknowns:])
        return _finish(builder, num_unknowns, num_parameters, list(results))
    except (TypeError, ValueError, AttributeError):
        return None


def parse_tape(
    equations: Sequence[str],
    unknowns: Sequence[str],
    parameters: Sequence[str] = (),
    definitions: Mapping[str, str] | None = None,
) -> Tape:
    """Return the tape of equations given as text.

    Each equation is an expression that shall be zero, or ``left = right``. Allowed are numbers,
    the names given, ``+ - * / **`` (``^`` is the same as ``**``), brackets, and the functions of
    :data:`FUNCTIONS`. ``definitions`` name parts, each using names defined before it.

    Raises
    ------
    OptionError : an equation cannot be read; all faults are told at once.

    Examples
    --------
    >>> parse_tape(["x^2 = a"], ["x"], ["a"]).value(np.array([3.0]), np.array([2.0]))
    array([7.])
    """
    builder = _Builder(len(unknowns) + len(parameters))
    names = {
        name: Symbol(builder, position) for position, name in enumerate([*unknowns, *parameters])
    }
    faults: list[str] = []
    for name, text in (definitions or {}).items():
        symbol = _read(text, names, f"definition {name!r}", faults, builder)
        names[name] = symbol
    results = [
        _read(text, names, f"equation {number}", faults, builder)
        for number, text in enumerate(equations, start=1)
    ]
    if faults:
        raise OptionError("; ".join(faults))
    return _finish(builder, len(unknowns), len(parameters), results)


def _read(
    text: str, names: Mapping[str, Any], where: str, faults: list[str], builder: _Builder
) -> Any:
    """Return the symbol of one expression or equation; faults are added to the list."""
    sides = text.replace("^", "**").replace("==", "=").split("=")
    values: list[Any] = []
    for side in sides[:2]:
        try:
            tree = ast.parse(side.strip(), mode="eval")
            values.append(_walk(tree.body, names, builder))
        except (SyntaxError, ValueError, ZeroDivisionError, OverflowError, RecursionError) as error:
            cause = error.msg if isinstance(error, SyntaxError) else str(error)
            faults.append(f"{where}: {side.strip()!r} cannot be read: {cause}")
            return Symbol(builder, builder.add(CONSTANT, number=0.0))
    if len(sides) > 2:
        faults.append(f"{where}: has {len(sides) - 1} equality signs; one is allowed")
    return values[0] - values[1] if len(values) == 2 else values[0]


_BINARY: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: lambda a, b: a + b,
    ast.Sub: lambda a, b: a - b,
    ast.Mult: lambda a, b: a * b,
    ast.Div: lambda a, b: a / b,
    ast.Pow: lambda a, b: a**b,
}


def _walk(node: ast.expr, names: Mapping[str, Any], builder: _Builder) -> Any:
    """Return the value of a syntax tree: a symbol or a number; nothing else is ever run."""
    if isinstance(node, ast.Constant) and isinstance(node.value, int | float):
        return Symbol(builder, builder.add(CONSTANT, number=float(node.value)))
    if isinstance(node, ast.Name):
        if node.id not in names:
            raise ValueError(f"unknown name {node.id!r}; known: {', '.join(names)}")
        return names[node.id]
    if isinstance(node, ast.BinOp) and type(node.op) in _BINARY:
        left, right = _walk(node.left, names, builder), _walk(node.right, names, builder)
        if isinstance(node.op, ast.Pow):
            # an exponent such as 1/3 is a number, not an operation
            value = constant_value(node.right)
            return left ** (right if value is None else value)
        return _BINARY[type(node.op)](left, right)
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub | ast.UAdd):
        value = _walk(node.operand, names, builder)
        return -value if isinstance(node.op, ast.USub) else value
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        if node.func.id not in FUNCTIONS or len(node.args) != 1 or node.keywords:
            allowed = ", ".join(FUNCTIONS)
            raise ValueError(f"function {node.func.id!r} with one argument; allowed: {allowed}")
        return _walk(node.args[0], names, builder)._call(FUNCTIONS[node.func.id])
    raise ValueError("only numbers, names, + - * / **, brackets and functions are allowed")


def constant_value(node: ast.expr) -> float | None:
    """Return the value of an expression of numbers alone, None for anything else."""
    if isinstance(node, ast.Constant) and isinstance(node.value, int | float):
        return float(node.value)
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub | ast.UAdd):
        value = constant_value(node.operand)
        return None if value is None else (-value if isinstance(node.op, ast.USub) else value)
    if isinstance(node, ast.BinOp) and type(node.op) in _BINARY:
        left, right = constant_value(node.left), constant_value(node.right)
        if left is not None and right is not None:
            return float(_BINARY[type(node.op)](left, right))
    return None


# --- double precision ----------------------------------------------------------------------------


@njit(cache=True)
def tape_values(operation, left, right, number, inputs):  # type: ignore[no-untyped-def]
    """Return the value of every input and step, shape (inputs + steps,)."""
    offset = inputs.size
    values = np.empty(offset + operation.size)
    values[:offset] = inputs
    for step in range(operation.size):
        kind = operation[step]
        a = values[left[step]] if kind != CONSTANT else 0.0
        if kind == CONSTANT:
            result = number[step]
        elif kind == ADD:
            result = a + values[right[step]]
        elif kind == SUBTRACT:
            result = a - values[right[step]]
        elif kind == MULTIPLY:
            result = a * values[right[step]]
        elif kind == DIVIDE:
            b = values[right[step]]
            result = a / b if b != 0.0 else np.nan
        elif kind == NEGATE:
            result = -a
        elif kind == POWER:
            exponent = int(number[step])
            result = np.nan if exponent < 0 and a == 0.0 else a ** float(exponent)
        elif kind == ROOT_POWER:
            if a > 0.0:
                result = a ** number[step]
            else:
                result = 0.0 if a == 0.0 and number[step] > 0.0 else np.nan
        elif kind == EXP:
            result = np.exp(a)
        elif kind == LOG:
            result = np.log(a) if a > 0.0 else np.nan
        elif kind == SQRT:
            result = np.sqrt(a) if a >= 0.0 else np.nan
        elif kind == TANH:
            result = np.tanh(a)
        elif kind == SIN:
            result = np.sin(a)
        elif kind == COS:
            result = np.cos(a)
        else:
            result = np.arctan(a)
        values[offset + step] = result
    return values


@njit(cache=True)
def tape_value(operation, left, right, number, outputs, inputs):  # type: ignore[no-untyped-def]
    """Return the outputs, shape (outputs,)."""
    values = tape_values(operation, left, right, number, inputs)
    result = np.empty(outputs.size)
    for row in range(outputs.size):
        result[row] = values[outputs[row]]
    return result


@njit(cache=True)
def tape_partials(operation, left, right, number, values, offset):  # type: ignore[no-untyped-def]
    """Return the derivative of every step by its two operands, shape (steps, 2)."""
    partial = np.zeros((operation.size, 2))
    for step in range(operation.size):
        kind = operation[step]
        if kind == CONSTANT:
            continue
        a, result = values[left[step]], values[offset + step]
        if kind == ADD:
            partial[step, 0], partial[step, 1] = 1.0, 1.0
        elif kind == SUBTRACT:
            partial[step, 0], partial[step, 1] = 1.0, -1.0
        elif kind == MULTIPLY:
            partial[step, 0], partial[step, 1] = values[right[step]], a
        elif kind == DIVIDE:
            b = values[right[step]]
            partial[step, 0] = 1.0 / b if b != 0.0 else np.nan
            partial[step, 1] = -result / b if b != 0.0 else np.nan
        elif kind == NEGATE:
            partial[step, 0] = -1.0
        elif kind in (POWER, ROOT_POWER):
            exponent = number[step]
            if kind == ROOT_POWER and a <= 0.0:
                partial[step, 0] = 0.0 if a == 0.0 and exponent > 1.0 else np.nan
            elif a == 0.0 and exponent < 1.0:
                partial[step, 0] = np.nan if exponent != 0.0 else 0.0
            else:
                partial[step, 0] = exponent * a ** (exponent - 1.0)
        elif kind == EXP:
            partial[step, 0] = result
        elif kind == LOG:
            partial[step, 0] = 1.0 / a if a > 0.0 else np.nan
        elif kind == SQRT:
            partial[step, 0] = 0.5 / result if result > 0.0 else np.nan
        elif kind == TANH:
            partial[step, 0] = 1.0 - result * result
        elif kind == SIN:
            partial[step, 0] = np.cos(a)
        elif kind == COS:
            partial[step, 0] = -np.sin(a)
        else:
            partial[step, 0] = 1.0 / (1.0 + a * a)
    return partial


@njit(cache=True)
def tape_jacobian(  # type: ignore[no-untyped-def]
    operation, left, right, number, outputs, inputs, first, count
):
    """Return derivatives of the outputs by ``count`` inputs from ``first`` (reverse mode)."""
    offset = inputs.size
    values = tape_values(operation, left, right, number, inputs)
    partial = tape_partials(operation, left, right, number, values, offset)
    jacobian = np.zeros((outputs.size, count))
    adjoint = np.zeros(values.size)
    for row in range(outputs.size):
        adjoint[:] = 0.0
        adjoint[outputs[row]] = 1.0
        for step in range(outputs[row] - offset, -1, -1):
            weight = adjoint[offset + step]
            if weight == 0.0 or operation[step] == CONSTANT:
                continue
            adjoint[left[step]] += weight * partial[step, 0]
            if ADD <= operation[step] <= DIVIDE:
                adjoint[right[step]] += weight * partial[step, 1]
        for column in range(count):
            jacobian[row, column] = adjoint[first + column]
    return jacobian
