"""Workshare: certified divisions of labour for regional industrial policy.

Licensed under the Apache License, version 2.0; see the file LICENSE.


>>> import workshare as ws
>>> region = ws.read_region("lithium")
>>> result = ws.coordinate(region, scenarios=["least_cost"])  # doctest: +SKIP

Names are loaded when they are first used, so that ``import workshare`` is quick.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from workshare.errors import Fault, OptionError, RegionError, ResultError, UnitError
    from workshare.errors import WorkshareError as WorkshareError

_HOMES = {
    "Fault": "workshare.errors",
    "OptionError": "workshare.errors",
    "RegionError": "workshare.errors",
    "ResultError": "workshare.errors",
    "UnitError": "workshare.errors",
    "WorkshareError": "workshare.errors",
    "Region": "workshare.region",
    "read_region": "workshare.region",
    "check_region": "workshare.region",
    "coordinate": "workshare.studies.coordinate",
}

__all__ = ["__version__", *_HOMES]


def __getattr__(name: str) -> Any:
    """Load a public name from the module that defines it, at its first use."""
    if name not in _HOMES:
        raise AttributeError(f"module 'workshare' has no attribute {name!r}")
    value = getattr(importlib.import_module(_HOMES[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    """List the public names, loaded or not."""
    return sorted(__all__)
