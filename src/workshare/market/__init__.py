"""The shared side of the regional problem: markets that turn summed contributions into prices."""

from workshare.market.market import Column, Market, MarketAnswer, MarketPoint, Supply, no_supply
from workshare.market.spatial import ACCOUNTS, spatial_market

__all__ = [
    "ACCOUNTS",
    "Column",
    "Market",
    "MarketAnswer",
    "MarketPoint",
    "Supply",
    "no_supply",
    "spatial_market",
]
