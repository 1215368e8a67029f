"""The main study: outcomes compared, several scenarios, and the price of non-coordination.

One call answers the broker's question for a region: what each achieves alone, what happens when all
act at once, where play would settle, which divisions of labour coordination offers, what each is
worth to whom, and how far from the best possible any of it can be (with a certificate).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from workshare.coordination import Certificate, Progress, Settings
from workshare.errors import OptionError
from workshare.region.region import Region
from workshare.results import RESULT_SCHEMA, Status, inputs_hash
from workshare.studies import scenarios as offers
from workshare.studies.outcome import Outcome, PlantUse
from workshare.studies.play_out import Equilibria, changing
from workshare.studies.price_of_non_coordination import price_of_non_coordination
from workshare.studies.record import outcome_record, plant_record, region_record, rounded
from workshare.studies.stages import ALTERNATIVES, Stages
from workshare.version import __version__

if TYPE_CHECKING:
    import pandas

FIXED_NAMES = (
    "least_cost",
    "maximin",
    "proportional",
    "fewest_changes",
    "least_duplication",
    "most_resilient",
    "lowest_emissions",
)
CERTIFIED_GAP = 0.002
"""Relative gap up to which a division that is not proven exact is called certified."""


def scenario_names(region: Region) -> list[str]:
    """Return the names of all scenarios of ``region``, in the order they are computed."""
    minus = [f"minus_{p.id}" for p in region.participants] if len(region.participants) > 1 else []
    others = [f"alternative_{number}" for number in range(1, ALTERNATIVES + 1)]
    return [*FIXED_NAMES, *minus, *others]


@dataclass(frozen=True, repr=False)
class CoordinationResult:
    """What :func:`coordinate` returns; ``to_dict`` is the content of ``result.json``.

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


def coordinate(
    region: Region,
    *,
    scenarios: Sequence[str] | None = None,
    seed: int = 0,
    account: str = "market",
    settings: Settings | None = None,
    progress: Progress | None = None,
    workers: int = 1,
) -> CoordinationResult:
    """Return the outcomes, scenarios and price of non-coordination of ``region``.

    Parameters
    ----------
    scenarios : names from :func:`scenario_names`; None computes all. The least-cost division and
        the uncoordinated outcome are always computed; equilibria only when None.
    seed : fixes the orders of play; the same inputs and seed give the same result.
    account : ``"market"`` (default: traders see tariffs and take outside prices as given) or
        ``"regional"`` (flows planned for the region as a whole).
    progress : called as ``progress(stage, share done, text)``.
    workers : processes for the scenarios that are independent of each other.

    Raises
    ------
    OptionError : an unknown scenario, account or method.

    An interrupt (Ctrl-C) after the least-cost division returns what was computed, with status
    ``interrupted``.
    """
    names = _checked_names(region, scenarios)
    stages = Stages(region, account, seed, settings, progress, workers)
    try:
        stages.find_least_cost()
        for stage in (stages.find_apart, lambda: stages.find_rest(names, scenarios is None)):
            if not stages.interrupted:
                stage()
    except KeyboardInterrupt:
        if stages.least is None:
            raise
        stages.interrupted = True
    return _result(stages, names)


def _checked_names(region: Region, scenarios: Sequence[str] | None) -> list[str]:
    known = scenario_names(region)
    if scenarios is None:
        return known
    unknown = [name for name in scenarios if name not in known]
    if unknown:
        raise OptionError(
            f"unknown scenario {', '.join(map(repr, unknown))}: must be among {', '.join(known)}"
        )
    return [name for name in known if name in scenarios or name == "least_cost"]


def _result(stages: Stages, names: Sequence[str]) -> CoordinationResult:
    """Return the result of the stages that were finished."""
    assert stages.certificate is not None
    assert stages.solution is not None
    assert stages.least is not None
    certificate, solution, setting = stages.certificate, stages.solution, stages.setting
    values = {code: outcome.by_participant[code] for code, (outcome, _) in stages.alone.items()}
    ordered = [stages.found[name] for name in names if name in stages.found]
    outcomes = {"coordinated": stages.least}
    shown = list(ordered)
    if stages.apart is not None:
        outcomes["uncoordinated"] = stages.apart
        shown.append(stages.apart)
    if stages.nash is not None:
        shown.extend(stages.nash.equilibria)
    there = {} if stages.apart is None else stages.apart.by_participant
    records = {
        outcome.name: outcome_record(
            stages.settings_of.get(outcome.name, setting), outcome, values, there
        )
        for outcome in shown
    }
    return CoordinationResult(
        region=stages.region,
        status=_status(certificate, stages.interrupted),
        certificate=certificate,
        outcomes=outcomes,
        isolated_values=values,
        isolated_plants=tuple(
            plant
            for code, (outcome, _) in stages.alone.items()
            for plant in outcome.plants
            if plant.participant == code
        ),
        equilibria=stages.nash,
        scenarios=tuple(ordered),
        records=records,
        convergence=tuple(
            (number, -bound, None if number <= len(solution.rounds) else -value, -value)
            for number, bound, value in solution.trace
        ),
        statistics={
            "rounds": len(solution.rounds),
            "messages": sum(record.messages for record in solution.rounds),
            "parts": len(setting.problem.participants),
            "shared_dimensions": len(setting.dimensions),
            "plans_known": solution.plans_known,
            "mixed_participants": len(solution.mixed),
            "duality_gap": certificate.value - certificate.dual_bound,
        },
        options={
            "account": stages.account,
            "scenarios": list(names),
            "slack": offers.SLACK,
            "settings": asdict(stages.settings),
        },
        seed=stages.seed,
        timings=stages.timings,
        not_found=()
        if stages.interrupted
        else tuple(name for name in names if name not in stages.found),
    )


def _status(certificate: Certificate, interrupted: bool) -> Status:
    if interrupted:
        return Status.INTERRUPTED
    if not certificate.holds:
        return Status.BOUNDED
    if certificate.status == "exact":
        return Status.EXACT
    if certificate.status == "certified" and certificate.gap <= CERTIFIED_GAP:
        return Status.CERTIFIED
    return Status.BOUNDED


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
        "statistics": result.statistics,
        "method": result.options["settings"]["method"],
        "options": result.options,
        "inputs_hash": inputs_hash(result.region),
        "seed": result.seed,
        "timings": result.timings,
    }
    return dict(rounded(record))
