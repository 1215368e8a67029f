"""A panel of places as findings: types, the split of the change, and what followed the events."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from workshare.reports.figures.figure import Figure
from workshare.reports.figures.style import (
    BLUE,
    GREEN,
    GREY,
    ORANGE,
    QUIET,
    SKY,
    TEXT,
    VERMILION,
    WIDTH,
    field,
    layer,
)
from workshare.reports.findings import Findings
from workshare.reports.tables import Table, make_table
from workshare.reports.words import MISSING, number, percent, plural

ORDER = "fundamentals first"
PARTS = ("fundamentals", "coordination", "undefined")
PART_NAMES = ("fundamentals", "coordination", "a type is not there")
PART_COLOURS = (BLUE, ORANGE, GREY)
RANKS = ("only", "lowest", "middle", "highest", "unknown")
RANK_COLOURS = (GREY, VERMILION, SKY, GREEN, "#d9d9d9")


def panel_findings(record: Mapping[str, Any]) -> Findings:
    """Return the findings of a panel's study.

    Parameters
    ----------
    record : the result as plain data (:func:`workshare.studies.panel.record.panel_record`).
    """
    figures = [_type_figure(record), _split_figure(record)]
    tables = [_types(record), _labels(record), _split(record)]
    if record["events"] is not None:
        figures += [_effect_figure(record), _study_figure(record)]
        tables += [_effects(record), _study(record)]
    tables += [_certificate(record), _places(record), _place_years(record)]
    return Findings(
        title=f"Fundamentals and coordination in {record['statistics']['places']:,} places",
        sentences=tuple(_sentences(record)),
        figures=tuple(figures),
        tables=tuple(tables),
        notes=tuple(_notes(record)),
        record=record,
    )


# --- sentences ------------------------------------------------------------------------------------


def _sentences(record: Mapping[str, Any]) -> list[str]:
    first, last, facts = record["first"], record["last"], record["statistics"]
    by_year = {row["year"]: row for row in record["types"]}
    lines = []
    if record["status"] == "interrupted":
        lines.append(
            f"Interrupted: {facts['place_years_done']:,} of {facts['place_years']:,} place-years "
            "were enumerated; the others have no type."
        )
    before, after = by_year[first], by_year[last]
    lines.append(
        f"{_share(before['low'], before['places'])} of places were in a coordination failure in "
        f"{first} (a larger stable equilibrium existed at the same fundamentals), "
        f"{_share(after['low'], after['places'])} in {last}."
    )
    lines += _event_sentences(record)
    whole = _row(record["split"], ORDER, "all")
    lines.append(
        f"Over all places the mean change {first} to {last} of {number(whole['change'], 3)} log "
        f"points is {number(whole['fundamentals'], 3)} fundamentals, "
        f"{number(whole['coordination'], 3)} coordination, and {number(whole['undefined'], 3)} in "
        f"places whose old type no longer exists, where the two cannot be told apart ({ORDER})."
    )
    jumps = sum(row["places"] for row in record["labels"] if row["by_branch"] == "jump")
    lines.append(
        f"{plural(jumps, 'place')} of {facts['places_compared']:,} jumped: their equilibrium is "
        "not the old one carried along the straight line in log fundamentals."
    )
    bent = plural(facts["path_dependent"], "place")
    lines.append(
        f"The labels by branch, by order and by basin disagree for "
        f"{plural(facts['labels_disagree'], 'place')}; they answer different questions. Another "
        f"monotone path gives another label by branch in {bent}."
    )
    lines.append(_proof(record))
    return lines


def _event_sentences(record: Mapping[str, Any]) -> list[str]:
    if record["events"] is None:
        return []
    effects = {item["name"]: item for item in record["events"]["effects"]}
    confidence = percent(record["options"]["confidence"])
    log, jump = effects["log outcome"], effects["jump"]
    share = effects[f"coordination share, {ORDER}"]
    most = effects[f"coordination or undefined share, {ORDER}"]
    lines = [
        f"Places with the event grew by {number(log['value'], 3)} log points more than places "
        f"without ({confidence} interval {_range(log)}).",
        f"{percent(share['value'])} of this is coordination ({_range(share, True)}); counting all "
        f"of the change in places whose old type no longer exists, {percent(most['value'])} "
        f"({_range(most, True)}).",
        f"A jump was {number(100 * jump['value'], 3)} percentage points more frequent with the "
        f"event ({_range(jump, True)})."
        if jump["value"] is not None
        else f"The effect of the event on jumps is {MISSING}.",
    ]
    placebo = effects.get("log outcome, placebo")
    if placebo is not None:
        holds = placebo["low"] is not None and placebo["low"] <= 0 <= placebo["high"]
        verdict = "no difference in trends before is seen" if holds else "trends differed before"
        lines.append(
            f"Before the event the difference was {number(placebo['value'], 3)} "
            f"({_range(placebo)}): {verdict}."
        )
    return lines


def _proof(record: Mapping[str, Any]) -> str:
    facts = record["statistics"]
    starts = next(line for line in record["certificate"] if line["name"] == "starts")
    sound = facts["place_years_done"] - facts["ill"]
    known = (
        f"of {sound:,} place-years all, with probability one over random constants "
        f"({facts['paths_each']} paths each)"
        if starts["holds"]
        else "but some may be missing, as two random starts have different numbers of roots"
    )
    ill = (
        "no place-year failed a check"
        if not facts["ill"]
        else f"{plural(facts['ill'], 'place-year')} failed a check and have no type"
    )
    return (
        f"{facts['equilibria']:,} equilibria were found, {known}; {facts['proven']:,} are proven "
        f"one by one; {ill}."
    )


def _share(count: int, total: int) -> str:
    return percent(count / total) if total else MISSING


def _range(item: Mapping[str, Any], share: bool = False) -> str:
    show = percent if share else (lambda value: number(value, 3))
    if item["low"] is None:
        return "interval not available"
    return f"{show(item['low'])} to {show(item['high'])}"


def _row(rows: list[dict[str, Any]], order: str, group: str) -> dict[str, Any]:
    return next(row for row in rows if row["order"] == order and row["group"] == group)


def _notes(record: Mapping[str, Any]) -> list[str]:
    model, made = record["model"], record["estimate"]
    elasticities = (
        f"attraction {model['attraction']}, crowding {model['crowding']}, base {model['base']:g}, "
        f"cross {model['cross']:g}"
    )
    lines = [
        "In the spirit of Garg's study of industrial zones (2026), whose definitions are not "
        "public: model, types and split are ours, and are defined in docs/panel.md.",
    ]
    if made is None:
        lines.append(f"Elasticities stated: {elasticities}.")
    else:
        lines.append(
            f"Elasticities: {elasticities}. Attraction estimated at {made['attraction']:.3g} "
            f"(standard error {made['attraction_error']:.2g}) by GMM and rounded; first-stage F "
            f"{made['first_stage']:.3g}; over-identification J {number(made['overidentification'])}"
            f" (p {number(made['probability'], 2)}); {made['observations']:,} changes in "
            f"{made['clusters']:,} clusters. Base and cross are stated."
        )
        if made["first_stage"] is not None and made["first_stage"] < 10:
            lines.append(
                "The instruments are weak (F below 10): estimate and error are not reliable."
            )
        if not made["within"]:
            lines.append("The rounded elasticities lie outside the estimates' 95 % intervals.")
    lines += [
        "A coordination failure here: another stable equilibrium with a larger total share exists "
        "at the place's own fundamentals. Stable under adjustment, d log L / dt = residual.",
        "By branch: the old equilibrium carried along the straight line in log fundamentals; round "
        "a cusp another path may lead elsewhere. By order: rank by total share. By basin: where "
        "the old state settles at the new fundamentals.",
        "Each place is enumerated with the rest of the economy held fixed: multiplicity across "
        "places is not. The model, and its elasticities, are taken as true; intervals hold the "
        "sampling of places only.",
        f"Intervals: {record['options']['draws']:,} bootstrap draws of clusters (seed "
        f"{record['options']['bootstrap_seed']}), percentiles.",
        "Differences in differences are effects if groups would have changed alike without the "
        "event, and if places without it were not affected by it.",
    ]
    missing = record["statistics"]["place_years_not_observed"]
    if missing:
        lines.append(f"{plural(missing, 'place-year')} not observed and left out, never filled.")
    if record["statistics"]["places_undecided"]:
        count = plural(record["statistics"]["places_undecided"], "place")
        lines.append(f"{count} undecided: a check failed, or branches did not pair one to one.")
    return lines


# --- figures --------------------------------------------------------------------------------------


def _type_figure(record: Mapping[str, Any]) -> Figure:
    rows = [
        {"year": str(row["year"]), "rank": rank, "share": row[rank] / row["places"],
         "order": RANKS.index(rank)}
        for row in record["types"] for rank in RANKS if row["places"]
    ]  # fmt: skip
    used = [rank for rank in RANKS if any(row["rank"] == rank and row["share"] for row in rows)]
    colours = [RANK_COLOURS[RANKS.index(rank)] for rank in used]
    last = record["types"][-1]
    title = (
        f"In {last['year']}, {_share(last['with_several'], last['places'])} of places had several "
        "equilibria"
    )
    encoding = {
        "y": {**field("year", "ordinal"), "title": None},
        "x": {**field("share"), "title": "share of places", "axis": {"format": "%"}},
        "color": {
            **field("rank", "nominal"),
            "title": "observed equilibrium is",
            "scale": {"domain": used, "range": colours},
        },
        "order": field("order"),
    }
    return Figure(
        "types", title,
        "Shares of places by the rank of the observed equilibrium, a bar for each year.",
        "Rank by total share among the equilibria at the place's own fundamentals in that year.",
        _types(record),
        {"width": WIDTH - 60, "height": 34 * len(record["types"]),
         "data": {"values": [row for row in rows if row["share"]]}, **layer("bar", encoding)},
    )  # fmt: skip


def _split_figure(record: Mapping[str, Any]) -> Figure:
    rows = []
    for row in record["split"]:
        for place, part in enumerate(PARTS):
            if row[part] is not None:
                rows.append(
                    {"order": row["order"], "group": row["group"], "part": PART_NAMES[place],
                     "value": row[part], "place": place}
                )  # fmt: skip
    whole = _row(record["split"], ORDER, "with event" if record["events"] else "all")
    among = "places with the event" if record["events"] else "all places"
    title = (
        f"Coordination is {percent(whole['share'])} of the change of {among} "
        f"{record['first']}\u2013{record['last']}"
        if whole["share"] is not None
        else "The change and its parts"
    )
    groups = list(dict.fromkeys(row["group"] for row in record["split"]))
    inner = {
        "y": {**field("group", "nominal"), "sort": groups, "title": None},
        "x": {
            **field("value"),
            "title": "mean change, log points",
            "axis": {"tickCount": 5},
        },
        "color": {
            **field("part", "nominal"),
            "title": None,
            "scale": {"domain": list(PART_NAMES), "range": list(PART_COLOURS)},
        },
        "order": field("place"),
    }
    return Figure(
        "split", title,
        "Mean change of the log outcome by group and order, in three parts.",
        "Bars of one group have the same total. 'A type is not there': the old type no longer "
        "exists (fundamentals first), the new one did not yet (coordination first), or either "
        "(average).",
        _split(record),
        {
            "data": {"values": rows},
            "facet": {"row": {**field("order", "nominal"),
                              "sort": ["fundamentals first", "coordination first", "average"],
                              "header": {"orient": "top", "title": None, "labelAnchor": "start"}}},
            "spec": {"width": WIDTH - 90, "height": 24 * len(groups), **layer("bar", inner)},
        },
    )  # fmt: skip


def _effect_figure(record: Mapping[str, Any]) -> Figure:
    wanted = {
        "log outcome": "whole effect",
        f"fundamentals, {ORDER}": "fundamentals",
        f"coordination, {ORDER}": "coordination",
        f"undefined, {ORDER}": "a type is not there",
        "log outcome, placebo": "before the event",
    }
    effects = {item["name"]: item for item in record["events"]["effects"]}
    rows = [
        {"name": label, **{key: effects[name][key] for key in ("value", "low", "high")}}
        for name, label in wanted.items()
        if name in effects and effects[name]["value"] is not None
    ]
    share = effects[f"coordination share, {ORDER}"]
    most = effects[f"coordination or undefined share, {ORDER}"]
    title = (
        f"{percent(share['value'])} of the effect of the event is coordination, "
        f"{percent(most['value'])} with places whose old type is gone"
    )
    return Figure(
        "effects", title,
        "The effect of the event on the log outcome and its three parts, with intervals.",
        f"Difference in differences, log points; {percent(record['options']['confidence'])} "
        f"intervals by bootstrap of {record['events']['clusters']:,} clusters; split {ORDER}.",
        _effects(record),
        _points(rows, {**field("name", "nominal"), "sort": list(wanted.values()), "title": None},
                "more than places without the event, log points", 26 * len(rows)),
    )  # fmt: skip


def _points(rows: list[dict[str, Any]], y: dict[str, Any], title: str, height: int) -> Any:
    """Return dots with intervals along a number axis with a line at zero."""
    x = {**field("value"), "title": title, "axis": {"tickCount": 5}}
    span = {"x": field("low"), "x2": {"field": "high"}, "y": y}
    return {
        "width": WIDTH - 120,
        "height": height,
        "data": {"values": rows},
        "layer": [
            {"data": {"values": [{"zero": 0}]},
             **layer("rule", {"x": field("zero")}, {"color": QUIET, "strokeDash": [3, 3]})},
            layer("rule", {**span, "x": {**x, "field": "low"}}, {"color": BLUE, "strokeWidth": 2}),
            layer("point", {"x": x, "y": y}, {"filled": True, "color": TEXT, "size": 60,
                                              "opacity": 1}),
        ],
    }  # fmt: skip


def _study_figure(record: Mapping[str, Any]) -> Figure:
    rows = [
        item for item in record["events"]["study"]
        if item["outcome"] == "log outcome" and item["value"] is not None
    ]  # fmt: skip
    last = rows[-1] if rows else None
    title = (
        f"{last['since']} years after the event: {number(last['value'], 3, True)} log points"
        if last is not None
        else "The event study has no year"
    )
    x = {**field("since"), "title": "years since the event", "scale": {"zero": False},
         "axis": {"format": "d", "tickMinStep": 1}}  # fmt: skip
    y = {**field("value"), "title": "log outcome against places without the event"}
    return Figure(
        "event-study", title,
        "What changed since the last year before the event, less the change of places without it.",
        f"{percent(record['options']['confidence'])} intervals by bootstrap of clusters; zero in "
        "the last year before the event by construction.",
        _study(record),
        {
            "width": WIDTH - 60, "height": 200, "data": {"values": rows},
            "layer": [
                {"data": {"values": [{"zero": 0}]},
                 **layer("rule", {"y": field("zero")}, {"color": QUIET, "strokeDash": [3, 3]})},
                layer("rule", {"x": x, "y": {**y, "field": "low"}, "y2": {"field": "high"}},
                      {"color": BLUE, "strokeWidth": 2}),
                layer("line", {"x": x, "y": y}, {"color": BLUE, "opacity": 0.4}),
                layer("point", {"x": x, "y": y}, {"filled": True, "color": TEXT, "size": 60,
                                                  "opacity": 1}),
            ],
        },
    )  # fmt: skip


# --- tables ---------------------------------------------------------------------------------------


def _table(name: str, title: str, keys: Mapping[str, tuple[str, str, str]], rows: Any) -> Table:
    """Return a table of records: a column for each key, as (heading, unit, kind)."""
    return make_table(
        name, title, list(keys.values()), [tuple(row[key] for key in keys) for row in rows]
    )


def _types(record: Mapping[str, Any]) -> Table:
    keys = {
        "year": ("year", "", "number"),
        "places": ("places observed", "", "number"),
        "with_several": ("with several equilibria", "places", "number"),
        "only": ("at the only one", "places", "number"),
        "lowest": ("at the lowest", "places", "number"),
        "middle": ("at a middle one", "places", "number"),
        "highest": ("at the highest", "places", "number"),
        "unknown": ("not known", "places", "number"),
        "low": ("in a coordination failure", "places", "number"),
        "unstable": ("at one that is not stable", "places", "number"),
        "most": ("most equilibria of a place", "", "number"),
    }
    return _table("types", "Types of the observed equilibria by year", keys, record["types"])


def _labels(record: Mapping[str, Any]) -> Table:
    keys = {
        "by_branch": ("by branch", "", "text"),
        "by_order": ("by order", "", "text"),
        "by_basin": ("by basin", "", "text"),
        "places": ("places", "", "number"),
    }
    title = f"Labels of the change {record['first']} to {record['last']}"
    return _table("labels", title, keys, record["labels"])


def _split(record: Mapping[str, Any]) -> Table:
    keys = {
        "order": ("order", "", "text"),
        "group": ("group", "", "text"),
        "places": ("places", "", "number"),
        "defined": ("with this order defined", "places", "number"),
        "jumps": ("jumps", "places", "number"),
        "change": ("mean change", "log points", "number"),
        "fundamentals": ("fundamentals", "log points", "number"),
        "coordination": ("coordination", "log points", "number"),
        "undefined": ("a type is not there", "log points", "number"),
        "share": ("coordination over change", "share", "number"),
    }
    return _table("split", "The change and its parts", keys, record["split"])


def _effects(record: Mapping[str, Any]) -> Table:
    keys = {
        "name": ("outcome", "", "text"),
        "unit": ("unit", "", "text"),
        "value": ("difference in differences", "unit", "number"),
        "low": ("lower end", "unit", "number"),
        "high": ("upper end", "unit", "number"),
        "with_event": ("mean with event", "unit", "number"),
        "without": ("mean without", "unit", "number"),
        "treated": ("places with event", "", "number"),
        "controls": ("places without", "", "number"),
        "left_out": ("left out", "places", "number"),
    }
    rows = record["events"]["effects"]
    return _table("effects", "Places with the event against places without", keys, rows)


def _study(record: Mapping[str, Any]) -> Table:
    keys = {
        "outcome": ("outcome", "", "text"),
        "since": ("years since the event", "", "number"),
        "value": ("difference", "log points or share", "number"),
        "low": ("lower end", "log points or share", "number"),
        "high": ("upper end", "log points or share", "number"),
        "treated": ("places with event", "", "number"),
    }
    return _table("event_study", "Event study", keys, record["events"]["study"])


def _certificate(record: Mapping[str, Any]) -> Table:
    keys = {
        "name": ("check", "", "text"),
        "value": ("value", "", "number"),
        "tolerance": ("at most", "", "number"),
        "holds": ("holds", "", "text"),
        "meaning": ("meaning", "", "text"),
    }
    rows = [{**row, "holds": "yes" if row["holds"] else "no"} for row in record["certificate"]]
    return _table("certificate", "Checks recomputed from panel and answer", keys, rows)


def _places(record: Mapping[str, Any]) -> Table:
    keys = {
        "place": ("place", "", "text"),
        "event_year": ("event year", "", "number"),
        "by_branch": ("by branch", "", "text"),
        "by_order": ("by order", "", "text"),
        "by_basin": ("by basin", "", "text"),
        "rank_first": (f"rank in {record['first']}", "", "text"),
        "rank_last": (f"rank in {record['last']}", "", "text"),
        "robust": ("paths with the same label", "share", "number"),
        "old_type": ("old type at new fundamentals", "", "text"),
        "new_type": ("new type at old fundamentals", "", "text"),
        "total_first": (f"total in {record['first']}", "share", "number"),
        "total_last": (f"total in {record['last']}", "share", "number"),
        "old_type_at_new": ("total of the old type", "share", "number"),
        "new_type_at_old": ("total of the new type", "share", "number"),
        "change": ("change", "log points", "number"),
        "one": (f"fundamentals, {ORDER}", "log points", "number"),
        "two": (f"coordination, {ORDER}", "log points", "number"),
    }
    rows = [
        {**row, "one": row["fundamentals"][0], "two": row["coordination"][0]}
        for row in record["places"]
    ]
    return _table("places", "Every place", keys, rows)


def _place_years(record: Mapping[str, Any]) -> Table:
    keys = {
        "place": ("place", "", "text"),
        "year": ("year", "", "number"),
        "equilibria": ("equilibria", "", "number"),
        "stable": ("stable", "", "number"),
        "proven": ("proven", "", "number"),
        "rank": ("rank of the observed", "", "text"),
        "least": ("lowest total", "share", "number"),
        "greatest": ("highest total", "share", "number"),
    }
    rows = [
        {
            **row,
            "least": min(row["totals"], default=None),
            "greatest": max(row["totals"], default=None),
        }
        for row in record["place_years"]
    ]
    return _table("place_years", "Every place and year", keys, rows)
