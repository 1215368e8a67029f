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
from workshare.market.own import OwnMarket, own_function
from workshare.market.spatial import ACCOUNTS, spatial_market

__all__ = [
    "ACCOUNTS",
    "Column",
    "Market",
    "MarketAnswer",
    "MarketPoint",
    "OwnMarket",
    "Supply",
    "add",
    "capacity",
    "hard_balance",
    "maximum",
    "no_supply",
    "own_function",
    "piecewise_linear",
    "quadratic_tracking",
    "spatial_market",
    "stack",
]
