"""Problems that every method must survive: what goes wrong, in whom, and what must be said.

Each case is a problem whose rest is sound, the text that a note must hold (empty: no note), and
whether a bound can be had at all.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from workshare.coordination import Problem
from workshare.coordination.families import specialisation
from workshare.response import Answer, CallablePart, Individuals, Menu, Plan, PlanTables, Replies

MARKET = specialisation(3, 2, 4).market


@dataclass(frozen=True)
class Case:
    """One way in which something goes wrong."""

    name: str
    problem: Callable[[], Problem]
    note: str = ""
    bounded: bool = True


def table(seed: int = 4) -> PlanTables:
    """Return three sound participants with four plans each in two dimensions."""
    generator = np.random.default_rng(seed)
    costs, contributions = generator.uniform(0, 3, (3, 4)), generator.uniform(-1, 3, (3, 4, 2))
    costs[:, 0], contributions[:, 0] = 0.0, 0.0
    return PlanTables(costs, contributions)


class Odd:
    """A participant that answers ``answers[k]`` to the k-th question, and the last one from then.

    An answer is a function of prices; it may raise.
    """

    id = owner = "odd"

    def __init__(self, *answers: Callable[[np.ndarray], object]) -> None:
        self.answers = list(answers)

    def price(self, prices: np.ndarray, near: float = 0.0) -> object:
        """Answer what is due."""
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        return answer(prices)

    def menu(self, prices: np.ndarray, slack: float, count: int) -> Menu:
        """Offer nothing."""
        return Menu((), False)


def with_odd(*answers: Callable[[np.ndarray], object]) -> Callable[[], Problem]:
    """Return a problem of the sound three and one odd participant."""
    return lambda: Problem(Individuals([*table(), Odd(*answers)]), MARKET)  # type: ignore[list-item]


def plain(prices: np.ndarray) -> Answer:
    """Answer doing nothing, which is the best this participant can do."""
    return Answer((Plan("nothing", 0.0, np.zeros(2)).at(np.zeros(0)),), 0.0)


def inexact(prices: np.ndarray) -> Answer:
    """Answer doing nothing with a proven bound a tenth below it."""
    return replace(plain(prices), bound=-0.1)


def unproven(prices: np.ndarray) -> Answer:
    """Answer doing nothing, without a claim that nothing else is better."""
    return replace(plain(prices), proven=False)


def raises(prices: np.ndarray) -> Answer:
    """Fail."""
    raise RuntimeError("the model is being rebuilt")


def late(prices: np.ndarray) -> Answer:
    """Fail to answer in time."""
    raise TimeoutError("no answer within 5 s")


def not_a_number(prices: np.ndarray) -> Answer:
    """Answer a plan whose cost is not a number."""
    return Answer((Plan("x", np.nan, np.zeros(2)).at(np.zeros(0)),), 0.0)


def wide(prices: np.ndarray) -> Answer:
    """Answer in three dimensions."""
    return Answer((Plan("x", 0.0, np.zeros(3)).at(np.zeros(0)),), 0.0)


def liar(prices: np.ndarray) -> Answer:
    """Claim a bound above its own plan."""
    return replace(plain(prices), bound=1.0)


def boundless(prices: np.ndarray) -> Answer:
    """Answer that its own problem is unbounded."""
    return replace(plain(prices), bound=-np.inf)


class Careless(PlanTables):
    """A collection whose answers are not in order: ``spoil`` changes them."""

    spoil: Callable[[Replies], Replies]

    def price(self, prices, near=0.0, who=None):  # type: ignore[no-untyped-def]
        """Answer, and spoil it."""
        return self.spoil(super().price(prices, near, who))


def careless(spoil: Callable[[Replies], Replies]) -> Callable[[], Problem]:
    """Return a problem whose collection spoils its answers."""

    def made() -> Problem:
        sound = table()
        together = Careless(sound.costs, sound.contributions)
        together.spoil = spoil
        return Problem(together, MARKET)

    return made


def for_somebody_else(replies: Replies) -> Replies:
    """Add an answer for participant 9, who does not exist."""
    return replace(
        replies,
        who=np.append(replies.who, 9),
        key=np.append(replies.key, 0),
        cost=np.append(replies.cost, -100.0),
        contribution=np.vstack([replies.contribution, [5.0, 5.0]]),
    )


def spoiled_cost(replies: Replies) -> Replies:
    """Make the first participant's cost infinite."""
    cost = replies.cost.copy()
    cost[replies.who == 0] = np.inf
    return replace(replies, cost=cost)


def inflated(replies: Replies) -> Replies:
    """Raise the last participant's bound above its plan."""
    bound = replies.bound.copy()
    bound[2] += 1.0
    return replace(replies, bound=bound)


def nobody() -> Problem:
    """Return a problem without participants."""
    return Problem(Individuals([]), MARKET)


CASES = (
    Case("in order", with_odd(plain)),
    Case("nobody", nobody),
    Case("only one", lambda: Problem(Individuals([table()[1]]), MARKET)),
    Case("inexact", with_odd(inexact)),
    Case("unproven", with_odd(unproven)),
    Case("raises always", with_odd(raises), "being rebuilt", bounded=False),
    Case("never answers", with_odd(late), "no answer within 5 s", bounded=False),
    Case("late at first", with_odd(late, plain), "no answer within 5 s"),
    Case("vanishes", with_odd(plain, late), "no answer within 5 s"),
    Case("vanishes and returns", with_odd(plain, raises, late, plain), "being rebuilt"),
    Case("NaN plan", with_odd(not_a_number), "finite", bounded=False),
    Case("NaN plan once", with_odd(not_a_number, plain), "finite"),
    Case("wrong width", with_odd(wide), "must be one figure", bounded=False),
    Case("lies", with_odd(liar), "above the value", bounded=False),
    Case("unbounded participant", with_odd(boundless), "finite number", bounded=False),
    Case("answer for somebody else", careless(for_somebody_else), "does not exist"),
    Case("collection: infinite cost", careless(spoiled_cost), "finite", bounded=False),
    Case("collection: bound too high", careless(inflated), "above the value", bounded=False),
    Case(
        "heuristic callable",
        lambda: Problem([CallablePart("h", lambda p: [Plan("x", 0.0, np.zeros(2))])], MARKET),
    ),
)
