"""The sections of the report about the whole region, from the headline to the disclaimer."""

from __future__ import annotations

from workshare.reports import tables as made
from workshare.reports.figures import (
    convergence,
    duplications,
    flows,
    gains,
    gains_by_scenario,
    price_of_non_coordination,
    who_makes_what,
)
from workshare.reports.html_parts import (
    bullets,
    csv_link,
    definitions,
    details,
    figure_part,
    heading,
    paragraph,
    section,
    table_part,
)
from workshare.reports.html_scenarios import options_table
from workshare.reports.plain import METHOD, OUTCOMES, SAME, certificate_sentence, status_sentence
from workshare.reports.sentences import (
    idle_sentence,
    nearly_sentence,
    not_found_sentence,
    quality_sentence,
)
from workshare.reports.tables import Table
from workshare.reports.view import Record, View
from workshare.reports.words import is_number, money, number, percent


def price_section(seen: View) -> str:
    """Return the price of non-coordination: the waterfall, how it is measured, the accounts."""
    sentences = [
        "The price of non-coordination is what the region's net benefit is below its best division "
        "of labour when all act at once, each on its own interest."
    ]
    market, most = (seen.price.get(key) for key in ("market_value", "at_most"))
    if is_number(market) and is_number(most):
        is_same = abs(most - market) <= SAME * max(abs(market), 1.0)
        limit = "" if is_same else f", and at most {money(most, seen.currency)}"
        sentences.append(
            "The headline is in the regional account, in which tariffs stay in the region. In the "
            "market account, in which tariffs are a cost and the bound is proven, the price is "
            f"{money(market, seen.currency)}{limit}."
        )
    return section(
        "price",
        "What not coordinating costs",
        [
            paragraph(" ".join(sentences)),
            figure_part(price_of_non_coordination(seen)),
            details("The headline figures", table_part(made.headline(seen))),
            details("What the outcomes are", definitions(OUTCOMES)),
        ],
    )


def gains_section(seen: View) -> str:
    """Return who gains and who loses: net losers first, then every scenario."""
    return section(
        "who-gains",
        "Who gains and who loses",
        [
            figure_part(gains(seen)),
            figure_part(gains_by_scenario(seen)),
            _lead_accounts(seen),
        ],
    )


def makers_section(seen: View) -> str:
    """Return who makes what, at least cost and in every scenario."""
    names = [str(outcome["name"]) for outcome in seen.full_outcomes]
    every = who_makes_what(seen, names)
    idle = idle_sentence(seen, seen.uncoordinated or {})
    lead = [seen.lead] if seen.lead is not None else []
    plants = made.part(seen, "plants", lead)
    shown = (
        "participant name",
        "place",
        "activity name",
        "number",
        "size",
        "output unit",
        "output",
        "utilisation",
        "existing",
        "jobs",
        "profit",
    )
    return section(
        "makers",
        "Who makes what",
        [
            paragraph(f"Uncoordinated. {idle}") if idle else "",
            figure_part(who_makes_what(seen)),
            details("Plants at least cost", table_part(plants, "", shown) + csv_link(plants)),
            details("Who makes what in every scenario", figure_part(every)) if names else "",
        ],
    )


def flows_section(seen: View) -> str:
    """Return what moves from whom to whom."""
    return section("what-moves", "What moves from whom to whom", [figure_part(flows(seen))])


def gaps_section(seen: View) -> str:
    """Return duplications and shortfalls, named."""
    lead = [seen.lead] if seen.lead is not None else []
    table = made.part(seen, "shortfalls", lead)
    shown = (
        "good name",
        "imports",
        "unmet",
        "consumption",
        "imports over consumption",
        "marginal value",
        "nearest participant",
        "nearest activity",
        "nearest size",
        "nearest price needed",
        "nearest price now",
    )
    sentences = [
        _shortfall_sentence(seen, row) for row in (seen.lead or {}).get("shortfalls") or []
    ]
    return section(
        "gaps",
        "Duplications and shortfalls",
        [
            figure_part(duplications(seen)),
            heading("Goods that the region imports or goes without, at least cost"),
            bullets(sentences) if sentences else paragraph("None is recorded."),
            details("Shortfalls as a table", table_part(table, "", shown) + csv_link(table))
            if table.rows
            else "",
        ],
    )


def not_chosen_section(seen: View) -> str:
    """Return what nearly entered at least cost, and the price that would bring it in."""
    lead = seen.lead or {}
    whole = made.part(seen, "not_chosen", [lead] if lead else [])
    table = options_table(seen, lead)
    label = f"All options not chosen at {seen.outcome_title(lead).lower()}" if lead else ""
    return section(
        "not-chosen",
        "Why was my option not chosen?",
        [
            paragraph(nearly_sentence(seen, lead)),
            paragraph(
                "An option is chosen when it covers its cost at the prices that hold with it. The "
                "price needed covers all its costs at full load, with inputs at today's prices. "
                "Each participant's own section and each scenario list their own options."
            ),
            details(label, table_part(table) + csv_link(whole)) if table.rows else "",
        ],
    )


def proof_section(seen: View) -> str:
    """Return convergence and certificate in plain words."""
    table = made.certificate(seen)
    lines = (seen.data.get("certificate") or {}).get("lines") or []
    failed = [line for line in lines if not line["holds"]]
    checks = Table(table.name, table.title, table.columns, table.rows[: len(lines)])
    return section(
        "proof",
        "What is proven",
        [
            paragraph(status_sentence(seen)),
            paragraph(certificate_sentence(seen), "warning" if failed else ""),
            paragraph(not_found_sentence(seen)) if not_found_sentence(seen) else "",
            figure_part(convergence(seen)),
            details("The checks", table_part(checks)) if lines else "",
            details("Every figure of the certificate", table_part(table) + csv_link(table))
            if table.rows
            else "",
        ],
    )


def basis_section(seen: View) -> str:
    """Return assumptions, sources, and how to reproduce the result."""
    region, data = seen.region, seen.data
    table, sources = made.assumptions(seen), made.sources(seen)
    facts = [
        ("Sources", region.get("provenance")),
        ("Licence of the figures", region.get("licence")),
        ("Method", data.get("method")),
        ("Seed", data.get("seed")),
        ("Hash of the inputs", data.get("inputs_hash")),
        ("Version", data.get("version")),
    ]
    known = [(term, str(words)) for term, words in facts if words not in (None, "")]
    return section(
        "basis",
        "Assumptions and sources",
        [
            bullets(METHOD),
            definitions(known),
            details("Everything the result rests on", table_part(table) + csv_link(table)),
            heading("Sources and quality of figures"),
            paragraph(f"{quality_sentence(seen)} {QUALITY}" if sources.rows else NO_SOURCES),
            details("Every source", table_part(sources) + csv_link(sources))
            if sources.rows
            else "",
        ],
    )


QUALITY = (
    "A: primary statistic or paper; B: simple derivation or press report of one; C: secondary or "
    "assumed; D: do not rely on it."
)
NO_SOURCES = "The sources of the figures are not in this result; the region's files name them."


def _lead_accounts(seen: View) -> str:
    """Return every participant's account at least cost, net losers first."""
    if seen.lead is None or not seen.lead.get("accounts"):
        return ""
    ranked = sorted(seen.lead["accounts"], key=lambda row: row.get("gain_isolated") or 0.0)
    table = made.part(seen, "accounts", [{**seen.lead, "accounts": ranked}])
    names = [column.name for column in table.columns]
    skipped = ("scenario", "scenario title", "participant", "participant name")
    shown = ["participant name", *(name for name in names if name not in skipped)]
    title = f"Accounts: {seen.outcome_title(seen.lead)}"
    return details(title, table_part(table, title, shown) + csv_link(table))


def _shortfall_sentence(seen: View, row: Record) -> str:
    good = seen.name("goods", row["good"])
    unit = seen.good_unit.get(row["good"], "")
    text = f"{good}: {number(row.get('imports'), 3)} {unit} per year imported"
    if is_number(row.get("share")):
        text += f", {percent(row['share'], 2)} of what the region uses"
    if is_number(row.get("unmet")) and row["unmet"] > 0:
        text += f"; {number(row['unmet'], 3)} {unit} per year of demand unmet"
    near = row.get("nearest")
    if not near:
        return f"{text}. No investment in the region would fill it."
    maker = seen.name("participants", near["participant"])
    what = seen.name("activities", near["activity"]).lower()
    needed, now = near.get("price_needed"), near.get("price_now")
    text = (
        f"{text}. Nearest investment: {what} in {maker}, which covers its cost from a price of "
        f"{number(needed, 3)}; the price there is {number(now, 3)} "
        f"(M {seen.currency} per {unit or 'unit'})"
    )
    falls = is_number(needed) and is_number(now) and needed <= now
    return f"{text}, but it would fall if this entered." if falls else f"{text}."
