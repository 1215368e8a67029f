"""The dynamics: exact conservation, one definition in three modes, and continuing a run."""

from __future__ import annotations

import dataclasses
import signal

import numpy as np
import pytest

from population.markets import full_market, same
from workshare.errors import OptionError, TableError
from workshare.population.demand import Demand
from workshare.population.policy import Policy
from workshare.population.records import read_records
from workshare.population.simulate import (
    LabourMarket,
    Simulation,
    SimulationOptions,
    as_workforce,
    simulate,
)
from workshare.population.synthetic import synthetic_market
from workshare.results import Status

PERIODS = 12


def run(market: LabourMarket, mode: str = "cohorts", **options: int | bool) -> Simulation:
    return simulate(market, SimulationOptions(periods=PERIODS, mode=mode, **options))  # type: ignore[arg-type]


def test_people_are_conserved_in_every_period_and_nothing_is_negative() -> None:
    market = full_market()
    done = run(market)
    totals = done.by_region[:, :, [0, 1, 2, 4]].sum(axis=(1, 2))
    assert (totals == market.workforce.total).all()
    assert done.by_region.min() >= 0 and done.by_occupation.min() >= 0
    assert all(line.holds for line in done.certificate)
    # every mechanism took part, so that what is conserved is not an idle market
    assert (done.flows[:, :, :5].sum(axis=(0, 1)) > 0).all()
    assert done.state.training.sum() > 0 and done.by_region[-1, :, 1].sum() > 0


@pytest.mark.parametrize(("threads", "chunk"), [(1, 1), (2, 1), (4, 1), (2, 3), (1, 100)])
def test_cohorts_and_individuals_are_the_same_integers(threads: int, chunk: int) -> None:
    market = full_market()
    cohorts = run(market)
    people = run(market, "individuals", threads=threads, chunk=chunk, census=True)
    assert np.array_equal(cohorts.by_region, people.by_region)
    assert same(cohorts.state, people.state)
    census = next(line for line in people.certificate if line.name == "census")
    assert census.holds  # counted from the records alone, after every period
    again = run(market, threads=threads, chunk=chunk)
    assert same(cohorts.state, again.state) and np.array_equal(cohorts.moves, again.moves)


def test_records_do_not_depend_on_threads_either() -> None:
    market = full_market()
    one = run(market, "individuals")
    two = run(market, "individuals", threads=3, chunk=2)
    for a, b in zip(one.people, two.people, strict=True):
        assert np.array_equal(a.pool, b.pool)
    fields = read_records(np.concatenate([a.pool for a in one.people]))
    assert fields["courses"].max() >= 1 and fields["posts"].max() >= 1


def test_another_seed_gives_other_numbers() -> None:
    market = full_market()
    assert not same(run(market).state, run(market, seed=1).state)
    assert not same(run(market, seed=2**40).state, run(market).state)


def test_a_run_that_was_interrupted_goes_on_to_the_same_numbers() -> None:
    market = full_market()
    for mode in ("expected", "cohorts", "individuals"):
        whole = run(market, mode)
        part = simulate(market, SimulationOptions(periods=5, mode=mode))
        rest = simulate(market, SimulationOptions(periods=PERIODS, mode=mode), earlier=part)
        assert np.array_equal(whole.by_region, rest.by_region)
        assert np.array_equal(whole.moves, rest.moves)


def test_ctrl_c_keeps_whole_periods() -> None:
    def press(stage: str, share: float, text: str) -> None:
        signal.raise_signal(signal.SIGINT)

    market = full_market()
    stopped = simulate(market, SimulationOptions(periods=3), progress=press)
    assert stopped.status is Status.INTERRUPTED and stopped.periods == 1
    seen: list[Simulation] = []
    simulate(market, SimulationOptions(periods=3), after=seen.append)
    assert [part.periods for part in seen] == [1, 2, 3]
    assert seen[0].status is Status.INTERRUPTED
    rest = simulate(market, SimulationOptions(periods=3), earlier=seen[0])
    assert rest.status is Status.EXACT and same(rest.state, seen[2].state)


def test_a_policy_without_budget_is_the_baseline_to_the_last_person() -> None:
    market = full_market()
    baseline = dataclasses.replace(market, policy=None)
    assert market.policy is not None
    idle = dataclasses.replace(market, policy=dataclasses.replace(market.policy, budget=0.0))
    for mode in ("expected", "cohorts"):
        assert same(run(baseline, mode).state, run(idle, mode).state)
    assert run(idle).flows[:, :, 5].sum() == 0
    assert same(run(baseline).state, run(dataclasses.replace(market, policy=Policy())).state)
    assert not same(run(baseline).state, run(market).state)  # with money it is another


def test_a_budget_is_not_passed() -> None:
    market = full_market()
    assert market.policy is not None
    free = run(market)
    half = 0.5 * float(free.flows[:, :, 5].sum(axis=1).max())
    tight = run(dataclasses.replace(market, policy=dataclasses.replace(market.policy, budget=half)))
    # planned within the budget; what is spent differs by the chance of who moves and is hired
    assert tight.flows[:, :, 5].sum(axis=1).mean() <= half
    assert tight.flows[:, :, 3].sum() < free.flows[:, :, 3].sum()


def test_courses_never_lower_the_qualified_in_the_occupation_they_are_for() -> None:
    market = full_market(200_000)
    seats = np.zeros(market.workforce.formal.shape, dtype=np.int64)
    seats[:, 2] = 40
    some = dataclasses.replace(market, policy=Policy(seats=seats))
    none = dataclasses.replace(market, policy=None)
    gain = run(some, "expected").by_occupation - run(none, "expected").by_occupation
    qualified = gain[-1, 2, [0, 1, 2, 4]].sum()
    assert qualified > 0


def test_relabelling_regions_changes_expected_values_by_nothing_but_the_label() -> None:
    market = dataclasses.replace(full_market(), policy=None)
    order = np.array([2, 0, 3, 1])
    people, demand = market.workforce, market.demand
    assert demand is not None
    entry = np.array(market.rules.entry(4))[order]
    turned = LabourMarket(
        dataclasses.replace(
            people,
            regions=tuple(people.regions[k] for k in order),
            formal=people.formal[order],
            informal=people.informal[order],
            unemployed=people.unemployed[order],
            training=people.training[order],
            wages=people.wages[order],
        ),
        market.network,
        dataclasses.replace(market.rules, informal_entry=tuple(entry)),
        dataclasses.replace(demand, base=demand.base[order]),
    )
    straight, other = run(market, "expected").by_region, run(turned, "expected").by_region
    np.testing.assert_allclose(other, straight[:, order], rtol=1e-9)


@pytest.mark.parametrize("full", [False, True], ids=["base model", "everything on"])
def test_expected_values_are_the_limit_of_cohorts(full: bool) -> None:
    sizes = np.array([10_000, 100_000, 1_000_000, 10_000_000])
    errors = []
    for workers in sizes:
        make = full_market if full else None
        market = (
            make(int(workers), regions=2, occupations=5)
            if make
            else synthetic_market(regions=2, occupations=5, workers=int(workers), seed=3)
        )
        mean = simulate(market, SimulationOptions(periods=6, mode="expected")).by_occupation[-1]
        off = []
        for seed in range(12):
            drawn = simulate(market, SimulationOptions(periods=6, seed=seed)).by_occupation[-1]
            off.append(((drawn - mean)[:, 2] / workers) ** 2)
        errors.append(np.sqrt(np.mean(off)))
    slope = np.polyfit(np.log(sizes), np.log(errors), 1)[0]
    assert -0.58 < slope < -0.42  # N^-1/2, with the chance of twelve seeds


def test_the_state_at_the_end_is_a_workforce_again() -> None:
    market = full_market()
    done = run(market)
    people = as_workforce(market, done.state)
    assert people.total == market.workforce.total
    assert done.frame()["people"].sum() == done.by_region.sum()
    assert ((done.unemployment >= 0) & (done.unemployment <= 1)).all()


def test_what_is_refused() -> None:
    market = full_market()
    with pytest.raises(OptionError, match="mode is 'quantum'"):
        SimulationOptions(mode="quantum")
    with pytest.raises(OptionError, match="seed is -1"):
        SimulationOptions(seed=-1)
    people = market.workforce
    too_many = Demand(np.full(people.formal.shape, 1e9))
    with pytest.raises(TableError, match="wants more posts than it has workers") as caught:
        dataclasses.replace(market, demand=too_many)
    assert "region 0000" in str(caught.value) and "occupation" in str(caught.value)
    with pytest.raises(OptionError, match="another market, mode or seed"):
        simulate(market, SimulationOptions(seed=5), earlier=run(market))
    net = dataclasses.replace(market.network, occupations=("x", *market.network.occupations[1:]))
    with pytest.raises(TableError, match="'x'"):
        dataclasses.replace(market, network=net)
    seats = np.zeros((1, 1), dtype=np.int64)
    with pytest.raises(TableError, match="seats"):
        dataclasses.replace(market, policy=Policy(seats=seats, recognition=-1.0))
