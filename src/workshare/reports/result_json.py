"""``result.json``: the one text of a result, the same bytes for the same inputs and seed.

Keys are sorted, except that ``timings``, the only part that may differ between two equal runs,
stands last: everything before the line ``"timings": {`` is byte-identical.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from workshare.reports.schema import as_result
from workshare.results import json_text


def result_text(result: Any, timings: bool = True) -> str:
    """Return the text of ``result.json``.

    Parameters
    ----------
    result : a result record with ``to_dict``, or a result dictionary.
    timings : False leaves the timings out, so that equal runs give equal text.
    """
    plain = as_result(result)
    spent = plain.pop("timings", None)
    ordered = _sorted(plain)
    if timings and spent is not None:
        ordered["timings"] = _sorted(spent)
    return json_text(ordered)


def write_json(result: Any, path: str | Path, timings: bool = True) -> Path:
    """Write ``result.json`` and return its path."""
    file = Path(path)
    file.write_text(result_text(result, timings), encoding="utf-8", newline="\n")
    return file


def _sorted(value: Any) -> Any:
    """Return the value with the keys of every object sorted."""
    if isinstance(value, dict):
        return {key: _sorted(value[key]) for key in sorted(value)}
    return [_sorted(item) for item in value] if isinstance(value, list) else value
