"""Workshare: certified divisions of labour for regional industrial policy.

>>> import workshare as ws
>>> region = ws.read_region("lithium")
>>> result = ws.coordinate(region, scenarios=["least_cost"])  # doctest: +SKIP
>>> ws.tables(result)["participants"]  # doctest: +SKIP
>>> ws.figures(result)[0]  # doctest: +SKIP

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
        TableError,
        UnitError,
        WorkshareError,
    )
    from workshare.region import (
        Region,
        case_names,
        check_region,
        convert_region,
        new_region,
        read_region,
        write_region,
    )
    from workshare.reports import frames as tables
    from workshare.reports import read_result, write_report
    from workshare.reports.figures import Figure
    from workshare.studies.coordinate import coordinate, scenario_names

__all__ = [
    "__version__",
    "read_region",
    "check_region",
    "write_region",
    "convert_region",
    "new_region",
    "case_names",
    "coordinate",
    "scenario_names",
    "tables",
    "figures",
    "write_report",
    "read_result",
    "Region",
    "Fault",
    "WorkshareError",
    "RegionError",
    "TableError",
    "UnitError",
    "OptionError",
    "ResultError",
]

_HOMES = {
    "read_region": "workshare.region",
    "check_region": "workshare.region",
    "write_region": "workshare.region",
    "convert_region": "workshare.region",
    "new_region": "workshare.region",
    "case_names": "workshare.region",
    "Region": "workshare.region",
    "coordinate": "workshare.studies.coordinate",
    "scenario_names": "workshare.studies.coordinate",
    "tables": "workshare.reports:frames",
    "write_report": "workshare.reports",
    "read_result": "workshare.reports",
    "Fault": "workshare.errors",
    "WorkshareError": "workshare.errors",
    "RegionError": "workshare.errors",
    "TableError": "workshare.errors",
    "UnitError": "workshare.errors",
    "OptionError": "workshare.errors",
    "ResultError": "workshare.errors",
}


def figures(result: Any) -> list[Figure]:
    """Return every figure of ``result``, in the order of the report.

    Each shows itself in a notebook. A figure has a ``title`` (the finding), a ``table`` with the
    same numbers, a ``note`` and words for readers who cannot see it; ``chart`` is it as an Altair
    chart, ``to_png`` writes a file.

    Parameters
    ----------
    result : what :func:`coordinate` or :func:`read_result` returns, or the content of
        ``result.json``.
    """
    makers = importlib.import_module("workshare.reports.figures").FIGURES
    return [make(result) for make in makers.values()]


def __getattr__(name: str) -> Any:
    """Load a public name from the module that defines it, at its first use."""
    if name not in _HOMES:
        raise AttributeError(f"module 'workshare' has no attribute {name!r}")
    module, _, other = _HOMES[name].partition(":")
    value = getattr(importlib.import_module(module), other or name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    """List the public names, loaded or not."""
    return sorted(__all__)
