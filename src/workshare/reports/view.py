"""A result as the reports read it: names for codes, outcomes by name, missing parts as empty ones.

Nothing is computed here beyond differences of national values that a result did not state itself.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from workshare.reports.schema import as_result
from workshare.reports.words import is_number

Record = dict[str, Any]

WORLD = "world"
"""The reserved code of the rest of the world."""

LEAD = "least_cost"
"""Name of the scenario that a report leads with, when it is there."""


@dataclass(frozen=True)
class View:
    """A checked result and the look-ups that every table, figure and page needs."""

    data: Record

    @cached_property
    def region(self) -> Record:
        """Return the region's names; empty when the result has none."""
        return dict(self.data.get("region") or {})

    @cached_property
    def currency(self) -> str:
        """Return the currency, or the neutral words "currency units"."""
        unit = str(self.data.get("unit") or "")
        stated = unit.removeprefix("M ").removesuffix("/yr").strip()
        return str(self.region.get("currency") or stated or "currency units")

    @cached_property
    def money_unit(self) -> str:
        """Return the unit of money flows, such as ``M USD/yr``."""
        return f"M {self.currency}/yr"

    @cached_property
    def title(self) -> str:
        """Return the region's title."""
        return str(self.region.get("title") or "Regional coordination")

    @cached_property
    def participants(self) -> tuple[str, ...]:
        """Return the codes of the participants, in the order of the region, then any others."""
        codes = [str(row["id"]) for row in self.region.get("participants") or []]
        for outcome in self.all_outcomes:
            codes += [code for code in outcome.get("by_participant") or {} if code not in codes]
        return tuple(dict.fromkeys(codes))

    @cached_property
    def names(self) -> dict[str, str]:
        """Return the name of every code of a participant, place, good or activity."""
        names = {WORLD: "Rest of the world"}
        for kind in ("places", "goods", "activities", "participants"):
            for row in self.region.get(kind) or []:
                names[f"{kind}:{row['id']}"] = str(row.get("name") or row["id"])
        return names

    def name(self, kind: str, code: Any) -> str:
        """Return the name of a code; ``kind`` is participants, places, goods or activities."""
        if code == WORLD:
            return self.names[WORLD]
        return self.names.get(f"{kind}:{code}", str(code))

    @cached_property
    def gdp(self) -> dict[str, float | None]:
        """Return the GDP of every participant, M/yr, or None."""
        rows = {row["id"]: row.get("gdp") for row in self.region.get("participants") or []}
        return {code: rows.get(code) for code in self.participants}

    @cached_property
    def owner(self) -> dict[str, str]:
        """Return the participant of every place; the world and participants own themselves."""
        places = {row["id"]: row["participant"] for row in self.region.get("places") or []}
        return {WORLD: WORLD, **{code: code for code in self.participants}, **places}

    @cached_property
    def good_unit(self) -> dict[str, str]:
        """Return the unit of every good."""
        return {row["id"]: row.get("unit") or "" for row in self.region.get("goods") or []}

    @cached_property
    def activity_unit(self) -> dict[str, str]:
        """Return the unit of every activity's output."""
        return {
            row["id"]: row.get("unit") or self.good_unit.get(row.get("output", ""), "")
            for row in self.region.get("activities") or []
        }

    @cached_property
    def price(self) -> Record:
        """Return the price of non-coordination."""
        return dict(self.data["price_of_non_coordination"])

    @cached_property
    def scenarios(self) -> tuple[Record, ...]:
        """Return the divisions of labour offered."""
        return tuple(self.data["scenarios"])

    @cached_property
    def _outcomes(self) -> Record:
        return dict(self.data.get("outcomes") or {})

    @cached_property
    def isolated(self) -> Record | None:
        """Return the isolated outcome, if it is there."""
        return self._outcomes.get("isolated")

    @cached_property
    def uncoordinated(self) -> Record | None:
        """Return the uncoordinated outcome, if it is there."""
        return self._outcomes.get("uncoordinated")

    @cached_property
    def nash(self) -> Record:
        """Return what best-response play found: status, equilibria, cycles, claim."""
        return dict(self._outcomes.get("nash") or {})

    @cached_property
    def equilibria(self) -> tuple[Record, ...]:
        """Return the equilibria found."""
        return tuple(self.nash.get("equilibria") or ())

    @cached_property
    def coordinated(self) -> Record | None:
        """Return the coordinated outcome, or the scenario that the report leads with."""
        return self._outcomes.get("coordinated") or self.lead

    @cached_property
    def lead(self) -> Record | None:
        """Return the scenario that a report leads with: least cost, else the first."""
        for scenario in self.scenarios:
            if scenario["name"] == LEAD:
                return scenario
        return self.scenarios[0] if self.scenarios else None

    @cached_property
    def all_outcomes(self) -> tuple[Record, ...]:
        """Return every outcome with national values, each name once: outcomes, then scenarios."""
        found: list[Record] = []
        if self.isolated is not None:
            found.append({"name": "isolated", "title": "Isolated", **self.isolated})
        if self.uncoordinated is not None:
            found.append(self.uncoordinated)
        for position, equilibrium in enumerate(self.equilibria, 1):
            found.append({**equilibrium, "name": f"nash_{position}"})
        names = {scenario["name"] for scenario in self.scenarios}
        coordinated = self._outcomes.get("coordinated")
        if coordinated is not None and coordinated["name"] not in names:
            found.append(coordinated)
        return (*found, *self.scenarios)

    @cached_property
    def full_outcomes(self) -> tuple[Record, ...]:
        """Return the outcomes of :attr:`all_outcomes` but the isolated one, which has no market."""
        return tuple(outcome for outcome in self.all_outcomes if outcome["name"] != "isolated")

    def outcome_title(self, outcome: Record) -> str:
        """Return an outcome's title in words."""
        name = str(outcome["name"])
        if name.startswith("nash_"):
            number = name.removeprefix("nash_")
            return f"Equilibrium {number}"
        return str(outcome.get("title") or name.replace("_", " ").capitalize())

    @cached_property
    def isolated_total(self) -> float | None:
        """Return the sum of the isolated values, M/yr; None when one is missing."""
        return _total((self.isolated or {}).get("by_participant"))

    def gain(self, outcome: Record, code: str, against: str) -> float | None:
        """Return a participant's gain in an outcome, M/yr, or None where it is not known.

        Parameters
        ----------
        against : ``isolated`` or ``uncoordinated``.
        """
        for row in outcome.get("accounts") or []:
            if row["participant"] == code and is_number(row.get(f"gain_{against}")):
                return float(row[f"gain_{against}"])
        base = self.isolated if against == "isolated" else self.uncoordinated
        own = (outcome.get("by_participant") or {}).get(code)
        other = ((base or {}).get("by_participant") or {}).get(code)
        return own - other if is_number(own) and is_number(other) else None

    def losers(self, outcome: Record, against: str = "isolated") -> list[str]:
        """Return who is worse off than in ``against``, largest loss first; rounding is no loss.

        The result's own list is taken where it has one: those worse off than isolated.
        """
        gains = {code: self.gain(outcome, code, against) for code in self.participants}
        stated = outcome.get("losers")
        if against == "isolated" and stated is not None:
            return sorted(stated, key=lambda code: (gains.get(code) or 0.0, code))
        scale = max((abs(value) for value in gains.values() if value is not None), default=0.0)
        floor = -1e-6 * max(1.0, scale)
        losing = [(value, code) for code, value in gains.items() if value is not None]
        return [code for value, code in sorted(losing) if value < floor]


def view(result: Any) -> View:
    """Return the view of a result record, a result dictionary, or a view itself."""
    return result if isinstance(result, View) else View(as_result(result))


def _total(values: dict[str, Any] | None) -> float | None:
    """Return the sum of a map of numbers; None when it is absent or one number is missing."""
    if not values or not all(is_number(value) for value in values.values()):
        return None
    return float(sum(values.values()))


def total(values: Iterable[Any]) -> float | None:
    """Return the sum of the numbers among ``values``; None when there is none."""
    numbers = [value for value in values if is_number(value)]
    return float(sum(numbers)) if numbers else None
