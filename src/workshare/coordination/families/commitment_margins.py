# mypy: allow-untyped-defs
"""How dear it is for one generator to be on, or off, in a given hour, at given prices.

For every hour the best schedule that is on then, and the best that is off then, from one forward
and one backward pass over the on-intervals of
:mod:`workshare.coordination.families.commitment_kernel`. Any division whose cost is below ``value``
has every generator within ``value - bound`` of its best answer at the prices of ``bound``; so an
hour whose other state costs more than that is decided (Lagrangian variable fixing).
"""

from __future__ import annotations

import numba as nb
import numpy as np

from workshare.coordination.families.commitment_kernel import INFEASIBLE, _run


@nb.njit(cache=True)
def _opening(s, down_time, whole, unit, start_cost):
    """Return the cost of a first start in hour ``s`` (-1: on from before), if that may be."""
    longest = start_cost.size - 1
    if s == -1:
        return 0.0
    if whole[2] == 0 and s >= max(0, down_time - whole[4]) and (whole[5] == 0 or s == 0):
        return start_cost[min(whole[4] + s, longest)]
    falls = unit[7] <= min(unit[4], unit[2]) + 1e-9
    if whole[2] == 1 and whole[3] >= whole[0] and s >= down_time and whole[5] == 0 and falls:
        return start_cost[min(s, longest)]
    return INFEASIBLE


@nb.njit(cache=True)
def _forward(energy, reserve, unit, whole, mw, cost, pieces, start_cost, runs, before, off_from):
    """Fill the cost of each on-interval, of all before its start, and of all up to its end."""
    hours = energy.size
    longest = start_cost.size - 1
    values, trace, ends = np.zeros(hours), np.zeros(hours), np.zeros(1)
    for s in range(-1, hours):
        if s == -1 and whole[2] == 0:
            continue
        first = max(s, 0)
        least = _opening(s, whole[1], whole, unit, start_cost)
        if s >= 0 and whole[5] == 0:
            for e in range(s - whole[1]):
                if off_from[e] < INFEASIBLE:
                    least = min(least, off_from[e] + start_cost[min(s - e - 1, longest)])
        before[s + 1] = least
        if least >= INFEASIBLE:
            continue
        _run(
            first, s == -1, -1, hours, energy, reserve, unit, mw, cost, pieces, values, trace, ends
        )
        needed = max(0, whole[0] - whole[3]) if s == -1 else whole[0]
        for e in range(first, hours):
            if values[e] >= INFEASIBLE:
                continue
            if e < hours - 1 and (e - first + 1 < needed or whole[5]):
                continue
            runs[s + 1, e] = values[e]
            off_from[e] = min(off_from[e], least + values[e])


@nb.njit(cache=True)
def _backward(whole, start_cost, runs, after, begun):
    """Fill the cost of all after an interval's end, and from an interval's start to the end."""
    hours = after.size
    longest = start_cost.size - 1
    for e in range(hours - 1, -1, -1):
        after[e] = 0.0 if e == hours - 1 or whole[5] == 0 else INFEASIBLE
        if whole[5] == 0:
            for s in range(e + 1 + whole[1], hours):
                if begun[s + 1] < INFEASIBLE:
                    later = start_cost[min(s - e - 1, longest)] + begun[s + 1]
                    after[e] = min(after[e], later)
        for end in range(e, hours):
            if runs[e + 1, end] < INFEASIBLE:
                begun[e + 1] = min(begun[e + 1], runs[e + 1, end] + after[end])


@nb.njit(cache=True)
def costs_by_state(energy, reserve, unit, whole, mw, cost, pieces, start_cost, on_at, off_at):
    """Write, by hour, the least cost of a schedule that is on then, and of one that is off then.

    Parameters as of :func:`~workshare.coordination.families.commitment_kernel.best_commitment`;
    ``INFEASIBLE`` where there is none.
    """
    hours = energy.size
    longest = start_cost.size - 1
    runs = np.full((hours + 1, hours), INFEASIBLE)
    before, begun = np.full(hours + 1, INFEASIBLE), np.full(hours + 1, INFEASIBLE)
    off_from, after = np.full(hours, INFEASIBLE), np.full(hours, INFEASIBLE)
    _forward(energy, reserve, unit, whole, mw, cost, pieces, start_cost, runs, before, off_from)
    _backward(whole, start_cost, runs, after, begun)
    on_at[:] = INFEASIBLE
    off_at[:] = INFEASIBLE
    for s in range(-1, hours):
        for e in range(max(s, 0), hours):
            if before[s + 1] < INFEASIBLE and runs[s + 1, e] < INFEASIBLE:
                through = before[s + 1] + runs[s + 1, e] + after[e]
                for t in range(max(s, 0), e + 1):
                    on_at[t] = min(on_at[t], through)
    if whole[5]:
        return
    falls = unit[7] <= min(unit[4], unit[2]) + 1e-9
    if whole[2] == 0 or (falls and whole[3] >= whole[0]):
        off_at[:] = 0.0
    for s in range(hours):
        opened = _opening(s, whole[1], whole, unit, start_cost)
        if opened < INFEASIBLE and begun[s + 1] < INFEASIBLE:
            for t in range(s):
                off_at[t] = min(off_at[t], opened + begun[s + 1])
    for e in range(hours):
        if off_from[e] >= INFEASIBLE:
            continue
        for t in range(e + 1, hours):
            off_at[t] = min(off_at[t], off_from[e])
        for s in range(e + 1 + whole[1], hours):
            if begun[s + 1] < INFEASIBLE:
                gap = off_from[e] + start_cost[min(s - e - 1, longest)] + begun[s + 1]
                for t in range(e + 1, s):
                    off_at[t] = min(off_at[t], gap)
