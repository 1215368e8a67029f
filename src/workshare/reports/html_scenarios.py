"""The scenarios one by one: who makes what, flows, values and costs, who would rather not."""

from __future__ import annotations

import re

from workshare.reports import tables as made
from workshare.reports.figures.flows import flow_table
from workshare.reports.html_parts import (
    csv_link,
    details,
    escaped,
    paragraph,
    section,
    table_part,
)
from workshare.reports.plain import SAME
from workshare.reports.sentences import (
    idle_sentence,
    makers_sentence,
    nearly_sentence,
    not_found_sentence,
    option_words,
    rational_sentence,
)
from workshare.reports.tables import Table, make_table
from workshare.reports.view import Record, View
from workshare.reports.words import is_number, listed, number, short

ACCOUNT_COLUMNS = (
    "participant name",
    "value",
    "private cost",
    "gain against isolated",
    "gain against uncoordinated",
    "gain against uncoordinated over GDP",
    "compensation",
)


def scenarios_section(seen: View) -> str:
    """Return a line per scenario that opens to who makes what, flows, accounts and near misses."""
    table = made.scenarios(seen)
    missing = not_found_sentence(seen)
    return section(
        "scenarios",
        "Scenario by scenario",
        [
            paragraph(
                "Open a line for who makes what, what is shipped, what each participant gains and "
                "spends, whether it would rather act alone, and which options nearly entered."
            ),
            paragraph(missing, "warning") if missing else "",
            paragraph(_accounts_differ(seen)),
            *(
                _scenario(seen, outcome, f"scenario-{position}")
                for position, outcome in enumerate(seen.full_outcomes, 1)
            ),
            details(
                "All outcomes side by side",
                table_part(table, "Every outcome and scenario", SIDE_BY_SIDE) + csv_link(table),
            ),
        ],
    )


SIDE_BY_SIDE = (
    "scenario title",
    "regional value",
    "losers",
    "smallest compensation",
    "nobody worse off than isolated",
    "nobody worse off than uncoordinated",
    "emissions",
    "jobs",
)


def options_table(seen: View, outcome: Record, code: str = "") -> Table:
    """Return the options not chosen in an outcome, with the price now, needed, and what it takes.

    Parameters
    ----------
    code : keep the options of this participant only; empty keeps all.
    """
    columns = (
        ("option", "", "text"),
        ("price now", f"M {seen.currency} per unit", "number"),
        ("price needed", f"M {seen.currency} per unit", "number"),
        ("what it would take", "", "text"),
    )
    rows = []
    for row in outcome.get("not_chosen") or []:
        if code and row["participant"] != code:
            continue
        unit = seen.activity_unit.get(row["activity"], "")
        size = f", {number(row['size'], 3)} {unit}/yr" if row.get("size") is not None else ""
        who = "" if code else f" in {seen.name('participants', row['participant'])}"
        name = f"{seen.name('activities', row['activity'])}{who}{size}"
        rows.append((name, row.get("price_now"), row.get("price_needed"), option_words(seen, row)))
    return make_table("options", "Options not chosen, and what it would take", columns, rows)


def _scenario(seen: View, outcome: Record, anchor: str) -> str:
    name = str(outcome["name"])
    if re.fullmatch(r"[A-Za-z0-9_-]{1,60}", name):
        anchor = f"scenario-{name}"
    title = seen.outcome_title(outcome)
    words = [str(outcome.get(key) or "") for key in ("description", "claim")]
    about = " ".join(_ended(word) for word in words if word)
    parts = [
        paragraph(about or "No description is given.", "quiet"),
        _term("Who makes what", makers_sentence(seen, outcome)),
        _term("Idle", idle_sentence(seen, outcome)),
        _term("Who would rather not", rational_sentence(seen, outcome)),
        _term("What nearly entered", nearly_sentence(seen, outcome)),
        _accounts(seen, outcome, title),
        table_part(
            flow_table(seen, outcome),
            f"{title}: flows between participants and with the world",
            ("good", "origin", "destination", "quantity", "unit", "value"),
        ),
    ]
    options = options_table(seen, outcome)
    if options.rows:
        parts.append(details(f"{title}: every option not chosen", table_part(options)))
    body = "\n".join(part for part in parts if part)
    return (
        f'<details id="{anchor}" class="scenario"><summary>{escaped(_line(seen, outcome))}'
        f"</summary>\n{body}\n</details>"
    )


def _line(seen: View, outcome: Record) -> str:
    """Return what the closed line says: title, value, change, losers."""
    text = f"{seen.outcome_title(outcome)}: {number(outcome.get('value'))} {seen.money_unit}"
    base = (seen.uncoordinated or {}).get("value")
    if base is not None and outcome is not seen.uncoordinated and outcome["value"] is not None:
        text += f" ({short(outcome['value'] - base, signed=True)})"
    losers = [seen.name("participants", code) for code in seen.losers(outcome)]
    if seen.isolated is None:
        return text
    return f"{text}; worse off than alone: {listed(losers, 4) if losers else 'nobody'}"


def _accounts_differ(seen: View) -> str:
    """Return why a scenario can stand above least cost, where one does; else how values count."""
    text = "Values are in the regional account; the change in brackets is against uncoordinated."
    best = (seen.lead or {}).get("value")
    values = [(s["value"], seen.outcome_title(s)) for s in seen.scenarios if is_number(s["value"])]
    if not is_number(best) or not values or max(values)[0] <= best + SAME * max(abs(best), 1.0):
        return text
    return (
        f"{text} '{max(values)[1]}' stands above least cost here because least cost is the best in "
        "the market account, in which a tariff is a cost; in the regional account tariffs stay in "
        "the region."
    )


def _accounts(seen: View, outcome: Record, title: str) -> str:
    """Return values and costs by participant; the values alone where no account is kept."""
    if not outcome.get("accounts"):
        table = made.participants(seen)
        rows = tuple(row for row in table.rows if row[0] == outcome["name"])
        columns = ("participant name", "national value", *GAINS)
        return table_part(
            Table(table.name, table.title, table.columns, rows), f"{title}: values", columns
        )
    ranked = sorted(outcome["accounts"], key=lambda row: row.get("gain_isolated") or 0.0)
    table = made.part(seen, "accounts", [{**outcome, "accounts": ranked}])
    return table_part(table, f"{title}: values and costs by participant", ACCOUNT_COLUMNS)


GAINS = ("gain against isolated", "gain against uncoordinated")


def _term(term: str, words: str) -> str:
    return f"<p><strong>{escaped(term)}.</strong> {escaped(words)}</p>" if words else ""


def _ended(text: str) -> str:
    text = text.strip()
    text = text[:1].upper() + text[1:]
    return text if text.endswith((".", "!", "?")) else f"{text}."
