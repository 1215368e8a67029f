"""Participants over HTTP on loopback: the same answers, and every kind of misbehaviour told."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import numpy as np
import pytest

from workshare.coordination import Options, Problem, Settings, certify, solve
from workshare.coordination.families import specialisation
from workshare.errors import AnswerError
from workshare.response import Answer, CallablePart, Menu, Participant, Plan, PlanTables
from workshare.response.answering import Answering, answering_server
from workshare.response.remote import RemoteParticipant, remote_participants

ROUNDS = Options(tolerance=1e-6, near=0.0)


@contextmanager
def served(part: Participant, dimensions: int) -> Iterator[str]:
    server = answering_server(Answering([part], dimensions))
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield server.url
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5.0)


def tables(seed: int = 0) -> PlanTables:
    generator = np.random.default_rng(seed)
    costs = generator.uniform(0.0, 3.0, (3, 4))
    return PlanTables(costs, generator.uniform(-1.0, 3.0, (3, 4, 2)))


def test_remote_answers_are_the_local_ones_to_the_bit() -> None:
    part = tables().one(1)
    with served(part, 2) as url:
        [remote] = remote_participants(url, 2, timeout=5.0)
        prices = np.array([0.1 + 0.2, 1.0 / 3.0])
        one, other = part.price(prices), remote.price(prices)
        assert (remote.id, remote.owner) == (part.id, part.owner)
        assert one.bound == other.bound
        assert np.array_equal(one.points[0].contribution, other.points[0].contribution)
        here, there = part.menu(prices, 2.0, 9), remote.menu(prices, 2.0, 9)
        assert [plan.id for plan in here.plans] == [plan.id for plan in there.plans]
        assert here.complete == there.complete


def test_a_run_with_everybody_remote_gives_the_local_division() -> None:
    everyone = list(tables())
    market = specialisation(3, 2, 0).market
    settings = Settings(rounds=ROUNDS)
    local = solve(Problem(everyone, market), settings)
    with served(everyone[0], 2) as a, served(everyone[1], 2) as b, served(everyone[2], 2) as c:
        remote = [part for url in (a, b, c) for part in remote_participants(url, 2, timeout=5.0)]
        problem = Problem(remote, market)
        solution = solve(problem, settings)
        certificate = certify(problem, solution, settings)
    assert certificate.holds
    assert solution.selection.value == pytest.approx(local.selection.value, rel=1e-9)
    assert [p.plan.id for p in solution.selection.points] == [
        p.plan.id for p in local.selection.points
    ]


def misbehaving(answer: Callable[[], Answer]) -> Participant:
    class Bad:
        id = owner = "bad"

        def price(self, prices: np.ndarray, near: float = 0.0) -> Answer:
            return answer()

        def menu(self, prices: np.ndarray, slack: float, count: int) -> Menu:
            return Menu((), False)

    return Bad()


def slow() -> Answer:
    time.sleep(1.0)
    return Answer((Plan("x", 0.0, np.zeros(2)).at(np.zeros(0)),), 0.0)


def failing() -> Answer:
    raise RuntimeError("the model is broken")


def lying() -> Answer:
    return Answer((Plan("x", 1.0, np.zeros(2)).at(np.zeros(0)),), 9.0)


def wrong_width() -> Answer:
    return Answer((Plan("x", 1.0, np.zeros(3)).at(np.zeros(0)),), 1.0)


@pytest.mark.parametrize("answer", [slow, failing, lying, wrong_width])
def test_misbehaviour_is_an_answer_error_and_the_run_goes_on(answer: Callable[[], Answer]) -> None:
    bad = misbehaving(answer)
    with served(bad, 2) as url:
        remote = RemoteParticipant(url, "bad", "bad", 2, timeout=0.2, tries=1)
        with pytest.raises(AnswerError, match="bad"):
            remote.price(np.zeros(2))
        problem = Problem([*tables(), remote], specialisation(3, 2, 0).market)
        solution = solve(problem, Settings(rounds=Options(max_rounds=3, near=0.0), exact=False))
    assert {who for _, who, _ in solution.notes} == {3}
    assert solution.bound == -np.inf
    assert np.isfinite(solution.selection.value)


def test_a_participant_that_vanishes_in_mid_run_keeps_its_plans_and_is_told() -> None:
    part = tables().one(0)
    asked = []

    def once(prices: np.ndarray) -> list[Plan]:
        asked.append(prices)
        if len(asked) > 1:
            raise ConnectionResetError("the line is dead")
        return [part.price(prices).points[0].plan]

    fading = CallablePart("fading", once, exact=True)
    with served(fading, 2) as url:
        [remote] = remote_participants(url, 2, timeout=2.0, tries=1)
        problem = Problem([remote, *list(tables())[1:]], specialisation(3, 2, 0).market)
        solution = solve(problem, Settings(rounds=ROUNDS, exact=False))
    assert solution.notes
    assert solution.notes[0][0] == 2
    # the bound of a round that everybody answered still stands
    assert np.isfinite(solution.bound)
    assert solution.bound <= solution.selection.value + 1e-9
    assert solution.selection.points[0].plan.id.startswith("p0:")


def test_nobody_there_is_said_and_nothing_hangs() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with pytest.raises(AnswerError, match=str(port)):
        remote_participants(f"http://127.0.0.1:{port}", 2, timeout=0.5, tries=1)
