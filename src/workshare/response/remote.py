"""A participant that answers over HTTP, as the coordinator sees it.

Whatever goes wrong raises :class:`AnswerError` that names the participant and what happened: no
answer in time, a refusal, an answer that is malformed, or one that cannot be true. What can be
caught and what cannot is told in docs/live-participants.md.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import socket
import threading
import urllib.parse
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, TypeVar

import numpy as np

from workshare.arrays import Array
from workshare.errors import AnswerError, OptionError
from workshare.response import wire
from workshare.response.plan import Answer, Menu, Plan, Point, cheapest_levels

ROOM = 1e-9
"""How far, relative to cost and worth, figures may differ before they count as a contradiction."""

_Content = TypeVar("_Content")


@dataclass(frozen=True)
class RemoteParticipant:
    """One independent part of a participant, answering at ``url``.

    Attributes
    ----------
    url : where it answers: ``http://127.0.0.1:8765`` (https too).
    id, owner : the part's name, and whose part it is.
    dimensions : the number of shared dimensions.
    timeout : seconds for one request, all of it.
    tries : how often a question is asked before it counts as unanswered.
    """

    url: str
    id: str
    owner: str
    dimensions: int
    timeout: float = 30.0
    tries: int = 2
    answers_for_itself: ClassVar[bool] = True
    _plans: dict[str, bytes] = field(default_factory=dict, repr=False, compare=False)
    _points: list[Point] = field(default_factory=list, repr=False, compare=False)
    _bounds: list[tuple[Array, float]] = field(default_factory=list, repr=False, compare=False)

    def __post_init__(self) -> None:
        _check(self.url, self.timeout, self.tries)

    def price(self, prices: Array, near: float = 0.0) -> Answer:
        """Ask for a best plan at ``prices``; :class:`AnswerError` where it cannot be had."""
        content = {"prices": np.asarray(prices, dtype=float).tolist(), "near": float(near)}
        answer = self._ask("price", content, wire.read_answer)
        self._consistent([point.plan for point in answer.points])
        self._points.extend(answer.points)
        self._true(answer, prices)
        if answer.proven:
            self._bounds.append((np.array(prices, dtype=float), answer.bound))
        return answer

    def menu(self, prices: Array, slack: float, count: int) -> Menu:
        """Ask for the plans within ``slack``; see :meth:`price`."""
        most = min(int(count), wire.MOST_PLANS)
        listed = np.asarray(prices, dtype=float).tolist()
        content = {"prices": listed, "slack": max(0.0, float(slack)), "count": most}
        menu = self._ask("menu", content, wire.read_menu)
        if len(menu.plans) > most:
            raise self._error(f"answered {len(menu.plans)} plans where {most} were asked for")
        self._consistent(menu.plans)
        self._complete(menu, prices, slack)
        return menu

    def residual(self, blocks: Sequence[wire.Blocks]) -> Answer:
        """Ask for the best point against block tariffs; see :meth:`price`."""
        content = {"worth": wire.blocks_content(blocks)}
        answer = self._ask("residual", content, wire.read_answer)
        self._consistent([point.plan for point in answer.points])
        self._points.extend(answer.points)
        for point in answer.points:
            worths = [b.value(float(g)) for b, g in zip(blocks, point.contribution, strict=True)]
            size = abs(point.cost) + sum(map(abs, worths))
            if answer.proven and answer.bound > point.cost - sum(worths) + ROOM * (1.0 + size):
                raise self._error(f"claims a bound above the value of plan {point.plan.id!r}")
        return answer

    def commit(self, plan: Plan) -> None:
        """Ask it to commit to a plan; :class:`AnswerError` with its reason where it refuses."""
        content = {"plan": wire.plan_content(plan)}
        reason = self._ask(
            "commit", content, lambda body, name, who, _: wire.read_commit(body, name, who)
        )
        if reason:
            raise self._error(f"refuses to commit: {reason[:500]}")

    def _error(self, text: str) -> AnswerError:
        return AnswerError(f"participant {self.id!r} at {self.url}: {text}")

    def _ask(
        self,
        query: str,
        content: dict[str, Any],
        read: Callable[[bytes, str, str, int], _Content],
    ) -> _Content:
        name, body = wire.question_body(self.id, query, content)
        try:
            received = request(self.url, "/answers", body, self.timeout, self.tries)
            return read(received, name, self.id, self.dimensions)
        except AnswerError as error:
            who = f"participant {self.id!r} at {self.url}"
            raise AnswerError(f"{who}: {query}: {error}", error.faults) from None

    def _consistent(self, plans: Sequence[Plan]) -> None:
        """Check that a plan is the same whenever it is answered, and refutes no bound told."""
        for plan in plans:
            now = wire.encode(wire.plan_content(plan))
            if self._plans.setdefault(plan.id, now) != now:
                raise self._error(
                    f"plan {plan.id!r} was answered before with another cost, contribution or range"
                )
            for prices, bound in self._bounds:
                levels, value = cheapest_levels(plan, prices)
                point = plan.at(levels)
                size = abs(point.cost) + float(np.abs(prices) @ np.abs(point.contribution))
                if value < bound - ROOM * (1.0 + size):
                    raise self._error(
                        f"plan {plan.id!r} is worth {value!r} at prices at which the bound "
                        f"{bound!r} was claimed proven"
                    )

    def _complete(self, menu: Menu, prices: Array, slack: float) -> None:
        """Check a menu said to be complete against every plan this participant ever answered."""
        if not menu.complete:
            return
        offered = {plan.id for plan in menu.plans}
        values = [(point.reduced(prices), point) for point in self._points]
        # the best it can have is no better than the best it told, so these must be in the menu
        best = min((cheapest_levels(plan, prices)[1] for plan in menu.plans), default=np.inf)
        best = min([best, *(value for value, _ in values)])
        for value, point in values:
            size = abs(point.cost) + float(np.abs(prices) @ np.abs(point.contribution))
            if value < best + slack - ROOM * (1.0 + size) and point.plan.id not in offered:
                raise self._error(
                    f"says that its menu is complete, and leaves out its plan {point.plan.id!r}"
                )

    def _true(self, answer: Answer, prices: Array) -> None:
        """Check a claimed bound against every point this participant ever answered."""
        for point in self._points:
            value = point.reduced(prices)
            size = abs(point.cost) + float(np.abs(prices) @ np.abs(point.contribution))
            if answer.proven and answer.bound > value + ROOM * (1.0 + size):
                raise self._error(
                    f"claims the bound {answer.bound!r}, above the value {value!r} of its own "
                    f"plan {point.plan.id!r}"
                )


def remote_participants(
    url: str, dimensions: int, *, owner: str | None = None, timeout: float = 30.0, tries: int = 2
) -> list[RemoteParticipant]:
    """Return the parts that answer at ``url``, one participant of the problem each.

    Raises
    ------
    AnswerError : nobody answers there, another owner does, or with other dimensions.
    """
    _check(url, timeout, tries)
    try:
        found = wire.decode(request(url, "/parts", None, timeout, tries), "parts")
        reader = wire.Reader()
        reader.only("parts", found, {"format", "owner", "parts", "dimensions"}, set())
        reader.close("parts")
        _check_parts(reader, found, dimensions, owner)
        reader.close("parts")
    except AnswerError as error:
        raise AnswerError(f"participant at {url}: {error}", error.faults) from None
    return [
        RemoteParticipant(url, name, found["owner"], dimensions, timeout, tries)
        for name in found["parts"]
    ]


def _check_parts(reader: wire.Reader, found: Any, dimensions: int, owner: str | None) -> None:
    if found["format"] != wire.FORMAT:
        reader.fault(f"format: must be {wire.FORMAT!r}, received {found['format']!r}"[:200])
    if found["dimensions"] != dimensions:
        reader.fault(f"dimensions: must be {dimensions}, received {found['dimensions']!r}"[:200])
    answering = reader.text("owner", found["owner"])
    if owner is not None and answering != owner:
        reader.fault(f"owner: must be {owner!r}, received {answering!r}")
    parts = found["parts"]
    if not isinstance(parts, list) or not 0 < len(parts) <= wire.MOST_PLANS:
        reader.fault(f"parts: must be a list of 1 to {wire.MOST_PLANS} names")
        return
    names = [reader.text(f"parts[{k}]", name) for k, name in enumerate(parts)]
    if len(set(names)) < len(names):
        reader.fault("parts: names must differ")


def _check(url: str, timeout: float, tries: int) -> None:
    faults = []
    try:
        parts = urllib.parse.urlsplit(url)
        fine = parts.scheme in ("http", "https") and parts.hostname and (parts.port or True)
    except ValueError:
        fine = False
    if not fine:
        faults.append(f"url {url!r} must be like http://127.0.0.1:8765")
    if not 0 < timeout <= 3600:
        faults.append(f"timeout {timeout!r} must be above 0 and at most 3600 seconds")
    if not 1 <= tries <= 10:
        faults.append(f"tries {tries!r} must be from 1 to 10")
    if faults:
        raise OptionError("remote participant: " + "; ".join(faults))


def request(url: str, path: str, body: bytes | None, timeout: float, tries: int) -> bytes:
    """Return what is answered; ask again only where it is no answer at all (same question)."""
    problem = ""
    for _ in range(tries):
        try:
            status, received = _once(url, path, body, timeout)
        except (OSError, http.client.HTTPException) as error:
            problem = f"no answer ({_told(error, timeout)}) in {tries} tries"
            continue
        if status == 200:
            return received
        problem = f"answered HTTP {status}{_faults(received)}"
        if status < 500:
            break
    raise AnswerError(problem)


def _told(error: Exception, timeout: float) -> str:
    if isinstance(error, TimeoutError):
        return f"timeout after {timeout:g} s"
    if isinstance(error, ConnectionRefusedError):
        return "connection refused: is `workshare answer` running there?"
    return f"{type(error).__name__}: {error}"[:200]


def _faults(received: bytes) -> str:
    try:
        found = json.loads(received.decode())
        return ": " + "; ".join(str(fault)[:300] for fault in found["faults"][:20])
    except (ValueError, KeyError, TypeError, RecursionError):
        return ""


def _once(url: str, path: str, body: bytes | None, timeout: float) -> tuple[int, bytes]:
    """Send one request; the whole of it, headers and body, ends within ``timeout`` seconds."""
    parts = urllib.parse.urlsplit(url)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = kind(parts.hostname or "", parts.port, timeout=timeout)
    connection.connect()
    # kept here: the connection lets go of its socket as soon as the headers have come
    line = connection.sock
    late = threading.Event()

    def stop() -> None:
        late.set()
        with contextlib.suppress(OSError):
            line.shutdown(socket.SHUT_RDWR)

    # a socket's own timeout starts anew with every byte; this one does not
    timer = threading.Timer(timeout, stop)
    timer.daemon = True
    timer.start()
    try:
        answered = _exchange(connection, parts.path.rstrip("/") + path, body)
    except (OSError, http.client.HTTPException):
        if late.is_set():
            raise TimeoutError from None
        raise
    else:
        if late.is_set():
            raise TimeoutError
        return answered
    finally:
        timer.cancel()
        connection.close()


def _exchange(
    connection: http.client.HTTPConnection, path: str, body: bytes | None
) -> tuple[int, bytes]:
    headers = {"Content-Type": "application/json", "Connection": "close"}
    connection.request("GET" if body is None else "POST", path, body, headers)
    response = connection.getresponse()
    received = response.read(wire.MOST_BYTES + 1)
    if len(received) > wire.MOST_BYTES:
        raise http.client.HTTPException(f"answer longer than {wire.MOST_BYTES} bytes")
    if response.length:
        raise http.client.IncompleteRead(received, response.length)
    return response.status, received
