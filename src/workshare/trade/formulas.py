"""Best policies by the formulas of Lashkaripour and Lugovskyy (2023), as a fixed point.

The formulas give a government's best tariffs, export and production taxes in terms of elasticities
and of trade shares *at the answer*, so they are iterated with the equilibrium. They are exact up to
one approximation (they leave out how third countries' prices move each other), so their answer is
the starting point of :mod:`workshare.trade.polish` and never called best on its own.

All of it holds for a **bloc** too: members who act as one government set no taxes between
themselves and count their joint share of each market and of each supplier.

The inverse export-supply elasticity of supplier j to bloc B, by industry, is how much j's price
falls when B buys one per cent more. With restricted entry only j's average markup moves it; with
free entry j's firms do. Both follow from j's one market for labour:

* restricted: -c_jk S_jB / (1 + sum over n outside B, g of c_jg S_jng e_jng), where S is the share
  in all sales of j, c_jk = 1 - (1 + average markup) / (1 + mu_k), e = -1 - epsilon (1 - lam);
* free: -b_k (r_jB - cross) / (1 + b_k sum over n outside B of r_jn e_jn), b = mu / (1 + mu), r the
  share in the industry's sales.

(Equation 10 of the paper, signs derived again here. The published program adds a constant one to
each term of the first denominator, which makes the elasticity about a seven-hundredth of the
formula's for 44 countries and 16 industries; ``supply="as_published"`` repeats that, to compare
with published figures. The gains differ by less than 0.001 percentage points.)
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from workshare.arrays import Array, Mask
from workshare.trade import newton
from workshare.trade.system import (
    Base,
    Conditions,
    Outside,
    Point,
    Taxes,
    base_taxes,
    conditions,
    corrective,
)

INSTRUMENTS = ("all", "trade", "tariffs")
"""What a government may set: tariffs, export and production taxes (its first best); tariffs and
export taxes (second best); tariffs only (third best)."""

SUPPLIES = ("formula", "small", "as_published")
"""The inverse export-supply elasticity: the formula's, zero (a small country's), or as published's
program has it."""


@dataclass(frozen=True, eq=False)
class FormulaAnswer:
    """Where the fixed point of the formulas ended.

    Attributes
    ----------
    taxes, system, found : the policy, its conditions and its equilibrium.
    rounds : rounds of the fixed point.
    gap : largest change of a tax in the last round, in logs.
    """

    taxes: Taxes
    system: Conditions
    found: newton.Found
    rounds: int
    gap: float


def formula_policy(
    base: Base,
    outside: Outside,
    blocs: Array,
    instruments: str,
    *,
    supply: str = "formula",
    start: Taxes | None = None,
    most: int = 60,
    tolerance: float = 1e-10,
) -> FormulaAnswer:
    """Return the policies that the formulas give to every bloc at the same time.

    Parameters
    ----------
    base, outside : the economy and its shocks.
    blocs : (N, B) of zeros and ones: who is in which bloc; a country in none keeps its policy.
        One bloc of one country is that country's best policy; the identity is a policy contest.
    instruments : see :data:`INSTRUMENTS`.
    supply : see :data:`SUPPLIES`.
    start : taxes at the start, and those that stay; default, the data's.
    most : most rounds. tolerance : change of a tax, in logs, at which it stops.
    """
    taxes = start or base_taxes(base)
    member = blocs.sum(axis=1) > 0
    together = (blocs @ blocs.T) > 0
    if instruments == "all":
        undone = np.where(member, corrective(base), taxes.production)
        taxes = Taxes(taxes.tariff, taxes.export, undone)
    at = None
    gap, rounds, scale = float("inf"), 0, 1.0
    system = conditions(base, taxes, outside)
    found = newton.solve(system, aim=1e-12)
    while rounds < most and gap > tolerance and found.solved:
        point = found.point
        wanted = _formulas(system, point, blocs, together, instruments, supply)
        trial = _move(taxes, wanted, scale)
        new_gap = _distance(taxes, trial)
        scale = 1.0 if new_gap < gap or rounds < 10 else 0.5
        gap, taxes = new_gap, trial
        at = (point.wage, point.income, point.firms)
        system = conditions(base, taxes, outside)
        found = newton.solve(system, at, aim=1e-12)
        rounds += 1
    return FormulaAnswer(taxes, system, found, rounds, gap)


def _move(old: Taxes, new: Taxes, scale: float) -> Taxes:
    """Return the taxes a part of the way, in logs."""
    if scale == 1.0:
        return new
    return Taxes(
        old.tariff * (new.tariff / old.tariff) ** scale,
        old.export * (new.export / old.export) ** scale,
        new.production,
    )


def _distance(one: Taxes, two: Taxes) -> float:
    """Return the largest log change of a tariff or an export tax."""
    return float(
        max(
            np.abs(np.log(one.tariff / two.tariff)).max(),
            np.abs(np.log(one.export / two.export)).max(),
        )
    )


def _formulas(
    system: Conditions,
    point: Point,
    blocs: Array,
    together: Mask,
    instruments: str,
    supply: str,
) -> Taxes:
    """Return the taxes that the formulas call for at a point; (K, N, N) each."""
    base, taxes = system.base, system.taxes
    epsilon = base.epsilon
    distortion = 1.0 / corrective(base)
    member = blocs.sum(axis=1) > 0
    bloc_share = _within(blocs.T, point.shares)  # (K, B, N): joint share of each market
    omega = _inverse_supply(system, point, blocs, supply)  # (K, N, B)
    # export multiplier of each bloc to each market; a market it has whole is left alone
    room = np.maximum(1.0 - bloc_share, 1e-9)
    eased = np.matmul(omega.transpose(0, 2, 1), point.shares)  # (K, B, N)
    export = (1.0 + 1.0 / (epsilon * room)) / (1.0 + eased / room)
    export = _within(blocs, export)
    tariff = 1.0 + np.matmul(omega, blocs.T)
    if instruments != "all":
        relative = point.sales.sum(axis=0) / (point.sales / distortion).sum(axis=0) / distortion
        own = np.diagonal(_within(together.astype(np.float64), point.shares), axis1=1, axis2=2)
        tariff = (
            tariff
            * ((1.0 + epsilon[:, :, 0] * own) / (1.0 + relative * epsilon[:, :, 0] * own))[
                :, None, :
            ]
        )
        if instruments == "trade":
            export = export * relative[:, :, None]
        else:
            tariff = tariff * (1.0 + _export_margin(system, point, blocs, together))[None, None, :]
    apart_import = member[None, :] & ~together
    apart_export = member[:, None] & ~together
    inside = together & ~np.eye(len(together), dtype=bool)
    new_tariff = np.where(apart_import, tariff, np.where(inside, 1.0, taxes.tariff))
    if instruments == "tariffs":
        return Taxes(new_tariff, taxes.export, taxes.production)
    new_export = np.where(apart_export, export, np.where(inside, 1.0, taxes.export))
    return Taxes(new_tariff, new_export, taxes.production)


def _within(left: Array, right: Array) -> Array:
    """Return ``left @ right[k]`` for every industry."""
    return np.asarray(np.matmul(left[None], right))


def _inverse_supply(system: Conditions, point: Point, blocs: Array, supply: str) -> Array:
    """Return the inverse export-supply elasticity of each origin to each bloc; (K, N, B)."""
    base = system.base
    kinds, size = base.weights.shape
    if supply == "small":
        return np.zeros((kinds, size, blocs.shape[1]))
    epsilon, mu, markup = base.epsilon, base.mu, base.markup[:, :, 0]
    received = point.spending * system.received
    demand = -1.0 - epsilon * (1.0 - point.shares)
    if base.free:
        share = received / np.maximum(point.sales, 1e-300)[:, :, None]
        bend = mu / (1.0 + mu)
        moved = bend * share * demand
        outside = moved.sum(axis=2)[:, :, None] - np.matmul(moved, blocs)
        omega = -bend * _less_cross(system, point, share, blocs) / (1.0 + outside)
    else:
        total = point.sales.sum(axis=0)
        average = total / (point.sales / (1.0 + markup)).sum(axis=0)
        slope = (1.0 - average / (1.0 + markup))[:, :, None]
        share = received / total[:, None]
        moved = slope * share * demand
        outside = (moved.sum(axis=2)[:, :, None] - np.matmul(moved, blocs)).sum(axis=0)
        if supply == "as_published":
            outside = outside + kinds * (size - blocs.sum(axis=0))
        omega = -slope * np.matmul(share, blocs).sum(axis=0) / (1.0 + outside)
    return np.where(blocs > 0, 0.0, omega)


def _less_cross(system: Conditions, point: Point, share: Array, blocs: Array) -> Array:
    """Return the bloc's share in an origin's sales, less what its own supply takes back."""
    epsilon, mu = system.base.epsilon, system.base.mu
    bend = mu / (1.0 + mu)
    back = bend * share * epsilon * (1.0 - point.shares)  # (K, member, origin's market)
    size = np.exp(point.firms) * system.base.labour_shares
    bill = size * system.base.wage_bill * np.exp(point.wage)
    ratio = bill[:, None, :] / np.maximum(bill, 1e-300)[:, :, None]
    cross = ratio * back.transpose(0, 2, 1)
    return np.asarray(np.matmul(share - cross, blocs))


def _export_margin(system: Conditions, point: Point, blocs: Array, together: Mask) -> Array:
    """Return the uniform part of the tariff that stands in for export taxes; (N,).

    One over the export-weighted elasticity of demand that the country (or its bloc) faces abroad.
    """
    received = point.spending * system.received
    abroad = np.where(together, 0.0, received)
    joint = _within(blocs, _within(blocs.T, point.shares))
    elastic = (abroad * system.base.epsilon * (1.0 - joint)).sum(axis=(0, 2))
    total = abroad.sum(axis=(0, 2))
    joined = (blocs @ blocs.T > 0).astype(np.float64)
    return np.asarray((joined @ total) / np.maximum(joined @ elastic, 1e-300))
