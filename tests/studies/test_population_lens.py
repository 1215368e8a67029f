"""Posts, staffing, winners and losers of a division: a made-up Uruguay and Chile, and islands."""

from __future__ import annotations

from dataclasses import replace

import pytest

from workshare.population import REACHES, country_pool, embedded_network, embedded_workforce, staff
from workshare.population.staffing import Specialisation
from workshare.region import read_region
from workshare.reports.population_lens import population_findings, totals
from workshare.studies.coordinate import coordinate
from workshare.studies.population_lens import GROUPS, MONTHS, population_lens
from workshare.studies.result import CoordinationResult


@pytest.fixture(scope="module")
def islands() -> CoordinationResult:
    return coordinate(read_region("islands"))


def staffed_as_countries(result: CoordinationResult, scale: float) -> CoordinationResult:
    """Return a result whose participants are countries with posts in the groups of the lens."""
    names = dict(
        zip([p.id for p in result.region.participants], ("URY", "CHL", "BOL"), strict=False)
    )
    names |= {p.id: p.id for p in result.region.participants if p.id not in names}

    def plants(uses: tuple) -> tuple:  # type: ignore[type-arg]
        jobs = (("professionals", scale), ("operators", 3 * scale))
        return tuple(
            replace(use, participant=names[use.participant], group=replace(use.group, jobs=jobs))
            for use in uses
        )

    people = tuple(replace(p, id=names[p.id], workforce=()) for p in result.region.participants)
    outcomes = {k: replace(o, plants=plants(o.plants)) for k, o in result.outcomes.items()}
    return replace(
        result,
        region=replace(result.region, participants=people),
        outcomes=outcomes,
        isolated_plants=plants(result.isolated_plants),
        scenarios=tuple(replace(o, plants=plants(o.plants)) for o in result.scenarios),
    )


def test_a_region_without_workforce_data_is_told_so(islands: CoordinationResult) -> None:
    record = population_lens(islands)
    assert record["status"] == "not applicable"
    assert "no participant has a workforce" in record["claim"]
    assert "Not applicable" in population_findings(record).sentences[0]


def test_posts_add_up_and_changes_are_differences(islands: CoordinationResult) -> None:
    result = staffed_as_countries(islands, 10.0)
    record = population_lens(result)
    for outcome in result.scenarios:
        running = [plant for plant in outcome.plants if not plant.idle]
        told = sum(sum(counts.values()) for counts in record["posts"][outcome.name].values())
        assert told == pytest.approx(40.0 * len(running))
        for base, rows in record["changes"][outcome.name].items():
            before = sum(sum(counts.values()) for counts in record["posts"][base].values())
            assert sum(row["posts"] for row in rows) == pytest.approx(told - before)
    assert any(rows for rows in record["changes"]["least_cost"].values())


def test_staffing_is_that_of_the_flow_of_the_country(islands: CoordinationResult) -> None:
    result = staffed_as_countries(islands, 10.0)
    record = population_lens(result)
    people, network = embedded_workforce(), embedded_network()
    found = record["staffing"]["least_cost"]
    assert found and set(found) <= set(people.regions)
    for code, one in found.items():
        new = [
            p
            for p in result.scenario("least_cost").plants
            if p.participant == code and not p.group.existing and not p.idle
        ]
        posts = {"professionals": 10.0 * len(new), "operators": 30.0 * len(new)}
        pool, moves = country_pool(people, network, code, GROUPS, REACHES["middle"])
        answer = staff(pool, moves, Specialisation("check", posts), 1.0, MONTHS)
        assert one["cost"] == pytest.approx(answer.cost / 1e6)
        assert one["cost_low"] <= one["cost"] <= one["cost_high"]
        assert one["months"] <= one["months_tight"]
    assert set(record["not_staffed"]).isdisjoint(people.regions)


def test_too_many_posts_are_short_of_people(islands: CoordinationResult) -> None:
    record = population_lens(staffed_as_countries(islands, 1e6))
    assert record["status"] == "short of people"
    findings = population_findings(record)
    assert "not all posts can be filled" in findings.sentences[0]
    assert "Scarce in the middle variant" in findings.sentences[1]


def test_findings_name_winners_and_losers(islands: CoordinationResult) -> None:
    record = population_lens(staffed_as_countries(islands, 10.0))
    findings = population_findings(record)
    text = " ".join(findings.sentences)
    sums = totals(record["changes"]["least_cost"]["uncoordinated"])
    for code in sums:
        assert code in text
    assert "can be staffed" in findings.sentences[0]
    assert [table.name for table in findings.tables] == ["changes", "staffing", "posts"]


def test_unknown_occupations_are_not_guessed(islands: CoordinationResult) -> None:
    result = staffed_as_countries(islands, 10.0)
    first, *others = result.region.participants
    worker = read_region("lithium").participants[0].workforce[0]
    odd = replace(first, workforce=(replace(worker, occupation="divers"),))
    strange = replace(result, region=replace(result.region, participants=(odd, *others)))
    record = population_lens(strange)
    assert record["status"] == "not applicable" and "divers" in record["claim"]
