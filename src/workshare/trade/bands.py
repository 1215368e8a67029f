"""How an answer moves with the elasticities: draws around them, and named alternatives.

Elasticities are estimates, and answers can hang on a few of them; so a result is shown as a band.
A draw multiplies each industry's trade and scale elasticity by independent lognormal factors of
median one. Named alternatives are other published sets, or one distortion at a time:
``markups only`` (firms fixed), ``scale only`` (free entry) and ``both``.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from workshare.arrays import Array
from workshare.errors import OptionError
from workshare.parallel import map_tasks
from workshare.trade.economy import Economy
from workshare.trade.question import Question, answer

LARGEST_PRODUCT = 0.98
"""With free entry, a draw's scale elasticity is cut so that its product with the trade elasticity
stays below this: beyond, equilibria are not unique and a band would mix branches."""

GOOD = ("solved", "stationary", "local_equilibrium", "formula")
"""Statuses of answers that count in a band."""


@dataclass(frozen=True, eq=False)
class Band:
    """An answer over elasticities.

    Attributes
    ----------
    question, economy : what was asked, of what.
    central : (N,) gains at the economy's own elasticities, per cent.
    draws : (draws, N) gains at the draws that were solved.
    low, middle, high : (N,) the 5th, 50th and 95th percentiles of the draws, per cent.
    alternatives : name -> (N,) gains.
    missing : draws and alternatives without a certified answer; they are left out, never filled.
    cut : industries and draws whose scale elasticity was cut, see :data:`LARGEST_PRODUCT`.
    spread, seed : of the draws.
    """

    question: Question
    economy: Economy
    central: Array
    draws: Array
    low: Array
    middle: Array
    high: Array
    alternatives: dict[str, Array]
    missing: tuple[str, ...]
    cut: int
    spread: float
    seed: int


def distortion_alternatives(economy: Economy) -> dict[str, Economy]:
    """Return the economy with markups only, scale economies only, and both.

    Both: scale economies outside the firm, and profits of a fixed number of firms.
    """
    mu = np.asarray(economy.scale_elasticity)
    none = np.zeros(0)
    return {
        "markups only": dataclasses.replace(economy, entry="restricted", markups=none),
        "scale only": dataclasses.replace(economy, entry="free", markups=none),
        "both": dataclasses.replace(economy, entry="free", markups=mu),
    }


def elasticity_band(
    economy: Economy,
    question: Question,
    *,
    draws: int = 20,
    spread: float = 0.2,
    seed: int = 0,
    alternatives: Mapping[str, Economy] | None = None,
    workers: int = 1,
    progress: Callable[[int, int], None] | None = None,
) -> Band:
    """Return how the answer to a question moves with the elasticities.

    Parameters
    ----------
    draws : number of draws. spread : standard deviation of the log of each elasticity's factor.
    seed : of the draws; the same seed gives the same band.
    alternatives : named economies with other elasticities; default, markups only, scale only, both.
    workers, progress : see :func:`workshare.parallel.map_tasks`.

    Examples
    --------
    >>> flows = np.array([[[80.0], [20.0]], [[20.0], [80.0]]])
    >>> world = Economy(("A", "B"), ("goods",), flows, np.array([4.0]), np.array([0.2]))
    >>> band = elasticity_band(world, Question("optimal", ("A",), "tariffs"), draws=5)
    >>> bool(band.low[0] < band.central[0] < band.high[0])
    True
    """
    if draws < 0 or spread < 0:
        raise OptionError("draws and spread are >= 0")
    named = distortion_alternatives(economy) if alternatives is None else dict(alternatives)
    drawn, cut = _draw(economy, draws, spread, seed)
    economies = [economy, *drawn, *named.values()]
    labels = ["central", *(f"draw {number + 1}" for number in range(draws)), *named]
    done = map_tasks(
        _solve, [(world, question) for world in economies], workers=workers, progress=progress
    )
    size = len(economy.countries)
    found: dict[str, Array] = {}
    for index, (gains, status) in zip(done.indices, done.results, strict=True):
        if status in GOOD:
            found[labels[index]] = gains
    missing = tuple(label for label in labels if label not in found)
    kept = [found[label] for label in labels[1 : draws + 1] if label in found]
    cloud = np.array(kept) if kept else np.zeros((0, size))
    edges = np.percentile(cloud, [5, 50, 95], axis=0) if kept else np.full((3, size), np.nan)
    return Band(
        question,
        economy,
        found.get("central", np.full(size, np.nan)),
        cloud,
        edges[0],
        edges[1],
        edges[2],
        {name: found[name] for name in named if name in found},
        missing,
        cut,
        spread,
        seed,
    )


def _draw(economy: Economy, draws: int, spread: float, seed: int) -> tuple[list[Economy], int]:
    """Return economies with drawn elasticities, and how many scale elasticities were cut."""
    random = np.random.default_rng(seed)
    kinds = len(economy.industries)
    free, cut = economy.entry == "free", 0
    out = []
    for _ in range(draws):
        factors = np.exp(spread * random.standard_normal((2, kinds)))
        epsilon = economy.trade_elasticity * factors[0]
        mu = economy.scale_elasticity * factors[1]
        if free:
            most = np.maximum(LARGEST_PRODUCT / epsilon, 0.0)
            over = (mu > most) & (mu > 0)
            cut += int(over.sum())
            mu = np.where(over, most, mu)
        own = np.array_equal(economy.markups, economy.scale_elasticity)
        markups = np.zeros(0) if not free else (mu if own else economy.markups)
        out.append(
            dataclasses.replace(
                economy, trade_elasticity=epsilon, scale_elasticity=mu, markups=markups
            )
        )
    return out, cut


def _solve(task: tuple[Economy, Question]) -> tuple[Array, str]:
    """Return gains and status of one economy."""
    economy, question = task
    reply = answer(economy, question)
    return reply.equilibrium.gains, reply.status
