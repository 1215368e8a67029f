"""The studies that these tests share, each done once, and ways to write the same region anew."""

from __future__ import annotations

import functools
from dataclasses import replace

import workshare as ws
from reference.random_regions import random_region
from workshare.region.region import Region
from workshare.studies.coordinate import coordinate
from workshare.studies.outcome import Outcome
from workshare.studies.result import CoordinationResult
from workshare.studies.setting import Setting

# 2 and 8 plain; 9 two alternatives; 25 rules between activities and few workers;
# 264 a minimum of jobs; 34 nobody wants anything worth making
CASES = ("islands", "2", "8", "9", "25", "34", "264")
"""Names of the shared studies: embedded cases, or seeds of random regions."""


@functools.cache
def region_of(name: str) -> Region:
    """Return an embedded case, or the random region of a seed."""
    if not name.isdigit():
        return ws.read_region(name)
    seed = int(name)
    return random_region(seed, participants=2 + seed % 3 % 2, activities=2 + (seed // 3) % 2)


@functools.cache
def study(name: str) -> CoordinationResult:
    """Return the whole study of a case, done once."""
    return coordinate(region_of(name))


@functools.cache
def setting(name: str) -> Setting:
    """Return the setting of a case, made apart from that of the study."""
    return Setting(region_of(name))


def outcomes(result: CoordinationResult) -> list[tuple[Outcome, Region]]:
    """Return every outcome of ``result`` with the region in which it was found."""
    found = [*result.scenarios, result.outcomes["uncoordinated"]]
    if result.equilibria is not None:
        found.extend(result.equilibria.equilibria)
    return [(outcome, region_in(result.region, outcome.name)) for outcome in found]


def region_in(region: Region, name: str) -> Region:
    """Return ``region``, without the links of the one that stays out where ``name`` says so."""
    if not name.startswith("minus_"):
        return region
    code = name.removeprefix("minus_")
    owner = region.place_owner() | {"world": ""}
    links = tuple(
        link
        for link in region.links
        if "world" in (link.origin, link.destination)
        or (owner[link.origin] == code) == (owner[link.destination] == code)
    )
    return replace(region, links=links)


def backwards(region: Region) -> Region:
    """Return ``region`` with every table in reverse order."""
    tables = (
        "participants places goods activities options links outside demands plants companions "
        "endowments limits"
    )
    return replace(region, **{name: getattr(region, name)[::-1] for name in tables.split()})
