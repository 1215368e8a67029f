"""The model of one place, given the rest of the economy: scale economies, crowding, a finite whole.

Sector s has the share L_s of the place's workers, the rest of its economy L_0 = 1 - sum_s L_s. In
equilibrium

    L_s^(1 + d) = theta_s L_0 u_s^q,    u_s = c + L_s + x sum_{k != s} L_k .

Where it comes from: workers choose a sector with elasticity t, L_s / L_0 = w_s^t; a worker of s
makes A_s u_s^g; demand is CES with elasticity e and lowers the wage by L_s^(-1/e). Then theta_s
collects A_s^t, q = t g (*attraction*) and d = t / e (*crowding*). *base* c is what scale economies
start from, as a share of the whole; *cross* x is how much of another sector's size counts.

Given L the fundamentals theta are unique (:meth:`PlaceModel.log_fundamentals`), although L given
theta need not be. With q and d small rationals the equilibria are the positive solutions of
polynomials in u whose terms are the same for every place and year (:meth:`PlaceModel.family`).
The paper's own equations (Garg 2026) are not public; these are ours.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import lcm
from typing import Any

import numpy as np

from workshare.arrays import Array
from workshare.equilibria.polynomial import Complex, Polynomials, polynomials_from_arrays
from workshare.equilibria.system import System, system_from_function
from workshare.errors import OptionError

MAX_DENOMINATOR = 4
"""Largest denominator of attraction and crowding: degrees, and so paths, grow with it."""

Terms = dict[tuple[int, ...], float]


@dataclass(frozen=True, slots=True)
class PlaceModel:
    """Elasticities, the same for all places, sectors and years.

    Attributes
    ----------
    num_sectors : number of sectors beside the rest of the economy.
    attraction : q, elasticity of a sector's relative size to its scale term; >= 0.
    crowding : d, how much a sector's own size holds it back; >= 0.
    base : c, share of the whole that scale economies start from; > 0.
    cross : x, weight of another sector's size in the scale term; in [0, 1), the own weight is one.

    Raises
    ------
    OptionError : with every value that is out of its range.

    Examples
    --------
    >>> model = PlaceModel(1, attraction=Fraction(2), base=0.05, cross=0.0)
    >>> bool(abs(model.residual(np.log([[0.3]]), model.log_fundamentals([[0.3]]))).max() < 1e-15)
    True
    """

    num_sectors: int
    attraction: Fraction = Fraction(2)
    crowding: Fraction = Fraction(0)
    base: float = 0.05
    cross: float = 0.1

    def __post_init__(self) -> None:
        faults = []
        if self.num_sectors < 1:
            faults.append(f"num_sectors is {self.num_sectors}; must be at least 1")
        for name in ("attraction", "crowding"):
            value = getattr(self, name)
            if not isinstance(value, Fraction):
                faults.append(f"{name} is {value!r}; must be a fraction, such as Fraction(3, 2)")
            elif value < 0 or value.denominator > MAX_DENOMINATOR:
                faults.append(
                    f"{name} is {value}; must be at least 0 with a denominator of at most "
                    f"{MAX_DENOMINATOR}; round it"
                )
        if not (np.isfinite(self.base) and self.base > 0):
            faults.append(f"base is {self.base}; must be a positive share of the whole")
        if not 0 <= self.cross < 1:
            faults.append(f"cross is {self.cross}; must be at least 0 and below 1, the own weight")
        if faults:
            raise OptionError("Model of a place: " + "; ".join(faults))

    @property
    def numbers(self) -> tuple[float, float, float, float]:
        """Return 1 + d, q, c and x as floats, as the kernels take them."""
        return 1.0 + float(self.crowding), float(self.attraction), self.base, self.cross

    def scale(self, shares: Array) -> Array:
        """Return the scale terms u at shares (..., sectors)."""
        total = shares.sum(axis=-1, keepdims=True)
        return np.asarray(self.base + (1 - self.cross) * shares + self.cross * total)

    def log_fundamentals(self, shares: Sequence[Sequence[float]] | Array) -> Array:
        """Return log theta at which the shares (..., sectors) are an equilibrium: the only ones."""
        L = np.asarray(shares, dtype=float)
        p, q, _, _ = self.numbers
        rest = 1.0 - L.sum(axis=-1, keepdims=True)
        return np.asarray(p * np.log(L) - np.log(rest) - q * np.log(self.scale(L)))

    def residual(self, log_shares: Array, log_theta: Array) -> Array:
        """Return log of the share that wants to be in each sector minus log of what is there."""
        L = np.exp(log_shares)
        p, q, _, _ = self.numbers
        rest = 1.0 - L.sum(axis=-1, keepdims=True)
        return np.asarray(log_theta + np.log(rest) + q * np.log(self.scale(L)) - p * log_shares)

    def jacobian(self, log_shares: Array) -> Array:
        """Return the derivative of the residual by log shares, shape (..., sectors, sectors)."""
        L = np.exp(log_shares)
        p, q, _, x = self.numbers
        rest = 1.0 - L.sum(axis=-1)
        one = np.eye(self.num_sectors)
        weights = (1 - x) * one + x
        pull = q * weights * L[..., None, :] / self.scale(L)[..., :, None]
        return np.asarray(pull - (L / rest[..., None])[..., None, :] - p * one)

    def shares_of(self, points: Array) -> Array:
        """Return the shares at points of the family's unknowns u (..., sectors)."""
        x = self.cross
        y = points - self.base
        total = y.sum(axis=-1, keepdims=True) / (1 + (self.num_sectors - 1) * x)
        return np.asarray((y - x * total) / (1 - x))

    def family(self) -> Family:
        """Return the polynomials of all places: terms, and how coefficients follow from theta."""
        S, one = self.num_sectors, (0,) * self.num_sectors
        power = lcm(self.attraction.denominator, self.crowding.denominator)
        units = [tuple(int(k == s) for k in range(S)) for s in range(S)]
        # shares are affine in u: the unknowns that make the polynomials sparse
        corner = self.shares_of(np.zeros(S))
        slopes = np.array([self.shares_of(row) - corner for row in np.eye(S)]).T
        shares: list[Terms] = [
            {one: corner[s], **{units[k]: slopes[s, k] for k in range(S)}} for s in range(S)
        ]
        rest: Terms = {one: 1.0 - float(corner.sum())}
        rest |= {units[k]: -float(slopes[:, k].sum()) for k in range(S)}
        equations: list[dict[tuple[int, ...], tuple[float, float]]] = []
        for s in range(S):
            left = _power(shares[s], int(power * (1 + self.crowding)))
            right = _product(
                _power(rest, power),
                {tuple(int(power * self.attraction) * e for e in units[s]): 1.0},
            )
            keys = {key for key in (*left, *right) if left.get(key, 0.0) or right.get(key, 0.0)}
            equations.append({key: (left.get(key, 0.0), -right.get(key, 0.0)) for key in keys})
        system = polynomials_from_arrays([[(1.0, key) for key in row] for row in equations])
        pairs = [
            equations[row][tuple(int(e) for e in key)]
            for row, key in zip(system.equation, system.exponents, strict=True)
        ]
        fixed, moving = np.array(pairs).T
        return Family(system, fixed, moving, power)

    def system(self, log_theta: Array) -> System:
        """Return one place as a system in log shares, for the rest of the equilibria tools."""
        p, q, c, x = self.numbers
        names = [f"log_share_{s + 1}" for s in range(self.num_sectors)]

        def residual(y: Any, a: Any) -> Any:
            sizes = [np.exp(item) for item in y]
            total = sum(sizes[1:], sizes[0])
            return [
                a[s] + np.log(1 - total) + q * np.log(c + (1 - x) * sizes[s] + x * total) - p * y[s]
                for s in range(self.num_sectors)
            ]

        return system_from_function(
            residual,
            names,
            bounds=dict.fromkeys(names, (-16.0, 0.0)),
            parameters={f"log_theta_{s + 1}": float(a) for s, a in enumerate(log_theta)},
            name="a place of the panel",
        )


@dataclass(frozen=True, slots=True, eq=False)
class Family:
    """The polynomials of all places.

    Attributes
    ----------
    system : the terms; its own coefficients are not used.
    fixed, moving : a place's coefficients are fixed + moving * theta**power of the equation.
    power : the common denominator of attraction and crowding.
    """

    system: Polynomials
    fixed: Array
    moving: Array
    power: int

    def coefficients(self, log_theta: np.ndarray) -> Complex:
        """Return the coefficients at log fundamentals (members, sectors), shape (members, terms).

        Log fundamentals may be complex.
        """
        theta = np.exp(self.power * np.atleast_2d(log_theta))
        return np.asarray(self.fixed + self.moving * theta[:, self.system.equation], dtype=complex)


def _product(one: Terms, two: Terms) -> Terms:
    result: Terms = {}
    for key, value in one.items():
        for other, factor in two.items():
            joined = tuple(a + b for a, b in zip(key, other, strict=True))
            result[joined] = result.get(joined, 0.0) + value * factor
    return result


def _power(base: Terms, exponent: int) -> Terms:
    result: Terms = {(0,) * len(next(iter(base))): 1.0}
    for _ in range(exponent):
        result = _product(result, base)
    return result
