"""Checks of a whole region: figures that are each allowed and do not fit together.

Each check names the tables it reads and runs only when those are sound, so that a slip in one
file is reported once and not again as its consequences.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from workshare.region.build import Draft, grouped, scenarios
from workshare.region.feasible import (
    check_limits,
    check_options,
    check_standing_plants,
    find_place,
)
from workshare.region.region import WORLD, Activity, Option, Plant, Region
from workshare.region.tables import did_you_mean
from workshare.region.values import Record

_CHAIN = ("goods", "activities", "recipes")
_WHERE = ("participants", "places", "options", "plants")


def check_draft(draft: Draft) -> None:
    """Run every check on ``draft``; faults go to the log of its values."""
    log = draft.values.log
    for check, tables in _CHECKS:
        if log.is_clean("region", *tables):
            check(draft)


def open_activities(region: Region) -> dict[str, list[str]]:
    """Return, for each activity, the places that have an option or a plant of it."""
    places: dict[str, list[str]] = {activity.id: [] for activity in region.activities}
    holders: tuple[Option | Plant, ...] = (*region.options, *region.plants)
    for holder in holders:
        if holder.place not in places.get(holder.activity, [holder.place]):
            places[holder.activity].append(holder.place)
    return places


def _check_scenario(draft: Draft) -> None:
    """The chosen demand scenario must stand in the demand table, if that has any rows."""
    known, chosen = scenarios(draft.values), draft.region.demand_scenario
    if known and chosen not in known:
        draft.values.log.add(
            "region",
            draft.values.source.where("region"),
            "Setting 'demand_scenario'",
            "no row of the demand table has this scenario",
            did_you_mean(chosen, known) + f"Scenarios are {', '.join(known)}.",
            chosen,
        )


def _check_recipes(draft: Draft) -> None:
    """No activity may use up its own output, or yield it beside itself."""
    for record in draft.values.of("recipes"):
        activity, good = record.texts["activity"], record.texts["good"]
        if draft.values.outputs[activity] != good:
            continue
        subject = f"Activity {activity!r}, good {good!r}"
        if record.texts["direction"] == "byproduct":
            cure = "Count it in the output: state every figure per unit of all of it."
            draft.values.log.add("recipes", record.row.place, subject, _OWN_BYPRODUCT, cure)
        elif record.number >= 1:
            cure = "Check the value and its unit: it must be below 1 unit per unit made."
            draft.values.log.add(
                "recipes", record.place("value"), subject, _NO_NET_OUTPUT, cure, _written(record)
            )


_OWN_BYPRODUCT = "the output of an activity is not its byproduct"
_NO_NET_OUTPUT = "an activity that needs its own output must make more than it uses"


def _written(record: Record) -> str:
    """Return the value and unit of a record as the user wrote them."""
    cell = record.row.cells.get("value")
    unit = record.figure.unit if record.figure is not None else ""
    return f"{cell.text} {unit}".strip() if cell is not None else ""


def _check_loops(draft: Draft) -> None:
    """A circle of recipes must leave something over, with all help from outside it."""
    region = draft.region
    goods = [good.id for good in region.goods]
    position = {good: index for index, good in enumerate(goods)}
    edges = {
        (position[used], position[made])
        for activity in region.activities
        for used in activity.inputs
        for made in (activity.output, *activity.byproducts)
        if used != made
    }
    if not edges:
        return
    rows, columns = zip(*sorted(edges), strict=True)
    graph = csr_array((np.ones(len(rows)), (rows, columns)), shape=(len(goods), len(goods)))
    _, circle_of = connected_components(graph, connection="strong")
    for circle in range(circle_of.max() + 1):
        members = [good for good in goods if circle_of[position[good]] == circle]
        if len(members) > 1 and not _leaves_something(region, members):
            _report_circle(draft, members)


def _leaves_something(region: Region, goods: list[str]) -> bool:
    """Tell whether some mix of activities yields more than nothing of every one of ``goods``.

    Activities may run at any rate; goods that the outside sells or a place is endowed with may be
    added. This is the Hawkins-Simon condition with a choice of techniques, solved as a linear
    program: maximise the least net output.
    """
    helped = {curve.good for curve in region.outside if curve.side == "supply"}
    helped |= {endowment.good for endowment in region.endowments if endowment.amount > 0}
    makers = [a for a in region.activities if {a.output, *a.byproducts} & set(goods)]
    net = np.array([[_net(activity, good) for activity in makers] for good in goods])
    help_matrix = np.array([[float(g == h) for h in goods if h in helped] for g in goods])
    help_matrix = help_matrix.reshape(len(goods), -1)
    matrix = np.hstack([-net, -help_matrix, np.ones((len(goods), 1))])
    objective = np.zeros(matrix.shape[1])
    objective[-1] = -1.0
    bounds = [(0.0, None)] * (matrix.shape[1] - 1) + [(0.0, 1.0)]
    answer = linprog(objective, A_ub=matrix, b_ub=np.zeros(len(goods)), bounds=bounds)
    return bool(answer.status == 0 and answer.x[-1] > 1e-6)


def _net(activity: Activity, good: str) -> float:
    """Return the net output of ``good`` per unit of the activity."""
    made = float(activity.output == good) + activity.byproducts.get(good, 0.0)
    return made - activity.inputs.get(good, 0.0)


def _report_circle(draft: Draft, goods: list[str]) -> None:
    """Report a circle of recipes without net output, at the first row of it."""
    circle = [
        activity.id
        for activity in draft.region.activities
        if activity.output in goods and set(activity.inputs) & set(goods)
    ]
    rows = [
        record
        for record in draft.values.of("recipes")
        if record.texts["activity"] in circle and record.texts["good"] in goods
    ]
    draft.values.log.add(
        "recipes",
        rows[0].row.place,
        f"Activities {', '.join(circle)}",
        f"need each other and together use up what they make ({', '.join(goods)})",
        f"Check the values of these rows: {'; '.join(record.row.place for record in rows)}.",
    )


def _check_inputs(draft: Draft) -> None:
    """Every input of an open activity must come from somewhere, and reach the place."""
    region = draft.region
    places = open_activities(region)
    sources = {curve.good for curve in region.outside if curve.side == "supply"}
    sources |= {endowment.good for endowment in region.endowments if endowment.amount > 0}
    for activity in region.activities:
        if places[activity.id]:
            sources |= {activity.output, *activity.byproducts}
    missing = [
        (activity, good)
        for activity in region.activities
        for good in activity.inputs
        if places[activity.id] and good not in sources
    ]
    for activity, good in missing:
        draft.values.log.add(
            "recipes",
            find_place(draft, "recipes", activity=activity.id, good=good, direction="input"),
            f"Activity {activity.id!r}, input {good!r}",
            "nobody in the region may make it, no place has it and the outside does not sell it",
            f"Add an option that makes {good!r}, an endowment, or an outside supply of it.",
        )
    if not missing and draft.values.log.is_clean("freight", "goods"):
        _check_reach(draft, places)


def _check_reach(draft: Draft, places: dict[str, list[str]]) -> None:
    """Report the places where an open activity cannot get one of its inputs."""
    available = _available(draft.region, places)
    for activity in draft.region.activities:
        for place in places[activity.id]:
            for good in activity.inputs:
                if (place, good) in available:
                    continue
                table = "options"
                if not any(
                    (o.place, o.activity) == (place, activity.id) for o in draft.region.options
                ):
                    table = "plants"
                draft.values.log.add(
                    table,
                    find_place(draft, table, place=place, activity=activity.id),
                    f"Place {place!r}, activity {activity.id!r}",
                    f"can never run: its input {good!r} cannot reach the place",
                    f"Add freight of {good!r} to {place!r}, an endowment, or remove the row.",
                )


def _available(region: Region, places: dict[str, list[str]]) -> set[tuple[str, str]]:
    """Return the pairs of place and good where the good can be had.

    Grown step by step from endowments and outside supply. An activity's own output counts as had,
    and so does what it needs from a circle of recipes, whose net output another check proves.
    """
    had = {(e.place, e.good) for e in region.endowments if e.amount > 0}
    had |= {(link.destination, link.good) for link in region.links if link.origin == WORLD}
    needs = {activity.id: _needs(region, activity) for activity in region.activities}
    while True:
        grown = set(had)
        for activity in region.activities:
            for place in places[activity.id]:
                if all((place, good) in grown for good in needs[activity.id]):
                    grown |= {(place, good) for good in (activity.output, *activity.byproducts)}
        for link in region.links:
            if (link.origin, link.good) in grown:
                grown.add((link.destination, link.good))
        if grown == had:
            return had
        had = grown


def _needs(region: Region, activity: Activity) -> set[str]:
    """Return the inputs that must be there before the activity can run for the first time."""
    behind: set[str] = {activity.output}
    while True:
        more = {a.output for a in region.activities if set(a.inputs) & behind} | behind
        if more == behind:
            break
        behind = more
    return {good for good in activity.inputs if good not in behind}


def _check_places(draft: Draft) -> None:
    """Every place needs a link, unless it is the only one and nothing comes from outside."""
    region = draft.region
    if len(region.places) == 1 and not region.outside:
        return
    for place in region.places:
        if place.id not in draft.reached:
            draft.values.log.add(
                "places",
                find_place(draft, "places", id=place.id),
                f"Place {place.id!r}",
                "no good can move to or from it",
                f"Add freight rows with {place.id!r} as origin and destination.",
            )


def _check_outside(draft: Draft) -> None:
    """The world must not buy dearer than it sells: that would be money for nothing."""
    prices = {(curve.good, curve.side): curve.price for curve in draft.region.outside}
    for record in draft.values.of("outside"):
        good = record.texts["good"]
        if record.texts["side"] != "demand" or record.texts["field"] != "price":
            continue
        if record.number > prices.get((good, "supply"), float("inf")):
            other = find_place(draft, "outside", good=good, side="supply", field="price")
            draft.values.log.add(
                "outside",
                record.place("value"),
                f"Good {good!r}, side demand, field price",
                f"must not be above the price at which the outside sells ({other})",
                "Lower the demand price or raise the supply price: the gap is free money.",
                _written(record),
            )


def _check_demand(draft: Draft) -> None:
    """Quantities must not fall from low to base to high."""
    quantities = [r for r in draft.values.of("demand") if r.texts["field"] == "quantity"]
    for (place, good), records in grouped(quantities, "place", "good").items():
        by_name = {record.texts["scenario"]: record for record in records}
        ordered = [by_name[name] for name in ("low", "base", "high") if name in by_name]
        for lower, upper in itertools.pairwise(ordered):
            if lower.number > upper.number:
                names = lower.texts["scenario"], upper.texts["scenario"]
                draft.values.log.add(
                    "demand",
                    lower.place("value"),
                    f"Place {place!r}, good {good!r}, scenario {names[0]}, field quantity",
                    f"minimum above maximum: {names[0]} is above {names[1]} ({upper.row.place})",
                    "Check both figures and their units.",
                    _written(lower),
                )


def _check_companions(draft: Draft) -> None:
    """No activity is its own companion, and none both needs and excludes another."""
    log, records = draft.values.log, draft.values.of("companions")
    for record in records:
        activity, other = record.texts["activity"], record.texts["other"]
        if activity == other:
            rule, cure = "cannot be its own companion", "Correct one of the two codes."
            log.add("companions", record.row.place, f"Activity {activity!r}", rule, cure)
    for first, second in itertools.combinations(records, 2):
        pair = {first.texts["activity"], first.texts["other"]}
        if pair != {second.texts["activity"], second.texts["other"]}:
            continue
        if {first.texts["rule"], second.texts["rule"]} == {"requires", "excludes"}:
            subject = f"Activities {' and '.join(sorted(pair))}"
            rule = f"one rule requires and another excludes the pair (also {first.row.place})"
            log.add("companions", second.row.place, subject, rule, "Remove one of the two rows.")


def _check_used_figures(draft: Draft) -> None:
    """Energy prices, grid emissions and wages are needed where something uses them."""
    region, values = draft.region, draft.values
    activities = {activity.id: activity for activity in region.activities}
    owners = region.place_owner()
    given = {(r.texts["participant"], r.texts["field"]) for r in values.of("participant_figures")}
    wages = {(r.texts["participant"], r.texts["occupation"]) for r in values.of("workforce")}
    counted = any(limit.subject == "emissions" for limit in region.limits)
    reported = set()
    holders: tuple[Option | Plant, ...] = (*region.options, *region.plants)
    for holder in holders:
        owner, activity = owners[holder.place], activities[holder.activity]
        fields = ["energy_price"] if activity.energy else []
        fields += ["grid_emissions"] if activity.energy and counted else []
        lacking = [("participant_figures", f) for f in fields if (owner, f) not in given]
        lacking += [("workforce", o) for o in activity.labour if (owner, o) not in wages]
        for table, name in lacking:
            if (owner, name) in reported:
                continue
            reported.add((owner, name))
            what = f"field {name}" if table == "participant_figures" else f"wage of {name!r}"
            values.log.add(
                table,
                values.source.where(table),
                f"Participant {owner!r}, {what}",
                f"the figure is missing and activity {activity.id!r} uses it",
                "Add a row for it; write 0 if it is zero.",
            )


_ALL = (*_CHAIN, *_WHERE, "activity_figures", "labour", "companions", "endowments")
_CHECKS: tuple[tuple[Callable[[Draft], None], tuple[str, ...]], ...] = (
    (_check_scenario, ("demand",)),
    (_check_recipes, _CHAIN),
    (_check_loops, (*_CHAIN, "outside", "endowments", "places")),
    (_check_inputs, (*_CHAIN, *_WHERE, "outside", "endowments")),
    (_check_places, ("participants", "places", "goods", "freight")),
    (_check_outside, ("goods", "outside")),
    (_check_demand, ("participants", "places", "goods", "demand")),
    (_check_companions, ("activities", "companions")),
    (
        _check_used_figures,
        (*_CHAIN, *_WHERE, "activity_figures", "labour", "participant_figures", "workforce"),
    ),
    (check_standing_plants, _ALL),
    (check_options, (*_ALL, "participant_figures", "workforce")),
    (check_limits, (*_ALL, "participant_figures", "workforce", "limits")),
)
