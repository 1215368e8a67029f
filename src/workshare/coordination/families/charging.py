"""Charging electric vehicles under hard caps on power: many small whole-number participants.

Each vehicle charges at full rate or not in each of ``slots`` periods and needs a number of charged
slots between a least and a most; it pays the slot's electricity price and its own small fee. What
all draw together must stay under a cap in every slot. After Vujanic, Esfahani, Goulart, Mariethoz
and Morari (2016), "A decomposition method for large scale MILPs, with performance guarantees and a
power system application", Automatica 67; :func:`charging` says how the figures are drawn.
"""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp

from workshare.arrays import Array
from workshare.coordination.problem import Problem
from workshare.errors import OptionError
from workshare.market import Column, Market
from workshare.response import (
    IntArray,
    Member,
    Menu,
    Participant,
    Participants,
    Plan,
    Point,
    Replies,
)

NEARBY = 3
"""Plans besides the best one in each answer: 9 rounds in place of 15 under tight caps."""


class Vehicles(Participants):
    """Vehicles that must charge ``least`` to ``most`` slots at ``rate`` (kW).

    ``tariff`` is vehicles x slots (money per kW in a slot).

    A plan's key is the set of its charged slots, as bits; contributions are minus the power drawn.
    Besides its best plan a vehicle answers ``nearby`` others: its dearest chosen slot gives way to
    the cheapest it left, or the second dearest to the second cheapest, and so on. Those are the
    slots whose prices cross when many caps bind together.
    """

    def __init__(
        self,
        rate: Array,
        least: IntArray,
        most: IntArray,
        tariff: Array,
        nearby: int = NEARBY,
    ) -> None:
        self.rate, self.least, self.most, self.tariff = rate, least, most, tariff
        self.nearby = nearby
        self.multiplicity = np.ones(rate.size, dtype=np.int64)
        self._bits = np.int64(1) << np.arange(tariff.shape[1], dtype=np.int64)

    def __len__(self) -> int:
        return int(self.rate.size)

    @property
    def ids(self) -> list[str]:
        """The vehicles' names."""
        return [f"vehicle {k}" for k in range(len(self))]

    def one(self, who: int) -> Participant:
        """Return one vehicle by itself."""
        return Member(self, who)

    def price(self, prices: Array, near: float = 0.0, who: IntArray | None = None) -> Replies:
        """Return the cheapest slots of each vehicle (ties: the earlier one), and plans nearby."""
        asked = np.arange(len(self)) if who is None else who
        order, number, best = self._cheapest(prices, asked)
        chosen = (best[:, None] & self._bits) != 0
        worth = self.tariff[asked] + prices
        bound = np.full(len(self), -np.inf)
        bound[asked] = self.rate[asked] * np.sum(chosen * worth, axis=1)
        answered = np.zeros(len(self), dtype=bool)
        answered[asked] = True
        who_of, key = self._with_nearby(asked, best, order, number)
        power = ((key[:, None] & self._bits) != 0) * self.rate[who_of, None]
        return Replies(
            who_of,
            key,
            np.sum(power * self.tariff[who_of], axis=1),
            -power,
            bound,
            answered.copy(),
            answered,
        )

    def _cheapest(self, prices: Array, asked: IntArray) -> tuple[IntArray, IntArray, IntArray]:
        """Return each vehicle's slots by price, how many it charges in, and that plan's key."""
        worth = self.tariff[asked] + prices
        order = np.argsort(worth, axis=1, kind="stable")
        gains = np.sum(worth < 0, axis=1)
        number = np.clip(gains, self.least[asked], self.most[asked])
        chosen = np.zeros(worth.shape, dtype=bool)
        np.put_along_axis(chosen, order, np.arange(worth.shape[1]) < number[:, None], axis=1)
        return order, number, chosen @ self._bits

    def _with_nearby(
        self, asked: IntArray, best: IntArray, order: IntArray, number: IntArray
    ) -> tuple[IntArray, IntArray]:
        """Return (vehicle, plan) of all answers: each vehicle's best one first, then those nearby.

        ``order`` is each vehicle's slots from cheapest to dearest, the first ``number`` are chosen.
        """
        rows, slots = np.arange(asked.size), order.shape[1]
        whose, keys = [rows], [best]
        for step in range(self.nearby):
            last, following = number - 1 - step, number + step
            can = (last >= 0) & (following < slots)
            out = order[rows, np.maximum(last, 0)]
            into = order[rows, np.minimum(following, slots - 1)]
            whose.append(rows[can])
            keys.append((best - self._bits[out] + self._bits[into])[can])
        every = np.concatenate(whose)
        sort = np.argsort(every, kind="stable")
        return asked[every[sort]], np.concatenate(keys)[sort]

    def menus(self, prices: Array, slack: Array, count: int, who: IntArray) -> list[Menu]:
        """Return the best plan and those one exchange of slots away, nearest first; incomplete."""
        best = self._cheapest(prices, who)[2]
        slacks = np.broadcast_to(slack, who.shape)
        return [
            self._exchanges(int(w), int(k), self.tariff[w] + prices, float(s), count)
            for w, k, s in zip(who, best, slacks, strict=True)
        ]

    def _exchanges(self, who: int, key: int, worth: Array, slack: float, count: int) -> Menu:
        chosen = (key & self._bits) != 0
        out, into = np.flatnonzero(chosen), np.flatnonzero(~chosen)
        more = (self.rate[who] * (worth[into][None, :] - worth[out][:, None])).ravel()
        order = np.argsort(more, kind="stable")[: count - 1]
        plans = [self.plan(who, key)]
        for place in order[more[order] <= slack]:
            old, new = out[place // into.size], into[place % into.size]
            plans.append(self.plan(who, key - int(self._bits[old]) + int(self._bits[new])))
        return Menu(tuple(plans), False)

    def plan(self, who: int, key: int) -> Plan:
        """Return the plan of a vehicle that charges in the slots of ``key``."""
        power = self.rate[who] * ((key & self._bits) != 0)
        return Plan(f"vehicle {who}:{key:x}", float(power @ self.tariff[who]), -power)

    def point(self, who: int, key: int) -> Point:
        """Return the same plan as a point."""
        return self.plan(who, key).at(np.zeros(0))


def charging(
    vehicles: int = 500, slots: int = 24, seed: int = 0, figures: str = "published"
) -> Problem:
    """Return a charging problem: power by slot is capped, electricity prices vary over the day.

    Parameters
    ----------
    figures : ``"published"`` (default) draws batteries as the literature does: slots of 20 minutes,
        rates uniform in 3 to 5 kW, batteries 8 to 16 kWh filled to 20 to 50 % and wanted at 55 to
        80 %, efficiency 0.925 to 0.985, tariffs 19 to 35 with a fee of each vehicle and slot within
        0.3 of zero, and a cap of 3 kW per vehicle in every slot: only the cheap slots are scarce.
        ``"tight"`` is harder: a vehicle needs a quarter to half of all slots and may take two more;
        tariffs are 0.019 to 0.035 with a fee up to 0.003; the cap is 1.25 times the mean power that
        all need, so that the caps of most slots bind.

    Raises
    ------
    OptionError : ``figures`` is neither.
    """
    generator = np.random.default_rng(seed)
    if figures == "published":
        return _problem(*_published(generator, vehicles, slots))
    if figures == "tight":
        return _problem(*_tight(generator, vehicles, slots))
    raise OptionError(f"figures {figures!r}: must be 'published' or 'tight'")


def _published(
    generator: np.random.Generator, vehicles: int, slots: int
) -> tuple[Array, IntArray, IntArray, Array, float]:
    rate = generator.uniform(3.0, 5.0, vehicles)
    full = generator.uniform(8.0, 16.0, vehicles)
    filled = generator.uniform(0.2, 0.5, vehicles) * full
    wanted = generator.uniform(0.55, 0.8, vehicles) * full
    stored = rate / 3.0 * (1.0 - generator.uniform(0.015, 0.075, vehicles))
    least = np.minimum(np.ceil((wanted - filled) / stored), slots).astype(np.int64)
    most = np.clip(np.floor((full - filled) / stored), least, slots).astype(np.int64)
    tariff = generator.uniform(19.0, 35.0, slots)
    fee = generator.uniform(-0.3, 0.3, (vehicles, slots))
    return rate, least, most, tariff + fee, 3.0 * vehicles


def _tight(
    generator: np.random.Generator, vehicles: int, slots: int
) -> tuple[Array, IntArray, IntArray, Array, float]:
    rate = generator.uniform(3.0, 5.0, vehicles)
    least = generator.integers(slots // 4, slots // 2 + 1, vehicles)
    most = np.minimum(least + 2, slots)
    fee = generator.uniform(0.0, 0.003, (vehicles, slots))
    tariff = generator.uniform(0.019, 0.035, slots) + fee
    return rate, least, most, tariff, 1.25 * float(rate @ least) / slots


def _problem(rate: Array, least: IntArray, most: IntArray, tariff: Array, limit: float) -> Problem:
    slots = tariff.shape[1]
    cap = np.full(slots, limit)
    ceiling = 10.0 * float(tariff.max())
    identity = sp.identity(slots)
    market = Market(
        dimensions=slots,
        columns=(*[Column("slack")] * slots, *[Column("unmet")] * slots),
        rows=sp.csc_matrix(sp.hstack([identity, identity])),
        cost=np.concatenate([np.zeros(slots), np.full(slots, ceiling)]),
        curvature=np.zeros(2 * slots),
        lower=np.zeros(2 * slots),
        upper=np.concatenate([cap, np.full(slots, float(rate.sum()))]),
        column_scale=np.concatenate([cap, cap]),
        row_scale=cap.copy(),
    )
    return Problem(Vehicles(rate, least, most, tariff), market)
