"""A question about an economy, small enough to be asked again for other elasticities or elsewhere.

This file owns the seam between the many verbs of trade and everything that asks them all alike:
bands over elasticities, the command line and reports. A question is a frozen record of names and
numbers; :func:`answer` turns it and an economy into an equilibrium.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from workshare.errors import OptionError
from workshare.trade.agreements import cooperate, retaliation
from workshare.trade.best_policy import PolicyOptions, best_policy
from workshare.trade.contest import contest
from workshare.trade.economy import Economy
from workshare.trade.equilibrium import Equilibrium, solve_equilibrium
from workshare.trade.taxes import Policy, Shock

VERBS = ("solve", "optimal", "cooperate", "contest", "retaliation")
"""What can be asked: an equilibrium under given changes, the best policy of the members, an
agreement of the members, a contest between them, or one member after everybody's retaliation."""


@dataclass(frozen=True, eq=False)
class Question:
    """A question about any economy with the same countries and industries.

    Attributes
    ----------
    verb : see :data:`VERBS`.
    members : the governments it is about; empty for everybody (``solve`` takes none).
    choice : instruments of ``optimal`` and ``contest``, kind of ``cooperate``.
    policy, shock : given changes.
    options : of ``optimal`` and joint agreements.
    """

    verb: str
    members: tuple[str, ...] = ()
    choice: str = ""
    policy: Policy | None = None
    shock: Shock | None = None
    options: PolicyOptions = field(default_factory=PolicyOptions)

    @property
    def title(self) -> str:
        """The question in a few words."""
        who = " + ".join(self.members) if len(self.members) <= 8 else f"{len(self.members)}"
        return " ".join(part for part in (self.verb, self.choice, who) if part)


@dataclass(frozen=True, eq=False)
class Answered:
    """A question's answer: the equilibrium, its status in the verb's own words, and notes."""

    question: Question
    equilibrium: Equilibrium
    status: str
    notes: tuple[str, ...]


def answer(
    economy: Economy, question: Question, progress: Callable[[int, float], None] | None = None
) -> Answered:
    """Return the answer to a question about an economy.

    Raises
    ------
    OptionError : the verb is unknown, or needs members.

    Examples
    --------
    >>> import numpy as np
    >>> flows = np.array([[[80.0], [20.0]], [[20.0], [80.0]]])
    >>> world = Economy(("A", "B"), ("goods",), flows, np.array([4.0]), np.array([0.2]))
    >>> reply = answer(world, Question("optimal", ("A",), "tariffs"))
    >>> reply.status, round(reply.equilibrium.gain("A"), 2)
    ('stationary', 1.2)
    """
    verb, members = question.verb, question.members
    if verb == "solve":
        found = solve_equilibrium(economy, question.policy, question.shock)
        return Answered(question, found, found.status.value, found.notes)
    if verb == "optimal":
        best = best_policy(
            economy,
            members,
            question.choice or "all",
            others=question.policy,
            shock=question.shock,
            options=question.options,
            progress=progress,
        )
        return Answered(question, best.equilibrium, best.status.value, best.notes)
    if verb == "cooperate":
        agreed = cooperate(
            economy,
            question.choice or "deep",
            members,
            others=question.policy,
            shock=question.shock,
            options=question.options,
        )
        return Answered(question, agreed.equilibrium, agreed.equilibrium.status.value, agreed.notes)
    if verb == "contest":
        war = contest(economy, members, question.choice or "all", progress=progress)
        return Answered(question, war.equilibrium, war.status.value, war.notes)
    if verb == "retaliation" and len(members) == 1:
        after = retaliation(economy, members[0])
        return Answered(question, after, after.status.value, after.notes)
    raise OptionError(f"question {verb!r}: choose one of {', '.join(VERBS)}; retaliation takes one")
