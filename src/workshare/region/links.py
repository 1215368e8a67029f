"""Links between places: the freight and tariff tables, with their ``*`` rows, spread out.

For each way a good could move, the row that names most columns wins; two winners are a fault.
``*`` stands for every place (or participant) and for the world.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence

from workshare.errors import UnitError
from workshare.region.region import WORLD, Demand, Link, Outside
from workshare.region.values import ANY, Record, Values, wanted_unit
from workshare.units import conversion_factor

Way = tuple[str, str, str]
"""Origin, destination, good."""


class _Rules:
    """Rows with ``*`` in some of three columns, looked up by the most specific match."""

    def __init__(self, values: Values, table: str, columns: Sequence[str]) -> None:
        self._values = values
        self._table = table
        self._columns = tuple(columns)
        self._by_key = {
            tuple(record.texts[name] for name in columns): record for record in values.of(table)
        }
        self._reported: set[frozenset[str]] = set()
        self.used: set[tuple[str, ...]] = set()

    def match(self, way: Way) -> Record | None:
        """Return the row that governs ``way``, or None; a tie goes to the log."""
        for named in (3, 2, 1, 0):
            keys = [
                tuple(way[column] if column in kept else ANY for column in range(3))
                for kept in itertools.combinations(range(3), named)
            ]
            found = [self._by_key[key] for key in keys if key in self._by_key]
            if len(found) > 1:
                self._report_tie(found, way)
            if found:
                self.used.update(key for key in keys if key in self._by_key)
                return found[0]
        return None

    def _report_tie(self, found: Sequence[Record], way: Way) -> None:
        """Report rows that name equally many columns, once for each set of rows."""
        places = frozenset(record.row.place for record in found)
        if places in self._reported:
            return
        self._reported.add(places)
        first, second = found[0], found[1]
        self._values.log.add(
            self._table,
            second.row.place,
            f"{' to '.join(way[:2]) if self._table == 'freight' else ' from '.join(way[:2])}, "
            f"good {way[2]!r}",
            f"one row must be the most specific; {first.row.place} names as many columns",
            f"Add a row with all of {', '.join(self._columns)}.",
        )


def read_links(
    values: Values, outside: Sequence[Outside], demands: Sequence[Demand]
) -> tuple[tuple[Link, ...], set[str]]:
    """Return the links, and the places that some freight row reaches.

    A way to or from the world is a link only where the world sells or buys the good.
    """
    freight = _Rules(values, "freight", ("origin", "destination", "good"))
    tariffs = _Rules(values, "tariffs", ("importer", "origin", "good"))
    owners = {record.texts["id"]: record.texts["participant"] for record in values.of("places")}
    prices = reference_prices(outside, demands)
    sold = {curve.good for curve in outside if curve.side == "supply"}
    bought = {curve.good for curve in outside if curve.side == "demand"}
    links: list[Link] = []
    reached: set[str] = set()
    for way in _ways(values, owners):
        origin, destination, good = way
        cost = _freight_of(values, freight.match(way), good)
        if cost is None:
            continue
        reached.update((origin, destination))
        if (origin == WORLD and good not in sold) or (destination == WORLD and good not in bought):
            continue
        tariff = _tariff_of(values, tariffs, owners, prices, way)
        links.append(Link(origin, destination, good, cost, tariff))
    _report_fixed_goods(values)
    return tuple(links), reached - {WORLD}


def reference_prices(outside: Sequence[Outside], demands: Sequence[Demand]) -> dict[str, float]:
    """Return the customs value of each good, M per unit.

    It is the outside supply price; else the outside demand price; else the mean demand price
    weighted by quantity.
    """
    prices: dict[str, float] = {}
    for good in {demand.good for demand in demands}:
        wanted = [demand for demand in demands if demand.good == good]
        total = sum(demand.quantity for demand in wanted)
        if total > 0:
            prices[good] = sum(d.quantity * d.price for d in wanted) / total
    for side in ("demand", "supply"):
        prices.update({curve.good: curve.price for curve in outside if curve.side == side})
    return prices


def _ways(values: Values, owners: dict[str, str]) -> Iterator[Way]:
    """Yield every way a tradable good could move, in file order."""
    ends = [*owners, WORLD]
    for record in values.of("goods"):
        if record.texts["tradable"] == "no":
            continue
        for origin, destination in itertools.permutations(ends, 2):
            yield origin, destination, record.texts["id"]


def _freight_of(values: Values, record: Record | None, good: str) -> float | None:
    """Return the freight in M per unit of ``good``, or None where it cannot move."""
    if record is None or record.figure is None:
        return None
    if record.texts["good"] != ANY:
        return record.number
    wanted = wanted_unit(values, f"M {values.currency}/{{good}}", {"good": good})
    unit = record.figure.unit
    try:
        factor = conversion_factor(unit, wanted or "", values.currency, values.own_units)
    except UnitError as error:
        place, subject = record.place("unit"), f"Freight of good {good!r}"
        if not any(f.place == place and f.subject == subject for f in values.log.faults):
            cure = "Add a row that names this good, in its own unit."
            values.log.add("freight", place, subject, str(error), cure, unit)
        return None
    return float(record.exact * factor)


def _tariff_of(
    values: Values, tariffs: _Rules, owners: dict[str, str], prices: dict[str, float], way: Way
) -> float:
    """Return the tariff on ``way``, M per unit; none within a participant and on exports."""
    origin, destination, good = way
    if destination == WORLD:
        return 0.0
    importer, seller = owners[destination], owners.get(origin, WORLD)
    if importer == seller:
        return 0.0
    record = tariffs.match((importer, seller, good))
    if record is None or record.number == 0.0:
        return 0.0
    if good not in prices:
        subject = f"Tariff on good {good!r}"
        if not any(fault.subject == subject for fault in values.log.faults):
            rule = "needs a reference price: nobody outside sells or buys it and nobody demands it"
            cure = "Add an outside price for the good, or set the tariff to 0."
            values.log.add("tariffs", record.place("value"), subject, rule, cure)
        return 0.0
    return record.number * prices[good]


def _report_fixed_goods(values: Values) -> None:
    """Report freight and tariffs of goods that never move, and within one place."""
    fixed = {r.texts["id"] for r in values.of("goods") if r.texts["tradable"] == "no"}
    for table in ("freight", "tariffs"):
        for record in values.of(table):
            if record.texts["good"] in fixed:
                subject = f"Good {record.texts['good']!r}"
                rule, cure = "is not tradable and cannot move", "Remove the row."
                values.log.add(table, record.place("good"), subject, rule, cure)
    for record in values.of("freight"):
        origin, destination = record.texts["origin"], record.texts["destination"]
        if origin == destination != ANY:
            rule = "goods do not move within one place"
            cure = "Remove the row, or correct one of the two codes."
            subject = f"From {origin!r} to {destination!r}"
            values.log.add("freight", record.row.place, subject, rule, cure)
    for record in values.of("tariffs"):
        if record.texts["importer"] == record.texts["origin"] != ANY:
            subject = f"Importer {record.texts['importer']!r}"
            rule, cure = "levies no tariff on itself", "Remove the row."
            values.log.add("tariffs", record.row.place, subject, rule, cure)
