"""Many participants asked together: one price out, one table of answers back.

The coordinator never talks to a participant itself. It asks a :class:`Participants` collection,
which may hold separate objects (models on this machine, callables, remote parties:
:class:`Individuals`) or arrays of a hundred thousand plan tables answered at once
(:class:`PlanTables`, or a subclass with a structure of its own). What a participant does wrong
(raises, answers nonsense, does not answer) becomes a note and an absence; it stops nobody else.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, overload

import numpy as np
import numpy.typing as npt

from workshare.arrays import Array
from workshare.errors import OptionError
from workshare.response.local import TablePart
from workshare.response.model import PrivateModel
from workshare.response.plan import Answer, Menu, Participant, Plan, Point

IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]

Gather = Callable[[Callable[[Any], Any], Sequence[Any]], Iterable[Any]]
"""``gather(function, tasks)`` returns ``function(task)`` for every task, in order."""


@dataclass(frozen=True, slots=True)
class Replies:
    """Answers of many participants to one price; a row for each point.

    Attributes
    ----------
    who : participant number of each point, ascending; a participant's first point is its best.
    key : what identifies a point within its participant (points,).
    cost : private cost of each point (M per year).
    contribution : points x dimensions, dense or sparse (CSR).
    bound : per participant, a lower bound on the best value of one copy; -inf where unanswered.
    proven : per participant, whether the bound is claimed proven.
    answered : per participant, whether an answer that can be used came.
    notes : (participant number, what happened), for everything that was not in order.
    """

    who: IntArray
    key: IntArray
    cost: Array
    contribution: Any
    bound: Array
    proven: BoolArray
    answered: BoolArray
    notes: tuple[tuple[int, str], ...] = ()


class Participants(Sequence[Participant]):
    """Participants asked together; ``multiplicity`` counts the identical copies of each."""

    multiplicity: IntArray
    enumerable = False
    """Whether menus without limit list every plan, on this machine and at little cost."""

    @property
    def copies(self) -> int:
        """The number of participants, copies counted."""
        return int(self.multiplicity.sum())

    @abstractmethod
    def price(self, prices: Array, near: float = 0.0, who: IntArray | None = None) -> Replies:
        """Return the answers to ``prices`` of the participants ``who`` (None = all)."""

    @abstractmethod
    def menus(self, prices: Array, slack: Array, count: int, who: IntArray) -> list[Menu]:
        """Return a menu for each of ``who``; ``slack`` is a number or one for each of them."""

    @abstractmethod
    def plan(self, who: int, key: int) -> Plan:
        """Return the plan behind a point that was answered."""

    @abstractmethod
    def point(self, who: int, key: int) -> Point:
        """Return a point that was answered."""

    def listed(self, who: int, count: int, dimensions: int) -> tuple[Plan, ...] | None:
        """Return every plan of participant ``who``, all of them fixed points.

        None where it has more than ``count``, where they can be operated at several levels, or
        where listing them is not this machine's to do (a live participant would have to disclose).
        """
        if not self.enumerable:
            return None
        asked = np.array([who])
        menu = self.menus(np.zeros(dimensions), np.array(np.inf), count, asked)[0]
        return menu.plans if menu.complete else None

    def residuals(self, who: IntArray, questions: Sequence[Any]) -> list[Answer | None]:
        """Return the answers of ``who`` to block tariffs; None from whoever takes no such question.

        Each question is a sequence of :class:`~workshare.response.wire.Blocks`.
        """
        return [None for _ in who]

    def drain_notes(self) -> tuple[tuple[int, str], ...]:
        """Return, once, what was not in order in menus and residual answers since last asked."""
        return ()

    def memory(self) -> Any:
        """Return what :meth:`point` needs to know of a run, for a checkpoint."""
        return None

    def remember(self, memory: Any) -> None:
        """Take back what :meth:`memory` returned."""

    @property
    def ids(self) -> list[str]:
        """The participants' names."""
        return [participant.id for participant in self]

    @property
    def honest(self) -> BoolArray:
        """Which participants answer for themselves, so that what they say rests on their honesty.

        The others are computed on this machine, from what it was given.
        """
        return np.zeros(len(self), dtype=bool)

    @property
    def owners(self) -> list[str]:
        """Whose part each participant is (its own name where it is a whole participant)."""
        return self.ids

    @overload
    def __getitem__(self, index: int) -> Participant: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Participant]: ...
    def __getitem__(self, index: int | slice) -> Participant | Sequence[Participant]:
        if isinstance(index, slice):
            return [self.one(k) for k in range(*index.indices(len(self)))]
        return self.one(range(len(self))[index])

    @abstractmethod
    def one(self, who: int) -> Participant:
        """Return participant number ``who`` as an object of its own."""


@dataclass(frozen=True, slots=True)
class Member:
    """One participant of a collection, asked by itself through it."""

    together: Participants
    number: int

    @property
    def id(self) -> str:
        """The participant's name."""
        return self.together.ids[self.number]

    @property
    def owner(self) -> str:
        """The participant's name: it has no parts."""
        return self.id

    def price(self, prices: Array, near: float = 0.0) -> Answer:
        """Answer as the collection answers for this participant."""
        replies = self.together.price(prices, near, np.array([self.number]))
        points = tuple(self.together.point(self.number, int(key)) for key in replies.key)
        return Answer(points, float(replies.bound[self.number]), bool(replies.proven[self.number]))

    @property
    def model(self) -> PrivateModel | None:
        """The participant's model, where its collection discloses it (``private_model``)."""
        disclose = getattr(self.together, "private_model", None)
        return disclose(self.number) if disclose is not None else None

    def menu(self, prices: Array, slack: float, count: int) -> Menu:
        """Answer as the collection answers for this participant."""
        return self.together.menus(prices, np.array(slack), count, np.array([self.number]))[0]


class Individuals(Participants):
    """Separate participants, each asked by itself.

    Parameters
    ----------
    participants : the participants; names must differ.
    multiplicity : identical copies each stands for (default one each).
    dimensions : the number of shared dimensions that contributions must have (None: not checked).
    gather : how questions are spread; serial by default (see :mod:`workshare.parallel`).

    Raises
    ------
    OptionError : two participants with one name, or a multiplicity below one.
    """

    def __init__(
        self,
        participants: Sequence[Participant],
        multiplicity: Sequence[int] | None = None,
        *,
        dimensions: int | None = None,
        gather: Gather | None = None,
    ) -> None:
        self.members = tuple(participants)
        count = len(self.members)
        copies = np.ones(count) if multiplicity is None else np.asarray(multiplicity)
        self.multiplicity = copies.astype(np.int64)
        self.dimensions = dimensions
        self.gather = gather
        self._known: list[dict[tuple[str, bytes], int]] = [{} for _ in range(count)]
        self._points: list[list[Point]] = [[] for _ in range(count)]
        self._notes: list[tuple[int, str]] = []
        _check_members(self.members, copies)

    def __len__(self) -> int:
        return len(self.members)

    def one(self, who: int) -> Participant:
        """Return participant number ``who``."""
        return self.members[who]

    @property
    def owners(self) -> list[str]:
        """Whose part each participant is."""
        return [member.owner for member in self.members]

    def price(self, prices: Array, near: float = 0.0, who: IntArray | None = None) -> Replies:
        """Return the answers to ``prices``; see :class:`Participants`."""
        asked = np.arange(len(self)) if who is None else who
        tasks = [(self.members[k], prices, near) for k in asked]
        heard = self._ask(_ask_price, tasks)
        bound = np.full(len(self), -np.inf)
        proven = np.zeros(len(self), dtype=bool)
        answered = np.zeros(len(self), dtype=bool)
        rows: list[tuple[int, int, Point]] = []
        notes: list[tuple[int, str]] = []
        for number, answer in zip(asked.tolist(), heard, strict=True):
            fault = _fault(answer, prices)
            if fault or not isinstance(answer, Answer):
                notes.append((number, fault))
                continue
            bound[number], proven[number], answered[number] = answer.bound, answer.proven, True
            rows.extend((number, self.register(number, point), point) for point in answer.points)
        width = prices.size
        contribution = np.array([point.contribution for _, _, point in rows])
        return Replies(
            np.array([row[0] for row in rows], dtype=np.int64),
            np.array([row[1] for row in rows], dtype=np.int64),
            np.array([row[2].cost for row in rows], dtype=float),
            contribution.reshape(len(rows), width),
            bound,
            proven,
            answered,
            tuple(notes),
        )

    def menus(self, prices: Array, slack: Array, count: int, who: IntArray) -> list[Menu]:
        """Return a menu for each of ``who``; one that cannot be had is empty and not complete."""
        slacks = np.broadcast_to(slack, who.shape)
        tasks = [
            (self.members[k], prices, float(s), count) for k, s in zip(who, slacks, strict=True)
        ]
        menus = []
        for number, answer in zip(who.tolist(), self._ask(_ask_menu, tasks), strict=True):
            fault = _menu_fault(answer, prices)
            if fault:
                self._notes.append((number, fault))
            menus.append(Menu((), False) if fault else answer)
        return menus

    def residuals(self, who: IntArray, questions: Sequence[Any]) -> list[Answer | None]:
        """Return the answers of ``who`` to block tariffs; see :class:`Participants`."""
        able = [k for k, number in enumerate(who) if hasattr(self.members[number], "residual")]
        tasks = [(self.members[who[k]], questions[k]) for k in able]
        answers: list[Answer | None] = [None for _ in who]
        for k, answer in zip(able, self._ask(_ask_residual, tasks), strict=True):
            fault = _points_fault(answer, len(questions[k]))
            if fault:
                self._notes.append((int(who[k]), f"residual answer: {fault}"))
            else:
                answers[k] = answer
        return answers

    def drain_notes(self) -> tuple[tuple[int, str], ...]:
        """Return, once, what was not in order in menus and residual answers since last asked."""
        notes, self._notes = tuple(self._notes), []
        return notes

    def _ask(self, function: Callable[[Any], Any], tasks: Sequence[Any]) -> Iterable[Any]:
        """Return every answer or the exception in its place, in order."""
        return _each(function, tasks) if self.gather is None else self.gather(function, tasks)

    def listed(self, who: int, count: int, dimensions: int) -> tuple[Plan, ...] | None:
        """Return every plan of a table held on this machine; see :class:`Participants`."""
        member = self.members[who]
        if isinstance(member, Member):
            return member.together.listed(member.number, count, dimensions)
        plans = member.plans if isinstance(member, TablePart) else ()
        if not 0 < len(plans) <= count or any(plan.unit_cost.size for plan in plans):
            return None
        return plans

    @property
    def honest(self) -> BoolArray:
        """Which participants answer for themselves; see :class:`Participants`."""
        flags = [bool(getattr(member, "answers_for_itself", False)) for member in self.members]
        return np.array(flags, dtype=bool)

    def memory(self) -> list[list[Point]]:
        """Return every point heard of, by participant."""
        return self._points

    def remember(self, memory: list[list[Point]]) -> None:
        """Take back points of an earlier run, under the keys they had."""
        for number, points in enumerate(memory):
            for point in points:
                self.register(number, point)

    def plan(self, who: int, key: int) -> Plan:
        """Return the plan behind a point that was answered."""
        return self._points[who][key].plan

    def point(self, who: int, key: int) -> Point:
        """Return a point that was answered."""
        return self._points[who][key]

    def register(self, number: int, point: Point) -> int:
        """Return the key of ``point``, remembered as one of participant ``number``'s."""
        name = (point.plan.id, np.round(point.levels, 9).tobytes())
        key = self._known[number].setdefault(name, len(self._points[number]))
        if key == len(self._points[number]):
            self._points[number].append(point)
        return key


class PlanTables(Participants):
    """Participants whose plans are rows of arrays, answered all at once.

    Parameters
    ----------
    costs : participants x plans (M per year); NaN-free.
    contributions : participants x plans x dimensions, or plans x dimensions shared by all.
    allowed : participants x plans, False where a plan is not open to a participant.
    names : the participants' names (default ``p0``, ``p1``, ...).
    multiplicity : identical copies each stands for.

    Raises
    ------
    OptionError : shapes that do not agree, figures that are not finite, nobody allowed anything.
    """

    enumerable = True

    def __init__(
        self,
        costs: Array,
        contributions: Array,
        *,
        allowed: BoolArray | None = None,
        names: Sequence[str] | None = None,
        multiplicity: Sequence[int] | None = None,
    ) -> None:
        self.costs = np.asarray(costs, dtype=float)
        self.contributions = np.asarray(contributions, dtype=float)
        self.allowed = np.ones(self.costs.shape, dtype=bool) if allowed is None else allowed
        count = len(self.costs)
        self.names = [f"p{k}" for k in range(count)] if names is None else list(names)
        copies = np.ones(count) if multiplicity is None else np.asarray(multiplicity)
        self.multiplicity = copies.astype(np.int64)
        self._check(copies)

    def _check(self, copies: Array) -> None:
        faults = []
        shared = self.contributions.ndim == 2
        shape = self.contributions.shape[:1] if shared else self.contributions.shape[:2]
        expected = self.costs.shape[1:] if shared else self.costs.shape
        if self.costs.ndim != 2 or shape != expected:
            faults.append(
                f"costs {self.costs.shape} and contributions {self.contributions.shape} must be "
                "participants x plans and (participants x) plans x dimensions"
            )
        for name, values in (("costs", self.costs), ("contributions", self.contributions)):
            bad = np.argwhere(~np.isfinite(values))
            faults += [
                f"{name}{tuple(index.tolist())} must be a finite number" for index in bad[:5]
            ]
        if self.allowed.shape != self.costs.shape:
            faults.append(f"allowed {self.allowed.shape} must have the shape of costs")
        else:
            none = np.flatnonzero(~self.allowed.any(axis=1))
            faults += [f"participant {self.names[k]}: no plan is allowed" for k in none[:5]]
        if copies.shape != (len(self.costs),) or np.any(copies < 1):
            faults.append("multiplicity must be a whole number of at least 1 per participant")
        if faults:
            raise OptionError("plan tables: " + "; ".join(faults))

    def __len__(self) -> int:
        return len(self.costs)

    @property
    def ids(self) -> list[str]:
        """The participants' names."""
        return list(self.names)

    def one(self, who: int) -> Participant:
        """Return participant number ``who`` as a table of its own."""
        plans = tuple(self.plan(who, int(k)) for k in np.flatnonzero(self.allowed[who]))
        return TablePart(self.names[who], self.names[who], plans)

    def reduced(self, prices: Array, who: IntArray) -> Array:
        """Return ``cost - prices . contribution`` of every plan, infinite where not allowed."""
        if self.contributions.ndim == 2:
            worth = self.contributions @ prices
        else:
            worth = self.contributions[who] @ prices
        values: Array = np.where(self.allowed[who], self.costs[who] - worth, np.inf)
        return values

    def price(self, prices: Array, near: float = 0.0, who: IntArray | None = None) -> Replies:
        """Return the answers to ``prices``: the first best plan and up to three within ``near``."""
        asked = np.arange(len(self)) if who is None else who
        values = self.reduced(prices, asked)
        row, key = _first_best(values, near)
        number = asked[row]
        bound = np.full(len(self), -np.inf)
        bound[asked] = values.min(axis=1)
        answered = np.zeros(len(self), dtype=bool)
        answered[asked] = True
        return Replies(
            number,
            key,
            self.costs[number, key],
            self.contributions[key]
            if self.contributions.ndim == 2
            else self.contributions[number, key],
            bound,
            answered.copy(),
            answered,
        )

    def menus(self, prices: Array, slack: Array, count: int, who: IntArray) -> list[Menu]:
        """Return a menu for each of ``who``, best first."""
        values = self.reduced(prices, who)
        best = values.min(axis=1, keepdims=True)
        room = 1e-12 * (1.0 + np.abs(best))
        most = best + np.broadcast_to(slack, who.shape)[:, None] + room
        menus = []
        for number, own, limit in zip(who, values, most[:, 0], strict=True):
            order = np.argsort(own, kind="stable")
            within = order[own[order] <= limit]
            plans = tuple(self.plan(int(number), int(key)) for key in within[:count])
            menus.append(Menu(plans, within.size <= count))
        return menus

    def plan(self, who: int, key: int) -> Plan:
        """Return plan ``key`` of participant ``who``."""
        shared = self.contributions.ndim == 2
        contribution = self.contributions[key] if shared else self.contributions[who, key]
        return Plan(f"{self.names[who]}:{key}", float(self.costs[who, key]), contribution)

    def point(self, who: int, key: int) -> Point:
        """Return plan ``key`` of participant ``who``, which has no operating range."""
        return self.plan(who, key).at(np.zeros(0))


def _first_best(values: Array, near: float) -> tuple[IntArray, IntArray]:
    """Return (row, column) of each row's best entry and of up to three others within ``near``."""
    first = np.argmin(values, axis=1)
    rows = np.arange(len(values))
    if near <= 0 or values.shape[1] == 1:
        return rows, first
    few = min(4, values.shape[1])
    order = np.argsort(values, axis=1, kind="stable")[:, :few]
    sorted_values = np.take_along_axis(values, order, axis=1)
    keep = sorted_values <= sorted_values[:, :1] + near
    row, column = np.nonzero(keep)
    return row, order[row, column]


def _each(function: Callable[[Any], Any], tasks: Sequence[Any]) -> list[Any]:
    return [function(task) for task in tasks]


def _ask_price(task: tuple[Participant, Array, float]) -> Answer | Exception:
    participant, prices, near = task
    try:
        return participant.price(prices, near)
    except Exception as error:  # whatever it was, the others go on; the record tells it
        return error


def _ask_menu(task: tuple[Participant, Array, float, int]) -> Menu | Exception:
    participant, prices, slack, count = task
    try:
        return participant.menu(prices, slack, count)
    except Exception as error:  # as above
        return error


def _ask_residual(task: tuple[Any, Any]) -> Answer | Exception:
    participant, blocks = task
    try:
        answer: Answer = participant.residual(blocks)
        return answer
    except Exception as error:  # as above
        return error


def _points_fault(answer: Any, dimensions: int) -> str:
    """Return what is wrong with an answer's points, or an empty text."""
    if isinstance(answer, Exception):
        return f"did not answer: {type(answer).__name__}: {answer}"
    if not isinstance(answer, Answer):
        return f"answered {type(answer).__name__} in place of an Answer"
    if not answer.points:
        return "answered without a plan"
    for point in answer.points:
        fault = _figures_fault(point, dimensions)
        if fault:
            return fault
    return ""


def _figures_fault(point: Plan | Point, dimensions: int) -> str:
    plan = point.plan if isinstance(point, Point) else point
    if np.shape(point.contribution) != (dimensions,):
        return (
            f"plan {plan.id!r}: contribution has shape {np.shape(point.contribution)}; "
            f"must be one figure for each of the {dimensions} dimensions"
        )
    if not (np.isfinite(point.cost) and np.all(np.isfinite(point.contribution))):
        return f"plan {plan.id!r}: cost and contribution must be finite numbers"
    return ""


def _menu_fault(menu: Any, prices: Array) -> str:
    """Return what is wrong with a menu, or an empty text."""
    if isinstance(menu, Exception):
        return f"menu: did not answer: {type(menu).__name__}: {menu}"
    if not isinstance(menu, Menu):
        return f"menu: answered {type(menu).__name__} in place of a Menu"
    for plan in menu.plans:
        fault = _figures_fault(plan, prices.size)
        if fault:
            return f"menu: {fault}"
    return ""


def _fault(answer: Any, prices: Array) -> str:
    """Return what is wrong with an answer to prices, or an empty text."""
    fault = _points_fault(answer, prices.size)
    if fault:
        return fault
    if not np.isfinite(answer.bound):
        return "the bound must be a finite number"
    best = min(point.reduced(prices) for point in answer.points)
    size = abs(best) + abs(answer.points[0].cost)
    if answer.bound > best + 1e-7 * (1e-9 + size):
        return f"claims the bound {answer.bound!r}, above the value {best!r} of its own plan"
    return ""


def _check_members(members: Sequence[Participant], copies: Array) -> None:
    faults = []
    names = [member.id for member in members]
    twice = sorted({name for name in names if names.count(name) > 1}) if len(names) < 5000 else []
    if len(set(names)) < len(names):
        faults.append(f"names must differ; repeated: {', '.join(twice[:5]) or 'some'}")
    if copies.shape != (len(members),):
        faults.append(f"multiplicity has {copies.size} figures; must be {len(members)}")
    elif np.any(copies < 1) or np.any(copies != np.floor(copies)):
        bad = [names[k] for k in np.flatnonzero((copies < 1) | (copies != np.floor(copies)))[:5]]
        faults.append(f"multiplicity must be a whole number of at least 1: {', '.join(bad)}")
    if faults:
        raise OptionError("participants: " + "; ".join(faults))
