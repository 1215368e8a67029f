"""Participants asked by several workers at once: threads, processes or a cluster.

Participants stay with the worker that asks them (:class:`workshare.parallel.Crew`): a model is sent
once, not every round, and a solver that is warm stays warm. The answers are the same, in the same
order, wherever they are computed.
"""

from __future__ import annotations

import copy
import itertools
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np
import scipy.sparse as sp

from workshare.arrays import Array
from workshare.parallel import Crew
from workshare.response.grouped import Subset
from workshare.response.participants import (
    BoolArray,
    Individuals,
    IntArray,
    Participants,
    Replies,
)
from workshare.response.plan import Answer, Menu, Participant, Plan, Point


@contextmanager
def spread(
    participants: Participants, workers: int = 1, backend: str = "serial"
) -> Iterator[Participants]:
    """Give the same participants, asked by ``workers`` workers while the block runs.

    Points answered are known to ``participants`` too afterwards, under the same keys. One worker
    of the serial backend gives ``participants`` themselves.

    Raises
    ------
    OptionError : an unknown backend, no worker, or ``dask`` without the extra ``cluster``.
    """
    if workers == 1 and backend in ("serial", "auto"):
        yield participants
    elif isinstance(participants, Individuals):
        with Crew(participants.members, workers, backend) as crew:
            yield _asked_by(participants, crew)
    else:
        bounds = np.arange(workers + 1) * len(participants) // workers
        shares = [
            Subset(participants, np.arange(a, b)) for a, b in itertools.pairwise(bounds) if b > a
        ]
        with Crew(shares, workers, backend) as crew:
            yield Spread(participants, crew, np.unique(bounds))


def _asked_by(participants: Individuals, crew: Crew) -> Individuals:
    """Return the same individuals with questions spread; what they answered is shared."""
    number = {id(member): k for k, member in enumerate(participants.members)}

    def gather(function: Callable[[Any], Any], tasks: Sequence[Any]) -> list[Any]:
        # the participant is with its worker: only its number and the question travel
        return crew.map(_ask_one, [(number[id(task[0])], (function, task[1:])) for task in tasks])

    other = copy.copy(participants)
    other.gather = gather
    return other


def _ask_one(member: Participant, question: tuple[Callable[[Any], Any], tuple[Any, ...]]) -> Any:
    function, rest = question
    return function((member, *rest))


class Spread(Participants):
    """A collection that answers all at once, in shares that several workers hold."""

    def __init__(self, whole: Participants, crew: Crew, bounds: IntArray) -> None:
        self.whole, self.crew, self.bounds = whole, crew, bounds
        self.multiplicity = whole.multiplicity
        self.enumerable = whole.enumerable

    def __len__(self) -> int:
        return len(self.whole)

    @property
    def ids(self) -> list[str]:
        """The participants' names."""
        return self.whole.ids

    @property
    def owners(self) -> list[str]:
        """Whose part each participant is."""
        return self.whole.owners

    @property
    def honest(self) -> BoolArray:
        """Which participants answer for themselves."""
        return self.whole.honest

    def one(self, who: int) -> Participant:
        """Return participant number ``who``."""
        return self.whole.one(who)

    def price(self, prices: Array, near: float = 0.0, who: IntArray | None = None) -> Replies:
        """Return the answers of all shares, put together; see :class:`Participants`."""
        asked = np.arange(len(self)) if who is None else who
        parts = self._parts(asked)
        heard = self._ask(_price_share, [(k, (prices, near, own)) for k, own in parts])
        count = len(self)
        bound = np.full(count, -np.inf)
        proven, answered = np.zeros(count, dtype=bool), np.zeros(count, dtype=bool)
        for (k, _), replies in zip(parts, heard, strict=True):
            own = slice(self.bounds[k], self.bounds[k + 1])
            bound[own], proven[own] = replies.bound, replies.proven
            answered[own] = replies.answered
        starts = [self.bounds[k] for k, _ in parts]
        tables = [replies.contribution for replies in heard]
        return Replies(
            np.concatenate([r.who + start for r, start in zip(heard, starts, strict=True)]),
            np.concatenate([r.key for r in heard]),
            np.concatenate([r.cost for r in heard]),
            sp.vstack(tables, format="csr") if sp.issparse(tables[0]) else np.vstack(tables),
            bound,
            proven,
            answered,
            tuple(
                (int(start) + number, text)
                for r, start in zip(heard, starts, strict=True)
                for number, text in r.notes
            ),
        )

    def menus(self, prices: Array, slack: Array, count: int, who: IntArray) -> list[Menu]:
        """Return a menu for each of ``who``."""
        share = np.searchsorted(self.bounds, who, side="right") - 1
        slacks = np.broadcast_to(slack, who.shape)
        places = [np.flatnonzero(share == k) for k in np.unique(share)]
        questions = [
            (int(share[p[0]]), (prices, slacks[p], count, who[p] - self.bounds[share[p[0]]]))
            for p in places
        ]
        menus: list[Menu] = [Menu((), False)] * who.size
        for place, heard in zip(places, self._ask(_menu_share, questions), strict=True):
            for position, menu in zip(place.tolist(), heard, strict=True):
                menus[position] = menu
        return menus

    def residuals(self, who: IntArray, questions: Sequence[Any]) -> list[Answer | None]:
        """Return the answers of ``who`` to block tariffs."""
        return self.whole.residuals(who, questions)

    def drain_notes(self) -> tuple[tuple[int, str], ...]:
        """Return, once, what was not in order since last asked."""
        return self.whole.drain_notes()

    def plan(self, who: int, key: int) -> Plan:
        """Return the plan behind a point that was answered."""
        return self.whole.plan(who, key)

    def point(self, who: int, key: int) -> Point:
        """Return a point that was answered."""
        return self.whole.point(who, key)

    def _parts(self, asked: IntArray) -> list[tuple[int, IntArray]]:
        share = np.searchsorted(self.bounds, asked, side="right") - 1
        return [(int(k), asked[share == k] - self.bounds[k]) for k in np.unique(share)]

    def _ask(self, function: Callable[[Any, Any], Any], questions: Sequence[Any]) -> list[Any]:
        heard = self.crew.map(function, questions)
        for answer in heard:
            if isinstance(answer, Exception):
                raise answer  # a worker that died twice: nothing of its share is known
        return heard


def _price_share(share: Subset, question: tuple[Array, float, IntArray]) -> Replies:
    return share.price(*question)


def _menu_share(share: Subset, question: tuple[Array, Array, int, IntArray]) -> list[Menu]:
    return share.menus(*question)
