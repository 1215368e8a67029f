"""How many posts are wanted, period by period: a base, a business cycle, and adopted technologies.

The dynamics close a share of the gap between posts (filled and vacant) and this target.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from workshare.arrays import Array
from workshare.errors import Fault, TableError


@dataclass(frozen=True, slots=True)
class Adoption:
    """A technology that comes into use along an S-shaped path and changes the posts wanted.

    In period t the share of use is ceiling / (1 + exp(-4 (t - start - half) / half)), less its
    value at ``start`` or before, where it is 0. An occupation's target is multiplied by
    1 - saving * use * exposure. Exposure is technical; it is ``saving`` that turns it into fewer
    posts, and it is an assumption.

    Attributes
    ----------
    name : of the technology.
    exposure : O shares of the occupation's work that the technology can perform (0 to 1).
    ceiling : share of use in the end (0 to 1).
    start : period in which it begins.
    half : periods until half of the ceiling is reached.
    saving : posts no longer wanted for each exposed post in use (0 to 1).
    reinstated : share of them that is wanted elsewhere in the region, in proportion to the posts
        of every occupation times 1 - exposure (0 to 1; 1 keeps the region's total).
    """

    name: str
    exposure: Array
    ceiling: float = 1.0
    start: int = 0
    half: float = 20.0
    saving: float = 0.5
    reinstated: float = 1.0

    def __post_init__(self) -> None:
        faults = []
        for name in ("ceiling", "saving", "reinstated"):
            value = getattr(self, name)
            if not 0 <= value <= 1:
                faults.append(_fault(self.name, name, value, "must be between 0 and 1 (a share)"))
        if not (np.isfinite(self.half) and self.half > 0):
            faults.append(_fault(self.name, "half", self.half, "must be more than 0 periods"))
        for o in np.flatnonzero(~((self.exposure >= 0) & (self.exposure <= 1)))[:20]:
            rule = "must be between 0 and 1 (a share)"
            faults.append(_fault(self.name, f"exposure {o}", self.exposure[o], rule))
        if faults:
            raise TableError(faults)

    def use(self, period: int) -> float:
        """Return the share of use in a period (0 to ``ceiling``)."""
        if period <= self.start:
            return 0.0
        floor = 1.0 / (1.0 + np.exp(4.0))
        raw = 1.0 / (1.0 + np.exp(-4.0 * (period - self.start - self.half) / self.half))
        return float(self.ceiling * max(0.0, raw - floor) / (1.0 - floor))


@dataclass(frozen=True, slots=True)
class Demand:
    """Posts wanted by region and occupation.

    Attributes
    ----------
    base : R x O posts (formal jobs and vacancies together).
    amplitude : of the business cycle, as a share of the base (0 to less than 1).
    length : of the cycle (periods).
    start : period in which the cycle begins.
    adoptions : technologies that come into use.
    extra : R x O further posts wanted, for example those of a scenario; none if absent.
    """

    base: Array
    amplitude: float = 0.0
    length: float = 103.0
    start: int = 0
    adoptions: tuple[Adoption, ...] = ()
    extra: Array | None = None

    def __post_init__(self) -> None:
        faults = []
        if not 0 <= self.amplitude < 1:
            rule = "must be at least 0 and less than 1 (a share of the base)"
            faults.append(_fault("cycle", "amplitude", self.amplitude, rule))
        if not (np.isfinite(self.length) and self.length > 0):
            faults.append(_fault("cycle", "length", self.length, "must be more than 0 periods"))
        for r, o in np.argwhere(~(np.isfinite(self.base) & (self.base >= 0)))[:20]:
            rule = "must be a number of at least 0"
            place = f"base of region {r}, occupation {o}"
            faults.append(_fault("base", place, self.base[r, o], rule))
        for adoption in self.adoptions:
            if adoption.exposure.shape != (self.base.shape[1],):
                rule = f"must have {self.base.shape[1]} entries, one for each occupation"
                faults.append(_fault(adoption.name, "exposure", adoption.exposure.size, rule))
        if self.extra is not None and self.extra.shape != self.base.shape:
            rule = f"must have the shape of the base, {self.base.shape}"
            faults.append(_fault("extra", "shape", self.extra.shape, rule))
        if faults:
            raise TableError(faults)

    def posts(self, period: int) -> Array:
        """Return the R x O posts wanted in a period."""
        wanted = self.base * 1.0
        if self.amplitude > 0 and period >= self.start:
            phase = 2.0 * np.pi * (period - self.start) / self.length
            wanted *= 1.0 + self.amplitude * np.sin(phase)
        for adoption in self.adoptions:
            saved = wanted * adoption.saving * adoption.use(period) * adoption.exposure
            pull = wanted * (1.0 - adoption.exposure)
            total = pull.sum(axis=1, keepdims=True)
            share = np.divide(pull, total, out=np.zeros_like(pull), where=total > 0)
            wanted = wanted - saved + adoption.reinstated * saved.sum(1, keepdims=True) * share
        return wanted if self.extra is None else np.maximum(0.0, wanted + self.extra)


def _fault(who: str, field: str, value: object, rule: str) -> Fault:
    return Fault("demand", f"Demand, {who}, field {field}", str(value), rule, "Correct it.")
