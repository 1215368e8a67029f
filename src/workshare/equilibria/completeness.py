"""What is known of a set of equilibria: each with its certificate, the whole with its level.

Five levels of completeness, from most to least; only the first two allow the word "all":

PROVED
    exhausted interval cover, or as many certified roots as a bound of algebra allows.
PROB-1
    a homotopy followed every path of a full count, every root is certified, every check holds; it
    fails only for random numbers of a set of measure zero, or by an undetected numerical error.
BRACKETED
    the least and the greatest equilibrium are certified; what lies between is not known to be all.
INDEX-CONSISTENT
    the indices of what was found add up to what topology demands; necessary, not sufficient.
SEARCHED
    found from many starts, with an estimate of what was not seen.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from workshare.arrays import Array
from workshare.equilibria.system import System
from workshare.results import CertificateLine


class Completeness(enum.StrEnum):
    """How much is known about whether there are more equilibria, from most to least."""

    PROVED = "PROVED"
    PROB_1 = "PROB-1"
    BRACKETED = "BRACKETED"
    INDEX_CONSISTENT = "INDEX-CONSISTENT"
    SEARCHED = "SEARCHED"

    @property
    def means_all(self) -> bool:
        """Whether the word "all" may be used."""
        return self in (Completeness.PROVED, Completeness.PROB_1)


class Outcome(enum.StrEnum):
    """How a search ended.

    FINISHED : it did what it set out to do; the level says what is known.
    UNRESOLVED : some parts could not be decided (singular roots, boxes left, paths lost).
    NOT_ISOLATED : solutions form curves or surfaces; points on them are listed as candidates.
    BUDGET : the budget of work was used up first.
    INTERRUPTED : the user stopped it; what is there is valid.
    """

    FINISHED = "finished"
    UNRESOLVED = "unresolved"
    NOT_ISOLATED = "not_isolated"
    BUDGET = "budget"
    INTERRUPTED = "interrupted"


class Kind(enum.StrEnum):
    """What a point is: an equilibrium, or why it is not one."""

    EQUILIBRIUM = "equilibrium"
    OUTSIDE = "outside the bounds"
    COMPLEMENTARITY = "fails complementarity"
    SECOND_ORDER = "fails the second-order condition"
    GLOBAL = "not a global best response"
    SINGULAR = "singular: not certified"
    UNDECIDED = "not decided"


@dataclass(frozen=True, slots=True, eq=False)
class Equilibrium:
    """One point, with what is proven of it.

    Attributes
    ----------
    point : values of the unknowns, shape (n,).
    radius : half-width of the certified box around the point, shape (n,); NaN if not certified.
    certified : whether exactly one root is proven to lie in that box.
    residual : largest absolute residual that should be zero at the point.
    index : sign of det(-Jacobian): 1 or -1; 0 where it is not known (singular).
    kind : an equilibrium, or the reason it is only a candidate.
    active : for complementarity, the unknowns at a bound: -1 lower, 0 inside, 1 upper.
    multiplicity : number of paths that ended here (1 for a regular root).
    note : anything a reader should know, in words.
    """

    point: Array
    radius: Array
    certified: bool
    residual: float
    index: int
    kind: Kind = Kind.EQUILIBRIUM
    active: tuple[int, ...] = ()
    multiplicity: int = 1
    note: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class EquilibriumSet:
    """What a search found, and how much is known of what it did not find.

    Attributes
    ----------
    system : what was solved.
    equilibria : the equilibria, in lexical order of their points.
    candidates : points kept and labelled that are no equilibria, or not shown to be.
    completeness : the level; see the module's docstring.
    status : how the search ended.
    reason : why this level and no higher, in one sentence.
    certificate : the checks, each recomputed from system and points.
    statistics : counts of the work done and of complex roots, by name.
    method, options, seed : what was run.
    inputs : hash of the system.
    unseen : estimate of equilibria not seen with its 95 % interval; (0, 0, 0) where proven.
    """

    system: System
    equilibria: tuple[Equilibrium, ...]
    candidates: tuple[Equilibrium, ...]
    completeness: Completeness
    status: Outcome
    reason: str
    certificate: tuple[CertificateLine, ...]
    statistics: Mapping[str, float]
    method: str
    options: Mapping[str, Any] = field(default_factory=dict)
    seed: int = 0
    inputs: str = ""
    unseen: tuple[float, float, float] = (0.0, 0.0, 0.0)

    @property
    def points(self) -> Array:
        """The equilibria as rows, shape (count, n)."""
        if not self.equilibria:
            return np.empty((0, self.system.size))
        return np.array([item.point for item in self.equilibria])

    @property
    def certified(self) -> bool:
        """Whether every equilibrium is certified and every line of the certificate holds."""
        return all(item.certified for item in self.equilibria) and all(
            line.holds for line in self.certificate
        )

    @property
    def index_sum(self) -> int:
        """Sum of the indices of the equilibria."""
        return sum(item.index for item in self.equilibria)

    def sentence(self) -> str:
        """Return the finding in one sentence; "all" only where the level allows it."""
        count = len(self.equilibria)
        noun = "equilibrium" if count == 1 else "equilibria"
        level = self.completeness
        if level.means_all:
            if count == 0:
                return f"{level}: there is no equilibrium. {self.reason}"
            said = "the only one" if count == 1 else "these are all"
            return f"{level}: {count} {noun}; {said}. {self.reason}"
        return f"{level}: {count} {noun} found; there may be more. {self.reason}"
