"""From a frozen region back to tables, in canonical units: the inverse of ``build.py``.

A region made by a program, or changed by one, can so be written, handed round and read again.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator

from workshare.region.dictionary import FORMAT, SETTINGS_TABLE, Schema, data_tables, setting_entries
from workshare.region.links import reference_prices
from workshare.region.region import WORLD, Figure, Region
from workshare.region.tables import Cell, Row, Source, Table, canonical_number

Entry = tuple[dict[str, str], float]
"""Key columns of a row (with ``field`` where the table has one), and the figure."""


def source_of(region: Region) -> Source:
    """Return the tables of ``region``; figures that are at their default are left out."""
    makers = {
        "participant_figures": _participant_figures,
        "workforce": _workforce,
        "activity_figures": _activity_figures,
        "recipes": _recipes,
        "labour": _labour,
        "options": _options,
        "plants": _plants,
        "endowments": _endowments,
        "freight": _freight,
        "tariffs": _tariffs,
        "outside": _outside,
        "demand": _demand,
        "limits": _limits,
    }
    known = {(figure.file, figure.key, figure.field): figure for figure in region.figures}
    tables = {SETTINGS_TABLE: _settings(region)}
    for schema in data_tables():
        if schema.name in makers:
            rows = [
                _figure_row(region, schema, texts, number, known)
                for texts, number in makers[schema.name](region)
            ]
        else:
            rows = [_row(schema, texts) for texts in _records(region, schema.name)]
        tables[schema.name] = Table(schema.name, f"{schema.name}.csv", tuple(rows))
    return Source("folder", region.title, tables)


def _settings(region: Region) -> Table:
    """Return the settings of ``region.toml``."""
    texts = {
        name: str(FORMAT if name == "format" else getattr(region, name))
        for name in setting_entries()
    }
    rows = tuple(
        Row("region.toml", {"key": Cell(key, ""), "value": Cell(text, "")})
        for key, text in texts.items()
        if text
    )
    return Table(SETTINGS_TABLE, "region.toml", rows)


def _row(schema: Schema, texts: dict[str, str]) -> Row:
    """Return one row with every column of its table."""
    place = f"{schema.name}.csv"
    cells = {entry.name: Cell(texts.get(entry.name, ""), place) for entry in schema.columns}
    return Row(place, cells)


def _figure_row(
    region: Region,
    schema: Schema,
    texts: dict[str, str],
    number: float,
    known: dict[tuple[str, str, str], Figure],
) -> Row:
    """Return one row with its figure, and the provenance it had in the files."""
    key = "/".join(texts[name] for name in schema.keys if name != "field")
    old = known.get((schema.name, key, texts.get("field", "value")))
    figure = {
        "value": canonical_number(repr(float(number))),
        "unit": _unit(region, schema, texts),
        "year": old.year if old else str(region.price_year),
        "source": old.source if old else "not stated",
        "quality": old.quality if old else "",
        "note": old.note if old else "",
    }
    return _row(schema, texts | figure)


def _unit(region: Region, schema: Schema, texts: dict[str, str]) -> str:
    """Return the canonical unit of a figure, with its optional parts."""
    units = {good.id: good.unit for good in region.goods}
    outputs = {activity.id: units[activity.output] for activity in region.activities}
    name = f"{texts.get('subject', '')} {texts.get('field', '')}".strip()
    entry = schema.value or schema.fields.get(name) or schema.fields[texts["field"]]
    unit = entry.unit.replace("{currency}", region.currency)
    unit = unit.replace("{good}", units.get(texts.get("good", ""), ""))
    unit = unit.replace("{output}", outputs.get(texts.get("activity", ""), ""))
    return unit.replace("(", "").replace(")", "")


def _records(region: Region, table: str) -> Iterator[dict[str, str]]:
    """Yield the rows of a table without figures."""
    if table == "goods":
        for good in region.goods:
            names = ("id", "name", "unit", "hs_edition", "hs_code")
            texts = {name: getattr(good, name) for name in names}
            yield texts | {"tradable": "yes" if good.tradable else "no"}
        return
    columns = {
        "participants": ("id", "name"),
        "places": ("id", "participant", "name"),
        "activities": ("id", "name", "output"),
        "companions": ("activity", "rule", "other", "scope"),
    }[table]
    for record in getattr(region, table):
        yield {name: getattr(record, name) for name in columns}


def _fields(
    record: object, keys: dict[str, str], names: Iterable[str], defaults: dict[str, float]
) -> Iterator[Entry]:
    """Yield the figures of ``record`` that are finite and not at their default."""
    for name in names:
        value = float(getattr(record, name))
        if math.isfinite(value) and value != defaults.get(name):
            yield keys | {"field": name}, value


def _participant_figures(region: Region) -> Iterator[Entry]:
    names = (
        "gdp",
        "cost_of_capital",
        "energy_price",
        "grid_emissions",
        "power_limit",
        "public_money",
        "capital_multiplier",
        "variable_multiplier",
    )
    for participant in region.participants:
        yield from _fields(participant, {"participant": participant.id}, names, {})


def _workforce(region: Region) -> Iterator[Entry]:
    for participant in region.participants:
        for worker in participant.workforce:
            keys = {"participant": participant.id, "occupation": worker.occupation}
            names = ("wage", "available", "at_hand", "training_cost")
            yield from _fields(worker, keys, names, {})


def _activity_figures(region: Region) -> Iterator[Entry]:
    names = (
        "capital_cost",
        "capital_exponent",
        "life",
        "fixed_share",
        "variable_cost",
        "variable_exponent",
        "learning_exponent",
        "minimum_load",
        "energy",
        "emissions",
        "labour_exponent",
        "public_share",
    )
    for activity in region.activities:
        keys = {"activity": activity.id}
        yield keys | {"field": "reference_size"}, activity.reference_size
        for size in activity.sizes:
            yield keys | {"field": "size"}, size
        yield from _fields(activity, keys, names, {})


def _recipes(region: Region) -> Iterator[Entry]:
    for activity in region.activities:
        for direction, goods in (("input", activity.inputs), ("byproduct", activity.byproducts)):
            for good, amount in goods.items():
                keys = {"activity": activity.id, "good": good, "direction": direction}
                yield keys, amount


def _labour(region: Region) -> Iterator[Entry]:
    for activity in region.activities:
        for occupation, number in activity.labour.items():
            yield {"activity": activity.id, "occupation": occupation}, number


def _options(region: Region) -> Iterator[Entry]:
    names = ("max_output", "capital_multiplier", "variable_multiplier")
    for option in region.options:
        keys = {"place": option.place, "activity": option.activity}
        yield keys | {"field": "max_plants"}, option.max_plants
        multipliers = {"capital_multiplier": 1.0, "variable_multiplier": 1.0}
        yield from _fields(option, keys, names, multipliers)


def _plants(region: Region) -> Iterator[Entry]:
    for plant in region.plants:
        keys = {"id": plant.id, "place": plant.place, "activity": plant.activity}
        yield keys, plant.capacity


def _endowments(region: Region) -> Iterator[Entry]:
    for endowment in region.endowments:
        yield {"place": endowment.place, "good": endowment.good}, endowment.amount


def _freight(region: Region) -> Iterator[Entry]:
    for link in region.links:
        keys = {"origin": link.origin, "destination": link.destination, "good": link.good}
        yield keys, link.freight


def _tariffs(region: Region) -> Iterator[Entry]:
    prices = reference_prices(region.outside, region.demands)
    owners = region.place_owner()
    seen = set()
    for link in region.links:
        importer, seller = owners.get(link.destination, WORLD), owners.get(link.origin, WORLD)
        if link.tariff and (importer, seller, link.good) not in seen:
            seen.add((importer, seller, link.good))
            keys = {"importer": importer, "origin": seller, "good": link.good}
            yield keys, link.tariff / prices[link.good]


def _outside(region: Region) -> Iterator[Entry]:
    for curve in region.outside:
        keys = {"good": curve.good, "side": curve.side}
        yield keys | {"field": "price"}, curve.price
        if curve.slope > 0:
            yield keys | {"field": "depth"}, 0.1 * curve.price / curve.slope
        yield from _fields(curve, keys, ("limit",), {})


def _demand(region: Region) -> Iterator[Entry]:
    for demand in region.demands:
        keys = {"place": demand.place, "good": demand.good, "scenario": region.demand_scenario}
        yield from _fields(demand, keys, ("quantity", "price", "elasticity"), {})


def _limits(region: Region) -> Iterator[Entry]:
    for limit in region.limits:
        keys = {"subject": limit.subject, "good": limit.good}
        yield from _fields(limit, keys, ("maximum", "minimum", "weight"), {"weight": 0.0})
