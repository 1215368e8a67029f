"""The result of the main study: one frozen record, and the plain data of ``result.json``."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from workshare.coordination import Certificate
from workshare.errors import OptionError
from workshare.region.region import Region
from workshare.results import RESULT_SCHEMA, Status, inputs_hash
from workshare.studies.outcome import Outcome, PlantUse
from workshare.studies.play_out import Equilibria, changing
from workshare.studies.price_of_non_coordination import price_of_non_coordination
from workshare.studies.record import plant_record, region_record, rounded
from workshare.version import __version__

if TYPE_CHECKING:
    import pandas


@dataclass(frozen=True, repr=False)
class CoordinationResult:
    """What ``coordinate`` returns; ``to_dict`` is the content of ``result.json``.

    ``proof`` is the certificate in the form of ``certificate.json``, which
    ``contrib/check_certificate.py`` adds up again.
    Money is M of the region's currency per year. ``value``, ``bound`` and ``gap`` are of the
    least-cost division in the market account (net benefit, higher is better; ``bound >= value``).
    """

    region: Region
    status: Status
    certificate: Certificate
    outcomes: dict[str, Outcome]
    isolated_values: dict[str, float]
    isolated_plants: tuple[PlantUse, ...]
    equilibria: Equilibria | None
    scenarios: tuple[Outcome, ...]
    records: dict[str, dict[str, Any]]
    convergence: tuple[tuple[int, float, float | None, float], ...]
    statistics: dict[str, Any]
    options: dict[str, Any]
    seed: int
    timings: dict[str, float]
    not_found: tuple[str, ...] = ()
    lenses: dict[str, dict[str, Any]] = field(default_factory=dict)
    proof: dict[str, Any] = field(default_factory=dict)

    def __repr__(self) -> str:
        """Return one line: what was computed and how far it is proven."""
        names = ", ".join(outcome.name for outcome in self.scenarios)
        return (
            f"CoordinationResult({self.region.title!r}, {self.status.value}, "
            f"value={self.value:.6g}, gap={self.gap:.1e}, scenarios=[{names}])"
        )

    @property
    def value(self) -> float:
        """Net benefit of the least-cost division, market account."""
        return -self.certificate.value

    @property
    def bound(self) -> float:
        """Net benefit that no division can exceed, market account."""
        return -self.certificate.bound

    @property
    def gap(self) -> float:
        """``(bound - value) / |value|``."""
        return self.certificate.gap

    @cached_property
    def price_of_non_coordination(self) -> dict[str, Any]:
        """What acting alone costs; see :mod:`workshare.studies.price_of_non_coordination`."""
        nash = () if self.equilibria is None else self.equilibria.equilibria
        return price_of_non_coordination(
            self.region,
            self.outcomes["coordinated"],
            self.outcomes.get("uncoordinated"),
            nash,
            self.bound,
        )

    def scenario(self, name: str) -> Outcome:
        """Return the scenario called ``name``."""
        for outcome in self.scenarios:
            if outcome.name == name:
                return outcome
        names = ", ".join(outcome.name for outcome in self.scenarios)
        raise OptionError(f"scenario {name!r} is not in this result; it has {names}")

    def frame(self) -> pandas.DataFrame:
        """Return national values as a table: one row per outcome, one column per participant."""
        import pandas

        shown = [self.outcomes["uncoordinated"], *self.scenarios]
        rows = {outcome.name: outcome.by_participant for outcome in shown}
        table = pandas.DataFrame.from_dict({"isolated": self.isolated_values, **rows}, "index")
        table.index.name = "outcome"
        table.columns.name = f"national value, M {self.region.currency}/yr"
        return table

    def to_dict(self) -> dict[str, Any]:
        """Return the result as plain data; see ``docs/result-json.md``."""
        return result_record(self)


def result_record(result: CoordinationResult) -> dict[str, Any]:
    """Return ``result`` as plain data in the schema ``workshare.result/1``."""
    certificate = result.certificate
    nash = None
    if result.equilibria is not None:
        statuses = [play.status for play in result.equilibria.plays]
        nash = {
            "status": "sampled" if result.equilibria.equilibria else "none found",
            "equilibria": [result.records[o.name] for o in result.equilibria.equilibria],
            "cycles": [
                {
                    "start": play.start,
                    "order": list(play.order),
                    "length": len(play.cycle),
                    "changing": changing(play),
                }
                for play in result.equilibria.cycles
            ],
            "claim": (
                f"{len(statuses)} runs of best-response play: {statuses.count('equilibrium')} "
                f"reached an equilibrium, {statuses.count('cycle')} a cycle, "
                f"{statuses.count('unfinished')} neither; other equilibria may exist"
            ),
        }
    record = {
        "schema": RESULT_SCHEMA,
        "version": __version__,
        "status": str(result.status.value),
        "account": result.options["account"],
        "unit": f"M {result.region.currency}/yr",
        "value": result.value,
        "bound": result.bound,
        "gap": result.gap,
        "gap_absolute": certificate.gap_absolute,
        "region": region_record(result.region),
        "price_of_non_coordination": result.price_of_non_coordination,
        "outcomes": {
            "isolated": {
                "by_participant": result.isolated_values,
                "plants": [plant_record(plant) for plant in result.isolated_plants],
                "claim": "best plans found by search over one change at a time",
            },
            "uncoordinated": result.records.get("uncoordinated"),
            "nash": nash,
            "coordinated": result.records["least_cost"],
        },
        "scenarios": [result.records[outcome.name] for outcome in result.scenarios],
        "certificate": {
            "status": certificate.status,
            "value": -certificate.value,
            "bound": -certificate.bound,
            "dual_bound": -certificate.dual_bound,
            "bregman": certificate.bregman,
            "uplifts": certificate.uplifts,
            "holds": certificate.holds,
            "not_found": list(result.not_found),
            "lines": [
                {
                    "name": line.name,
                    "value": line.value,
                    "tolerance": line.tolerance,
                    "holds": line.holds,
                    "meaning": line.meaning,
                }
                for line in certificate.lines
            ],
        },
        "convergence": [
            {"round": number, "bound": bound, "value": value, "convexified": convexified}
            for number, bound, value, convexified in result.convergence
        ],
        "lenses": result.lenses,
        "statistics": result.statistics,
        "method": result.options["settings"]["method"],
        "options": result.options,
        "inputs_hash": inputs_hash(result.region),
        "seed": result.seed,
        "timings": result.timings,
    }
    return dict(rounded(record))
