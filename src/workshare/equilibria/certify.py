"""Proof of roots, one by one: Krawczyk's test in ball arithmetic.

For a square system F, a point c, an approximate inverse Y of F'(c) and a box B of half-width r
around c, the *Krawczyk operator* is

    K(B) = c - Y F(c) + (I - Y F'(B)) (B - c).

If K(B) lies inside B, exactly one root lies in B (Krawczyk 1969; Neumaier 1990, section 5.1). Balls
with rigorous radii (Arb through python-flint) make the test a proof. For a real system a complex
ball around a real centre is its own mirror image, so its one root is real.

Two roots are different where their balls do not touch.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from flint import acb, acb_mat, arb, arb_mat, ctx

from workshare.arrays import Array
from workshare.equilibria import tape as operations
from workshare.equilibria.nearness import near_pairs
from workshare.equilibria.polynomial import Complex, Polynomials
from workshare.equilibria.system import System
from workshare.equilibria.tape import Tape

BITS = 64
"""Working precision of the balls."""

MORE_BITS = 160
"""Precision with which a root is improved, and tried again, where double precision cannot."""


@dataclass(frozen=True, slots=True, eq=False)
class Certificate:
    """What was proven of one root.

    Attributes
    ----------
    holds : whether exactly one root is proven to lie within ``radius`` of ``centre``.
    centre : the improved point, shape (n,), real or complex.
    radius : half-width of the box (of real and imaginary part each), shape (n,).
    is_real : whether the root is proven to be real.
    index : sign of det(-F'), proven on the whole box for real roots; 0 where it is not.
    """

    holds: bool
    centre: npt.NDArray[Any]
    radius: Array
    is_real: bool
    index: int = 0


# --- smooth systems -------------------------------------------------------------------------------


def certify_point(system: System, point: Array) -> Certificate:
    """Return the certificate of a real root near ``point``, from the system's tape.

    A system without a tape has no certificate: ``holds`` is False.

    Examples
    --------
    >>> from workshare.equilibria.system import system_from_text
    >>> proof = certify_point(system_from_text(["x^2 - 2"], ["x"]), np.array([1.414]))
    >>> proof.holds, round(float(proof.centre[0]), 12), proof.index
    (True, 1.414213562373, -1)
    """
    n = system.size
    nothing = Certificate(False, np.asarray(point), np.full(n, np.nan), True)
    if system.tape is None or not np.all(np.isfinite(point)):
        return nothing
    x = refine(system, np.asarray(point, dtype=float))
    if x is None:
        return nothing
    jacobian = system.derivative(x)
    if not np.all(np.isfinite(jacobian)):
        return nothing
    try:
        inverse = np.linalg.inv(jacobian)
    except np.linalg.LinAlgError:
        return nothing
    ctx.prec = BITS
    values, _ = _tape_balls(system.tape, [arb(float(v)) for v in x], system.parameters, False)
    correction = arb_mat(inverse.tolist()) * arb_mat([[value] for value in values])
    scale = np.maximum(np.abs(x), 1e-3)
    size = max(_upper(correction[k, 0]) / scale[k] for k in range(n))
    for factor in (2.0, 16.0, 1024.0):
        radius = np.maximum(size * factor, 1e-15) * scale
        box = [arb(float(v), float(r)) for v, r in zip(x, radius, strict=True)]
        _, rows = _tape_balls(system.tape, box, system.parameters, True)
        jacobian_ball = arb_mat(rows)
        rest = _identity(arb_mat, n) - arb_mat(inverse.tolist()) * jacobian_ball
        spread = rest * arb_mat([[arb(0, float(r))] for r in radius])
        if all(_upper(arb_sum(correction[k, 0], spread[k, 0])) < radius[k] for k in range(n)):
            return Certificate(True, x, radius, True, _sign(jacobian, rest))
    return nothing


def arb_sum(one: Any, two: Any) -> Any:
    """Return the ball that holds minus the first plus the second."""
    return two - one


def _sign(jacobian: Array, rest: Any) -> int:
    """Return the sign of det(-F'), from det(Y F'(B)) > 0 where the norm of I - Y F'(B) is < 1."""
    n = jacobian.shape[0]
    for row in range(n):
        if not sum(_upper(rest[row, column]) for column in range(n)) < 1.0:
            return 0
    # then every matrix of the box has the determinant's sign of the inverse of Y
    sign, _ = np.linalg.slogdet(-jacobian)
    return int(sign)


def _identity(kind: Any, n: int) -> Any:
    return kind([[1 if i == j else 0 for j in range(n)] for i in range(n)])


def _upper(ball: Any) -> float:
    """Return a float not below the absolute value of every member of a ball."""
    bound = ball.abs_upper() if hasattr(ball, "abs_upper") else abs(ball)
    return float(np.nextafter(float(bound), np.inf)) if bound.is_finite() else np.inf


def refine(system: System, point: Array, iterations: int = 12) -> Array | None:
    """Return the point after Newton's method; None where it leaves the finite numbers."""
    x = point.copy()
    best, least = x, np.inf
    for _ in range(iterations):
        value = system.value(x)
        size = float(np.max(np.abs(value)))
        if not np.isfinite(size):
            break
        if size < least:
            best, least = x.copy(), size
        try:
            step = np.linalg.solve(system.derivative(x), -value)
        except np.linalg.LinAlgError:
            break
        if not np.all(np.isfinite(step)):
            break
        x = x + step
        if np.all(np.abs(step) <= 4e-16 * np.maximum(np.abs(x), 1e-3)):
            break
    value = system.value(x)
    if np.all(np.isfinite(value)) and float(np.max(np.abs(value))) < least:
        best = x
    return best if np.isfinite(least) else None


def _tape_balls(
    tape: Tape, inputs: Sequence[Any], parameters: Array, derivatives: bool
) -> tuple[list[Any], list[list[Any]]]:
    """Return outputs and, where asked, their derivatives by the unknowns, all as balls.

    Parameters are exact: what is proven is proven of the system with just these doubles, 0.1
    being the double nearest to a tenth. Where parameters are uncertain use
    :func:`workshare.equilibria.tube.tube`, which takes them as intervals.
    """
    values = [*inputs, *(arb(float(value)) for value in parameters)]
    offset = len(values)
    partials: list[tuple[Any, Any]] = []
    for step in range(tape.operation.size):
        kind, number = int(tape.operation[step]), float(tape.number[step])
        a = values[tape.left[step]]
        b = values[tape.right[step]]
        result, one, two = _ball_step(kind, number, a, b, derivatives)
        values.append(result)
        partials.append((one, two))
    outputs = [values[position] for position in tape.outputs]
    if not derivatives:
        return outputs, []
    rows = []
    for position in tape.outputs:
        adjoint: dict[int, Any] = {int(position): arb(1)}
        for step in range(int(position) - offset, -1, -1):
            weight = adjoint.pop(offset + step, None)
            if weight is None or tape.operation[step] == operations.CONSTANT:
                continue
            one, two = partials[step]
            left, right = int(tape.left[step]), int(tape.right[step])
            adjoint[left] = adjoint.get(left, 0) + weight * one
            if two is not None:
                adjoint[right] = adjoint.get(right, 0) + weight * two
        rows.append([adjoint.get(k, arb(0)) for k in range(tape.num_unknowns)])
    return outputs, rows


def _ball_step(kind: int, number: float, a: Any, b: Any, wanted: bool) -> tuple[Any, Any, Any]:
    """Return the value of one operation and its derivatives by the operands."""
    if kind == operations.CONSTANT:
        return arb(number), None, None
    if kind == operations.ADD:
        return a + b, 1, 1
    if kind == operations.SUBTRACT:
        return a - b, 1, -1
    if kind == operations.MULTIPLY:
        return a * b, b, a
    if kind == operations.DIVIDE:
        result = a / b
        return result, (1 / b if wanted else None), (-result / b if wanted else None)
    if kind == operations.NEGATE:
        return -a, -1, None
    if kind == operations.POWER:
        exponent = round(number)
        derivative = exponent * a ** (exponent - 1) if wanted and exponent else arb(0)
        return a**exponent, derivative, None
    if kind == operations.ROOT_POWER:
        result = a ** arb(number)
        return result, (arb(number) * a ** (arb(number) - 1) if wanted else None), None
    return _ball_function(kind, a, wanted)


def _ball_function(kind: int, a: Any, wanted: bool) -> tuple[Any, Any, Any]:
    """Return an elementary function of a ball and its derivative."""
    if kind == operations.EXP:
        result = a.exp()
        return result, result, None
    if kind == operations.LOG:
        return a.log(), (1 / a if wanted else None), None
    if kind == operations.SQRT:
        result = a.sqrt()
        return result, (1 / (2 * result) if wanted else None), None
    if kind == operations.TANH:
        result = a.tanh()
        return result, (1 - result * result if wanted else None), None
    if kind == operations.SIN:
        return a.sin(), (a.cos() if wanted else None), None
    if kind == operations.COS:
        return a.cos(), (-a.sin() if wanted else None), None
    return a.atan(), (1 / (1 + a * a) if wanted else None), None


# --- polynomial systems ---------------------------------------------------------------------------


def certify_roots(system: Polynomials, roots: Complex) -> list[Certificate]:
    """Return the certificate of every complex root of a polynomial system.

    A root whose imaginary part is below rounding is tried as a real one first; a real system has
    exactly one root in a ball that is its own mirror image, so that root is real.
    """
    ctx.prec = BITS
    plan = _Plan(system)
    return [_certify_root(system, plan, np.asarray(root, dtype=complex)) for root in roots]


class _Plan:
    """The terms of a system in the form in which balls are evaluated."""

    def __init__(self, system: Polynomials) -> None:
        self.size = system.size
        self.highest = system.exponents.max(axis=0, initial=1)
        self.terms: list[list[tuple[Any, list[tuple[int, int]]]]] = [[] for _ in range(self.size)]
        for term, row in enumerate(system.equation):
            exponents = system.exponents[term]
            factors = [(int(v), int(exponents[v])) for v in np.flatnonzero(exponents)]
            coefficient = complex(system.coefficients[term])
            number = (
                acb(coefficient.real, coefficient.imag)
                if coefficient.imag
                else (arb(coefficient.real))
            )
            self.terms[row].append((number, factors))

    def powers(self, box: Sequence[Any]) -> list[list[Any]]:
        """Return the powers of every unknown, from 0 on."""
        table = []
        for value, highest in zip(box, self.highest, strict=True):
            row = [value**0, value]
            for exponent in range(2, int(highest) + 1):
                row.append(value * value if exponent == 2 else row[-1] * value)
            table.append(row)
        return table

    def value(self, box: Sequence[Any], zero: Any) -> list[Any]:
        """Return the equations on a box."""
        table = self.powers(box)
        result = []
        for terms in self.terms:
            total = zero
            for coefficient, factors in terms:
                product = coefficient
                for v, e in factors:
                    product = product * table[v][e]
                total = total + product
            result.append(total)
        return result

    def jacobian(self, box: Sequence[Any], zero: Any) -> list[list[Any]]:
        """Return the derivatives on a box."""
        table = self.powers(box)
        rows = []
        for terms in self.terms:
            row = [zero] * self.size
            for coefficient, factors in terms:
                for v, e in factors:
                    product = coefficient * e if e > 1 else coefficient
                    for w, d in factors:
                        if w != v:
                            product = product * table[w][d]
                        elif e > 1:
                            product = product * table[w][e - 1]
                    row[v] = row[v] + product
            rows.append(row)
        return rows


def _certify_root(system: Polynomials, plan: _Plan, root: Complex) -> Certificate:
    """Return the certificate of one root, as a real one where it looks real."""
    scale = np.maximum(np.abs(root), 1e-3)
    if system.is_real and np.all(np.abs(root.imag) < 1e-7 * np.maximum(scale, 1.0)):
        proof = _krawczyk(system, plan, root.real.astype(float))
        if proof.holds:
            return proof
    return _krawczyk(system, plan, root)


def _krawczyk(system: Polynomials, plan: _Plan, start: npt.NDArray[Any]) -> Certificate:
    """Return the certificate of a root near a real or complex start."""
    real = not np.iscomplexobj(start)
    n = system.size
    x = start.copy()
    nothing = Certificate(False, start, np.full(n, np.nan), False)
    inverse: npt.NDArray[Any] = np.eye(n)
    for _ in range(3):
        jacobian: npt.NDArray[Any] = float_jacobian(system, x)
        value: npt.NDArray[Any] = system.value(x.astype(complex))
        if real:
            jacobian, value = jacobian.real, value.real
        try:
            inverse = np.linalg.inv(jacobian)
        except np.linalg.LinAlgError:
            return nothing
        step = inverse @ value
        if not np.all(np.isfinite(step)):
            return nothing
        x = x - step
        if np.all(np.abs(step) < 1e-12 * np.maximum(np.abs(x), 1e-3)):
            break
    proof = _test(plan, x, jacobian, inverse)
    if proof.holds:
        return proof
    # components of very different sizes: residuals cancel in double precision, so that Newton's
    # method stalls before the last digits; with more bits it does not
    ctx.prec = MORE_BITS
    try:
        better = _polished(system, plan, x)
        proof = proof if better is None else _test(plan, *better)
    finally:
        ctx.prec = BITS
    return proof if proof.holds else nothing


def _polished(
    system: Polynomials, plan: _Plan, start: npt.NDArray[Any]
) -> tuple[npt.NDArray[Any], npt.NDArray[Any], npt.NDArray[Any]] | None:
    """Return a point after Newton's method with exact residuals, its Jacobian and the inverse.

    None where it leaves the neighbourhood: the proof must be of a root near the start.
    """
    real = not np.iscomplexobj(start)
    zero = arb(0) if real else acb(0)
    x = start.copy()
    for _ in range(6):
        jacobian: npt.NDArray[Any] = float_jacobian(system, x)
        jacobian = jacobian.real if real else jacobian
        try:
            inverse = np.linalg.inv(jacobian)
        except np.linalg.LinAlgError:
            return None
        balls = plan.value([_ball(v, 0.0, real) for v in x], zero)
        value = np.array([float(v.mid()) if real else complex(v.mid()) for v in balls])
        step = inverse @ value
        size = np.max(np.abs(step) / np.maximum(np.abs(x), 1e-3))
        if not size < 1e-4:
            return None
        x = x - step
        if size < 1e-15:
            break
    return x, jacobian, inverse


def _test(
    plan: _Plan, x: npt.NDArray[Any], jacobian: npt.NDArray[Any], inverse: npt.NDArray[Any]
) -> Certificate:
    """Return the certificate by Krawczyk's test around a point."""
    real = not np.iscomplexobj(x)
    n = plan.size
    matrix, zero = (arb_mat, arb(0)) if real else (acb_mat, acb(0))
    point = [_ball(v, 0.0, real) for v in x]
    Y = matrix([[_ball(v, 0.0, real) for v in row] for row in inverse])
    correction = Y * matrix([[v] for v in plan.value(point, zero)])
    scale = np.maximum(np.abs(x), 1e-3)
    size = max(_upper(correction[k, 0]) / scale[k] for k in range(n))
    identity = _identity(matrix, n)
    for factor in (2.0, 16.0, 1024.0):
        radius = np.maximum(size * factor, 1e-15) * scale
        box = [_ball(v, r, real) for v, r in zip(x, radius, strict=True)]
        rest = identity - Y * matrix(plan.jacobian(box, zero))
        spread = rest * matrix([[_ball(0.0, r, real)] for r in radius])
        if all(_inside(spread[k, 0] - correction[k, 0], radius[k], real) for k in range(n)):
            index = _sign(jacobian, rest) if real else 0
            return Certificate(True, x, radius, real, index)
    return Certificate(False, x, np.full(n, np.nan), False)


def _ball(value: Any, radius: float, real: bool) -> Any:
    """Return a ball (a square in the complex plane) of half-width ``radius``."""
    if real:
        return arb(float(value), float(radius))
    return acb(arb(float(np.real(value)), float(radius)), arb(float(np.imag(value)), float(radius)))


def _inside(ball: Any, radius: float, real: bool) -> bool:
    """Return whether a ball lies strictly inside the box of half-width ``radius`` around zero."""
    if real:
        return _upper(ball) < radius
    return _upper(ball.real) < radius and _upper(ball.imag) < radius


def float_jacobian(system: Polynomials, point: npt.NDArray[Any]) -> Complex:
    """Return the Jacobian in double precision, shape (n, n), complex."""
    n = system.size
    x = np.asarray(point, dtype=complex)
    powers = x[None, :] ** system.exponents
    result = np.zeros((n, n), dtype=complex)
    for v in range(n):
        used = system.exponents[:, v] > 0
        factors = powers[used].copy()
        exponents = system.exponents[used, v]
        factors[:, v] = exponents * x[v] ** (exponents - 1)
        np.add.at(result[:, v], system.equation[used], system.coefficients[used] * factors.prod(1))
    return result


# --- disjoint -------------------------------------------------------------------------------------


def touching(certificates: Sequence[Certificate]) -> list[tuple[int, int]]:
    """Return the pairs of certified boxes that touch: they may hold the same root.

    Examples
    --------
    >>> one = Certificate(True, np.array([0.0]), np.array([0.2]), True)
    >>> two = Certificate(True, np.array([0.3]), np.array([0.2]), True)
    >>> touching([one, two])
    [(0, 1)]
    """
    holding = [k for k, item in enumerate(certificates) if item.holds]
    if len(holding) < 2:
        return []
    centres = np.array([certificates[k].centre for k in holding])
    radii = np.array([certificates[k].radius for k in holding])
    rows = np.column_stack([centres.real, np.imag(centres)])
    reach = 2.0 * float(np.max(np.linalg.norm(np.column_stack([radii, radii]), axis=1)))
    pairs = []
    for i, j in near_pairs(rows, max(reach * (1 + 1e-9), 1e-300)):
        gap = centres[i] - centres[j]
        room = (radii[i] + radii[j]) * (1 + 1e-12)
        if np.all(np.abs(np.real(gap)) <= room) and np.all(np.abs(np.imag(gap)) <= room):
            pairs.append((holding[i], holding[j]))
    return pairs
