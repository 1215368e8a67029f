"""The shared side of the regional problem: markets that turn summed contributions into prices."""

from workshare.market.forms import (
    add,
    capacity,
    hard_balance,
    maximum,
    piecewise_linear,
    quadratic_tracking,
    stack,
)
from workshare.market.market import Column, Market, MarketAnswer, MarketPoint, Supply, no_supply
from workshare.market.spatial import ACCOUNTS, spatial_market

__all__ = [
    "ACCOUNTS",
    "Column",
    "Market",
    "MarketAnswer",
    "MarketPoint",
    "Supply",
    "add",
    "capacity",
    "hard_balance",
    "maximum",
    "no_supply",
    "piecewise_linear",
    "quadratic_tracking",
    "spatial_market",
    "stack",
]
