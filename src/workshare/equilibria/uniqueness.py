"""Uniqueness first: tests that are cheap at any size and, where they hold, are proofs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from workshare.arrays import Array
from workshare.equilibria.interval import interval_jacobian, krawczyk_rate
from workshare.equilibria.system import System


@dataclass(frozen=True, slots=True)
class Uniqueness:
    """Whether there is at most one equilibrium, and by which test.

    Attributes
    ----------
    holds : True: proven that there is at most one. False: the test does not say.
    radius : the number that must be below one.
    test : name of the test.
    reason : where it holds or fails, in words.
    """

    holds: bool
    radius: float
    test: str
    reason: str


def spectral_radius(matrix: Array) -> float:
    """Return the largest absolute eigenvalue of a square matrix."""
    return float(np.max(np.abs(np.linalg.eigvals(matrix)), initial=0.0))


def elasticity_test(elasticities: Array) -> Uniqueness:
    """Return the test of Allen, Arkolakis and Li for ``x_ih = sum_j f_ijh(x_j1, ..., x_jH)``.

    Parameters
    ----------
    elasticities : shape (H, H): bounds on ``|d ln f_ijh / d ln x_jh'|`` over all i, j and positive
        x. If its spectral radius is below one, a positive solution exists, is the only one, and
        iteration converges to it at that rate (Allen, Arkolakis and Li, "On the equilibrium
        properties of spatial models", Theorem 1). At exactly one the theorem needs more; this
        function then says that nothing is known.

    Examples
    --------
    >>> elasticity_test(np.array([[0.2, 0.3], [0.1, 0.4]])).holds
    True
    """
    radius = spectral_radius(np.abs(np.asarray(elasticities, dtype=float)))
    holds = bool(radius < 1.0 - 1e-12)
    reason = (
        f"the spectral radius of the elasticities is {radius:.4g} < 1"
        if holds
        else f"the spectral radius of the elasticities is {radius:.4g}, not below 1"
    )
    return Uniqueness(holds, radius, "spectral radius", reason)


def uniqueness_test(
    system: System, *, lower: Array | None = None, upper: Array | None = None
) -> Uniqueness:
    """Return whether at most one root lies in the box, from bounds of the Jacobian over all of it.

    Two tests, both with outward rounding: the Jacobian preconditioned by the inverse of its middle
    is nearer than one to the identity (then the residual is one-to-one on the box; Neumaier 1990,
    Theorem 5.1.7); and, for a residual of the form ``T(x) - x``, the largest absolute derivatives
    of T have spectral radius below one (then T is a contraction in a scaled maximum norm).

    Examples
    --------
    >>> from workshare.equilibria.system import system_from_text
    >>> weak = system_from_text(["tanh(0.5 * x) - x"], ["x"], bounds={"x": (-2, 2)})
    >>> uniqueness_test(weak).holds
    True
    """
    low = system.lower if lower is None else lower
    high = system.upper if upper is None else upper
    if system.tape is None:
        return Uniqueness(False, np.nan, "none", "the system has no tape, so nothing is bounded")
    rate = krawczyk_rate(system, low, high) if np.all(np.isfinite(high - low)) else np.nan
    if rate < 1.0:
        return Uniqueness(
            True, rate, "one-to-one", f"the residual is one-to-one on the box (rate {rate:.4g} < 1)"
        )
    JL, JH = interval_jacobian(system, low, high)
    bounds = np.maximum(np.abs(JL + np.eye(system.size)), np.abs(JH + np.eye(system.size)))
    if np.all(np.isfinite(bounds)):
        radius = spectral_radius(bounds * (1 + 1e-10))
        if radius < 1.0 - 1e-9:
            return Uniqueness(
                True,
                radius,
                "spectral radius",
                f"the map is a contraction (spectral radius {radius:.4g} < 1)",
            )
        worst = int(np.argmax(bounds.sum(axis=1)))
        return Uniqueness(
            False,
            radius,
            "spectral radius",
            f"not shown to be unique: spectral radius {radius:.4g}, strongest in the equation of "
            f"{system.unknowns[worst]!r}",
        )
    return Uniqueness(False, np.nan, "none", "the Jacobian is not bounded on the box")
