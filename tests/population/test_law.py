"""The law of the cohorts against a loop over single people, written apart from them."""

from __future__ import annotations

import dataclasses
import random

import numpy as np
import numpy.typing as npt
import pytest

from population.markets import full_market
from workshare.population.policy import destination_shares, set_levers
from workshare.population.rules import State
from workshare.population.run import Run
from workshare.population.simulate import LabourMarket, SimulationOptions

Numbers = npt.NDArray[np.float64]


def flat(state: State) -> Numbers:
    """Return every count of a state in one row."""
    parts = (state.formal, state.informal, state.unemployed, state.training, state.vacancies)
    return np.concatenate([part.ravel() for part in parts]).astype(float)


def one_by_one(market: LabourMarket, state: State, period: int, draw: random.Random) -> State:
    """Return the state after a period in which every person throws a coin of their own."""
    rules, network = market.rules, market.network
    levers = set_levers(market.policy, market.workforce, state, rules)
    shares = destination_shares(state, market.openness, market.policy, levers.scale)
    wanted = market.wanted().posts(period) * levers.more_posts
    regions, size, spells = state.unemployed.shape
    course = state.training.shape[2]
    formal, informal = np.zeros((regions, size)), np.zeros((regions, size))
    unemployed = np.zeros((regions, size, spells))
    training = np.zeros((regions, size, course))
    training[:, :, :-1] = state.training[:, :, 1:]
    vacancies = state.vacancies.astype(float)
    matrix = network.matrix()
    entry = rules.entry(regions)

    def heads(chance: float) -> bool:
        return draw.random() < chance

    for r in range(regions):
        offered = state.vacancies[r]
        searchers: list[tuple[str, int, int]] = []
        for o in range(size):
            jobs = int(state.formal[r, o])
            gap = wanted[r, o] - jobs - offered[o]
            surplus = (1 - rules.separation) * rules.adjustment * max(0.0, -gap) / max(1, jobs)
            for _ in range(jobs):
                vacancies[r, o] += heads(rules.opening)
                if heads(rules.separation + surplus):
                    unemployed[r, o, 0] += 1
                elif heads(rules.formal_search):
                    searchers.append(("formal", o, 0))
                else:
                    formal[r, o] += 1
            missing = int(gap) + heads(gap - int(gap)) if gap > 0 else 0
            for _ in range(missing):
                vacancies[r, o] += heads((1 - rules.opening) * rules.adjustment)
            for _ in range(int(state.informal[r, o])):
                if heads(rules.informal_separation):
                    unemployed[r, o, 0] += 1
                elif heads(rules.informal_search):
                    searchers.append(("informal", o, 0))
                else:
                    informal[r, o] += 1
            unemployed[r, o, 0] += state.training[r, o, 0]
            for s in range(spells):
                searchers += [("unemployed", o, s)] * int(state.unemployed[r, o, s])
        desks: dict[tuple[int, int], list[int]] = {}
        for who, (_, o, _) in enumerate(searchers):
            pull = matrix[o] * offered
            if pull.sum() > 0:
                j = draw.choices(range(size), pull)[0]
                desks.setdefault((j, draw.randrange(offered[j])), []).append(who)
        hired = {draw.choice(queue): j for (j, _), queue in desks.items()}
        lines: dict[int, list[int]] = {}
        idle = []
        for who, (kind, o, _) in enumerate(searchers):
            if who in hired:
                formal[r, hired[who]] += 1
                vacancies[r, hired[who]] -= 1
                vacancies[r, o] += kind == "formal"
            elif kind == "formal":
                formal[r, o] += 1
            elif kind == "informal" or heads(entry[r]):
                informal[r, o] += 1
            else:
                idle.append(who)
                seats = matrix[o] * levers.seats[r]
                if levers.seats.any() and heads(rules.course_interest) and seats.sum() > 0:
                    lines.setdefault(draw.choices(range(size), seats)[0], []).append(who)
        started = set()
        for j, line in lines.items():
            for who in draw.sample(line, min(len(line), int(levers.seats[r, j]))):
                started.add(who)
                training[r, j, -1] += 1
        for who in idle:
            _, o, s = searchers[who]
            if who in started:
                continue
            away = shares[r].any() and heads(rules.migration + levers.more_migration[r])
            home = draw.choices(range(regions), shares[r])[0] if away else r
            unemployed[home, o, min(s + 1, spells - 1)] += 1
    return State(*(x.astype(np.int64) for x in (formal, informal, unemployed, training, vacancies)))


def small() -> LabourMarket:
    market = full_market(workers=150, regions=3, occupations=3)
    rules = dataclasses.replace(
        market.rules,
        separation=0.1,
        opening=0.08,
        formal_search=0.15,
        informal_search=0.3,
        migration=0.2,
        course_interest=0.6,
        course_periods=2,
        weeks=13.5,
    )
    return dataclasses.replace(market, rules=rules)


def samples(count: int, periods: int) -> tuple[Numbers, Numbers]:
    """Return ``count`` states of cohorts and of the loop, each after some periods."""
    market = small()
    run = Run(market, SimulationOptions(periods=periods), None)
    start = run.state
    cohorts, loop = [], []
    draw = random.Random(5)
    for seed in range(count):
        run.options = dataclasses.replace(run.options, seed=seed)
        run._begin(start)
        for _ in range(periods):
            run.advance()
        cohorts.append(flat(run.state))
        state = start
        for period in range(periods):
            state = one_by_one(market, state, period, draw)
        loop.append(flat(state))
    return np.array(cohorts), np.array(loop)


def compare(cohorts: Numbers, loop: Numbers, cells_within: float | None) -> None:
    """Compare means in every cell, and variances where they can be told apart."""
    count = len(cohorts)
    spread = np.sqrt((cohorts.var(axis=0, ddof=1) + loop.var(axis=0, ddof=1)) / count)
    off = cohorts.mean(axis=0) - loop.mean(axis=0)
    fixed = spread == 0
    assert (off[fixed] == 0).all()
    assert np.abs(off[~fixed] / spread[~fixed]).max() < 4
    ratio = cohorts.var(axis=0, ddof=1)[~fixed] / loop.var(axis=0, ddof=1)[~fixed]
    busy = loop.mean(axis=0)[~fixed] > 2  # rare counts have variances that no sample pins down
    assert busy.sum() >= 12
    assert abs(ratio[busy].mean() - 1) < 0.1
    if cells_within is not None:
        assert np.abs(ratio[busy] - 1).max() < cells_within
    pairs = np.corrcoef(cohorts.T[~fixed])[np.triu_indices((~fixed).sum(), 1)]
    others = np.corrcoef(loop.T[~fixed])[np.triu_indices((~fixed).sum(), 1)]
    assert np.abs(pairs - others).max() < 6 * np.sqrt(2 / count)


def test_one_period_has_the_law_of_single_people() -> None:
    compare(*samples(700, 1), cells_within=None)


@pytest.mark.slow
def test_two_periods_have_the_law_of_single_people() -> None:
    compare(*samples(6000, 2), cells_within=0.1)
