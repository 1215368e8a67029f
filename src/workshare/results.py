"""What every result shares: its status, the lines of its certificate, its hash and its JSON text.

This file owns the seam between records in memory and text on disk. The text is *byte-stable*: the
same record gives the same bytes on every run, so that two results can be compared with ``cmp``.

Not every float is a number in JSON. The rule here: NaN ("not known", "not defined") and the
infinities ("no limit") become ``null``, and a reader treats ``null`` as "no number stands here".
A schema that must tell the two apart says so in a field of its own.
"""

from __future__ import annotations

import dataclasses
import enum
import hashlib
import json
import math
from collections.abc import Mapping, Sequence, Set
from typing import Any

RESULT_SCHEMA = "workshare.result/1"
"""Name and version of the schema of ``result.json``; a change that breaks readers adds one."""


class Status(enum.StrEnum):
    """How much is proven about a result, from most to least.

    EXACT : every optimal plan was among those examined; value and bound agree within tolerance.
    CERTIFIED : the proven gap is within the tolerance asked for.
    BOUNDED : value and bound are proven, but the gap between them is wider than asked for.
    INTERRUPTED : the user stopped it; what is there is valid, what is missing is absent.
    """

    EXACT = "exact"
    CERTIFIED = "certified"
    BOUNDED = "bounded"
    INTERRUPTED = "interrupted"


@dataclasses.dataclass(frozen=True, slots=True)
class CertificateLine:
    """One check of a certificate, recomputed from the problem and the answer alone.

    Attributes
    ----------
    name : short name, unique in its certificate.
    value : what was measured; its unit is named in ``meaning``.
    tolerance : what it may be at most, in the same unit.
    holds : whether ``value`` is within ``tolerance``.
    meaning : one sentence for a reader who is not an engineer.
    """

    name: str
    value: float
    tolerance: float
    holds: bool
    meaning: str


def certificate_line(name: str, value: float, tolerance: float, meaning: str) -> CertificateLine:
    """Return the line that compares ``abs(value)`` with ``tolerance``; NaN never holds.

    Examples
    --------
    >>> certificate_line("budget", 2e-9, 1e-6, "Money paid and received, M/yr.").holds
    True
    """
    return CertificateLine(name, float(value), float(tolerance), abs(value) <= tolerance, meaning)


def to_jsonable(value: Any) -> Any:
    """Return ``value`` as dicts, lists, strings, numbers, booleans and None.

    Takes frozen records, mappings, sequences, sets, enumerations and NumPy arrays and scalars.
    Sets come out sorted by their text; NaN and the infinities come out as None, -0.0 as 0.0.

    Raises
    ------
    TypeError : the value, or something in it, is of no such kind.

    Examples
    --------
    >>> to_jsonable({"limit": float("inf"), "status": Status.EXACT, "ids": ("ARG", "BOL")})
    {'limit': None, 'status': 'exact', 'ids': ['ARG', 'BOL']}
    """
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, enum.Enum):
        return to_jsonable(value.value)
    if isinstance(value, str):
        return str(value)
    if isinstance(value, int):
        return int(value)
    if isinstance(value, float):
        return (float(value) + 0.0) if math.isfinite(value) else None
    return _compound(value)


def json_text(value: Any) -> str:
    """Return the JSON text of ``value``: two-space indent, keys in their own order, final newline.

    Floats are written by ``repr``, so reading them back gives the same bits.

    Examples
    --------
    >>> print(json_text({"value": 0.1, "bound": float("nan")}), end="")
    {
      "value": 0.1,
      "bound": null
    }
    """
    return json.dumps(to_jsonable(value), ensure_ascii=False, indent=2, allow_nan=False) + "\n"


def inputs_hash(value: Any) -> str:
    """Return the SHA-256 (64 hexadecimal digits) of the canonical text of ``value``.

    Canonical: keys sorted, no spaces, floats by ``repr``, and NaN and the two infinities told
    apart, since "no limit" and "not known" are different inputs. Two equal inputs have the same
    hash whatever the order in which their mappings were filled.

    Examples
    --------
    >>> inputs_hash({"a": 1, "b": 2.0}) == inputs_hash({"b": 2.0, "a": 1})
    True
    >>> inputs_hash(float("inf")) == inputs_hash(float("nan"))
    False
    """
    text = json.dumps(
        _mark_non_finite(value), ensure_ascii=True, sort_keys=True, separators=(",", ":")
    )
    return hashlib.sha256(text.encode("ascii")).hexdigest()


def _compound(value: Any) -> Any:
    """Return the JSON form of a record, container or array."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        fields = dataclasses.fields(value)
        return {item.name: to_jsonable(getattr(value, item.name)) for item in fields}
    if isinstance(value, Mapping):
        return {_key(key): to_jsonable(item) for key, item in value.items()}
    if isinstance(value, Set):
        return sorted((to_jsonable(item) for item in value), key=str)
    if isinstance(value, Sequence) and not isinstance(value, bytes | bytearray):
        return [to_jsonable(item) for item in value]
    if hasattr(value, "tolist"):  # NumPy arrays and scalars, without importing NumPy here
        return to_jsonable(value.tolist())
    raise TypeError(f"no JSON form for {type(value).__name__}: {value!r}")


def _mark_non_finite(value: Any) -> Any:
    """Return the JSON form of ``value`` with NaN and infinities as marked text, for hashing."""
    if isinstance(value, float) and not math.isfinite(value):
        return f"\u0000{float(value)!r}"
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        fields = dataclasses.fields(value)
        return {item.name: _mark_non_finite(getattr(value, item.name)) for item in fields}
    if isinstance(value, Mapping):
        return {_key(key): _mark_non_finite(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_mark_non_finite(item) for item in value]
    if isinstance(value, Set):
        return sorted((_mark_non_finite(item) for item in value), key=str)
    if hasattr(value, "tolist"):
        return _mark_non_finite(value.tolist())
    return to_jsonable(value)


def _key(key: Any) -> str:
    """Return a mapping's key as text; a tuple key is joined with ``|``."""
    if isinstance(key, tuple):
        return "|".join(_key(part) for part in key)
    return str(to_jsonable(key))
