"""Every key of ``result.json``, schema ``workshare.result/1``, kept as data.

The checker, the JSON Schema and the page ``docs/result-json.md`` are all made from these tables, so
a key is added in one place. Kinds: ``text``, ``number`` (null = no number stands here: unknown, not
defined, or no limit), ``integer``, ``yes/no``, ``anything``, a record's name, ``list of KIND`` and
``map of KIND`` (keys are codes). Any value may be null unless the key is required; a required
number may be null too.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Key:
    """One key of a record: its name, kind, unit and meaning; ``M`` is a million of the currency."""

    name: str
    kind: str
    unit: str
    meaning: str
    required: bool = False


def _keys(*rows: tuple[str, str, str, str], required: str = "") -> tuple[Key, ...]:
    needed = set(required.split())
    return tuple(Key(*row, required=row[0] in needed) for row in rows)


RECORDS: dict[str, tuple[Key, ...]] = {
    "result": _keys(
        ("schema", "text", "", "Name and version of this schema: workshare.result/1."),
        ("version", "text", "", "Version of workshare that wrote the file."),
        ("status", "text", "", "exact, certified, bounded or interrupted: how much is proven."),
        ("account", "text", "", "Account in which value, bound and gap are measured: market."),
        ("unit", "text", "", "Unit of money flows, such as M USD/yr."),
        ("value", "number", "M/yr", "Net benefit of the least-cost division; higher is better."),
        ("bound", "number", "M/yr", "Net benefit that no division can exceed; at least value."),
        ("gap", "number", "share", "(bound - value) relative to the larger of their sizes."),
        ("gap_absolute", "number", "M/yr", "bound - value."),
        ("region", "region", "", "What was coordinated: names and units for every code below."),
        (
            "price_of_non_coordination",
            "price_of_non_coordination",
            "",
            "What not coordinating costs, in money, as a share of GDP and for each participant.",
        ),
        ("outcomes", "outcomes", "", "The outcomes compared."),
        ("scenarios", "list of outcome", "", "The divisions of labour offered."),
        ("certificate", "certificate", "", "What was proven, recomputed from problem and answers."),
        ("convergence", "list of convergence", "", "Bound and values by round of prices."),
        ("lenses", "map of anything", "", "What other engines say of the scenarios, by engine."),
        ("statistics", "map of anything", "", "Counts of the computation: rounds, messages, ..."),
        ("method", "text", "", "Method that computed it."),
        ("options", "map of anything", "", "Options of the computation."),
        ("inputs_hash", "text", "", "SHA-256 of the inputs."),
        ("seed", "integer", "", "Seed of every random choice."),
        ("timings", "map of anything", "s", "Seconds by stage; the only part that may differ."),
        required="schema status value bound gap price_of_non_coordination scenarios",
    ),
    "region": _keys(
        ("title", "text", "", "Title of the region."),
        ("currency", "text", "", "Currency of every money figure."),
        ("price_year", "integer", "year", "Year of the prices."),
        ("horizon_year", "integer", "year", "Year that the figures describe."),
        ("demand_scenario", "text", "", "Demand scenario chosen: low, base, high or another."),
        ("provenance", "text", "", "Where the figures come from."),
        ("licence", "text", "", "Licence of the figures."),
        ("disclaimer", "text", "", "What the figures are not."),
        ("participants", "list of participant", "", "The parties, in the order of the files."),
        ("places", "list of place", "", "Where goods are made and used."),
        ("goods", "list of good", "", "What is made, moved and used."),
        ("activities", "list of activity", "", "The production processes."),
        ("sources", "list of source", "", "Where the figures come from: one row per source."),
    ),
    "source": _keys(
        ("source", "text", "", "The source as the files name it."),
        (
            "quality",
            "text",
            "",
            "Letter A (primary statistic or paper) to D (do not rely on it), or empty.",
        ),
        ("figures", "integer", "figures", "How many figures of that quality it gives."),
        ("years", "list of text", "", "Years that these figures describe."),
        required="source figures",
    ),
    "participant": _keys(
        ("id", "text", "", "Code: ISO 3166 alpha-3 or a declared code."),
        ("name", "text", "", "The name the participant chose."),
        ("gdp", "number", "M/yr", "Gross domestic product; null when not given."),
        required="id",
    ),
    "place": _keys(
        ("id", "text", "", "Code of the place."),
        ("participant", "text", "", "Code of the participant it belongs to."),
        ("name", "text", "", "Name of the place."),
        required="id participant",
    ),
    "good": _keys(
        ("id", "text", "", "Code of the good."),
        ("name", "text", "", "Name of the good."),
        ("unit", "text", "", "Unit in which it is counted."),
        required="id",
    ),
    "activity": _keys(
        ("id", "text", "", "Code of the activity."),
        ("name", "text", "", "Name of the activity."),
        ("output", "text", "", "Code of the good it makes."),
        ("unit", "text", "", "Unit of its output."),
        required="id",
    ),
    "price_of_non_coordination": _keys(
        (
            "value",
            "number",
            "M/yr",
            "Regional value of the least-cost division minus that of acting uncoordinated.",
        ),
        (
            "share_of_gdp",
            "number",
            "share",
            "The same over the sum of GDP; null if one is missing.",
        ),
        (
            "by_participant",
            "map of number",
            "M/yr",
            "The same by participant; negative = it loses.",
        ),
        ("residual", "number", "M/yr", "The part that falls on no participant."),
        ("market_value", "number", "M/yr", "The same difference in the market account."),
        ("at_most", "number", "M/yr", "bound minus the uncoordinated value, market account."),
        ("against", "text", "", "Outcome it is measured against: uncoordinated."),
        (
            "against_nash",
            "range",
            "",
            "Smallest and largest against the equilibria found, or null.",
        ),
        required="value share_of_gdp by_participant",
    ),
    "range": _keys(
        ("low", "number", "M/yr", "Smallest."),
        ("high", "number", "M/yr", "Largest."),
        required="low high",
    ),
    "outcomes": _keys(
        ("isolated", "isolated", "", "Each participant alone with the rest of the world."),
        ("uncoordinated", "outcome", "", "All act at once on their own interest."),
        ("nash", "nash", "", "Outcomes that no participant wants to leave on its own."),
        ("coordinated", "outcome", "", "The least-cost division of labour."),
    ),
    "isolated": _keys(
        ("by_participant", "map of number", "M/yr", "National value of each participant alone."),
        ("plants", "list of plant", "", "What each would run alone."),
        ("claim", "text", "", "What is proven about it."),
        required="by_participant",
    ),
    "nash": _keys(
        ("status", "text", "", "How the search ended, such as certified, sampled or none found."),
        ("equilibria", "list of outcome", "", "The equilibria found, each a whole outcome."),
        ("cycles", "list of cycle", "", "Sequences of replies that repeat without settling."),
        ("claim", "text", "", "What is proven about it."),
    ),
    "cycle": _keys(
        ("start", "text", "", "Where play began."),
        ("order", "list of text", "", "Order in which the participants replied."),
        ("length", "integer", "rounds", "Rounds after which the same plans come back."),
        (
            "changing",
            "map of list of text",
            "",
            "Labels of the plants that come and go, by participant.",
        ),
    ),
    "outcome": _keys(
        ("name", "text", "", "Name of the scenario or outcome, such as least_cost."),
        ("title", "text", "", "Its title in words."),
        ("description", "text", "", "What it is."),
        ("criterion", "text", "", "What it is best at."),
        ("claim", "text", "", "What is proven about it."),
        ("value", "number", "M/yr", "Regional value: sum of national values plus the residual."),
        ("residual", "number", "M/yr", "The part of the value that falls on no participant."),
        ("market_value", "number", "M/yr", "Value in the market account."),
        ("by_participant", "map of number", "M/yr", "National value of each participant."),
        ("total_cost", "number", "M/yr", "Sum of the participants' private costs."),
        ("emissions", "number", "kt CO2/yr", "Emissions of all plants."),
        ("jobs", "number", "workers", "Workers of all plants."),
        ("accounts", "list of account", "", "Each participant's account."),
        ("plants", "list of plant", "", "The plants that run or stand."),
        ("flows", "list of flow", "", "Shipments between places and with the rest of the world."),
        ("prices", "list of price", "", "Price and use of each good at each place."),
        ("duplications", "list of duplication", "", "Fixed cost spent beyond what is needed."),
        ("shortfalls", "list of shortfall", "", "Goods imported or gone without."),
        ("not_chosen", "list of not_chosen", "", "Options that nearly entered."),
        (
            "individually_rational",
            "individually_rational",
            "",
            "Whether nobody is worse off than in two outcomes.",
        ),
        ("losers", "list of text", "", "Participants worse off than isolated."),
        ("smallest_compensation", "number", "M/yr", "Smallest transfers that leave no loser."),
        required="name value by_participant",
    ),
    "account": _keys(
        ("participant", "text", "", "Code of the participant."),
        ("revenue", "number", "M/yr", "Sales minus purchases of goods at regional prices."),
        ("private_cost", "number", "M/yr", "Cost of its plants."),
        ("consumer_surplus", "number", "M/yr", "What its users gain above what they pay."),
        ("tariff_revenue", "number", "M/yr", "Tariffs its government collects."),
        ("value", "number", "M/yr", "National value: revenue - cost + surplus + tariffs."),
        ("isolated", "number", "M/yr", "National value when isolated."),
        ("uncoordinated", "number", "M/yr", "National value when uncoordinated."),
        ("gain_isolated", "number", "M/yr", "value - isolated."),
        ("gain_uncoordinated", "number", "M/yr", "value - uncoordinated."),
        ("share_of_gdp", "number", "share", "Gain against uncoordinated over its GDP."),
        ("compensation", "number", "M/yr", "Smallest transfer that leaves it no worse off."),
        (
            "cost",
            "number",
            "M/yr",
            "What must be paid so that following the plan is its best reply.",
        ),
        required="participant value",
    ),
    "plant": _keys(
        ("participant", "text", "", "Code of the participant."),
        ("place", "text", "", "Code of the place."),
        ("activity", "text", "", "Code of the activity."),
        ("size", "number", "output unit/yr", "Size of one plant."),
        ("number", "number", "plants", "Plants of that size at the place."),
        ("existing", "yes/no", "", "Whether it stands today."),
        ("capacity", "number", "output unit/yr", "size times number."),
        ("output", "number", "output unit/yr", "What it makes."),
        ("utilisation", "number", "share", "output over capacity."),
        ("capital_cost", "number", "M", "Capital spent, not annualised."),
        ("fixed_cost", "number", "M/yr", "Yearly fixed cost, capital annualised."),
        ("variable_cost", "number", "M/yr", "Yearly variable cost."),
        ("jobs", "number", "workers", "Workers."),
        ("emissions", "number", "kt CO2/yr", "Emissions."),
        ("profit", "number", "M/yr", "Sales minus all its costs at regional prices."),
        required="participant activity",
    ),
    "flow": _keys(
        ("good", "text", "", "Code of the good."),
        ("origin", "text", "", "Code of the place it leaves, or world."),
        ("destination", "text", "", "Code of the place it reaches, or world."),
        ("quantity", "number", "good unit/yr", "Quantity."),
        ("unit", "text", "", "Unit of the good."),
        ("price_origin", "number", "M/unit", "Price where it leaves."),
        ("price_destination", "number", "M/unit", "Price where it arrives."),
        ("freight", "number", "M/unit", "Freight."),
        ("tariff", "number", "M/unit", "Tariff."),
        ("value", "number", "M/yr", "quantity times price_destination."),
        required="good origin destination quantity",
    ),
    "price": _keys(
        ("place", "text", "", "Code of the place."),
        ("good", "text", "", "Code of the good."),
        (
            "price",
            "number",
            "M/unit",
            "Value of one more unit there; null where nobody makes or uses the good.",
        ),
        ("net_supply", "number", "good unit/yr", "Made minus used by plants there."),
        ("demand", "number", "good unit/yr", "Final demand met."),
        ("demand_surplus", "number", "M/yr", "What users gain above what they pay."),
        required="place good",
    ),
    "duplication": _keys(
        ("activity", "text", "", "Code of the activity."),
        ("participants", "list of text", "", "Who builds it."),
        ("plants", "list of anything", "", "The plants."),
        ("fixed_cost", "number", "M/yr", "Fixed cost spent."),
        ("needed_fixed_cost", "number", "M/yr", "Fixed cost that the same output needs."),
        ("extra", "number", "M/yr", "The difference: the duplication."),
        required="activity",
    ),
    "shortfall": _keys(
        ("good", "text", "", "Code of the good."),
        ("imports", "number", "good unit/yr", "Bought from the rest of the world."),
        ("unmet", "number", "good unit/yr", "Gone without, against demand at its stated price."),
        ("consumption", "number", "good unit/yr", "Used in the region."),
        ("share", "number", "share", "Imports over consumption."),
        ("marginal_value", "number", "M/unit", "Value of one more unit."),
        ("nearest", "nearest", "", "The nearest investment that would fill it, or null."),
        required="good",
    ),
    "nearest": _keys(
        ("participant", "text", "", "Code of the participant."),
        ("place", "text", "", "Code of the place."),
        ("activity", "text", "", "Code of the activity."),
        ("size", "number", "output unit/yr", "Size of the plant."),
        ("price_needed", "number", "M/unit", "Price at which it would enter."),
        ("price_now", "number", "M/unit", "Price now."),
        required="participant activity",
    ),
    "not_chosen": _keys(
        ("participant", "text", "", "Code of the participant."),
        ("place", "text", "", "Code of the place."),
        ("activity", "text", "", "Code of the activity."),
        ("size", "number", "output unit/yr", "Size of the plant."),
        ("good", "text", "", "Code of the good it makes."),
        ("price_now", "number", "M/unit", "Price of that good there."),
        ("price_needed", "number", "M/unit", "Price at which the option would enter."),
        (
            "missing_profit",
            "number",
            "M/yr",
            "Yearly profit it lacks; negative = it would pay at these prices.",
        ),
        ("why", "text", "", "The reason, in words."),
        required="participant activity",
    ),
    "individually_rational": _keys(
        ("isolated", "yes/no", "", "Nobody is worse off than isolated."),
        ("uncoordinated", "yes/no", "", "Nobody is worse off than uncoordinated."),
    ),
    "certificate": _keys(
        ("lines", "list of certificate_line", "", "The checks; other keys are single figures."),
        ("not_found", "list of text", "", "Scenarios asked for, for which nothing was found."),
    ),
    "certificate_line": _keys(
        ("name", "text", "", "Short name."),
        ("value", "number", "see meaning", "What was measured."),
        ("tolerance", "number", "see meaning", "What it may be at most."),
        ("holds", "yes/no", "", "Whether it is within the tolerance."),
        ("meaning", "text", "", "One sentence in plain words."),
        required="name holds",
    ),
    "convergence": _keys(
        ("round", "integer", "", "Round of prices."),
        ("bound", "number", "M/yr", "Bound after the round."),
        (
            "value",
            "number",
            "M/yr",
            "Value of the best division of whole plants known; null while plans are mixed.",
        ),
        (
            "convexified",
            "number",
            "M/yr",
            "Best value known when plans may be mixed; it can exceed any real division.",
        ),
        required="round",
    ),
}
"""Keys of every record, in reading order; the first record is the whole file."""

OPEN_RECORDS = frozenset({"certificate"})
"""Records in which further keys are expected and are not reported by the strict check."""
