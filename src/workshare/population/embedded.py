"""The embedded workforce of the case ``lithium``: nine countries by ISCO-08 major group.

Derived by ``scripts/derive_lithium_workforce.py`` from public data. National totals are published;
what is spread by a donor or stands for something not published is marked as imputed, and every
such step is named in :data:`SOURCES`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from importlib.resources import as_file, files
from pathlib import Path
from typing import TypeVar

import numpy as np

from workshare.errors import OptionError
from workshare.population.labour_market import LabourMarket
from workshare.population.network import OccupationNetwork, read_network
from workshare.population.readers import read_workforce
from workshare.population.rules import Rules, steady_informal_entry
from workshare.population.workforce import Workforce

Kind = TypeVar("Kind")

NAMES = ("lithium",)
"""Embedded workforces."""

SOURCES = (
    "Employment: Penn World Table 10.01, 2019 (CC BY 4.0), to the nearest thousand",
    "Shares of ISCO-08 major groups 1 to 9 and unemployment rate: ILOSTAT (CC BY 4.0), latest "
    "year, second-hand; armed forces are left out",
    "Informal work: proxy, ILOSTAT vulnerable employment (own-account and family workers), one "
    "share for all groups of a country",
    "Unemployed by group: proxy, as the employed; spells not known, all counted as new",
    "Wages: Penn World Table 10.01 labour compensation per worker in 2019, spread over groups by "
    "a donor: United States, BLS OEWS May 2023 (public domain)",
    "Network: donor, United States job moves (CPS-ASEC; del Rio-Chanona, CC BY 4.0), SOC major "
    "groups counted in ISCO-08 major groups",
)


def embedded_workforce(name: str = "lithium") -> Workforce:
    """Return an embedded workforce; wages in USD per year.

    Raises
    ------
    OptionError : there is none of the name.

    Examples
    --------
    >>> people = embedded_workforce()
    >>> people.regions[:3], people.occupations[-1]
    (('ARG', 'BOL', 'BRA'), '9')
    """
    people = _read(name, "workforce", read_workforce)
    return replace(people, sources=SOURCES, imputed=np.ones(people.formal.shape, dtype=bool))


def embedded_network(name: str = "lithium") -> OccupationNetwork:
    """Return the network of an embedded workforce: a donor's, as :data:`SOURCES` says."""
    return _read(name, "network", read_network)


def embedded_market(name: str = "lithium") -> LabourMarket:
    """Return an embedded labour market, with rules whose informal work is steady at first.

    The other parameters are those of the United States; for these countries they are assumptions.
    """
    people = embedded_workforce(name)
    rules = Rules(informal_search=0.02)
    rules = replace(rules, informal_entry=steady_informal_entry(people, rules))
    return LabourMarket(people, embedded_network(name), rules)


def _read(name: str, table: str, reader: Callable[[Path], Kind]) -> Kind:
    if name not in NAMES:
        raise OptionError(f"embedded workforce {name!r} is not known; there is {', '.join(NAMES)}")
    resource = files("workshare.population") / "data" / f"{name}_{table}.csv"
    with as_file(resource) as path:
        return reader(path)
