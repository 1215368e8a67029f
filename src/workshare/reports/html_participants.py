"""Each participant's own section: its gains, account, plants, trade and options not chosen."""

from __future__ import annotations

import re

from workshare.reports import tables as made
from workshare.reports.html_parts import (
    csv_link,
    details,
    escaped,
    paragraph,
    section,
    table_part,
)
from workshare.reports.html_scenarios import options_table
from workshare.reports.sentences import DUST, makers_of, trade_sentence
from workshare.reports.tables import Table, make_table
from workshare.reports.view import Record, View
from workshare.reports.words import money, percent


def participants_section(seen: View) -> str:
    """Return the sections of all participants, with a list of links to them."""
    anchors = {code: anchor(seen, code) for code in seen.participants}
    links = "".join(
        f'<li><a href="#{anchors[code]}">{escaped(seen.name("participants", code))}</a></li>'
        for code in seen.participants
    )
    return section(
        "participants",
        "Each participant",
        [
            f'<ul class="anchors">{links}</ul>',
            *(_own_section(seen, code, anchors[code]) for code in seen.participants),
        ],
    )


def anchor(seen: View, code: str) -> str:
    """Return a participant's anchor: its code where that is plain, else its position."""
    plain = re.fullmatch(r"[A-Za-z0-9_-]{1,40}", code)
    return f"participant-{code if plain else seen.participants.index(code) + 1}"


def _own_section(seen: View, code: str, name: str) -> str:
    title = seen.name("participants", code)
    heading = title if title == code else f"{title} ({code})"
    lead = [seen.lead] if seen.lead is not None else []
    values = _only(made.participants(seen), "participant", code)
    parts = [paragraph(_sentence(seen, code))]
    if seen.lead is not None:
        words = f"{makers_of(seen, seen.lead, code)} {trade_sentence(seen, seen.lead, code)}"
        parts.append(paragraph(f"{seen.outcome_title(seen.lead)}: {words}"))
        parts.append(_folded_options(seen, seen.lead, code, title))
    parts.append(_folded(f"{title}: value and gains in every scenario", values, _VALUE))
    accounts = _only(made.part(seen, "accounts"), "participant", code)
    columns = ("scenario title", *_ACCOUNT)
    parts.append(_folded(f"{title}: account in every scenario", accounts, columns))
    parts.append(_folded_makes(seen, code, title))
    plants = _only(made.part(seen, "plants", lead), "participant", code)
    parts.append(_folded(f"{title}: plants at least cost", plants, _PLANT))
    trade = made.part(seen, "flows", [_own_flows(seen, outcome, code) for outcome in lead])
    parts.append(_folded(f"{title}: shipments at least cost", trade, _FLOW))
    return section(name, heading, parts, level=3)


def _folded_options(seen: View, outcome: Record, code: str, title: str) -> str:
    """Return why the participant's own options were not chosen: price now, needed, what lacks."""
    table = options_table(seen, outcome, code)
    label = f"{title}: options not chosen, and why"
    if not table.rows:
        return paragraph(f"{label}: none.", "quiet")
    return details(label, table_part(table, label))


def _folded_makes(seen: View, code: str, title: str) -> str:
    """Return what the participant makes, sells and buys in every scenario, in words."""
    columns = (("scenario", "", "text"), ("makes", "", "text"), ("trades", "", "text"))
    rows = [
        (
            seen.outcome_title(outcome),
            makers_of(seen, outcome, code),
            trade_sentence(seen, outcome, code),
        )
        for outcome in seen.full_outcomes
    ]
    label = f"{title}: what it makes and trades in every scenario"
    return details(label, table_part(make_table("makes", label, columns, rows)))


_GAINS = ("gain against isolated", "gain against uncoordinated")
_VALUE = ("scenario title", "national value", *_GAINS)
_ACCOUNT = (
    "revenue",
    "private cost",
    "consumer surplus",
    "tariff revenue",
    "value",
    *_GAINS,
    "compensation",
)
_PLANT = (
    "activity name",
    "place",
    "number",
    "size",
    "output unit",
    "output",
    "utilisation",
    "existing",
    "capital cost",
    "fixed cost",
    "variable cost",
    "jobs",
    "emissions",
    "profit",
)
_FLOW = (
    "good name",
    "origin name",
    "destination name",
    "quantity",
    "unit",
    "price destination",
    "freight",
    "tariff",
    "value",
)


def _sentence(seen: View, code: str) -> str:
    """Return what not coordinating costs the participant, and where it does best and worst."""
    cost = (seen.price.get("by_participant") or {}).get(code)
    gdp = seen.gdp.get(code)
    share = cost / gdp if cost is not None and gdp else None
    parts = []
    if cost is None:
        parts.append("Its part of the price of non-coordination is not available.")
    else:
        tail = f", {percent(abs(share), 2)} of its GDP" if share is not None else ""
        verb = "costs it" if cost >= 0 else "leaves it better off by"
        parts.append(f"Not coordinating {verb} {money(abs(cost), seen.currency)}{tail}.")
    if seen.lead is not None:
        gain = seen.gain(seen.lead, code, "isolated")
        where = seen.outcome_title(seen.lead).lower()
        if gain is not None:
            change = money(gain, seen.currency, signed=True)
            parts.append(f"At {where} its national value changes by {change} against isolated.")
    return " ".join([*parts, _best_and_worst(seen, code)]).strip()


def _best_and_worst(seen: View, code: str) -> str:
    """Return in which scenario the participant does best and worst; empty if it never matters."""
    values = {
        seen.outcome_title(scenario): scenario["by_participant"].get(code)
        for scenario in seen.scenarios
    }
    known = {title: value for title, value in values.items() if value is not None}
    if len(known) < 2:
        return ""
    high, low = max(known.values()), min(known.values())
    close = DUST * max(abs(high), abs(low))
    if high - low <= close:
        return "All scenarios are worth the same to it."
    best, worst = (
        next(title for title, value in known.items() if abs(value - end) <= close)
        for end in (high, low)
    )
    return f"It does best in '{best}' and worst in '{worst}'."


def _only(table: Table, column: str, code: str) -> Table:
    """Return the rows of a table that belong to one participant."""
    place = [one.name for one in table.columns].index(column)
    rows = tuple(row for row in table.rows if row[place] == code)
    return Table(table.name, table.title, table.columns, rows)


def _own_flows(seen: View, outcome: Record, code: str) -> Record:
    ends = ("origin", "destination")
    mine = [
        flow
        for flow in outcome.get("flows") or []
        if code in (seen.owner.get(flow[end], flow[end]) for end in ends)
    ]
    return {**outcome, "flows": mine}


def _folded(label: str, table: Table, columns: tuple[str, ...]) -> str:
    """Return a table that the reader opens, or one line when it has no rows."""
    if not table.rows:
        return paragraph(f"{label}: none.", "quiet")
    return details(label, table_part(table, label, columns) + csv_link(table))
