"""Unit commitment: the exact recursion against a MILP, the joint model, the published files."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from workshare.coordination import Options, Problem, Settings, certify, reoptimise, solve
from workshare.coordination.disclosed import (
    Found,
    Whole,
    relaxation_prices,
    solve_whole,
    whole_model,
)
from workshare.coordination.families import Generator, commitment_problem, read_unit_commitment
from workshare.coordination.families.unit_commitment import (
    best_schedule,
    generator_model,
    represent,
    schedule_cost,
    state_costs,
)
from workshare.coordination.iterate import iterate
from workshare.coordination.reoptimise import Reoptimisation, improve_disclosed
from workshare.coordination.state import State
from workshare.errors import OptionError
from workshare.response import MilpParticipant

FILES = sorted((Path(__file__).parents[3] / "shared" / "data" / "unit_commitment").glob("*.json"))
ROUNDS = Options(tolerance=1e-4, near=0.0)


def unit(seed: int) -> Generator:
    """Return a generator drawn at random, every limit able to bind."""
    g = np.random.default_rng(seed)
    least, span = g.uniform(10, 50), g.uniform(20, 100)
    mw = np.concatenate([[0.0], np.sort(g.uniform(0.1, 0.9, 2)) * span, [span]])
    slopes = np.sort(g.uniform(10, 40, 3))
    steps = np.sort(g.uniform(50, 2000, 3))
    on = bool(g.integers(2))
    before = int(g.integers(1, 6))
    return Generator(
        name=f"unit {seed}",
        minimum=least,
        span=span,
        up=g.uniform(0.2, 1.2) * span,
        down=g.uniform(0.2, 1.2) * span,
        start=g.uniform(0, 1.0) * span,
        stop=g.uniform(0, 1.0) * span,
        mw=mw,
        cost=np.concatenate([[0.0], np.cumsum(slopes * np.diff(mw))]),
        on_cost=g.uniform(10, 35) * least,
        start_cost=np.repeat(steps, [3, 3, 1]),
        up_time=int(g.integers(1, 5)),
        down_time=int(g.integers(1, 4)),
        on=on,
        hours_on=before if on else 0,
        hours_off=0 if on else before,
        power=g.uniform(0, 1) * span if on else 0.0,
        must_run=bool(g.integers(8) == 0),
    )


def prices(seed: int, hours: int) -> np.ndarray:
    """Return prices that swing through what units cost; of reserves half are zero, some below."""
    g = np.random.default_rng(seed)
    reserve = g.uniform(-2, 12, hours) * (g.random(hours) < 0.5)
    return np.concatenate([g.uniform(5, 60, hours), reserve])


@pytest.mark.parametrize("seed", range(25))
def test_the_recursion_is_the_optimum_of_the_model(seed: int) -> None:
    own, pi = unit(seed), prices(seed + 1000, 10)
    least, power, spare = best_schedule(own, pi)
    model = generator_model(own, 10)
    x = represent(own, power, spare)
    assert model.violation(x) < 1e-6
    assert model.value(x) == pytest.approx(schedule_cost(own, power), rel=1e-9, abs=1e-6)
    assert model.value(x) - pi @ model.adds(x) == pytest.approx(least, rel=1e-9, abs=1e-5)
    answer = MilpParticipant(own.name, model).price(pi)
    assert answer.bound == pytest.approx(least, rel=1e-6, abs=1e-3)


@pytest.mark.parametrize("seed", range(12))
def test_the_cost_of_each_state_is_that_of_the_model_held_to_it(seed: int) -> None:
    own, pi = unit(seed), prices(seed + 1000, 10)
    on, off = state_costs(own, pi)
    least, power, _ = best_schedule(own, pi)
    assert np.where(power >= 0, on, off) == pytest.approx(least, rel=1e-9, abs=1e-6)
    model = generator_model(own, 10)
    for hour in range(10):
        for state, cost in ((1.0, on[hour]), (0.0, off[hour])):
            low, high = model.lower.copy(), model.upper.copy()
            if not low[hour] <= state <= high[hour]:
                assert cost == np.inf
                continue
            low[hour] = high[hour] = state
            held = MilpParticipant("held", replace(model, lower=low, upper=high))
            try:
                expected = held.price(pi).bound
            except OptionError:
                expected = np.inf
            assert cost == pytest.approx(expected, rel=1e-6, abs=1e-3)


def small(seed: int):  # type: ignore[no-untyped-def]
    """Return eight generators over twelve hours."""
    units = [unit(100 * seed + k) for k in range(8)]
    most = sum(u.minimum + u.span for u in units)
    demand = most * (0.45 + 0.15 * np.sin(np.arange(12) / 2.0))
    must = sum(u.minimum for u in units if u.must_run)
    return commitment_problem(
        units, np.maximum(demand, must), 0.05 * demand, np.zeros(12), 0.4 * demand
    )


@pytest.mark.parametrize("seed", [1, 2])
def test_a_small_system_against_the_whole_problem(seed: int) -> None:
    problem = small(seed)
    whole = whole_model(problem)
    best = solve_whole(whole, gap=1e-7, seconds=60)
    assert best.x is not None
    settings = Settings(rounds=ROUNDS, exact=False, reoptimisation=Reoptimisation(free=4))
    solution = solve(problem, settings)
    certificate = certify(problem, solution, settings)
    assert certificate.holds
    assert certificate.dual_bound <= best.value * (1 + 1e-7)
    assert certificate.value >= best.value * (1 - 1e-6)
    assert certificate.value <= best.value * 1.02
    assert relaxation_prices(whole)[1] <= certificate.dual_bound * (1 + 1e-4)


def twins(count: int = 8, hours: int = 12) -> Problem:
    """Return pairs of equal generators, of which many schedules tie."""
    units = [replace(unit(100 + k // 2), name=f"unit {k}") for k in range(count)]
    most = sum(u.minimum + u.span for u in units)
    demand = most * (0.45 + 0.15 * np.sin(np.arange(hours) / 2.0))
    return commitment_problem(units, demand, 0.05 * demand, np.zeros(hours), 0.4 * demand)


CUT = Reoptimisation(nodes=1, gap=1e-6, enough=0.0, slack=1e-3, neighbourhoods=2, free=3)
"""One branch a joint problem: what is found by then hangs on every step before."""


def fingerprint(count: int, hours: int) -> str:
    """Return all that an answer is made of, to the last bit."""
    settings = Settings(rounds=Options(tolerance=1e-3, near=0.0), exact=False, reoptimisation=CUT)
    solution = solve(twins(count, hours), settings)
    plans = [point.plan for point in solution.selection.points]
    parts = [(plan.id, plan.cost.hex(), plan.contribution.tobytes().hex()) for plan in plans]
    prices = solution.row_prices.tobytes().hex()
    told = [(change.who, change.plan) for change in solution.changes]
    return json.dumps([solution.bound.hex(), prices, told, parts, solution.timed])


@pytest.fixture(scope="module")
def rounds() -> tuple[Whole, State]:
    """Return the joint model of :func:`twins`, and the state after a few rounds."""
    problem = twins()
    state, _ = iterate(problem, "column_generation", Options(tolerance=1e-2, near=0.0))
    return whole_model(problem), state


@pytest.mark.parametrize(
    ("count", "hours"), [(8, 12), pytest.param(14, 24, marks=pytest.mark.slow)]
)
def test_another_process_gives_the_same_answer(count: int, hours: int) -> None:
    """Neither the order of hashed sets nor the threads of linear algebra may show in it."""
    here = Path(__file__)
    script = f"from {here.stem} import fingerprint; print(fingerprint({count}, {hours}))"
    answers = []
    for seed, threads in (("1", "1"), ("2", "2")):
        own = {"PYTHONHASHSEED": seed, "OMP_NUM_THREADS": threads, "OPENBLAS_NUM_THREADS": threads}
        path = os.pathsep.join([str(here.parent), str(here.parents[2] / "src")])
        answer = subprocess.run(
            [sys.executable, "-c", script],
            env={**os.environ, **own, "PYTHONPATH": path},
            capture_output=True,
            text=True,
            check=True,
        )
        answers.append(answer.stdout)
    assert len(json.loads(answers[0])[3]) == count
    assert answers[0] == answers[1]


def test_a_joint_problem_that_the_clock_ends_is_told(
    rounds: tuple[Whole, State], monkeypatch: pytest.MonkeyPatch
) -> None:
    whole, state = rounds
    calls: list[Found] = []

    def hurried(*args: object, **options: object):  # type: ignore[no-untyped-def]
        late = bool(calls) and calls[-1].x is not None
        options["seconds"] = 0.0 if late else np.inf
        calls.append(solve_whole(*args, **options))  # type: ignore[arg-type]
        return calls[-1]

    unhurried = improve_disclosed(whole, state, CUT)
    monkeypatch.setattr(reoptimise, "solve_whole", hurried)
    improved = improve_disclosed(whole, state, CUT)
    assert unhurried is not None and not unhurried.timed
    assert improved is not None and improved.timed
    assert len(calls) > 1


def test_once_needs_are_met_no_joint_problem_may_leave_one_unmet(
    rounds: tuple[Whole, State], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What leaves one unmet by a hair was called best by HiGHS, and was no use."""
    whole, state = rounds
    unmet = np.flatnonzero(whole.problem.market.form.is_unmet) + whole.starts[-1]
    best: Found | None = None
    later = 0

    def watched(*args: object, **options: object):  # type: ignore[no-untyped-def]
        nonlocal best, later
        found = solve_whole(*args, **options)  # type: ignore[arg-type]
        if best is not None:
            assert found.x is not None  # the best division so far is one of its solutions
            assert found.x[unmet] == pytest.approx(best.x[unmet], abs=1e-9)
            assert found.value <= best.value * (1 + 1e-7)
            assert np.all(options["held"][unmet])  # type: ignore[index]
            later += 1
        if found.x is not None and (best is None or found.value < best.value):
            best = found
        return found

    monkeypatch.setattr(reoptimise, "solve_whole", watched)
    assert improve_disclosed(whole, state, CUT) is not None
    assert later > 0


def test_faults_of_a_file_are_told(tmp_path: Path) -> None:
    path = tmp_path / "case.json"
    path.write_text("{")
    with pytest.raises(OptionError, match="not a PGLib-UC file"):
        read_unit_commitment(path)
    path.write_text(json.dumps({"time_periods": 2, "thermal_generators": {}, "demand": [1.0]}))
    with pytest.raises(OptionError, match="reserves"):
        read_unit_commitment(path)
    content = {"time_periods": 2, "thermal_generators": {}, "demand": [1.0], "reserves": [0, 0]}
    path.write_text(json.dumps(content))
    with pytest.raises(OptionError, match="2 figures each: demand"):
        read_unit_commitment(path)


@pytest.mark.skipif(not FILES, reason="the shared PGLib-UC files are not here")
def test_generators_of_a_published_file_answer_as_their_models() -> None:
    problem = read_unit_commitment(FILES[0])
    together = problem.participants
    pi = prices(7, 48)
    replies = together.price(pi)
    assert len(together) == 73
    for who in range(0, 73, 12):
        model = together.disclose(who)  # type: ignore[attr-defined]
        answer = MilpParticipant("one", model).price(pi)
        assert answer.bound == pytest.approx(replies.bound[who], rel=1e-6, abs=1e-2)


@pytest.mark.slow
@pytest.mark.skipif(not FILES, reason="the shared PGLib-UC files are not here")
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_published_files_take_at_most_25_rounds(path: Path) -> None:
    problem = read_unit_commitment(path)
    start, relaxed = relaxation_prices(whole_model(problem))
    state, _ = iterate(problem, "column_generation", ROUNDS, prices=start)
    assert state.gap(1.0) <= 1e-4
    assert len(state.rounds) <= 25
    assert state.bound >= relaxed * (1 - 1e-6)
