"""The shared side of the regional problem: markets that turn summed contributions into prices."""

from workshare.market.market import Column, Market, MarketPoint
from workshare.market.spatial import ACCOUNTS, spatial_market

__all__ = ["ACCOUNTS", "Column", "Market", "MarketPoint", "spatial_market"]
