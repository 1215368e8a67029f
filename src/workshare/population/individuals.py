"""Single people, eight bytes each, moved by the whole numbers of the cohorts.

How many leave a cell is drawn first, by ``cohorts.py``; who they are is drawn second, uniformly
among those in the cell, by a stream of its own. So the number of people in every cell is the
cohorts' integer, and counting the records afterwards checks that the moving was done right.

Storage is by region, so that a region is one task: the records of those at work stand in buckets by
occupation and by formal or informal, with room to grow; those out of work and in training are laid
out anew in every period, oldest spell apart from newest. Nothing is scanned that does not move.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from numba import njit

from workshare.arrays import Array
from workshare.population.cohorts import Edges, Flows
from workshare.population.random_stream import STREAM_SIZE, next_below, open_stream
from workshare.population.records import (
    Records,
    add_course,
    add_post,
    count_records,
    in_region,
    new_record,
    placed,
)
from workshare.population.rules import State

Whole = npt.NDArray[np.int64]

PICK = 200
"""Events from here on choose people: PICK plus the section of the cell."""

_FORMAL, _INFORMAL, _UNEMPLOYED, _TRAINING = 0, 1, 2, 3


@dataclass(slots=True)
class RegionPeople:
    """The records of one region.

    Attributes
    ----------
    jobs : records at work, in 2 O buckets (formal, informal of each occupation) with room between.
    start : 2 O + 1 first positions of the buckets.
    pool : records out of work, in O x (S + D) sections: spells, then courses by periods left.
    first : O (S + D) + 1 first positions of the sections.
    """

    jobs: Records
    start: npt.NDArray[np.int64]
    pool: Records
    first: npt.NDArray[np.int64]


def settle(state: State, region: int) -> RegionPeople:
    """Return the records of a region's people at the start."""
    at_work = _at_work(state.formal[region], state.informal[region])
    start = _starts(at_work)
    jobs = np.empty(start[-1], dtype=np.uint64)
    out = np.concatenate([state.unemployed[region], state.training[region]], axis=1)
    first = np.concatenate([[0], np.cumsum(out.ravel())]).astype(np.int64)
    pool = np.empty(first[-1], dtype=np.uint64)
    _settle(region, at_work, start, jobs, out, state.unemployed.shape[2], pool)
    return RegionPeople(jobs, start, pool, first)


def make_room(people: RegionPeople, old: Array, new: Array) -> None:
    """Lay out the buckets of ``jobs`` with more room where the numbers to come do not fit.

    ``old`` and ``new`` are O x 2 numbers at work, before and after the period.
    """
    most = np.maximum(old, new).ravel()
    if (most <= np.diff(people.start)).all():
        return
    start = _starts(most)
    jobs = np.empty(start[-1], dtype=np.uint64)
    _relocate(people.jobs, people.start, jobs, start, old.ravel())
    people.jobs, people.start = jobs, start


def census(people: list[RegionPeople], state: State, now: int) -> tuple[Array, Array, Array, Array]:
    """Return formal, informal, unemployed and training counted from the records themselves.

    ``state`` gives shapes and the number in each bucket; where somebody is counted depends on the
    record alone.
    """
    counts = np.zeros((*state.formal.shape, 2), dtype=np.int64)
    unemployed = np.zeros_like(state.unemployed)
    training = np.zeros_like(state.training)
    for region, here in enumerate(people):
        held = _at_work(state.formal[region], state.informal[region]).ravel()
        for bucket, number in enumerate(held):
            begin = here.start[bucket]
            count_records(here.jobs[begin : begin + number], now, counts, unemployed, training)
        count_records(here.pool, now, counts, unemployed, training)
    return counts[:, :, 0], counts[:, :, 1], unemployed, training


def hand_over(
    people: list[RegionPeople],
    rows: list[npt.NDArray[np.int32]],
    leaving: list[Records],
    spells: int,
    course: int,
) -> None:
    """Put the migrants of every region into the region they move to, in the order of origins."""
    everybody = np.concatenate(rows)
    if not len(everybody):
        return
    records = np.concatenate(leaving)
    order = np.argsort(everybody[:, 0], kind="stable")
    bounds = np.searchsorted(everybody[order, 0], np.arange(len(people) + 1))
    for region, here in enumerate(people):
        mine = order[bounds[region] : bounds[region + 1]]
        if mine.size == 0:
            continue
        occupation, spell = everybody[mine, 1], everybody[mine, 2]
        section = occupation.astype(np.int64) * (spells + course) + np.minimum(
            spell + 1, spells - 1
        )
        pool = np.empty(here.pool.size + mine.size, dtype=np.uint64)
        first = np.empty_like(here.first)
        _insert(region, here.pool, here.first, records[mine], section, pool, first)
        here.pool, here.first = pool, first


def _before(numbers: Whole) -> Whole:
    """Return the sums of all before each number, and of all."""
    sums = np.zeros(numbers.size + 1, dtype=np.int64)
    np.cumsum(numbers, out=sums[1:])
    return sums


def _at_work(formal: Array, informal: Array) -> Array:
    """Return O x 2 numbers at work."""
    return np.ascontiguousarray(np.stack([formal, informal], axis=1), dtype=np.int64)


def _starts(numbers: Array) -> npt.NDArray[np.int64]:
    """Return the first positions of buckets with room for each number to change.

    A cell varies by about the square root of its size, and slowly with the economy; empty cells
    get a little room too, unless their whole region has none of the kind.
    """
    flat = np.asarray(numbers).ravel()
    room = np.where(flat > 0, flat // 64 + np.sqrt(flat).astype(np.int64) + 4, 2)
    return np.concatenate([[0], np.cumsum(flat + room)]).astype(np.int64)


@njit(cache=True, nogil=True)
def _settle(region, at_work, start, jobs, out, spells, pool):  # type: ignore[no-untyped-def]
    """Write the first records of a region."""
    size = at_work.shape[0]
    place = 0
    for o in range(size):
        for kind in range(2):
            number = at_work[o, kind]
            begin = start[2 * o + kind]
            for i in range(number):
                jobs[begin + i] = new_record(region, o, kind, 0, i * 256 // number)
        for k in range(out.shape[1]):
            number = out[o, k]
            status = _UNEMPLOYED if k < spells else _TRAINING
            since = -k if k < spells else k - out.shape[1] + 1
            for i in range(number):
                pool[place] = new_record(region, o, status, since, i * 256 // number)
                place += 1


@njit(cache=True, nogil=True)
def _relocate(jobs, start, new_jobs, new_start, numbers):  # type: ignore[no-untyped-def]
    """Copy every bucket to its new place."""
    for bucket in range(numbers.size):
        for i in range(numbers[bucket]):
            new_jobs[new_start[bucket] + i] = jobs[start[bucket] + i]


class Places(NamedTuple):
    """Where the people of one region stand before a period and where they go; all int64.

    at_work : O x 2 in formal and informal work, changed from the numbers before to those after.
    start : first positions of the buckets of jobs. first, new_first : of the sections of the pool
    before and after. hired_first, trained_first, leaving_first : O + 1 positions in the buffers of
    movers by origin. hires_first, courses_first : E positions in them by edge.
    """

    at_work: Whole
    start: Whole
    first: Whole
    new_first: Whole
    hired_first: Whole
    trained_first: Whole
    leaving_first: Whole
    hires_first: Whole
    courses_first: Whole


class Buffers(NamedTuple):
    """The records of one region: at work, the pool before and after, and those on the move."""

    jobs: Records
    pool: Records
    new_pool: Records
    hired: Records
    trained: Records
    leaving: Records


def lay_out(
    here: RegionPeople, before: Whole, new_first: Whole, edges: Edges, flows: Flows
) -> tuple[Places, Buffers]:
    """Return where everybody of a region goes in a period, known from the counts alone."""
    hires, courses = _before(flows.hires), _before(flows.courses)
    leaving = _before(flows.migrated.sum(axis=1))
    places = Places(
        before,
        here.start,
        here.first,
        new_first,
        hires[edges.first],
        courses[edges.first],
        leaving,
        hires[:-1],
        courses[:-1],
    )
    sizes = (new_first[-1], hires[-1], courses[-1], leaving[-1])
    fresh = [np.empty(size, dtype=np.uint64) for size in sizes]
    return places, Buffers(here.jobs, here.pool, *fresh)


def move_people(
    region: int,
    step: int,
    seed: np.uint64,
    places: Places,
    buffers: Buffers,
    edges: Edges,
    flows: Flows,
) -> None:
    """Move the people of one region by its flows, in place."""
    stream = np.empty(STREAM_SIZE, dtype=np.uint64)
    _move_all(region, step, seed, places, buffers, edges, flows, stream)


@njit(cache=True, nogil=True)
def _move_all(region, step, seed, places, buffers, edges, flows, stream):  # type: ignore[no-untyped-def]
    """Move everybody, cell after cell."""
    size = places.hired_first.size - 1
    for o in range(size):
        leave_cell(region, step, seed, o, places, buffers, flows, stream)
    for j in range(size):
        enter_cell(region, step, j, places, buffers, edges, flows)


@njit(cache=True, nogil=True)
def take(stream, records, begin, count, taken):  # type: ignore[no-untyped-def]
    """Bring ``taken`` of ``count`` records, chosen at random and in random order, to the end."""
    for i in range(taken):
        last = begin + count - 1 - i
        picked = begin + next_below(stream, count - i)
        record = records[picked]
        records[picked] = records[last]
        records[last] = record


@njit(cache=True, nogil=True)
def leave_cell(region, step, seed, o, places, buffers, flows, stream):  # type: ignore[no-untyped-def]
    """Take those who leave cell ``o`` out of it, and let the others' spells grow.

    Writes only what belongs to the cell: its buckets, its sections, its part of the buffers. The
    same function is a loop on a processor and a thread on a device.
    """
    size, spells = flows.hired.shape
    sections = (places.first.size - 1) // size
    course = sections - spells
    jobs, pool, new_pool, hired, trained, leaving = buffers
    now = step + 1
    cell = region * size + o
    base = o * sections
    young = places.new_first[base]
    hired_before = places.hired_first[o]
    trained_before = places.trained_first[o]
    left = places.leaving_first[o]
    for kind in range(2):
        ended = flows.separated[o] if kind == 0 else flows.separated_informal[o]
        moving = flows.quits[o] if kind == 0 else flows.left_informal[o]
        if ended + moving == 0:
            continue
        open_stream(stream, seed, step, cell, PICK + kind)
        begin, count = places.start[2 * o + kind], places.at_work[o, kind]
        take(stream, jobs, begin, count, ended + moving)
        places.at_work[o, kind] = count - ended - moving
        place = begin + count - ended - moving
        for i in range(ended):
            new_pool[young] = placed(jobs[place + i], region, o, _UNEMPLOYED, now)
            young += 1
        for i in range(ended, ended + moving):
            hired[hired_before] = jobs[place + i]
            hired_before += 1
    for i in range(places.first[base + spells], places.first[base + spells + 1]):
        new_pool[young] = add_course(placed(pool[i], region, o, _UNEMPLOYED, now))
        young += 1
    # after the last spell but one, both go on into the last; a single spell keeps everybody
    to = young
    for s in range(spells):
        begin = places.first[base + s]
        count = places.first[base + s + 1] - begin
        found, entered = flows.hired[o, s], flows.entered[o, s]
        learning, away = flows.trained[o, s], flows.migrated[o, s]
        going = found + entered + learning + away
        if going > 0:
            open_stream(stream, seed, step, cell, PICK + 2 + s)
            take(stream, pool, begin, count, going)
        place = begin + count - going
        if spells > 1 and s < spells - 1:
            to = places.new_first[base + s + 1]
        for i in range(begin, place):
            new_pool[to] = pool[i]
            to += 1
        for i in range(place, place + found):
            hired[hired_before] = pool[i]
            hired_before += 1
        place += found
        for i in range(place, place + entered):
            bucket = places.start[2 * o + 1] + places.at_work[o, 1]
            jobs[bucket] = placed(pool[i], region, o, _INFORMAL, now)
            places.at_work[o, 1] += 1
        place += entered
        for i in range(place, place + learning):
            trained[trained_before] = pool[i]
            trained_before += 1
        place += learning
        for i in range(place, place + away):
            leaving[left] = pool[i]
            left += 1
    for t in range(1, course):
        to = places.new_first[base + spells + t - 1]
        for i in range(places.first[base + spells + t], places.first[base + spells + t + 1]):
            new_pool[to] = pool[i]
            to += 1
    # in random order: who goes where does not depend on status or spell
    _shuffle(stream, seed, step, cell, PICK + 200, hired, places.hired_first[o], hired_before)
    _shuffle(stream, seed, step, cell, PICK + 201, trained, places.trained_first[o], trained_before)


@njit(cache=True, nogil=True)
def enter_cell(region, step, j, places, buffers, edges, flows):  # type: ignore[no-untyped-def]
    """Put those who come to cell ``j`` into its jobs and courses, in the order of origins."""
    size = flows.separated.size
    sections = (places.first.size - 1) // size
    jobs, _, new_pool, hired, trained, _ = buffers
    now = step + 1
    bucket = places.start[2 * j] + places.at_work[j, 0]
    to = places.new_first[j * sections + sections - 1]
    for k in range(edges.first_in[j], edges.first_in[j + 1]):
        e = edges.edge_in[k]
        begin = places.hires_first[e]
        for i in range(begin, begin + flows.hires[e]):
            jobs[bucket] = add_post(placed(hired[i], region, j, _FORMAL, now))
            bucket += 1
        begin = places.courses_first[e]
        for i in range(begin, begin + flows.courses[e]):
            new_pool[to] = placed(trained[i], region, j, _TRAINING, now)
            to += 1
    places.at_work[j, 0] = bucket - places.start[2 * j]


@njit(cache=True, nogil=True)
def _shuffle(stream, seed, step, cell, event, records, begin, end):  # type: ignore[no-untyped-def]
    """Put records begin to end - 1 in random order."""
    if end - begin > 1:
        open_stream(stream, seed, step, cell, event)
        take(stream, records, begin, end - begin, end - begin)


@njit(cache=True, nogil=True)
def _insert(region, pool, first, records, section, new_pool, new_first):  # type: ignore[no-untyped-def]
    """Copy the pool with the arriving records at the end of their sections."""
    sections = first.size - 1
    arriving = np.zeros(sections + 1, dtype=np.int64)
    for k in section:
        arriving[k] += 1
    shift = 0
    end = np.empty(sections, dtype=np.int64)
    for k in range(sections):
        new_first[k] = first[k] + shift
        for i in range(first[k], first[k + 1]):
            new_pool[i + shift] = pool[i]
        end[k] = first[k + 1] + shift
        shift += arriving[k]
    new_first[sections] = first[sections] + shift
    for i in range(section.size):
        k = section[i]
        new_pool[end[k]] = in_region(records[i], region)
        end[k] += 1
