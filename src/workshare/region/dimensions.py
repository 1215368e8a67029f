"""The shared dimensions of a region: what plans add up to, and therefore what has a price.

One dimension per tradable good and place (its net supply, units per year), one for the region's
emissions (kt CO2 per year), one for its jobs (workers), and one for the gross output of each good
whose dependence on the outside is limited. The order is that of the region's files, emissions and
jobs last; every vector of contributions or prices in the package follows it.
"""

from __future__ import annotations

from dataclasses import dataclass

from workshare.region.region import Region


@dataclass(frozen=True, slots=True)
class Dimension:
    """One shared dimension: ``kind`` is ``balance``, ``output``, ``emissions`` or ``jobs``."""

    kind: str
    place: str = ""
    good: str = ""

    def __str__(self) -> str:
        return ":".join(part for part in (self.kind, self.place, self.good) if part)


def shared_dimensions(region: Region) -> tuple[Dimension, ...]:
    """Return the dimensions of ``region`` in their fixed order."""
    balances = [
        Dimension("balance", place.id, good.id)
        for good in region.goods
        if good.tradable
        for place in region.places
    ]
    outputs = [
        Dimension("output", good=limit.good)
        for limit in region.limits
        if limit.subject == "outside_share"
    ]
    return (*balances, *outputs, Dimension("emissions"), Dimension("jobs"))
