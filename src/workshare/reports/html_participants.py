"""Each participant's own section: its gains, account, plants, trade and options not chosen."""

from __future__ import annotations

import re

from workshare.reports import tables as made
from workshare.reports.figures import participant_gains
from workshare.reports.html_parts import (
    csv_link,
    details,
    escaped,
    figure_part,
    paragraph,
    section,
    table_part,
)
from workshare.reports.html_sections import NOT_CHOSEN_COLUMNS
from workshare.reports.tables import Table
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
    parts = [
        paragraph(_sentence(seen, code)),
        figure_part(participant_gains(seen, code)),
        _folded(
            f"{title}: value and gains in every outcome",
            values,
            ("scenario title", "national value", *_GAINS),
        ),
    ]
    accounts = _only(made.part(seen, "accounts"), "participant", code)
    columns = ("scenario title", *_ACCOUNT)
    parts.append(_folded(f"{title}: account in every scenario", accounts, columns))
    plants = _only(made.part(seen, "plants", lead), "participant", code)
    parts.append(_folded(f"{title}: plants at least cost", plants, _PLANT))
    trade = made.part(seen, "flows", [_own_flows(seen, outcome, code) for outcome in lead])
    parts.append(_folded(f"{title}: shipments at least cost", trade, _FLOW))
    options = _only(made.part(seen, "not_chosen", lead), "participant", code)
    label = f"{title}: options not chosen at least cost, and why"
    parts.append(_folded(label, options, NOT_CHOSEN_COLUMNS[1:]))
    return section(name, heading, parts, level=3)


_GAINS = ("gain against isolated", "gain against uncoordinated")
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
    """Return what the participant wins or loses at least cost, and by not coordinating."""
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
    return " ".join(parts)


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
