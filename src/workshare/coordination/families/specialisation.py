"""The specialisation family: who should make what, when large plants are cheaper per unit.

``N`` participants may each hold at most two plants of ``d`` goods in four sizes. A plant of size
``s`` costs ``s**0.5`` times a cost level of the participant and of the good, so that half as many
plants of four times the size cost half as much in all: somebody should specialise. Goods later in
the chain use up to three earlier ones as inputs. The region imports what it lacks and exports what
it has left over, at constant prices with a margin between them; final demand for each good grows
with the number of participants.

Generated as follows from ``numpy.random.default_rng(seed)``, in this order: inputs of good ``j``:
one to three earlier goods (fewer where there are fewer) with coefficients uniform in 0.1 to 0.3;
cost level of goods uniform in 0.8 to 1.2; of participants uniform in 0.7 to 1.3; of each pair
lognormal with standard deviation 0.25. Sizes are 1, 2, 4 and 8. The import price of a good is what
its inputs cost at import prices plus the cost per unit of a plant of size 4 at level one; exports
earn 60 % of it. Final demand is 0.9 per participant for the last half of the goods, 0.1 for others.

Those are the *mild* figures: many goods are simply traded, and the gap of the best division over
the dual bound soon vanishes. With the *scarce* ones the draws are, in this order: inputs and cost
levels of goods as before; of participants and of pairs lognormal with standard deviation 0.1; then
final demand of every good, 0.6 per participant times a uniform figure in 0.5 to 1.5. A base price
is what inputs cost plus the cost per unit of a plant of size 8 at level one; imports cost twice
that, exports earn 0.3 of it. Whole plants then fit demand badly, and the gap is of the order d / N.
"""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp

from workshare.arrays import Array
from workshare.coordination.problem import Problem
from workshare.errors import OptionError
from workshare.market import Column, Market
from workshare.response import (
    Group,
    IntArray,
    Member,
    Menu,
    Participant,
    Participants,
    Plan,
    Point,
    PrivateModel,
    Replies,
)

SIZES = np.array([1.0, 2.0, 4.0, 8.0])
EXPONENT = 0.5
MARGIN = 0.6
SPREAD = 0.1
SCARCE_DEMAND = 0.6
CHUNK = 20_000
"""Participants answered at once, so that the work arrays stay small."""


class SpecialisationParticipants(Participants):
    """Participants with up to two plants each, answered all at once and exactly.

    ``cost`` is participants x single plants; ``contribution`` single plants x dimensions, shared by
    all. Costs and contributions of two plants add up, so the best two are the two best singles
    below zero (or the same one twice). A key is ``first * (plants + 1) + second`` with
    ``first <= second`` and ``plants`` meaning none.
    """

    enumerable = True

    def __init__(self, cost: Array, contribution: Array) -> None:
        self.cost = cost
        self.contribution = np.vstack([contribution, np.zeros(contribution.shape[1])])
        self.plants = cost.shape[1]
        self.multiplicity = np.ones(len(cost), dtype=np.int64)
        first, second = np.triu_indices(self.plants + 1)
        self._pairs = (first, second)

    def __len__(self) -> int:
        return len(self.cost)

    @property
    def ids(self) -> list[str]:
        """The participants' names."""
        return [f"p{k}" for k in range(len(self))]

    def one(self, who: int) -> Participant:
        """Return one participant by itself."""
        return Member(self, who)

    def price(self, prices: Array, near: float = 0.0, who: IntArray | None = None) -> Replies:
        """Return one best plan each: with additive costs, the best plant twice, or nothing."""
        asked = np.arange(len(self)) if who is None else who
        worth = self.contribution[:-1] @ prices
        best = np.empty(asked.size, dtype=np.int64)
        value = np.empty(asked.size)
        for start in range(0, asked.size, CHUNK):
            part = slice(start, start + CHUNK)
            single = self.cost[asked[part]] - worth
            best[part] = np.argmin(single, axis=1)
            value[part] = np.take_along_axis(single, best[part][:, None], axis=1)[:, 0]
        plant = np.where(value < 0, best, self.plants)
        bound = np.full(len(self), -np.inf)
        bound[asked] = 2.0 * np.minimum(value, 0.0)
        answered = np.zeros(len(self), dtype=bool)
        answered[asked] = True
        return Replies(
            asked,
            plant * (self.plants + 1) + plant,
            2.0 * self._cost(asked, plant),
            2.0 * self.contribution[plant],
            bound,
            answered.copy(),
            answered,
        )

    def menus(self, prices: Array, slack: Array, count: int, who: IntArray) -> list[Menu]:
        """Return every plan within the slack, best first; exact."""
        worth = self.contribution @ prices
        slacks = np.broadcast_to(slack, who.shape)
        menus = []
        for number, room in zip(who.tolist(), slacks.tolist(), strict=True):
            single = np.append(self.cost[number], 0.0) - worth
            values = single[self._pairs[0]] + single[self._pairs[1]]
            best = float(values.min())
            inside = np.flatnonzero(values <= best + room + 1e-12 * (1.0 + abs(best)))
            order = inside[np.argsort(values[inside], kind="stable")[:count]]
            keys = self._pairs[0][order] * (self.plants + 1) + self._pairs[1][order]
            plans = tuple(self.plan(number, int(key)) for key in keys)
            menus.append(Menu(plans, inside.size <= count))
        return menus

    def private_model(self, who: int) -> PrivateModel:
        """Return the model of one participant: one or two plants of each kind, at most two in all.

        Each choice runs at the fixed output 1, which stands for its whole contribution.
        """
        numbers = np.repeat([1, 2], self.plants)
        kinds = np.tile(np.arange(self.plants), 2)
        groups = tuple(
            Group(
                place=f"p{who}",
                activity=f"kind {kind}",
                size=1.0,
                number=int(number),
                plant="",
                lower=1.0,
                upper=1.0,
                fixed_cost=float(number * self.cost[who, kind]),
                sunk_cost=0.0,
                unit_cost=0.0,
                capital=0.0,
                public_money=0.0,
                jobs=(),
                energy=0.0,
                emissions=0.0,
            )
            for number, kind in zip(numbers, kinds, strict=True)
        )
        contribution = numbers[:, None] * self.contribution[kinds]
        return PrivateModel(
            f"p{who}",
            groups,
            contribution,
            np.zeros_like(contribution),
            numbers[None, :].astype(float),
            np.zeros((1, numbers.size)),
            np.array([2.0]),
            ("two plants",),
        )

    def _cost(self, who: IntArray, plant: IntArray) -> Array:
        held = plant < self.plants
        own: Array = np.where(held, self.cost[who, np.where(held, plant, 0)], 0.0)
        return own

    def plan(self, who: int, key: int) -> Plan:
        """Return the plan of the two plants in ``key``."""
        both = np.array(divmod(key, self.plants + 1))
        cost = float(self._cost(np.array([who, who]), both).sum())
        return Plan(f"{both[0]}+{both[1]}", cost, self.contribution[both].sum(axis=0))

    def point(self, who: int, key: int) -> Point:
        """Return the same plan as a point."""
        return self.plan(who, key).at(np.zeros(0))


def specialisation(
    participants: int, dimensions: int = 12, seed: int = 0, figures: str = "mild"
) -> Problem:
    """Return one problem of the family; see the module's text for how it is generated.

    Parameters
    ----------
    participants, dimensions : ``N`` and ``d``.
    seed : of the generator; the same seed gives the same problem.
    figures : ``"mild"`` (default) or ``"scarce"``, where the region must make nearly everything
        itself and the gap of the best division over the dual bound falls only as ``d / N``.

    Raises
    ------
    OptionError : ``figures`` is neither.
    """
    generator = np.random.default_rng(seed)
    if figures == "scarce":
        return _scarce(generator, participants, dimensions)
    if figures != "mild":
        raise OptionError(f"figures {figures!r}: must be 'mild' or 'scarce'")
    inputs = _inputs(generator, dimensions)
    level = generator.uniform(0.8, 1.2, dimensions)
    own = generator.uniform(0.7, 1.3, participants)
    pair = np.exp(generator.normal(0.0, 0.25, (participants, dimensions)))
    price = _import_prices(inputs, level, SIZES[2])
    demand = participants * np.where(np.arange(dimensions) < dimensions // 2, 0.1, 0.9)
    market = _market(price, MARGIN * price, demand, 16.0 * participants)
    return Problem(_together(inputs, own[:, None] * pair * level), market)


def _scarce(generator: np.random.Generator, participants: int, dimensions: int) -> Problem:
    inputs = _inputs(generator, dimensions)
    level = generator.uniform(0.8, 1.2, dimensions)
    own = np.exp(generator.normal(0.0, SPREAD, participants))
    pair = np.exp(generator.normal(0.0, SPREAD, (participants, dimensions)))
    price = _import_prices(inputs, level, SIZES[-1])
    demand = participants * SCARCE_DEMAND * generator.uniform(0.5, 1.5, dimensions)
    market = _market(2.0 * price, 0.3 * price, demand, 16.0 * participants)
    return Problem(_together(inputs, own[:, None] * pair * level), market)


def _together(inputs: Array, level: Array) -> SpecialisationParticipants:
    """Return participants whose plants cost ``level`` (participants x goods) times size**0.5."""
    cost = level[:, :, None] * SIZES**EXPONENT
    goods = len(inputs)
    unit = np.identity(goods) - inputs
    contribution = (unit[:, None, :] * SIZES[:, None]).reshape(-1, goods)
    return SpecialisationParticipants(cost.reshape(len(level), -1), contribution)


def _inputs(generator: np.random.Generator, dimensions: int) -> Array:
    """Return goods x goods: what one unit of the row's good uses of the column's."""
    inputs = np.zeros((dimensions, dimensions))
    for good in range(1, dimensions):
        number = min(good, int(generator.integers(1, 4)))
        earlier = generator.choice(good, size=number, replace=False)
        inputs[good, earlier] = generator.uniform(0.1, 0.3, number)
    return inputs


def _import_prices(inputs: Array, level: Array, size: float) -> Array:
    """Return what a good costs with its inputs at these prices, made in plants of ``size``."""
    unit_cost = level * size ** (EXPONENT - 1.0)
    prices: Array = np.linalg.solve(np.identity(level.size) - inputs, unit_cost)
    return prices


def _market(price: Array, earned: Array, demand: Array, most: float) -> Market:
    """Return imports, exports and final demand: ``z + import - export - demand = 0``."""
    goods = price.size
    identity = sp.identity(goods)
    typical = np.maximum(demand, 1e-9)
    return Market(
        dimensions=goods,
        columns=(
            *[Column("import")] * goods,
            *[Column("export")] * goods,
            *[Column("demand")] * goods,
        ),
        rows=sp.csc_matrix(sp.hstack([identity, -identity, -identity])),
        cost=np.concatenate([price, -earned, np.zeros(goods)]),
        curvature=np.zeros(3 * goods),
        lower=np.concatenate([np.zeros(2 * goods), demand]),
        upper=np.concatenate([np.full(2 * goods, most) + np.tile(demand, 2), demand]),
        column_scale=np.tile(typical, 3),
        row_scale=typical,
    )
