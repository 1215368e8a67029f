"""The documented, versioned schema of ``result.json``: checker, JSON Schema, page, reader.

The keys themselves are the tables of :mod:`workshare.reports.schema_keys`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from workshare.errors import ResultError
from workshare.reports.schema_keys import OPEN_RECORDS, RECORDS, Key
from workshare.results import RESULT_SCHEMA, Status, to_jsonable

MAXIMUM_BYTES = 512 * 1024 * 1024
"""Largest file that is read, bytes: a result is some megabytes, so more is a mistake."""

_SIMPLE: dict[str, tuple[tuple[type, ...], dict[str, Any]]] = {
    "text": ((str,), {"type": ["string", "null"]}),
    "number": ((int, float), {"type": ["number", "null"]}),
    "integer": ((int,), {"type": ["integer", "null"]}),
    "yes/no": ((bool,), {"type": ["boolean", "null"]}),
}


def validate(result: Any, strict: bool = False) -> list[str]:
    """Return every fault of a result against the schema, as plain sentences; empty when sound.

    Parameters
    ----------
    result : the dictionary read from ``result.json``.
    strict : also name keys that the schema does not know (a later minor version may add some).

    Examples
    --------
    >>> validate({"schema": "workshare.result/1"})[0]
    'status: is missing; it is required'
    """
    if not isinstance(result, dict):
        return [f"the file: expected an object, got {_kind_of(result)}"]
    problems = list(_faults("result", result, "", strict))
    allowed = [status.value for status in Status]
    if isinstance(result.get("status"), str) and result["status"] not in allowed:
        problems.append(f"status: {result['status']!r} is none of {', '.join(allowed)}")
    if isinstance(result.get("schema"), str) and result["schema"] != RESULT_SCHEMA:
        problems.append(f"schema: {result['schema']!r} is not {RESULT_SCHEMA!r}")
    return problems


def read_result(path: str | Path) -> dict[str, Any]:
    """Return the result in a ``result.json`` file (or in a folder that holds one), checked.

    Raises
    ------
    ResultError : the file is missing, truncated, of a newer schema, or not a result.
    """
    file = Path(path)
    if file.is_dir():
        file = file / "result.json"
    result = _parsed(file)
    schema = result.get("schema") if isinstance(result, dict) else None
    if not isinstance(schema, str) or not schema.startswith("workshare.result/"):
        raise ResultError(
            f"{file}: this is not a result of workshare: it has no key schema = {RESULT_SCHEMA}. "
            "Give the result.json that `workshare coordinate REGION --out DIR` wrote."
        )
    if schema != RESULT_SCHEMA:
        raise ResultError(
            f"{file}: schema {schema} cannot be read by this version, which reads "
            f"{RESULT_SCHEMA}. Install a newer workshare, or compute the result again."
        )
    problems = validate(result)
    if problems:
        shown = "\n".join(f"  {problem}" for problem in problems[:20])
        more = f"\n  and {len(problems) - 20} more" if len(problems) > 20 else ""
        raise ResultError(f"{file}: the result is damaged:\n{shown}{more}")
    return dict(result)


def as_result(result: Any) -> dict[str, Any]:
    """Return a plain dictionary from a result record (with ``to_dict``) or a dictionary.

    NaN and the infinities become None. Raises ResultError when it is no sound result.
    """
    plain = to_jsonable(result.to_dict() if hasattr(result, "to_dict") else result)
    problems = validate(plain)
    if problems:
        raise ResultError("this is not a sound result: " + "; ".join(problems[:10]))
    return dict(plain)


def json_schema() -> dict[str, Any]:
    """Return the schema as a JSON Schema (draft 2020-12) document."""
    records = {name: _record_schema(name) for name in RECORDS if name != "result"}
    whole = _record_schema("result")
    whole["properties"]["schema"] = {"const": RESULT_SCHEMA}
    whole["properties"]["status"] = {"enum": [status.value for status in Status]}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": RESULT_SCHEMA,
        **whole,
        "$defs": records,
    }


def schema_page() -> str:
    """Return the tables of ``docs/result-json.md``: one section per record, one row per key."""
    parts = []
    for name, keys in RECORDS.items():
        rows = [f"## {name}", "", "| key | kind | unit | required | meaning |"]
        rows.append("|---|---|---|---|---|")
        rows += [
            f"| `{key.name}` | {key.kind} | {key.unit or '-'} | "
            f"{'yes' if key.required else 'no'} | {key.meaning} |"
            for key in keys
        ]
        parts.append("\n".join(rows) + "\n")
    return "\n".join(parts)


def _parsed(file: Path) -> Any:
    """Return what stands in a JSON file, or tell in plain words why it cannot be read."""
    try:
        if file.stat().st_size > MAXIMUM_BYTES:
            raise ResultError(f"{file}: larger than {MAXIMUM_BYTES // 2**20} MiB; not a result.")
        text = file.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        raise ResultError(
            f"{file}: there is no such file. Give the result.json of an earlier run."
        ) from None
    except OSError as error:
        raise ResultError(f"{file}: cannot be read: {error.strerror or error}.") from None
    except UnicodeDecodeError:
        raise ResultError(f"{file}: not a result: it is not UTF-8 text.") from None
    if not text.strip():
        raise ResultError(f"{file}: the file is empty. Compute the result again.")
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        cut = text.lstrip().startswith("{") and not text.rstrip().endswith("}")
        what = "it is truncated: the end of the file is missing" if cut else "it is not JSON"
        raise ResultError(f"{file}: {what} ({error}). Compute the result again.") from None


def _faults(record: str, value: Any, path: str, strict: bool) -> Iterator[str]:
    """Yield the faults of one record."""
    if not isinstance(value, dict):
        yield f"{path}: expected an object ({record}), got {_kind_of(value)}"
        return
    keys = {key.name: key for key in RECORDS[record]}
    for key in keys.values():
        where = f"{path}.{key.name}" if path else key.name
        if key.name not in value:
            if key.required:
                yield f"{where}: is missing; it is required"
        elif value[key.name] is None:
            if key.required and key.kind != "number":
                yield f"{where}: is null; it is required"
        else:
            yield from _kind_faults(key.kind, value[key.name], where, strict)
    if strict and record not in OPEN_RECORDS:
        for name in value:
            if name not in keys:
                yield f"{path}.{name}: is no key of {record}".lstrip(".")


def _kind_faults(kind: str, value: Any, where: str, strict: bool) -> Iterator[str]:
    """Yield the faults of one value against its kind."""
    holder, _, inner = kind.partition(" of ")
    if kind == "anything" or (inner and value is None):
        return
    if holder == "list" and inner:
        if not isinstance(value, list):
            yield f"{where}: expected a list, got {_kind_of(value)}"
            return
        for position, item in enumerate(value):
            yield from _kind_faults(inner, item, f"{where}[{position}]", strict)
    elif holder == "map" and inner:
        if not isinstance(value, dict):
            yield f"{where}: expected an object, got {_kind_of(value)}"
            return
        for name, item in value.items():
            if item is not None:
                yield from _kind_faults(inner, item, f"{where}.{name}", strict)
    elif kind in _SIMPLE:
        types, _ = _SIMPLE[kind]
        is_boolean = isinstance(value, bool)
        if not isinstance(value, types) or (is_boolean and kind != "yes/no"):
            yield f"{where}: expected {_article(kind)}, got {_kind_of(value)}"
    else:
        yield from _faults(kind, value, where, strict)


def _article(kind: str) -> str:
    return {"text": "text", "integer": "a whole number", "yes/no": "true or false"}.get(
        kind, f"a {kind}"
    )


def _kind_of(value: Any) -> str:
    """Return what a JSON value is, in words, with a short text quoted."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true or false"
    if isinstance(value, int | float):
        return f"the number {value}"
    if isinstance(value, str):
        return f"the text {re.sub(r'[^ -~]', '?', value[:40])!r}"
    return "a list" if isinstance(value, list) else "an object"


def _record_schema(name: str) -> dict[str, Any]:
    keys = RECORDS[name]
    return {
        "type": "object",
        "required": [key.name for key in keys if key.required],
        "properties": {key.name: _key_schema(key) for key in keys},
    }


def _key_schema(key: Key) -> dict[str, Any]:
    """Return the JSON Schema of one key; only required keys other than numbers refuse null."""
    body = _kind_schema(key.kind)
    if key.required and key.kind != "number" and isinstance(body.get("type"), list):
        body = {**body, "type": body["type"][0]}
    elif not key.required and "type" not in body and body:
        body = {"anyOf": [body, {"type": "null"}]}
    unit = f" Unit: {key.unit}." if key.unit else ""
    return {**body, "description": key.meaning + unit}


def _kind_schema(kind: str) -> dict[str, Any]:
    holder, _, inner = kind.partition(" of ")
    if kind == "anything":
        return {}
    if inner and holder == "list":
        return {"type": ["array", "null"], "items": _kind_schema(inner)}
    if inner and holder == "map":
        return {"type": ["object", "null"], "additionalProperties": _kind_schema(inner)}
    if kind in _SIMPLE:
        return dict(_SIMPLE[kind][1])
    return {"$ref": f"#/$defs/{kind}"}
