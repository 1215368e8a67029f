"""Several equilibria of one economy: searched for, never silently chosen among.

With free entry and a trade elasticity times scale elasticity near or above one, an industry can
settle in different countries. This file starts from many places, and where the product is above one
also from industries that are empty (there an empty industry can be an equilibrium: the first firm
would find no market). What is returned was found; that it is all is not proven.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

import numpy as np

from workshare.arrays import Array, Mask
from workshare.trade import newton
from workshare.trade.economy import Economy
from workshare.trade.equilibrium import Equilibrium, EquilibriumStatus, describe, status_of
from workshare.trade.system import Base, base_of, conditions, outside_of, taxes_of
from workshare.trade.taxes import Policy, Shock, complete_policy, complete_shock
from workshare.trade.verify import verify

SAME = 1e-6
"""Equilibria whose logs of wages and welfare all agree to this are one."""


@dataclass(frozen=True, eq=False)
class Branches:
    """The equilibria that were found.

    Attributes
    ----------
    equilibria : distinct, best certified first in the order found.
    found : how many starts led to each.
    starts, failed : starts made, and starts that led nowhere.
    notes : what a reader must know, in words.
    """

    equilibria: tuple[Equilibrium, ...]
    found: tuple[int, ...]
    starts: int
    failed: int
    notes: tuple[str, ...]


def find_branches(
    economy: Economy,
    policy: Policy | None = None,
    shock: Shock | None = None,
    *,
    starts: int = 20,
    spread: float = 1.0,
    seed: int = 0,
) -> Branches:
    """Return the distinct equilibria that many starts lead to.

    Parameters
    ----------
    starts : number of starts; the first is 'nothing changes'.
    spread : standard deviation of the logs of labour by industry at a start.
    seed : of the starts.

    Examples
    --------
    >>> flows = np.array([[[80.0], [20.0]], [[20.0], [80.0]]])
    >>> world = Economy(
    ...     ("A", "B"), ("goods",), flows, np.array([4.0]), np.array([0.2]), entry="free"
    ... )
    >>> len(find_branches(world, starts=3).equilibria)
    1
    """
    policy, shock = complete_policy(economy, policy), complete_shock(economy, shock)
    base = base_of(economy)
    random = np.random.default_rng(seed)
    product = (economy.trade_elasticity * economy.scale_elasticity)[:, None]
    kept: list[Equilibrium] = []
    counts: list[int] = []
    failed = 0
    for number in range(starts):
        empty = _emptied(base, product, random, number)
        here = _without(base, empty)
        system = conditions(here, taxes_of(policy), outside_of(shock))
        firms = spread * random.standard_normal(base.active.shape) * (number > 0)
        at = (np.zeros(len(base.spending)), np.zeros(len(base.spending)), firms * here.active)
        found = newton.newton(system, at if base.free else _flat(base), 80, newton.AIM)
        answer = describe(economy, policy, shock, system, found)
        if empty.any():
            answer = _emptied_record(answer, empty)
        if answer.status is EquilibriumStatus.NOT_CONVERGED:
            failed += 1
            continue
        for place, other in enumerate(kept):
            if _same(answer, other):
                counts[place] += 1
                break
        else:
            kept.append(answer)
            counts.append(1)
    notes = (
        f"{len(kept)} distinct equilibria from {starts} starts, {failed} led nowhere; "
        "that there are no others is not proven.",
    )
    return Branches(tuple(kept), tuple(counts), starts, failed, notes)


def _flat(base: Base) -> tuple[Array, Array, Array]:
    """Return the start without labour by industry."""
    size = len(base.spending)
    return np.zeros(size), np.zeros(size), np.zeros((0, size))


def _emptied(base: Base, product: Array, random: np.random.Generator, number: int) -> Mask:
    """Return industries to empty at this start: only where empty can be an equilibrium."""
    can = base.active & (product > 1.0) & base.free
    if not can.any() or number % 2 == 0:
        return np.zeros_like(can)
    if number % 4 == 1:  # one maker of each such industry
        winner = np.asarray(random.integers(0, can.shape[1], can.shape[0]))
        chosen = can & (np.arange(can.shape[1])[None, :] != winner[:, None])
    else:
        chosen = can & (random.random(can.shape) < 0.5)
    gone = chosen.sum(axis=1) == base.active.sum(axis=1)
    chosen[gone] = False  # somebody has to make it
    idle = (base.active & ~chosen).sum(axis=0) == 0
    chosen[:, idle] = False  # and nobody is left without any industry
    return np.asarray(chosen)


def _without(base: Base, empty: Mask) -> Base:
    """Return the base with some industries taken out of their countries."""
    if not empty.any():
        return base
    shares = np.where(empty[:, :, None], 0.0, base.shares)
    labour = np.where(empty, 0.0, base.labour_shares)
    return dataclasses.replace(
        base, shares=shares, labour_shares=labour, active=base.active & ~empty
    )


def _emptied_record(answer: Equilibrium, empty: Mask) -> Equilibrium:
    """Return the record with the emptied industries at zero labour, certificate recomputed."""
    labour = np.where(empty.T, 0.0, answer.labour)
    lines = verify(answer.economy, answer.policy, answer.shock, answer.wage, answer.income, labour)
    status, notes = status_of(answer.economy, lines)
    return dataclasses.replace(answer, labour=labour, certificate=lines, status=status, notes=notes)


def _same(one: Equilibrium, two: Equilibrium) -> bool:
    """Return whether two equilibria are one."""
    return bool(
        np.abs(np.log(one.wage / two.wage)).max() < SAME
        and np.abs(np.log(one.welfare / two.welfare)).max() < SAME
        and np.abs(one.labour - two.labour).max() < 1e-4
    )
