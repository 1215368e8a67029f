"""Random numbers that depend on where they are used, not on who asks first.

A stream is named by (seed, step, cell, event): every cell of the population has, in every step and
for every kind of event, its own sequence of numbers. So a draw does not depend on the number of
threads, the order of work or the device. The generator is Philox4x32-10 (Salmon, Moraes, Dror and
Shaw 2011, *Parallel random numbers: as easy as 1, 2, 3*), checked against their published answers.

The samplers are exact in law and use only integers, or + - * / of IEEE doubles: no logarithm and
no power of a library, whose last bit may differ between machines.

Everything here is compiled by numba; a stream is an array of twelve unsigned 64-bit numbers:
counter, cell, step, event, two halves of the key, four words ready, the next word, the half word.
"""

from __future__ import annotations

import numpy as np
from numba import njit

STREAM_SIZE = 12

MEAN_AT_ONCE = 25.0
"""Largest mean of a binomial drawn by one inversion; exp(-25) keeps the left tail's precision."""

_M0 = np.uint64(0xD2511F53)
_M1 = np.uint64(0xCD9E8D57)
_W0 = np.uint64(0x9E3779B9)
_W1 = np.uint64(0xBB67AE85)
_LOW = np.uint64(0xFFFFFFFF)
_LOW16 = np.uint64(0xFFFF)
_S32 = np.uint64(32)
_S16 = np.uint64(16)
_ONE = np.uint64(1)
_ZERO = np.uint64(0)


@njit(cache=True, nogil=True, inline="always")
def philox(c0, c1, c2, c3, k0, k1):  # type: ignore[no-untyped-def]
    """Return the four 32-bit words (as unsigned 64-bit) of Philox4x32-10 for counter and key."""
    for _ in range(10):
        p0 = _M0 * c0
        p1 = _M1 * c2
        c0 = (p1 >> _S32) ^ c1 ^ k0
        c2 = (p0 >> _S32) ^ c3 ^ k1
        c1 = p1 & _LOW
        c3 = p0 & _LOW
        k0 = (k0 + _W0) & _LOW
        k1 = (k1 + _W1) & _LOW
    return c0, c1, c2, c3


@njit(cache=True, nogil=True)
def open_stream(stream, seed, step, cell, event):  # type: ignore[no-untyped-def]
    """Set ``stream`` to the start of the sequence of (seed, step, cell, event)."""
    stream[0] = _ZERO
    stream[1] = np.uint64(cell) & _LOW
    stream[2] = np.uint64(step) & _LOW
    stream[3] = np.uint64(event) & _LOW
    stream[4] = np.uint64(seed) & _LOW
    stream[5] = np.uint64(seed) >> _S32
    stream[10] = np.uint64(4)
    stream[11] = _ZERO


@njit(cache=True, nogil=True)
def next_word(stream):  # type: ignore[no-untyped-def]
    """Return the next 32 random bits, as an unsigned 64-bit number."""
    place = stream[10]
    if place == np.uint64(4):
        a, b, c, d = philox(stream[0], stream[1], stream[2], stream[3], stream[4], stream[5])
        stream[6] = a
        stream[7] = b
        stream[8] = c
        stream[9] = d
        stream[0] += _ONE
        stream[10] = _ONE
        return a
    stream[10] = place + _ONE
    return stream[6 + np.int64(place)]


@njit(cache=True, nogil=True)
def next_half(stream):  # type: ignore[no-untyped-def]
    """Return the next 16 random bits; two calls share one word."""
    kept = stream[11]
    if kept != _ZERO:
        stream[11] = _ZERO
        return kept & _LOW16
    word = next_word(stream)
    stream[11] = (word >> _S16) | (_ONE << _S32)  # the mark says that a half is kept
    return word & _LOW16


@njit(cache=True, nogil=True)
def next_uniform(stream):  # type: ignore[no-untyped-def]
    """Return a uniform double in (0, 1): 53 bits, centred, so neither end can come up."""
    high = next_word(stream) >> np.uint64(6)
    low = next_word(stream) >> np.uint64(6)
    return (np.float64(high) * 67108864.0 + np.float64(low) + 0.5) * 2.220446049250313e-16


@njit(cache=True, nogil=True)
def next_below(stream, limit):  # type: ignore[no-untyped-def]
    """Return a uniform integer in [0, limit), limit < 2^32; exact (Lemire 2019)."""
    bound = np.uint64(limit)
    product = next_word(stream) * bound
    low = product & _LOW
    if low < bound:
        least = ((_LOW + _ONE) - bound) % bound
        while low < least:
            product = next_word(stream) * bound
            low = product & _LOW
    return np.int64(product >> _S32)


@njit(cache=True, nogil=True)
def bernoulli(stream, numerator, denominator):  # type: ignore[no-untyped-def]
    """Return whether an event of probability numerator / denominator happens; exact integers.

    The fraction's bits are compared with random ones, sixteen at a time, until they differ.
    """
    rest = np.int64(numerator)
    below = np.int64(denominator)
    while True:
        rest = (rest << 16) - np.int64(next_half(stream)) * below
        if rest >= below:
            return True
        if rest <= 0:
            return False


@njit(cache=True, nogil=True)
def _power(base, exponent):  # type: ignore[no-untyped-def]
    """Return base^exponent by repeated squaring: multiplications only."""
    result = 1.0
    while exponent > 0:
        if exponent & 1:
            result *= base
        base *= base
        exponent >>= 1
    return result


@njit(cache=True, nogil=True)
def _inversion(stream, count, share):  # type: ignore[no-untyped-def]
    """Return a binomial number by going through its distribution from zero."""
    q = 1.0 - share
    odds = share / q
    mass = _power(q, count)
    left = next_uniform(stream)
    k = 0
    while left > mass and k < count:
        left -= mass
        k += 1
        mass *= odds * (count - k + 1) / k
    return k


@njit(cache=True, nogil=True)
def binomial(stream, count, share):  # type: ignore[no-untyped-def]
    """Return a binomial number of ``count`` trials with probability ``share``; exact in law.

    Work grows with the mean: sums of independent binomials are binomial, so large ones are cut
    into pieces of mean :data:`MEAN_AT_ONCE`.
    """
    if count <= 0 or share <= 0.0:
        return np.int64(0)
    if share >= 1.0:
        return np.int64(count)
    flipped = share > 0.5
    p = 1.0 - share if flipped else share
    rest = np.int64(count)
    hits = np.int64(0)
    piece = np.int64(rest)
    if rest * p > MEAN_AT_ONCE:
        piece = max(np.int64(1), np.int64(MEAN_AT_ONCE / p))
    while rest > 0:
        trials = min(piece, rest)
        hits += _inversion(stream, trials, p)
        rest -= trials
    return np.int64(count) - hits if flipped else hits


@njit(cache=True, nogil=True)
def _next_four(stream):  # type: ignore[no-untyped-def]
    """Return 64 random bits: four lots of sixteen."""
    low = next_word(stream)
    return low | (next_word(stream) << _S32)


@njit(cache=True, nogil=True)
def _refined(stream, rest, below):  # type: ignore[no-untyped-def]
    """Return 1 with probability rest / below, else 0: the rare case sixteen bits leave open."""
    return np.int64(1) if bernoulli(stream, rest, below) else np.int64(0)


@njit(cache=True, nogil=True)
def occupancy(stream, balls, urns):  # type: ignore[no-untyped-def]
    """Return how many of ``urns`` hold a ball after ``balls`` fell independently and uniformly."""
    below = np.int64(urns)
    hit = np.int64(0)
    bits = _ZERO
    lots = 0
    # no branch depends on a coin: a mispredicted one costs more than the coin
    for _ in range(balls):
        if lots == 0:
            bits = _next_four(stream)
            lots = 4
        lots -= 1
        rest = (hit << 16) - np.int64(bits & _LOW16) * below
        bits >>= _S16
        again = np.int64(rest >= below)
        if rest > 0 and again == 0:
            again = _refined(stream, rest, below)
        hit += 1 - again
    return hit


@njit(cache=True, nogil=True)
def count_marked(stream, marked, total, drawn):  # type: ignore[no-untyped-def]
    """Return how many of ``marked`` among ``total`` come up in ``drawn`` draws, one by one."""
    left = np.int64(marked)
    below = np.int64(total)
    bits = _ZERO
    lots = 0
    for _ in range(drawn):
        if lots == 0:
            bits = _next_four(stream)
            lots = 4
        lots -= 1
        rest = (left << 16) - np.int64(bits & _LOW16) * below
        bits >>= _S16
        hit = np.int64(rest >= below)
        if rest > 0 and hit == 0:
            hit = _refined(stream, rest, below)
        left -= hit
        below -= 1
    return np.int64(marked) - left


@njit(cache=True, nogil=True)
def hypergeometric(stream, marked, total, drawn):  # type: ignore[no-untyped-def]
    """Return how many of ``marked`` among ``total`` are in a sample of ``drawn``; exact.

    Work grows with the smallest of marked, unmarked, drawn and not drawn.
    """
    if marked == 0 or drawn == 0:
        return np.int64(0)
    if marked == total:
        return np.int64(drawn)
    if drawn == total:
        return np.int64(marked)
    # the law is the same with marked and drawn exchanged, and with either complemented
    a = np.int64(min(marked, total - marked))
    b = np.int64(min(drawn, total - drawn))
    few, many = min(a, b), max(a, b)
    hits = count_marked(stream, many, total, few)
    result = hits
    marked_is_flipped = marked > total - marked
    drawn_is_flipped = drawn > total - drawn
    if marked_is_flipped and drawn_is_flipped:
        result = np.int64(marked) + np.int64(drawn) - np.int64(total) + hits
    elif marked_is_flipped:
        result = np.int64(drawn) - hits
    elif drawn_is_flipped:
        result = np.int64(marked) - hits
    return result
