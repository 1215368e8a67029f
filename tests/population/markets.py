"""Small labour markets with everything switched on, for the tests of the dynamics."""

from __future__ import annotations

import dataclasses

import numpy as np

from workshare.population.demand import Adoption, Demand
from workshare.population.policy import Policy
from workshare.population.rules import State
from workshare.population.simulate import LabourMarket
from workshare.population.synthetic import synthetic_market

ARRAYS = ("formal", "informal", "unemployed", "training", "vacancies")


def full_market(workers: int = 20_000, regions: int = 4, occupations: int = 8) -> LabourMarket:
    """Return a market with informality, search on the job, courses, migration and a technology."""
    market = synthetic_market(
        regions=regions, occupations=occupations, workers=workers, seed=3, informal=0.3
    )
    rules = dataclasses.replace(
        market.rules, formal_search=0.02, migration=0.05, course_interest=0.3, course_periods=3
    )
    people = market.workforce
    seats = (people.formal // 400 + 1).astype(np.int64)
    policy = Policy(
        seats=seats,
        subsidy=np.full(seats.shape, 0.1),
        relocation=np.full(regions, 0.02),
        members=(0, 1),
        recognition=1.0,
    )
    base = (people.formal * 1.02).astype(float)
    exposure = np.linspace(0.0, 0.9, occupations)
    demand = Demand(base, amplitude=0.05, length=20.0, adoptions=(Adoption("robot", exposure),))
    return dataclasses.replace(market, rules=rules, policy=policy, demand=demand)


def same(one: State, other: State) -> bool:
    """Return whether two states are equal in every integer."""
    return all(np.array_equal(getattr(one, n), getattr(other, n)) for n in ARRAYS)
