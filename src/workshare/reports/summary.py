"""The summary: about fifteen lines of plain text, for a terminal or a message."""

from __future__ import annotations

from typing import Any

from workshare.reports.figures.price_of_non_coordination import headline_sentence
from workshare.reports.plain import status_sentence
from workshare.reports.sentences import not_found_sentence, play_sentence
from workshare.reports.view import Record, View, view
from workshare.reports.words import (
    is_number,
    listed,
    money,
    number,
    percent,
    plural,
    shortened,
    span,
)


def summary_lines(result: Any) -> list[str]:
    """Return the result in plain sentences, the most important first; no line is empty."""
    seen = view(result)
    lines = [shortened(seen.title, 100), f"{headline_sentence(seen)}."]
    lines += _against_equilibria(seen)
    lines.append(status_sentence(seen))
    lines += _values(seen)
    lines += _gains(seen)
    lines += _findings(seen)
    if seen.region.get("disclaimer"):
        lines.append(shortened(str(seen.region["disclaimer"]), 160))
    return lines


def _against_equilibria(seen: View) -> list[str]:
    nash = seen.price.get("against_nash") or {}
    low, high = nash.get("low"), nash.get("high")
    lines = []
    if is_number(low) and is_number(high):
        lines.append(
            f"Against the {plural(len(seen.equilibria), 'equilibrium', 'equilibria')} "
            f"found: {span(low, high, seen.currency)}."
        )
    elif play_sentence(seen):
        lines.append(play_sentence(seen))
    missing = not_found_sentence(seen)
    return [*lines, missing] if missing else lines


def _values(seen: View) -> list[str]:
    """Return the regional values of the outcomes compared, on one line."""
    known = [("isolated", seen.isolated_total)]
    known.append(("uncoordinated", (seen.uncoordinated or {}).get("value")))
    known.append(("coordinated", (seen.coordinated or {}).get("value")))
    parts = [f"{name} {number(value)}" for name, value in known if is_number(value)]
    return [f"Regional value, {seen.money_unit}: {', '.join(parts)}."] if parts else []


def _gains(seen: View) -> list[str]:
    """Return who loses and the smallest compensation, for every main scenario."""
    main = [s for s in seen.scenarios if not str(s["name"]).startswith(("minus_", "alternative_"))]
    lines = [_scenario(seen, scenario) for scenario in main[:8]]
    others = len(seen.scenarios) - len(main[:8])
    return [*lines, f"And {plural(others, 'more scenario')} in the report."] if others else lines


def _scenario(seen: View, scenario: Record) -> str:
    losers = seen.losers(scenario)
    text = f"  {seen.outcome_title(scenario)}: value {number(scenario['value'])}; "
    if seen.isolated is None and not scenario.get("accounts"):
        return f"{text}gains against isolated not available."
    if not losers:
        return f"{text}nobody worse off than alone."
    pay = money(scenario.get("smallest_compensation"), seen.currency)
    return f"{text}worse off than alone: {listed(losers, 4)}; compensation {pay}."


def _findings(seen: View) -> list[str]:
    """Return duplications and shortfalls, one line each."""
    lines = []
    if seen.uncoordinated is not None:
        twice = seen.uncoordinated.get("duplications") or []
        extra = sum(row.get("extra") or 0.0 for row in twice)
        names = [seen.name("activities", row["activity"]) for row in twice]
        cost = f" ({money(extra, seen.currency)} of fixed cost)" if twice else ""
        lines.append(f"Duplicated when uncoordinated: {listed(names, 4)}{cost}.")
    if seen.lead is not None and "shortfalls" in seen.lead:
        short = seen.lead.get("shortfalls") or []
        parts = [
            f"{seen.name('goods', row['good'])} ({percent(row.get('share'), 2)} imported)"
            for row in short
        ]
        lines.append(f"Shortfalls at least cost: {listed(parts, 4)}.")
    return lines
