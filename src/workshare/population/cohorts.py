"""One period in whole numbers: how many leave, open, apply, are hired, train and move.

Why these counts have the law of single people acting one by one: within a cell (region, occupation,
status, spell) everybody has the same probabilities, which depend on the cell and on aggregates
alone. So leavers are binomial; applications of a cell are multinomial; of ``s`` applications that
fall on ``v`` vacancies uniformly, the number of vacancies hit is an occupancy number; and, given
it, every set of applicants of that size is equally likely to win, so winners by origin, and by
spell within an origin, are multivariate hypergeometric (docs/population.md).

Every draw is keyed by seed, step, cell and event, and regions share nothing within a period but
the migrants handed over at its end; so the counts do not depend on threads, chunks or device.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from numba import njit

from workshare.arrays import Array
from workshare.population.random_stream import (
    STREAM_SIZE,
    binomial,
    count_marked,
    hypergeometric,
    next_uniform,
    occupancy,
    open_stream,
)

WORK, APPLY, MATCH, KIND, LEAVE, COURSE_APPLY, COURSE_SEATS, COURSE_KIND, MIGRATE = range(1, 10)
"""Events, the last part of a stream's key."""


class Edges(NamedTuple):
    """The network as kernels read it: by origin, and the same edges listed by target."""

    first: npt.NDArray[np.int64]
    target: npt.NDArray[np.int64]
    weight: Array
    origin: npt.NDArray[np.int64]
    first_in: npt.NDArray[np.int64]
    edge_in: npt.NDArray[np.int64]


class Rates(NamedTuple):
    """Probabilities of one region and period, policy included."""

    separation: float
    opening: float
    adjustment: float
    formal_search: float
    informal_search: float
    informal_separation: float
    informal_entry: float
    migration: float
    course_interest: float


class Flows(NamedTuple):
    """Who moves in one region and period (counts).

    separated, separated_informal, quits (of formal workers who found another post), left_informal
    (for a formal post), opened : O. hired, entered (informal work), trained, migrated : O x S by
    spell before the period. hires, courses : E along the edges.
    """

    separated: npt.NDArray[np.int64]
    separated_informal: npt.NDArray[np.int64]
    quits: npt.NDArray[np.int64]
    left_informal: npt.NDArray[np.int64]
    opened: npt.NDArray[np.int64]
    hired: npt.NDArray[np.int64]
    entered: npt.NDArray[np.int64]
    trained: npt.NDArray[np.int64]
    migrated: npt.NDArray[np.int64]
    hires: npt.NDArray[np.int64]
    courses: npt.NDArray[np.int64]


def empty_flows(num_occupations: int, spells: int, num_edges: int) -> Flows:
    """Return flows of nobody."""
    by_occupation = [np.zeros(num_occupations, dtype=np.int64) for _ in range(5)]
    by_spell = [np.zeros((num_occupations, spells), dtype=np.int64) for _ in range(4)]
    by_edge = [np.zeros(num_edges, dtype=np.int64) for _ in range(2)]
    return Flows(*by_occupation, *by_spell, *by_edge)


def kernel_edges(
    first: npt.NDArray[np.int64], target: npt.NDArray[np.int64], weight: Array
) -> Edges:
    """Return the edges with their list by target, origins in rising order."""
    size = first.size - 1
    origin = np.repeat(np.arange(size, dtype=np.int64), np.diff(first))
    edge_in = np.argsort(target, kind="stable").astype(np.int64)
    counts = np.bincount(target, minlength=size)
    first_in = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
    return Edges(first, target, weight, origin, first_in, edge_in)


@njit(cache=True, nogil=True)
def draw_region(region, step, seed, people, target, seats, rates, edges, flows):  # type: ignore[no-untyped-def]
    """Fill ``flows`` for one region; ``people`` is (formal, informal, unemployed, vacancies).

    ``target`` has O numbers of posts wanted, ``seats`` O places on courses that start.
    """
    formal, informal, unemployed, vacancies = people
    size, spells = unemployed.shape
    stream = np.empty(STREAM_SIZE, dtype=np.uint64)
    searching = np.zeros((size, spells + 2), dtype=np.int64)
    searchers = np.zeros(size, dtype=np.int64)
    for o in range(size):
        open_stream(stream, seed, step, region * size + o, WORK)
        gap = target[o] - (formal[o] + vacancies[o])
        share = rates.separation
        if gap < 0 and formal[o] > 0:
            share += (1.0 - rates.separation) * rates.adjustment * (-gap / formal[o])
        flows.separated[o] = binomial(stream, formal[o], share)
        flows.separated_informal[o] = binomial(stream, informal[o], rates.informal_separation)
        flows.opened[o] = binomial(stream, formal[o], rates.opening)
        if gap > 0:
            whole = np.int64(gap)
            if next_uniform(stream) < gap - whole:
                whole += 1
            flows.opened[o] += binomial(stream, whole, (1.0 - rates.opening) * rates.adjustment)
        for s in range(spells):
            searching[o, s] = unemployed[o, s]
        searching[o, spells] = binomial(
            stream, informal[o] - flows.separated_informal[o], rates.informal_search
        )
        searching[o, spells + 1] = binomial(
            stream, formal[o] - flows.separated[o], rates.formal_search
        )
        searchers[o] = searching[o].sum()
    _send(region, step, seed, APPLY, searchers, vacancies, edges, flows.hires, stream)
    _choose(region, step, seed, MATCH, vacancies, edges, flows.hires, stream)
    idle = np.zeros((size, spells), dtype=np.int64)
    for o in range(size):
        won = flows.hires[edges.first[o] : edges.first[o + 1]].sum()
        if won > 0:
            open_stream(stream, seed, step, region * size + o, KIND)
        left, total = won, searchers[o]
        for k in range(spells + 2):
            taken = hypergeometric(stream, searching[o, k], total, left)
            total -= searching[o, k]
            left -= taken
            if k < spells:
                flows.hired[o, k] = taken
                idle[o, k] = unemployed[o, k] - taken
            elif k == spells:
                flows.left_informal[o] = taken
            else:
                flows.quits[o] = taken
    _leave(region, step, seed, idle, seats, rates, edges, flows, stream)


@njit(cache=True, nogil=True)
def _leave(region, step, seed, idle, seats, rates, edges, flows, stream):  # type: ignore[no-untyped-def]
    """Draw who of the idle takes informal work, starts a course or migrates."""
    size, _ = idle.shape
    flows.entered[:] = 0
    flows.trained[:] = 0
    flows.migrated[:] = 0
    flows.courses[:] = 0
    if rates.informal_entry > 0:
        for o in range(size):
            open_stream(stream, seed, step, region * size + o, LEAVE)
            _spread(
                stream,
                idle[o],
                binomial(stream, idle[o].sum(), rates.informal_entry),
                flows.entered[o],
            )
    if rates.course_interest > 0 and seats.max() > 0:
        applicants = np.zeros(size, dtype=np.int64)
        for o in range(size):
            open_stream(stream, seed, step, region * size + o, COURSE_KIND)
            applicants[o] = binomial(stream, idle[o].sum(), rates.course_interest)
        _send(region, step, seed, COURSE_APPLY, applicants, seats, edges, flows.courses, stream)
        _choose(region, step, seed, COURSE_SEATS, seats, edges, flows.courses, stream)
        for o in range(size):
            started = flows.courses[edges.first[o] : edges.first[o + 1]].sum()
            if started > 0:
                # another part of the event's streams than the number of applicants
                open_stream(stream, seed, step, region * size + o, COURSE_KIND + 100)
                _spread(stream, idle[o], started, flows.trained[o])
    if rates.migration > 0:
        for o in range(size):
            open_stream(stream, seed, step, region * size + o, MIGRATE)
            _spread(
                stream, idle[o], binomial(stream, idle[o].sum(), rates.migration), flows.migrated[o]
            )


@njit(cache=True, nogil=True)
def _spread(stream, idle, count, taken):  # type: ignore[no-untyped-def]
    """Choose ``count`` of the idle at random, by spell, and take them out of ``idle``."""
    total = idle.sum()
    for s in range(idle.size):
        here = idle[s]
        taken[s] = hypergeometric(stream, here, total, count)
        total -= here
        count -= taken[s]
        idle[s] -= taken[s]


@njit(cache=True, nogil=True)
def _send(region, step, seed, event, searchers, pull, edges, sent, stream):  # type: ignore[no-untyped-def]
    """Let every searcher apply along one edge, in proportion to weight times pull of the target."""
    size = searchers.size
    share = np.empty(size)
    for o in range(size):
        begin, end = edges.first[o], edges.first[o + 1]
        total, last = 0.0, -1
        for e in range(begin, end):
            sent[e] = 0
            here = edges.weight[e] * pull[edges.target[e]]
            share[e - begin] = here
            if here > 0:
                total += here
                last = e
        left = searchers[o]
        if left == 0 or last < 0:
            continue
        open_stream(stream, seed, step, region * size + o, event)
        if left * 3 < end - begin:
            for _ in range(left):
                point = next_uniform(stream) * total
                e = begin
                while e < last and point >= share[e - begin]:
                    point -= share[e - begin]
                    e += 1
                while share[e - begin] == 0.0:  # rounding may end on an edge nobody can take
                    e -= 1
                sent[e] += 1
            continue
        for e in range(begin, last + 1):
            if left == 0:
                break
            here = share[e - begin]
            if here == 0.0:
                continue
            count = left if e == last else binomial(stream, left, min(1.0, here / total))
            sent[e] = count
            left -= count
            total -= here


@njit(cache=True, nogil=True)
def _choose(region, step, seed, event, places, edges, sent, stream):  # type: ignore[no-untyped-def]
    """Replace applications by those that win; vacancies are urns, seats are filled one by one."""
    size = places.size
    for j in range(size):
        begin, end = edges.first_in[j], edges.first_in[j + 1]
        left = np.int64(0)
        for k in range(begin, end):
            left += sent[edges.edge_in[k]]
        if left == 0:
            continue
        open_stream(stream, seed, step, region * size + j, event)
        if event == MATCH:
            winners = occupancy(stream, left, places[j])
        else:
            winners = min(left, places[j])
        for k in range(begin, end):
            e = edges.edge_in[k]
            here = sent[e]
            if winners == left:
                break  # everybody who is left wins
            won = np.int64(0)
            if winners > 0:
                won = count_marked(stream, winners, left, here)
            winners -= won
            left -= here
            sent[e] = won


@njit(cache=True, nogil=True)
def choose_destinations(region, step, seed, migrated, ladder):  # type: ignore[no-untyped-def]
    """Return one row (destination, occupation, spell) for every migrant of a region.

    ``ladder`` has R rising shares: the chance that the destination is this region or one before.
    """
    size, spells = migrated.shape
    rows = np.empty((migrated.sum(), 3), dtype=np.int32)
    stream = np.empty(STREAM_SIZE, dtype=np.uint64)
    place = 0
    for o in range(size):
        if migrated[o].sum() == 0:
            continue
        open_stream(stream, seed, step, region * size + o, MIGRATE + 100)
        for s in range(spells):
            for _ in range(migrated[o, s]):
                rows[place, 0] = np.searchsorted(ladder, next_uniform(stream), side="right")
                rows[place, 1] = o
                rows[place, 2] = s
                place += 1
    return rows


@njit(cache=True, nogil=True)
def apply_flows(formal, informal, unemployed, training, vacancies, edges, flows):  # type: ignore[no-untyped-def]
    """Change the counts of one region by its flows, in place; migrants arrive later."""
    size, spells = unemployed.shape
    course = training.shape[1]
    for o in range(size):
        formal[o] -= flows.separated[o] + flows.quits[o]
        informal[o] -= flows.separated_informal[o] + flows.left_informal[o]
        vacancies[o] += flows.opened[o] + flows.quits[o]  # a quit leaves its post on offer
        arriving = flows.separated[o] + flows.separated_informal[o] + training[o, 0]
        for s in range(spells):
            informal[o] += flows.entered[o, s]
            unemployed[o, s] -= (
                flows.hired[o, s] + flows.entered[o, s] + flows.trained[o, s] + flows.migrated[o, s]
            )
        if spells > 1:
            unemployed[o, spells - 1] += unemployed[o, spells - 2]
            for s in range(spells - 2, 0, -1):
                unemployed[o, s] = unemployed[o, s - 1]
            unemployed[o, 0] = arriving
        else:
            unemployed[o, 0] += arriving
        for t in range(course - 1):
            training[o, t] = training[o, t + 1]
        training[o, course - 1] = 0
    for e in range(edges.target.size):
        j = edges.target[e]
        formal[j] += flows.hires[e]
        vacancies[j] -= flows.hires[e]
        training[j, course - 1] += flows.courses[e]
