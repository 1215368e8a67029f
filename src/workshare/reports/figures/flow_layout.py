"""Where the bands of a flow chart stand: pure geometry, in chart units, y downwards.

One panel per good. Origins stand on the left and destinations on the right, so that every band
runs from left to right and needs no arrow. Bands are as thick as their value; a node takes at
least the height of its label.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

LEFT, RIGHT = 132.0, 248.0
"""Where the bars of the origins end and those of the destinations begin."""

BAR = 7.0
SLOT = 16.0
PANEL_BODY, LEAST_BODY = 90.0, 24.0
TITLE = 22.0
PANEL_GAP = 12.0
SAMPLES = 24


@dataclass(frozen=True, slots=True)
class Band:
    """A flow to be drawn: where it goes from and to, and how thick it is."""

    origin: str
    destination: str
    value: float


@dataclass(frozen=True, slots=True)
class Node:
    """A drawn end of bands: side (left or right), top and bottom of its bar, middle of its slot."""

    code: str
    side: str
    top: float
    bottom: float
    middle: float
    value: float


@dataclass(frozen=True, slots=True)
class Ribbon:
    """The outline of a band: points (x, upper y, lower y) from left to right."""

    band: Band
    points: tuple[tuple[float, float, float], ...]


@dataclass(frozen=True, slots=True)
class Panel:
    """One good's panel: its top, its nodes, its ribbons and where it ends."""

    top: float
    bottom: float
    nodes: tuple[Node, ...]
    ribbons: tuple[Ribbon, ...]


def lay_out(
    bands: Sequence[Band], top: float, order: Sequence[str], body: float = PANEL_BODY
) -> Panel:
    """Return the panel of one good, its title's line beginning at ``top``.

    Parameters
    ----------
    bands : at least one, each with a positive value.
    order : codes from top to bottom; codes not named come last.
    body : height of all bands together, chart units.
    """
    rank = {code: position for position, code in enumerate(order)}
    largest = sum(band.value for band in bands)
    scale = body / largest
    start = top + TITLE
    left = _nodes(_sums((b.origin, b.value) for b in bands), "left", scale, start, rank)
    right = _nodes(_sums((b.destination, b.value) for b in bands), "right", scale, start, rank)
    bottom = max(node.middle + SLOT / 2 for node in (*left, *right))
    bottom = max(bottom, *(node.bottom for node in (*left, *right)))
    ribbons = _ribbons(bands, left, right, scale, rank)
    return Panel(top, bottom, (*left, *right), ribbons)


def _sums(pairs: Iterable[tuple[str, float]]) -> dict[str, float]:
    sums: dict[str, float] = {}
    for code, value in pairs:
        sums[code] = sums.get(code, 0.0) + value
    return sums


def _nodes(
    sums: Mapping[str, float], side: str, scale: float, start: float, rank: Mapping[str, int]
) -> tuple[Node, ...]:
    """Return the nodes of one side from top to bottom, each in a slot that fits its label."""
    nodes, y = [], start
    for code in sorted(sums, key=lambda code: (rank.get(code, len(rank)), code)):
        height = max(sums[code] * scale, 1.0)
        slot = max(height + 3.0, SLOT)
        bar_top = y + (slot - height) / 2
        nodes.append(Node(code, side, bar_top, bar_top + height, y + slot / 2, sums[code]))
        y += slot
    return tuple(nodes)


def _ribbons(
    bands: Sequence[Band],
    left: Sequence[Node],
    right: Sequence[Node],
    scale: float,
    rank: Mapping[str, int],
) -> tuple[Ribbon, ...]:
    """Return the outlines; at every node bands are stacked in the order of their other end."""
    last = len(rank)
    used_left = {node.code: node.top for node in left}
    used_right = {node.code: node.top for node in right}
    ordered = sorted(
        bands, key=lambda b: (rank.get(b.origin, last), rank.get(b.destination, last), b.origin)
    )
    ribbons = []
    for band in ordered:
        thickness = band.value * scale
        y0, y1 = used_left[band.origin], used_right[band.destination]
        used_left[band.origin] += thickness
        used_right[band.destination] += thickness
        # a band too thin to be seen is drawn one unit thick, about its own middle
        ribbons.append(Ribbon(band, _outline(y0, y1, max(thickness, 1.0))))
    return tuple(ribbons)


def _outline(y0: float, y1: float, thickness: float) -> tuple[tuple[float, float, float], ...]:
    """Return a smooth band from (LEFT, y0) to (RIGHT, y1), by the cubic 3t^2 - 2t^3."""
    points = []
    for step in range(SAMPLES + 1):
        t = step / SAMPLES
        y = y0 + (y1 - y0) * t * t * (3 - 2 * t)
        points.append((round(LEFT + (RIGHT - LEFT) * t, 2), round(y, 2), round(y + thickness, 2)))
    return tuple(points)
