"""A path of parameters: from one set of values to another, straight or through stated points."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from workshare.arrays import Array
from workshare.equilibria.system import System
from workshare.errors import OptionError


@dataclass(frozen=True, slots=True, eq=False)
class Path:
    """Parameter values by t in [0, 1], straight between stated points.

    Attributes
    ----------
    names : the parameters' names (m).
    points : the stated points in order, each leg as long as the others in t, shape (legs + 1, m).
    logarithmic : whether legs are straight in logs (every value must be positive) or in values.
    """

    names: tuple[str, ...]
    points: Array
    logarithmic: bool = False

    @property
    def legs(self) -> int:
        """Number of straight legs."""
        return len(self.points) - 1

    def leg(self, number: int) -> Path:
        """Return one leg as a path of its own."""
        return Path(self.names, self.points[number : number + 2], self.logarithmic)

    def values(self, t: float) -> Array:
        """Return the parameter values at t, shape (m,)."""
        leg = min(max(int(np.floor(t * self.legs)), 0), self.legs - 1)
        share = t * self.legs - leg
        first, last = self._line(leg)
        found = first + share * (last - first)
        return np.asarray(np.exp(found) if self.logarithmic else found)

    def slope(self, t: float) -> Array:
        """Return the derivative of the values by t, shape (m,)."""
        leg = min(max(int(np.floor(t * self.legs)), 0), self.legs - 1)
        first, last = self._line(leg)
        change = self.legs * (last - first)
        return np.asarray(change * self.values(t) if self.logarithmic else change)

    def _line(self, leg: int) -> tuple[Array, Array]:
        ends = self.points[leg : leg + 2]
        ends = np.log(ends) if self.logarithmic else ends
        return ends[0], ends[1]


def make_path(
    system: System,
    points: Sequence[Mapping[str, float]],
    *,
    logarithmic: bool = False,
) -> Path:
    """Return the path through stated points; parameters not named keep the system's values.

    Raises
    ------
    OptionError : fewer than two points, an unknown parameter, a value that is not finite, or one
        that is not positive on a path straight in logs.

    Examples
    --------
    >>> from workshare.equilibria.system import system_from_text
    >>> system = system_from_text(["x - a"], ["x"], parameters={"a": 1.0})
    >>> make_path(system, [{"a": 1.0}, {"a": 3.0}]).values(0.5)
    array([2.])
    """
    if len(points) < 2:
        raise OptionError(f"A path needs two points or more; received {len(points)}")
    table = np.array([system.at(point).parameters for point in points])
    faults = []
    for row, point in enumerate(table):
        for name, value in zip(system.parameter_names, point, strict=True):
            moved = np.ptp(table[:, system.parameter_names.index(name)]) > 0
            if not np.isfinite(value):
                faults.append(f"point {row + 1}: {name} is {value}; must be a finite number")
            elif logarithmic and moved and value <= 0:
                faults.append(f"point {row + 1}: {name} is {value}; must be positive in logs")
    if faults:
        raise OptionError("Path: " + "; ".join(faults))
    if logarithmic and np.any(table <= 0):
        raise OptionError(
            "Path: a parameter is zero or negative and stays so; state the path in values instead"
        )
    return Path(system.parameter_names, table, logarithmic)
