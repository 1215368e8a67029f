"""Answers checked at the coordinator's door, whoever collected them.

:class:`~workshare.response.Individuals` checks each participant's answer. A collection that answers
for many at once, a user's own class say, is not trusted further: rows for somebody who does not
exist or was not asked, figures that are not finite, a bound above the participant's own plan. What
is not sound becomes a note and an absence, and the others' answers stand.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import scipy.sparse as sp

from workshare.arrays import Array
from workshare.errors import OptionError
from workshare.response import BoolArray, Replies

ROOM = 1e-7
"""A bound may lie so much above the best plan (relative to what is added up): rounding."""


def sound(replies: Replies, prices: Array, count: int) -> Replies:
    """Return ``replies`` of ``count`` participants without the rows that cannot be used.

    Raises
    ------
    OptionError : the arrays do not agree in length or width: the collection's code is at fault.
    """
    _check_shapes(replies, prices.size, count)
    who = replies.who
    real = (who >= 0) & (who < count)
    finite = np.isfinite(replies.cost) & _finite_rows(replies.contribution)
    notes = [
        (int(k), "an answer came for a participant that does not exist")
        for k in np.unique(who[~real])
    ]
    notes += [
        (int(k), "cost and contribution must be finite numbers")
        for k in np.unique(who[real & ~finite])
    ]
    unasked = np.zeros(who.size, dtype=bool)
    unasked[real] = ~replies.answered[who[real]]
    notes += [
        (int(k), "an answer came that is not marked as answered") for k in np.unique(who[unasked])
    ]
    good = real & finite & ~unasked
    best = np.full(count, np.inf)
    size = np.zeros(count)
    value = replies.cost[good] - replies.contribution[good] @ prices
    np.minimum.at(best, who[good], value)
    np.maximum.at(size, who[good], np.abs(value) + np.abs(replies.cost[good]))
    answered = replies.answered & np.isfinite(best)
    notes += [
        (int(k), "answered without a plan that can be used")
        for k in np.flatnonzero(replies.answered & ~np.isfinite(best))
    ]
    with np.errstate(invalid="ignore"):
        honest = replies.bound <= best + ROOM * (1e-9 + size)
    notes += [(int(k), _lie(replies.bound[k], best[k])) for k in np.flatnonzero(answered & ~honest)]
    answered &= honest
    if np.all(good) and np.all(answered == replies.answered):
        return replies
    good[good] = answered[who[good]]
    return replace(
        replies,
        who=who[good],
        key=replies.key[good],
        cost=replies.cost[good],
        contribution=replies.contribution[good],
        bound=np.where(answered, replies.bound, -np.inf),
        answered=answered,
        proven=replies.proven & answered,
        notes=(*replies.notes, *notes),
    )


def _lie(bound: float, best: float) -> str:
    return f"claims the bound {bound:g}, above the value {best:g} of its own plan, or no number"


def _finite_rows(contribution: Any) -> BoolArray:
    if sp.issparse(contribution):
        rows = contribution.tocsr()
        bad = np.repeat(np.arange(rows.shape[0]), np.diff(rows.indptr))[~np.isfinite(rows.data)]
        fine = np.ones(rows.shape[0], dtype=bool)
        fine[bad] = False
        return fine
    whole: BoolArray = np.all(np.isfinite(contribution), axis=1)
    return whole


def _check_shapes(replies: Replies, width: int, count: int) -> None:
    rows = replies.who.size
    faults = [
        f"{name} has shape {values.shape}; must be {shape}"
        for name, values, shape in (
            ("key", replies.key, (rows,)),
            ("cost", replies.cost, (rows,)),
            ("contribution", replies.contribution, (rows, width)),
            ("bound", replies.bound, (count,)),
            ("proven", replies.proven, (count,)),
            ("answered", replies.answered, (count,)),
        )
        if values.shape != shape
    ]
    if faults:
        raise OptionError(
            "the participants' answers do not fit together: "
            + "; ".join(faults)
            + ". Check the price method of the Participants collection."
        )
