"""Convex shared sides ``F`` in LP or QP form: steps, tracking, balance, capacity, maximum, sums.

Each function returns a :class:`~workshare.market.market.Market` over the summed contributions
``z`` (one per shared dimension), which coordination uses like any other.

Sign convention: ``z`` is net supply, so what participants *use* enters as a negative contribution,
and the price of a dimension is ``-dF/dz``, the value of one more unit.

Every function takes ``largest``, the most that the sum of contributions can reach in each
dimension, in either direction. ``F`` is exact for ``|z| <= largest``; beyond it a point is not
feasible (:func:`Market.evaluate` reports it as unmet). That bound makes ``support`` finite and
proven at any prices whatever, and it is the scale of the dimension, so it should not be generous
by more than a factor of ten or so. A single number stands for all dimensions.

Every argument is checked, and all faults are told in one :class:`~workshare.errors.OptionError`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from workshare.arrays import Array
from workshare.market.door import Door
from workshare.market.market import Column, Market

CEILING = 10.0
"""The price of going beyond ``largest``, as a multiple of the steepest slope of ``F``."""

Matrix = Any
Ragged = Sequence[npt.ArrayLike] | Array


@dataclass(frozen=True, slots=True)
class Block:
    """Columns of one kind; ``rows`` is (all rows of the market) x (these columns)."""

    kind: str
    rows: sp.csc_matrix
    lower: Array
    upper: Array
    scale: Array
    cost: Array | float = 0.0
    curvature: Array | float = 0.0


def piecewise_linear(
    breakpoints: Ragged,
    slopes: Ragged,
    *,
    largest: npt.ArrayLike,
    constant: float = 0.0,
) -> Market:
    """Return ``F(z) = constant + sum over dimensions of a convex piecewise linear function``.

    Each dimension's function is zero at ``z = 0``. Importing at 5 what is short and exporting at 3
    what is over is ``breakpoints=[[0]], slopes=[[-5, -3]]``: one more unit is worth 5, then 3.

    Parameters
    ----------
    breakpoints : one increasing list per dimension, in the dimension's unit; may be empty.
    slopes : one list per dimension, one longer than its breakpoints, never decreasing (``F`` is
        convex), in M per unit.
    largest : the most ``|z|`` can be, per dimension (see the module's first lines).
    constant : ``F(0)`` in M.

    Raises
    ------
    OptionError : lengths, order, a slope that decreases, a figure that is not finite.

    >>> market = piecewise_linear([[0.0]], [[-5.0, -3.0]], largest=10.0)
    >>> round(market.evaluate(np.array([-2.0])).value, 6)
    10.0
    """
    door = Door("piecewise_linear")
    steps = [door.numbers(f"slopes[{k}]", s) for k, s in enumerate(slopes)]
    breaks = [
        door.numbers(f"breakpoints[{k}]", b) if np.size(b) else np.zeros(0)
        for k, b in enumerate(breakpoints)
    ]
    size = door.numbers("largest", largest)
    level = door.numbers("constant", constant)
    door.at_least("largest", size, 0.0, strict=True)
    if len(breaks) != len(steps) or not steps:
        door.refuse(
            "breakpoints",
            f"{len(breaks)} lists beside {len(steps)} of slopes",
            "must have one list per dimension, as slopes",
            "A dimension without breakpoints has an empty list.",
        )
    if size.size not in (0, 1, len(steps)):
        door.refuse("largest", f"{size.size} numbers", f"must have {len(steps)}", "Or give one.")
    for k, (own, slope) in enumerate(zip(breaks, steps, strict=False)):
        _check_steps(door, k, own, slope)
    door.close()
    reach = np.broadcast_to(size, len(steps)).copy()
    steep = np.array([float(np.max(np.abs(slope))) for slope in steps])
    parts = [
        _segments(k, *pair)
        for k, pair in enumerate(zip(breaks, steps, reach.tolist(), strict=True))
    ]
    dimension, lower, upper, cost = (np.concatenate(p) for p in zip(*parts, strict=True))
    place = dimension.astype(int)
    columns = sp.csc_matrix(
        (-np.ones(place.size), (place, np.arange(place.size))), shape=(reach.size, place.size)
    )
    blocks = [Block("segment", columns, lower, upper, reach[place], cost=cost)]
    blocks += _constant(reach.size, float(level[0]), float(np.max(steep * reach)))
    return _assemble(reach, blocks + beyond(_ceiling(steep, reach), reach, reach.size))


def _check_steps(door: Door, k: int, own: Array, slope: Array) -> None:
    if slope.size and slope.size != own.size + 1:
        door.refuse(
            f"slopes[{k}]",
            f"{slope.size} slopes beside {own.size} breakpoints",
            "must have one slope more than breakpoints",
            "One slope before the first breakpoint, one after each.",
        )
    if np.any(np.diff(own) <= 0):
        door.refuse(f"breakpoints[{k}]", own.tolist(), "must increase", "Sort them with slopes.")
    if np.any(np.diff(slope) < 0):
        door.refuse(
            f"slopes[{k}]",
            slope.tolist(),
            "must never decrease: F is convex",
            "One more unit is worth minus the slope; it must not be worth more later.",
        )


def _segments(
    k: int, breaks: Array, slopes: Array, reach: float
) -> tuple[Array, Array, Array, Array]:
    """Return dimension, bounds and slope of each segment within ``reach``, counted from zero."""
    ends = np.concatenate([[-np.inf], breaks, [np.inf]])
    left, right = np.clip(ends[:-1], -reach, reach), np.clip(ends[1:], -reach, reach)
    kept = right > left
    left, right = left[kept], right[kept]
    # a segment is filled away from zero: to its right end, or downwards to its left one
    lower = np.where(left >= 0, 0.0, np.where(right <= 0, left - right, left))
    upper = np.where(right <= 0, 0.0, np.where(left >= 0, right - left, right))
    return np.full(left.size, float(k)), lower, upper, slopes[kept]


def quadratic_tracking(
    target: npt.ArrayLike, weight: npt.ArrayLike, *, largest: npt.ArrayLike
) -> Market:
    """Return ``F(z) = 1/2 sum_d weight_d (z_d - target_d)**2``.

    Parameters
    ----------
    target : where the sum should be, in the dimension's unit.
    weight : M per unit squared, not negative.
    largest : the most ``|z|`` can be; ``target`` may lie beyond it.

    Raises
    ------
    OptionError : lengths, a negative weight, a figure that is not finite.
    """
    door = Door("quadratic_tracking")
    goal, bend, reach = door.spread(
        target=door.numbers("target", target),
        weight=door.numbers("weight", weight),
        largest=door.numbers("largest", largest),
    )
    door.at_least("weight", bend, 0.0)
    door.at_least("largest", reach, 0.0, strict=True)
    door.close()
    each = _each(reach.size)
    blocks = [
        Block("deviation", -each, -reach - goal, reach - goal, reach, curvature=bend),
        *_fixed(goal, reach),
    ]
    steep = bend * (reach + np.abs(goal))
    return _assemble(reach, blocks + beyond(_ceiling(steep, reach), reach, reach.size))


def hard_balance(
    target: npt.ArrayLike, ceiling: npt.ArrayLike, *, largest: npt.ArrayLike
) -> Market:
    """Return the ``F`` that is zero where ``z = target`` and elsewhere not feasible.

    So that prices exist wherever the search stands, what is short is bought, and what is over is
    got rid of, at ``ceiling`` (M per unit); both count as unmet, so a point that needs them is
    reported as not feasible and never chosen. ``ceiling`` should be above any price that can clear
    the balance; prices stay within plus or minus it.

    Raises
    ------
    OptionError : lengths, a ceiling not above zero, a figure that is not finite.
    """
    door = Door("hard_balance")
    goal, price, reach = door.spread(
        target=door.numbers("target", target),
        ceiling=door.numbers("ceiling", ceiling),
        largest=door.numbers("largest", largest),
    )
    door.at_least("ceiling", price, 0.0, strict=True)
    door.at_least("largest", reach, 0.0, strict=True)
    door.close()
    blocks = _fixed(goal, reach) + beyond(price, reach, reach.size, reach + np.abs(goal))
    return _assemble(reach, blocks)


def capacity(
    limit: npt.ArrayLike,
    ceiling: npt.ArrayLike,
    *,
    largest: npt.ArrayLike,
    side: str = "use",
) -> Market:
    """Return the ``F`` that is zero within a capacity and not feasible beyond it.

    Parameters
    ----------
    limit : how much there is, not negative, in the dimension's unit.
    ceiling : M per unit; prices stay within it (see :func:`hard_balance`).
    side : ``"use"`` (default): contributions are minus what participants use, so ``z >= -limit``
        and the price of a scarce capacity is positive. ``"supply"``: what participants supply is
        limited, so ``z <= limit`` and the price is negative.

    Raises
    ------
    OptionError : lengths, a negative limit, a ceiling not above zero, an unknown side.
    """
    door = Door("capacity")
    most, price, reach = door.spread(
        limit=door.numbers("limit", limit),
        ceiling=door.numbers("ceiling", ceiling),
        largest=door.numbers("largest", largest),
    )
    door.at_least("limit", most, 0.0)
    door.at_least("ceiling", price, 0.0, strict=True)
    door.at_least("largest", reach, 0.0, strict=True)
    if side not in ("use", "supply"):
        door.refuse("side", repr(side), "must be 'use' or 'supply'", "See the sign convention.")
    door.close()
    inner = np.minimum(most, reach)
    lower, upper = (-inner, reach) if side == "use" else (-reach, inner)
    blocks = [Block("total", -_each(reach.size), lower, upper, reach)]
    return _assemble(reach, blocks + beyond(price, reach, reach.size))


def maximum(weights: Matrix, offsets: npt.ArrayLike, *, largest: npt.ArrayLike) -> Market:
    """Return ``F(z) = max over j of (weights_j . z + offsets_j)``.

    Parameters
    ----------
    weights : one number per dimension (piece j then sees dimension j alone), or a matrix of
        pieces x dimensions, dense or sparse; M per unit, of any sign. A charge of 8 for the highest
        use over all hours has weights of -8, since use is a negative contribution.
    offsets : M, one per piece, or one for all.
    largest : the most ``|z|`` can be, per dimension.

    Raises
    ------
    OptionError : lengths, a figure that is not finite.
    """
    door = Door("maximum")
    matrix = _pieces(door, weights)
    base, reach = door.numbers("offsets", offsets), door.numbers("largest", largest)
    door.at_least("largest", reach, 0.0, strict=True)
    for field, values, count in (("offsets", base, 0), ("largest", reach, 1)):
        if matrix.shape[1] and values.size not in (0, 1, matrix.shape[count]):
            door.refuse(
                field,
                f"{values.size} numbers",
                f"must have {matrix.shape[count]} numbers, or one",
                "Offsets are one per piece, largest is one per dimension.",
            )
    door.close()
    pieces, dimensions = matrix.shape
    size = np.broadcast_to(reach, dimensions).copy()
    return polyhedral(matrix, np.broadcast_to(base, pieces).copy(), -size, size, size)


def _pieces(door: Door, weights: Matrix) -> sp.csr_matrix:
    if sp.issparse(weights):
        matrix = sp.csr_matrix(weights, dtype=float)
    elif np.ndim(weights) == 2:
        matrix = sp.csr_matrix(np.asarray(weights, dtype=float))
    else:
        matrix = sp.diags(door.numbers("weights", weights), format="csr")
    if not np.all(np.isfinite(matrix.data)):
        door.refuse("weights", "a figure that is not", "must be finite", "Leave no figure open.")
    return matrix


def polyhedral(
    weights: sp.csr_matrix, base: Array, lower: Array, upper: Array, scale: Array
) -> Market:
    """Return ``max_j (weights_j . z + base_j)`` for ``lower <= z <= upper``; not checked.

    One internal row per piece: ``top - weights_j . total - slack_j = 0``, ``slack_j >= base_j``.
    The other bounds are the reach of each piece over the box, so they never cut.
    """
    pieces, dimensions = weights.shape
    positive, negative = weights.maximum(0), weights.minimum(0)
    least = base + positive @ lower + negative @ upper
    top = float(np.max(base + positive @ upper + negative @ lower))
    money = float(np.max(np.abs(weights) @ scale)) or float(np.max(np.abs(base))) or 1.0
    rows = dimensions + pieces
    total = sp.vstack([-sp.identity(dimensions), -weights], format="csc")
    ones = np.zeros((rows, 1))
    ones[dimensions:] = 1.0
    slack = sp.vstack([sp.csc_matrix((dimensions, pieces)), -sp.identity(pieces)], format="csc")
    size = np.full(pieces, money)
    blocks = [
        Block("total", total, lower, upper, scale),
        Block(
            "epigraph",
            sp.csc_matrix(ones),
            np.array([np.max(least)]),
            np.array([top]),
            np.array([money]),
            cost=1.0,
        ),
        Block("slack", slack, base, base + (top - least), size),
        *beyond(CEILING * money / scale, scale, rows),
    ]
    return _assemble(np.concatenate([scale, size]), blocks, dimensions)


def add(first: Market, second: Market) -> Market:
    """Return ``F(z) = first(z) + second(z)`` over the same dimensions.

    One internal row per dimension says that both see the same ``z``.

    Raises
    ------
    OptionError : the two differ in the number of dimensions.
    """
    count = first.dimensions
    if second.dimensions != count:
        door = Door("add")
        door.refuse(
            "second",
            f"{second.dimensions} dimensions",
            f"must have {count} dimensions, as first",
            "Use stack for markets side by side.",
        )
        door.close()
    one, two = first.rows.tocsr(), second.rows.tocsr()
    width = (one.shape[1], two.shape[1])
    rows = sp.vstack(
        [
            sp.hstack([one, sp.csr_matrix((one.shape[0], width[1]))]),
            sp.hstack([sp.csr_matrix((two.shape[0] - count, width[0])), two[count:]]),
            sp.hstack([one[:count], -two[:count]]),
        ],
        format="csc",
    )
    scale = np.maximum(first.row_scale[:count], second.row_scale[:count])
    sizes = [scale, first.row_scale[count:], second.row_scale[count:], scale]
    return _joined(first, second, count, rows, np.concatenate(sizes))


def stack(first: Market, second: Market) -> Market:
    """Return ``F(z, y) = first(z) + second(y)``: the dimensions of both, side by side."""
    one, two = first.rows.tocsr(), second.rows.tocsr()
    a, b = first.dimensions, second.dimensions
    rows = sp.block_diag([one, two], format="csr")
    middle = one.shape[0]
    order = np.concatenate(
        [
            np.arange(a),
            np.arange(middle, middle + b),
            np.arange(a, middle),
            np.arange(middle + b, middle + two.shape[0]),
        ]
    )
    scale = np.concatenate([first.row_scale, second.row_scale])[order]
    return _joined(first, second, a + b, rows[order].tocsc(), scale)


def _joined(first: Market, second: Market, count: int, rows: sp.csc_matrix, scale: Array) -> Market:
    return Market(
        dimensions=count,
        columns=first.columns + second.columns,
        rows=rows,
        cost=np.concatenate([first.cost, second.cost]),
        curvature=np.concatenate([first.curvature, second.curvature]),
        lower=np.concatenate([first.lower, second.lower]),
        upper=np.concatenate([first.upper, second.upper]),
        column_scale=np.concatenate([first.column_scale, second.column_scale]),
        row_scale=scale,
    )


def beyond(ceiling: Array, reach: Array, rows: int, upper: Array | None = None) -> list[Block]:
    """Return what is short and what is over, each at its ceiling price and counted as unmet."""
    most = reach if upper is None else upper
    none = np.zeros(reach.size)
    each = sp.csc_matrix(sp.eye(rows, reach.size))
    return [Block("unmet", sign * each, none, most, reach, cost=ceiling) for sign in (1.0, -1.0)]


def _ceiling(steep: Array, reach: Array) -> Array:
    """Return a price above every slope, also where a dimension has none."""
    money = float(np.max(steep * reach)) or 1.0
    return CEILING * np.where(steep > 0, steep, money / reach)


def _each(dimensions: int) -> sp.csc_matrix:
    return sp.identity(dimensions, format="csc")


def _fixed(goal: Array, reach: Array) -> list[Block]:
    """Return one column held at ``goal`` for each dimension in which that is not zero."""
    which = np.flatnonzero(goal)
    if which.size == 0:
        return []
    scale = np.maximum(reach[which], np.abs(goal[which]))
    return [Block("target", -_each(goal.size)[:, which], goal[which], goal[which], scale)]


def _constant(rows: int, level: float, money: float) -> list[Block]:
    """Return a column that only adds ``level`` to ``F``."""
    if level == 0:
        return []
    size = np.array([money or abs(level)])
    at = np.array([level])
    return [Block("constant", sp.csc_matrix((rows, 1)), at, at, size, cost=1.0)]


def _assemble(row_scale: Array, blocks: list[Block], dimensions: int | None = None) -> Market:
    """Return the market of these columns; without ``dimensions`` every row is a shared one."""

    def every(pick: str) -> Array:
        parts = [np.broadcast_to(getattr(b, pick), b.lower.size) for b in blocks]
        return np.concatenate(parts).astype(float)

    columns = [column for b in blocks for column in [Column(b.kind)] * b.lower.size]
    return Market(
        dimensions=row_scale.size if dimensions is None else dimensions,
        columns=tuple(columns),
        rows=sp.hstack([b.rows for b in blocks], format="csc"),
        cost=every("cost"),
        curvature=every("curvature"),
        lower=every("lower"),
        upper=every("upper"),
        column_scale=every("scale"),
        row_scale=row_scale,
    )
