"""Questions and answers as JSON, version ``workshare.answers/1``; see docs/live-participants.md.

Figures travel exactly: a float is written with the shortest digits that read back as the same
float. Reading checks everything and lists all faults at once; nothing unknown is passed over.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from workshare.arrays import Array
from workshare.errors import AnswerError
from workshare.response.plan import Answer, Menu, Plan, Point

FORMAT = "workshare.answers/1"
QUERIES = ("price", "menu", "residual", "commit")
MOST_BYTES = 16 * 2**20
"""The longest question or answer that is read."""
MOST_PLANS = 2000
"""The most plans in one answer."""
MOST_DIMENSIONS = 10_000
MOST_LEVELS = 1000
"""The most operating variables, and the most limits on them, in one plan."""

_FIELDS = {
    "price": {"prices", "near"},
    "menu": {"prices", "slack", "count"},
    "residual": {"worth"},
    "commit": {"plan"},
}
_HEAD = {"format", "question", "participant", "query"}
_RANGE = ("unit_cost", "unit_contribution", "lower", "upper", "rows", "limits")


@dataclass(frozen=True, slots=True)
class Question:
    """One question; ``content`` holds the fields of its query, already checked."""

    id: str
    participant: str
    query: str
    content: Mapping[str, Any]


@dataclass
class Reader:
    """Reads fields and collects what is wrong with them."""

    faults: list[str] = field(default_factory=list)

    def fault(self, text: str) -> None:
        """Add a fault."""
        self.faults.append(text)

    def only(self, place: str, found: Any, needed: set[str], optional: set[str]) -> bool:
        """Return whether ``found`` is an object with all of ``needed`` and nothing unknown."""
        if not isinstance(found, dict):
            self.fault(f"{place}: must be an object, received {_short(found)}")
            return False
        missing, unknown = needed - set(found), set(found) - needed - optional
        if missing:
            self.fault(f"{place}: missing {', '.join(sorted(missing))}")
        if unknown:
            names = ", ".join(_short(name) for name in sorted(unknown)[:10])
            self.fault(f"{place}: unknown field {names}")
        return not missing

    def text(self, place: str, found: Any) -> str:
        """Return a name of 1 to 2,000 characters."""
        if isinstance(found, str) and 0 < len(found) <= 2000:
            return found
        self.fault(f"{place}: must be a text of 1 to 2000 characters, received {_short(found)}")
        return ""

    def number(self, place: str, found: Any, least: float = -math.inf) -> float:
        """Return a finite number of at least ``least``."""
        if isinstance(found, int | float) and not isinstance(found, bool):
            try:
                value = float(found)
            except OverflowError:
                value = math.inf
            if math.isfinite(value) and value >= least:
                return value
        floor = "" if least == -math.inf else f" of at least {least:g}"
        self.fault(f"{place}: must be a finite number{floor}, received {_short(found)}")
        return 0.0

    def count(self, place: str, found: Any) -> int:
        """Return a whole number from 1 to the most plans of one answer."""
        if isinstance(found, int) and not isinstance(found, bool) and 1 <= found <= MOST_PLANS:
            return found
        self.fault(f"{place}: must be from 1 to {MOST_PLANS}, received {_short(found)}")
        return 1

    def truth(self, place: str, found: Any) -> bool:
        """Return True or False, and nothing that only resembles them."""
        if not isinstance(found, bool):
            self.fault(f"{place}: must be true or false, received {_short(found)}")
        return found is True

    def vector(self, place: str, found: Any, length: int | None, most: int = MOST_LEVELS) -> Array:
        """Return a list of finite numbers of the length asked for (None: up to ``most``)."""
        zeros = np.zeros(length or 0)
        if not isinstance(found, list):
            self.fault(f"{place}: must be a list of numbers, received {_short(found)}")
            return zeros
        if (length is not None and len(found) != length) or len(found) > most:
            needed = f"up to {most}" if length is None else f"{length}"
            self.fault(f"{place}: must have {needed} figures, received {len(found)}")
            return zeros
        before = len(self.faults)
        values = np.array([self.number(f"{place}[{k}]", v) for k, v in enumerate(found)])
        del self.faults[before + 5 :]
        return values if values.size else np.zeros(0)

    def matrix(self, place: str, found: Any, rows: int | None, columns: int) -> Array:
        """Return a list of ``rows`` lists of ``columns`` finite numbers."""
        if not isinstance(found, list) or len(found) > MOST_LEVELS:
            self.fault(f"{place}: must be a list of up to {MOST_LEVELS} lists of numbers")
            return np.zeros((rows or 0, columns))
        if rows is not None and len(found) != rows:
            self.fault(f"{place}: must have {rows} rows, received {len(found)}")
            return np.zeros((rows, columns))
        lines = [
            self.vector(f"{place}[{k}]", row, columns, MOST_DIMENSIONS)
            for k, row in enumerate(found)
        ]
        return np.array(lines).reshape(len(lines), columns)

    def close(self, what: str) -> None:
        """Raise :class:`AnswerError` with every fault, if there is any."""
        if self.faults:
            more = len(self.faults) - 20
            tail = f"; and {more} more" if more > 0 else ""
            raise AnswerError(f"{what}: " + "; ".join(self.faults[:20]) + tail, self.faults)


def _short(found: Any) -> str:
    text = repr(found)
    return text if len(text) <= 60 else text[:57] + "..."


def encode(content: Mapping[str, Any]) -> bytes:
    """Return JSON in UTF-8; a figure that is not finite is refused with ``ValueError``."""
    return json.dumps(content, allow_nan=False, separators=(",", ":")).encode()


def decode(body: bytes, what: str) -> Any:
    """Return what JSON says; :class:`AnswerError` where it is no JSON, or too long."""
    if len(body) > MOST_BYTES:
        raise AnswerError(f"{what}: longer than {MOST_BYTES} bytes")
    try:
        return json.loads(body.decode(), parse_constant=_refuse)
    except (ValueError, RecursionError) as error:
        raise AnswerError(f"{what}: is not JSON: {str(error)[:200]}") from None


def _refuse(name: str) -> float:
    raise ValueError(f"{name} is not a finite number")


# --- questions ------------------------------------------------------------------------------------


def question_body(participant: str, query: str, content: Mapping[str, Any]) -> tuple[str, bytes]:
    """Return the identity of a question and its JSON.

    The identity is a digest of the question, so that asking again is the same question.
    """
    whole = {"format": FORMAT, "participant": participant, "query": query, **content}
    name = hashlib.sha256(encode(whole)).hexdigest()[:32]
    return name, encode({**whole, "question": name})


def read_question(body: bytes, dimensions: int) -> Question:
    """Return a question that was received; :class:`AnswerError` lists all its faults."""
    found = decode(body, "question")
    reader = Reader()
    query = found.get("query") if isinstance(found, dict) else None
    known = isinstance(query, str) and query in QUERIES
    if isinstance(found, dict) and not known:
        reader.fault(f"query: must be one of {', '.join(QUERIES)}, received {_short(query)}")
    fields = _FIELDS[str(query)] if known else set().union(*_FIELDS.values())
    whole = reader.only("question", found, _HEAD | fields if known else _HEAD, fields)
    if not isinstance(found, dict):
        reader.close("question")
    _same_format(reader, found)
    content = _content(reader, str(query), found, dimensions) if whole and known else {}
    name = reader.text("question", found.get("question"))
    participant = reader.text("participant", found.get("participant"))
    reader.close("question")
    return Question(name, participant, str(query), content)


def _same_format(reader: Reader, found: Mapping[str, Any]) -> None:
    if found.get("format") != FORMAT:
        reader.fault(f"format: must be {FORMAT!r}, received {_short(found.get('format'))}")


def _content(
    reader: Reader, query: str, found: Mapping[str, Any], dimensions: int
) -> dict[str, Any]:
    if query == "commit":
        return {"plan": read_plan(reader, "plan", found["plan"], dimensions)}
    if query == "residual":
        return {"worth": read_blocks(reader, found["worth"], dimensions)}
    prices = reader.vector("prices", found["prices"], dimensions, MOST_DIMENSIONS)
    if query == "price":
        return {"prices": prices, "near": reader.number("near", found["near"], 0.0)}
    slack = reader.number("slack", found["slack"], 0.0)
    return {"prices": prices, "slack": slack, "count": reader.count("count", found["count"])}


@dataclass(frozen=True, slots=True)
class Blocks:
    """What units of one dimension are worth, block by block.

    ``breaks`` (k,) ascending contributions; ``worth`` (k + 1,) descending, M per unit: the worth of
    one more unit below the first break, between breaks, and above the last.
    """

    breaks: Array
    worth: Array

    def value(self, contribution: float) -> float:
        """Return what a contribution is worth, zero at zero (M per year)."""
        return float(np.min(self.intercepts() + self.worth * contribution))

    def intercepts(self) -> Array:
        """Return where the line of each block meets the axis; the worth is their minimum."""
        steps = (self.worth[:-1] - self.worth[1:]) * self.breaks
        lines = np.concatenate([[0.0], np.cumsum(steps)])
        return np.asarray(lines - lines.min(), dtype=float)


def blocks_content(blocks: Sequence[Blocks]) -> list[dict[str, Any]]:
    """Return block tariffs as JSON values."""
    return [{"breaks": b.breaks.tolist(), "worth": b.worth.tolist()} for b in blocks]


def read_blocks(reader: Reader, found: Any, dimensions: int) -> tuple[Blocks, ...]:
    """Return one block tariff for each dimension."""
    if not isinstance(found, list) or len(found) != dimensions:
        reader.fault(f"worth: must be a list of {dimensions} block tariffs")
        return ()
    blocks = []
    for k, item in enumerate(found):
        if not reader.only(f"worth[{k}]", item, {"breaks", "worth"}, set()):
            continue
        breaks = reader.vector(f"worth[{k}].breaks", item["breaks"], None)
        worth = reader.vector(f"worth[{k}].worth", item["worth"], breaks.size + 1, MOST_LEVELS + 1)
        if np.any(np.diff(breaks) <= 0) or np.any(np.diff(worth) > 0):
            reader.fault(f"worth[{k}]: breaks must rise and worth must not rise")
        blocks.append(Blocks(breaks, worth))
    return tuple(blocks)


# --- plans and answers ----------------------------------------------------------------------------


def plan_content(plan: Plan) -> dict[str, Any]:
    """Return a plan as JSON values; the operating range only where there is one."""
    content: dict[str, Any] = {
        "id": plan.id,
        "cost": float(plan.cost),
        "contribution": np.asarray(plan.contribution, dtype=float).tolist(),
    }
    if plan.unit_cost.size:
        content["range"] = {name: np.asarray(getattr(plan, name)).tolist() for name in _RANGE}
    return content


def read_plan(reader: Reader, place: str, found: Any, dimensions: int) -> Plan:
    """Return a plan that was received."""
    if not reader.only(place, found, {"id", "cost", "contribution"}, {"range", "levels"}):
        return Plan("", 0.0, np.zeros(dimensions))
    name = reader.text(f"{place}.id", found["id"])
    cost = reader.number(f"{place}.cost", found["cost"])
    contribution = reader.vector(
        f"{place}.contribution", found["contribution"], dimensions, MOST_DIMENSIONS
    )
    if "range" not in found:
        return Plan(name, cost, contribution)
    return Plan(
        name,
        cost,
        contribution,
        **_range(reader, f"{place}.range", found["range"], contribution.size),
    )


def _range(reader: Reader, place: str, found: Any, dimensions: int) -> dict[str, Array]:
    if not reader.only(place, found, set(_RANGE), set()):
        return {}
    unit_cost = reader.vector(f"{place}.unit_cost", found["unit_cost"], None)
    size = unit_cost.size
    lower = reader.vector(f"{place}.lower", found["lower"], size)
    upper = reader.vector(f"{place}.upper", found["upper"], size)
    limits = reader.vector(f"{place}.limits", found["limits"], None)
    if np.any(lower > upper):
        reader.fault(f"{place}: lower must not be above upper")
    return {
        "unit_cost": unit_cost,
        "unit_contribution": reader.matrix(
            f"{place}.unit_contribution", found["unit_contribution"], size, dimensions
        ),
        "lower": lower,
        "upper": upper,
        "rows": reader.matrix(f"{place}.rows", found["rows"], limits.size, size),
        "limits": limits,
    }


def answer_body(question: Question, answer: Answer | Menu) -> bytes:
    """Return the JSON of an answer to ``price``, ``residual`` or ``menu``."""
    head = {"format": FORMAT, "question": question.id, "participant": question.participant}
    if isinstance(answer, Menu):
        plans = [plan_content(plan) for plan in answer.plans]
        return encode({**head, "plans": plans, "complete": bool(answer.complete)})
    plans = [
        {**plan_content(point.plan), "levels": np.asarray(point.levels).tolist()}
        for point in answer.points
    ]
    tail = {"bound": float(answer.bound), "proven": bool(answer.proven)}
    return encode({**head, "plans": plans, **tail})


def _open(body: bytes, name: str, participant: str, tail: set[str]) -> tuple[Reader, Any]:
    found = decode(body, "answer")
    reader = Reader()
    head = {"format", "question", "participant"}
    if not reader.only("answer", found, head | tail, set()):
        reader.close("answer")
    _same_format(reader, found)
    for key, expected in (("question", name), ("participant", participant)):
        if found[key] != expected:
            reader.fault(f"{key}: must be {expected!r}, received {_short(found[key])}")
    return reader, found


def _plans(reader: Reader, found: Any) -> list[Any]:
    plans = found["plans"]
    if isinstance(plans, list) and len(plans) <= MOST_PLANS:
        return plans
    reader.fault(f"plans: must be a list of up to {MOST_PLANS} plans")
    return []


def read_answer(body: bytes, name: str, participant: str, dimensions: int) -> Answer:
    """Return an answer to ``price`` or ``residual``; :class:`AnswerError` lists all its faults."""
    reader, found = _open(body, name, participant, {"plans", "bound", "proven"})
    points = [
        _point(reader, f"plans[{k}]", item, dimensions)
        for k, item in enumerate(_plans(reader, found))
    ]
    if not points and not reader.faults:
        reader.fault("plans: at least one plan is needed")
    bound = reader.number("bound", found["bound"])
    proven = reader.truth("proven", found["proven"])
    reader.close("answer")
    return Answer(tuple(point for point in points if point is not None), bound, proven)


def _point(reader: Reader, place: str, found: Any, dimensions: int) -> Point | None:
    before = len(reader.faults)
    plan = read_plan(reader, place, found, dimensions)
    if len(reader.faults) > before:
        return None
    levels = reader.vector(f"{place}.levels", found.get("levels", []), plan.unit_cost.size)
    room = 1e-7 * (1.0 + np.abs(levels))
    if np.any(levels < plan.lower - room) or np.any(levels > plan.upper + room):
        reader.fault(f"{place}.levels: outside lower and upper")
    if np.any(plan.rows @ levels > plan.limits + 1e-7 * (1.0 + np.abs(plan.limits))):
        reader.fault(f"{place}.levels: beyond the plan's own limits")
    return plan.at(levels)


def read_menu(body: bytes, name: str, participant: str, dimensions: int) -> Menu:
    """Return an answer to ``menu``; :class:`AnswerError` lists all its faults."""
    reader, found = _open(body, name, participant, {"plans", "complete"})
    plans = [
        read_plan(reader, f"plans[{k}]", item, dimensions)
        for k, item in enumerate(_plans(reader, found))
    ]
    complete = reader.truth("complete", found["complete"])
    reader.close("answer")
    return Menu(tuple(plans), complete)


def commit_body(question: Question, reason: str) -> bytes:
    """Return the JSON of an answer to ``commit``; an empty reason accepts."""
    head = {"format": FORMAT, "question": question.id, "participant": question.participant}
    return encode({**head, "accepted": not reason, "reason": reason})


def read_commit(body: bytes, name: str, participant: str) -> str:
    """Return why a plan was refused; empty if it was accepted."""
    reader, found = _open(body, name, participant, {"accepted", "reason"})
    accepted = reader.truth("accepted", found["accepted"])
    reason = found["reason"]
    if not isinstance(reason, str) or bool(reason) == accepted:
        reader.fault("reason: must be a text, empty exactly where the plan is accepted")
    reader.close("answer")
    return str(reason)
