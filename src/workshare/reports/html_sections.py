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
from workshare.reports.figures.price_of_non_coordination import headline_sentence
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
from workshare.reports.plain import METHOD, OUTCOMES, certificate_sentence, status_sentence
from workshare.reports.tables import Table
from workshare.reports.view import Record, View
from workshare.reports.words import is_number, listed, money, number, percent, plural, short, span


def headline_section(seen: View) -> str:
    """Return the price of non-coordination: the number, what it is, the waterfall."""
    nash = seen.price.get("against_nash") or {}
    sentences = [
        "This is the price of non-coordination: what the region's net benefit is below its best "
        "division of labour when all act at once, each on its own interest."
    ]
    if is_number(nash.get("low")) and is_number(nash.get("high")):
        sentences.append(
            "Measured against the equilibria found, in which nobody wants to change its own plan, "
            f"it is {span(nash['low'], nash['high'], seen.currency)}."
        )
    elif seen.nash:
        reason = "best replies went round in cycles" if seen.nash.get("cycles") else "none is given"
        sentences.append(f"Against equilibria it is not available: {reason}.")
    if is_number(seen.price.get("at_most")):
        sentences.append(
            "In the market account, in which the bound is proven, it is "
            f"{money(seen.price.get('market_value'), seen.currency)} and cannot exceed "
            f"{money(seen.price['at_most'], seen.currency)}."
        )
    return section(
        "price",
        "What not coordinating costs",
        [
            paragraph(headline_sentence(seen), "finding"),
            paragraph(" ".join(sentences)),
            paragraph(status_sentence(seen)),
            figure_part(price_of_non_coordination(seen)),
            details("The headline figures", table_part(made.headline(seen))),
            details("What the outcomes are", definitions(OUTCOMES)),
        ],
    )


def gains_section(seen: View) -> str:
    """Return who gains and who loses: net losers first, then every scenario."""
    table = made.scenarios(seen)
    return section(
        "who-gains",
        "Who gains and who loses",
        [
            bullets([_losers_sentence(seen, scenario) for scenario in _by_loss(seen)]),
            figure_part(gains(seen)),
            figure_part(gains_by_scenario(seen)),
            table_part(
                table,
                "Every outcome and scenario",
                (
                    "scenario title",
                    "regional value",
                    "losers",
                    "smallest compensation",
                    "nobody worse off than isolated",
                    "nobody worse off than uncoordinated",
                    "emissions",
                    "jobs",
                ),
            ),
            csv_link(table),
            details("What each scenario is", definitions(_descriptions(seen))),
            _lead_accounts(seen),
        ],
    )


def makers_section(seen: View) -> str:
    """Return who makes what, at least cost and in every scenario."""
    names = [str(outcome["name"]) for outcome in seen.full_outcomes]
    every = who_makes_what(seen, names)
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
            table_part(table, "", shown) + csv_link(table) if table.rows else "",
        ],
    )


def not_chosen_section(seen: View) -> str:
    """Return what nearly entered at least cost, and the price that would bring it in."""
    lead = [seen.lead] if seen.lead is not None else []
    table = made.part(seen, "not_chosen", lead)
    return section(
        "not-chosen",
        "Why was my option not chosen?",
        [
            paragraph(
                "For each option that was not chosen at least cost: the price of its good now, "
                "the price at which it would enter, and the yearly profit that it lacks. Each "
                "participant's own section lists its own."
            ),
            table_part(table, "", NOT_CHOSEN_COLUMNS),
            csv_link(table) if table.rows else "",
        ],
    )


NOT_CHOSEN_COLUMNS = (
    "participant name",
    "place",
    "activity name",
    "size",
    "output unit",
    "price now",
    "price needed",
    "missing profit",
    "why",
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
            figure_part(convergence(seen)),
            table_part(checks),
            details("Every figure of the certificate", table_part(table)) if table.rows else "",
            csv_link(table) if table.rows else "",
        ],
    )


def basis_section(seen: View) -> str:
    """Return assumptions, sources, and how to reproduce the result."""
    region, data = seen.region, seen.data
    table = made.assumptions(seen)
    facts = [
        ("Sources", region.get("provenance")),
        ("Licence of the figures", region.get("licence")),
        ("Prices of", region.get("price_year")),
        ("Describes", region.get("horizon_year")),
        ("Demand", region.get("demand_scenario")),
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
            paragraph(str(region["disclaimer"]), "disclaimer") if region.get("disclaimer") else "",
        ],
    )


def _by_loss(seen: View) -> list[Record]:
    """Return the scenarios with a criterion of their own: those with net losers first."""
    variants = ("minus_", "alternative_")
    shown = [s for s in seen.scenarios if not str(s["name"]).startswith(variants)]
    return sorted(shown or seen.scenarios[:4], key=lambda scenario: not seen.losers(scenario))


def _losers_sentence(seen: View, scenario: Record) -> str:
    """Return who loses in a scenario, by how much, and the smallest compensation."""
    title = seen.outcome_title(scenario)
    against = "isolated" if seen.isolated is not None else "uncoordinated"
    known = [seen.gain(scenario, code, against) for code in seen.participants]
    if all(gain is None for gain in known):
        return f"{title}: gains are not available."
    losers = seen.losers(scenario, against)
    worse = "alone" if against == "isolated" else "uncoordinated"
    if not losers:
        return f"{title}: nobody is worse off than {worse}; no compensation is needed."
    changes = [short(seen.gain(scenario, code, against), signed=True) for code in losers]
    parts = [
        f"{seen.name('participants', code)} ({change})"
        for code, change in zip(losers, changes, strict=True)
    ]
    pay = money(scenario.get("smallest_compensation"), seen.currency)
    return (
        f"{title}: worse off than {worse}: {listed(parts, 9)} {seen.money_unit}; "
        f"smallest compensation {pay}."
    )


def _descriptions(seen: View) -> list[tuple[str, str]]:
    rows = []
    for scenario in seen.scenarios:
        words = [str(scenario.get(key) or "") for key in ("description", "claim")]
        text = " ".join(word for word in words if word)
        rows.append((seen.outcome_title(scenario), text or "No description is given."))
    return rows


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
    return f"{text}, but would fall if it entered." if falls else f"{text}."


def scenario_count(seen: View) -> str:
    """Return how many scenarios and participants the report covers."""
    parties = plural(len(seen.participants), "participant")
    return f"{plural(len(seen.scenarios), 'scenario')}, {parties}"
