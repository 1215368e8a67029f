"""Polynomial systems: exponents and coefficients, made from arrays or from a tape.

Rational exponents become polynomial by substitution: ``x = y**D`` with the least common denominator
D for every unknown that is raised to a fraction, and a new unknown ``u**q = base`` where the base
is an expression. Denominators are cleared; solutions where one of them is zero do not solve the
original equations and are dropped afterwards. For isolated roots that is exactly saturation, and it
costs no further unknown.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import lcm

import numpy as np
import numpy.typing as npt

from workshare.arrays import Array
from workshare.equilibria import tape as operations
from workshare.equilibria.system import System
from workshare.errors import OptionError

Complex = npt.NDArray[np.complex128]
Integers = npt.NDArray[np.int64]

MAX_DENOMINATOR = 12
"""Largest denominator that an exponent may have to be read as a fraction."""

MAX_TERMS = 20_000

Monomial = tuple[int, ...]
Terms = dict[Monomial, float]


@dataclass(frozen=True, slots=True, eq=False)
class Polynomials:
    """A square polynomial system.

    Attributes
    ----------
    equation : equation of each term, rising, shape (terms,).
    exponents : exponents of each term, shape (terms, unknowns).
    coefficients : coefficient of each term, shape (terms,).
    powers : the first unknowns ``y`` stand for ``x = y**powers``; the rest are auxiliary.
    denominators : polynomials that must not be zero at a solution, as (exponents, coefficients).
    positive : for each unknown, whether only positive values stand for a solution (it is a root).
    """

    equation: Integers
    exponents: Integers
    coefficients: Complex
    powers: Integers
    denominators: tuple[tuple[Integers, Complex], ...] = ()
    positive: tuple[bool, ...] = ()

    @property
    def size(self) -> int:
        """Number of unknowns and of equations."""
        return int(self.exponents.shape[1])

    @property
    def degrees(self) -> Integers:
        """Degree of each equation, shape (n,)."""
        degrees = np.zeros(self.size, dtype=np.int64)
        np.maximum.at(degrees, self.equation, self.exponents.sum(axis=1))
        return degrees

    @property
    def is_real(self) -> bool:
        """Whether every coefficient is real; then roots come in conjugate pairs."""
        return bool(np.all(self.coefficients.imag == 0))

    def value(self, points: Complex) -> Complex:
        """Return the equations at points of shape (..., n), shape (..., n)."""
        monomials = np.prod(points[..., None, :] ** self.exponents, axis=-1)
        result = np.zeros((*points.shape[:-1], self.size), dtype=complex)
        np.add.at(
            np.moveaxis(result, -1, 0),
            self.equation,
            np.moveaxis(monomials * self.coefficients, -1, 0),
        )
        return result

    def with_coefficients(self, coefficients: Complex) -> Polynomials:
        """Return the same terms with other coefficients."""
        given = np.asarray(coefficients, dtype=complex)
        if given.shape != self.coefficients.shape:
            raise OptionError(
                f"{given.shape} coefficients for {self.coefficients.size} terms; must be as many"
            )
        return Polynomials(
            self.equation, self.exponents, given, self.powers, self.denominators, self.positive
        )


def polynomials_from_arrays(
    equations: Sequence[Sequence[tuple[complex, Sequence[int]]]],
) -> Polynomials:
    """Return the system whose equations are lists of (coefficient, exponents).

    Raises
    ------
    OptionError : not square, an equation without a term, an exponent that is no whole number >= 0,
        or a coefficient that is not finite; all faults at once.

    Examples
    --------
    >>> circle = [(1, (2, 0)), (1, (0, 2)), (-1, (0, 0))]
    >>> line = [(1, (1, 0)), (-1, (0, 1))]
    >>> polynomials_from_arrays([circle, line]).degrees
    array([2, 1])
    """
    n = len(equations)
    faults: list[str] = []
    rows: list[tuple[int, tuple[int, ...], complex]] = []
    for row, terms in enumerate(equations):
        summed: dict[tuple[int, ...], complex] = {}
        for coefficient, exponents in terms:
            key = tuple(int(e) for e in exponents)
            if len(key) != n or any(
                e < 0 or e != raw for e, raw in zip(key, exponents, strict=True)
            ):
                faults.append(
                    f"equation {row + 1}: exponents {tuple(exponents)}; must be {n} whole numbers "
                    ">= 0, as many as equations"
                )
                continue
            if not np.isfinite(coefficient):
                faults.append(f"equation {row + 1}: coefficient {coefficient}; must be finite")
            summed[key] = summed.get(key, 0) + complex(coefficient)
        kept = {key: value for key, value in summed.items() if value != 0}
        if not kept:
            faults.append(f"equation {row + 1} is zero: it says nothing, and solutions form curves")
        rows += [(row, key, value) for key, value in sorted(kept.items(), reverse=True)]
    if faults:
        raise OptionError("; ".join(faults))
    return Polynomials(
        np.array([row for row, _, _ in rows], dtype=np.int64),
        np.array([key for _, key, _ in rows], dtype=np.int64).reshape(-1, n),
        np.array([value for _, _, value in rows], dtype=complex),
        np.ones(n, dtype=np.int64),
        positive=(False,) * n,
    )


def polynomials_of(system: System) -> Polynomials | None:
    """Return the polynomial form of a system at its parameters; None where it has none.

    Examples
    --------
    >>> from workshare.equilibria.system import system_from_text
    >>> root = polynomials_of(system_from_text(["x^(1/2) + 1/x - 3"], ["x"]))
    >>> int(root.powers[0]), root.degrees
    (2, array([3]))
    """
    if system.tape is None:
        return None
    denominators = [1] * system.size
    for _ in range(8):
        try:
            return _Reader(system, denominators).read()
        except _NeedsPowerError as need:
            for position, denominator in need.powers.items():
                denominators[position] = lcm(denominators[position], denominator)
            if max(denominators) > MAX_DENOMINATOR:
                return None
        except (_NotPolynomialError, OverflowError):
            return None
    return None


class _NotPolynomialError(Exception):
    """The system has no polynomial form."""


class _NeedsPowerError(Exception):
    """Unknowns must be replaced by powers of new ones; ``powers`` says which and how high."""

    def __init__(self, powers: dict[int, int]) -> None:
        super().__init__(powers)
        self.powers = powers


@dataclass(slots=True)
class _Ratio:
    """A quotient of two polynomials."""

    top: Terms
    bottom: Terms


class _Reader:
    """Turns a tape into polynomials, operation by operation."""

    def __init__(self, system: System, denominators: list[int]) -> None:
        assert system.tape is not None
        self.system, self.tape = system, system.tape
        self.denominators = denominators
        roots = [k for k, kind in enumerate(self.tape.operation) if kind in _ROOTS]
        self.size = system.size + len(roots)  # at most one auxiliary unknown for each root
        self.auxiliary: list[tuple[Terms, Terms, int]] = []
        self.known_roots: dict[tuple[int, int], int] = {}
        self.excluded: list[Terms] = []
        self.one: Terms = {(0,) * self.size: 1.0}

    def read(self) -> Polynomials:
        """Return the polynomials of the tape's outputs, and of the auxiliary unknowns."""
        tape, offset = self.tape, self.system.size + self.system.parameters.size
        values: list[_Ratio] = [
            _Ratio({self._unit(k, self.denominators[k]): 1.0}, self.one)
            for k in range(self.system.size)
        ]
        values += [self._constant(float(value)) for value in self.system.parameters]
        for step in range(tape.operation.size):
            values.append(self._step(step, values))
        assert len(values) == offset + tape.operation.size
        equations = [values[position].top for position in tape.outputs]
        for position in tape.outputs:
            self._exclude(values[position].bottom)
        size = self.system.size + len(self.auxiliary)
        for number, (top, bottom, power) in enumerate(self.auxiliary):
            unit = {self._unit(self.system.size + number, power): 1.0}
            equations.append(_add(top, _multiply(unit, bottom), -1.0))
            self._exclude(bottom)
        return self._pack(equations, size)

    def _pack(self, equations: list[Terms], size: int) -> Polynomials:
        """Return the record; unused auxiliary places are cut off."""
        lists = [
            [(value, key[:size]) for key, value in terms.items()] or [(0.0, (0,) * size)]
            for terms in equations
        ]
        plain = polynomials_from_arrays(lists)
        powers = np.array(self.denominators, dtype=np.int64)
        positive = [d > 1 for d in self.denominators] + [True] * len(self.auxiliary)
        excluded = tuple(
            (
                np.array([key[:size] for key in terms], dtype=np.int64).reshape(-1, size),
                np.array(list(terms.values()), dtype=complex),
            )
            for terms in self.excluded
        )
        return Polynomials(
            plain.equation,
            plain.exponents,
            plain.coefficients,
            powers,
            excluded,
            tuple(positive),
        )

    def _unit(self, position: int, power: int) -> Monomial:
        """Return the exponents of one unknown to a power."""
        return tuple(power if k == position else 0 for k in range(self.size))

    def _constant(self, value: float) -> _Ratio:
        return _Ratio({(0,) * self.size: value} if value != 0 else {}, self.one)

    def _exclude(self, terms: Terms) -> None:
        """Remember a denominator that is not a constant."""
        if any(any(key) for key in terms) and terms not in self.excluded:
            self.excluded.append(terms)

    def _step(self, step: int, values: list[_Ratio]) -> _Ratio:
        """Return the value of one operation."""
        kind, number = int(self.tape.operation[step]), float(self.tape.number[step])
        if kind == operations.CONSTANT:
            return self._constant(number)
        a = values[self.tape.left[step]]
        if kind == operations.NEGATE:
            return _Ratio(_scale(a.top, -1.0), a.bottom)
        if kind in _ROOTS:
            return self._root(int(self.tape.left[step]), a, _exponent(kind, number))
        if kind == operations.POWER:
            return self._power(a, round(number))
        if kind not in (
            operations.ADD,
            operations.SUBTRACT,
            operations.MULTIPLY,
            operations.DIVIDE,
        ):
            raise _NotPolynomialError
        b = values[self.tape.right[step]]
        if kind == operations.MULTIPLY:
            return _Ratio(_multiply(a.top, b.top), _multiply(a.bottom, b.bottom))
        if kind == operations.DIVIDE:
            if not b.top:
                raise _NotPolynomialError
            return self._quotient(_multiply(a.top, b.bottom), _multiply(a.bottom, b.top), b.top)
        sign = 1.0 if kind == operations.ADD else -1.0
        if a.bottom == b.bottom:
            return _Ratio(_add(a.top, b.top, sign), a.bottom)
        top = _add(_multiply(a.top, b.bottom), _multiply(b.top, a.bottom), sign)
        return _Ratio(top, _multiply(a.bottom, b.bottom))

    def _quotient(self, top: Terms, bottom: Terms, divisor: Terms) -> _Ratio:
        """Return top/bottom, a constant divided out; ``divisor`` must not vanish."""
        self._exclude(divisor)
        if len(bottom) == 1:
            ((key, value),) = bottom.items()
            if not any(key):
                return _Ratio(_scale(top, 1.0 / value), self.one)
        return _Ratio(top, bottom)

    def _power(self, a: _Ratio, exponent: int) -> _Ratio:
        """Return a whole power."""
        if exponent < 0:
            if not a.top:
                raise _NotPolynomialError
            self._exclude(a.top)
            a, exponent = _Ratio(a.bottom, a.top), -exponent
        result = _Ratio(self.one, self.one)
        for _ in range(exponent):
            result = _Ratio(_multiply(result.top, a.top), _multiply(result.bottom, a.bottom))
        return result

    def _root(self, position: int, a: _Ratio, exponent: Fraction) -> _Ratio:
        """Return a fractional power: of a monomial directly, of anything else by a new unknown."""
        p, q = exponent.numerator, exponent.denominator
        if len(a.top) == 1 and len(a.bottom) == 1:
            (up, c), (down, d) = next(iter(a.top.items())), next(iter(a.bottom.items()))
            difference = [u - v for u, v in zip(up, down, strict=True)]
            needs = {
                k: q // np.gcd(q, abs(e))
                for k, e in enumerate(difference)
                if (e * p) % q and k < self.system.size
            }
            if needs:
                raise _NeedsPowerError({k: int(v) for k, v in needs.items()})
            if c / d > 0 and all((e * p) % q == 0 for e in difference):
                raised = [e * p // q for e in difference]
                top = {tuple(max(e, 0) for e in raised): float((c / d) ** (p / q))}
                bottom = {tuple(max(-e, 0) for e in raised): 1.0}
                self._exclude(bottom)
                return _Ratio(top, bottom)
        if not a.top:
            if p < 0:
                raise _NotPolynomialError
            return self._constant(0.0)
        key = (position, q)
        if key not in self.known_roots:
            self.known_roots[key] = self.system.size + len(self.auxiliary)
            self.auxiliary.append((a.top, a.bottom, q))
        unit = {self._unit(self.known_roots[key], abs(p)): 1.0}
        if p < 0:
            self._exclude(unit)
            return _Ratio(self.one, unit)
        return _Ratio(unit, self.one)


_ROOTS = (operations.ROOT_POWER, operations.SQRT)


def _exponent(kind: int, number: float) -> Fraction:
    """Return the exponent of a root as a fraction that gives the same double."""
    if kind == operations.SQRT:
        return Fraction(1, 2)
    exponent = Fraction(number).limit_denominator(MAX_DENOMINATOR)
    if float(exponent) != number:
        raise _NotPolynomialError
    return exponent


def _scale(terms: Terms, factor: float) -> Terms:
    return {key: value * factor for key, value in terms.items()}


def _add(one: Terms, two: Terms, sign: float) -> Terms:
    """Return one + sign * two, terms of coefficient zero left out."""
    result = dict(one)
    for key, value in two.items():
        total = result.get(key, 0.0) + sign * value
        if total == 0.0:
            result.pop(key, None)
        else:
            result[key] = total
    return result


def _multiply(one: Terms, two: Terms) -> Terms:
    """Return the product."""
    if len(one) * len(two) > MAX_TERMS:
        raise _NotPolynomialError
    result: Terms = {}
    for left, a in one.items():
        for right, b in two.items():
            key = tuple(x + y for x, y in zip(left, right, strict=True))
            total = result.get(key, 0.0) + a * b
            if total == 0.0:
                result.pop(key, None)
            else:
                result[key] = total
    return result


def to_unknowns(polynomials: Polynomials, roots: Complex, size: int) -> tuple[Complex, Array]:
    """Return points of the original unknowns and which of them stand for solutions.

    A root stands for a solution where no denominator is zero and every unknown that was introduced
    as a positive root is real and not negative.

    Returns
    -------
    points : shape (roots, size).
    kept : shape (roots,), true or false.
    """
    kept = np.ones(roots.shape[0], dtype=bool)
    for exponents, coefficients in polynomials.denominators:
        monomials = np.prod(roots[:, None, :] ** exponents, axis=-1)
        value = monomials @ coefficients
        scale = np.abs(monomials) @ np.abs(coefficients)
        kept &= np.abs(value) > 1e-9 * np.maximum(scale, 1e-9)
    for position, positive in enumerate(polynomials.positive):
        if positive:
            column = roots[:, position]
            kept &= (np.abs(column.imag) < 1e-9 * (1 + np.abs(column))) & (column.real > -1e-12)
    points = roots[:, :size] ** polynomials.powers[:size]
    return points, kept
