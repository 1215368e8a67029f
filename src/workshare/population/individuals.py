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

import numpy as np
import numpy.typing as npt
from numba import njit

from workshare.arrays import Array
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
def move_people(  # type: ignore[no-untyped-def]
    region,
    step,
    seed,
    at_work,
    jobs,
    start,
    pool,
    first,
    new_pool,
    new_first,
    leaving,
    edges,
    flows,
):
    """Move the people of one region by its flows.

    ``at_work`` (O x 2) are the numbers before the period and are changed to those after it;
    ``new_pool`` and ``new_first`` receive those out of work, ``leaving`` the migrants in the order
    of occupation and spell.
    """
    size, spells = flows.hired.shape
    sections = (first.size - 1) // size
    course = sections - spells
    now = step + 1
    stream = np.empty(STREAM_SIZE, dtype=np.uint64)
    hired = np.empty(flows.hires.sum(), dtype=np.uint64)
    trained = np.empty(flows.courses.sum(), dtype=np.uint64)
    hired_before, trained_before, left = 0, 0, 0
    hired_first = np.zeros(size + 1, dtype=np.int64)
    trained_first = np.zeros(size + 1, dtype=np.int64)
    cursor = new_first[:-1].copy()
    for o in range(size):
        cell = region * size + o
        base = o * sections
        for kind in range(2):
            ended = flows.separated[o] if kind == 0 else flows.separated_informal[o]
            moving = flows.quits[o] if kind == 0 else flows.left_informal[o]
            if ended + moving == 0:
                continue
            open_stream(stream, seed, step, cell, PICK + kind)
            begin, count = start[2 * o + kind], at_work[o, kind]
            take(stream, jobs, begin, count, ended + moving)
            at_work[o, kind] = count - ended - moving
            place = begin + at_work[o, kind]
            for i in range(ended):
                new_pool[cursor[base]] = placed(jobs[place + i], region, o, _UNEMPLOYED, now)
                cursor[base] += 1
            for i in range(ended, ended + moving):
                hired[hired_before] = jobs[place + i]
                hired_before += 1
        for s in range(spells):
            begin, count = first[base + s], first[base + s + 1] - first[base + s]
            numbers = (
                flows.hired[o, s],
                flows.entered[o, s],
                flows.trained[o, s],
                flows.migrated[o, s],
            )
            going = numbers[0] + numbers[1] + numbers[2] + numbers[3]
            if going > 0:
                open_stream(stream, seed, step, cell, PICK + 2 + s)
                take(stream, pool, begin, count, going)
            place = begin + count - going
            for i in range(begin, place):
                to = base + min(s + 1, spells - 1)
                new_pool[cursor[to]] = pool[i]
                cursor[to] += 1
            for _ in range(numbers[0]):
                hired[hired_before] = pool[place]
                hired_before += 1
                place += 1
            for _ in range(numbers[1]):
                bucket = start[2 * o + 1] + at_work[o, 1]
                jobs[bucket] = placed(pool[place], region, o, _INFORMAL, now)
                at_work[o, 1] += 1
                place += 1
            for _ in range(numbers[2]):
                trained[trained_before] = pool[place]
                trained_before += 1
                place += 1
            for _ in range(numbers[3]):
                leaving[left] = pool[place]
                left += 1
                place += 1
        for i in range(first[base + spells], first[base + spells + 1]):
            record = add_course(placed(pool[i], region, o, _UNEMPLOYED, now))
            new_pool[cursor[base]] = record
            cursor[base] += 1
        for t in range(1, course):
            for i in range(first[base + spells + t], first[base + spells + t + 1]):
                new_pool[cursor[base + spells + t - 1]] = pool[i]
                cursor[base + spells + t - 1] += 1
        hired_first[o + 1] = hired_before
        trained_first[o + 1] = trained_before
    for o in range(size):
        _seat(
            region, step, seed, o, size, hired, hired_first, flows.hires, edges, stream, PICK + 200
        )
        place = hired_first[o]
        for e in range(edges.first[o], edges.first[o + 1]):
            j = edges.target[e]
            for _ in range(flows.hires[e]):
                bucket = start[2 * j] + at_work[j, 0]
                jobs[bucket] = add_post(placed(hired[place], region, j, _FORMAL, now))
                at_work[j, 0] += 1
                place += 1
        _seat(
            region,
            step,
            seed,
            o,
            size,
            trained,
            trained_first,
            flows.courses,
            edges,
            stream,
            PICK + 201,
        )
        place = trained_first[o]
        for e in range(edges.first[o], edges.first[o + 1]):
            j = edges.target[e]
            to = j * sections + sections - 1
            for _ in range(flows.courses[e]):
                new_pool[cursor[to]] = placed(trained[place], region, j, _TRAINING, now)
                cursor[to] += 1
                place += 1


@njit(cache=True, nogil=True)
def _seat(region, step, seed, o, size, movers, first, along, edges, stream, event):  # type: ignore[no-untyped-def]
    """Put those who leave ``o`` in random order: who goes where does not depend on the spell."""
    count = first[o + 1] - first[o]
    if count > 1:
        open_stream(stream, seed, step, region * size + o, event)
        take(stream, movers, first[o], count, count)


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
