"""The server that a participant runs: its model stays at home, its answers go out.

Every question stands for itself; the one thing remembered is which plans were offered, so that only
those can be committed to. Bad questions are answered 400 with every fault, never with a traceback.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import numpy as np
from scipy.optimize import linprog

from workshare.arrays import Array
from workshare.errors import AnswerError, OptionError
from workshare.response import wire
from workshare.response.plan import Answer, Menu, Participant, Plan, Point

MOST_REMEMBERED = 100_000
"""The most offered plans that are remembered; the oldest go first."""

Commit = Callable[[str, Plan], str]
"""``commit(participant, plan)`` returns why the plan is refused; empty if it is accepted."""


def residual(participant: Participant, blocks: Sequence[wire.Blocks], count: int = 500) -> Answer:
    """Answer the best point against block tariffs, one for each dimension.

    A tariff's line through zero is never below the tariff, so a plan's value at those prices is a
    lower bound on its value against the tariffs: a complete menu up to the best value found holds
    an optimal plan. Where the menu is not complete, the bound at those prices is the proven one.
    """
    prices = np.array([block.worth[int(np.sum(block.breaks <= 0.0))] for block in blocks])
    answer = participant.price(prices)
    plans = [point.plan for point in answer.points]
    first = min((_best(plan, blocks) for plan in plans), key=lambda item: item[1])
    menu = participant.menu(prices, max(0.0, first[1] - answer.bound), count)
    found = [first, *(_best(plan, blocks) for plan in menu.plans)]
    point, value = min(found, key=lambda item: item[1])
    return Answer((point,), value if menu.complete else answer.bound, answer.proven)


def residual_value(point: Point, blocks: Sequence[wire.Blocks]) -> float:
    """Return cost less what the contribution is worth under block tariffs (M per year)."""
    worth = (b.value(float(g)) for b, g in zip(blocks, point.contribution, strict=True))
    return point.cost - sum(worth)


def _best(plan: Plan, blocks: Sequence[wire.Blocks]) -> tuple[Point, float]:
    """Return the best operating point of one plan: a linear programme over its range (HiGHS)."""
    levels = plan.unit_cost
    if levels.size:
        levels = _levels(plan, blocks)
    point = plan.at(levels)
    return point, residual_value(point, blocks)


def _levels(plan: Plan, blocks: Sequence[wire.Blocks]) -> Array:
    size, many = plan.unit_cost.size, len(blocks)
    rows, limits = [], []
    for k, block in enumerate(blocks):
        # worth v_k is at most each line: v_k - worth * (unit contribution . y) <= rest
        for worth, start in zip(block.worth, block.intercepts(), strict=True):
            own = np.zeros(many)
            own[k] = 1.0
            rows.append(np.concatenate([-worth * plan.unit_contribution[:, k], own]))
            limits.append(start + worth * plan.contribution[k])
    for row, limit in zip(plan.rows, plan.limits, strict=True):
        rows.append(np.concatenate([row, np.zeros(many)]))
        limits.append(limit)
    bounds = [*zip(plan.lower, plan.upper, strict=True), *[(None, None)] * many]
    cost = np.concatenate([plan.unit_cost, -np.ones(many)])
    solved = linprog(cost, A_ub=np.array(rows), b_ub=np.array(limits), bounds=bounds)
    if solved.x is None:
        raise AnswerError(f"plan {plan.id!r}: no operating point was found")
    return np.asarray(solved.x[:size], dtype=float)


class Answering:
    """Answers questions for the parts of one participant, whatever carries them.

    Parameters
    ----------
    parts : the participant's independent parts, all of one owner.
    dimensions : the number of shared dimensions.
    commit : decides whether an offered plan is committed to; every one is if absent.
    """

    def __init__(
        self, parts: Sequence[Participant], dimensions: int, commit: Commit | None = None
    ) -> None:
        owners = sorted({part.owner for part in parts})
        if len(owners) != 1:
            raise OptionError(
                f"parts must belong to one participant, received {owners}: serve each by itself"
            )
        self.owner = owners[0]
        self.parts = {part.id: part for part in parts}
        self.dimensions = dimensions
        self._commit = commit
        self._offered: dict[tuple[str, bytes], None] = {}
        # a MILP is kept and re-priced, so a participant answers one question at a time
        self._lock = threading.Lock()

    def parts_body(self) -> bytes:
        """Return the JSON that names the parts."""
        head = {"format": wire.FORMAT, "owner": self.owner}
        return wire.encode({**head, "parts": list(self.parts), "dimensions": self.dimensions})

    def answer(self, body: bytes) -> bytes:
        """Return the answer to a question; :class:`AnswerError` where the question has faults."""
        question = wire.read_question(body, self.dimensions)
        part = self.parts.get(question.participant)
        if part is None:
            known = ", ".join(list(self.parts)[:10])
            raise AnswerError(
                f"participant: {question.participant!r} is not answered here; known: {known}"
            )
        with self._lock:
            return self._reply(question, part)

    def _reply(self, question: wire.Question, part: Participant) -> bytes:
        asked = question.content
        if question.query == "commit":
            return wire.commit_body(question, self._refusal(part.id, asked["plan"]))
        answer: Answer | Menu
        if question.query == "price":
            answer = part.price(asked["prices"], asked["near"])
        elif question.query == "menu":
            answer = part.menu(asked["prices"], asked["slack"], asked["count"])
        else:
            answer = residual(part, asked["worth"])
        plans = answer.plans if isinstance(answer, Menu) else [p.plan for p in answer.points]
        self._remember(part.id, plans)
        return wire.answer_body(question, answer)

    def _remember(self, part: str, plans: Sequence[Plan]) -> None:
        for plan in plans:
            self._offered[(part, wire.encode(wire.plan_content(plan)))] = None
        while len(self._offered) > MOST_REMEMBERED:
            del self._offered[next(iter(self._offered))]

    def _refusal(self, part: str, plan: Plan) -> str:
        if (part, wire.encode(wire.plan_content(plan))) not in self._offered:
            return f"plan {plan.id!r} was not offered with this cost and contribution"
        return self._commit(part, plan) if self._commit else ""


class AnsweringServer(ThreadingHTTPServer):
    """HTTP around :class:`Answering`: ``GET /parts`` and ``POST /answers``."""

    daemon_threads = True

    def __init__(self, answering: Answering, host: str, port: int) -> None:
        self.answering = answering
        super().__init__((host, port), _Handler)

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://{self.server_address[0]!s}:{self.server_address[1]}"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing where the asker went away in mid-answer."""


def answering_server(
    answering: Answering, host: str = "127.0.0.1", port: int = 0
) -> AnsweringServer:
    """Return a server that listens; call ``serve_forever`` and later ``server_close``."""
    return AnsweringServer(answering, host, port)


class _Handler(BaseHTTPRequestHandler):
    server: AnsweringServer
    timeout = 30.0
    server_version = "workshare"
    sys_version = ""

    def log_message(self, format: str, *arguments: Any) -> None:
        """Write no log: engines print nothing."""

    def do_GET(self) -> None:
        """Name the parts."""
        if self.path == "/parts":
            self._send(200, self.server.answering.parts_body())
        else:
            self._refuse(404, ["not found: GET /parts or POST /answers"])

    def do_POST(self) -> None:
        """Answer a question."""
        if self.path != "/answers":
            self._refuse(404, ["not found: GET /parts or POST /answers"])
            return
        length = self.headers.get("Content-Length", "")
        if not (length.isascii() and length.isdigit()):
            self._refuse(411, ["Content-Length: must be given"])
        elif len(length) > 12 or int(length) > wire.MOST_BYTES:
            self._refuse(413, [f"a question has at most {wire.MOST_BYTES} bytes"])
        else:
            self._answer(self.rfile.read(int(length)))

    def _answer(self, body: bytes) -> None:
        try:
            answer = self.server.answering.answer(body)
        except AnswerError as error:
            self._refuse(400, error.faults)
        except Exception as error:  # the asker learns that it failed, and nothing of the model
            self._refuse(500, [f"the participant's model failed: {type(error).__name__}"])
        else:
            self._send(200, answer)

    def _refuse(self, status: int, faults: Sequence[str]) -> None:
        self.close_connection = True
        self._send(status, wire.encode({"format": wire.FORMAT, "faults": list(faults)}))

    def _send(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
