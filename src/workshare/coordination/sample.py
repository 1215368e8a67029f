"""Start from a sample: prices from a few participants with a market scaled down to them.

With thousands of participants, prices learnt from a few hundred of them are already close: the
market of a share ``s`` of the participants is ``s F(z / s)``, whose prices are those of ``F``.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from workshare.arrays import Array
from workshare.coordination import column_generation
from workshare.coordination.problem import Problem
from workshare.coordination.state import Options
from workshare.market import Market
from workshare.response.grouped import Subset


def scaled_market(market: Market, share: float) -> Market:
    """Return ``s F(z / s)``: the market of a share ``s`` of the same region."""
    return replace(
        market,
        lower=market.lower * share,
        upper=market.upper * share,
        curvature=market.curvature / share,
        column_scale=market.column_scale * share,
        row_scale=market.row_scale * share,
    )


def sample_prices(problem: Problem, options: Options, size: int, seed: int) -> tuple[Array, int]:
    """Return row prices learnt from ``size`` participants drawn at random, and the rounds it took.

    Participants are drawn without replacement (each counts with its copies).
    """
    participants = problem.participants
    generator = np.random.default_rng(seed)
    members = np.sort(generator.choice(len(participants), size=size, replace=False))
    part = Subset(participants, members)
    share = part.copies / participants.copies
    small = Problem(part, scaled_market(problem.market.form, share))
    limits = replace(options, tolerance=max(options.tolerance, 1e-3), scale=options.scale * share)
    state = column_generation.init(small, limits)
    while not column_generation.terminate(limits, state):
        state = column_generation.step(small, limits, state)
    return state.row_prices, len(state.rounds)
