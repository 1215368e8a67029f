"""One period in expected values: every draw of ``cohorts.py`` replaced by its mean.

The mean of a nonlinear function is not the function of the mean, so with few people in a cell these
numbers differ from the mean of the cohorts; the difference per person vanishes as one over the
square root of the population (or faster). Vacancies hit follow the limit of the occupancy law,
v (1 - exp(-s / v)), as in del Rio-Chanona et al. (2021).

Arrays have the region as last axis, so that the loops over edges run along memory.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from workshare.arrays import Array
from workshare.population.rules import State


def to_columns(state: State) -> tuple[Array, Array, Array, Array, Array]:
    """Return the arrays of a state as doubles with the region last."""
    return (
        np.ascontiguousarray(state.formal.T, dtype=float),
        np.ascontiguousarray(state.informal.T, dtype=float),
        np.ascontiguousarray(np.moveaxis(state.unemployed, 0, 2), dtype=float),
        np.ascontiguousarray(np.moveaxis(state.training, 0, 2), dtype=float),
        np.ascontiguousarray(state.vacancies.T, dtype=float),
    )


def to_state(columns: tuple[Array, Array, Array, Array, Array]) -> State:
    """Return the state of arrays with the region last."""
    formal, informal, unemployed, training, vacancies = columns
    return State(
        np.ascontiguousarray(formal.T),
        np.ascontiguousarray(informal.T),
        np.ascontiguousarray(np.moveaxis(unemployed, 2, 0)),
        np.ascontiguousarray(np.moveaxis(training, 2, 0)),
        np.ascontiguousarray(vacancies.T),
    )


@njit(cache=True, nogil=True, error_model="numpy")
def expected_period(columns, target, seats, rates, destinations, edges, out):  # type: ignore[no-untyped-def]
    """Change ``columns`` by one period, in place.

    target : O x R posts wanted; seats : O x R places that start; rates : 9 x R, in the order of
    :class:`workshare.population.cohorts.Rates`; destinations : R x R shares of migrants by origin;
    out : 5 x O x R receives hires into, separations, openings, course starts and migrants away.
    """
    formal, informal, unemployed, _, vacancies = columns
    size, spells, regions = unemployed.shape
    searchers = np.zeros((size, regions))
    quits = np.zeros((size, regions))
    ended = np.zeros((size, regions))
    for o in range(size):
        for r in range(regions):
            gap = target[o, r] - formal[o, r] - vacancies[o, r]
            surplus = (1.0 - rates[0, r]) * rates[2, r] * max(0.0, -gap)
            out[1, o, r] = min(formal[o, r], rates[0, r] * formal[o, r] + surplus)
            out[2, o, r] = rates[1, r] * formal[o, r]
            out[2, o, r] += (1.0 - rates[1, r]) * rates[2, r] * max(0.0, gap)
            ended[o, r] = rates[5, r] * informal[o, r]
            quits[o, r] = rates[3, r] * (formal[o, r] - out[1, o, r])
            searchers[o, r] = quits[o, r] + rates[4, r] * (informal[o, r] - ended[o, r])
        for s in range(spells):
            for r in range(regions):
                searchers[o, r] += unemployed[o, s, r]
    chance = np.zeros((size, regions))
    _match(searchers, vacancies, edges, chance, out[0], True)
    idle = np.zeros((size, regions))
    for o in range(size):
        for r in range(regions):
            quits[o, r] *= chance[o, r]
            left = rates[4, r] * (informal[o, r] - ended[o, r]) * chance[o, r]
            formal[o, r] += out[0, o, r] - out[1, o, r] - quits[o, r]
            vacancies[o, r] += out[2, o, r] + quits[o, r] - out[0, o, r]
            informal[o, r] -= ended[o, r] + left
            idle[o, r] = 0.0
        for s in range(spells):
            for r in range(regions):
                unemployed[o, s, r] *= 1.0 - chance[o, r]
                idle[o, r] += unemployed[o, s, r]
    _leave(columns, idle, ended, seats, rates, destinations, edges, out)


@njit(cache=True, nogil=True, error_model="numpy")
def _leave(columns, idle, ended, seats, rates, destinations, edges, out):  # type: ignore[no-untyped-def]
    """Take informal work, start courses, age by one period, migrate."""
    _, informal, unemployed, training, _ = columns
    size, spells, regions = unemployed.shape
    course = training.shape[1]
    keep = np.ones((size, regions))
    out[3] = 0.0
    out[4] = 0.0
    for o in range(size):
        for r in range(regions):
            entered = rates[6, r] * idle[o, r]
            informal[o, r] += entered
            keep[o, r] -= rates[6, r]
    started = np.zeros((size, regions))
    if seats.max() > 0:
        applicants = np.zeros((size, regions))
        for o in range(size):
            for r in range(regions):
                applicants[o, r] = rates[8, r] * keep[o, r] * idle[o, r]
        accepted = np.zeros((size, regions))
        _match(applicants, seats, edges, accepted, started, False)
        for o in range(size):
            for r in range(regions):
                keep[o, r] -= rates[8, r] * keep[o, r] * accepted[o, r]
        out[3] = started
    moving = rates[7].max() > 0
    arrivals = np.zeros(regions)
    for o in range(size):
        for s in range(spells):
            for r in range(regions):
                unemployed[o, s, r] *= keep[o, r]
            if moving:
                for r in range(regions):
                    arrivals[r] = 0.0
                for r in range(regions):
                    gone = rates[7, r] * unemployed[o, s, r]
                    unemployed[o, s, r] -= gone
                    out[4, o, r] += gone
                    for d in range(regions):
                        arrivals[d] += gone * destinations[r, d]
                for r in range(regions):
                    unemployed[o, s, r] += arrivals[r]
        for r in range(regions):
            young = out[1, o, r] + ended[o, r] + training[o, 0, r]
            if spells > 1:
                unemployed[o, spells - 1, r] += unemployed[o, spells - 2, r]
                for s in range(spells - 2, 0, -1):
                    unemployed[o, s, r] = unemployed[o, s - 1, r]
                unemployed[o, 0, r] = young
            else:
                unemployed[o, 0, r] += young
            for t in range(course - 1):
                training[o, t, r] = training[o, t + 1, r]
            training[o, course - 1, r] = started[o, r]


@njit(cache=True, nogil=True, error_model="numpy")
def _match(searchers, places, edges, chance, filled, urns):  # type: ignore[no-untyped-def]
    """Set the chance of every searcher and the places filled, from searchers and places.

    With ``urns`` applications fall on places at random; else places are filled one by one.
    """
    size, regions = searchers.shape
    sent = np.empty(regions)
    per_weight = np.empty((size, regions))  # applications per unit of weight and place
    for o in range(size):
        sent[:] = 0.0
        for e in range(edges.first[o], edges.first[o + 1]):
            weight = edges.weight[e]
            there = places[edges.target[e]]
            for r in range(regions):
                sent[r] += weight * there[r]
        for r in range(regions):
            per_weight[o, r] = 1.0 / sent[r] if sent[r] > 0.0 else 0.0
            chance[o, r] = 0.0
    value = np.empty((size, regions))  # places times the chance that an application wins
    for j in range(size):
        sent[:] = 0.0
        for k in range(edges.first_in[j], edges.first_in[j + 1]):
            e = edges.edge_in[k]
            o = edges.origin[e]
            weight = edges.weight[e]
            for r in range(regions):
                sent[r] += weight * (searchers[o, r] * per_weight[o, r])
        for r in range(regions):
            place = places[j, r]
            falling = sent[r] * place
            if falling > 0.0:
                if urns:
                    filled[j, r] = place * (1.0 - np.exp(-sent[r]))
                else:
                    filled[j, r] = min(falling, place)
                value[j, r] = place * (filled[j, r] / falling)
            else:
                filled[j, r] = 0.0
                value[j, r] = 0.0
    for o in range(size):
        row = chance[o]
        for e in range(edges.first[o], edges.first[o + 1]):
            weight = edges.weight[e]
            there = value[edges.target[e]]
            for r in range(regions):
                row[r] += weight * there[r]
        for r in range(regions):
            row[r] = min(1.0, row[r] * per_weight[o, r])
