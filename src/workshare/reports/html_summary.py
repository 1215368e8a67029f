"""The first screen: what was found, who gains and loses, what it costs, what is proven."""

from __future__ import annotations

from workshare.reports.figures.price_of_non_coordination import headline_sentence
from workshare.reports.html_parts import escaped, paragraph
from workshare.reports.plain import status_sentence
from workshare.reports.sentences import (
    change_parts,
    compensation,
    makers_sentence,
    not_found_sentence,
    play_sentence,
    quality_sentence,
)
from workshare.reports.view import View
from workshare.reports.words import listed, money, plural, span


def summary_part(seen: View) -> str:
    """Return title, finding and key facts, the most important first."""
    items = "".join(
        f"<li><strong>{escaped(term)}:</strong> {escaped(words)}</li>"
        for term, words in key_facts(seen)
        if words
    )
    parts = [
        f"<h1>{escaped(seen.title)}</h1>",
        paragraph(f"{headline_sentence(seen)}.", "finding"),
        f'<ul class="key">{items}</ul>' if items else "",
        paragraph(_facts(seen), "quiet"),
    ]
    if seen.region.get("disclaimer"):
        parts.append(paragraph(_ended(str(seen.region["disclaimer"])), "disclaimer"))
    return "\n".join(part for part in parts if part)


def key_facts(seen: View) -> list[tuple[str, str]]:
    """Return the facts of the first screen as terms and sentences."""
    facts = [*_changes(seen)]
    if seen.lead is not None:
        facts.append((f"Who makes what, {_lead(seen)}", makers_sentence(seen, seen.lead)))
    facts.append(("If everybody keeps replying to the others", _play(seen)))
    facts.append(("Proof", status_sentence(seen)))
    weak = [not_found_sentence(seen), quality_sentence(seen)]
    facts.append(("Mind", " ".join(filter(None, weak))))
    return facts


def _changes(seen: View) -> list[tuple[str, str]]:
    """Return who gains and who loses by coordinating, and what would repair the losses."""
    lead = seen.lead
    if lead is None or seen.uncoordinated is None:
        return []
    winners, losers = change_parts(seen, lead, "uncoordinated")
    unit = f" ({seen.money_unit})"
    facts = [(f"Gain by coordinating{unit}", f"{listed(winners, 9) if winners else 'nobody'}.")]
    for term, against in (("Lose by it", "uncoordinated"), ("Worse off than alone", "isolated")):
        if against == "isolated" and seen.isolated is None:
            continue
        if against == "isolated":
            _, losers = change_parts(seen, lead, against)
        text = "nobody."
        if losers:
            pay = money(compensation(seen, lead, against), seen.currency)
            text = f"{listed(losers, 9)}. Transfers of {pay} would make good the losses."
        facts.append((f"{term}{unit if losers else ''}", text))
    return facts


def _play(seen: View) -> str:
    words = play_sentence(seen)
    nash = seen.price.get("against_nash") or {}
    if words and nash.get("low") is not None and nash.get("high") is not None:
        price = span(nash["low"], nash["high"], seen.currency)
        return f"{words} Compared with where play ends, not coordinating costs {price}."
    return words


def _lead(seen: View) -> str:
    return seen.outcome_title(seen.lead or {}).lower()


def _facts(seen: View) -> str:
    region = seen.region
    facts = [
        f"Gains are per year, before any transfer, against all acting at once; {seen.money_unit} "
        f"is million {seen.currency} per year",
        f"prices of {region['price_year']}" if region.get("price_year") else "",
        f"for {region['horizon_year']}" if region.get("horizon_year") else "",
        f"{region['demand_scenario']} demand" if region.get("demand_scenario") else "",
        f"{plural(len(seen.scenarios), 'scenario')}, "
        f"{plural(len(seen.participants), 'participant')}",
    ]
    return "; ".join(filter(None, facts)) + "."


def _ended(text: str) -> str:
    return text if text.rstrip().endswith((".", "!", "?")) else f"{text.rstrip()}."
