"""The same record to the byte wherever questions are asked; a run that goes on from the disk."""

from __future__ import annotations

import json
import pickle
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import numpy as np
import pytest

from reference.random_regions import random_region
from workshare.coordination import (
    Execution,
    Options,
    Problem,
    Search,
    Settings,
    Solution,
    State,
    certificate_document,
    certify,
    iterate,
    solve,
)
from workshare.coordination.checkpoint import Checkpoint, fingerprint, load, save
from workshare.coordination.families import specialisation
from workshare.errors import OptionError, ResultError
from workshare.market import spatial_market
from workshare.response import Individuals, PlanTables, Spread, local_participants, spread
from workshare.results import json_text

ROUNDS = Options(tolerance=1e-6, near=0.0)


def record(problem: Problem, execution: Execution, many: int = 3000) -> str:
    """Return everything a run says, as text: rounds, points, changes, certificate."""
    settings = Settings(rounds=ROUNDS, execution=execution, many=many, sample=40)
    solution = solve(problem, settings)
    certificate = certify(problem, solution, settings)
    return json_text(
        {
            "rounds": solution.rounds,
            "changes": solution.changes,
            "mixed": solution.mixed,
            "plans": [point.plan.id for point in solution.selection.points],
            "levels": [point.levels for point in solution.selection.points],
            "file": certificate_document(problem, solution, certificate),
        }
    )


def region_problem() -> Problem:
    region = random_region(7)
    return Problem(Individuals(local_participants(region)), spatial_market(region))


def tables_problem() -> Problem:
    generator = np.random.default_rng(0)
    costs = generator.uniform(0.0, 3.0, (90, 6))
    tables = PlanTables(costs, generator.uniform(-1.0, 3.0, (90, 6, 3)))
    return Problem(tables, specialisation(90, 3, 0).market)


PROBLEMS = {
    "models of a region": (region_problem, 3000),
    "tables at once": (tables_problem, 3000),
    "groups after a sample": (lambda: specialisation(200, 4, 1), 150),
}


@pytest.mark.parametrize("name", PROBLEMS)
@pytest.mark.parametrize("backend", ["threads", "processes"])
def test_the_same_bytes_from_threads_and_processes(name: str, backend: str) -> None:
    make, many = PROBLEMS[name]
    here = record(make(), Execution(), many)
    assert record(make(), Execution(workers=2, backend=backend), many) == here


@pytest.mark.parametrize(
    "name",
    ["models of a region", pytest.param("tables at once", marks=pytest.mark.slow)],
)
def test_the_same_bytes_from_a_cluster_of_two_workers_on_loopback(name: str) -> None:
    distributed = pytest.importorskip("distributed", reason="extra `cluster` is absent")
    make, many = PROBLEMS[name]
    here = record(make(), Execution(), many)
    with (
        distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, host="127.0.0.1", dashboard_address=":0"
        ) as cluster,
        distributed.Client(cluster) as client,
    ):
        assert len(client.scheduler_info()["workers"]) == 2
        assert record(make(), Execution(workers=2, backend="dask"), many) == here


def test_what_workers_answered_is_known_to_the_participants_afterwards() -> None:
    problem = region_problem()
    settings = Settings(rounds=ROUNDS, execution=Execution(workers=2, backend="threads"))
    solution = solve(problem, settings)
    assert solution.state is not None
    pool = solution.state.pool
    point = problem.participants.point(int(pool.who[0]), int(pool.key[0]))
    assert point.cost == pool.cost[0]


def test_a_collection_answers_parts_of_itself_in_shares() -> None:
    problem = tables_problem()
    prices, who = np.array([0.3, 0.7, 0.1]), np.array([3, 44, 45, 89])
    with spread(problem.participants, 3, "threads") as together:
        assert isinstance(together, Spread)
        one, other = problem.participants.price(prices, who=who), together.price(prices, who=who)
        menus = together.menus(prices, np.array(0.4), 5, who[::-1])
    assert np.array_equal(one.who, other.who)
    assert np.array_equal(one.bound, other.bound)
    whole = problem.participants.menus(prices, np.array(0.4), 5, who[::-1])
    assert [[p.id for p in m.plans] for m in menus] == [[p.id for p in m.plans] for m in whole]


def test_what_is_not_allowed_is_said() -> None:
    with pytest.raises(OptionError, match="fibres"):
        solve(tables_problem(), Settings(execution=Execution(workers=2, backend="fibres")))


# --- on disk --------------------------------------------------------------------------------------


def answer_of(solution: Solution) -> str:
    return json_text(
        {
            "value": solution.selection.value,
            "plans": [point.plan.id for point in solution.selection.points],
            "bound": solution.bound,
            "prices": solution.row_prices,
            "rounds": solution.rounds,
        }
    )


LONGER = {
    "models of a region": (region_problem, 3000, 1),
    "separate objects": (
        lambda: Problem(
            list(specialisation(10, 12, 3).participants), specialisation(10, 12, 3).market
        ),
        3000,
        4,
    ),
    "all at once": (lambda: specialisation(10, 12, 3), 3000, 3),
    "groups after a sample": (lambda: specialisation(160, 5, 1), 150, 2),
}


@pytest.mark.parametrize("name", LONGER)
def test_a_run_that_died_goes_on_to_the_same_answer(name: str, tmp_path: Path) -> None:
    make, many, stop = LONGER[name]
    path = tmp_path / "run.checkpoint"
    rounds = Options(tolerance=1e-9, near=0.0)
    options = {"rounds": rounds, "many": many, "sample": 20, "exact": False}
    options["search"] = Search(neighbourhoods=1)
    through = solve(make(), Settings(**options))
    told: list[str] = []

    class DiedError(Exception):
        pass

    def die(stage: str, done: float, text: str) -> None:
        told.append(text)
        if len(told) == stop:
            raise DiedError

    settings = Settings(**options, execution=Execution(checkpoint=path))
    with pytest.raises(DiedError):
        solve(make(), settings, progress=die)
    assert path.exists()
    # new objects, as in a new process: nothing but the file knows what was answered
    again = solve(make(), settings)
    assert answer_of(again) == answer_of(through)
    assert again.sample_rounds == through.sample_rounds
    # a finished run is gone on with too: its rounds are over, and it ends with the same answer
    assert answer_of(solve(make(), settings)) == answer_of(through)
    assert [item.name for item in tmp_path.iterdir()] == ["run.checkpoint"]


def test_a_checkpoint_of_another_problem_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "run.checkpoint"
    execution = Execution(checkpoint=path)
    solve(tables_problem(), Settings(rounds=ROUNDS, execution=execution))
    with pytest.raises(ResultError, match="another problem"):
        solve(specialisation(90, 3, 0), Settings(rounds=ROUNDS, execution=execution))
    with pytest.raises(ResultError, match="another problem"):
        solve(tables_problem(), Settings(rounds=Options(), execution=execution))


def test_a_damaged_checkpoint_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "run.checkpoint"
    execution = Execution(checkpoint=path)
    solve(tables_problem(), Settings(rounds=ROUNDS, execution=execution))
    whole = path.read_bytes()
    path.write_bytes(whole[:-10])
    with pytest.raises(ResultError, match="damaged"):
        solve(tables_problem(), Settings(rounds=ROUNDS, execution=execution))
    path.write_bytes(b"")
    with pytest.raises(ResultError, match="no checkpoint"):
        solve(tables_problem(), Settings(rounds=ROUNDS, execution=execution))


class Mischief:
    """What a file from elsewhere could hold: a call of a function of its choice."""

    def __init__(self, function: object, argument: str) -> None:
        self.call = (function, (argument,))

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return self.call  # type: ignore[return-value]


@pytest.mark.parametrize("function", [print, Path, subprocess.run, json_text, pickle.loads])
def test_a_checkpoint_can_build_records_and_nothing_else(function: object, tmp_path: Path) -> None:
    path = tmp_path / "run.checkpoint"
    problem = tables_problem()
    state, _ = iterate(problem, "column_generation", Options(max_rounds=1))
    name = fingerprint(problem, "column_generation", ROUNDS)
    save(path, Checkpoint(name, state, None, 0))
    assert isinstance(load(path, name), Checkpoint)
    save(path, Checkpoint(name, state, Mischief(function, "oh"), 0))
    with pytest.raises(ResultError, match="does not belong"):
        load(path, name)


def test_a_write_that_fails_leaves_the_checkpoint_before(tmp_path: Path) -> None:
    path = tmp_path / "run.checkpoint"
    problem = tables_problem()
    state, _ = iterate(problem, "column_generation", Options(max_rounds=1))
    save(path, Checkpoint("one", state, None, 0))
    before = path.read_bytes()
    with pytest.raises((pickle.PicklingError, AttributeError)):
        save(path, Checkpoint("one", state, lambda: None, 0))
    assert path.read_bytes() == before


# --- Ctrl-C ---------------------------------------------------------------------------------------

SCRIPT = """
import json, sys, time
import numpy as np
from workshare.coordination import Execution, Options, Problem, Settings, certify, solve
from workshare.coordination.families import specialisation
from workshare.response import CallablePart

base = specialisation(8, 12, 3)

def slowly(part):
    def answer(prices):
        time.sleep(0.02)
        return [part.price(prices).points[0].plan]
    return CallablePart(part.id, answer, exact=True)

problem = Problem([slowly(part) for part in base.participants], base.market)
execution = Execution(workers=int(sys.argv[1]), backend=sys.argv[2], checkpoint=sys.argv[3])
settings = Settings(rounds=Options(tolerance=0.0, near=0.0, max_rounds=10**6), execution=execution)
told = lambda stage, done, text: print(text, flush=True)
solution = solve(problem, settings, progress=told)
certificate = certify(problem, solution)
print(json.dumps({
    "interrupted": solution.interrupted, "rounds": len(solution.rounds),
    "holds": certificate.holds, "status": certificate.status,
    "value": certificate.value, "bound": certificate.bound,
    "best": max(r.bound for r in solution.rounds),
}))
"""


@pytest.mark.parametrize(("workers", "backend"), [(1, "serial"), (4, "threads")])
def test_ctrl_c_keeps_the_best_certified_point(workers: int, backend: str, tmp_path: Path) -> None:
    script, path = tmp_path / "run.py", tmp_path / "run.checkpoint"
    script.write_text(textwrap.dedent(SCRIPT))
    source = str(Path(__file__).parents[2] / "src")
    with subprocess.Popen(
        [sys.executable, str(script), str(workers), backend, str(path)],
        env={"PYTHONPATH": source, "PATH": "", "OMP_NUM_THREADS": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None and process.stderr is not None
        for line in process.stdout:
            if line.startswith("round 4:"):
                break
        process.send_signal(signal.SIGINT)
        rest = process.stdout.read().strip().splitlines()
        assert process.wait(60) == 0, process.stderr.read()
    told = json.loads(rest[-1])
    assert told["interrupted"]
    assert 4 <= told["rounds"] < 40
    assert told["holds"]
    assert told["status"] == "certified"
    assert told["bound"] == pytest.approx(told["best"], rel=1e-9)
    assert -np.inf < told["bound"] <= told["value"]
    assert path.exists()


def test_ctrl_c_in_the_search_after_the_rounds_gives_the_rounded_vertex(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def stop(*arguments: object, **options: object) -> None:
        raise KeyboardInterrupt

    problem = specialisation(100, 4, 2)
    monkeypatch.setattr(sys.modules["workshare.coordination.solve"], "recover_many", stop)
    solution = solve(problem, Settings(rounds=ROUNDS))
    assert solution.interrupted
    certificate = certify(problem, solution)
    assert certificate.holds
    assert certificate.gap < 0.05


def test_the_state_is_handed_over_after_every_round_the_first_too() -> None:
    kept: list[State] = []
    state, _ = iterate(tables_problem(), "column_generation", ROUNDS, keep=kept.append)
    assert [len(each.rounds) for each in kept] == list(range(1, len(state.rounds) + 1))
