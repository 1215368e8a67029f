"""The main study stage by stage; every stage leaves its part, so an interrupt loses none.

Least cost first (it is what everything is compared with), then what happens without coordination,
then, all at once, play from several starts and the other scenarios.
"""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from workshare.coordination import (
    Certificate,
    Options,
    Progress,
    Selection,
    Settings,
    Solution,
    certify,
    solve,
)
from workshare.parallel import map_tasks
from workshare.region.region import Region
from workshare.studies import scenarios as offers
from workshare.studies.jobs import (
    OFFERS,
    AlternativesJob,
    IsolatedJob,
    Job,
    MinusJob,
    OfferJob,
    PlayJob,
    UncoordinatedJob,
    do_job,
    setting_of,
)
from workshare.studies.outcome import Outcome
from workshare.studies.play_out import (
    Equilibria,
    Play,
    equilibria,
    has_its_jobs,
    outcome_at,
    schedule,
)
from workshare.studies.setting import Setting

ALTERNATIVES = 3


def default_settings(setting: Setting) -> Settings:
    """Return the settings for ``setting``: its money scale is 1 % of what it is worth unbuilt.

    Where that is (nearly) nothing, the scale is a small share of what its markets could turn over.
    """
    nothing = setting.market.evaluate(np.zeros(len(setting.dimensions)))
    scale = max(0.01 * abs(nothing.value), 1e-3 * setting.market.money)
    return Settings(rounds=Options(scale=scale))


@dataclass
class Stages:
    """The study while it is being done."""

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
    apart: Outcome | None = None
    nash: Equilibria | None = None
    found: dict[str, Outcome] = field(default_factory=dict)
    settings_of: dict[str, Setting] = field(default_factory=dict)
    timings: dict[str, float] = field(default_factory=dict)
    interrupted: bool = False

    def __post_init__(self) -> None:
        self.setting = setting_of(self.region, self.account)
        self.settings = self.given or default_settings(self.setting)

    def tell(self, stage: str, share: float, text: str) -> None:
        """Report progress, if anybody listens."""
        if self.progress is not None:
            self.progress(stage, share, text)

    def do(self, stage: str, jobs: Sequence[Job], worth: float) -> list[tuple[Job, object]]:
        """Do independent jobs and return (job, answer) of those that were finished.

        Starting processes costs about a second each, so they are started only where the least-cost
        division took ``worth`` seconds or more; the answers are the same either way.
        """
        tasks = [(self.region, self.account, job) for job in jobs]
        small = self.timings["least_cost"] < worth
        done = map_tasks(
            do_job,
            tasks,
            workers=1 if small else self.workers,
            progress=lambda count, total: self.tell(stage, count / total, f"{count} of {total}"),
        )
        self.interrupted = self.interrupted or done.interrupted
        return [(jobs[k], answer) for k, answer in zip(done.indices, done.results, strict=True)]

    def find_least_cost(self) -> None:
        """Solve and certify problem (1)."""
        start = time.perf_counter()
        self.tell("least cost", 0.0, "asking participants for best responses")
        self.solution = solve(self.setting.problem, self.settings, progress=self.progress)
        self.certificate = certify(self.setting.problem, self.solution, self.settings)
        uplifts = dict.fromkeys(self.setting.participants, 0.0)
        for participant in self.setting.problem.participants:
            uplifts[participant.owner] += self.certificate.uplifts[participant.id]
        exact = self.certificate.status == "exact"
        least = offers.selection_outcome(
            self.setting,
            self.solution.selection,
            "least_cost",
            title="Least cost",
            description="The division of labour with the highest value to the whole region.",
            criterion="highest market value",
            claim="no division is worth more (complete menus, within the stated gap)"
            if exact
            else "within the stated gap of the bound",
        )
        self.least = replace(least, notes={"uplifts": uplifts})
        self.found["least_cost"] = self.least
        self.timings["least_cost"] = time.perf_counter() - start
        self.interrupted = self.interrupted or self.solution.interrupted

    def find_apart(self) -> None:
        """Find what each achieves isolated, and what happens when all act at once."""
        start = time.perf_counter()
        self.tell("outcomes", 0.0, "each alone, and all at once")
        jobs: list[Job] = [UncoordinatedJob()]
        jobs.extend(IsolatedJob(code) for code in self.setting.participants)
        for job, answer in self.do("outcomes", jobs, 4.0):
            if isinstance(job, IsolatedJob):
                self.alone[job.code] = answer  # type: ignore[assignment]
            else:
                self.national = answer  # type: ignore[assignment]
        if self.national is not None:
            self.apart = outcome_at(
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
        self.timings["outcomes"] = time.perf_counter() - start

    def find_rest(self, names: Sequence[str], with_play: bool) -> None:
        """Play from several starts and find the scenarios asked for."""
        start = time.perf_counter()
        if self.national is None or self.least is None or self.apart is None:
            return
        gain = self.least.market_value - self.apart.market_value
        size = abs(self.least.market_value)
        slack = min(offers.SLACK * size, max(0.5 * gain, 1e-3 * size))
        # the longest first, so that no process is left with it alone at the end
        jobs = self._scenario_jobs(names, slack)
        if with_play:
            jobs = [*jobs[:1], *self._play_jobs(), *jobs[1:]]
        share = f"market value within {100 * slack / max(size, 1e-12):.2g} % of the best"
        plays: list[Play] = []
        self.tell("scenarios", 0.0, "best-response play and scenarios")
        for job, answer in self.do("scenarios", jobs, 0.5):
            if isinstance(job, PlayJob):
                plays.append(answer)  # type: ignore[arg-type]
            elif isinstance(job, MinusJob):
                self._keep_minus(job.code, answer)  # type: ignore[arg-type]
            elif isinstance(job, OfferJob):
                offer = OFFERS[job.name]
                claim = f"{share}; best for its criterion that a limited search found"
                texts = (offer.title, offer.description, offer.criterion, claim)
                self._keep(job.name, answer, *texts)  # type: ignore[arg-type]
            elif isinstance(job, AlternativesJob):
                self._keep_alternatives(answer, names, share)  # type: ignore[arg-type]
        if plays:
            self.nash = equilibria(self.setting, plays)
        if not self.interrupted:
            self._find_fair(names)
        self.timings["scenarios"] = time.perf_counter() - start

    def _play_jobs(self) -> list[Job]:
        assert self.national is not None
        assert self.least is not None
        starts = {
            "nobody building": self.setting.nobody(),
            "the uncoordinated outcome": self.national,
            "the least-cost division": dict(self.least.holdings),
        }
        runs = schedule(self.setting.participants, starts, self.seed)
        return [PlayJob(name, holdings, tuple(order)) for name, holdings, order in runs]

    def _scenario_jobs(self, names: Sequence[str], slack: float) -> list[Job]:
        assert self.national is not None
        assert self.least is not None
        assert self.solution is not None
        shared = (self.solution, self.settings, slack, self.national)
        jobs: list[Job] = []
        numbers = [int(n.rsplit("_", 1)[1]) for n in names if n.startswith("alternative_")]
        if numbers:
            jobs.append(AlternativesJob(self.least, max(numbers), *shared))
        jobs.extend(OfferJob(name, *shared) for name in OFFERS if name in names)
        for name in names:
            code = name.removeprefix("minus_")
            if name.startswith("minus_") and code in self.alone:
                jobs.append(MinusJob(code, self.alone[code][1], self.solution, self.settings))
        return jobs

    def _keep(
        self,
        name: str,
        selection: Selection | None,
        title: str,
        description: str,
        criterion: str,
        claim: str,
    ) -> None:
        if selection is not None:
            self.found[name] = offers.selection_outcome(
                self.settings_of.get(name, self.setting),
                selection,
                name,
                title=title,
                description=description,
                criterion=criterion,
                claim=claim,
            )

    def _keep_alternatives(
        self, selections: list[Selection], names: Sequence[str], share: str
    ) -> None:
        for number, selection in enumerate(selections, start=1):
            if f"alternative_{number}" in names:
                self._keep(
                    f"alternative_{number}",
                    selection,
                    f"Alternative {number}",
                    "As different as possible from the least-cost division and earlier ones.",
                    "most different makers",
                    f"{share}; most different that a limited search found",
                )

    def _keep_minus(self, code: str, answer: Solution | None) -> None:
        if answer is None:
            return
        name = f"minus_{code}"
        self.settings_of[name] = self.setting.without_links(code)
        title = next(p.name for p in self.region.participants if p.id == code)
        gap = max(0.0, answer.selection.value - answer.bound)
        relative = gap / max(abs(answer.selection.value), 1e-12)
        claim = f"no such division is worth more than {relative:.1e} above it, relatively"
        self._keep(
            name,
            answer.selection,
            f"Without {title}",
            f"{title} stays out, at the plan it chooses alone; the others coordinate.",
            "highest market value without it",
            claim if answer.proven else "best found; not all answers were proven",
        )

    def _find_fair(self, names: Sequence[str]) -> None:
        """Find the divisions that are fair in gains, among all those met and near them."""
        assert self.least is not None
        assert self.apart is not None
        outside = {code: outcome.by_participant[code] for code, (outcome, _) in self.alone.items()}
        smallest = 1e-9 * max(1.0, abs(self.least.market_value))
        size = {code: max(abs(value), smallest) for code, value in outside.items()}
        pool = [o for name, o in self.found.items() if not name.startswith("minus_")]
        if self.nash is not None:
            pool.extend(self.nash.equilibria)
        pool = [outcome for outcome in pool if has_its_jobs(self.setting, outcome)]
        floor = min(self.apart.market_value, self.least.market_value)
        for name, (measure, title, text, criterion) in offers.FAIR.items():
            if name not in names:
                continue
            self.tell("scenarios", 1.0, title)

            def score(outcome: Outcome, measure: offers.Measure = measure) -> float:
                if not has_its_jobs(self.setting, outcome):
                    return -math.inf
                gains = offers.relative_gains(outcome, outside, size)
                return measure(list(gains.values()), outcome.market_value - floor)

            best = offers.fair(self.setting, pool, score)
            if best is not None:
                self.found[name] = replace(
                    best,
                    name=name,
                    title=title,
                    description=text,
                    criterion=criterion,
                    claim=f"best of {len(pool)} divisions met, then of one-change improvements",
                    notes={},
                )
