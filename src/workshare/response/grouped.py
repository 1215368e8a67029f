"""Parts and sums of a large collection: a subset asked alone, and groups that answer as one.

A convexified problem with a row for each of a hundred thousand participants costs more than their
answers. Grouped, the coordinator keeps one row per group and stores, for each new joint answer, one
cost and one contribution; what each member answered is kept as a number, so that a real plan for
every member can be read back.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.sparse as sp

from workshare.arrays import Array
from workshare.response.participants import BoolArray, IntArray, Participants, Replies
from workshare.response.plan import Menu, Participant, Plan, Point


class Subset(Participants):
    """Some participants of a collection, numbered anew in the order of ``members``."""

    def __init__(self, whole: Participants, members: IntArray) -> None:
        self.whole, self.members = whole, np.asarray(members, dtype=np.int64)
        self.multiplicity = whole.multiplicity[self.members]
        self._number = np.full(len(whole), -1, dtype=np.int64)
        self._number[self.members] = np.arange(self.members.size)

    def __len__(self) -> int:
        return int(self.members.size)

    def one(self, who: int) -> Participant:
        """Return participant ``who`` of the subset."""
        return self.whole.one(int(self.members[who]))

    def price(self, prices: Array, near: float = 0.0, who: IntArray | None = None) -> Replies:
        """Return the answers of the subset; see :class:`Participants`."""
        asked = self.members if who is None else self.members[who]
        replies = self.whole.price(prices, near, np.sort(asked))
        number = self._number[replies.who]
        order = np.argsort(number, kind="stable")
        return Replies(
            number[order],
            replies.key[order],
            replies.cost[order],
            replies.contribution[order],
            replies.bound[self.members],
            replies.proven[self.members],
            replies.answered[self.members],
            tuple((int(self._number[who]), text) for who, text in replies.notes),
        )

    def menus(self, prices: Array, slack: Array, count: int, who: IntArray) -> list[Menu]:
        """Return a menu for each of ``who``."""
        return self.whole.menus(prices, slack, count, self.members[who])

    def listed(self, who: int, count: int, dimensions: int) -> tuple[Plan, ...] | None:
        """Return every plan of participant ``who`` where they can be listed."""
        return self.whole.listed(int(self.members[who]), count, dimensions)

    @property
    def honest(self) -> BoolArray:
        """Which participants answer for themselves."""
        return self.whole.honest[self.members]

    def plan(self, who: int, key: int) -> Plan:
        """Return the plan behind a point that was answered."""
        return self.whole.plan(int(self.members[who]), key)

    def point(self, who: int, key: int) -> Point:
        """Return a point that was answered."""
        return self.whole.point(int(self.members[who]), key)


class Grouped(Participants):
    """Groups of neighbouring participants, each answering with the sum of its members' answers."""

    def __init__(self, whole: Participants, groups: int) -> None:
        count = len(whole)
        self.whole = whole
        self.starts = np.arange(groups, dtype=np.int64) * count // groups
        self.ends = np.append(self.starts[1:], count)
        self.multiplicity = np.ones(groups, dtype=np.int64)
        mixer = np.random.default_rng(0)
        self._salt = mixer.integers(1, 2**62, size=count, dtype=np.uint64) * np.uint64(
            2
        ) + np.uint64(1)
        self._rounds: list[tuple[IntArray, Any]] = []

    def __len__(self) -> int:
        return int(self.starts.size)

    def one(self, who: int) -> Participant:
        """Groups are no single participants; their members are."""
        raise IndexError(f"group {who} has {self.ends[who] - self.starts[who]} members")

    @property
    def ids(self) -> list[str]:
        """The groups' names."""
        return [f"group {k}" for k in range(len(self))]

    def price(self, prices: Array, near: float = 0.0, who: IntArray | None = None) -> Replies:
        """Return each group's joint best answer; ties within ``near`` are not answered."""
        inner = self.whole.price(prices)
        copies = self.whole.multiplicity
        present, first = np.unique(inner.who, return_index=True)
        keys = np.full(len(self.whole), -1, dtype=np.int64)
        keys[present] = inner.key[first]
        cost = np.zeros(len(self.whole))
        cost[present] = inner.cost[first] * copies[present]
        hashes = np.add.reduceat((keys.astype(np.uint64) + np.uint64(1)) * self._salt, self.starts)
        named = hashes.astype(np.int64)
        self._rounds.append((named, keys.astype(np.int32) if keys.max(initial=0) < 2**31 else keys))
        sums = np.add.reduceat(inner.bound * copies, self.starts)
        answered = np.logical_and.reduceat(inner.answered, self.starts)
        picked = np.flatnonzero(answered)
        return Replies(
            picked,
            named[picked],
            np.add.reduceat(cost, self.starts)[picked],
            self._sums(inner.contribution, present, first)[picked],
            np.where(answered, sums, -np.inf),
            np.logical_and.reduceat(inner.proven, self.starts),
            answered,
            inner.notes,
        )

    def _sums(self, contribution: Any, present: IntArray, first: IntArray) -> Any:
        copies = self.whole.multiplicity[present]
        group = np.searchsorted(self.starts, present, side="right") - 1
        adder = sp.csr_matrix((copies, (group, first)), shape=(len(self), contribution.shape[0]))
        return adder @ contribution

    def member_keys(self, who: int, key: int) -> IntArray:
        """Return what each member of group ``who`` answered in its joint answer ``key``."""
        for named, keys in self._rounds:
            if named[who] == key:
                own: IntArray = keys[self.starts[who] : self.ends[who]].astype(np.int64)
                return own
        raise KeyError(f"group {who} never answered {key}")

    def menus(self, prices: Array, slack: Array, count: int, who: IntArray) -> list[Menu]:
        """Groups offer no menus; ask the members."""
        return [Menu((), False) for _ in who]

    @property
    def honest(self) -> BoolArray:
        """Which groups have a member that answers for itself."""
        return np.logical_or.reduceat(self.whole.honest, self.starts)

    def memory(self) -> Any:
        """Return every joint answer, and what the members' collection remembers."""
        return self._rounds, self.whole.memory()

    def remember(self, memory: Any) -> None:
        """Take back the joint answers of an earlier run."""
        rounds, inner = memory
        self._rounds = list(rounds)
        self.whole.remember(inner)

    def plan(self, who: int, key: int) -> Plan:
        """Return the joint plan of a group as one plan."""
        numbers = range(int(self.starts[who]), int(self.ends[who]))
        keys = self.member_keys(who, key)
        plans = [self.whole.plan(k, int(own)) for k, own in zip(numbers, keys, strict=True)]
        copies = self.whole.multiplicity[list(numbers)]
        cost = float(sum(m * plan.cost for m, plan in zip(copies, plans, strict=True)))
        total = sum(m * plan.contribution for m, plan in zip(copies, plans, strict=True))
        return Plan(f"group {who}:{key}", cost, np.asarray(total))

    def point(self, who: int, key: int) -> Point:
        """Return the joint plan of a group, operated as it was answered."""
        return self.plan(who, key).at(np.zeros(0))
