"""One worker in eight bytes.

    bits   0-9    occupation (up to 1,024)
    bits  10-21   region (up to 4,096)
    bits  22-23   status: formal, informal, unemployed, training
    bits  24-33   period in which the present status began, modulo 1,024
    bits  34-41   place in the wage distribution of the first cell (0 to 255, low to high)
    bits  42-47   posts taken so far (stays at 63)
    bits  48-51   courses finished so far (stays at 15)
    bits  52-61   first occupation

The record says by itself where the worker is, so that a count of records checks the counts that
moved them.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from numba import njit

FORMAL, INFORMAL, UNEMPLOYED, TRAINING = range(4)

MOST_OCCUPATIONS = 1 << 10
MOST_REGIONS = 1 << 12
MOST_PERIODS = (1 << 10) - 1

Records = npt.NDArray[np.uint64]

_PLACE = np.uint64((1 << 34) - 1)
_U = np.uint64


@njit(cache=True, nogil=True)
def new_record(region, occupation, status, since, quantile):  # type: ignore[no-untyped-def]
    """Return the record of somebody who has not moved yet."""
    record = _U(occupation) | (_U(region) << _U(10)) | (_U(status) << _U(22))
    record |= _U(since & 1023) << _U(24)
    return record | (_U(quantile) << _U(34)) | (_U(occupation) << _U(52))


@njit(cache=True, nogil=True)
def placed(record, region, occupation, status, since):  # type: ignore[no-untyped-def]
    """Return the record at a new place and in a new status, its history kept."""
    place = _U(occupation) | (_U(region) << _U(10)) | (_U(status) << _U(22))
    return (record & ~_PLACE) | place | (_U(since & 1023) << _U(24))


@njit(cache=True, nogil=True)
def in_region(record, region):  # type: ignore[no-untyped-def]
    """Return the record with another region and everything else as it was."""
    return (record & ~(_U(4095) << _U(10))) | (_U(region) << _U(10))


@njit(cache=True, nogil=True)
def add_post(record):  # type: ignore[no-untyped-def]
    """Return the record with one more post taken."""
    if (record >> _U(42)) & _U(63) == _U(63):
        return record
    return record + (_U(1) << _U(42))


@njit(cache=True, nogil=True)
def add_course(record):  # type: ignore[no-untyped-def]
    """Return the record with one more course finished."""
    if (record >> _U(48)) & _U(15) == _U(15):
        return record
    return record + (_U(1) << _U(48))


@njit(cache=True, nogil=True)
def count_records(records, now, counts, unemployed, training):  # type: ignore[no-untyped-def]
    """Add everybody in ``records`` to the counts, reading nothing but the records.

    ``counts`` is R x O x 2 (formal, informal), ``unemployed`` R x O x S, ``training`` R x O x D.
    """
    spells = unemployed.shape[2]
    course = training.shape[2]
    for record in records:
        occupation = np.int64(record & _U(1023))
        region = np.int64((record >> _U(10)) & _U(4095))
        status = np.int64((record >> _U(22)) & _U(3))
        since = np.int64((record >> _U(24)) & _U(1023))
        spell = (now - since) & 1023
        if status == 2:
            unemployed[region, occupation, min(spell, spells - 1)] += 1
        elif status == 3:
            training[region, occupation, course - 1 - spell] += 1
        else:
            counts[region, occupation, status] += 1


def read_records(records: Records) -> dict[str, npt.NDArray[np.int64]]:
    """Return the fields of records by name, for tables of careers.

    Examples
    --------
    >>> fields = read_records(np.array([new_record(2, 5, UNEMPLOYED, 7, 200)], dtype=np.uint64))
    >>> {name: int(values[0]) for name, values in fields.items()}["occupation"]
    5
    """
    layout = {
        "occupation": (0, 10),
        "region": (10, 12),
        "status": (22, 2),
        "since": (24, 10),
        "wage_place": (34, 8),
        "posts": (42, 6),
        "courses": (48, 4),
        "first_occupation": (52, 10),
    }
    return {
        name: ((records >> np.uint64(shift)) & np.uint64((1 << width) - 1)).astype(np.int64)
        for name, (shift, width) in layout.items()
    }
