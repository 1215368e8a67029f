"""The random stream: published answers of Philox, and the laws of the samplers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from scipy import stats

from workshare.population import random_stream as rs


def stream(cell: int = 0, event: int = 0, seed: int = 7, step: int = 0) -> Any:
    made = np.zeros(rs.STREAM_SIZE, dtype=np.uint64)
    rs.open_stream(made, seed, step, cell, event)
    return made


@pytest.mark.parametrize(
    ("counter", "key", "answer"),
    [  # Random123 1.09, file kat_vectors, philox4x32 with 10 rounds
        ([0] * 4, [0] * 2, [0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8]),
        ([0xFFFFFFFF] * 4, [0xFFFFFFFF] * 2, [0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD]),
        (
            [0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344],
            [0xA4093822, 0x299F31D0],
            [0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1],
        ),
    ],
)
def test_published_answers(counter: list[int], key: list[int], answer: list[int]) -> None:
    words = rs.philox(*(np.uint64(v) for v in [*counter, *key]))
    assert [int(w) for w in words] == answer


def test_streams_of_different_names_differ_and_equal_names_agree() -> None:
    names = [(0, 0, 7, 0), (1, 0, 7, 0), (0, 1, 7, 0), (0, 0, 8, 0), (0, 0, 7, 1)]
    firsts = [int(rs.next_word(stream(c, e, s, t))) for c, e, s, t in names]
    assert len(set(firsts)) == len(names)
    assert int(rs.next_word(stream(0, 0, 2**40 + 7))) != firsts[0]  # both halves of the seed count
    assert firsts[0] == int(rs.next_word(stream()))


SAMPLERS: list[tuple[str, Callable[[Any], int], Any]] = [
    ("binomial small", lambda s: rs.binomial(s, 12, 0.3), stats.binom(12, 0.3)),
    ("binomial flipped", lambda s: rs.binomial(s, 9, 0.8), stats.binom(9, 0.8)),
    ("binomial in pieces", lambda s: rs.binomial(s, 400, 0.2), stats.binom(400, 0.2)),
    ("hypergeometric", lambda s: rs.hypergeometric(s, 5, 20, 6), stats.hypergeom(20, 5, 6)),
    ("both flipped", lambda s: rs.hypergeometric(s, 15, 20, 14), stats.hypergeom(20, 15, 14)),
    ("marked flipped", lambda s: rs.hypergeometric(s, 15, 20, 6), stats.hypergeom(20, 15, 6)),
    ("drawn flipped", lambda s: rs.hypergeometric(s, 5, 20, 14), stats.hypergeom(20, 5, 14)),
    ("uniform integer", lambda s: rs.next_below(s, 7), stats.randint(0, 7)),
    ("bernoulli", lambda s: int(rs.bernoulli(s, 3, 7)), stats.bernoulli(3 / 7)),
]


@pytest.mark.parametrize(("name", "draw", "law"), SAMPLERS, ids=[s[0] for s in SAMPLERS])
def test_samplers_follow_their_law(name: str, draw: Callable[[Any], int], law: Any) -> None:
    drawn = np.array([draw(stream(cell)) for cell in range(6000)])
    values = np.arange(drawn.max() + 1)
    expected = law.pmf(values) * drawn.size
    enough = expected >= 8
    seen = np.bincount(drawn, minlength=values.size)
    assert law.pmf(drawn).min() > 0  # nothing impossible
    spread = np.sqrt(expected * (1 - law.pmf(values)))
    z = (seen - expected)[enough] / spread[enough]
    assert np.abs(z).max() < 4


def test_occupancy_follows_its_exact_law() -> None:
    balls, urns = 9, 6
    law = np.zeros(urns + 1)
    law[0] = 1.0
    for _ in range(balls):  # one ball more: an occupied urn again, or a new one
        occupied = np.arange(urns + 1) / urns
        law = law * occupied + np.concatenate([[0.0], (law * (1 - occupied))[:-1]])
    drawn = np.array([rs.occupancy(stream(cell), balls, urns) for cell in range(6000)])
    seen = np.bincount(drawn, minlength=urns + 1)
    keep = law * drawn.size > 8
    z = (seen - law * drawn.size)[keep] / np.sqrt(law * (1 - law) * drawn.size)[keep]
    assert np.abs(z).max() < 4
    assert seen[law == 0].sum() == 0
