"""A participant's private model: what it can build and run, at which cost, within which limits.

A *group* is a number of equal new plants of one activity at one place, or one plant that stands
today. Deciding a group is one binary (held and running, or not); its output is continuous between
minimum load and capacity. All limits of the participant are linear in these:

    rows_decision @ decision + rows_output @ output <= limits

Limits that can never bind are left out, and what no remaining limit connects falls into independent
*parts*, so that a participant without budgets is asked part by part (the convexified problem is the
same, menus are far shorter).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from scipy.sparse.csgraph import connected_components

from workshare.arrays import Array
from workshare.region.dimensions import Dimension, shared_dimensions
from workshare.region.region import Activity, Option, Participant, Region
from workshare.response.training import Training


@dataclass(frozen=True, slots=True)
class Group:
    """A number of equal plants at a place: what it can make and what it costs (M per year).

    ``fixed_cost`` is paid when the group runs: annualised capital (new plants), yearly fixed cost
    and wages. ``sunk_cost`` is the part still paid when it stands idle. ``unit_cost`` is M per unit
    of output without tradable inputs. ``capital`` is M at once.
    """

    place: str
    activity: str
    size: float
    number: int
    plant: str
    lower: float
    upper: float
    fixed_cost: float
    sunk_cost: float
    unit_cost: float
    capital: float
    public_money: float
    jobs: tuple[tuple[str, float], ...]
    energy: float
    emissions: float

    @property
    def existing(self) -> bool:
        """Whether this is a plant that stands today."""
        return bool(self.plant)

    @property
    def label(self) -> str:
        """A short stable name, unique within the participant."""
        what = self.plant or f"{self.number}x{self.size:g}"
        return f"{self.place}/{self.activity}/{what}"


@dataclass(frozen=True, slots=True)
class PrivateModel:
    """The groups of a participant (or part of one) and the limits between them.

    Arrays: ``unit_contribution`` and ``contribution`` are groups x dimensions; ``rows_decision``
    and ``rows_output`` limits x groups; ``limits`` and ``limit_names`` one per limit. ``training``
    is what workers cost beyond those at hand; occupations of which there are always enough are
    left out.
    """

    owner: str
    groups: tuple[Group, ...]
    contribution: Array
    unit_contribution: Array
    rows_decision: Array
    rows_output: Array
    limits: Array
    limit_names: tuple[str, ...]
    training: tuple[Training, ...] = ()


def annuity(rate: float, life: float) -> float:
    """Return the yearly share of capital that repays it over ``life`` years at ``rate``."""
    if rate == 0:
        return 1.0 / life
    return float(rate / -math.expm1(-life * math.log1p(rate)))


def private_model(region: Region, participant: str) -> PrivateModel:
    """Return the private model of ``participant``: all its groups and every limit on them."""
    owner = {p.id: p for p in region.participants}[participant]
    places = [p.id for p in region.places if p.participant == participant]
    groups = _groups(region, owner, places)
    dimensions = shared_dimensions(region)
    fixed, unit = _contributions(region, groups, dimensions)
    limits = _limits(region, owner, places, groups)
    rows_decision = np.array([row[0] for row in limits]).reshape(len(limits), len(groups))
    rows_output = np.array([row[1] for row in limits]).reshape(len(limits), len(groups))
    return PrivateModel(
        participant,
        tuple(groups),
        fixed,
        unit,
        rows_decision,
        rows_output,
        np.array([row[2] for row in limits]),
        tuple(row[3] for row in limits),
        _trainings(owner, groups),
    )


def _trainings(owner: Participant, groups: list[Group]) -> tuple[Training, ...]:
    """Return the occupations of which more may be needed than are at hand."""
    found = []
    for worker in owner.workforce:
        jobs = np.array([dict(group.jobs).get(worker.occupation, 0.0) for group in groups])
        most = _most(groups, jobs)
        if worker.training_cost > 0 and most > worker.at_hand * (1 + 1e-12):
            found.append(Training(worker.occupation, jobs, worker.at_hand, worker.training_cost))
    return tuple(found)


def _groups(region: Region, owner: Participant, places: list[str]) -> list[Group]:
    activities = {a.id: a for a in region.activities}
    options = {(o.place, o.activity): o for o in region.options if o.place in places}
    wages = {worker.occupation: worker.wage for worker in owner.workforce}
    groups = []
    for place in places:
        for activity in region.activities:
            option = options.get((place, activity.id), Option(place, activity.id, 0))
            for plant in region.plants:
                if plant.place == place and plant.activity == activity.id and plant.capacity > 0:
                    groups.append(
                        _group(activity, option, owner, wages, plant.capacity, 1, plant.id)
                    )
            for size in activities[activity.id].sizes:
                for number in range(1, option.max_plants + 1):
                    groups.append(_group(activity, option, owner, wages, size, number, ""))
    return groups


def _group(
    activity: Activity,
    option: Option,
    owner: Participant,
    wages: dict[str, float],
    size: float,
    number: int,
    plant: str,
) -> Group:
    relative = size / activity.reference_size
    capital = (
        number
        * activity.capital_cost
        * relative**activity.capital_exponent
        * owner.capital_multiplier
        * option.capital_multiplier
    )
    staff = number * relative**activity.labour_exponent
    jobs = tuple((name, staff * amount) for name, amount in activity.labour.items())
    payroll = sum(amount * wages.get(name, 0.0) for name, amount in jobs)
    sunk = 0.0 if plant else capital * annuity(owner.cost_of_capital, activity.life)
    unit_cost = (
        activity.variable_cost
        * relative**activity.variable_exponent
        * (number * relative) ** activity.learning_exponent
        * owner.variable_multiplier
        * option.variable_multiplier
        + activity.energy * owner.energy_price
    )
    return Group(
        place=option.place,
        activity=activity.id,
        size=size,
        number=number,
        plant=plant,
        lower=activity.minimum_load * number * size,
        upper=number * size,
        fixed_cost=sunk + activity.fixed_share * capital + payroll,
        sunk_cost=sunk,
        unit_cost=unit_cost,
        capital=0.0 if plant else capital,
        public_money=0.0 if plant else activity.public_share * capital,
        jobs=jobs,
        energy=activity.energy,
        emissions=activity.emissions + activity.energy * owner.grid_emissions,
    )


def _contributions(
    region: Region, groups: list[Group], dimensions: tuple[Dimension, ...]
) -> tuple[Array, Array]:
    """Return the fixed and per-unit contributions, groups x dimensions."""
    activities = {a.id: a for a in region.activities}
    index = {(d.kind, d.place, d.good): k for k, d in enumerate(dimensions)}
    fixed = np.zeros((len(groups), len(dimensions)))
    unit = np.zeros((len(groups), len(dimensions)))
    for row, group in enumerate(groups):
        for good, amount in net_output(activities[group.activity]).items():
            if ("balance", group.place, good) in index:
                unit[row, index["balance", group.place, good]] += amount
        for good, amount in gross_output(activities[group.activity]).items():
            if ("output", "", good) in index:
                unit[row, index["output", "", good]] += amount
        unit[row, index["emissions", "", ""]] = group.emissions
        fixed[row, index["jobs", "", ""]] = sum(amount for _, amount in group.jobs)
    return fixed, unit


def gross_output(activity: Activity) -> dict[str, float]:
    """Return what one unit of ``activity`` makes: its output and its by-products."""
    made = {activity.output: 1.0}
    for good, amount in activity.byproducts.items():
        made[good] = made.get(good, 0.0) + amount
    return made


def net_output(activity: Activity) -> dict[str, float]:
    """Return what one unit of ``activity`` adds to each good, net of what it uses."""
    net = gross_output(activity)
    for good, amount in activity.inputs.items():
        net[good] = net.get(good, 0.0) - amount
    return net


_Row = tuple[Array, Array, float, str]


def _limits(
    region: Region, owner: Participant, places: list[str], groups: list[Group]
) -> list[_Row]:
    rows: list[_Row] = []
    none = np.zeros(len(groups))
    options = {(o.place, o.activity): o for o in region.options}
    by_option: dict[tuple[str, str], list[int]] = {}
    for index, group in enumerate(groups):
        by_option.setdefault((group.place, group.activity), []).append(index)
    for key, members in by_option.items():
        option = options.get(key, Option(*key, 0))
        new = [i for i in members if not groups[i].existing]
        for size in sorted({groups[i].size for i in new}):
            row = none.copy()
            row[[i for i in new if groups[i].size == size]] = 1.0
            rows.append((row, none, 1.0, f"one number of plants of size {size:g} at {key[0]}"))
        row = none.copy()
        row[new] = [groups[i].number for i in new]
        rows.append((row, none, float(option.max_plants), f"max_plants of {key[1]} at {key[0]}"))
        if math.isfinite(option.max_output):
            row = none.copy()
            row[members] = 1.0
            rows.append((none, row, option.max_output, f"max_output of {key[1]} at {key[0]}"))
    rows.extend(_balances(region, places, groups))
    money = np.array([group.public_money for group in groups])
    rows.append((money, none, owner.public_money, "public_money"))
    power = np.array([group.energy for group in groups])
    rows.append((none, power, owner.power_limit, "power_limit"))
    for worker in owner.workforce:
        row = np.array([dict(group.jobs).get(worker.occupation, 0.0) for group in groups])
        rows.append((row, none, worker.available, f"available workers: {worker.occupation}"))
    rows.extend(_companions(region, groups))
    return [row for row in rows if math.isfinite(row[2])]


def _balances(region: Region, places: list[str], groups: list[Group]) -> list[_Row]:
    """Goods that are not traded: use at most what is made and endowed at the place."""
    activities = {a.id: a for a in region.activities}
    endowed: dict[tuple[str, str], float] = {}
    for endowment in region.endowments:
        key = (endowment.place, endowment.good)
        endowed[key] = endowed.get(key, 0.0) + endowment.amount
    rows: list[_Row] = []
    for good in region.goods:
        if good.tradable:
            continue
        for place in places:
            row = np.array(
                [
                    -net_output(activities[g.activity]).get(good.id, 0.0)
                    if g.place == place
                    else 0.0
                    for g in groups
                ]
            )
            if np.any(row > 0):
                limit = endowed.get((place, good.id), 0.0)
                rows.append((np.zeros(len(groups)), row, limit, f"endowment of {good.id}"))
    return rows


def _companions(region: Region, groups: list[Group]) -> list[_Row]:
    rows: list[_Row] = []
    none = np.zeros(len(groups))
    for rule in region.companions:
        for index, group in enumerate(groups):
            if group.activity != rule.activity:
                continue
            others = [
                k
                for k, other in enumerate(groups)
                if other.activity == rule.other
                and (rule.scope == "participant" or other.place == group.place)
            ]
            name = f"{rule.activity} {rule.rule} {rule.other}"
            if rule.rule == "requires":
                row = none.copy()
                row[index] = 1.0
                row[others] -= 1.0
                rows.append((row, none, 0.0, name))
            else:
                for other in others:
                    row = none.copy()
                    row[index] = row[other] = 1.0
                    if index != other:
                        rows.append((row, none, 1.0, name))
    return rows


def split(model: PrivateModel) -> list[PrivateModel]:
    """Return the independent parts of ``model``, limits that cannot bind left out."""
    binding = [k for k in range(model.limits.size) if _can_bind(model, k)]
    touches = (model.rows_decision[binding] != 0) | (model.rows_output[binding] != 0)
    shared = np.array([training.jobs != 0 for training in model.training], dtype=bool)
    together = np.vstack([touches, shared.reshape(-1, len(model.groups))])
    count = len(model.groups)
    graph = sp.csr_matrix(together.T.astype(float) @ together.astype(float))
    _, label = connected_components(graph + sp.identity(count), directed=False)
    parts = []
    for part in dict.fromkeys(label.tolist()):
        members = np.flatnonzero(label == part)
        rows = [k for i, k in enumerate(binding) if np.any(touches[i, members])]
        parts.append(
            PrivateModel(
                model.owner,
                tuple(model.groups[i] for i in members),
                model.contribution[members],
                model.unit_contribution[members],
                model.rows_decision[np.ix_(np.array(rows, dtype=int), members)],
                model.rows_output[np.ix_(np.array(rows, dtype=int), members)],
                model.limits[rows],
                tuple(model.limit_names[k] for k in rows),
                tuple(t.part(members) for t in model.training if np.any(t.jobs[members] != 0)),
            )
        )
    return parts


def _can_bind(model: PrivateModel, index: int) -> bool:
    """Return whether a limit could be exceeded: rules between decisions always count."""
    decision, output = model.rows_decision[index], model.rows_output[index]
    name = model.limit_names[index]
    if not (np.any(decision) or np.any(output)):
        return False
    if not name.startswith(("public_money", "power_limit", "available", "max_output", "endowment")):
        return True
    upper = np.array([group.upper for group in model.groups])
    take = np.maximum(0.0, decision) + np.maximum(0.0, output) * upper
    return bool(_most(model.groups, take) > model.limits[index] * (1 + 1e-12))


def _most(groups: Sequence[Group], take: Array) -> float:
    """Return the most that groups can take together, at ``take`` each.

    Of every activity at a place: what plants of one size can take, and at most max_plants of the
    largest taker.
    """
    most: dict[tuple[str, str, str], float] = {}
    number: dict[tuple[str, str, str], int] = {}
    for group, each in zip(groups, take, strict=True):
        key = (group.place, group.activity, group.plant)
        most[key] = max(most.get(key, 0.0), float(each) / group.number)
        number[key] = max(number.get(key, 0), group.number)
    return sum(most[key] * number[key] for key in most)
