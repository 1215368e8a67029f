"""Check the case ``lithium`` against what happened, and print a score.

Usage: ``python scripts/check_lithium_calibration.py``. The first part is arithmetic that a reader
can redo: what a unit costs at each size in each country against the landed price of an import. The
second part lets the engine decide at the demand and prices of 2022 to 2025. A fact marked
*required* that is not reproduced makes the exit code 1.
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from workshare.region import Activity, Option, Outside, Participant, Region, read_region
from workshare.studies.coordinate import coordinate
from workshare.studies.outcome import Outcome
from workshare.studies.play_out import outcome_at, uncoordinated
from workshare.studies.setting import Setting

ROOT = Path(__file__).resolve().parent.parent
ASSUMPTIONS = ROOT / "docs" / "cases" / "lithium_assumptions.csv"
DOWNSTREAM = ("cathode", "cell", "pack", "car")
LITHIUM_PRICE_2025 = 9.459
CHILEAN_PLANTS = {"BYD Antofagasta": (50.0, 290.0), "Tsingshan Mejillones": (120.0, 233.2)}
LITHIUM_OUTPUT_2023 = (8.63 + 5.26 + 41.4) * 5.3228
"""Output of ARG, BRA and CHL in 2023 (USGS MCS 2025), kt LCE."""


@dataclass(frozen=True)
class Fact:
    """Something that happened, and whether the case reproduces it."""

    name: str
    required: bool
    holds: bool
    seen: str


# --- part one: arithmetic -----------------------------------------------------------------------


def recovery_factor(rate: float, life: float) -> float:
    """Return the yearly payment that repays 1 over ``life`` years at ``rate``."""
    return rate / (1 - (1 + rate) ** -life) if rate else 1 / life


def outside_price(region: Region, good: str) -> float:
    """Return what the world asks for a good, M per unit."""
    return next(o.price for o in region.outside if o.good == good and o.side == "supply")


def owners(region: Region) -> dict[str, str]:
    """Return the country of every place."""
    return {place.id: place.participant for place in region.places}


def landed_price(region: Region, code: str, good: str) -> float:
    """Return what an import from the world costs in a country, NaN where nobody uses the good."""
    owner = owners(region)
    costs = (
        x.freight + x.tariff
        for x in region.links
        if x.origin == "world" and x.good == good and owner[x.destination] == code
    )
    return outside_price(region, good) + next(costs, float("nan"))


def input_price(region: Region, code: str, good: str) -> float:
    """Return what a maker pays: lithium at the price of 2025, everything else as imported."""
    if good.endswith("_rights"):
        return 0.0
    return LITHIUM_PRICE_2025 if good == "lithium_carbonate" else landed_price(region, code, good)


def unit_cost(
    region: Region, party: Participant, option: Option, activity: Activity, size: float
) -> float:
    """Return the full cost of one unit at full load, M per unit."""
    relative = size / activity.reference_size
    capital = activity.capital_cost * relative**activity.capital_exponent
    capital *= party.capital_multiplier * option.capital_multiplier
    yearly: float = capital * (
        recovery_factor(party.cost_of_capital, activity.life) + activity.fixed_share
    )
    wages = {worker.occupation: worker.wage for worker in party.workforce}
    yearly += relative**activity.labour_exponent * sum(
        number * wages[name] for name, number in activity.labour.items()
    )
    inputs = sum(
        amount * input_price(region, party.id, good) for good, amount in activity.inputs.items()
    )
    variable = activity.variable_cost * party.variable_multiplier * option.variable_multiplier
    return yearly / size + variable + activity.energy * party.energy_price + inputs


def cost_table(region: Region) -> Iterator[tuple[str, str, str, list[float], float, float]]:
    """Yield activity, unit, country, cost by size, landed import price, price net of export."""
    parties, owner = {party.id: party for party in region.participants}, owners(region)
    units = {good.id: good.unit for good in region.goods}
    for activity in region.activities:
        for option in region.options:
            if option.activity != activity.id:
                continue
            party, good = parties[owner[option.place]], activity.output
            costs = [unit_cost(region, party, option, activity, s) for s in activity.sizes]
            away = export_price(region, option.place, good)
            home = landed_price(region, party.id, good)
            yield activity.id, units[good], party.id, costs, home, away


def export_price(region: Region, place: str, good: str) -> float:
    """Return what an exporter keeps of the first unit sold to the rest of the world."""
    price = next(o.price for o in region.outside if o.good == good and o.side == "demand")
    if good == "lithium_carbonate":
        price = LITHIUM_PRICE_2025
    link = next(
        x for x in region.links if x.origin == place and x.destination == "world" and x.good == good
    )
    return price - link.freight


def print_costs(region: Region, write: Callable[[str], object]) -> None:
    """Write the table of part one."""
    sizes = {activity.id: activity.sizes for activity in region.activities}
    last = ""
    for activity, unit, place, costs, home, away in cost_table(region):
        if activity != last:
            heads = "".join(f"{size:>10g}" for size in sizes[activity])
            write(f"\n{activity}: M USD per {unit} at full load, by size\n")
            write(f"  {'':4}{heads}{'import':>10}{'export':>10}\n")
            last = activity
        cells = "".join(f"{cost:>10.2f}" for cost in costs)
        landed = f"{home:>10.2f}" if home == home else f"{'-':>10}"
        write(f"  {place:4}{cells}{landed}{away:>10.2f}\n")


# --- part two: what the engine decides ----------------------------------------------------------


@cache
def assumption(name: str) -> float:
    """Return one number of the list of assumptions."""
    with ASSUMPTIONS.open(encoding="utf-8", newline="") as file:
        return next(float(row["value"]) for row in csv.DictReader(file) if row["id"] == name)


def yuan(name: str) -> float:
    """Return a Chinese quotation of the list in thousand USD per t, without tax."""
    return assumption(name) / (1 + assumption("vat_china")) / assumption("yuan_per_dollar") / 1000


def at_prices(region: Region, lithium: float, cathode: float, output: float) -> Region:
    """Return the region with other outside prices of lithium and cathode (M per kt).

    ``lithium`` is the price seen when the region sells ``output`` kt LCE. The owners' plants in
    China take the cathode, so it meets the whole world market, not only the part open to others.
    """
    cathode_slope = next(
        o.slope / o.price for o in region.outside if o.good == "lfp_cathode" and o.side == "supply"
    )

    def moved(curve: Outside) -> Outside:
        if curve.good == "lfp_cathode":
            return replace(curve, price=cathode, slope=cathode_slope * cathode)
        if curve.good != "lithium_carbonate":
            return curve
        relative = curve.slope / curve.price
        price = lithium / (1 - relative * output)
        return replace(curve, price=price, slope=relative * price)

    return replace(region, outside=tuple(moved(curve) for curve in region.outside))


def as_announced(region: Region, size: float, capital: float) -> Region:
    """Return the region in which Chile may build one cathode plant as announced, nothing else."""
    activities = tuple(
        replace(
            a, capital_cost=capital * (a.reference_size / size) ** a.capital_exponent, sizes=(size,)
        )
        if a.id == "cathode"
        else a
        for a in region.activities
    )
    options = (Option("CHL", "cathode", 1),)
    return replace(region, activities=activities, options=options)


@dataclass(frozen=True)
class Played:
    """Today's market and what each country would then build, at one demand."""

    today: Outcome
    builds: Mapping[str, set[str]]

    def count(self, activity: str) -> int:
        """Return how many countries would build an activity."""
        return sum(activity in kinds for kinds in self.builds.values())

    def exports(self, place: str, good: str) -> float:
        """Return what a place sells to the rest of the world today."""
        return sum(
            flow.quantity
            for flow in self.today.flows
            if (flow.origin, flow.destination, flow.good) == (place, "world", good)
        )

    def imports(self, good: str) -> float:
        """Return what the region buys from the rest of the world today."""
        return sum(
            flow.quantity
            for flow in self.today.flows
            if (flow.origin, flow.good) == ("world", good)
        )


def played(region: Region) -> Played:
    """Let every country decide, each expecting that nobody else builds."""
    setting = Setting(region)
    today = outcome_at(setting, setting.nobody(), "today")
    holdings = uncoordinated(setting)
    return Played(
        today,
        {code: {label.split("/")[1] for label in held} for code, held in holdings.items()},
    )


def standing_in(region: Region, year: int) -> Region:
    """Return the region with the plants that stood in ``year``: Camacari opened in 2025."""
    plants = tuple(p for p in region.plants if year >= 2025 or p.activity != "car")
    return replace(region, plants=plants)


def facts() -> Iterator[Fact]:
    """Yield every fact with what the case says."""
    then = played(standing_in(read_region("lithium", "2022"), 2022))
    names = [a for a in DOWNSTREAM if then.count(a)]
    yield Fact(
        "2022: nobody builds a cell plant",
        True,
        then.count("cell") == 0,
        f"{then.count('cell')} countries build cells",
    )
    yield Fact("2022: nor packs, cathode or electric cars", False, not names, f"built: {names}")
    for code in ("CHL", "ARG"):
        sold = then.exports(code, "lithium_carbonate")
        name = f"2022: {code} exports lithium carbonate"
        yield Fact(name, True, sold > 1, f"{sold:.0f} kt LCE")
    bolivia = then.builds.get("BOL", set())
    yield Fact(
        "Bolivia still mines nothing in 2025", False, not bolivia, f"builds {sorted(bolivia)}"
    )
    grows = [c for c in ("ARG", "BRA", "CHL") if any("carbonate" in k for k in then.builds[c])]
    yield Fact("ARG, BRA and CHL expand lithium", False, len(grows) == 3, ", ".join(grows))
    yield from _facts_2024()
    yield from _facts_cathode()
    yield from _facts_base()


def _facts_2024() -> Iterator[Fact]:
    played_2024 = played(standing_in(read_region("lithium", "2024"), 2024))
    cars = [code for code, kinds in played_2024.builds.items() if "car" in kinds]
    yield Fact("2024: Brazil builds an electric-car plant", False, "BRA" in cars, f"cars: {cars}")
    yield Fact("2024: no other country does", False, cars == ["BRA"], f"cars: {cars}")
    number = played_2024.count("cell")
    yield Fact("2024: nobody builds a cell plant", False, number == 0, f"{number} build cells")


def _facts_cathode() -> Iterator[Fact]:
    region = standing_in(read_region("lithium", "2024"), 2024)
    output_2024 = sum(p.capacity for p in region.plants if p.activity != "car")
    years = {
        "2023": (
            yuan("carbonate_price_2023_yuan"),
            yuan("lfp_price_2023_yuan"),
            LITHIUM_OUTPUT_2023,
        ),
        "2025": (LITHIUM_PRICE_2025, assumption("lfp_price_2025") / 1000, output_2024),
    }
    for name, (size, capital) in CHILEAN_PLANTS.items():
        for year, (lithium, cathode, output) in years.items():
            priced = at_prices(as_announced(region, size, capital), lithium, cathode, output)
            built = "cathode" in played(priced).builds["CHL"]
            pays = "pays" if year == "2023" else "does not pay"
            seen = "built" if built else "not built"
            wanted = built == (year == "2023")
            yield Fact(f"{name} LFP plant {pays} at prices of {year}", True, wanted, seen)


def _facts_base() -> Iterator[Fact]:
    region = read_region("lithium")
    base = played(region)
    options = {(o.place, o.activity) for o in region.options}
    built = sum(len(kinds) for kinds in base.builds.values())
    share = built / len(options)
    yield Fact(
        "2030: not every country profitably builds everything",
        True,
        share < 0.75,
        f"{built} of {len(options)} options",
    )
    several = [a for a in DOWNSTREAM if base.count(a) >= 2]
    text = ", ".join(f"{a} in {base.count(a)}" for a in several)
    yield Fact("2030: several countries would build the same plant", True, bool(several), text)
    bought = base.imports("pack") + base.imports("cell")
    yield Fact(
        "2030: packs and cells are imported as things stand", True, bought > 0, f"{bought:.1f} GWh"
    )
    sloping = all(o.slope > 0 for o in region.outside if o.side == "demand")
    yield Fact("Outside prices fall with the region's exports", True, sloping, "one curve per good")
    detours = list(cheaper_by_detour(region))
    yield Fact("No good is cheaper by way of a third country", True, not detours, str(detours))
    result = coordinate(region, scenarios=["least_cost"])
    for name in ("uncoordinated", "coordinated"):
        again = resold(region, result.outcomes[name])
        text = str(again or "nobody")
        yield Fact(f"2030, {name}: nobody sells on what it imported", True, not again, text)
    makers = [a for a in DOWNSTREAM if len(makers_of(result.outcomes["coordinated"], a)) > 2]
    yield Fact(
        "2030, coordinated: no step after lithium in more than two countries",
        True,
        not makers,
        str(makers or "none is"),
    )


def makers_of(outcome: Outcome, activity: str) -> set[str]:
    """Return the countries that run an activity."""
    return {
        p.participant for p in outcome.plants if p.group.activity == activity and p.output > 1e-6
    }


def cheaper_by_detour(region: Region) -> Iterator[str]:
    """Yield every way through a third place that costs less than the direct way.

    Lithium carbonate is left out: a net exporter, the region buys none from the world.
    """
    cost = {
        (x.good, x.origin, x.destination): x.freight + x.tariff
        for x in region.links
        if x.good != "lithium_carbonate"
    }
    for (good, start, middle), first in cost.items():
        for (other, origin, end), second in cost.items():
            direct = cost.get((good, start, end), float("inf"))
            follows = (other, origin) == (good, middle) and end != start
            if follows and first + second < direct - 1e-9:
                yield f"{good} {start}-{middle}-{end}"


def resold(region: Region, outcome: Outcome) -> list[str]:
    """Return the goods of which a country sends away more than it makes."""
    owner = {**owners(region), "world": "world"}
    outputs = {activity.id: activity.output for activity in region.activities}
    left: dict[tuple[str, str], float] = {}
    for plant in outcome.plants:
        key = (plant.participant, outputs[plant.group.activity])
        left[key] = left.get(key, 0.0) + plant.output
    for flow in outcome.flows:
        here, there = owner[flow.origin], owner[flow.destination]
        if here not in ("world", there):
            left[here, flow.good] = left.get((here, flow.good), 0.0) - flow.quantity
    return [f"{good} {code}" for (code, good), amount in left.items() if amount < -1e-4]


def main() -> int:
    """Print both parts; return an exit code."""
    write = sys.stdout.write
    write("Unit cost by size against the landed price of an import and the price kept on export.\n")
    write("Inputs at import prices, lithium at 9.459 M USD per kt LCE.\n")
    print_costs(read_region("lithium"), write)
    write("\nFacts\n")
    found = []
    for fact in facts():
        found.append(fact)
        mark = "yes" if fact.holds else "NO"
        kind = "required" if fact.required else "extra"
        write(f"  {mark:3}  {kind:8}  {fact.name} ({fact.seen})\n")
    required = [fact for fact in found if fact.required]
    write(
        f"\nScore: {sum(f.holds for f in found)} of {len(found)} facts reproduced, "
        f"{sum(f.holds for f in required)} of {len(required)} required ones.\n"
    )
    return 0 if all(fact.holds for fact in required) else 1


if __name__ == "__main__":
    sys.exit(main())
