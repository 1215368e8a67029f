"""A push weighed against its alternatives: support without end, the same money in cash, nothing.

For each duration the smallest temporary push is found and enlarged by a margin: a push of just the
least size leaves the state at the border of two basins, where it lingers, and the smallest error
undoes it. Each alternative is then valued on the same terms (see
:mod:`workshare.studies.cost_benefit`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np

from workshare.arrays import Array
from workshare.equilibria.dynamics import Dynamic
from workshare.equilibria.push import permanent_support, temporary_push
from workshare.equilibria.system import System
from workshare.errors import OptionError
from workshare.studies.cost_benefit import (
    BELOW_ONE,
    SHARES,
    TERMS,
    Effect,
    PushValue,
    Terms,
    cash_instead,
    net_value,
    push_effects,
    valued,
)

CASH, FOR_EVER = "the same money in cash", "support without end"
"""Names of the alternatives that are no temporary push."""

STEPS = 41
"""Values of a term at which curves are drawn."""


@dataclass(frozen=True, slots=True)
class Question:
    """What is weighed.

    Attributes
    ----------
    worth : money per unit of an unknown and of time, by unknown; 0 where absent.
    durations : of temporary pushes, units of time.
    margin : share by which every least size is exceeded.
    most : largest size tried.
    """

    worth: Mapping[str, float]
    durations: Sequence[float]
    margin: float = 0.1
    most: float = 10.0


@dataclass(frozen=True, slots=True, eq=False)
class Weighed:
    """Alternatives and what each is worth.

    Attributes
    ----------
    system, question, terms : what was asked.
    values : every alternative, best first; doing nothing is worth 0 and is not among them.
    curves : by term: its values, and the net value of the compared alternatives at each.
    missing : durations for which no push up to the largest size suffices.
    """

    system: str
    question: Question
    terms: Terms
    values: tuple[PushValue, ...]
    curves: dict[str, dict[str, Any]]
    missing: tuple[float, ...]

    @property
    def best(self) -> PushValue | None:
        """The best alternative; None where doing nothing is better than all."""
        return self.values[0] if self.values and self.values[0].net > 0 else None


def weigh(
    system: System,
    start: Array,
    target: Array,
    question: Question,
    terms: Terms | None = None,
    dynamic: Dynamic | None = None,
) -> Weighed:
    """Return the alternatives for leaving one equilibrium for another, each with its value.

    Parameters
    ----------
    start, target : stable equilibria (n).

    Raises
    ------
    OptionError : every fault of the question; else as in :func:`permanent_support`.

    Examples
    --------
    >>> from workshare.equilibria.system import system_from_text
    >>> double = system_from_text(["x - x^3"], ["x"], bounds={"x": (-3, 3)})
    >>> made = weigh(double, np.array([-1.0]), np.array([1.0]), Question({"x": 1.0}, [2.0]))
    >>> [item.name for item in made.values]
    ['push lasting 2', 'support without end', 'the same money in cash']
    """
    terms, dynamic = terms or Terms(), dynamic or Dynamic()
    _check(system, question)
    price = np.array([question.worth.get(name, 0.0) for name in system.unknowns])
    more = 1 + question.margin
    found = temporary_push(
        system, start, target, question.durations, most=question.most, dynamic=dynamic
    )
    lasting = permanent_support(system, start, target, most=question.most, dynamic=dynamic)
    reached = [(float(t), float(s)) for t, s in zip(found.durations, found.sizes, strict=True)]
    pushes = [(f"push lasting {t:g}", more * s, t) for t, s in reached if np.isfinite(s)]
    if np.isfinite(lasting.size):
        pushes.append((FOR_EVER, more * lasting.size, np.inf))
    effects = push_effects(
        system, start, found.weights, pushes, lambda x: float(price @ x), terms.discount, dynamic
    )
    compared = _compared(effects, terms)
    everything = [*effects, *(item for item in compared if item.cash)]
    values = sorted((valued(item, terms) for item in everything), key=lambda item: -item.net)
    missing = tuple(t for t, s in reached if not np.isfinite(s))
    return Weighed(system.name, question, terms, tuple(values), _curves(compared, terms), missing)


def weighed_record(found: Weighed) -> dict[str, Any]:
    """Return what was found as plain dictionaries, for JSON and reports."""
    rows = []
    for item in found.values:
        row = {**asdict(item), "paid": item.paid}
        row["duration"] = row["duration"] if np.isfinite(item.duration) else None
        rows.append(row)
    return {
        "system": found.system,
        "worth": dict(found.question.worth),
        "durations": [float(t) for t in found.question.durations],
        "margin": found.question.margin,
        "most": found.question.most,
        "terms": asdict(found.terms),
        "best": None if found.best is None else found.best.name,
        "alternatives": rows,
        "without_push": list(found.missing),
        "curves": found.curves,
    }


def _check(system: System, question: Question) -> None:
    """Raise on every fault of the question."""
    faults = [
        f"worth of {name!r}: {system.name!r} has no such unknown; its unknowns: "
        f"{', '.join(system.unknowns)}"
        for name in question.worth
        if name not in system.unknowns
    ]
    faults += [
        f"worth of {name!r} is {value}; must be a number"
        for name, value in question.worth.items()
        if not np.isfinite(value)
    ]
    if not any(question.worth.values()):
        faults.append("nothing has a worth: give money per unit and time of at least one unknown")
    if not 0 <= question.margin < np.inf:
        faults.append(f"margin is {question.margin}; must be 0 or more")
    if faults:
        raise OptionError("Weighing a push: " + "; ".join(faults))


def _compared(effects: Sequence[Effect], terms: Terms) -> list[Effect]:
    """Return the best temporary push, its money in cash, and support without end."""
    short = [item for item in effects if np.isfinite(item.duration)]
    best = max(short or effects, key=lambda item: net_value(item, terms), default=None)
    if best is None:
        return []
    others = [item for item in effects if item is not best and not np.isfinite(item.duration)]
    return [best, cash_instead(best, CASH), *others]


def _curves(compared: Sequence[Effect], terms: Terms) -> dict[str, dict[str, Any]]:
    """Return the net value of each alternative over the range of every term."""
    curves: dict[str, dict[str, Any]] = {}
    for term in TERMS:
        given = getattr(terms, term)
        if term == "discount":
            values = np.geomspace(0.2 * given, 5 * given, STEPS)
        elif term in SHARES:
            values = np.linspace(0.0, 0.9 if term in BELOW_ONE else 1.0, STEPS)
        else:
            values = np.linspace(0.0, max(2 * given, 1.0), STEPS)
        nets = {
            item.name: [net_value(item, replace(terms, **{term: float(v)})) for v in values]
            for item in compared
        }
        curves[term] = {"values": values.tolist(), "net": nets}
    return curves
