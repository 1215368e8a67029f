"""Can the countries staff a division of labour, and who gains and loses posts by it?

Posts are those of the plants that run in an outcome, by participant and occupation. New plants must
be staffed: the least cost of hiring and training, the fewest months and the bottleneck come from
the staffing flow of the country's workforce, for a tight, a middle and a loose set of assumptions
(:data:`workshare.population.country_staffing.REACHES`). Existing plants have their people.

Posts are no forecast of employment: nothing is said of posts outside the region's plants, and idle
plants are counted as without posts.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

from workshare.errors import OptionError
from workshare.studies.outcome import PlantUse
from workshare.studies.result import CoordinationResult

if TYPE_CHECKING:
    from workshare.population import LabourPool, Moves, Staffing, Workforce

GROUPS: dict[str, tuple[str, ...]] = {
    "professionals": ("1", "2"),
    "technicians": ("3", "7"),
    "operators": ("8", "9"),
}
"""ISCO-08 major groups behind the occupations of a region, by the name of the occupation."""

MONTHS = 36.0
"""Time until the posts must be filled."""

NOT_POSTS = 0.5
"""Differences of fewer posts are not told."""

Posts = dict[str, dict[str, float]]


def population_lens(result: CoordinationResult) -> dict[str, Any]:
    """Return posts, staffing, and winners and losers of every scenario.

    Returns
    -------
    record : ``status`` (``staffed``, ``short of people``, ``not applicable``), ``claim``,
        ``months``, ``workforce`` (its sources), ``posts`` (by outcome, participant, occupation),
        ``staffing`` (by outcome and participant: status, cost in M once with its band, months,
        bottleneck, trained, unfilled), ``changes`` (by scenario, against ``uncoordinated`` and
        ``isolated``: rows of participant, occupation, posts gained (+) or lost (-)),
        ``not_staffed`` (participants without a workforce). ``status`` is of the least-cost
        division under the middle assumptions.
    """
    from workshare.population import embedded_workforce  # it compiles: only where it is asked

    people = embedded_workforce()
    workers = {w.occupation for p in result.region.participants for w in p.workforce}
    codes = [p.id for p in result.region.participants]
    reason = _not_applicable(people, codes, workers)
    if reason:
        return {"status": "not applicable", "claim": reason}
    outcomes = _outcomes(result)
    posts = {name: _posts(plants) for name, plants in outcomes.items()}
    ask = _Questions(people)
    staffing = {name: _staffing(ask, _posts(_new(plants))) for name, plants in outcomes.items()}
    against = [name for name in ("uncoordinated", "isolated") if name in posts]
    short = [c for c, one in staffing["least_cost"].items() if one["status"] != "staffed"]
    return {
        "status": "short of people" if short else "staffed",
        "claim": (
            "least cost proven by its dual for the people and rules assumed; the people within "
            "reach, months and costs of training are assumptions, told with a band"
        ),
        "months": MONTHS,
        "currency": people.currency,
        "workforce": list(people.sources),
        "posts": posts,
        "staffing": staffing,
        "changes": {
            scenario.name: {base: _changes(posts[scenario.name], posts[base]) for base in against}
            for scenario in result.scenarios
        },
        "labour_force": {
            code: float(people.cells[people.regions.index(code)].sum())
            for code in codes
            if code in people.regions
        },
        "not_staffed": [code for code in codes if code not in people.regions],
    }


def _not_applicable(people: Workforce, codes: list[str], workers: set[str]) -> str:
    """Return why the lens has nothing to say; "" where it has."""
    if not any(code in people.regions for code in codes):
        known = ", ".join(people.regions)
        return f"no participant has a workforce; there is one for {known}"
    unknown = sorted(workers - set(GROUPS))
    if unknown:
        return f"occupations {', '.join(unknown)} are not among {', '.join(GROUPS)}"
    return ""


def _outcomes(result: CoordinationResult) -> dict[str, tuple[PlantUse, ...]]:
    """Return the plants of every outcome that posts are counted in."""
    outcomes = {}
    if result.isolated_plants:
        outcomes["isolated"] = result.isolated_plants
    if "uncoordinated" in result.outcomes:
        outcomes["uncoordinated"] = result.outcomes["uncoordinated"].plants
    return outcomes | {scenario.name: scenario.plants for scenario in result.scenarios}


def _new(plants: Iterable[PlantUse]) -> list[PlantUse]:
    return [plant for plant in plants if not plant.group.existing]


def _posts(plants: Iterable[PlantUse]) -> Posts:
    """Return posts of running plants by participant and occupation."""
    posts: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))
    for plant in plants:
        if not plant.idle:
            for occupation, amount in plant.group.jobs:
                posts[plant.participant][occupation] += amount
    return {code: dict(counts) for code, counts in posts.items()}


def _changes(posts: Posts, base: Posts) -> list[dict[str, Any]]:
    """Return posts gained and lost, the largest gain first."""
    rows = []
    for code in sorted({*posts, *base}):
        here, there = posts.get(code, {}), base.get(code, {})
        for occupation in sorted({*here, *there}):
            change = here.get(occupation, 0.0) - there.get(occupation, 0.0)
            if abs(change) >= NOT_POSTS:
                rows.append({"participant": code, "occupation": occupation, "posts": change})
    return sorted(rows, key=lambda row: -row["posts"])


class _Questions:
    """The staffing of posts in countries; equal questions are answered once."""

    def __init__(self, people: Workforce) -> None:
        from workshare.population import REACHES, country_pool, embedded_network

        network = embedded_network()

        def pool(code: str, name: str) -> tuple[LabourPool, Moves]:
            return country_pool(people, network, code, GROUPS, REACHES[name])

        self.regions = people.regions
        self.pool = cache(pool)
        self.answer = cache(self._answer)

    def _answer(self, code: str, posts: tuple[tuple[str, float], ...]) -> dict[str, Any]:
        from workshare.population import REACHES, Specialisation, months_to_staff, staff

        asked = Specialisation("the new plants", dict(posts))
        found = {name: staff(*self.pool(code, name), asked, 1.0, MONTHS) for name in REACHES}
        middle = found["middle"]
        return {
            "status": middle.status,
            "posts": sum(amount for _, amount in posts),
            "cost": middle.cost / 1e6,
            "cost_low": found["loose"].cost / 1e6,
            "cost_high": found["tight"].cost / 1e6,
            "status_tight": found["tight"].status,
            "months": months_to_staff(*self.pool(code, "middle"), asked, 1.0),
            "months_tight": months_to_staff(*self.pool(code, "tight"), asked, 1.0),
            "bottleneck": middle.bottleneck,
            "bottleneck_tight": found["tight"].bottleneck,
            "trained": _trained(middle),
            "trained_tight": _trained(found["tight"]),
            "unfilled": dict(middle.unfilled),
            "unfilled_tight": dict(found["tight"].unfilled),
            "holds": all(answer.holds for answer in found.values()),
        }


def _trained(answer: Staffing) -> float:
    return float(sum(count for _, _, count in answer.moves))


def _staffing(
    ask: _Questions, posts: Mapping[str, Mapping[str, float]]
) -> dict[str, dict[str, Any]]:
    """Return the staffing of the new plants of every participant that has some and a workforce."""
    answers = {}
    for code, counts in posts.items():
        if code in ask.regions and sum(counts.values()) > 0:
            asked = tuple(sorted((name, round(amount, 6)) for name, amount in counts.items()))
            answers[code] = ask.answer(code, asked)
            if not answers[code]["holds"]:
                raise OptionError(f"the staffing of {code} is not proven; please report it")
    return answers
