"""A system read from a file: unknowns, equations as text, bounds, parameters, in TOML or JSON."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Any

from workshare.equilibria.system import System, system_from_text
from workshare.errors import OptionError

KEYS = {
    "name": "what it is called",
    "unknowns": "list of names",
    "equations": "list of texts, each zero or left = right",
    "bounds": "lower and upper bound by unknown",
    "parameters": "value by name",
    "definitions": "named parts of equations",
    "complementarity": "true where unknowns may stand at a bound",
    "cooperative": "true where each residual rises with every other unknown",
}
"""Keys of a system file, with their meaning."""


def read_system(path: str | Path) -> System:
    """Return the system of a file.

    Raises
    ------
    OptionError : the file cannot be read, a key is unknown or missing, or the system has faults.
    """
    path = Path(path)
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise OptionError(f"{path}: {error.strerror or error}") from error
    except UnicodeDecodeError as error:
        raise OptionError(f"{path}: is not text in UTF-8: {error.reason}") from error
    try:
        content: Any = json.loads(text) if path.suffix == ".json" else tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        raise OptionError(f"{path}: is no {path.suffix.lstrip('.') or 'TOML'}: {error}") from error
    return system_from_record(content, str(path))


def system_from_record(content: Any, where: str = "system") -> System:
    """Return the system of a dictionary with the keys of :data:`KEYS`.

    Raises
    ------
    OptionError : with every fault of the keys at once, or of the system.

    Examples
    --------
    >>> system_from_record({"unknowns": ["x"], "equations": ["x^2 = 2"]}).size
    1
    """
    if not isinstance(content, dict):
        raise OptionError(f"{where}: must be a table of {', '.join(KEYS)}")
    faults = [
        f"key {key!r} is unknown; allowed: {', '.join(KEYS)}" for key in content if key not in KEYS
    ]
    for key in ("unknowns", "equations"):
        value = content.get(key)
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            faults.append(f"key {key!r} must be a {KEYS[key]}")
    for key in ("bounds", "parameters", "definitions"):
        if not isinstance(content.get(key, {}), dict):
            faults.append(f"key {key!r} must be a table: {KEYS[key]}")
    for key in ("complementarity", "cooperative"):
        if not isinstance(content.get(key, False), bool):
            faults.append(f"key {key!r} must be true or false")
    if not faults:
        faults += _number_faults(content)
    if faults:
        raise OptionError(f"{where}: " + "; ".join(faults))
    structure = {key: content[key] for key in ("complementarity", "cooperative") if key in content}
    return system_from_text(
        content["equations"],
        content["unknowns"],
        bounds={name: tuple(pair) for name, pair in content.get("bounds", {}).items()},
        parameters=content.get("parameters"),
        definitions=content.get("definitions"),
        name=str(content.get("name", Path(where).stem)),
        **structure,
    )


def _number_faults(content: dict[str, Any]) -> list[str]:
    """Return faults of bounds, parameters and definitions that have the wrong type."""
    faults = []
    for name, pair in content.get("bounds", {}).items():
        if not isinstance(pair, list) or len(pair) != 2 or not all(_is_number(v) for v in pair):
            faults.append(f"bounds of {name!r}: {pair!r}; must be [lower, upper]")
    for name, value in content.get("parameters", {}).items():
        if not _is_number(value):
            faults.append(f"parameter {name!r}: {value!r}; must be a number")
    for name, value in content.get("definitions", {}).items():
        if not isinstance(value, str):
            faults.append(f"definition {name!r}: {value!r}; must be a text")
    return faults


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
