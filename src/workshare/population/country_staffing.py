"""A country's labour pool for staffing, in groups of occupations, from a workforce and a network.

A workforce by major group holds far more people than one industry can draw on. A :class:`Reach`
says which share of a group, in work or looking for it, has the trade and can be won, and what
training takes. All of it is assumption, so it comes with a tight and a loose variant to be told
beside the middle one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from workshare.arrays import Array
from workshare.errors import OptionError
from workshare.population.network import OccupationNetwork
from workshare.population.staffing import LabourPool
from workshare.population.training import Moves, TrainingRules, training_moves
from workshare.population.workforce import Workforce

ISCO_LEVELS = {"1": 4, "2": 4, "3": 3, "4": 2, "5": 2, "6": 2, "7": 2, "8": 2, "9": 1}
"""Highest skill level of every ISCO-08 major group (ILO 2012, ISCO-08 volume 1, table 1)."""


@dataclass(frozen=True, slots=True)
class Reach:
    """What an industry can draw on, and what training takes.

    Attributes
    ----------
    share : share of the unemployed, and of those in work, of every group that can be won (0 to 1).
    gap : skills that are short in any move between groups, for
        :func:`workshare.population.training.training_moves` (0 to 1).
    rules : months and cost of training; ``months_per_zone`` is per ISCO skill level.
    """

    share: float = 0.01
    gap: float = 0.25
    rules: TrainingRules = field(default_factory=lambda: TrainingRules(months_per_zone=12.0))

    def __post_init__(self) -> None:
        faults = [
            f"{name} is {value}; must be between 0 and 1 (a share)"
            for name, value in (("share", self.share), ("gap", self.gap))
            if not 0 <= value <= 1
        ]
        if faults:
            raise OptionError("Reach: " + "; ".join(faults))


REACHES = {
    "tight": Reach(
        0.001, 0.5, TrainingRules(months_per_zone=18.0, course_share=0.1, hiring_share=0.16)
    ),
    "middle": Reach(),
    "loose": Reach(
        0.05, 0.1, TrainingRules(months_per_zone=6.0, course_share=0.025, hiring_share=0.04)
    ),
}
"""Variants to compare: fewer people, longer and dearer training; the middle; the opposite."""


def country_pool(
    people: Workforce,
    network: OccupationNetwork,
    region: str,
    groups: Mapping[str, Sequence[str]],
    reach: Reach | None = None,
) -> tuple[LabourPool, Moves]:
    """Return the labour pool of a region and the moves between its groups.

    Parameters
    ----------
    network : of the same occupations; a move is possible between two groups where it has an edge.
    groups : occupations by the name of their group; those in no group stand for themselves and are
        where people can be trained from.
    reach : middle assumptions if absent.

    Wages of a group are the mean over its workers whose wage is known, and so is its skill level
    (:data:`ISCO_LEVELS`, by the first digit). Training seats have no limit.

    Raises
    ------
    OptionError : a region or an occupation that the workforce does not have, or another network.

    Examples
    --------
    >>> from workshare.population.embedded import embedded_network, embedded_workforce
    >>> pool, moves = country_pool(embedded_workforce(), embedded_network(), "URY",
    ...                            {"operators": ("8", "9")})
    >>> pool.occupations[0], float(pool.unemployed[0].round())
    ('operators', 370.0)
    """
    reach = reach or Reach()
    codes = people.occupations
    grouped = [code for members in groups.values() for code in members]
    faults = [
        f"occupation {code!r} is not in the workforce" for code in grouped if code not in codes
    ]
    if region not in people.regions:
        faults.append(f"region {region!r} is not in the workforce")
    if network.occupations != codes:
        faults.append("the network must name the occupations of the workforce in their order")
    if len(set(grouped)) < len(grouped):
        faults.append("an occupation is in two groups")
    if faults:
        raise OptionError("country_pool: " + "; ".join(faults))
    whole = {**groups, **{code: (code,) for code in codes if code not in grouped}}
    belongs = np.array([[float(code in members) for code in codes] for members in whole.values()])
    row = people.regions.index(region)
    employed = people.employed[row].astype(float)
    levels = np.array([float(ISCO_LEVELS.get(code[:1], 2)) for code in codes])
    wages = _mean(people.wages[row], employed, belongs)
    links = belongs @ (network.matrix() > 0) @ belongs.T
    origin, target = np.nonzero(links)
    moves = training_moves(
        tuple(whole),
        (np.asarray(origin, dtype=float), np.asarray(target, dtype=float)),
        wages,
        np.full(origin.size, reach.gap),
        _mean(levels, employed, belongs),
        reach.rules,
    )
    pool = LabourPool(
        tuple(whole),
        reach.share * (belongs @ people.unemployed[row].sum(axis=1)),
        belongs @ employed,
        wages,
        np.full(len(whole), reach.share),
        np.full(len(whole), np.inf),
        hiring_share=reach.rules.hiring_share,
    )
    return pool, moves


def _mean(values: Array, weights: Array, belongs: Array) -> Array:
    """Return the weighted mean of known values in every group; 0 where none is known."""
    known = np.isfinite(values)
    total = belongs @ np.where(known, values * weights, 0.0)
    weight = belongs @ np.where(known, weights, 0.0)
    mean: Array = np.divide(total, weight, out=np.zeros(len(belongs)), where=weight > 0)
    return mean
