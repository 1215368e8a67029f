"""Types of factual and counterfactual equilibria, and what each place's change was.

Three labels of one change, because they answer different questions and can disagree:

- *by branch*: the old equilibrium is carried along the straight line in log fundamentals from the
  first year to the last (:mod:`workshare.studies.panel.moving`). ``continuous`` if it arrives at
  the new observed equilibrium; ``jump`` if it vanishes in a fold on the way or arrives elsewhere.
- *by order*: ``continuous`` if both have the same rank by total share among the equilibria of their
  year (lowest, middle, highest); undecided where one year has a single equilibrium and the other
  several, or ranks in the middle of different numbers.
- *by basin*: ``continuous`` if the old state, left alone at the new fundamentals, settles (under
  adjustment, d log L / dt = residual) at the new equilibrium.

With two sectors or more the first label depends on the path: round a cusp the low sheet leads
smoothly to the high one. So the straight line is part of the label; how often the labels disagree,
and how often other monotone paths give another label, is told. All branches of a place are carried
from both ends, not only the observed one: those that arrive must pair the equilibria of both years
one to one. Where they do not, the place is carried again ten times finer, and is undecided if they
still do not.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from workshare.arrays import Array, Mask
from workshare.studies.panel.enumeration import Enumeration
from workshare.studies.panel.moving import ARRIVED, FOLD, STUCK, carry_many, settle_many

CONTINUOUS, JUMP, UNDECIDED = "continuous", "jump", "undecided"
RANKS = ("only", "lowest", "middle", "highest", "unknown")
"""Rank of an equilibrium by total share among the equilibria of its place and year."""

LOW, SAME = 1e-9, 1e-5
"""Totals closer than LOW (relative) have no order; carried points within SAME are one."""


@dataclass(frozen=True, slots=True, eq=False)
class Carried:
    """Where every equilibrium of some members came to at other fundamentals.

    Attributes
    ----------
    goal : position among the equilibria at the other end; -1: a fold, or not known.
    ended : ``ARRIVED``, ``FOLD`` or ``STUCK`` of :mod:`moving`, for each equilibrium.
    at : how far along the path it lasted, for each equilibrium.
    """

    goal: np.ndarray
    ended: np.ndarray
    at: Array


@dataclass(frozen=True, slots=True, eq=False)
class Changes:
    """The change of every place between two years: labels and counterfactual states.

    Attributes
    ----------
    before, after : member of each place in the first and in the last year (places,).
    by_branch, by_order, by_basin : labels of each place.
    agree : whether the labels that are decided are all the same.
    ranks : rank in the first and in the last year, each (places,).
    low : in each of both years, whether another stable equilibrium has a larger total: a
        coordination failure in the sense of this study, shape (places, 2); NaN where unknown.
    old_type : position of the equilibrium of the old type at the new fundamentals; -1: none.
    new_type : position of the equilibrium of the new type at the old fundamentals; -1: none.
    lost : why the old type is not there: ``there``, ``fold`` or ``undecided``, and the same for the
        new type; each (places,).
    fold_at : how far along the path the old equilibrium lasted; 1: all the way.
    undecided : whether the pairing of branches failed or a member is ill.
    robust : share of other monotone paths between the same fundamentals that give the same label by
        branch; NaN where undecided, or where none was tried.
    """

    before: np.ndarray
    after: np.ndarray
    by_branch: np.ndarray
    by_order: np.ndarray
    by_basin: np.ndarray
    agree: Mask
    ranks: tuple[np.ndarray, np.ndarray]
    low: Array
    old_type: np.ndarray
    new_type: np.ndarray
    lost: tuple[np.ndarray, np.ndarray]
    fold_at: Array
    undecided: Mask
    robust: Array


def ranks_of(found: Enumeration) -> np.ndarray:
    """Return the rank of every equilibrium by total share, as text (equilibria,)."""
    totals = np.exp(found.points).sum(axis=1)
    ranks = np.full(len(totals), "middle", dtype=object)
    for member in np.flatnonzero(found.counts > 0):
        part = found.of(int(member))
        mine = totals[part]
        if len(mine) == 1:
            ranks[part] = "only"
            continue
        # sorted by total: a tie at either end has no order
        if mine[1] - mine[0] > LOW * mine[0]:
            ranks[part.start] = "lowest"
        if mine[-1] - mine[-2] > LOW * mine[-1]:
            ranks[part.stop - 1] = "highest"
    return ranks


def is_low(found: Enumeration, members: np.ndarray) -> Array:
    """Return whether a stable equilibrium larger in total than the observed one is there.

    1.0 or 0.0, NaN where a member is ill or its observed equilibrium unknown; shape (members,).
    """
    totals = np.exp(found.points).sum(axis=1)
    low = np.full(len(members), np.nan)
    for k, member in enumerate(members):
        if member < 0 or found.ill[member] or found.observed[member] < 0:
            continue
        part, seen = found.of(member), found.observed[member]
        larger = totals[part] > totals[seen] * (1 + LOW)
        low[k] = float(np.any(larger & found.stable[part]))
    return low


def changes(
    found: Enumeration, before: np.ndarray, after: np.ndarray, *, paths: int = 8, seed: int = 0
) -> Changes:
    """Return labels and counterfactual states of the change of each place.

    Parameters
    ----------
    before, after : members of each place in the two years, both observed, shape (places,).
    paths : other monotone paths tried for robustness of the label by branch; 0: none.
    seed : of these paths, the same for all places.
    """
    usable = ~(found.ill[before] | found.ill[after]) & found.done[before] & found.done[after]
    usable &= (found.observed[before] >= 0) & (found.observed[after] >= 0)
    ahead, back, paired = _carried_both(found, before, after, usable)
    fine = usable & paired
    old, new = found.observed[before], found.observed[after]
    old_goal, old_end, old_at = _at(ahead, old, fine)
    new_goal, new_end, _ = _at(back, new, fine)
    by_branch = np.where(old_goal == new, CONTINUOUS, JUMP).astype(object)
    by_branch[~fine] = UNDECIDED
    ranks = np.append(ranks_of(found), "unknown")
    first, last = ranks[np.where(usable, old, -1)], ranks[np.where(usable, new, -1)]
    by_order = _order_label(first, last, found.counts[before], found.counts[after])
    by_basin = _basin_label(found, before, after, usable)
    labels = np.stack([by_branch, by_order, by_basin])
    agree = ~(np.any(labels == CONTINUOUS, axis=0) & np.any(labels == JUMP, axis=0))
    low = np.stack([is_low(found, before), is_low(found, after)], axis=1)
    return Changes(
        before, after, by_branch, by_order, by_basin, agree, (first, last), low,
        np.where(fine, old_goal, -1), np.where(fine, new_goal, -1),
        (_why(old_end, fine), _why(new_end, fine)), np.where(fine, old_at, np.nan), ~fine,
        _robustness(found, before, after, by_branch, paths, seed),
    )  # fmt: skip


def _at(carried: Carried, position: np.ndarray, fine: Mask) -> tuple[np.ndarray, np.ndarray, Array]:
    """Return goal, end and t of the equilibria at the positions; -1 stands for none."""
    safe = np.where(fine, position, -1)
    return (
        np.append(carried.goal, -1)[safe],
        np.append(carried.ended, STUCK)[safe],
        np.append(carried.at, np.nan)[safe],
    )


def _why(ended: np.ndarray, fine: Mask) -> np.ndarray:
    words = np.where(ended == ARRIVED, "there", np.where(ended == FOLD, "fold", UNDECIDED))
    return np.where(fine, words, UNDECIDED)


def _carried_both(
    found: Enumeration, before: np.ndarray, after: np.ndarray, usable: Mask
) -> tuple[Carried, Carried, Mask]:
    """Return all branches carried ahead and back, and for which places they pair one to one."""
    ahead, back = _empty(len(found.points)), _empty(len(found.points))
    paired = np.zeros(len(before), dtype=bool)
    todo = np.flatnonzero(usable)
    for largest in (0.1, 0.01):
        if not todo.size:
            break
        _carry_into(ahead, found, before[todo], after[todo], largest)
        _carry_into(back, found, after[todo], before[todo], largest)
        for place in todo:
            paired[place] = _pairs(found, ahead, back, before[place], after[place])
        todo = todo[~paired[todo]]
    return ahead, back, paired


def _robustness(
    found: Enumeration,
    before: np.ndarray,
    after: np.ndarray,
    label: np.ndarray,
    paths: int,
    seed: int,
) -> Array:
    """Return the share of monotone paths of two legs with the same label.

    On the first leg each sector's log fundamental goes its own share of the way, drawn once for all
    places, so that the order of places does not matter.
    """
    robust = np.full(len(before), np.nan)
    places = np.flatnonzero(label != UNDECIDED)
    if paths < 1 or not places.size:
        return robust
    random = np.random.default_rng(seed)
    old, new = found.observed[before[places]], found.observed[after[places]]
    begin, end = found.log_theta[before[places]], found.log_theta[after[places]]
    same = np.zeros(len(places))
    for _ in range(paths):
        middle = begin + random.random(begin.shape[1]) * (end - begin)
        one, points, _ = carry_many(found.model, found.points[old], begin, middle)
        arrived = np.flatnonzero(one == ARRIVED)
        two, last, _ = carry_many(found.model, points[arrived], middle[arrived], end[arrived])
        there = np.zeros(len(places), dtype=bool)
        gaps = np.abs(last - found.points[new[arrived]]).max(axis=1, initial=0.0)
        there[arrived] = (two == ARRIVED) & (gaps <= SAME)
        same += there == (label[places] == CONTINUOUS)
    robust[places] = same / paths
    return robust


def _empty(size: int) -> Carried:
    return Carried(np.full(size, -1), np.full(size, STUCK), np.zeros(size))


def _carry_into(
    result: Carried, found: Enumeration, origin: np.ndarray, goal: np.ndarray, largest: float
) -> None:
    """Carry every equilibrium of the members ``origin`` to the fundamentals of ``goal``."""
    counts = found.counts[origin]
    owner = np.repeat(np.arange(len(origin)), counts)
    start = np.concatenate([np.arange(found.first[m], found.first[m + 1]) for m in origin])
    ended, points, at = carry_many(
        found.model, found.points[start], found.log_theta[origin[owner]],
        found.log_theta[goal[owner]], largest,
    )  # fmt: skip
    result.ended[start], result.at[start] = ended, at
    result.goal[start] = -1
    for k in np.flatnonzero(ended == ARRIVED):
        part = found.of(goal[owner[k]])
        gaps = np.abs(found.points[part] - points[k]).max(axis=1, initial=0.0)
        if gaps.size and gaps.min() <= SAME:
            result.goal[start[k]] = part.start + int(np.argmin(gaps))
        else:
            result.ended[start[k]] = STUCK


def _pairs(found: Enumeration, ahead: Carried, back: Carried, before: int, after: int) -> bool:
    """Return whether arrivals pair both years' equilibria one to one, and nothing got stuck."""
    one, two = found.of(before), found.of(after)
    if np.any(ahead.ended[one] == STUCK) or np.any(back.ended[two] == STUCK):
        return False
    there = {k: int(ahead.goal[k]) for k in range(one.start, one.stop) if ahead.goal[k] >= 0}
    here = {int(back.goal[k]): k for k in range(two.start, two.stop) if back.goal[k] >= 0}
    distinct = len(set(there.values())) == len(there)
    return distinct and len(here) == int(np.sum(back.goal[two] >= 0)) and there == here


def _order_label(
    first: np.ndarray, last: np.ndarray, count_first: np.ndarray, count_last: np.ndarray
) -> np.ndarray:
    """Return the label by rank; undecided where the ranks cannot be compared."""
    label = np.where(first == last, CONTINUOUS, JUMP).astype(object)
    single = (first == "only") != (last == "only")
    middle = (first == "middle") & (last == "middle") & ((count_first != 3) | (count_last != 3))
    label[single | middle | (first == "unknown") | (last == "unknown")] = UNDECIDED
    return label


def _basin_label(
    found: Enumeration, before: np.ndarray, after: np.ndarray, usable: Mask
) -> np.ndarray:
    """Return the label by where the old state settles at the new fundamentals."""
    label = np.full(len(before), UNDECIDED, dtype=object)
    places = np.flatnonzero(usable)
    if not places.size:
        return label
    start = found.points[found.observed[before[places]]]
    ends, rested = settle_many(found.model, start, found.log_theta[after[places]])
    for k in np.flatnonzero(rested):
        part = found.of(after[places[k]])
        gaps = np.abs(found.points[part] - ends[k]).max(axis=1)
        if gaps.min() <= SAME * 10:
            reached = part.start + int(np.argmin(gaps))
            same = reached == found.observed[after[places[k]]]
            label[places[k]] = CONTINUOUS if same else JUMP
    return label
