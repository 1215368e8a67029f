"""Synthetic workforces of any size, for tests, benchmarks and first steps; never data.

Sizes of occupations follow a power law, as in real economies; regions differ in size and in what
they specialise in. Everything is drawn from a seed, and labelled as synthetic.
"""

from __future__ import annotations

import numpy as np

from workshare.errors import OptionError
from workshare.population.downscale import round_to_total
from workshare.population.labour_market import LabourMarket
from workshare.population.network import OccupationNetwork, skill_network
from workshare.population.rules import Rules, steady_informal_entry
from workshare.population.workforce import Workforce, workforce


def synthetic_workforce(
    *,
    regions: int,
    occupations: int,
    workers: int,
    seed: int = 0,
    unemployed: float = 0.06,
    informal: float = 0.0,
    spells: int = 5,
    skills: int = 8,
) -> Workforce:
    """Return a synthetic workforce with exactly ``workers`` people.

    Parameters
    ----------
    regions, occupations, workers : counts; at least one worker per region.
    seed : of everything drawn.
    unemployed : share of all people, spells falling off geometrically.
    informal : share of those at work.
    spells, skills : columns of the record.

    Examples
    --------
    >>> people = synthetic_workforce(regions=3, occupations=10, workers=5000, informal=0.3)
    >>> people.total, people.formal.shape
    (5000, (3, 10))
    """
    if min(regions, occupations) < 1 or workers < regions:
        raise OptionError(
            f"{regions} regions, {occupations} occupations, {workers} workers: each must be at "
            "least 1, and there must be a worker for every region"
        )
    if not (0 <= unemployed < 1 and 0 <= informal <= 1):
        raise OptionError("unemployed must be in [0, 1) and informal in [0, 1]: they are shares")
    draw = np.random.default_rng(seed)
    size = draw.pareto(1.5, occupations) + 0.2
    scale = draw.lognormal(0.0, 0.8, regions)
    table = np.outer(scale, size) * draw.lognormal(0.0, 0.5, (regions, occupations))
    status = np.array([(1 - unemployed) * (1 - informal), (1 - unemployed) * informal])
    fading = 0.5 ** np.arange(spells)
    shares = np.concatenate([status, unemployed * fading / fading.sum()])
    counts = round_to_total(table[:, :, None] * shares, workers)
    empty = np.flatnonzero(counts.sum(axis=(1, 2)) == 0)
    counts[empty, 0, 0] += 1  # nobody's region is empty; the largest cell gives them up
    largest = np.unravel_index(np.argmax(counts), counts.shape)
    counts[largest] -= empty.size
    wages = draw.lognormal(10.0, 0.5, occupations) * draw.lognormal(0.0, 0.1, (regions, 1))
    codes = tuple(f"occupation {k:03d}" for k in range(occupations))
    return workforce(
        tuple(f"region {k:04d}" for k in range(regions)),
        codes,
        formal=counts[:, :, 0],
        informal=counts[:, :, 1],
        unemployed=counts[:, :, 2:],
        wages=wages,
        skills=draw.beta(2, 3, (occupations, skills)),
        skill_names=tuple(f"skill {k}" for k in range(skills)),
        imputed=np.ones((regions, occupations), dtype=bool),
        sources=(f"synthetic, drawn from seed {seed}",),
    )


def synthetic_network(people: Workforce, keep: int = 30) -> OccupationNetwork:
    """Return a network from the skills of a synthetic workforce."""
    return skill_network(people.occupations, people.skills, keep=keep)


def synthetic_market(
    *, regions: int, occupations: int, workers: int, seed: int = 0, informal: float = 0.0
) -> LabourMarket:
    """Return a synthetic labour market; with informal workers it has informal search and entry."""
    people = synthetic_workforce(
        regions=regions, occupations=occupations, workers=workers, seed=seed, informal=informal
    )
    rules = Rules()
    if informal > 0:
        rules = Rules(informal_search=0.05, informal_entry=steady_informal_entry(people, rules))
    return LabourMarket(people, synthetic_network(people), rules)
