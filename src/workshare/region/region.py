"""The frozen region: who takes part, what can be made, moved, bought and used.

Every number here is in the region's *canonical* units, whatever the files used:

* money: million units of the region's currency, per year where it is a flow (written ``M``);
* quantities of a good: the good's own unit (``goods.csv``), per year where it is a flow;
* energy: GWh; emissions: kt of CO2; labour: workers (full-time jobs); rates and shares: per one.

So a freight of 12.5 USD/t for a good measured in kt is 0.0125 M per kt. ``math.inf`` stands for
"no limit". Provenance (unit, year and source as written in the files) is kept, figure by figure,
in :attr:`Region.figures`; engines never look at it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

WORLD = "world"
"""The reserved place code of the rest of the world, in links and tariffs."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure as the user wrote it, with its provenance."""

    file: str
    key: str
    field: str
    value: float
    unit: str
    year: str
    source: str
    quality: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Worker:
    """One occupation group of a participant: its wage, and how many there are.

    ``wage`` is M per worker and year; ``available`` the most workers that can be staffed;
    ``at_hand`` those of them who need no training, and ``training_cost`` M per year for each of the
    others, on top of the wage.
    """

    occupation: str
    wage: float
    available: float = math.inf
    at_hand: float = math.inf
    training_cost: float = 0.0


@dataclass(frozen=True, slots=True)
class Participant:
    """A sovereign party to the coordination, with its own costs and budgets.

    ``gdp`` is M per year; ``cost_of_capital`` the yearly rate at which capital is annualised;
    ``energy_price`` M per GWh; ``grid_emissions`` kt CO2 per GWh; ``power_limit`` GWh per year for
    the chain; ``public_money`` M of capital cost that the state can pay; multipliers apply to
    every activity's capital and variable cost.
    """

    id: str
    name: str
    gdp: float = math.nan
    cost_of_capital: float = 0.08
    energy_price: float = 0.0
    grid_emissions: float = 0.0
    power_limit: float = math.inf
    public_money: float = math.inf
    capital_multiplier: float = 1.0
    variable_multiplier: float = 1.0
    workforce: tuple[Worker, ...] = ()


@dataclass(frozen=True, slots=True)
class Place:
    """Somewhere a participant makes and uses goods."""

    id: str
    participant: str
    name: str


@dataclass(frozen=True, slots=True)
class Good:
    """A commodity of the chain. ``tradable=False`` never leaves its place (brine, ore rights)."""

    id: str
    name: str
    unit: str
    hs_edition: str = ""
    hs_code: str = ""
    tradable: bool = True


@dataclass(frozen=True, slots=True)
class Activity:
    """A production process; all quantities are per unit of its output good.

    A plant of size ``s`` (output units per year) costs
    ``capital_cost * (s / reference_size) ** capital_exponent`` (M, before multipliers), annualised
    over ``life`` years, plus ``fixed_share`` of it every year; making one unit costs
    ``variable_cost * (s / reference_size) ** variable_exponent *
    (number * s / reference_size) ** learning_exponent`` (M per unit; ``number`` plants of that
    size at the place) plus energy, and ``labour[o] * (s / reference_size) ** labour_exponent``
    workers of occupation ``o`` per plant. It runs between ``minimum_load`` and 1 of its size, or
    stands idle.
    """

    id: str
    name: str
    output: str
    reference_size: float
    sizes: tuple[float, ...]
    capital_cost: float
    capital_exponent: float = 1.0
    life: float = 20.0
    fixed_share: float = 0.0
    variable_cost: float = 0.0
    variable_exponent: float = 0.0
    learning_exponent: float = 0.0
    minimum_load: float = 0.0
    energy: float = 0.0
    emissions: float = 0.0
    labour_exponent: float = 1.0
    public_share: float = 0.0
    inputs: Mapping[str, float] = field(default_factory=dict)
    byproducts: Mapping[str, float] = field(default_factory=dict)
    labour: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Option:
    """What a participant may do: an activity at one of its places.

    At most ``max_plants`` new plants (of any sizes); at most ``max_output`` units per year from
    new and existing plants together.
    """

    place: str
    activity: str
    max_plants: int = 1
    max_output: float = math.inf
    capital_multiplier: float = 1.0
    variable_multiplier: float = 1.0


@dataclass(frozen=True, slots=True)
class Plant:
    """A plant that stands today: its capital is sunk, its yearly fixed cost falls if it is idle."""

    id: str
    place: str
    activity: str
    capacity: float


@dataclass(frozen=True, slots=True)
class Companion:
    """A rule between activities of one ``scope`` (``place`` or ``participant``).

    ``rule='requires'``: a plant of ``activity`` needs a plant of ``other``;
    ``rule='excludes'``: they cannot both be held.
    """

    activity: str
    rule: str
    other: str
    scope: str = "participant"


@dataclass(frozen=True, slots=True)
class Endowment:
    """How much of a good that is not traded a place has, units per year."""

    place: str
    good: str
    amount: float


@dataclass(frozen=True, slots=True)
class Link:
    """A way a good can move. ``freight`` and ``tariff`` are M per unit; ends may be ``world``.

    The tariff is the ad valorem rate times the good's reference price, and is paid to the
    participant of the destination.
    """

    origin: str
    destination: str
    good: str
    freight: float
    tariff: float = 0.0


@dataclass(frozen=True, slots=True)
class Outside:
    """The rest of the world's curve for a good, shared by the whole region.

    ``side='supply'``: the world sells at ``price + slope * quantity``; ``side='demand'``: it buys
    at ``price - slope * quantity`` (M per unit; quantity is the region's total, units per year),
    up to ``limit``.
    """

    good: str
    side: str
    price: float
    slope: float = 0.0
    limit: float = math.inf


@dataclass(frozen=True, slots=True)
class Demand:
    """Final demand for a good at a place: a straight line through (quantity, price).

    ``elasticity`` (negative) is the price elasticity at that point, so the price at quantity ``q``
    is ``price * (1 + (q / quantity - 1) / elasticity)``.
    """

    place: str
    good: str
    quantity: float
    price: float
    elasticity: float = -1.0


@dataclass(frozen=True, slots=True)
class Limit:
    """A limit or a weight of the whole region.

    ``subject='emissions'``: at most ``maximum`` kt CO2 per year, and/or ``weight`` M per kt.
    ``subject='jobs'``: at least ``minimum`` workers, and/or ``weight`` M per worker.
    ``subject='outside_share'`` of ``good``: imports at most ``maximum`` (share) of imports plus
    the region's gross output, and/or ``weight`` M per unit imported from the rest of the world.
    """

    subject: str
    good: str = ""
    maximum: float = math.inf
    minimum: float = -math.inf
    weight: float = 0.0


@dataclass(frozen=True, slots=True)
class Region:
    """A region, complete and checked; read one with :func:`workshare.read_region`.

    Attributes are tuples in file order; look objects up with ``{p.id: p for p in region.places}``.
    """

    title: str
    currency: str
    price_year: int
    horizon_year: int
    participants: tuple[Participant, ...]
    places: tuple[Place, ...]
    goods: tuple[Good, ...]
    activities: tuple[Activity, ...]
    options: tuple[Option, ...]
    links: tuple[Link, ...] = ()
    outside: tuple[Outside, ...] = ()
    demands: tuple[Demand, ...] = ()
    plants: tuple[Plant, ...] = ()
    companions: tuple[Companion, ...] = ()
    endowments: tuple[Endowment, ...] = ()
    limits: tuple[Limit, ...] = ()
    demand_scenario: str = "base"
    provenance: str = ""
    licence: str = ""
    disclaimer: str = ""
    figures: tuple[Figure, ...] = ()

    def place_owner(self) -> dict[str, str]:
        """Return the participant code of every place code."""
        return {place.id: place.participant for place in self.places}
