# mypy: allow-untyped-defs
"""One generator's exact best commitment at given prices, by dynamic programming.

Two nested recursions. *Outside*, over on-intervals ``[s, e]``: the best way to have shut down
after hour ``e`` plus a start-up whose cost depends on the hours off. *Inside* one interval, over
power above minimum ``p``: the best cost up to hour ``t`` as a convex piecewise linear function of
``p_t``,

    f_t(p) = c(p) + (reserve_t - energy_t) p
             + min over p - up <= p' <= p + down of  f_{t-1}(p') - reserve_t * min(L_t, p' + up),

kept as breakpoints, because reserves are worth their price up to the headroom
``min(L_t, p_{t-1} + up) - p_t`` (``L_t``: full power, or less in a starting or stopping hour). The
inner minimum shifts the falling part of a convex function left by the ramp down and its rising part
right by the ramp up. Frangioni and Gentile (2006), "Solving nonlinear single-unit commitment
problems with ramping constraints", Operations Research 54(4), have the scheme; reserves are added.
"""

from __future__ import annotations

import numba as nb
import numpy as np

INFEASIBLE = 1e30


@nb.njit(cache=True)
def _minimum(x, y, n):
    """Return the index of the least of ``n`` convex values."""
    best = 0
    for k in range(1, n):
        if y[k] < y[best]:
            best = k
    return best


@nb.njit(cache=True)
def _value(x, y, n, at):
    """Return a piecewise linear function at ``at`` (inside its domain)."""
    if at <= x[0]:
        return y[0]
    for k in range(1, n):
        if at <= x[k]:
            if x[k] == x[k - 1]:
                return y[k]
            return y[k - 1] + (y[k] - y[k - 1]) * (at - x[k - 1]) / (x[k] - x[k - 1])
    return y[n - 1]


@nb.njit(cache=True)
def _headroom(x, y, n, kink, up, limit, worth, out_x, out_y):
    """Add ``-worth * min(limit, p + up)``, with its kink as a breakpoint; return the count."""
    m = 0
    for k in range(n):
        if k > 0 and x[k - 1] < kink < x[k]:
            out_x[m] = kink
            out_y[m] = _value(x, y, n, kink) - worth * limit
            m += 1
        out_x[m] = x[k]
        out_y[m] = y[k] - worth * min(limit, x[k] + up)
        m += 1
    return m


@nb.njit(cache=True)
def _spread(x, y, n, up, down, low, high, out_x, out_y):
    """Write ``min over p - up <= p' <= p + down`` restricted to [low, high]; return the count."""
    best = _minimum(x, y, n)
    m = 0
    for k in range(best + 1):
        out_x[m] = x[k] - down
        out_y[m] = y[k]
        m += 1
    for k in range(best, n):
        out_x[m] = x[k] + up
        out_y[m] = y[k]
        m += 1
    first = max(low, out_x[0])
    last = min(high, out_x[m - 1])
    if first > last + 1e-9:
        return 0
    last = max(first, last)
    left = _value(out_x, out_y, m, first)
    right = _value(out_x, out_y, m, last)
    count = 0
    # written in place: positions only move left
    start_written = False
    for k in range(m):
        if out_x[k] <= first or out_x[k] >= last:
            continue
        if not start_written:
            keep_x = out_x[k]
            keep_y = out_y[k]
            out_x[0] = first
            out_y[0] = left
            out_x[1] = keep_x
            out_y[1] = keep_y
            count = 2
            start_written = True
        else:
            out_x[count] = out_x[k]
            out_y[count] = out_y[k]
            count += 1
    if not start_written:
        out_x[0] = first
        out_y[0] = left
        count = 1
    if last > first:
        out_x[count] = last
        out_y[count] = right
        count += 1
    return count


@nb.njit(cache=True)
def _add_cost(x, y, n, mw, cost, pieces, slope, out_x, out_y):
    """Add the convex cost through ``(mw, cost)`` and ``slope * p``; return the count."""
    m = 0
    piece = 0
    for k in range(n):
        while piece < pieces and mw[piece] <= x[k]:
            if k > 0 and mw[piece] > x[k - 1] and mw[piece] < x[k]:
                at = mw[piece]
                out_x[m] = at
                out_y[m] = _value(x, y, n, at) + cost[piece] + slope * at
                m += 1
            piece += 1
        out_x[m] = x[k]
        out_y[m] = y[k] + _value(mw, cost, pieces, x[k]) + slope * x[k]
        m += 1
    return m


@nb.njit(cache=True)
def _advance(x, y, n, worth, energy, limit, unit, mw, cost, pieces, work_x, work_y, out_x, out_y):
    """Write f_t from f_{t-1} (``x, y, n``); return (count, the best p' of the inner minimum)."""
    up, down = unit[1], unit[2]
    m = _headroom(x, y, n, limit - up, up, limit, worth, work_x[0], work_y[0])
    best = work_x[0][_minimum(work_x[0], work_y[0], m)]
    m = _spread(work_x[0], work_y[0], m, up, down, 0.0, limit, work_x[1], work_y[1])
    if m == 0:
        return 0, best
    slope = worth - energy
    return _add_cost(work_x[1], work_y[1], m, mw, cost, pieces, slope, out_x, out_y), best


@nb.njit(cache=True)
def _run(s, initial, last_hour, hours, energy, reserve, unit, mw, cost, pieces, values, best, ends):
    """Fill ``values[e]`` with the best cost of being on from ``s`` to ``e`` (inside recursion).

    ``unit`` is (span, up, down, start limit, stop limit, on-cost, minimum, initial power above
    minimum). With ``last_hour >= 0`` only that end is computed, and ``best[t]`` and ``ends[0]``
    receive what tracing back needs.
    """
    size = 8 * hours + 4 * pieces + 16
    x, y = np.zeros(size), np.zeros(size)
    new_x, new_y = np.zeros(size), np.zeros(size)
    end_x, end_y = np.zeros(size), np.zeros(size)
    work_x, work_y = np.zeros((2, size)), np.zeros((2, size))
    x[0] = unit[7] if initial else 0.0
    y[0] = 0.0
    n = 1
    running = 0.0
    stop = hours if last_hour < 0 else last_hour + 1
    for t in range(s, stop):
        worth = max(reserve[t], 0.0)
        top = unit[0]
        if t == s and not initial:
            top = min(top, unit[3])
        running += unit[5] - energy[t] * unit[6]
        if last_hour < 0 or t == last_hour:
            limit = top if t == hours - 1 else min(top, unit[4])
            m, where = _advance(
                x, y, n, worth, energy[t], limit, unit, mw, cost, pieces, work_x, work_y, end_x,
                end_y,
            )  # fmt: skip
            if m and t < hours - 1:
                # the fall to nothing in the next hour is within the ramp down
                if end_x[0] > unit[2] + 1e-9:
                    m = 0
                elif end_x[m - 1] > unit[2]:
                    cut = _value(end_x, end_y, m, unit[2])
                    while m > 1 and end_x[m - 1] >= unit[2]:
                        m -= 1
                    if end_x[m - 1] < unit[2]:
                        end_x[m], end_y[m] = unit[2], cut
                        m += 1
            if m:
                at = _minimum(end_x, end_y, m)
                values[t] = end_y[at] + running
                if last_hour >= 0:
                    best[t], ends[0] = where, end_x[at]
            else:
                values[t] = INFEASIBLE
            if t == last_hour:
                return
        n, where = _advance(
            x, y, n, worth, energy[t], top, unit, mw, cost, pieces, work_x, work_y, new_x, new_y
        )
        best[t] = where
        x, new_x = new_x, x
        y, new_y = new_y, y
        if n == 0:
            for later in range(t + 1, hours):
                values[later] = INFEASIBLE
            return


@nb.njit(cache=True)
def best_commitment(energy, reserve, unit, whole, mw, cost, pieces, start_cost, power, spare):
    """Return the least cost at prices; write power above minimum (-1 = off) and reserve by hour.

    Parameters
    ----------
    energy, reserve : price by hour.
    unit : see :func:`_run`.
    whole : (minimum up, minimum down, on at first, hours on before, hours off before, must run).
    mw, cost, pieces : convex cost of power above minimum, beyond the on-cost.
    start_cost : by hours off (the last figure holds for all longer times).
    """
    hours = energy.size
    up_time, down_time, on_first = whole[0], whole[1], whole[2]
    longest = start_cost.size - 1
    off_from = np.full(hours, INFEASIBLE)  # best cost with the last on-hour e
    came_from = np.full(hours, -2)
    began = np.full(hours, -1)
    values = np.zeros(hours)
    trace = np.zeros(hours)
    ends = np.zeros(1)
    for s in range(-1, hours):
        initial = s == -1
        if initial and on_first == 0:
            continue
        first = max(s, 0)
        before, source = INFEASIBLE, -2
        if initial:
            before, source = 0.0, -1
        else:
            if on_first == 0 and s >= max(0, down_time - whole[4]) and (whole[5] == 0 or s == 0):
                before, source = start_cost[min(whole[4] + s, longest)], -1
            if on_first == 1 and whole[3] >= up_time and s >= down_time:
                # shut down at once, before the first hour
                can = not whole[5] and unit[7] <= min(unit[4], unit[2]) + 1e-9
                if can and start_cost[min(s, longest)] < before:
                    before, source = start_cost[min(s, longest)], -1
            if not whole[5]:
                for e in range(s - down_time):
                    if off_from[e] < INFEASIBLE:
                        value = off_from[e] + start_cost[min(s - e - 1, longest)]
                        if value < before:
                            before, source = value, e
        if before >= INFEASIBLE:
            continue
        _run(
            first, initial, -1, hours, energy, reserve, unit, mw, cost, pieces, values, trace, ends
        )
        needed = max(0, up_time - whole[3]) if initial else up_time
        for e in range(first, hours):
            if e < hours - 1 and (e - first + 1 < needed or whole[5]):
                continue
            if values[e] >= INFEASIBLE:
                continue
            if before + values[e] < off_from[e]:
                off_from[e] = before + values[e]
                came_from[e] = source
                began[e] = s
    least, last = INFEASIBLE, -2
    can_stay_off = on_first == 0 or (
        unit[7] <= min(unit[4], unit[2]) + 1e-9 and whole[3] >= up_time
    )
    if can_stay_off and not whole[5]:
        least, last = 0.0, -1
    for e in range(hours):
        if off_from[e] < least:
            least, last = off_from[e], e
    power[:] = -1.0
    spare[:] = 0.0
    while last >= 0:
        s = began[last]
        initial = s == -1
        first = max(s, 0)
        _run(
            first,
            initial,
            last,
            hours,
            energy,
            reserve,
            unit,
            mw,
            cost,
            pieces,
            values,
            trace,
            ends,
        )
        power[last] = ends[0]
        for t in range(last, first, -1):
            power[t - 1] = min(max(trace[t], power[t] - unit[1]), power[t] + unit[2])
        for t in range(first, last + 1):
            limit = unit[0]
            if t == first and not initial:
                limit = min(limit, unit[3])
            if t == last and last < hours - 1:
                limit = min(limit, unit[4])
            earlier = power[t - 1] if t > first else (unit[7] if initial else 0.0)
            if reserve[t] > 0:
                spare[t] = max(0.0, min(limit, earlier + unit[1]) - power[t])
        last = came_from[last]
    return least
