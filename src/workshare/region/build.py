"""From checked records to the frozen region: grouping, defaults, and what must not be missing."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from workshare.region.dictionary import schemas
from workshare.region.links import read_links
from workshare.region.region import (
    Activity,
    Companion,
    Demand,
    Endowment,
    Figure,
    Good,
    Limit,
    Option,
    Outside,
    Participant,
    Place,
    Plant,
    Region,
    Worker,
)
from workshare.region.values import Record, Values

Group = dict[str, Record]
"""The records of one object, by field."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A region as far as its files are sound; ``reached`` are the places with some freight."""

    values: Values
    region: Region
    reached: frozenset[str]


def build_draft(values: Values, demand_scenario: str | None = None) -> Draft:
    """Return the region of ``values``; what is missing goes to the log of ``values``."""
    settings = values.settings
    scenario = demand_scenario or settings.get("demand_scenario", "base")
    outside = _outside(values)
    demands = _demands(values, scenario)
    links, reached = read_links(values, outside, demands)
    region = Region(
        title=settings.get("title", ""),
        currency=values.currency,
        price_year=int(settings.get("price_year", "0")),
        horizon_year=int(settings.get("horizon_year", "0")),
        participants=_participants(values),
        places=tuple(
            Place(r.texts["id"], r.texts["participant"], r.texts["name"])
            for r in values.of("places")
        ),
        goods=_goods(values),
        activities=_activities(values),
        options=_options(values),
        links=links,
        outside=outside,
        demands=demands,
        plants=tuple(
            Plant(r.texts["id"], r.texts["place"], r.texts["activity"], r.number)
            for r in values.of("plants")
        ),
        companions=tuple(
            Companion(r.texts["activity"], r.texts["rule"], r.texts["other"], r.texts["scope"])
            for r in values.of("companions")
        ),
        endowments=tuple(
            Endowment(r.texts["place"], r.texts["good"], r.number) for r in values.of("endowments")
        ),
        limits=_limits(values),
        demand_scenario=scenario,
        provenance=settings.get("provenance", ""),
        licence=settings.get("licence", ""),
        disclaimer=settings.get("disclaimer", ""),
        figures=_figures(values),
    )
    return Draft(values, region, frozenset(reached))


def grouped(records: Iterable[Record], *columns: str) -> dict[tuple[str, ...], list[Record]]:
    """Return ``records`` by the texts of ``columns``, in the order of first appearance."""
    groups: dict[tuple[str, ...], list[Record]] = {}
    for record in records:
        groups.setdefault(tuple(record.texts[name] for name in columns), []).append(record)
    return groups


def scenarios(values: Values) -> list[str]:
    """Return the scenarios of the demand table, in file order."""
    return list(dict.fromkeys(record.texts["scenario"] for record in values.of("demand")))


def _figures(values: Values) -> tuple[Figure, ...]:
    """Return every figure as the user wrote it, in file order."""
    every = (record for records in values.records.values() for record in records)
    return tuple(record.figure for record in every if record.figure is not None)


def _by_field(records: Iterable[Record]) -> Group:
    """Return the records of one object by field; of a repeated field, the first."""
    fields: Group = {}
    for record in records:
        fields.setdefault(record.texts["field"], record)
    return fields


def _number(table: str, group: Group, field: str) -> float:
    """Return a figure in canonical units, or its default; NaN where it is unknown."""
    if field in group:
        return group[field].number
    default = schemas()[table].fields[field].default
    words = {"no limit": math.inf, "flat": math.inf}
    if default in words:
        return words[default]
    return float(default) if default and default != "unknown" else math.nan


def _require(values: Values, table: str, place: str, subject: str, group: Group) -> None:
    """Report the fields that an object must have and lacks."""
    # a row whose unit could not be settled is left out without a fault of its own
    if not values.log.is_clean(table, "region", "goods", "activities"):
        return
    for name, entry in schemas()[table].fields.items():
        if entry.required in ("yes", "one or more") and name not in group:
            cure = f"Add a row for it in {values.source.where(table)}: {entry.meaning}."
            values.log.add(table, place, f"{subject}, field {name}", "the figure is missing", cure)


def _participants(values: Values) -> tuple[Participant, ...]:
    """Return the participants with their figures and workforce."""
    table = "participant_figures"
    figures = grouped(values.of(table), "participant")
    workers = _workers(values)
    built = []
    for record in values.of("participants"):
        group = _by_field(figures.get((record.texts["id"],), ()))
        numbers = {name: _number(table, group, name) for name in schemas()[table].fields}
        code = record.texts["id"]
        built.append(
            Participant(code, record.texts["name"], **numbers, workforce=workers.get(code, ()))
        )
    return tuple(built)


def _workers(values: Values) -> dict[str, tuple[Worker, ...]]:
    """Return the workforce of each participant."""
    workers: dict[str, tuple[Worker, ...]] = {}
    for (code, occupation), rows in grouped(
        values.of("workforce"), "participant", "occupation"
    ).items():
        group = _by_field(rows)
        subject = f"Participant {code!r}, occupation {occupation!r}"
        _require(values, "workforce", rows[0].row.place, subject, group)
        fields = ("wage", "available", "at_hand", "training_cost")
        numbers = {name: _number("workforce", group, name) for name in fields}
        workers[code] = (*workers.get(code, ()), Worker(occupation, **numbers))
    return workers


def _goods(values: Values) -> tuple[Good, ...]:
    """Return the goods."""
    return tuple(
        Good(
            id=r.texts["id"],
            name=r.texts["name"],
            unit=r.texts["unit"],
            hs_edition=r.texts["hs_edition"],
            hs_code=r.texts["hs_code"],
            tradable=r.texts["tradable"] != "no",
        )
        for r in values.of("goods")
    )


def _activities(values: Values) -> tuple[Activity, ...]:
    """Return the activities with their figures, recipes and labour."""
    table = "activity_figures"
    figures = grouped(values.of(table), "activity")
    recipes = grouped(values.of("recipes"), "activity", "direction")
    labour = grouped(values.of("labour"), "activity")
    scalars = [name for name in schemas()[table].fields if name != "size"]
    built = []
    for record in values.of("activities"):
        code = record.texts["id"]
        rows = figures.get((code,), [])
        group = _by_field(rows)
        place = rows[0].row.place if rows else record.row.place
        _require(values, table, place, f"Activity {code!r}", group)
        inputs, byproducts = (
            {r.texts["good"]: r.number for r in recipes.get((code, direction), ())}
            for direction in ("input", "byproduct")
        )
        built.append(
            Activity(
                id=code,
                name=record.texts["name"],
                output=record.texts["output"],
                sizes=tuple(sorted(r.number for r in rows if r.texts["field"] == "size")),
                inputs=inputs,
                byproducts=byproducts,
                labour={r.texts["occupation"]: r.number for r in labour.get((code,), ())},
                **{name: _number(table, group, name) for name in scalars},
            )
        )
    return tuple(built)


def _options(values: Values) -> tuple[Option, ...]:
    """Return what each participant may build."""
    built = []
    for (place, activity), rows in grouped(values.of("options"), "place", "activity").items():
        group = _by_field(rows)
        built.append(
            Option(
                place=place,
                activity=activity,
                max_plants=int(_number("options", group, "max_plants")),
                max_output=_number("options", group, "max_output"),
                capital_multiplier=_number("options", group, "capital_multiplier"),
                variable_multiplier=_number("options", group, "variable_multiplier"),
            )
        )
    return tuple(built)


def _outside(values: Values) -> tuple[Outside, ...]:
    """Return the curves of the rest of the world; depth becomes slope."""
    built = []
    for (good, side), rows in grouped(values.of("outside"), "good", "side").items():
        group = _by_field(rows)
        _require(values, "outside", rows[0].row.place, f"Good {good!r}, side {side}", group)
        price, depth = _number("outside", group, "price"), _number("outside", group, "depth")
        slope = 0.0 if math.isinf(depth) else 0.1 * price / depth
        built.append(Outside(good, side, price, slope, _number("outside", group, "limit")))
    return tuple(built)


def _demands(values: Values, scenario: str) -> tuple[Demand, ...]:
    """Return the demands of one scenario; a demand of zero is no demand."""
    built = []
    columns = ("place", "good", "scenario")
    for (place, good, name), rows in grouped(values.of("demand"), *columns).items():
        group = _by_field(rows)
        subject = f"Place {place!r}, good {good!r}, scenario {name}"
        _require(values, "demand", rows[0].row.place, subject, group)
        if name != scenario or group.get("quantity") is None or group["quantity"].number == 0:
            continue
        quantity, price, elasticity = (
            _number("demand", group, field) for field in ("quantity", "price", "elasticity")
        )
        built.append(Demand(place, good, quantity, price, elasticity))
    return tuple(built)


def _limits(values: Values) -> tuple[Limit, ...]:
    """Return the limits and weights of the whole region."""
    built = []
    for (subject, good), rows in grouped(values.of("limits"), "subject", "good").items():
        _check_good_of_limit(values, subject, good, rows)
        numbers = {record.texts["field"]: record.number for record in rows}
        built.append(Limit(subject, good, **numbers))
    return tuple(built)


def _check_good_of_limit(values: Values, subject: str, good: str, rows: Sequence[Record]) -> None:
    """Report an outside share without good, and a good where none belongs."""
    place = rows[0].place("good")
    if subject == "outside_share" and not good:
        cure = "Name the good whose imports are limited."
        values.log.add("limits", place, f"Limit of {subject}", "needs a good", cure)
    elif subject != "outside_share" and good:
        cure = "Leave the column good blank."
        rule = "is of the whole region, not of a good"
        values.log.add("limits", place, f"Limit of {subject}", rule, cure, good)
