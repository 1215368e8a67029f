"""Workshare: certified divisions of labour for regional industrial policy.

>>> import workshare as ws
>>> region = ws.read_region("lithium")
>>> result = ws.coordinate(region, scenarios=["least_cost"])  # doctest: +SKIP

Names are loaded when they are first used, so that ``import workshare`` is quick.

Licensed under the Apache License, version 2.0; see the file LICENSE.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from workshare.version import __version__

if TYPE_CHECKING:
    from workshare.errors import (
        Fault,
        OptionError,
        RegionError,
        ResultError,
        UnitError,
        WorkshareError,
    )
    from workshare.region import Region, check_region, read_region
    from workshare.studies.coordinate import coordinate

__all__ = [
    "__version__",
    "read_region",
    "check_region",
    "coordinate",
    "Region",
    "Fault",
    "WorkshareError",
    "RegionError",
    "UnitError",
    "OptionError",
    "ResultError",
]

_HOMES = {
    "read_region": "workshare.region",
    "check_region": "workshare.region",
    "Region": "workshare.region",
    "coordinate": "workshare.studies.coordinate",
    "Fault": "workshare.errors",
    "WorkshareError": "workshare.errors",
    "RegionError": "workshare.errors",
    "UnitError": "workshare.errors",
    "OptionError": "workshare.errors",
    "ResultError": "workshare.errors",
}


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
