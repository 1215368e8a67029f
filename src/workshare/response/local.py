"""Participants modelled on this machine: a table where plans can be listed, a MILP where not."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from workshare.arrays import Array
from workshare.region.region import Region
from workshare.response.milp import MixedProgram
from workshare.response.model import Group, PrivateModel, private_model, split
from workshare.response.plan import (
    Answer,
    Menu,
    Participant,
    Plan,
    Point,
    cheapest_levels,
    distinct,
    is_operable,
)
from workshare.response.training import training_cost

TABLE_LIMIT = 3000
"""The longest list of plans that is kept as a table; beyond it a MILP answers."""


def plan_of(model: PrivateModel, running: Array) -> Plan:
    """Return the plan of ``model`` in which the groups of the 0/1 vector ``running`` run."""
    chosen = np.flatnonzero(running > 0.5)
    groups = tuple(model.groups[k] for k in chosen)
    used = np.any(model.rows_output != 0, axis=1) if model.limits.size else np.zeros(0, dtype=bool)
    rows = model.rows_output[np.ix_(used, chosen)]
    limits = model.limits[used] - model.rows_decision[used] @ (running > 0.5)
    kept = np.any(rows != 0, axis=1) if limits.size else np.zeros(0, dtype=bool)
    return Plan(
        id="+".join(group.label for group in groups) or "nothing",
        cost=sum(group.fixed_cost for group in groups)
        + float(training_cost(model.training, (running > 0.5).astype(float))),
        contribution=model.contribution[chosen].sum(axis=0),
        unit_cost=np.array([group.unit_cost for group in groups]),
        unit_contribution=model.unit_contribution[chosen],
        lower=np.array([group.lower for group in groups]),
        upper=np.array([group.upper for group in groups]),
        rows=rows[kept],
        limits=limits[kept],
        meta=groups,
    )


@dataclass(frozen=True)
class TablePart:
    """A part of a participant whose plans are all listed. Exact answers in closed form."""

    id: str
    owner: str
    plans: tuple[Plan, ...]
    model: PrivateModel | None = None

    @cached_property
    def _running(self) -> Array:
        """Plans x groups: which groups run in which plan (empty without a model)."""
        if self.model is None:
            return np.zeros((len(self.plans), 0))
        index = {group.label: k for k, group in enumerate(self.model.groups)}
        running = np.zeros((len(self.plans), len(index)))
        for row, plan in enumerate(self.plans):
            running[row, [index[group.label] for group in plan.meta]] = 1.0
        return running

    def _least(self, prices: Array) -> Array:
        """Return a lower bound on each plan's value: limits between outputs left out."""
        model = self.model
        if model is None:
            return np.array([cheapest_levels(plan, prices)[1] for plan in self.plans])
        fixed = np.array([g.fixed_cost for g in model.groups]) - model.contribution @ prices
        slope = np.array([g.unit_cost for g in model.groups]) - model.unit_contribution @ prices
        lower = np.array([g.lower for g in model.groups])
        upper = np.array([g.upper for g in model.groups])
        best: Array = self._running @ (fixed + np.minimum(slope * lower, slope * upper))
        return best + training_cost(model.training, self._running)

    def price(self, prices: Array, near: float = 0.0) -> Answer:
        """Answer the best plan and those within ``near``; see :class:`Participant`."""
        priced = self._within(prices, near)
        points = [plan.at(levels) for _, plan, levels in priced]
        return Answer(distinct(points), priced[0][0])

    def menu(self, prices: Array, slack: float, count: int) -> Menu:
        """Answer every plan within ``slack`` of the best; see :class:`Participant`."""
        within = [plan for _, plan, _ in self._within(prices, slack)]
        return Menu(tuple(within[:count]), len(within) <= count)

    def _within(self, prices: Array, slack: float) -> list[tuple[float, Plan, Array]]:
        """Return (value, plan, levels) of the plans within ``slack`` of the best, best first."""
        least = self._least(prices)
        room = 1e-12 * (1.0 + float(np.max(np.abs(least))))
        best = np.inf
        found: list[tuple[float, int, Array]] = []
        for k in np.argsort(least, kind="stable"):
            if least[k] > best + slack + room:
                break
            levels, value = cheapest_levels(self.plans[k], prices)
            best = min(best, value)
            found.append((value, int(k), levels))
        kept = sorted(
            (item for item in found if item[0] <= best + slack + room),
            key=lambda item: (item[0], item[1]),
        )
        return [(value, self.plans[k], levels) for value, k, levels in kept]


@dataclass(frozen=True)
class MixedPart:
    """A part of a participant with too many plans to list: one MILP, kept and re-priced."""

    id: str
    owner: str
    model: PrivateModel
    _program: list[MixedProgram] = field(default_factory=list)

    def __reduce__(self) -> tuple[Any, ...]:
        """Travel to other processes without the solver, which is built there anew."""
        return MixedPart, (self.id, self.owner, self.model)

    def program(self) -> MixedProgram:
        """Return the MILP, built on first use."""
        if not self._program:
            model = self.model
            self._program.append(
                MixedProgram(
                    lower=np.array([g.lower for g in model.groups]),
                    upper=np.array([g.upper for g in model.groups]),
                    rows_decision=model.rows_decision,
                    rows_output=model.rows_output,
                    limits=model.limits,
                    training=model.training,
                )
            )
        return self._program[0]

    def _costs(self, prices: Array) -> tuple[Array, Array]:
        model = self.model
        fixed = np.array([g.fixed_cost for g in model.groups]) - model.contribution @ prices
        unit = np.array([g.unit_cost for g in model.groups]) - model.unit_contribution @ prices
        return fixed, unit

    def price(self, prices: Array, near: float = 0.0) -> Answer:
        """Answer the best plan (MILP, HiGHS); the bound is the solver's proven dual bound."""
        solution = self.program().solve(*self._costs(prices))
        point = plan_of(self.model, solution.decision)
        best = point.at(cheapest_levels(point, prices)[0])
        points: tuple[Point, ...] = (best,)
        if near > 0:
            others = self.menu(prices, near, 4).plans
            points += tuple(plan.at(cheapest_levels(plan, prices)[0]) for plan in others)
        return Answer(distinct(points), min(solution.bound, best.reduced(prices)))

    def menu(self, prices: Array, slack: float, count: int) -> Menu:
        """Answer plans within ``slack``, found one by one, each cut off in turn."""
        fixed, unit = self._costs(prices)
        plans: list[Plan] = []
        limit = None
        for decision, value in self.program().enumerate(fixed, unit):
            limit = value + slack if limit is None else limit
            if value > limit + 1e-9 * (1 + abs(limit)):
                return Menu(tuple(plans), True)
            if len(plans) == count:
                return Menu(tuple(plans), False)
            plans.append(plan_of(self.model, decision))
        return Menu(tuple(plans), True)


def disclosed_model(participant: Participant) -> PrivateModel | None:
    """Return the model of a participant that is modelled on this machine, else None."""
    model = getattr(participant, "model", None)
    return model if isinstance(model, PrivateModel) else None


def local_participants(region: Region) -> list[Participant]:
    """Return every participant of ``region``, modelled here, part by independent part.

    Parts are named ``OWNER/1``, ``OWNER/2``, ... in the order of the region's activities; a
    participant that can do nothing has one part with the plan "nothing".
    """
    parts: list[Participant] = []
    for participant in region.participants:
        parts.extend(participant_parts(private_model(region, participant.id)))
    return parts


def participant_parts(model: PrivateModel) -> list[Participant]:
    """Return the oracle of each independent part of ``model``."""
    if not model.groups:
        nothing = plan_of(model, np.zeros(0))
        return [TablePart(f"{model.owner}/1", model.owner, (nothing,), model)]
    parts: list[Participant] = []
    for number, part in enumerate(split(model), start=1):
        name = f"{model.owner}/{number}"
        if _count(part) <= TABLE_LIMIT:
            plans = [plan_of(part, decision) for decision in _decisions(part)]
            operable = tuple(plan for plan in plans if is_operable(plan))
            parts.append(TablePart(name, model.owner, operable, part))
        else:
            parts.append(MixedPart(name, model.owner, part))
    return parts


def _slots(groups: tuple[Group, ...]) -> list[list[int]]:
    """Return the groups that exclude each other: one slot per size, one per standing plant."""
    slots: dict[tuple[str, str, str, float], list[int]] = {}
    for index, group in enumerate(groups):
        slots.setdefault((group.place, group.activity, group.plant, group.size), []).append(index)
    return list(slots.values())


def _count(model: PrivateModel) -> int:
    count = 1
    for slot in _slots(model.groups):
        count *= len(slot) + 1
    return count


def _decisions(model: PrivateModel) -> Iterator[Array]:
    """Yield every 0/1 decision that respects the limits on decisions alone."""
    pure = ~np.any(model.rows_output != 0, axis=1) if model.limits.size else np.zeros(0, dtype=bool)
    rows, limits = model.rows_decision[pure], model.limits[pure]
    for choice in itertools.product(*([None, *slot] for slot in _slots(model.groups))):
        decision = np.zeros(len(model.groups))
        decision[[index for index in choice if index is not None]] = 1.0
        if np.all(rows @ decision <= limits + 1e-9):
            yield decision
