"""The main study: outcomes compared, several scenarios, and the price of non-coordination.

One call answers the broker's question for a region: what each achieves alone, what happens when all
act at once, where play would settle, which divisions of labour coordination offers, what each is
worth to whom, and how far from the best possible any of it can be (with a certificate).
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from workshare.coordination import (
    Certificate,
    Options,
    Selection,
    Settings,
    Solution,
    certify,
    solve,
)
from workshare.errors import OptionError
from workshare.parallel import map_tasks
from workshare.region.region import Region
from workshare.results import RESULT_SCHEMA, Status, inputs_hash
from workshare.studies import scenarios as offers
from workshare.studies.outcome import Outcome
from workshare.studies.play_out import (
    Equilibria,
    Play,
    changing,
    equilibria,
    isolated,
    outcome_at,
    play,
    schedule,
    uncoordinated,
)
from workshare.studies.record import outcome_record, plant_record, region_record, rounded
from workshare.studies.setting import Holdings, Setting
from workshare.version import __version__

if TYPE_CHECKING:
    import pandas

Progress = Callable[[str, float, str], None]

FIXED_NAMES = (
    "least_cost",
    "maximin",
    "proportional",
    "fewest_changes",
    "least_duplication",
    "most_resilient",
    "lowest_emissions",
)
ALTERNATIVES = 3
CERTIFIED_GAP = 0.002
"""Relative gap up to which a division that is not proven exact is called certified."""


def scenario_names(region: Region) -> list[str]:
    """Return the names of all scenarios of ``region``, in the order they are computed."""
    minus = [f"minus_{p.id}" for p in region.participants] if len(region.participants) > 1 else []
    others = [f"alternative_{number}" for number in range(1, ALTERNATIVES + 1)]
    return [*FIXED_NAMES, *minus, *others]


@dataclass(frozen=True)
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
    isolated_plants: tuple[Any, ...]
    equilibria: Equilibria | None
    scenarios: tuple[Outcome, ...]
    records: dict[str, dict[str, Any]]
    convergence: tuple[tuple[int, float, float, float], ...]
    statistics: dict[str, Any]
    options: dict[str, Any]
    seed: int
    timings: dict[str, float]
    not_found: tuple[str, ...] = ()

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
        """Regional value of the least-cost division minus that of acting uncoordinated."""
        return price_of_non_coordination(self)

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
    work = _Work(region, account, seed, settings, progress, workers)
    try:
        work.least_cost()
        work.apart()
        if scenarios is None:
            work.play()
        work.offer(names)
    except KeyboardInterrupt:
        if work.least is None:
            raise
        work.interrupted = True
    return work.result(names)


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


def default_settings(setting: Setting) -> Settings:
    """Return the settings used for ``setting``: money scale from the region with nobody building."""
    nothing = setting.market.evaluate(np.zeros(len(setting.dimensions)))
    scale = max(1e-9, 0.01 * abs(nothing.value))
    return Settings(rounds=Options(scale=scale))


@dataclass
class _Work:
    """The study while it is being done; every stage leaves its part, so an interrupt loses none."""

    region: Region
    account: str
    seed: int
    given: Settings | None
    progress: Progress | None
    workers: int
    setting: Setting = field(init=False)
    settings: Settings = field(init=False)
    solution: Solution | None = None
    certificate: Certificate | None = None
    least: Outcome | None = None
    alone: dict[str, tuple[Outcome, frozenset[str]]] = field(default_factory=dict)
    national: dict[str, frozenset[str]] | None = None
    apart_outcome: Outcome | None = None
    nash: Equilibria | None = None
    found: dict[str, Outcome] = field(default_factory=dict)
    settings_of: dict[str, Setting] = field(default_factory=dict)
    timings: dict[str, float] = field(default_factory=dict)
    interrupted: bool = False

    def __post_init__(self) -> None:
        self.setting = _setting_of(self.region, self.account)
        self.settings = self.given or default_settings(self.setting)

    def tell(self, stage: str, share: float, text: str) -> None:
        if self.progress is not None:
            self.progress(stage, share, text)

    def least_cost(self) -> None:
        """Solve and certify problem (1)."""
        start = time.perf_counter()
        self.tell("least cost", 0.0, "asking participants for best responses")
        self.solution = solve(self.setting.problem, self.settings, progress=self.progress)
        self.certificate = certify(self.setting.problem, self.solution, self.settings)
        uplifts: dict[str, float] = dict.fromkeys(self.setting.participants, 0.0)
        for participant in self.setting.problem.participants:
            uplifts[participant.owner] += self.certificate.uplifts[participant.id]
        exact = self.certificate.status == "exact"
        self.least = replace(
            offers.selection_outcome(
                self.setting,
                self.solution.selection,
                "least_cost",
                title="Least cost",
                description="The division of labour with the highest value to the whole region.",
                criterion="highest market value",
                claim="no division is worth more (complete menus)"
                if exact
                else "within the stated gap of the bound",
            ),
            notes={"uplifts": uplifts},
        )
        self.found["least_cost"] = self.least
        self.timings["least_cost"] = time.perf_counter() - start

    def apart(self) -> None:
        """Find what each achieves isolated, and what happens when all act at once."""
        start = time.perf_counter()
        self.tell("outcomes", 0.1, "all at once, each on its own interest")
        self.national = uncoordinated(self.setting)
        self.apart_outcome = outcome_at(
            self.setting,
            self.national,
            "uncoordinated",
            title="Uncoordinated",
            description=(
                "All act at once, each expecting today's market and nobody else to build; "
                "then the region's market clears."
            ),
            criterion="each its own national value",
            claim="best responses found by search over one change at a time",
        )
        tasks = [(self.region, self.account, code) for code in self.setting.participants]
        done = map_tasks(
            _isolated_task,
            tasks,
            workers=self.workers,
            progress=lambda count, total: self.tell(
                "outcomes", 0.2 + 0.8 * count / total, f"isolated: {count} of {total}"
            ),
        )
        for index, answer in zip(done.indices, done.results, strict=True):
            self.alone[self.setting.participants[index]] = answer
        self.timings["outcomes"] = time.perf_counter() - start
        if done.interrupted:
            raise KeyboardInterrupt

    def play(self) -> None:
        """Let best-response play run from three starts in two orders."""
        start = time.perf_counter()
        assert self.national is not None and self.least is not None
        self.tell("play", 0.0, "best-response play from several starts")
        starts = {
            "nobody building": self.setting.nobody(),
            "the uncoordinated outcome": self.national,
            "the least-cost division": dict(self.least.holdings),
        }
        runs = schedule(self.setting.participants, starts, self.seed)
        tasks = [(self.region, self.account, *run) for run in runs]
        done = map_tasks(
            _play_task,
            tasks,
            workers=self.workers,
            progress=lambda count, total: self.tell(
                "play", count / total, f"best-response play: {count} of {total} runs"
            ),
        )
        self.nash = equilibria(self.setting, done.results)
        self.timings["play"] = time.perf_counter() - start
        if done.interrupted:
            raise KeyboardInterrupt

    def offer(self, names: list[str]) -> None:
        """Compute the scenarios asked for, one after the other."""
        start = time.perf_counter()
        assert self.solution is not None and self.apart_outcome is not None
        assert self.national is not None and self.least is not None
        gain = self.least.market_value - self.apart_outcome.market_value
        size = abs(self.least.market_value)
        slack = min(offers.SLACK * size, max(0.5 * gain, 1e-3 * size))
        bench = offers.Bench(self.setting, self.solution, self.settings, slack, self.national)
        share = f"market value within {100 * slack / max(size, 1e-12):.2g} % of the best"
        for name, (function, title, text, criterion) in _DIRECT.items():
            if name in names:
                self.tell("scenarios", len(self.found) / len(names), title)
                claim = f"{share}; best for its criterion that a limited search found"
                self._keep(name, function(bench), title, text, criterion, claim)
        self._minus([name for name in names if name.startswith("minus_")])
        for number in range(1, ALTERNATIVES + 1):
            name = f"alternative_{number}"
            if name in names:
                self.tell("scenarios", len(self.found) / len(names), f"alternative {number}")
                known = [self.least] + [
                    self.found[f"alternative_{k}"]
                    for k in range(1, number)
                    if f"alternative_{k}" in self.found
                ]
                self._keep(
                    name,
                    offers.alternative(bench, known),
                    f"Alternative {number}",
                    "As different as possible from the least-cost division and earlier alternatives.",
                    "most different makers",
                    f"{share}; most different that a limited search found",
                )
        self._fair(names)
        self.timings["scenarios"] = time.perf_counter() - start

    def _keep(
        self,
        name: str,
        selection: Selection | None,
        title: str,
        description: str,
        criterion: str,
        claim: str,
    ) -> None:
        if selection is None:
            return
        self.found[name] = offers.selection_outcome(
            self.setting,
            selection,
            name,
            title=title,
            description=description,
            criterion=criterion,
            claim=claim,
        )

    def _minus(self, names: list[str]) -> None:
        codes = [name.removeprefix("minus_") for name in names]
        assert self.solution is not None
        known = {code: self.alone[code][1] for code in codes if code in self.alone}
        looser = replace(self.settings, tolerance=max(1e-5, self.settings.tolerance))
        tasks = [
            (self.region, self.account, code, self.solution, looser, known[code]) for code in codes
        ]
        done = map_tasks(
            _minus_task,
            tasks,
            workers=self.workers,
            progress=lambda count, total: self.tell(
                "scenarios", count / total, f"without one participant: {count} of {total}"
            ),
        )
        titles = {p.id: p.name for p in self.region.participants}
        for index, answer in zip(done.indices, done.results, strict=True):
            code = codes[index]
            alone = self.setting.without_links(code)
            gap = max(0.0, answer.selection.value - answer.bound)
            relative = gap / max(abs(answer.selection.value), 1e-12)
            exact = f"no such division is worth more than {relative:.1e} above it, relatively"
            self.found[f"minus_{code}"] = offers.selection_outcome(
                alone,
                answer.selection,
                f"minus_{code}",
                title=f"Without {titles[code]}",
                description=(
                    f"{titles[code]} stays out, at the plan it chooses alone; the others coordinate."
                ),
                criterion="highest market value without it",
                claim=exact if answer.proven else "best found; answers were not all proven",
            )
            self.settings_of[f"minus_{code}"] = alone
        if done.interrupted:
            raise KeyboardInterrupt

    def _fair(self, names: list[str]) -> None:
        outside = {code: outcome.by_participant[code] for code, (outcome, _) in self.alone.items()}
        size = {
            p.id: max(abs(outside[p.id]), 1e-9 * max(1.0, abs(self.least.market_value)))
            for p in self.region.participants
            if self.least is not None
        }
        pool = [
            outcome
            for name, outcome in self.found.items()
            if not name.startswith("minus_") and name not in ("maximin", "proportional")
        ]
        if self.nash is not None:
            pool.extend(self.nash.equilibria)
        assert self.least is not None and self.apart_outcome is not None
        least_value = min(self.apart_outcome.market_value, self.least.market_value)

        def smallest(outcome: Outcome) -> float:
            return min(offers.relative_gains(outcome, outside, size).values())

        def evenness(outcome: Outcome) -> float:
            # a spread of gains relative to their mean; nothing gained is no way of being even
            gains = list(offers.relative_gains(outcome, outside, size).values())
            if outcome.market_value <= least_value or np.mean(gains) <= 0:
                return -1e6 + min(gains)
            return -float(np.std(gains) / np.mean(gains))

        todo = {
            "maximin": (
                smallest,
                "Maximin",
                "The participant that gains least, relative to being isolated, gains the most.",
                "largest smallest gain relative to isolated",
            ),
            "proportional": (
                evenness,
                "Proportional gains",
                "Gains as equal as possible in proportion to what each achieves isolated.",
                "smallest spread of relative gains, over their mean",
            ),
        }
        for name, (score, title, text, criterion) in todo.items():
            if name not in names:
                continue
            self.tell("scenarios", len(self.found) / len(names), title)
            best = offers.fair(self.setting, pool, score)
            if best is not None:
                claim = f"best of the {len(pool)} divisions met, then of one-change improvements"
                self.found[name] = replace(
                    best,
                    name=name,
                    title=title,
                    description=text,
                    criterion=criterion,
                    claim=claim,
                    notes={},
                )

    def result(self, names: list[str]) -> CoordinationResult:
        """Return the result of the stages that were finished."""
        assert self.certificate is not None and self.solution is not None
        assert self.least is not None
        certificate = self.certificate
        if self.interrupted or self.solution.interrupted:
            status = Status.INTERRUPTED
        elif certificate.status == "exact":
            status = Status.EXACT
        elif certificate.status == "certified" and certificate.gap <= CERTIFIED_GAP:
            status = Status.CERTIFIED
        else:
            status = Status.BOUNDED
        ordered = [self.found[name] for name in names if name in self.found]
        values = {code: outcome.by_participant[code] for code, (outcome, _) in self.alone.items()}
        apart = {} if self.apart_outcome is None else self.apart_outcome.by_participant
        shown = [*ordered, *([self.apart_outcome] if self.apart_outcome else [])]
        if self.nash is not None:
            shown.extend(self.nash.equilibria)
        records = {
            outcome.name: outcome_record(
                self.settings_of.get(outcome.name, self.setting), outcome, values, apart
            )
            for outcome in shown
        }
        outcomes = {"coordinated": self.least}
        if self.apart_outcome is not None:
            outcomes["uncoordinated"] = self.apart_outcome
        plants = tuple(
            plant
            for code, (outcome, _) in self.alone.items()
            for plant in outcome.plants
            if plant.participant == code
        )
        return CoordinationResult(
            region=self.region,
            status=status,
            certificate=certificate,
            outcomes=outcomes,
            isolated_values=values,
            isolated_plants=plants,
            equilibria=self.nash,
            scenarios=tuple(ordered),
            records=records,
            convergence=tuple(
                (n, -bound, -value if n > len(self.solution.rounds) else math.nan, -value)
                for n, bound, value in self.solution.trace
            ),
            statistics={
                "rounds": len(self.solution.rounds),
                "messages": sum(r.messages for r in self.solution.rounds),
                "parts": len(self.setting.problem.participants),
                "shared_dimensions": len(self.setting.dimensions),
                "plans_known": self.solution.plans_known,
                "mixed_participants": len(self.solution.mixed),
                "markets_cleared": len(self.setting._cleared),
                "duality_gap": certificate.value - certificate.dual_bound,
            },
            options={
                "account": self.account,
                "scenarios": list(names),
                "slack": offers.SLACK,
                "settings": asdict(self.settings),
            },
            seed=self.seed,
            timings=self.timings,
            not_found=tuple(name for name in names if name not in self.found),
        )


_DIRECT: dict[str, tuple[Callable[[offers.Bench], Selection | None], str, str, str]] = {
    "fewest_changes": (
        offers.fewest_changes,
        "Fewest changes",
        "As close as possible to what each would build on its own.",
        "fewest activities changed from the national plans",
    ),
    "least_duplication": (
        offers.least_duplication,
        "Least duplication",
        "The fewest participants building the same activity.",
        "fewest makers",
    ),
    "most_resilient": (
        offers.most_resilient,
        "Most resilient",
        "The largest single source of each good is as small as possible.",
        "smallest largest source",
    ),
    "lowest_emissions": (
        offers.lowest_emissions,
        "Lowest emissions",
        "The lowest emissions inside the region; emissions of imports are not counted.",
        "lowest emissions in the region",
    ),
}


_SETTINGS: dict[tuple[str, str], Setting] = {}


def _setting_of(region: Region, account: str) -> Setting:
    """Return the setting of ``region``, made once in each process."""
    key = (inputs_hash(region), account)
    if key not in _SETTINGS:
        _SETTINGS.clear()
        _SETTINGS[key] = Setting(region, account)
    return _SETTINGS[key]


def _isolated_task(task: tuple[Region, str, str]) -> tuple[Outcome, frozenset[str]]:
    region, account, code = task
    return isolated(_setting_of(region, account), code)


def _minus_task(
    task: tuple[Region, str, str, Solution, Settings, frozenset[str]],
) -> Solution:
    region, account, code, solution, settings, held = task
    return offers.minus(_setting_of(region, account), code, solution, settings, held)


def _play_task(task: tuple[Region, str, str, Holdings, list[str]]) -> Play:
    region, account, name, holdings, order = task
    return play(_setting_of(region, account), name, holdings, order)


def price_of_non_coordination(result: CoordinationResult) -> dict[str, Any]:
    """Return the price of non-coordination: in money, as a share of GDP, and by participant.

    ``value`` is in the regional account: the sum of ``by_participant`` and ``residual``.
    ``market_value`` is the same difference in the market account, which cannot be negative beyond
    the certified gap, and ``at_most`` is what the bound allows it to be.
    """
    best = result.outcomes["coordinated"]
    apart = result.outcomes.get("uncoordinated")
    if apart is None:
        return {"value": None, "share_of_gdp": None, "by_participant": {}}
    gdp = sum(p.gdp for p in result.region.participants)
    value = best.value - apart.value
    there = apart.by_participant
    nash = None
    if result.equilibria is not None and result.equilibria.equilibria:
        losses = [best.value - outcome.value for outcome in result.equilibria.equilibria]
        nash = {"low": min(losses), "high": max(losses)}
    return {
        "value": value,
        "share_of_gdp": value / gdp if math.isfinite(gdp) and gdp > 0 else None,
        "by_participant": {code: v - there[code] for code, v in best.by_participant.items()},
        "residual": best.residual - apart.residual,
        "market_value": best.market_value - apart.market_value,
        "at_most": result.bound - apart.market_value,
        "against": "uncoordinated",
        "against_nash": nash,
    }


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
