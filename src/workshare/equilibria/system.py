"""What is solved: a square system of equations with bounds, and what may be known of its form.

An *equilibrium* is a point between the bounds where the residual is zero (or, for a complementarity
problem, where each unknown is at a bound or its residual is zero). No economics is known here: an
economy, a game or a market hands over a :class:`System`.

The sign convention: ``residual`` is read as a motion, so an unknown tends to rise where its
residual is positive. Index and stability use it; finding roots does not.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from workshare.arrays import Array, Mask
from workshare.equilibria.tape import Tape, parse_tape, trace_tape
from workshare.errors import OptionError
from workshare.results import inputs_hash

Function = Callable[[Array, Array], Array]
"""A function of (point, parameters)."""


@dataclass(frozen=True, slots=True, eq=False)
class System:
    """A square system: as many equations as unknowns.

    Attributes
    ----------
    name : what it is called in reports.
    unknowns : names of the n unknowns.
    lower, upper : bounds, shape (n,); infinite where there is none.
    residual : ``residual(point, parameters)``, shape (n,).
    jacobian : ``jacobian(point, parameters)``, shape (n, n), derivatives of the residual.
    parameter_names, parameters : names and values of the m parameters of the family.
    tape : the residual as operations, None where it cannot be had; proofs need it.
    complementarity : True: an unknown at its lower bound needs only residual <= 0, at its upper
        bound only residual >= 0 (it would leave the bounds if it could).
    corners : the unknowns that may stand at a bound in a complementarity problem; None: all. The
        bounds of the others only say where roots are looked for (prices between safe limits).
    cooperative : True: each residual rises (weakly) with every other unknown (strategic
        complements); None: not stated, and tested where a tape allows it.
    parameter_jacobian : derivatives by the parameters, shape (n, m); None where not known.
    second_order : ``second_order(point, parameters)``, shape (k,): what must be negative at a
        maximum (own second derivatives of each payoff); None where there is no such condition.
    global_gain : ``global_gain(point, parameters)``: the most anybody gains by deviating to any
        other choice; an equilibrium has none (<= tolerance). None where there is no such test.
    """

    name: str
    unknowns: tuple[str, ...]
    lower: Array
    upper: Array
    residual: Function
    jacobian: Function
    parameter_names: tuple[str, ...] = ()
    parameters: Array = field(default_factory=lambda: np.empty(0))
    tape: Tape | None = None
    complementarity: bool = False
    corners: tuple[str, ...] | None = None
    cooperative: bool | None = None
    parameter_jacobian: Function | None = None
    second_order: Function | None = None
    global_gain: Callable[[Array, Array], float] | None = None

    @property
    def size(self) -> int:
        """Number of unknowns and of equations."""
        return len(self.unknowns)

    def at(self, parameters: Sequence[float] | Array | Mapping[str, float]) -> System:
        """Return the same system at other parameters: all of them, or some by name.

        Raises
        ------
        OptionError : a name is unknown, or the number of values is wrong.
        """
        values = self.parameters.copy()
        if isinstance(parameters, Mapping):
            unknown = [name for name in parameters if name not in self.parameter_names]
            if unknown:
                raise OptionError(
                    f"System {self.name!r} has no parameter {', '.join(map(repr, unknown))}; "
                    f"its parameters: {', '.join(self.parameter_names) or 'none'}"
                )
            for name, value in parameters.items():
                values[self.parameter_names.index(name)] = value
        else:
            given = np.asarray(parameters, dtype=float)
            if given.shape != values.shape:
                raise OptionError(
                    f"System {self.name!r} takes {values.size} parameters, received {given.size}"
                )
            values = given.copy()
        return replace(self, parameters=values)

    def value(self, point: Array) -> Array:
        """Return the residual at the system's own parameters, shape (n,)."""
        return np.asarray(self.residual(np.asarray(point, dtype=float), self.parameters))

    def derivative(self, point: Array) -> Array:
        """Return the Jacobian at the system's own parameters, shape (n, n)."""
        return np.asarray(self.jacobian(np.asarray(point, dtype=float), self.parameters))

    def contains(self, point: Array, slack: float = 0.0) -> bool:
        """Return whether a point lies between the bounds, up to ``slack``."""
        return bool(np.all(point >= self.lower - slack) and np.all(point <= self.upper + slack))

    def inputs_hash(self) -> str:
        """Return the hash of what was solved; functions without a tape count by their name."""
        tape = (
            [array.tolist() for array in self.tape.arrays]
            if self.tape is not None
            else getattr(self.residual, "__qualname__", "function")
        )
        return inputs_hash(
            [
                list(self.unknowns),
                self.lower.tolist(),
                self.upper.tolist(),
                list(self.parameter_names),
                self.parameters.tolist(),
                tape,
                self.complementarity,
                list(self.unknowns if self.corners is None else self.corners),
            ]
        )

    def may_stand_at_bound(self) -> Mask:
        """Return which unknowns may stand at a bound, shape (n,)."""
        corners = self.unknowns if self.corners is None else self.corners
        return np.array([self.complementarity and name in corners for name in self.unknowns])


def system_from_text(
    equations: Sequence[str],
    unknowns: Sequence[str],
    *,
    bounds: Mapping[str, tuple[float, float]] | None = None,
    parameters: Mapping[str, float] | None = None,
    definitions: Mapping[str, str] | None = None,
    name: str = "system",
    **structure: Any,
) -> System:
    """Return the system of equations written as text.

    Parameters
    ----------
    equations : each an expression that shall be zero, or ``left = right`` (read as left - right).
    unknowns : names of the unknowns, as many as equations.
    bounds : lower and upper bound by unknown; none where absent.
    parameters : names and values of the parameters.
    definitions : named parts, each using names defined before it.
    structure : further fields of :class:`System`: ``complementarity``, ``cooperative``, ...

    Raises
    ------
    OptionError : with every fault of names, equations and bounds at once.

    Examples
    --------
    >>> system = system_from_text(["x^2 - a"], ["x"], parameters={"a": 2.0})
    >>> system.value(np.array([2.0]))
    array([2.])
    """
    parameters = dict(parameters or {})
    faults = _name_faults([*unknowns, *parameters, *(definitions or {})])
    tape: Tape | None = None
    try:
        tape = parse_tape(equations, unknowns, tuple(parameters), definitions)
    except OptionError as error:
        faults.append(str(error))
    if len(equations) != len(unknowns):
        faults.append(
            f"{len(equations)} equations for {len(unknowns)} unknowns; must be as many: a system "
            "with fewer equations has curves of solutions"
        )
    lower, upper = _read_bounds(unknowns, bounds or {}, faults)
    values = np.array(list(parameters.values()), dtype=float)
    faults += _finite_faults(values, tuple(parameters))
    if faults or tape is None:
        raise OptionError(f"System {name!r}: " + "; ".join(faults))
    return _from_tape(
        tape, name, tuple(unknowns), (lower, upper), (tuple(parameters), values), structure
    )


def system_from_function(
    residual: Function,
    unknowns: Sequence[str],
    *,
    bounds: Mapping[str, tuple[float, float]] | None = None,
    parameters: Mapping[str, float] | None = None,
    jacobian: Function | None = None,
    name: str = "system",
    **structure: Any,
) -> System:
    """Return the system of a Python function: plain, numba-compiled or of JAX.

    ``residual(point, parameters)`` is run once on symbols; where that works the system has a tape,
    hence exact derivatives, intervals and proofs. Where it does not (branches, compiled libraries),
    ``jacobian`` is used, for JAX functions its forward mode, and else central differences; then
    nothing can be proven and no root is certified.

    Raises
    ------
    OptionError : with every fault of names, bounds and parameters at once.

    Examples
    --------
    >>> system = system_from_function(lambda x, p: x**3 - p[0] * x, ["x"], parameters={"a": 4.0})
    >>> system.derivative(np.array([2.0]))
    array([[8.]])
    """
    parameters = dict(parameters or {})
    faults = _name_faults([*unknowns, *parameters])
    lower, upper = _read_bounds(unknowns, bounds or {}, faults)
    values = np.array(list(parameters.values()), dtype=float)
    faults += _finite_faults(values, tuple(parameters))
    if faults:
        raise OptionError(f"System {name!r}: " + "; ".join(faults))
    tape = trace_tape(residual, len(unknowns), len(parameters))
    if tape is not None:
        if tape.outputs.size != len(unknowns):
            raise OptionError(
                f"System {name!r}: the residual has {tape.outputs.size} values for "
                f"{len(unknowns)} unknowns; must be as many"
            )
        named = (tuple(parameters), values)
        return _from_tape(tape, name, tuple(unknowns), (lower, upper), named, structure)
    return System(
        name,
        tuple(unknowns),
        lower,
        upper,
        lambda point, given: np.asarray(residual(point, given), dtype=float),
        jacobian or _other_jacobian(residual),
        tuple(parameters),
        values,
        **structure,
    )


def _from_tape(
    tape: Tape,
    name: str,
    unknowns: tuple[str, ...],
    bounds: tuple[Array, Array],
    parameters: tuple[tuple[str, ...], Array],
    structure: Mapping[str, Any],
) -> System:
    """Return the system whose residual and derivatives are those of a tape."""
    return System(
        name,
        unknowns,
        bounds[0],
        bounds[1],
        tape.value,
        tape.jacobian,
        parameters[0],
        parameters[1],
        tape=tape,
        parameter_jacobian=tape.parameter_jacobian,
        **structure,
    )


def _other_jacobian(residual: Function) -> Function:
    """Return derivatives without a tape: JAX's forward mode where it works, else differences."""
    try:
        import jax  # type: ignore[import-not-found,unused-ignore]

        forward = jax.jacfwd(residual)
        return lambda point, given: np.asarray(forward(point, given), dtype=float)
    except ImportError:
        pass

    def differences(point: Array, given: Array) -> Array:
        columns = []
        for position in range(point.size):
            step = 6e-6 * max(1.0, abs(float(point[position])))
            ahead, behind = point.copy(), point.copy()
            ahead[position] += step
            behind[position] -= step
            change = np.asarray(residual(ahead, given)) - np.asarray(residual(behind, given))
            columns.append(change / (ahead[position] - behind[position]))
        return np.array(columns).T

    return differences


def _name_faults(names: Sequence[str]) -> list[str]:
    """Return a fault for every name that is no identifier, or used twice."""
    faults = [f"name {name!r} is not allowed: letters, digits and _ only, no digit first"
              for name in names if not name.isidentifier()]  # fmt: skip
    twice = sorted({name for name in names if list(names).count(name) > 1})
    return faults + [f"name {name!r} is used twice" for name in twice]


def _finite_faults(values: Array, names: Sequence[str]) -> list[str]:
    """Return a fault for every parameter that is not a finite number."""
    return [
        f"parameter {name!r} is {value}; must be a finite number"
        for name, value in zip(names, values, strict=True)
        if not np.isfinite(value)
    ]


def _read_bounds(
    unknowns: Sequence[str], bounds: Mapping[str, tuple[float, float]], faults: list[str]
) -> tuple[Array, Array]:
    """Return lower and upper bounds as arrays; faults are added to the list."""
    lower = np.full(len(unknowns), -np.inf)
    upper = np.full(len(unknowns), np.inf)
    for name, pair in bounds.items():
        if name not in unknowns:
            faults.append(f"bounds of {name!r}: there is no such unknown")
            continue
        if np.size(pair) != 2:
            faults.append(f"bounds of {name!r}: {pair!r}; must be lower and upper bound")
            continue
        low, high = float(pair[0]), float(pair[1])
        if not low < high:  # NaN too
            faults.append(f"bounds of {name!r}: {low} to {high}; the lower must be below the upper")
        position = list(unknowns).index(name)
        lower[position], upper[position] = low, high
    return lower, upper
