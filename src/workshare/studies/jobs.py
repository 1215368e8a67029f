"""The pieces of the main study that do not wait for each other, as jobs any process can do.

A job carries all it needs and answers with plain records, so that the answer is the same whichever
process does it. The region's setting is made once per process and kept.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from workshare.coordination import Selection, Settings, Solution
from workshare.errors import OptionError
from workshare.region.region import Region
from workshare.results import inputs_hash
from workshare.studies import scenarios as offers
from workshare.studies.outcome import Outcome
from workshare.studies.play_out import Play, isolated, play, uncoordinated
from workshare.studies.setting import Holdings, Setting


@dataclass(frozen=True, slots=True)
class Offer:
    """A scenario that optimises another objective: its texts and the function that finds it."""

    find: Callable[[offers.Bench], Selection | None]
    title: str
    description: str
    criterion: str


OFFERS = {
    "fewest_changes": Offer(
        offers.fewest_changes,
        "Fewest changes",
        "As close as possible to what each would build on its own.",
        "fewest activities changed from the national plans",
    ),
    "least_duplication": Offer(
        offers.least_duplication,
        "Least duplication",
        "The fewest participants building the same activity.",
        "fewest makers",
    ),
    "most_resilient": Offer(
        offers.most_resilient,
        "Most resilient",
        "The largest single source of each good is as small as possible.",
        "smallest largest source",
    ),
    "lowest_emissions": Offer(
        offers.lowest_emissions,
        "Lowest emissions",
        "The lowest emissions inside the region; emissions of imports are not counted.",
        "lowest emissions in the region",
    ),
}
"""Scenarios by name that one restricted programme finds; a new one is one function and one line."""


@dataclass(frozen=True, slots=True)
class IsolatedJob:
    """Find what ``code`` achieves with no partner; answers (outcome, holdings)."""

    code: str

    def run(self, setting: Setting) -> tuple[Outcome, frozenset[str]]:
        """Do the job in ``setting``."""
        return isolated(setting, self.code)


@dataclass(frozen=True, slots=True)
class UncoordinatedJob:
    """Find what all hold when they act at once; answers holdings by participant."""

    def run(self, setting: Setting) -> dict[str, frozenset[str]]:
        """Do the job in ``setting``."""
        return uncoordinated(setting)


@dataclass(frozen=True, slots=True)
class PlayJob:
    """Run best-response play once; answers where it went."""

    start: str
    holdings: Holdings
    order: tuple[str, ...]

    def run(self, setting: Setting) -> Play:
        """Do the job in ``setting``."""
        return play(setting, self.start, self.holdings, self.order)


@dataclass(frozen=True, slots=True)
class OfferJob:
    """Find one of :data:`OFFERS`; answers its selection, or None where there is none."""

    name: str
    solution: Solution
    settings: Settings
    slack: float
    national: dict[str, frozenset[str]]

    def run(self, setting: Setting) -> Selection | None:
        """Do the job in ``setting``."""
        bench = offers.Bench(setting, self.solution, self.settings, self.slack, self.national)
        return OFFERS[self.name].find(bench)


@dataclass(frozen=True, slots=True)
class AlternativesJob:
    """Find ``count`` alternatives, each as different as possible from those before it."""

    least: Outcome
    count: int
    solution: Solution
    settings: Settings
    slack: float
    national: dict[str, frozenset[str]]

    def run(self, setting: Setting) -> list[Selection]:
        """Do the job in ``setting``."""
        bench = offers.Bench(setting, self.solution, self.settings, self.slack, self.national)
        known, found = [self.least], []
        for number in range(1, self.count + 1):
            selection = offers.alternative(bench, known)
            if selection is None:
                break
            found.append(selection)
            known.append(offers.selection_outcome(setting, selection, f"alternative_{number}"))
        return found


@dataclass(frozen=True, slots=True)
class MinusJob:
    """Coordinate the others when ``code`` stays out, holding what it holds alone."""

    code: str
    held: frozenset[str]
    solution: Solution
    settings: Settings

    def run(self, setting: Setting) -> Solution | None:
        """Do the job in ``setting``; None where the others cannot keep the region's limits."""
        # what matters is who gains and loses: a relative gap of 1e-5 saves half of the time
        looser = replace(self.settings, tolerance=max(1e-5, self.settings.tolerance))
        try:
            return offers.minus(setting, self.code, self.solution, looser, self.held)
        except OptionError:
            return None


Job = IsolatedJob | UncoordinatedJob | PlayJob | OfferJob | AlternativesJob | MinusJob

_kept: dict[tuple[str, str], Setting] = {}


def setting_of(region: Region, account: str) -> Setting:
    """Return the setting of ``region``, made once in each process."""
    for setting in _kept.values():
        if setting.region is region and setting.account == account:
            return setting
    key = (inputs_hash(region), account)
    if key not in _kept:
        _kept.clear()
        _kept[key] = Setting(region, account)
    return _kept[key]


def do_job(task: tuple[Region, str, Job]) -> object:
    """Do one job in this process; its answer's type is that of the job's ``run``."""
    region, account, job = task
    return job.run(setting_of(region, account))
