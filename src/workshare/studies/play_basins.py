"""The equilibria of play by type: how firmly each holds, its order rank, and the starts it draws.

The dynamic is *best-response play by turns in file order*: one participant after another takes the
best change of one activity after another, until a whole round changes nothing.

* *Strict*: every change of one activity costs whoever makes it; ``margin`` is the least such loss.
  A strict equilibrium stands against small errors in what anybody expects; a weak one need not.
* *Returns*: one participant is moved to what it holds in another outcome of the study, those after
  it answer first, and play goes on: how many of these displacements come back.
* *Basin*: starts are drawn at random, each participant independently holding what it holds in one
  of the study's outcomes, all equally likely. The share of draws that settle in an equilibrium has
  Wilson's interval. It is a share of *these* starts: other starts may lead to other equilibria.
* *Order rank*: equilibria compared by capacity in every activity at every place.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from workshare.studies.play_out import changes, national_value, play
from workshare.studies.setting import HoldingsKey, Setting

Held = Mapping[str, frozenset[str]]

DYNAMIC = "best-response play by turns in file order"
"""The dynamic under which stability and basins are told."""


def draw_starts(
    setting: Setting, pool: Mapping[str, Held], draws: int, seed: int
) -> list[dict[str, frozenset[str]]]:
    """Return ``draws`` starts, each participant as in an outcome of ``pool`` drawn for it alone."""
    rng = np.random.default_rng(seed)
    outcomes = list(pool.values())
    picks = rng.integers(len(outcomes), size=(draws, len(setting.participants)))
    return [
        {
            code: outcomes[pick].get(code, frozenset())
            for code, pick in zip(setting.participants, row, strict=True)
        }
        for row in picks
    ]


def sample_play(
    setting: Setting, pool: Mapping[str, Held], draws: int, seed: int, sweeps: int
) -> tuple[Counter[HoldingsKey], int]:
    """Return how many drawn starts settle in each equilibrium, and how many in none."""
    settled: Counter[HoldingsKey] = Counter()
    for start in draw_starts(setting, pool, draws, seed):
        found = play(setting, "a drawn start", start, setting.participants, sweeps)
        if found.status == "equilibrium":
            settled[found.holdings] += 1
    return settled, draws - settled.total()


def basin_share(count: int, draws: int) -> dict[str, float | int | None]:
    """Return the share of draws with its 95 % interval (Wilson); None where nothing was drawn."""
    from workshare.equilibria.basins import wilson

    if not draws:
        return {"drawn": 0, "share": None, "low": None, "high": None}
    low, high = wilson(count, draws)
    return {"drawn": count, "share": count / draws, "low": low, "high": high}


def firmness(setting: Setting, held: Held) -> dict[str, Any]:
    """Return the least loss of a participant by a change of one activity, and who loses it.

    Returns
    -------
    record : ``margin`` (M per year; None where nobody has a choice), ``weakest`` (participant) and
        ``stability``: ``strict`` or ``weak`` (somebody loses nothing by changing).
    """
    losses = []
    for code in setting.participants:
        now = national_value(setting, held, code)
        for other in changes(setting.models[code], held.get(code, frozenset())):
            losses.append((now - national_value(setting, {**held, code: other}, code), code))
    margin, weakest = min(losses, default=(None, None))
    scale = abs(setting.clear(setting.nobody()).selection.value)
    weak = margin is not None and margin <= 1e-7 * scale
    return {
        "margin": None if margin is None else max(0.0, margin),
        "weakest": weakest,
        "stability": "weak" if weak else "strict",
    }


def displacements(
    setting: Setting, held: Held, pool: Mapping[str, Held], most: int, sweeps: int
) -> tuple[int, int]:
    """Return how many displacements of one participant come back, and how many were tried."""
    codes = setting.participants
    tried = [
        (place, other)
        for place, code in enumerate(codes)
        for other in dict.fromkeys(item.get(code, frozenset()) for item in pool.values())
        if other != held.get(code, frozenset())
    ][:most]
    back = 0
    for place, other in tried:
        order = [*codes[place + 1 :], *codes[: place + 1]]
        found = play(setting, "displaced", {**held, codes[place]: other}, order, sweeps)
        back += found.status == "equilibrium" and found.holdings == setting.key(held)
    return back, len(tried)


def capacity_ranks(setting: Setting, states: Sequence[Held]) -> tuple[str, ...]:
    """Return the order rank of each state by new capacity in every activity at every place."""
    from workshare.equilibria.classify import order_ranks

    slots: dict[tuple[str, str, str], int] = {}
    groups = [
        (code, group, slots.setdefault((code, group.place, group.activity), len(slots)))
        for code in setting.participants
        for group in setting.models[code].groups
        if not group.existing
    ]
    table = np.zeros((len(states), max(len(slots), 1)))
    for row, held in zip(table, states, strict=True):
        for code, group, column in groups:
            if group.label in held.get(code, frozenset()):
                row[column] += group.number * group.size
    return order_ranks(table) if len(states) else ()
