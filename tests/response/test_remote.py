"""Participants over HTTP on loopback: the same answers, and every kind of misbehaviour told."""

from __future__ import annotations

import re
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import numpy as np
import pytest

from workshare.coordination import Options, Problem, Settings, certify, solve
from workshare.coordination.families import specialisation
from workshare.coordination.tariffs import block_tariffs
from workshare.errors import AnswerError
from workshare.market import Market, piecewise_linear
from workshare.response import (
    Answer,
    CallablePart,
    Individuals,
    Menu,
    Participant,
    Plan,
    PlanTables,
    plan_table,
    spread,
)
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


def middling() -> Participant:
    """Return a plant in two sizes: at no price is the small one cheaper than a mix of the rest."""
    return plan_table("plant", [0.0, 10.0, 11.0], [np.zeros(1), np.array([1.0]), np.array([2.0])])


def one_wanted() -> Market:
    """Return a side that wants one unit: short of it one pays 30, beyond it 8 to get rid of it."""
    return piecewise_linear([[1.0]], [[-30.0, 8.0]], largest=4.0)


@pytest.mark.parametrize(("rounds", "plan", "value"), [(0, "plant:2", 19.0), (3, "plant:1", 10.0)])
def test_a_residual_answer_shows_the_plan_that_no_price_does(
    rounds: int, plan: str, value: float
) -> None:
    with served(middling(), 1) as url:
        remote = remote_participants(url, 1, timeout=5.0)
        problem = Problem(remote, one_wanted())
        settings = Settings(rounds=ROUNDS, exact=False, residual_rounds=rounds)
        solution = solve(problem, settings)
        # F(z) is zero at none; nothing delivered costs 30, so values are told above that
        zero = problem.market.evaluate(np.ones(1)).value
        certificate = certify(problem, solution, settings)
    assert solution.selection.points[0].plan.id == plan
    assert solution.selection.value - zero == pytest.approx(value, abs=1e-6)
    assert certificate.holds
    assert certificate.bound <= zero + 10.0 + 1e-9
    assert certificate.basis.honest == ("plant",)


def test_tariffs_tell_what_the_market_is_worth() -> None:
    problem = Problem([middling()], one_wanted())
    solution = solve(problem, Settings(rounds=ROUNDS))
    seen = np.array([[0.0], [1.0], [2.0]])
    [blocks] = block_tariffs(problem, solution.selection, 0, seen)
    zero = problem.market.evaluate(np.zeros(1)).value
    for level in (0.0, 0.5, 1.0, 2.0, 2.5):
        cost = problem.market.evaluate(np.array([level])).value - zero
        assert blocks.value(level) == pytest.approx(-cost, abs=1e-5)
    assert np.all(np.diff(blocks.worth) <= 0.0)
    # a participant that was never seen to vary gets one price
    [flat] = block_tariffs(problem, solution.selection, 0, np.ones((2, 1)))
    assert flat.breaks.size == 0


class Turning:
    """A participant that behaves until ``turn``, and then does ``what`` to one query."""

    id = owner = "turning"

    def __init__(self, query: str, what: Callable[[], object]) -> None:
        self.part, self.query, self.what = tables().one(0), query, what

    def price(self, prices: np.ndarray, near: float = 0.0) -> Answer:
        return self.part.price(prices, near)

    def menu(self, prices: np.ndarray, slack: float, count: int) -> Menu:
        if self.query == "menu":
            return self.what()  # type: ignore[return-value]
        return self.part.menu(prices, slack, count)


def broken() -> object:
    raise RuntimeError("secret of the model")


def late() -> object:
    time.sleep(1.0)
    return Menu((), True)


def nothing_else() -> object:
    return Menu((Plan("p0:9", -1e6, np.zeros(2)),), True)


def invalid() -> object:
    return Menu((Plan("p0:0", np.nan, np.zeros(2)),), False)


@pytest.mark.parametrize(
    ("what", "told"),
    [
        (broken, "HTTP 500"),
        (late, "timeout"),
        (nothing_else, "was claimed proven"),
        (invalid, "500|finite"),
    ],
)
@pytest.mark.parametrize("exact", [True, False])
def test_menus_that_go_wrong_end_nothing_and_are_told(
    what: Callable[[], object], told: str, exact: bool
) -> None:
    with served(Turning("menu", what), 2) as url:
        remote = RemoteParticipant(url, "turning", "turning", 2, timeout=0.3, tries=1)
        problem = Problem([remote, *list(tables())[1:]], specialisation(3, 2, 0).market)
        settings = Settings(rounds=ROUNDS, exact=exact)
        solution = solve(problem, settings)
        certificate = certify(problem, solution, settings)
    assert not solution.exact
    assert certificate.status == "certified"
    assert certificate.holds
    assert certificate.bound <= certificate.value
    assert any(
        who == 0 and number == len(solution.rounds) + 1 and re.search(told, text)
        for number, who, text in solution.notes
    ), solution.notes
    assert not any("secret" in text for _, _, text in solution.notes)


def test_a_menu_that_leaves_out_a_plan_told_before_is_not_complete() -> None:
    part = tables().one(0)

    class Withholding(Turning):
        def menu(self, prices: np.ndarray, slack: float, count: int) -> Menu:
            whole = self.part.menu(prices, slack, count)
            return Menu(whole.plans[1:], True)

    with served(Withholding("", broken), 2) as url:
        remote = RemoteParticipant(url, "turning", "turning", 2, timeout=2.0, tries=1)
        prices = np.array([0.5, 0.2])
        told = remote.price(prices).points[0].plan.id
        with pytest.raises(AnswerError, match=f"leaves out its plan '{told}'"):
            remote.menu(prices, 100.0, 50)
        assert part.menu(prices, 100.0, 50).complete


def test_a_live_participant_that_vanishes_after_the_rounds_keeps_its_bound() -> None:
    everyone = list(tables())
    market = specialisation(3, 2, 0).market
    settings = Settings(rounds=ROUNDS, exact=False)
    with served(everyone[0], 2) as url:
        [remote] = remote_participants(url, 2, timeout=1.0, tries=1)
        problem = Problem([remote, *everyone[1:]], market)
        solution = solve(problem, settings)
        there = certify(problem, solution, settings)
    gone = certify(problem, solution, settings)
    assert gone.basis.remembered == ("p0",)
    assert gone.dual_bound == there.dual_bound
    assert gone.holds


def test_live_participants_are_asked_at_the_same_time() -> None:
    together = threading.Barrier(3, timeout=5.0)

    class Waiting(Turning):
        id = owner = "waiting"

        def price(self, prices: np.ndarray, near: float = 0.0) -> Answer:
            together.wait()  # nobody is answered before all three are asked
            return self.part.price(prices, near)

    with (
        served(Waiting("", broken), 2) as a,
        served(Waiting("", broken), 2) as b,
        served(Waiting("", broken), 2) as c,
    ):
        parts = [
            RenamedParticipant(url, name) for url, name in ((a, "one"), (b, "two"), (c, "three"))
        ]
        with spread(Individuals(parts), 3, "threads") as asked:
            replies = asked.price(np.array([0.3, 0.4]))
    assert replies.answered.tolist() == [True] * 3
    assert not replies.notes


class RenamedParticipant:
    """A remote part under a name of its own here, so that three servers can serve one table."""

    def __init__(self, url: str, name: str) -> None:
        self.id = self.owner = name
        self.remote = RemoteParticipant(url, "waiting", "waiting", 2, timeout=10.0, tries=1)

    def price(self, prices: np.ndarray, near: float = 0.0) -> Answer:
        return self.remote.price(prices, near)

    def menu(self, prices: np.ndarray, slack: float, count: int) -> Menu:
        return self.remote.menu(prices, slack, count)


def test_nobody_there_is_said_and_nothing_hangs() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with pytest.raises(AnswerError, match=str(port)):
        remote_participants(f"http://127.0.0.1:{port}", 2, timeout=0.5, tries=1)
