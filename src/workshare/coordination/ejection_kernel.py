"""The inner loop of :mod:`workshare.coordination.ejection`: chains of moves, found depth first.

``held`` is the option of each copy.
"""

from __future__ import annotations

from typing import NamedTuple

import numba as nb
import numpy as np

from workshare.arrays import Array
from workshare.response import BoolArray, IntArray


@nb.njit(cache=True)
def _worth(slack: float, price: float, steep: float) -> float:
    """Return what unused capacity wastes, or what capacity used beyond the limit is charged."""
    return price * slack if slack >= 0.0 else -steep * slack


class Options(NamedTuple):
    """What copies may hold: options of copy ``j`` are ``first[j]`` to ``first[j + 1]``.

    ``gap`` is to the best of the copy, ascending; each option draws ``use`` on dimension ``where``.
    """

    first: IntArray
    gap: Array
    where: IntArray
    use: Array


class Places(NamedTuple):
    """Capacities, one entry or row for each dimension: what is unused and what that is worth, what
    going beyond costs and how far it may go, and who draws on it (the first ``filled``)."""

    slack: Array
    price: Array
    steep: Array
    beyond: Array
    members: IntArray
    filled: IntArray


class Trail(NamedTuple):
    """The chain being tried, one entry for each copy in it, and who is ``out`` meanwhile."""

    copies: IntArray
    chosen: IntArray
    at_option: IntArray
    at_member: IntArray
    energy: Array
    before: Array
    out: BoolArray


@nb.njit(cache=True)
def _chain(
    begin: int,
    most: float,
    budget: int,
    held: IntArray,
    options: Options,
    places: Places,
    trail: Trail,
) -> tuple[int, int]:
    """Look for a chain from copy ``begin`` whose change of energy is below ``most``.

    Return its length (0: none found) and the evaluations spent. The chain is in ``trail.copies``
    and ``trail.chosen`` (options). Slacks and who is out are as before when it returns.
    """
    first, gap, where, use = options
    slack, price, steep, beyond, members, count = places
    copies, chosen, at_option, at_member, energy, before, out = trail
    hole = where[held[begin]]
    deepest = copies.size - 1
    start_slack = slack[hole]
    slack[hole] = start_slack + use[held[begin]]
    out[begin] = True
    copies[0], at_option[0], at_member[0] = begin, first[begin], -1
    energy[0] = -gap[held[begin]] - _worth(start_slack, price[hole], steep[hole])
    depth, spent, length = 0, 0, 0
    while depth >= 0 and spent < budget:
        spent += 1
        copy = copies[depth]
        if at_member[depth] < 0:
            option = at_option[depth]
            # options come smallest gap first, so that the rest is too dear as well
            if option >= first[copy + 1] or energy[depth] + gap[option] >= most:
                depth -= 1
                if depth >= 0:
                    left = copies[depth + 1]
                    out[left] = False
                    slack[where[chosen[depth]]] = before[depth]
                    at_member[depth] += 1
                continue
            if option == held[copy]:
                at_option[depth] += 1
                continue
            place = where[option]
            rest = slack[place] - use[option]
            if rest >= -beyond[place]:
                total = energy[depth] + gap[option]
                total += _worth(rest, price[place], steep[place])
                if place != hole:
                    total -= _worth(slack[place], price[place], steep[place])
                    total += _worth(slack[hole], price[hole], steep[hole])
                if total < most:
                    chosen[depth] = option
                    length = depth + 1
                    break
            if depth >= deepest:
                at_option[depth] += 1
                continue
            chosen[depth] = option
            before[depth] = slack[place]
            at_member[depth] = 0
        option = chosen[depth]
        place = where[option]
        if at_member[depth] >= count[place]:
            at_member[depth] = -1
            at_option[depth] += 1
            continue
        other = members[place, at_member[depth]]
        rest = before[depth] - use[option] + use[held[other]]
        total = energy[depth] + gap[option] - gap[held[other]]
        if place != hole:
            total += _worth(rest, price[place], steep[place])
            total -= _worth(before[depth], price[place], steep[place])
        if out[other] or rest < -beyond[place] or total >= most:
            at_member[depth] += 1
            continue
        slack[place] = rest
        out[other] = True
        depth += 1
        copies[depth], at_option[depth], at_member[depth] = other, first[other], -1
        energy[depth] = total
    # put back what was tried
    for level in range(depth - 1, -1, -1):
        slack[where[chosen[level]]] = before[level]
    for level in range(max(depth, 0) + 1):
        out[copies[level]] = False
    out[begin] = False
    slack[hole] = start_slack
    return length, spent


@nb.njit(cache=True)
def _move(
    copy: int, option: int, held: IntArray, options: Options, places: Places, position: IntArray
) -> None:
    where, use = options.where, options.use
    slack, members, count = places.slack, places.members, places.filled
    old, new = where[held[copy]], where[option]
    slack[old] += use[held[copy]]
    slack[new] -= use[option]
    last = members[old, count[old] - 1]
    members[old, position[copy]] = last
    position[last] = position[copy]
    count[old] -= 1
    members[new, count[new]] = copy
    position[copy] = count[new]
    count[new] += 1
    held[copy] = option


@nb.njit(cache=True)
def search_chains(
    held: IntArray,
    options: Options,
    limit: Array,
    price: Array,
    overload: Array,
    thresholds: tuple[float, float],
    sizes: tuple[int, int, int],
    seed: int,
) -> tuple[bool, float, IntArray]:
    """Anneal over chains; return (whether feasible, best energy, options held at it).

    The energy is the sum of gaps and of the price of unused capacity: the value less the dual
    bound. ``held`` is changed. ``overload`` is how far a limit may be passed at first, by
    dimension; what is beyond costs 1.1 times the price at first and 1.5 times at the end, or 45
    times if nothing that keeps the limits was met. ``thresholds`` are their means at first and at
    the end; ``sizes`` are the longest chain, the evaluations of one, and those of all.
    """
    np.random.seed(seed)
    warm, cool = thresholds
    longest, budget, evaluations = sizes
    copies, dimensions = held.size, limit.size
    gap, where, use = options.gap, options.where, options.use
    steep_price = np.maximum(price, price.sum() / dimensions)
    places = Places(
        limit.copy(),
        price,
        steep_price.copy(),
        np.zeros(dimensions),
        np.zeros((dimensions, copies), np.int64),
        np.zeros(dimensions, np.int64),
    )
    slack, members, count = places.slack, places.members, places.filled
    position = np.zeros(copies, np.int64)
    total = 0.0
    for copy in range(copies):
        place = where[held[copy]]
        members[place, count[place]] = copy
        position[copy] = count[place]
        count[place] += 1
        slack[place] -= use[held[copy]]
        total += gap[held[copy]]
    allowed = np.maximum(overload, -slack)
    trail = Trail(
        np.zeros(longest + 1, np.int64),
        np.zeros(longest + 1, np.int64),
        np.zeros(longest + 1, np.int64),
        np.zeros(longest + 1, np.int64),
        np.zeros(longest + 1),
        np.zeros(longest + 1),
        np.zeros(copies, np.bool_),
    )
    best, best_held = np.inf, held.copy()
    spent = 0
    while spent < evaluations:
        share = spent / evaluations
        places.steep[:] = steep_price * (1.1 * (1.5 / 1.1) ** share)
        places.beyond[:] = allowed * max(0.0, 1.0 - share / 0.9)
        if share > 0.5 and best == np.inf:
            # limits first: nothing that keeps them has been met so far
            places.steep[:] *= 30.0
            places.beyond[:] = allowed
        most = -warm * (cool / warm) ** share * np.log(1.0 - np.random.random())
        begin = np.random.randint(copies)
        length, work = _chain(begin, most, budget, held, options, places, trail)
        spent += work
        if length == 0:
            continue
        for level in range(length):
            copy, option = trail.copies[level], trail.chosen[level]
            total += gap[option] - gap[held[copy]]
            _move(copy, option, held, options, places, position)
        wasted, fits = 0.0, True
        for place in range(dimensions):
            fits = fits and slack[place] >= -1e-9 * limit[place]
            wasted += price[place] * slack[place]
        if fits and total + wasted < best:
            best = total + wasted
            best_held[:] = held
    return best < np.inf, best, best_held
