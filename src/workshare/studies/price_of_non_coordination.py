"""The price of non-coordination: what acting alone costs the region, and each participant in it.

``(value of the best regional outcome) - (value of the purely self-interested one)``, in money per
year, as a share of GDP and by participant; the same policy quantity as the European Parliament's
*Cost of Non-Europe*. It is bracketed: no division of labour can make it larger than ``at_most``.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from workshare.region.region import Region
from workshare.studies.outcome import Outcome


def price_of_non_coordination(
    region: Region,
    best: Outcome,
    apart: Outcome | None,
    equilibria: Sequence[Outcome],
    bound: float,
) -> dict[str, Any]:
    """Return the price of non-coordination (M per year) as plain data.

    ``value`` is in the regional account: the sum of ``by_participant`` and ``residual``.
    ``market_value`` is the same difference in the market account, which cannot be negative beyond
    the certified gap (unless acting alone misses the region's minimum of jobs), and ``at_most`` is
    what the ``bound`` (market account) allows it to be.
    ``against_nash`` is its range over the equilibria that play found. Without an uncoordinated
    outcome (an interrupted run) the numbers are None.
    """
    if apart is None:
        return {"value": None, "share_of_gdp": None, "by_participant": {}}
    gdp = sum(participant.gdp for participant in region.participants)
    value = best.value - apart.value
    there = apart.by_participant
    nash = None
    if equilibria:
        losses = [best.value - outcome.value for outcome in equilibria]
        nash = {"low": min(losses), "high": max(losses)}
    return {
        "value": value,
        "share_of_gdp": value / gdp if math.isfinite(gdp) and gdp > 0 else None,
        "by_participant": {code: v - there[code] for code, v in best.by_participant.items()},
        "residual": best.residual - apart.residual,
        "market_value": best.market_value - apart.market_value,
        "at_most": bound - apart.market_value,
        "against": "uncoordinated",
        "against_nash": nash,
    }
