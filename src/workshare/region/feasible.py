"""Limits that contradict each other: what can never run, and the smallest set that forbids it.

Doing nothing is always allowed, so a participant is infeasible in one of three ways: the plants
that stand today break a rule between activities, or its maximum output; an option can never run
within its limits; or the region asks for more jobs than could ever be. The first two are small
integer programs; when one has no solution, limits are taken away one by one, and what remains is
a smallest set that conflicts (a deletion filter: every limit named is needed for the conflict).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp

from workshare.region.build import Draft
from workshare.region.region import Activity, Option, Participant, Plant

_LEAST_RUN = 1e-3
"""Share of its size that counts as running when there is no minimum load."""

Holding = tuple[str, str]
"""Place and activity."""


@dataclass(slots=True)
class _Row:
    """One inequality ``sum(terms) <= bound`` and the limit it comes from; blank if definitional."""

    terms: dict[int, float]
    bound: float
    label: str


@dataclass(slots=True)
class _Program:
    """A small integer program; variables are added one by one."""

    upper: list[float] = field(default_factory=list)
    whole: list[int] = field(default_factory=list)
    rows: list[_Row] = field(default_factory=list)

    def variable(self, upper: float, whole: bool) -> int:
        """Add a variable between 0 and ``upper`` and return its index."""
        self.upper.append(upper)
        self.whole.append(int(whole))
        return len(self.upper) - 1

    def limit(self, terms: dict[int, float], bound: float, label: str = "") -> None:
        """Add ``sum(terms) <= bound``, scaled to coefficients of at most one."""
        scale = max((abs(value) for value in terms.values()), default=0.0) or 1.0
        if math.isfinite(bound):
            scaled = {index: value / scale for index, value in terms.items()}
            self.rows.append(_Row(scaled, bound / scale, label))

    def is_feasible(self, labels: Iterable[str]) -> bool:
        """Tell whether a solution exists with only the limits of ``labels``."""
        kept = {"", *labels}
        rows = [row for row in self.rows if row.label in kept]
        if any(not row.terms and row.bound < -1e-9 for row in rows):
            return False
        if not self.upper:
            return True
        matrix = np.zeros((len(rows), len(self.upper)))
        for number, row in enumerate(rows):
            for index, value in row.terms.items():
                matrix[number, index] = value
        answer = milp(
            np.zeros(len(self.upper)),
            integrality=np.array(self.whole),
            bounds=Bounds(0.0, np.array(self.upper)),
            constraints=LinearConstraint(matrix, -np.inf, [row.bound for row in rows]),
        )
        return bool(answer.status != 2)

    def conflict(self) -> list[str]:
        """Return a smallest set of limits without solution; empty when there is a solution."""
        labels = list(dict.fromkeys(row.label for row in self.rows if row.label))
        if self.is_feasible(labels):
            return []
        for label in list(labels):
            without = [other for other in labels if other != label]
            if not self.is_feasible(without):
                labels = without
        return labels


@dataclass(frozen=True, slots=True)
class _Party:
    """One participant with what it may do, as the integer program needs it."""

    draft: Draft
    participant: Participant
    options: tuple[Option, ...]
    plants: tuple[Plant, ...]
    activities: dict[str, Activity]


def check_standing_plants(draft: Draft) -> None:
    """Report plants of today that break a rule between activities or exceed maximum output."""
    units = {good.id: good.unit for good in draft.region.goods}
    unit_of = {activity.id: units[activity.output] for activity in draft.region.activities}
    for option in draft.region.options:
        standing = [
            plant
            for plant in draft.region.plants
            if (plant.place, plant.activity) == (option.place, option.activity)
        ]
        capacity = sum(plant.capacity for plant in standing)
        if capacity > option.max_output * (1 + 1e-9):
            texts = {"place": option.place, "activity": option.activity}
            names = ", ".join(plant.id for plant in standing)
            unit = f"{unit_of[option.activity]}/year"
            draft.values.log.add(
                "options",
                find_place(draft, "options", "value", field="max_output", **texts),
                f"Place {option.place!r}, activity {option.activity!r}, field max_output",
                f"plants that stand today ({names}) have a capacity of {capacity:.12g} {unit}",
                "Raise max_output to their capacity at least, or correct the plants.",
                f"{option.max_output:.12g} {unit}",
            )
    for party in _parties(draft):
        program, _ = _program(party)
        conflict = program.conflict()
        if conflict:
            draft.values.log.add(
                "plants",
                find_place(draft, "participants", id=party.participant.id),
                f"Participant {party.participant.id!r}",
                f"nothing it can do satisfies these together: {'; '.join(conflict)}",
                "Correct one of them.",
            )


def check_options(draft: Draft) -> None:
    """Report every option that can never run, with the smallest set of limits that forbids it."""
    if not draft.values.log.is_clean("plants", "options"):
        return
    for party in _parties(draft):
        for option in party.options:
            if option.max_plants == 0 or _runs_alone(party, option):
                continue
            program, running = _program(party)
            own = running[option.place, option.activity]
            program.limit(dict.fromkeys(own, -1.0), -1.0)
            conflict = program.conflict()
            if conflict:
                _report_option(draft, option, conflict)


def check_limits(draft: Draft) -> None:
    """Report a minimum of jobs above all that could ever be employed."""
    for limit in draft.region.limits:
        if limit.subject != "jobs" or not math.isfinite(limit.minimum):
            continue
        most, capped = _most_jobs(draft)
        if limit.minimum > most * (1 + 1e-9):
            because = "the largest plants of all options and the plants of today"
            if capped:
                because += f", and the workers available ({', '.join(capped)})"
            draft.values.log.add(
                "limits",
                find_place(draft, "limits", "value", subject="jobs", field="minimum"),
                "Limit of jobs, field minimum",
                f"can never be met: {because} give at most {most:.0f} jobs",
                "Lower the minimum, or raise what limits the jobs.",
                f"{limit.minimum:.12g} workers",
            )


def _report_option(draft: Draft, option: Option, conflict: Sequence[str]) -> None:
    """Report one option that can never run."""
    draft.values.log.add(
        "options",
        find_place(draft, "options", place=option.place, activity=option.activity),
        f"Place {option.place!r}, activity {option.activity!r}",
        f"can never run; smallest set of conflicting limits: {'; '.join(conflict)}",
        "Relax one of them, or remove the option.",
    )


def find_place(draft: Draft, table: str, column: str = "", **texts: str) -> str:
    """Return where the first record of ``table`` with ``texts`` stands, or its file."""
    for record in draft.values.of(table):
        if all(record.texts.get(name) == text for name, text in texts.items()):
            return record.place(column)
    return draft.values.source.where(table)


def _parties(draft: Draft) -> list[_Party]:
    """Return every participant with its own options and plants."""
    region, owners = draft.region, draft.region.place_owner()
    return [
        _Party(
            draft,
            participant,
            tuple(o for o in region.options if owners[o.place] == participant.id),
            tuple(p for p in region.plants if owners[p.place] == participant.id),
            {activity.id: activity for activity in region.activities},
        )
        for participant in region.participants
    ]


def _runs_alone(party: _Party, option: Option) -> bool:
    """Tell whether one plant of the option alone fits every limit: the quick, common answer."""
    region = party.draft.region
    named = {name for c in region.companions for name in (c.activity, c.other)}
    return option.activity not in named and any(
        _fits(party, option, size) for size in party.activities[option.activity].sizes
    )


def _fits(party: _Party, option: Option, size: float) -> bool:
    """Tell whether one plant of ``size`` at its least output fits every limit by itself."""
    activity, participant = party.activities[option.activity], party.participant
    output = size * max(activity.minimum_load, _LEAST_RUN)
    available = {worker.occupation: worker.available for worker in participant.workforce}
    public = activity.public_share * _capital(party, option, size)
    fits = output <= option.max_output and public <= participant.public_money
    fits = fits and activity.energy * output <= participant.power_limit
    for occupation, number in _workers(activity, size).items():
        fits = fits and number <= available.get(occupation, math.inf)
    for good in _fixed_goods(party) & set(activity.inputs):
        has = _endowment(party, option.place, good)
        fits = fits and activity.inputs[good] * output <= has
    return fits


def _program(party: _Party) -> tuple[_Program, dict[Holding, list[int]]]:
    """Return the participant's limits as a program, and the running plants of each option.

    Variables of each plant and each size of an option: how many are held, how many run, and their
    output as a share of size.
    """
    program = _Program()
    held: dict[Holding, list[int]] = {}
    running: dict[Holding, list[int]] = {}
    uses: list[tuple[Holding, float, int, int, int]] = []
    for plant in party.plants:
        holding = (plant.place, plant.activity)
        number = program.variable(1.0, whole=True)
        # a plant that stands is held: its number is at least one
        program.limit({number: -1.0}, -1.0)
        run, share = _running(program, party, holding, plant.capacity, number, 1)
        held.setdefault(holding, []).append(number)
        uses.append((holding, plant.capacity, -1, run, share))
    for option in party.options:
        holding = (option.place, option.activity)
        numbers = []
        for size in party.activities[option.activity].sizes:
            number = program.variable(option.max_plants, whole=True)
            run, share = _running(program, party, holding, size, number, option.max_plants)
            numbers.append(number)
            running.setdefault(holding, []).append(run)
            uses.append((holding, size, number, run, share))
        held.setdefault(holding, []).extend(numbers)
        program.limit(
            dict.fromkeys(numbers, 1.0),
            option.max_plants,
            _label(party, "options", "max_plants", place=option.place, activity=option.activity),
        )
    _add_budgets(program, party, uses)
    _add_companions(program, party, held)
    return program, running


def _running(
    program: _Program, party: _Party, holding: Holding, size: float, number: int, most: int
) -> tuple[int, int]:
    """Add how many plants of one size run, and their output; return both variables."""
    activity = party.activities[holding[1]]
    run = program.variable(most, whole=True)
    share = program.variable(most, whole=False)
    program.limit({run: 1.0, number: -1.0}, 0.0)
    program.limit({share: 1.0, run: -1.0}, 0.0)
    program.limit({run: _LEAST_RUN, share: -1.0}, 0.0)
    if activity.minimum_load > 0:
        label = _label(party, "activity_figures", "minimum_load", activity=activity.id)
        program.limit({run: activity.minimum_load, share: -1.0}, 0.0, label)
    return run, share


def _add_budgets(
    program: _Program, party: _Party, uses: Sequence[tuple[Holding, float, int, int, int]]
) -> None:
    """Add maximum output, power, public money, workers and goods that do not move."""
    participant = party.participant
    for option in party.options:
        holding = (option.place, option.activity)
        terms = {share: size for own, size, _, _, share in uses if own == holding}
        label = _label(party, "options", "max_output", place=holding[0], activity=holding[1])
        program.limit(terms, option.max_output, label)
    energy = {
        share: party.activities[holding[1]].energy * size for holding, size, _, _, share in uses
    }
    program.limit(energy, participant.power_limit, _label_of_budget(party, "power_limit"))
    options = {(option.place, option.activity): option for option in party.options}
    public = {
        number: party.activities[holding[1]].public_share * _capital(party, options[holding], size)
        for holding, size, number, _, _ in uses
        if number >= 0
    }
    program.limit(public, participant.public_money, _label_of_budget(party, "public_money"))
    for worker in participant.workforce:
        terms = {
            run: _workers(party.activities[holding[1]], size).get(worker.occupation, 0.0)
            for holding, size, _, run, _ in uses
        }
        texts = {"participant": participant.id, "occupation": worker.occupation}
        program.limit(terms, worker.available, _label(party, "workforce", "available", **texts))
    _add_fixed_goods(program, party, uses)


def _add_fixed_goods(
    program: _Program, party: _Party, uses: Sequence[tuple[Holding, float, int, int, int]]
) -> None:
    """Add the balance of every good that does not move, at every place that uses it."""
    for place in dict.fromkeys(holding[0] for holding, *_ in uses):
        for good in sorted(_fixed_goods(party)):
            terms = {}
            for (own, code), size, _, _, share in uses:
                activity = party.activities[code]
                made = float(activity.output == good) + activity.byproducts.get(good, 0.0)
                net = activity.inputs.get(good, 0.0) - made
                if own == place and net:
                    terms[share] = net * size
            if any(value > 0 for value in terms.values()):
                amount = _endowment(party, place, good)
                where = find_place(party.draft, "endowments", place=place, good=good)
                label = f"endowment of {good!r} at {place!r} is {amount:g} ({where})"
                program.limit(terms, amount, label)


def _add_companions(program: _Program, party: _Party, held: dict[Holding, list[int]]) -> None:
    """Add the rules between activities, in every scope where they can bind."""
    places = list(dict.fromkeys(place for place, _ in held))
    for rule in party.draft.region.companions:
        scopes = [[place] for place in places] if rule.scope == "place" else [places]
        texts = {"activity": rule.activity, "rule": rule.rule, "other": rule.other}
        where = find_place(party.draft, "companions", **texts)
        label = f"{rule.activity} {rule.rule} {rule.other} ({where})"
        for scope in scopes:
            mine = [v for place in scope for v in held.get((place, rule.activity), ())]
            others = [v for place in scope for v in held.get((place, rule.other), ())]
            if rule.rule == "requires":
                for variable in mine:
                    terms = {variable: 1.0 / max(program.upper[variable], 1.0)}
                    reason = label if others else f"{label}, which has no option or plant there"
                    program.limit(terms | dict.fromkeys(others, -1.0), 0.0, reason)
            elif mine and others:
                which = program.variable(1.0, whole=True)
                for variable in mine:
                    program.limit({variable: 1.0, which: -program.upper[variable]}, 0.0, label)
                for variable in others:
                    upper = program.upper[variable]
                    program.limit({variable: 1.0, which: upper}, upper, label)


def _label(party: _Party, table: str, name: str, **texts: str) -> str:
    """Return a limit in words with its value and place: ``max_output 5 (options.csv row 3)``."""
    for record in party.draft.values.of(table):
        if record.texts.get("field") == name and all(
            record.texts.get(column) == text for column, text in texts.items()
        ):
            figure = record.figure
            value = f" {figure.value:g} {figure.unit}" if figure is not None else ""
            return f"{name} of {'/'.join(texts.values())}{value} ({record.row.place})"
    return f"{name} of {'/'.join(texts.values())} (default)"


def _label_of_budget(party: _Party, name: str) -> str:
    """Return a budget of the participant in words."""
    return _label(party, "participant_figures", name, participant=party.participant.id)


def _capital(party: _Party, option: Option, size: float) -> float:
    """Return the capital cost of one plant, M."""
    activity = party.activities[option.activity]
    relative_size = size / activity.reference_size
    cost: float = activity.capital_cost * relative_size**activity.capital_exponent
    return cost * party.participant.capital_multiplier * option.capital_multiplier


def _workers(activity: Activity, size: float) -> dict[str, float]:
    """Return the workers of one plant by occupation."""
    scale = (size / activity.reference_size) ** activity.labour_exponent
    return {occupation: number * scale for occupation, number in activity.labour.items()}


def _fixed_goods(party: _Party) -> set[str]:
    """Return the goods that never leave their place."""
    return {good.id for good in party.draft.region.goods if not good.tradable}


def _endowment(party: _Party, place: str, good: str) -> float:
    """Return how much of a good a place has."""
    return sum(
        endowment.amount
        for endowment in party.draft.region.endowments
        if (endowment.place, endowment.good) == (place, good)
    )


def _most_jobs(draft: Draft) -> tuple[float, list[str]]:
    """Return the most jobs the region could ever have, and where workers are what limits them."""
    total, capped = 0.0, []
    for party in _parties(draft):
        possible: dict[str, float] = {}
        for option in party.options:
            activity = party.activities[option.activity]
            for occupation in activity.labour:
                largest = max(_workers(activity, size)[occupation] for size in activity.sizes)
                more = option.max_plants * largest
                possible[occupation] = possible.get(occupation, 0.0) + more
        for plant in party.plants:
            activity = party.activities[plant.activity]
            for occupation, number in _workers(activity, plant.capacity).items():
                possible[occupation] = possible.get(occupation, 0.0) + number
        for worker in party.participant.workforce:
            if worker.available < possible.get(worker.occupation, 0.0):
                possible[worker.occupation] = worker.available
                capped.append(f"{party.participant.id} {worker.occupation}")
        total += sum(possible.values())
    return total, capped
