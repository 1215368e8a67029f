"""Exposure: algebra that any such index must obey, closed forms, the public tables, bad input."""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import scipy.sparse as sp

from workshare.errors import OptionError
from workshare.population.exposure import (
    SkillValues,
    Technologies,
    exposure,
    occupation_scores,
    performable,
    precursor_scores,
    rank_sensitivity,
    skill_values,
)

SHARED = Path(__file__).parents[3] / "shared" / "data" / "population"


def tables(seed: int = 0) -> tuple[SkillValues, Technologies]:
    draw = np.random.default_rng(seed)
    skills = tuple(f"skill {k}" for k in range(6))
    dense = sp.random(8, 6, density=0.5, random_state=seed).toarray()
    dense[0] = 0
    value = sp.csr_matrix(dense)
    return (
        SkillValues(tuple(f"job {k}" for k in range(8)), skills, value),
        Technologies(
            ("x", "y", "z"), skills, draw.random((3, 6)), np.array([6.0, 12.0, 30.0]), np.ones(3)
        ),
    )


def world(seed: int) -> tuple[list[str], list[str], np.ndarray, np.ndarray]:
    draw = np.random.default_rng(seed)
    regions, jobs = [f"region {k}" for k in range(5)], [f"job {k}" for k in range(8)]
    return regions, jobs, draw.integers(0, 50, (5, 8)).astype(float), draw.uniform(1, 9, (5, 8))


@pytest.mark.parametrize("rule", ["share", "maximum"])
def test_scores_are_shares_and_rise_with_technology_and_adoption(rule: str) -> None:
    values, technologies = tables()
    scores = np.array(list(occupation_scores(values, technologies, rule).values()))
    assert scores.min() >= 0 and scores.max() <= 1
    assert scores[0] == 0  # an occupation without skills is exposed to nothing
    fewer = replace(
        technologies,
        names=("x",),
        performs=technologies.performs[:1],
        start=technologies.start[:1],
        speed=technologies.speed[:1],
    )
    assert np.all(list(occupation_scores(values, fewer, rule).values()) <= scores + 1e-15)
    before = np.zeros(8)
    for month in (0.0, 6.0, 24.0, 600.0):
        adopted = technologies.adopted(month)
        now = np.array(list(occupation_scores(values, technologies, rule, adopted).values()))
        assert np.all(now >= before - 1e-15)
        before = now
    np.testing.assert_allclose(before, scores, atol=1e-12)


def test_the_share_is_the_mean_over_pairs_and_never_above_the_maximum() -> None:
    values, technologies = tables()
    reach = performable(technologies)
    dense = values.value.toarray()
    share = occupation_scores(values, technologies)
    most = occupation_scores(values, technologies, "maximum")
    for k, code in enumerate(values.occupations):
        if dense[k].sum() > 0:
            assert share[code] == pytest.approx(np.average(reach, weights=dense[k]))
            assert most[code] == pytest.approx(reach[dense[k] > 0].max())
        assert share[code] <= most[code] + 1e-15


def test_two_technologies_reach_what_chance_says() -> None:
    two = Technologies(("x", "y"), ("s",), np.array([[0.5], [0.4]]), np.zeros(2), np.zeros(2))
    assert performable(two)[0] == pytest.approx(1 - 0.5 * 0.6)
    assert performable(two, np.array([1.0, 0.0]))[0] == pytest.approx(0.5)


def test_an_index_is_bounded_monotone_and_of_a_union_the_wage_weighted_mean() -> None:
    regions, jobs, people, pay = world(1)
    draw = np.random.default_rng(2)
    scores = dict(zip(jobs, draw.random(8), strict=True))
    found = exposure(regions, jobs, people, pay, scores)
    assert np.all((found.index >= min(scores.values())) & (found.index <= max(scores.values())))
    higher = exposure(regions, jobs, people, pay, {**scores, "job 3": 1.0})
    assert np.all(higher.index >= found.index)
    bill = (people * pay).sum(axis=1)
    assert found.whole == pytest.approx(np.average(found.index, weights=bill))
    constant = exposure(regions, jobs, people, pay, dict.fromkeys(jobs, 0.3))
    np.testing.assert_allclose(constant.index, 0.3)


def test_labels_order_and_units_do_not_matter() -> None:
    regions, jobs, people, pay = world(3)
    scores = dict(zip(jobs, np.linspace(0, 1, 8), strict=True))
    one = exposure(regions, jobs, people, pay, scores)
    turn = np.random.default_rng(0).permutation(8)
    other = exposure(
        regions, [jobs[k] for k in turn], 1e3 * people[:, turn], 1e-3 * pay[:, turn], scores
    )
    np.testing.assert_allclose(other.index, one.index)
    np.testing.assert_allclose(other.wage_value, one.wage_value)


def test_occupations_without_a_score_are_said_not_guessed() -> None:
    regions, jobs, people, pay = world(4)
    whole = dict.fromkeys(jobs, 0.5)
    part = dict.fromkeys(jobs[:4], 0.5)
    found = exposure(regions, jobs, people, pay, part)
    np.testing.assert_allclose(found.index, 0.5)
    assert np.all(found.scored < 1)
    assert np.all(exposure(regions, jobs, people, pay, whole).scored == 1)
    empty = exposure(regions, jobs, 0 * people, pay, whole)
    assert np.all(np.isnan(empty.index))


def test_ranks_and_their_agreement() -> None:
    regions, jobs, people, pay = world(5)
    draw = np.random.default_rng(6)
    results = {
        name: exposure(regions, jobs, people, pay, dict(zip(jobs, draw.random(8), strict=True)))
        for name in "abc"
    }
    found = rank_sensitivity(results)
    assert np.all(found.ranks.sum(axis=1) == 15)
    assert np.all(found.lowest <= found.highest)
    same = rank_sensitivity({"a": results["a"], "again": results["a"]})
    assert same.agreement["a", "again"] == pytest.approx(1.0)
    np.testing.assert_array_equal(same.lowest, same.highest)


def test_faults_are_told_with_their_cell() -> None:
    regions, jobs, people, pay = world(1)
    people[2, 1], pay[0, 0] = -1.0, np.nan
    with pytest.raises(OptionError) as told:
        exposure(regions, jobs, people, pay, {"job 1": 40.0})
    for words in (
        "employment of job 1 in region 2 is -1.0",
        "wage of job 0 in region 0 is nan",
        "score of job 1 is 40.0; must be between 0 and 1 (a share, not per cent)",
    ):
        assert words in str(told.value)
    values, technologies = tables()
    with pytest.raises(OptionError, match=r"say nothing of 1 skills, the first 'cooking'"):
        occupation_scores(skill_values([("job", "cooking", 1.0)]), technologies)
    with pytest.raises(OptionError, match="rule is 'median'"):
        occupation_scores(values, technologies, "median")
    with pytest.raises(OptionError, match=r"performs of x on skill 0 is 50.0"):
        replace(technologies, performs=np.full((3, 6), 50.0))
    with pytest.raises(OptionError, match="no occupation has an intensity"):
        precursor_scores({"a": 0.0}, {})


@pytest.mark.skipif(not SHARED.is_dir(), reason="needs the public tables of OEWS and O*NET")
def test_the_public_tables_at_full_size() -> None:
    with (SHARED / "oews" / "oews_state_M2023_detailed.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 36_434
    regions = list(dict.fromkeys(row["AREA_TITLE"] for row in rows))
    jobs = list(dict.fromkeys(row["OCC_CODE"] for row in rows))
    people, pay = np.zeros((len(regions), len(jobs))), np.zeros((len(regions), len(jobs)))
    place = {name: k for k, name in enumerate(regions)}
    column = {name: k for k, name in enumerate(jobs)}
    for row in rows:
        cell = place[row["AREA_TITLE"]], column[row["OCC_CODE"]]
        people[cell] += float(row["TOT_EMP"] or 0)
        pay[cell] = float(row["A_MEAN"] or 0)
    assert len(regions) == 54 and people.sum() == 151_778_980
    with (SHARED / "onet" / "Technology_Skills.txt").open() as file:
        listed = list(csv.DictReader(file, delimiter="\t"))
    pairs = [(row["O*NET-SOC Code"][:7], row["Commodity Title"], 1.0) for row in listed]
    values = skill_values(pairs)
    # the list counts 32,627 pairs of occupation and example over 135 classes
    assert len(listed) == 32_627 and len(values.skills) == 135
    assert values.value.sum() == 32_627
    hot = {row["Commodity Title"] for row in listed if row["Hot Technology"] == "Y"}
    performs = np.array([[1.0 if skill in hot else 0.0 for skill in values.skills]])
    technology = Technologies(("hot",), values.skills, performs, np.zeros(1), np.ones(1))
    found = exposure(regions, jobs, people, pay, occupation_scores(values, technology))
    assert found.wage_bill.sum() == pytest.approx(9_822_246_268_600, rel=1e-12)
    assert 0 < found.whole < 1 and np.all(found.scored > 0.8)
