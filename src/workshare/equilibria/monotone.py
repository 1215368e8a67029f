"""Strategic complements: the least and the greatest equilibrium, from below and from above.

Where every residual rises with every other unknown (a *cooperative* system), the map
``x -> x + residual / L`` is order-preserving for L large enough. Iterated from the lower bounds it
climbs to the least equilibrium, from the upper bounds it descends to the greatest, and every
equilibrium lies between the two (Tarski 1955; Milgrom and Roberts 1990; Vives 1990). With residuals
rounded outwards each iterate is itself a proven bound.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from workshare.arrays import Array
from workshare.equilibria.certify import Certificate, certify_point
from workshare.equilibria.interval import interval_jacobian, interval_value
from workshare.equilibria.system import System


@dataclass(frozen=True, slots=True, eq=False)
class Bracket:
    """Bounds on every equilibrium of a cooperative system.

    Attributes
    ----------
    lower, upper : proven bounds, shape (n,).
    least, greatest : certificates of the extreme equilibria; None where not certified.
    iterations : steps from below and from above.
    """

    lower: Array
    upper: Array
    least: Certificate | None
    greatest: Certificate | None
    iterations: tuple[int, int]

    @property
    def certified(self) -> bool:
        """Whether both ends are certified equilibria."""
        return self.least is not None and self.greatest is not None

    @property
    def unique(self) -> bool:
        """Whether least and greatest are the same equilibrium, hence the only one."""
        if self.least is None or self.greatest is None:
            return False
        gap = np.abs(self.least.centre - self.greatest.centre)
        # both ends in a box in which exactly one root is proven
        room = np.maximum(self.least.radius, self.greatest.radius)
        return bool(np.all(gap < room))


def is_cooperative(system: System) -> bool:
    """Return whether the Jacobian's off-diagonal entries are proven >= 0 between the bounds."""
    if system.tape is None or not np.all(np.isfinite(system.upper - system.lower)):
        return False
    JL, _ = interval_jacobian(system, system.lower, system.upper)
    off = JL[~np.eye(system.size, dtype=bool)]
    # a zero entry comes out with the roundings of additions of zeros
    return bool(np.all(off >= -1e-290))


def bracket(system: System, *, max_iterations: int = 20_000) -> Bracket | None:
    """Return least and greatest equilibrium of a cooperative system; None where it does not apply.

    It applies where off-diagonal derivatives are proven not negative between finite bounds, and the
    residual points inwards there: not negative at the lower bounds, not positive at the upper.

    Examples
    --------
    >>> from workshare.equilibria.system import system_from_text
    >>> system = system_from_text(["tanh(2 * x) - x"], ["x"], bounds={"x": (-2, 2)})
    >>> ends = bracket(system)
    >>> [round(float(end.centre[0]), 6) for end in (ends.least, ends.greatest)]
    [-0.957504, 0.957504]
    """
    if not is_cooperative(system):
        return None
    below, _ = interval_value(system, system.lower, system.lower)
    _, above = interval_value(system, system.upper, system.upper)
    if not (np.all(below >= -1e-300) and np.all(above <= 1e-300)):
        return None
    JL, _ = interval_jacobian(system, system.lower, system.upper)
    speed = np.maximum(-np.diag(JL), 1e-300)
    if not np.all(np.isfinite(speed)):
        return None
    low, least, first = _climb(system, speed, system.lower.copy(), 1, max_iterations)
    high, greatest, second = _climb(system, speed, system.upper.copy(), -1, max_iterations)
    return Bracket(low, high, least, greatest, (first, second))


def _climb(
    system: System, speed: Array, start: Array, sign: int, limit: int
) -> tuple[Array, Certificate | None, int]:
    """Return the proven bound reached, the certified equilibrium next to it, and the steps."""
    x = start
    for iteration in range(1, limit + 1):
        low, high = interval_value(system, x, x)
        push = low / speed if sign > 0 else high / speed
        # never backwards, and never further than rounding allows
        move = np.maximum(push, 0.0) if sign > 0 else np.minimum(push, 0.0)
        step = move * (1 - 1e-12)
        following = np.clip(x + step, system.lower, system.upper)
        if sign > 0:
            following = np.maximum(x, following - np.where(step != 0, np.abs(following) * 3e-16, 0))
        else:
            following = np.minimum(x, following + np.where(step != 0, np.abs(following) * 3e-16, 0))
        moved = float(np.max(np.abs(following - x)))
        x = following
        if iteration % 16 == 0 or moved <= 1e-14 * max(1.0, float(np.max(np.abs(x)))):
            proof = certify_point(system, x)
            # the root certified is the extreme one if the bound itself lies in its box: every
            # equilibrium beyond the bound and in the box is that root
            if proof.holds and np.all(np.abs(proof.centre - x) <= proof.radius):
                return x, proof, iteration
            wide = _certify_wide(system, x, proof)
            if wide is not None:
                return x, wide, iteration
            if moved == 0.0:
                return x, None, iteration
    return x, None, limit


def _certify_wide(system: System, bound: Array, proof: Certificate) -> Certificate | None:
    """Return the root's certificate if it is the only one in a box that also holds the bound."""
    from workshare.equilibria.interval import krawczyk_rate

    if not proof.holds:
        return None
    gap = np.abs(proof.centre - bound)
    if np.any(gap > 0.02 * (system.upper - system.lower)):
        return None
    low = np.minimum(proof.centre, bound) - proof.radius
    high = np.maximum(proof.centre, bound) + proof.radius
    return proof if krawczyk_rate(system, low, high) < 1.0 else None
