"""The answering server by itself: what it says to whom, and what it never says."""

from __future__ import annotations

import http.client
import itertools
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import pytest

from workshare.errors import AnswerError, OptionError
from workshare.response import Answer, Menu, Plan, plan_table, wire
from workshare.response.answering import (
    Answering,
    AnsweringServer,
    answering_server,
    residual,
    residual_value,
)

PLANS = plan_table(
    "A/1", [0.0, 3.0, 4.0], [np.zeros(2), np.array([1.0, 0.0]), np.array([2.0, -1.0])]
)


def asked(query: str, **content: Any) -> bytes:
    return wire.question_body("A/1", query, content)[1]


def heard(answering: Answering, query: str, **content: Any) -> dict[str, Any]:
    return json.loads(answering.answer(asked(query, **content)))  # type: ignore[no-any-return]


# --- without a network ----------------------------------------------------------------------------


def test_every_answer_repeats_its_question_and_participant() -> None:
    answering = Answering([PLANS], 2)
    name, body = wire.question_body("A/1", "price", {"prices": [2.0, 0.0], "near": 0.0})
    answer = json.loads(answering.answer(body))
    assert (answer["question"], answer["participant"]) == (name, "A/1")
    assert answer["format"] == wire.FORMAT
    assert answer["bound"] == 0.0
    assert answer["proven"] is True


def test_the_same_question_has_the_same_answer_to_the_byte() -> None:
    answering = Answering([PLANS], 2)
    body = asked("menu", prices=[1.0, 0.5], slack=2.0, count=5)
    assert answering.answer(body) == answering.answer(body)


@pytest.mark.parametrize(
    ("body", "faults"),
    [
        (b"{", ["not JSON"]),
        (b"[]", ["must be an object"]),
        (b'{"query": "steal"}', ["must be one of price, menu, residual, commit", "missing"]),
        (asked("price", prices=[1.0], near=-1.0), ["must have 2 figures", "of at least 0"]),
        (asked("menu", prices=[1.0, 2.0], slack=0.0, count=0), ["must be from 1 to"]),
        (asked("price", prices=[1.0, True], near=0.0), ["must be a finite number"]),
        (asked("price", prices=[1.0, 2.0], near=0.0, model=1), ["unknown field"]),
        (
            asked("residual", worth=[{"breaks": [1.0, 0.0], "worth": [1.0, 2.0, 3.0]}] * 2),
            ["breaks must rise and worth must not rise"],
        ),
    ],
)
def test_a_bad_question_is_told_every_fault(body: bytes, faults: list[str]) -> None:
    with pytest.raises(AnswerError) as caught:
        Answering([PLANS], 2).answer(body)
    told = "; ".join(caught.value.faults)
    for fault in faults:
        assert fault in told


def test_a_stranger_is_told_who_is_answered_for() -> None:
    body = wire.question_body("B/1", "price", {"prices": [0.0, 0.0], "near": 0.0})[1]
    with pytest.raises(AnswerError, match="'B/1' is not answered here; known: A/1"):
        Answering([PLANS], 2).answer(body)


def test_parts_of_two_owners_are_not_served_together() -> None:
    other = plan_table("B/1", [0.0], [np.zeros(2)])
    with pytest.raises(OptionError, match="must belong to one participant"):
        Answering([PLANS, other], 2)


def test_only_what_was_offered_can_be_committed_to() -> None:
    answering = Answering([PLANS], 2, commit=lambda part, plan: "" if plan.cost < 3.5 else "dear")
    plan = {"id": "A/1:1", "cost": 3.0, "contribution": [1.0, 0.0]}
    assert "was not offered" in heard(answering, "commit", plan=plan)["reason"]
    heard(answering, "menu", prices=[9.0, 0.0], slack=100.0, count=9)
    assert heard(answering, "commit", plan=plan)["accepted"] is True
    # the same plan with another cost was never offered
    cheap = {**plan, "cost": 2.0}
    assert "was not offered" in heard(answering, "commit", plan=cheap)["reason"]
    dear = {"id": "A/1:2", "cost": 4.0, "contribution": [2.0, -1.0]}
    refused = heard(answering, "commit", plan=dear)
    assert (refused["accepted"], refused["reason"]) == (False, "dear")


def test_what_is_remembered_is_limited(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("workshare.response.answering.MOST_REMEMBERED", 1)
    answering = Answering([PLANS], 2)
    heard(answering, "menu", prices=[0.0, 0.0], slack=100.0, count=9)
    plans = [
        {"id": "A/1:0", "cost": 0.0, "contribution": [0.0, 0.0]},
        {"id": "A/1:2", "cost": 4.0, "contribution": [2.0, -1.0]},
    ]
    answers = [heard(answering, "commit", plan=plan)["accepted"] for plan in plans]
    assert answers == [False, True]


@pytest.mark.parametrize("seed", range(20))
def test_a_residual_answer_is_the_best_of_all_plans(seed: int) -> None:
    generator = np.random.default_rng(seed)
    costs = generator.uniform(0.0, 5.0, 6)
    part = plan_table("A", costs.tolist(), list(generator.uniform(-2.0, 4.0, (6, 2))))
    blocks = [
        wire.Blocks(
            np.sort(generator.uniform(-3.0, 4.0, 3)), -np.sort(-generator.uniform(-1.0, 4.0, 4))
        )
        for _ in range(2)
    ]
    answer = residual(part, blocks)
    best = min(residual_value(plan.at(np.zeros(0)), blocks) for plan in part.plans)
    assert residual_value(answer.points[0], blocks) == pytest.approx(best, abs=1e-9)
    assert answer.bound == pytest.approx(best, abs=1e-9)


def test_a_residual_answer_sets_operating_levels() -> None:
    ranged = Plan(
        "run",
        1.0,
        np.zeros(1),
        unit_cost=np.array([1.0]),
        unit_contribution=np.array([[1.0]]),
        lower=np.array([0.0]),
        upper=np.array([10.0]),
        rows=np.zeros((0, 1)),
        limits=np.zeros(0),
    )

    class Part:
        id = owner = "A"

        def price(self, prices: np.ndarray, near: float = 0.0) -> Answer:
            level = np.array([10.0 if prices[0] > 1.0 else 0.0])
            point = ranged.at(level)
            return Answer((point,), point.reduced(prices))

        def menu(self, prices: np.ndarray, slack: float, count: int) -> Menu:
            return Menu((ranged,), True)

    # a unit is worth 5 up to 4 of them, and 0.5 beyond: run at 4
    answer = residual(Part(), [wire.Blocks(np.array([4.0]), np.array([5.0, 0.5]))])
    assert answer.points[0].levels == pytest.approx([4.0])
    assert answer.bound == pytest.approx(1.0 + 4.0 - 20.0)


# --- over HTTP ------------------------------------------------------------------------------------


@contextmanager
def serving(answering: Answering) -> Iterator[AnsweringServer]:
    server = answering_server(answering)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5.0)


def call(
    server: AnsweringServer, method: str, path: str, body: bytes | None = None, **headers: str
) -> tuple[int, dict[str, Any], str]:
    host, port = server.server_address[:2]
    connection = http.client.HTTPConnection(str(host), int(port), timeout=5.0)
    connection.putrequest(method, path, skip_accept_encoding=True)
    for name, value in headers.items():
        connection.putheader(name.replace("_", "-"), value)
    connection.endheaders(body)
    response = connection.getresponse()
    text = response.read()
    connection.close()
    return response.status, json.loads(text), str(response.getheader("Server"))


def test_statuses_and_what_they_tell() -> None:
    with serving(Answering([PLANS], 2)) as server:
        status, parts, name = call(server, "GET", "/parts")
        assert (status, parts["owner"], parts["parts"], parts["dimensions"]) == (
            200,
            "A/1",
            ["A/1"],
            2,
        )
        assert "Python" not in name
        assert call(server, "GET", "/models")[0] == 404
        assert call(server, "POST", "/commit")[0] == 404
        assert call(server, "POST", "/answers")[0] == 411
        huge = call(server, "POST", "/answers", Content_Length=str(wire.MOST_BYTES + 1))
        assert huge[0] == 413
        bad = b"{}"
        status, told, _ = call(server, "POST", "/answers", bad, Content_Length=str(len(bad)))
        assert status == 400
        assert told["faults"]


def test_a_model_that_fails_tells_nothing_of_itself() -> None:
    class Failing:
        id = owner = "A/1"

        def price(self, prices: np.ndarray, near: float = 0.0) -> Answer:
            raise ValueError("wage of 12.5 at the northern plant is negative")

        menu = price

    body = asked("price", prices=[0.0, 0.0], near=0.0)
    with serving(Answering([Failing()], 2)) as server:  # type: ignore[list-item]
        status, told, _ = call(server, "POST", "/answers", body, Content_Length=str(len(body)))
        again = call(server, "GET", "/parts")[0]
    assert status == 500
    assert told["faults"] == ["the participant's model failed: ValueError"]
    assert again == 200


def test_questions_at_the_same_time_are_answered_one_by_one_and_all() -> None:
    running: list[int] = []
    most: list[int] = []

    class Counting:
        id = owner = "A/1"

        def price(self, prices: np.ndarray, near: float = 0.0) -> Answer:
            running.append(1)
            most.append(len(running))
            answer = PLANS.price(prices, near)
            running.pop()
            return answer

        def menu(self, prices: np.ndarray, slack: float, count: int) -> Menu:
            return PLANS.menu(prices, slack, count)

    bodies = [asked("price", prices=[0.1 * k, 0.0], near=0.0) for k in range(12)]
    statuses: list[int] = []
    with serving(Answering([Counting()], 2)) as server:

        def ask(body: bytes) -> None:
            statuses.append(
                call(server, "POST", "/answers", body, Content_Length=str(len(body)))[0]
            )

        threads = [threading.Thread(target=ask, args=(body,)) for body in bodies]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(10.0)
    assert statuses == [200] * 12
    assert max(most) == 1


def test_block_tariffs_are_the_lower_envelope_of_their_lines() -> None:
    blocks = wire.Blocks(np.array([-1.0, 2.0]), np.array([4.0, 1.0, 0.5]))
    assert blocks.value(0.0) == pytest.approx(0.0)
    for low, high in itertools.pairwise([-3.0, -1.0, 0.0, 2.0, 5.0]):
        slope = (blocks.value(high) - blocks.value(low)) / (high - low)
        assert 0.5 - 1e-9 <= slope <= 4.0 + 1e-9
