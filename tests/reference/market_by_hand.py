"""Spatial price equilibria solved on paper, as data.

Each case is a region without activities, what its places supply, and the equilibrium: price,
shipments, demand and the market's surplus (area under final demand - freight - tariffs - outside
purchases + outside sales), in M per year. Unless said otherwise final demand is ``20 - q`` at A
and ``30 - q`` at B (Samuelson 1952, two places and one good).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from workshare.region.region import (
    WORLD,
    Demand,
    Good,
    Limit,
    Link,
    Outside,
    Participant,
    Place,
    Region,
)


@dataclass(frozen=True)
class HandCase:
    """One market with its known equilibrium; keys are ``(place, good)``, ``(from, to, good)``."""

    name: str
    why: str
    region: Region
    net_supply: Mapping[tuple[str, str], float]
    prices: Mapping[tuple[str, str], float]
    flows: Mapping[tuple[str, str, str], float]
    demands: Mapping[tuple[str, str], float]
    surplus: float
    tariff_revenue: Mapping[str, float] = field(default_factory=dict)


def hand_cases() -> tuple[HandCase, ...]:
    """Return every case; names are unique."""
    return (
        _two_places("trade", 4.0, 0.0, 9.0, "the price gap closes to the freight: 15 + 4 = 19"),
        _two_places("no_trade", 25.0, 0.0, 0.0, "freight 25 exceeds the autarky gap 28 - 6"),
        _two_places("tariff", 4.0, 3.0, 7.5, "prices differ by freight and tariff: 13.5 + 7"),
        _sloping_supply(),
        _export("export", 10.0 / 3.0, 34.0 / 3.0, float("inf"), "14 - E/2 - 1 = 20 - (12 - E)"),
        _export("export_limit", 2.0, 10.0, 2.0, "the limit binds; the world pays 13, less 1"),
        _import("import_tariff", 5.0, 1.0, 2.0, float("inf"), 0.0, 12.0, "8 = 5 + 1 + 2"),
        _import("import_limit", 5.0, 1.0, 2.0, 6.0, 0.0, 6.0, "6 units ration demand to 14"),
        _import(
            "import_weight", 5.0, 1.0, 0.0, float("inf"), 2.0, 12.0, "a weight of 2 on imports"
        ),
        _disposal(),
        _through_trade(),
        _shared_exports(),
    )


def _region(
    links: tuple[Link, ...],
    demands: tuple[Demand, ...],
    outside: tuple[Outside, ...] = (),
    limits: tuple[Limit, ...] = (),
) -> Region:
    return Region(
        title="By hand",
        currency="USD",
        price_year=2020,
        horizon_year=2030,
        participants=tuple(Participant(code, code) for code in "AB"),
        places=tuple(Place(code.lower(), code, code) for code in "AB"),
        goods=(Good("x", "x", "t"),),
        activities=(),
        options=(),
        links=links,
        outside=outside,
        demands=demands,
        limits=limits,
    )


def _both(freight: float, tariff: float = 0.0) -> tuple[Link, ...]:
    return (Link("a", "b", "x", freight, tariff), Link("b", "a", "x", freight))


_AT_A = Demand("a", "x", 10.0, 10.0, -1.0)
_AT_B = Demand("b", "x", 15.0, 15.0, -1.0)


def _area(top: float, quantity: float) -> float:
    return top * quantity - quantity**2 / 2.0


def _two_places(name: str, freight: float, tariff: float, flow: float, why: str) -> HandCase:
    """A has 14 and B has 2: ``28 - flow = 6 + flow + freight + tariff`` where trade pays."""
    used_a, used_b = 14.0 - flow, 2.0 + flow
    return HandCase(
        name=name,
        why=why,
        region=_region(_both(freight, tariff), (_AT_A, _AT_B)),
        net_supply={("a", "x"): 14.0, ("b", "x"): 2.0},
        prices={("a", "x"): 20.0 - used_a, ("b", "x"): 30.0 - used_b},
        flows={("a", "b", "x"): flow, ("b", "a", "x"): 0.0},
        demands={("a", "x"): used_a, ("b", "x"): used_b},
        surplus=_area(20.0, used_a) + _area(30.0, used_b) - (freight + tariff) * flow,
        tariff_revenue={"A": 0.0, "B": tariff * flow},
    )


def _sloping_supply() -> HandCase:
    """A's supply is ``2 + q`` (a world that reaches A alone): ``46 - 2 p = p - 2``, so 16."""
    return HandCase(
        name="sloping_supply",
        why="supply 2 + q at A, freight 4 to B: p = 16 at A, 20 at B",
        region=_region(
            (*_both(4.0), Link(WORLD, "a", "x", 0.0)),
            (_AT_A, _AT_B),
            (Outside("x", "supply", 2.0, 1.0),),
        ),
        net_supply={},
        prices={("a", "x"): 16.0, ("b", "x"): 20.0},
        flows={("a", "b", "x"): 10.0, ("b", "a", "x"): 0.0, (WORLD, "a", "x"): 14.0},
        demands={("a", "x"): 4.0, ("b", "x"): 10.0},
        surplus=72.0 + 250.0 - (2.0 * 14.0 + 14.0**2 / 2.0) - 4.0 * 10.0,
    )


def _export(name: str, flow: float, price: float, limit: float, why: str) -> HandCase:
    """A has 12; the world buys at ``14 - E/2`` and freight is 1."""
    return HandCase(
        name=name,
        why=why,
        region=_region(
            (Link("a", WORLD, "x", 1.0),), (_AT_A,), (Outside("x", "demand", 14.0, 0.5, limit),)
        ),
        net_supply={("a", "x"): 12.0},
        prices={("a", "x"): price},
        flows={("a", WORLD, "x"): flow},
        demands={("a", "x"): 12.0 - flow},
        surplus=_area(20.0, 12.0 - flow) + 13.0 * flow - 0.25 * flow**2,
    )


def _import(
    name: str,
    price: float,
    freight: float,
    tariff: float,
    limit: float,
    weight: float,
    flow: float,
    why: str,
) -> HandCase:
    """A has nothing and buys at a flat outside price."""
    limits = (Limit("outside_share", "x", weight=weight),) if weight else ()
    landed = price + freight + tariff + weight
    return HandCase(
        name=name,
        why=why,
        region=_region(
            (Link(WORLD, "a", "x", freight, tariff),),
            (_AT_A,),
            (Outside("x", "supply", price, 0.0, limit),),
            limits,
        ),
        net_supply={},
        prices={("a", "x"): 20.0 - flow},
        flows={(WORLD, "a", "x"): flow},
        demands={("a", "x"): flow},
        surplus=_area(20.0, flow) - landed * flow,
        tariff_revenue={"A": tariff * flow, "B": 0.0},
    )


def _disposal() -> HandCase:
    return HandCase(
        name="disposal",
        why="more than anybody wants at a price of nothing: the rest is left",
        region=_region((), (_AT_A,)),
        net_supply={("a", "x"): 50.0},
        prices={("a", "x"): 0.0},
        flows={},
        demands={("a", "x"): 20.0},
        surplus=200.0,
    )


def _through_trade() -> HandCase:
    """The world sells to A at 10 + 1; B is reached only through A at a freight of 4."""
    return HandCase(
        name="through_trade",
        why="B's goods pass through A, which pays the world's tariff once: 11 + 2, 13 + 4",
        region=_region(
            (*_both(4.0), Link(WORLD, "a", "x", 1.0, 2.0)),
            (_AT_A, _AT_B),
            (Outside("x", "supply", 10.0),),
        ),
        net_supply={},
        prices={("a", "x"): 13.0, ("b", "x"): 17.0},
        flows={("a", "b", "x"): 13.0, ("b", "a", "x"): 0.0, (WORLD, "a", "x"): 20.0},
        demands={("a", "x"): 7.0, ("b", "x"): 13.0},
        surplus=_area(20.0, 7.0) + _area(30.0, 13.0) - 13.0 * 20.0 - 4.0 * 13.0,
        tariff_revenue={"A": 40.0, "B": 0.0},
    )


def _shared_exports() -> HandCase:
    """Both sell to one outside curve ``20 - E/2``: what A sells lowers B's price.

    At the outside price ``p``, ``p_a = p - 1`` and ``p_b = p - 3``. A keeps ``20 - p_a`` of its 15,
    B keeps ``30 - p_b`` of its 20: ``E = 15 - (21 - p) + 20 - (33 - p) = 2 p - 19`` and
    ``p = 20 - E/2`` give ``p = 59/4``, ``E = 21/2``: A sells 35/4 and B sells 7/4.
    """
    total = 10.5
    sold_a, sold_b = 8.75, 1.75
    return HandCase(
        name="shared_exports",
        why="one outside curve for the whole region: 20 - E/2 at E = 10.5",
        region=_region(
            (Link("a", WORLD, "x", 1.0), Link("b", WORLD, "x", 3.0)),
            (_AT_A, _AT_B),
            (Outside("x", "demand", 20.0, 0.5),),
        ),
        net_supply={("a", "x"): 15.0, ("b", "x"): 20.0},
        prices={("a", "x"): 13.75, ("b", "x"): 11.75},
        flows={("a", WORLD, "x"): sold_a, ("b", WORLD, "x"): sold_b},
        demands={("a", "x"): 15.0 - sold_a, ("b", "x"): 20.0 - sold_b},
        surplus=(
            _area(20.0, 15.0 - sold_a)
            + _area(30.0, 20.0 - sold_b)
            + 20.0 * total
            - total**2 / 4.0
            - 1.0 * sold_a
            - 3.0 * sold_b
        ),
    )
