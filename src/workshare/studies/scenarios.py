"""Several divisions of labour, not one: the scenarios a region can choose from.

Every scenario is a real combination of plans with the market cleared exactly. ``least_cost`` and
``minus_X`` are solved like problem (1), with their own certificate. The others optimise another
objective over the same plans while the market value stays within a stated slack of the best; what
cannot be written as one such programme (fair shares of gains, which depend on prices) is the best
of all divisions met, improved by changing one activity at a time. Each ``claim`` says which.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

import numpy as np

from workshare.arrays import Array
from workshare.coordination import (
    RestrictedProgram,
    Selection,
    Settings,
    Solution,
    operate,
    solve,
)
from workshare.coordination.problem import Problem
from workshare.coordination.solve import complete_choices
from workshare.region.region import WORLD
from workshare.response import Group, Plan, TablePart, participant_parts
from workshare.studies.outcome import Outcome, outcome_of
from workshare.studies.play_out import changes, outcome_at
from workshare.studies.setting import Setting

SLACK = 0.02
"""How far below the best market value a scenario may lie, as a share of it."""


@dataclass
class Bench:
    """The restricted programme of a region, kept to be solved for one objective after another."""

    setting: Setting
    solution: Solution
    settings: Settings
    slack: float
    reference: dict[str, frozenset[str]]
    best: Selection = field(init=False)
    most: float = field(init=False)
    tangents: list[Array] = field(init=False)

    def __post_init__(self) -> None:
        self.best = self.solution.selection
        self.most = self.best.value + self.slack
        self.tangents = list(self.solution.tangents)

    def program(self) -> RestrictedProgram:
        """Return a fresh programme over every plan within the slack, with its cost limited."""
        prices = self.solution.row_prices[: self.setting.problem.dimensions]
        reach = self.most - self.solution.dual_bound
        choices, _ = complete_choices(
            self.setting.problem.participants, prices, reach, self.settings.menu_count
        )
        program = RestrictedProgram(self.setting.problem, choices, tangents=self.tangents)
        # tangents see a little less than the true cost: ask for a little less, accept up to most
        program.limit_cost(self.most - 0.02 * self.slack)
        return program

    def best_for(
        self,
        program: RestrictedProgram,
        objective: Array,
        measure: Callable[[Selection], float],
    ) -> Selection | None:
        """Return the division within the slack that minimises ``objective``.

        Plants chosen for the objective are then run for least cost, as their owners would; where
        that leaves its ``measure`` above that of the least-cost division, it is the latter.
        """
        found = self._kept(program.solve_for(objective, most=self.most, start=self.best).selection)
        return found and min(found, self.best, key=measure)

    def best_makers(
        self, program: RestrictedProgram, objective: Array, flags: dict[tuple[str, str], int]
    ) -> Selection | None:
        """Minimise a count over the makers' ``flags``; then cost, with those makers held."""
        answer = program.solve_for(
            objective,
            most=self.most,
            start=self.best,
            absolute_gap=0.5,
            relative_gap=0.0,
            max_nodes=300,
        )
        if answer.selection is None:
            return None
        held = {
            (code, group.activity) for code, group in new_groups(self.setting, answer.selection)
        }
        for key, flag in flags.items():
            program.fix(flag, 1.0 if key in held else 0.0)
        polished = program.solve(tolerance=1e-4, start=answer.selection, max_passes=2)
        return self._kept(polished.selection)

    def _kept(self, selection: Selection | None) -> Selection | None:
        if selection is not None:
            self.tangents.append(selection.market.v)
        return selection


def new_groups(setting: Setting, selection: Selection) -> list[tuple[str, Group]]:
    """Return (participant, group) of every new group that runs in ``selection``."""
    owner = setting.region.place_owner()
    return [
        (owner[group.place], group)
        for point in selection.points
        for group in point.plan.meta
        if not group.existing
    ]


def makers(program: RestrictedProgram) -> dict[tuple[str, str], list[int]]:
    """Return, per (participant, activity), the decisions that include a new plant of it."""
    owners = [p.owner for p in program.problem.participants]
    found: dict[tuple[str, str], list[int]] = {}
    for decision, groups in enumerate(program.table.what):
        owner = owners[program.table.participant[decision]]
        for activity in dict.fromkeys(g.activity for g in groups if not g.existing):
            found.setdefault((owner, activity), []).append(decision)
    return found


def add_maker_flags(program: RestrictedProgram) -> dict[tuple[str, str], int]:
    """Add one 0/1 flag per (participant, activity): it is 1 exactly if a new plant is held."""
    flags = {}
    for key, decisions in makers(program).items():
        flag = program.add_column(0.0, 1.0)
        for decision in decisions:
            program.add_row({flag: 1.0, decision: -1.0}, 0.0, np.inf)
        program.add_row({flag: 1.0, **dict.fromkeys(decisions, -1.0)}, -np.inf, 0.0)
        flags[key] = flag
    return flags


def makers_of(holdings: Iterable[tuple[str, frozenset[str]]]) -> frozenset[tuple[str, str]]:
    """Return the (participant, activity) pairs with a new plant, from group labels."""
    return frozenset((code, label.split("/", 2)[1]) for code, held in holdings for label in held)


def small_cost(program: RestrictedProgram) -> Array:
    """Return the cost objective scaled to break ties only."""
    whole = np.array(program.objective)
    return whole * (1e-3 / max(1.0, float(np.max(np.abs(whole), initial=0.0))))


def fewest_changes(bench: Bench) -> Selection | None:
    """Return the division whose makers differ least from those of the national plans."""
    program = bench.program()
    flags = add_maker_flags(program)
    objective = np.zeros(program.columns)
    held = makers_of(bench.reference.items())
    for key, flag in flags.items():
        objective[flag] = -1.0 if key in held else 1.0
    return bench.best_makers(program, objective, flags)


def least_duplication(bench: Bench) -> Selection | None:
    """Return the division in which the fewest participants build the same activity."""
    program = bench.program()
    flags = add_maker_flags(program)
    objective = np.zeros(program.columns)
    for flag in flags.values():
        objective[flag] = 1.0
    return bench.best_makers(program, objective, flags)


def lowest_emissions(bench: Bench) -> Selection | None:
    """Return the division with the lowest emissions inside the region."""
    program = bench.program()
    objective = small_cost(program)
    column = _market_column(program, "emissions")
    objective[column] = 1.0
    emissions = column - program.first_market
    return bench.best_for(program, objective, lambda found: float(found.market.v[emissions]))


def most_resilient(bench: Bench) -> Selection | None:
    """Return the division in which the largest single source of each good is smallest.

    A source is a participant's gross output or the rest of the world; goods are weighted by the
    value of the region's use at the least-cost prices.
    """
    program = bench.program()
    setting = bench.setting
    market = setting.market
    owners = [p.owner for p in program.problem.participants]
    weight = _values(setting, bench.best)
    scales: dict[str, float] = {}
    objective = small_cost(program)
    outputs = {a.id: a.output for a in setting.region.activities}
    for good, value in weight.items():
        scale = market.column_scale[next(k for k, c in enumerate(market.columns) if c.good == good)]
        scales[good] = scale
        peak = program.add_column(0.0, np.inf)
        objective = np.append(objective, value)
        sources: dict[str, dict[int, float]] = {}
        for level, group in enumerate(program.table.level_group):
            if group is None or outputs[group.activity] != good:
                continue
            owner = owners[program.table.participant[program.table.level_decision[level]]]
            column = program.decisions + level
            sources.setdefault(owner, {})[column] = -program.level_scale[level] / scale
        world = [
            k for k, c in enumerate(market.columns) if c.kind == "world_supply" and c.good == good
        ]
        for k in world:
            sources["world"] = {program.first_market + k: -market.column_scale[k] / scale}
        for terms in sources.values():
            program.add_row({peak: 1.0, **terms}, 0.0, np.inf)

    def measure(found: Selection) -> float:
        largest = largest_sources(setting, found)
        return sum(value * largest[good] / scales[good] for good, value in weight.items())

    return bench.best_for(program, objective, measure)


def largest_sources(setting: Setting, selection: Selection) -> dict[str, float]:
    """Return, per good, the most that one participant makes or the rest of the world sells."""
    output = {activity.id: activity.output for activity in setting.region.activities}
    owner = setting.region.place_owner()
    amounts: dict[tuple[str, str], float] = {}
    for point in selection.points:
        for group, level in zip(point.plan.meta, point.levels, strict=True):
            key = (output[group.activity], owner[group.place])
            amounts[key] = amounts.get(key, 0.0) + float(level)
    for k, column in enumerate(setting.market.columns):
        if column.kind == "world_supply":
            amounts[column.good, WORLD] = float(selection.market.v[k])
    largest = {good.id: 0.0 for good in setting.region.goods}
    for (good, _), amount in amounts.items():
        largest[good] = max(largest[good], amount)
    return largest


def alternative(bench: Bench, earlier: list[Outcome]) -> Selection | None:
    """Return the division within the slack that differs most from all ``earlier`` ones.

    Difference is counted in (participant, activity) pairs that build in one and not in the other.
    """
    program = bench.program()
    flags = add_maker_flags(program)
    if not flags:
        return None
    objective = np.zeros(program.columns)
    for outcome in earlier:
        held = makers_of(outcome.holdings)
        for key, flag in flags.items():
            objective[flag] += 1.0 if key in held else -1.0
    # never the same division again, even where nothing else differs
    for outcome in earlier:
        held = makers_of(outcome.holdings)
        inside = {flag: -1.0 for key, flag in flags.items() if key in held}
        outside = {flag: 1.0 for key, flag in flags.items() if key not in held}
        if inside or outside:
            program.add_row({**inside, **outside}, 1.0 - len(inside), np.inf)
    return bench.best_makers(program, objective, flags)


def minus(
    setting: Setting,
    code: str,
    solution: Solution,
    settings: Settings,
    held: frozenset[str],
) -> Solution:
    """Return the least-cost division when ``code`` stays out, its links cut.

    ``held`` is what ``code`` holds when isolated; ``solution`` is the whole region's, and its
    tangents are reused.
    """
    alone = setting.without_links(code)
    cleared = alone.clear({code: held})
    fixed: Plan = alone.held_plan(code, held, cleared.idle)
    parts = [
        part
        for other in setting.participants
        if other != code
        for part in participant_parts(alone.models[other])
    ]
    problem = Problem((*parts, TablePart(f"{code}/fixed", code, (fixed,))), alone.market)
    # what the others do in the whole region's division is a good division without ``code`` too
    known = zip(setting.problem.participants, solution.selection.points, strict=True)
    plans = [point.plan for part, point in known if part.owner != code]
    return solve(
        problem,
        settings,
        tangents=_same_columns(setting, alone, solution),
        start=operate(alone.market, [*plans, fixed]),
    )


def fair(
    setting: Setting,
    pool: list[Outcome],
    score: Callable[[Outcome], float],
    *,
    evaluations: int = 150,
) -> Outcome | None:
    """Return the division of ``pool`` with the highest ``score``, improved one change at a time."""
    if not pool:
        return None
    best = max(pool, key=lambda outcome: (score(outcome), outcome.market_value))
    best_score = score(best)
    left = evaluations
    improved = True
    while improved and left > 0:
        improved = False
        holdings = dict(best.holdings)
        for code in setting.participants:
            for held in changes(setting.models[code], holdings[code]):
                if left == 0:
                    break
                left -= 1
                trial = outcome_at(setting, {**holdings, code: held}, best.name)
                trial_score = score(trial)
                if trial_score > best_score + 1e-9:
                    best, best_score, improved = trial, trial_score, True
                    break
            if improved:
                break
    return best


Measure = Callable[[list[float], float], float]
"""A score of (relative gains, market value above the uncoordinated one); higher is fairer."""


def smallest_gain(gains: list[float], progress: float) -> float:
    """Return the smallest gain: maximin."""
    return min(gains)


def even_gains(gains: list[float], progress: float) -> float:
    """Return minus the spread of gains over their mean; gaining nothing is no way of being even."""
    mean = float(np.mean(gains))
    if progress <= 0 or mean <= 0:
        return -1e6 + min(gains)
    return -float(np.std(gains)) / mean


FAIR: dict[str, tuple[Measure, str, str, str]] = {
    "maximin": (
        smallest_gain,
        "Maximin",
        "The participant that gains least, relative to being isolated, gains the most.",
        "largest smallest gain relative to isolated",
    ),
    "proportional": (
        even_gains,
        "Proportional gains",
        "Gains as equal as possible in proportion to what each achieves isolated.",
        "smallest spread of relative gains, over their mean",
    ),
}
"""Scenarios by name that are fair in gains: how they are measured, and their texts."""


def relative_gains(
    outcome: Outcome, outside: dict[str, float], size: dict[str, float]
) -> dict[str, float]:
    """Return each participant's gain over its outside option, as a share of ``size``."""
    values = outcome.by_participant
    return {code: (values[code] - outside[code]) / size[code] for code in values}


def selection_outcome(setting: Setting, selection: Selection, name: str, **texts: str) -> Outcome:
    """Return the outcome of a coordinated ``selection``."""
    return outcome_of(setting, selection, name=name, **texts)  # type: ignore[arg-type]


def _market_column(program: RestrictedProgram, kind: str) -> int:
    columns = program.problem.market.columns
    return program.first_market + next(k for k, c in enumerate(columns) if c.kind == kind)


def _values(setting: Setting, best: Selection) -> dict[str, float]:
    """Return the value share of each tradable good in the region's use at the best division."""
    market = setting.market
    worth: dict[str, float] = {}
    index = {
        (d.place, d.good): float(p) for d, p in zip(setting.dimensions, best.prices, strict=True)
    }
    for k, column in enumerate(market.columns):
        if column.kind in ("ship", "import", "demand"):
            price = index.get((column.destination, column.good), 0.0)
            worth[column.good] = worth.get(column.good, 0.0) + price * market.column_scale[k] * (
                float(best.market.v[k]) / market.column_scale[k]
            )
    total = sum(worth.values()) or 1.0
    return {good: value / total for good, value in worth.items() if value > 0}


def _same_columns(setting: Setting, other: Setting, solution: Solution) -> list[Array]:
    """Return known market levels re-ordered for a market with fewer columns (for its tangents)."""
    index = {
        (c.kind, c.good, c.origin, c.destination): k for k, c in enumerate(setting.market.columns)
    }
    picks = [index.get((c.kind, c.good, c.origin, c.destination)) for c in other.market.columns]
    return [
        np.array([0.0 if pick is None else levels[pick] for pick in picks])
        for levels in solution.tangents
    ]
