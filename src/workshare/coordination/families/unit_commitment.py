"""Unit commitment: generators are participants, hourly demand and reserves are what they share.

Instances of the IEEE PES library PGLib-UC in its JSON form, with the model of Knueven, Ostrowski
and Watson (2020), "On mixed-integer programming formulations for the unit commitment problem",
INFORMS Journal on Computing 32(4): minimum up and down times, start-up costs by hours off, ramps
(also of reserves), starting and stopping limits, convex piecewise linear cost. Demand is a hard
balance, reserves a hard least; renewables, which cost nothing, belong to the shared side.

A generator answers prices exactly (:mod:`workshare.coordination.families.commitment_kernel`) and
can disclose its model as a mixed-integer programme.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import scipy.sparse as sp

from workshare.arrays import Array
from workshare.coordination.problem import Problem
from workshare.errors import OptionError
from workshare.market import Column, Market
from workshare.response import (
    IntArray,
    MatrixModel,
    Member,
    Menu,
    Participant,
    Participants,
    Plan,
    Point,
    Replies,
)

CEILING = 10_000.0
"""Price of a MWh that nobody supplies or takes; a point that needs it is not feasible."""

VARIANTS = (0.97, 1.03, 0.9, 1.1)
"""Prices besides the real ones, as multiples, at which a generator says what it would do."""


@dataclass(frozen=True)
class Generator:
    """One thermal generator, power in MW above its minimum, money in the file's unit.

    Attributes
    ----------
    minimum, span : least power when on, and how far above it power can go.
    up, down : ramps per hour; ``start``, ``stop``: most above minimum in a starting or stopping
        hour.
    mw, cost : breakpoints of the convex cost of power above minimum, from (0, 0).
    on_cost : cost of an hour at minimum power.
    start_cost : by hours off, 0 to the longest that matters.
    up_time, down_time : least hours on and off.
    on, hours_on, hours_off, power : the state before the first hour.
    must_run : it is never off.
    """

    name: str
    minimum: float
    span: float
    up: float
    down: float
    start: float
    stop: float
    mw: Array
    cost: Array
    on_cost: float
    start_cost: Array
    up_time: int
    down_time: int
    on: bool
    hours_on: int
    hours_off: int
    power: float
    must_run: bool


class Generators(Participants):
    """Thermal generators that answer prices of energy, then of reserve, hour by hour, exactly.

    Besides its best schedule each answers what it would do if all prices were ``variants`` times as
    high: plans near its best that save the coordinator rounds.
    """

    def __init__(
        self, units: list[Generator], hours: int, variants: tuple[float, ...] = VARIANTS
    ) -> None:
        self.units, self.hours, self.variants = units, hours, variants
        self.multiplicity = np.ones(len(units), dtype=np.int64)
        self._known: list[dict[bytes, int]] = [{} for _ in units]
        self._schedules: list[list[tuple[Array, Array]]] = [[] for _ in units]

    def __len__(self) -> int:
        return len(self.units)

    @property
    def ids(self) -> list[str]:
        """The generators' names."""
        return [unit.name for unit in self.units]

    def one(self, who: int) -> Participant:
        """Return one generator by itself."""
        return Member(self, who)

    def price(self, prices: Array, near: float = 0.0, who: IntArray | None = None) -> Replies:
        """Return each generator's best schedule, and those at ``variants`` of the prices."""
        asked = np.arange(len(self)) if who is None else who
        bound = np.full(len(self), -np.inf)
        answered = np.zeros(len(self), dtype=bool)
        answered[asked] = True
        rows: list[tuple[int, int, Plan]] = []
        for number in asked.tolist():
            bound[number], power, spare = best_schedule(self.units[number], prices)
            keys = [self.register(number, power, spare)]
            for factor in self.variants:
                _, power, spare = best_schedule(self.units[number], factor * prices)
                keys.append(self.register(number, power, spare))
            rows.extend((number, key, self.plan(number, key)) for key in dict.fromkeys(keys))
        return Replies(
            np.array([number for number, _, _ in rows], dtype=np.int64),
            np.array([key for _, key, _ in rows], dtype=np.int64),
            np.array([plan.cost for _, _, plan in rows]),
            np.array([plan.contribution for _, _, plan in rows]).reshape(-1, prices.size),
            bound,
            answered.copy(),
            answered,
        )

    def register(self, who: int, power: Array, spare: Array) -> int:
        """Return the key of a schedule: power above minimum (-1 = off) and reserve by hour."""
        name = np.round(np.concatenate([power, spare]), 7).tobytes()
        if name not in self._known[who]:
            self._known[who][name] = len(self._schedules[who])
            self._schedules[who].append((power.copy(), spare.copy()))
        return self._known[who][name]

    def menus(self, prices: Array, slack: Array, count: int, who: IntArray) -> list[Menu]:
        """Return the schedules answered so far within the slack, best first; never complete."""
        slacks = np.broadcast_to(slack, who.shape)
        menus = []
        for number, room in zip(who.tolist(), slacks.tolist(), strict=True):
            plans = [self.plan(number, key) for key in range(len(self._schedules[number]))]
            values = np.array([plan.cost - float(prices @ plan.contribution) for plan in plans])
            order = np.argsort(values, kind="stable") if plans else np.zeros(0, dtype=int)
            kept = [plans[k] for k in order if values[k] <= values[order[0]] + room]
            menus.append(Menu(tuple(kept[:count]), False))
        return menus

    def schedule(self, who: int, key: int) -> tuple[Array, Array]:
        """Return power above minimum (-1 = off) and reserve by hour of a schedule answered."""
        return self._schedules[who][key]

    def plan(self, who: int, key: int) -> Plan:
        """Return the plan of a schedule answered."""
        power, spare = self._schedules[who][key]
        unit = self.units[who]
        on = power >= 0
        total = np.concatenate([np.where(on, unit.minimum + power, 0.0), spare])
        return Plan(f"{unit.name}:{key}", schedule_cost(unit, power), total)

    def point(self, who: int, key: int) -> Point:
        """Return the same plan as a point."""
        return self.plan(who, key).at(np.zeros(0))

    def disclose(self, who: int) -> MatrixModel:
        """Return the generator's model as a mixed-integer programme."""
        return generator_model(self.units[who], self.hours)

    def represent(self, who: int, key: int) -> Array:
        """Return the variables of :meth:`disclose` at a schedule answered."""
        power, spare = self._schedules[who][key]
        return represent(self.units[who], power, spare)

    def margins(self, who: int, prices: Array) -> tuple[Array, Array]:
        """Return whole-numbered values of a best schedule, and what another value would cost more.

        One figure for each variable of :meth:`disclose`. The margin of being on is exact, and
        infinite where only one state is possible; starts and stops follow from it (margin 0).
        """
        unit = self.units[who]
        least, power, spare = best_schedule(unit, prices)
        on, off = state_costs(unit, prices)
        values = represent(unit, power, spare)
        margin = np.zeros(values.size)
        margin[: self.hours] = np.maximum(np.maximum(on, off) - least, 0.0)
        return values, margin


def best_schedule(unit: Generator, prices: Array) -> tuple[float, Array, Array]:
    """Return the least cost less revenue at ``prices``, and the schedule that has it.

    Prices are of energy by hour, then of reserve by hour; the schedule is power above minimum
    (-1 = off) and reserve.
    """
    from workshare.coordination.families.commitment_kernel import best_commitment

    hours = prices.size // 2
    power, spare = np.zeros(hours), np.zeros(hours)
    recursion: Any = best_commitment
    least = recursion(*_figures(unit, prices), power, spare)
    return float(least), power, spare


def state_costs(unit: Generator, prices: Array) -> tuple[Array, Array]:
    """Return, by hour, the least cost less revenue when on then, and when off then.

    Infinite where the generator cannot be in that state.
    """
    from workshare.coordination.families.commitment_kernel import INFEASIBLE
    from workshare.coordination.families.commitment_margins import costs_by_state

    on, off = np.zeros(prices.size // 2), np.zeros(prices.size // 2)
    recursion: Any = costs_by_state
    recursion(*_figures(unit, prices), on, off)
    on[on >= INFEASIBLE], off[off >= INFEASIBLE] = np.inf, np.inf
    return on, off


def _figures(unit: Generator, prices: Array) -> tuple[Any, ...]:
    """Return prices and generator as the compiled recursions take them."""
    hours = prices.size // 2
    figures = (
        unit.span, unit.up, unit.down, unit.start, unit.stop, unit.on_cost, unit.minimum, unit.power
    )  # fmt: skip
    whole = (
        unit.up_time, unit.down_time, unit.on, unit.hours_on, unit.hours_off, unit.must_run
    )  # fmt: skip
    return (
        np.ascontiguousarray(prices[:hours]),
        np.ascontiguousarray(prices[hours:]),
        np.array(figures),
        np.array(whole, dtype=np.int64),
        unit.mw,
        unit.cost,
        unit.mw.size,
        unit.start_cost,
    )


def schedule_cost(unit: Generator, power: Array) -> float:
    """Return what a schedule costs: hours on, energy above minimum, start-ups by hours off."""
    on = power >= 0
    cost = unit.on_cost * float(on.sum())
    cost += float(np.sum(np.interp(power[on], unit.mw, unit.cost)))
    off = 0 if unit.on else unit.hours_off
    was = unit.on
    for now in on:
        if now and not was:
            cost += float(unit.start_cost[min(off, unit.start_cost.size - 1)])
        off = 0 if now else off + 1
        was = bool(now)
    return cost


def generator_model(unit: Generator, hours: int) -> MatrixModel:
    """Return one generator's mixed-integer programme.

    Variables by hour: on, start, stop, power above minimum, reserve, one per cost segment, and one
    per start-up class but the dearest (which hours off of at most its limit allow).
    """
    T = hours
    widths, slopes = np.diff(unit.mw), np.diff(unit.cost) / np.diff(unit.mw)
    steps = _start_steps(unit)
    blocks = 5 + widths.size + len(steps) - 1
    hour = np.arange(T)

    def at(block: int, t: int) -> int:
        return block * T + t

    rows: list[dict[int, float]] = []
    low: list[float] = []
    high: list[float] = []

    def row(terms: dict[int, float], least: float, most: float) -> None:
        rows.append(terms)
        low.append(least)
        high.append(most)

    first_class = 5 + widths.size
    dearest = steps[-1][1]
    for t in range(T):
        before: dict[int, float] = {at(0, t - 1): -1.0} if t else {}
        known = 0.0 if t else float(unit.on)
        row({at(0, t): 1.0, at(1, t): -1.0, at(2, t): 1.0, **before}, known, known)
        segments = {at(5 + k, t): -1.0 for k in range(widths.size)}
        row({at(3, t): 1.0, **segments}, 0.0, 0.0)
        for k, width in enumerate(widths):
            row({at(5 + k, t): 1.0, at(0, t): -float(width)}, -np.inf, 0.0)
        room = {at(3, t): 1.0, at(4, t): 1.0, at(0, t): -unit.span}
        starting = max(unit.span - unit.start, 0.0)
        stopping = max(unit.span - unit.stop, 0.0)
        row({**room, at(1, t): starting}, -np.inf, 0.0)
        if t + 1 < T:
            row({**room, at(2, t + 1): stopping}, -np.inf, 0.0)
        earlier: dict[int, float] = {at(3, t - 1): -1.0} if t else {}
        given = 0.0 if t else float(unit.on) * unit.power
        row({at(3, t): 1.0, at(4, t): 1.0, **earlier}, -np.inf, unit.up + given)
        row({at(3, t): -1.0, **{k: -v for k, v in earlier.items()}}, -np.inf, unit.down - given)
        up, down = min(unit.up_time, T), min(unit.down_time, T)
        if t + 1 >= up:
            recent = {at(1, s): 1.0 for s in range(t + 1 - up, t + 1)}
            row({**recent, at(0, t): recent.get(at(0, t), 0.0) - 1.0}, -np.inf, 0.0)
        if t + 1 >= down:
            recent = {at(2, s): 1.0 for s in range(t + 1 - down, t + 1)}
            row({**recent, at(0, t): 1.0}, -np.inf, 1.0)
        for k in range(len(steps) - 1):
            lag, after = steps[k][0], steps[k + 1][0]
            stops = {at(2, t - i): -1.0 for i in range(max(lag, 1), after) if t - i >= 0}
            already = not unit.on and unit.hours_off + t < after
            row({at(first_class + k, t): 1.0, **stops}, -np.inf, 1.0 if already else 0.0)
        if len(steps) > 1:
            classes = {at(first_class + k, t): 1.0 for k in range(len(steps) - 1)}
            row({**classes, at(1, t): -1.0}, -np.inf, 0.0)
    cost = np.zeros(blocks * T)
    cost[hour] = unit.on_cost
    cost[T + hour] = dearest
    for k, slope in enumerate(slopes):
        cost[(5 + k) * T + hour] = slope
    for k in range(len(steps) - 1):
        cost[(first_class + k) * T + hour] = steps[k][1] - dearest
    lower, upper = np.zeros(blocks * T), np.ones(blocks * T)
    upper[3 * T : 5 * T] = unit.span
    for k, width in enumerate(widths):
        upper[(5 + k) * T + hour] = width
    _hold_at_first(unit, lower, upper, T)
    integer = np.zeros(blocks * T, dtype=bool)
    integer[: 3 * T] = True
    index = [(r, c, v) for r, terms in enumerate(rows) for c, v in terms.items()]
    r, c, v = (np.array(part) for part in zip(*index, strict=True))
    matrix = sp.csr_matrix((v, (r.astype(int), c.astype(int))), shape=(len(rows), blocks * T))
    ones = np.ones(T)
    energy = sp.coo_matrix(
        (
            np.concatenate([unit.minimum * ones, ones, ones]),
            (
                np.concatenate([hour, hour, T + hour]),
                np.concatenate([hour, 3 * T + hour, 4 * T + hour]),
            ),
        ),
        shape=(2 * T, blocks * T),
    )
    return MatrixModel(
        cost, lower, upper, integer, matrix, np.array(low), np.array(high), energy.tocsr()
    )


def represent(unit: Generator, power: Array, spare: Array) -> Array:
    """Return the variables of :func:`generator_model` at a schedule."""
    T = power.size
    on = (power >= 0).astype(float)
    was = np.concatenate([[float(unit.on)], on[:-1]])
    above = np.maximum(power, 0.0)
    parts = [on, np.maximum(on - was, 0.0), np.maximum(was - on, 0.0), above, spare]
    for left, width in zip(unit.mw[:-1], np.diff(unit.mw), strict=True):
        parts.append(np.clip(above - left, 0.0, width))
    steps = _start_steps(unit)
    classes = [np.zeros(T) for _ in steps[:-1]]
    off = 0 if unit.on else unit.hours_off
    for t in range(T):
        if on[t] and not was[t]:
            held = [k for k, step in enumerate(steps) if step[0] <= off]
            number = max(held, default=0)
            if number < len(classes):
                classes[number][t] = 1.0
        off = 0 if on[t] else off + 1
    return np.concatenate([*parts, *classes])


def _start_steps(unit: Generator) -> list[tuple[int, float]]:
    """Return (hours off from which it holds, cost) of each start-up class."""
    changes = np.flatnonzero(np.diff(unit.start_cost)) + 1
    return [(int(k), float(unit.start_cost[k])) for k in [0, *changes.tolist()]]


def _hold_at_first(unit: Generator, lower: Array, upper: Array, T: int) -> None:
    """Hold the first hours on or off as long as the state before them requires."""
    if unit.must_run:
        lower[:T] = 1.0
    if unit.on:
        lower[: min(T, max(0, unit.up_time - unit.hours_on))] = 1.0
        if unit.power > min(unit.stop, unit.down) + 1e-9:
            lower[0] = 1.0  # it cannot fall to nothing at once
    else:
        upper[: min(T, max(0, unit.down_time - unit.hours_off))] = 0.0


def read_unit_commitment(path: str | Path) -> Problem:
    """Return the problem in a PGLib-UC file.

    Raises
    ------
    OptionError : not JSON, a field that is missing or not a number, lists of the wrong length.
    """
    try:
        content = json.loads(Path(path).read_text(encoding="utf-8"))
        hours = int(content["time_periods"])
        units = [_generator(name, item) for name, item in content["thermal_generators"].items()]
        demand = np.array(content["demand"], dtype=float)
        reserve = np.array(content["reserves"], dtype=float)
        others = [
            (np.array(g["power_output_minimum"], float), np.array(g["power_output_maximum"], float))
            for g in content.get("renewable_generators", {}).values()
        ]
    except (ValueError, UnicodeDecodeError) as error:
        raise OptionError(f"{path}: is not a PGLib-UC file ({error})") from error
    except (KeyError, TypeError, AttributeError) as error:
        raise OptionError(f"{path}: a field is missing or of the wrong kind: {error}") from error
    lists = [("demand", demand), ("reserves", reserve), *(("renewable", x) for x, _ in others)]
    wrong = [name for name, values in lists if values.shape != (hours,)]
    if wrong:
        raise OptionError(
            f"{path}: must have {hours} figures each: {', '.join(sorted(set(wrong)))}"
        )
    if not all(np.all(np.isfinite(values)) for _, values in lists):
        raise OptionError(f"{path}: demand, reserves and renewables must be finite")
    least = sum((x for x, _ in others), np.zeros(hours))
    most = sum((x for _, x in others), np.zeros(hours))
    return commitment_problem(units, demand, reserve, least, most)


def commitment_problem(
    units: list[Generator], demand: Array, reserve: Array, least: Array, most: Array
) -> Problem:
    """Return the problem of meeting hourly demand and reserve with ``units`` at least cost.

    ``least`` and ``most`` bound what renewables supply at no cost, hour by hour (MW).
    """
    hours = demand.size
    everything = sum(unit.minimum + unit.span for unit in units)
    size = np.concatenate([np.maximum(demand, 1.0), np.maximum(reserve, 1.0)])
    each = sp.identity(2 * hours, format="csc")
    kinds = ["slack"] * hours + ["dispose"] * hours + ["target"] * 2 * hours
    market = Market(
        dimensions=2 * hours,
        columns=tuple(Column(kind) for kind in [*kinds, *["unmet"] * 3 * hours]),
        rows=sp.hstack(
            [each[:, :hours], -each[:, hours:], -each, each, -each[:, :hours]], format="csc"
        ),
        cost=np.concatenate([np.zeros(4 * hours), np.full(3 * hours, CEILING)]),
        curvature=np.zeros(7 * hours),
        lower=np.concatenate([least, np.zeros(hours), demand, reserve, np.zeros(3 * hours)]),
        upper=np.concatenate(
            [
                most,
                np.full(hours, everything),
                demand,
                reserve,
                demand + reserve.max(),
                reserve + 1.0,
                np.full(hours, everything) + most,
            ]
        ),
        column_scale=np.concatenate([size[:hours], size[hours:], size, size, size[:hours]]),
        row_scale=size,
    )
    return Problem(Generators(units, hours), market)


def _generator(name: str, item: dict[str, Any]) -> Generator:
    """Return one generator from its entry in the file."""
    number = {k: float(v) for k, v in item.items() if isinstance(v, int | float)}
    least = number["power_output_minimum"]
    pieces = item["piecewise_production"]
    mw = np.array([p["mw"] for p in pieces], dtype=float) - least
    cost = np.array([p["cost"] for p in pieces], dtype=float)
    if mw.size == 1:
        mw, cost = np.array([0.0, 1e-6]), np.repeat(cost, 2)
    kept = _envelope(mw, cost)
    steps = [(int(s["lag"]), float(s["cost"])) for s in item["startup"]]
    on = bool(number["unit_on_t0"])
    return Generator(
        name=name,
        minimum=least,
        span=number["power_output_maximum"] - least,
        up=number["ramp_up_limit"],
        down=number["ramp_down_limit"],
        start=number["ramp_startup_limit"] - least,
        stop=number["ramp_shutdown_limit"] - least,
        mw=mw[kept],
        cost=cost[kept] - cost[0],
        on_cost=float(cost[0]),
        start_cost=_by_hours_off(steps),
        up_time=int(number["time_up_minimum"]),
        down_time=int(number["time_down_minimum"]),
        on=on,
        hours_on=int(number["time_up_t0"]) if on else 0,
        hours_off=0 if on else int(number["time_down_t0"]),
        power=number["power_output_t0"] - least if on else 0.0,
        must_run=bool(number["must_run"]),
    )


def _by_hours_off(steps: list[tuple[int, float]]) -> Array:
    """Return the start-up cost by hours off, from 0 to the last class's lag."""
    hours = np.arange(steps[-1][0] + 1)
    place = np.searchsorted([lag for lag, _ in steps], hours, side="right") - 1
    return np.array([cost for _, cost in steps])[np.maximum(place, 0)]


def _envelope(x: Array, y: Array) -> list[int]:
    """Return the breakpoints of the lower convex envelope of the points."""
    kept: list[int] = []
    for k in range(x.size):
        while len(kept) > 1 and (y[kept[-1]] - y[kept[-2]]) * (x[k] - x[kept[-2]]) >= (
            y[k] - y[kept[-2]]
        ) * (x[kept[-1]] - x[kept[-2]]):
            kept.pop()
        kept.append(k)
    return kept
