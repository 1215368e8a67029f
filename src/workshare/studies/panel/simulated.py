"""A simulated panel with known truth: what an estimation must give back.

Two sectors by default. Log fundamentals of each sector in the first year are normal; they then
drift, move with a random shock and with an instrument of their own, and rise with a policy event
that a random half of the places gets. Places start at the state that grows from next to nothing, or
from next to everything (*low* and *high* start). Later each year's state is where the place's own
motion leads from the year before; an event, or chance, pushes some places up first.

Truth is made by slow routes that share no code with the estimation's enumeration or carrying:
states settle under a plain Euler iteration; the old type at new fundamentals is found by moving the
fundamentals in small steps and settling at each, and is lost where a small step leads far.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np

from workshare.arrays import Array
from workshare.errors import OptionError
from workshare.studies.panel.panel import Panel
from workshare.studies.panel.place_model import PlaceModel


@dataclass(frozen=True, slots=True)
class SimulationOptions:
    """How a panel is drawn.

    Attributes
    ----------
    places : number of places.
    years : at least two; events happen between the last two.
    spread : standard deviation of first fundamentals, in logs.
    middle : mean of first log fundamentals.
    shock, pull : standard deviation of each later shock, and the weight of the instrument.
    event_share : share of places with the event.
    event_lift : what the event adds to log fundamentals of every sector.
    event_push, other_push : share of places with and without the event that are pushed up first.
    high_start : share of places that start high.
    clusters : number of clusters places are dealt to.
    seed : of all draws.
    """

    places: int = 4000
    years: tuple[int, ...] = (1995, 2000, 2015)
    spread: float = 0.35
    middle: float = 1.15
    shock: float = 0.12
    pull: float = 0.15
    event_share: float = 0.5
    event_lift: float = 0.15
    event_push: float = 0.35
    other_push: float = 0.05
    high_start: float = 0.2
    clusters: int = 200
    seed: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class Truth:
    """What is true of a simulated panel, between its last two years.

    Attributes
    ----------
    log_theta : shape (places, years, sectors).
    jump : whether the old type was left, shape (places,).
    old_type : total share of the old type at the new fundamentals; NaN where it was lost (places,).
    without_event : total share in the last year, had there been no event (places,).
    jump_without : whether the old type would have been left without the event.
    old_type_without : total share of the old type at the fundamentals without the event; NaN where
        it was lost.
    low : whether a larger state grows from above at the fundamentals of each of the last two
        years, shape (places, 2).
    """

    log_theta: Array
    jump: np.ndarray
    old_type: Array
    without_event: Array
    jump_without: np.ndarray
    old_type_without: Array
    low: np.ndarray


def simulate_panel(
    options: SimulationOptions | None = None, model: PlaceModel | None = None
) -> tuple[Panel, Truth]:
    """Return a panel and its truth; the same options give the same panel.

    Raises
    ------
    OptionError : fewer than two places or years, or a share outside [0, 1].
    """
    options, model = options or SimulationOptions(), model or PlaceModel(2)
    _check(options)
    random = np.random.default_rng(options.seed)
    n, T, S = options.places, len(options.years), model.num_sectors
    instruments = random.standard_normal((n, T, S))
    shocks = options.shock * random.standard_normal((n, T, S))
    shocks[:, 0] = options.spread * random.standard_normal((n, S))
    event = random.random(n) < options.event_share
    chance, high = random.random((n, T)), random.random(n) < options.high_start
    clusters = random.integers(0, min(options.clusters, n), n)
    # instruments are levels: fundamentals hold them, and differences move with their differences
    bare = options.middle + np.cumsum(shocks, axis=1) + options.pull * instruments
    log_theta = bare.copy()
    log_theta[:, -1] += options.event_lift * event[:, None]
    states = [settled(model, np.where(high[:, None], _top(n, S), _bottom(n, S)), log_theta[:, 0])]
    for t in range(1, T):
        push = np.where(event & (t == T - 1), options.event_push, options.other_push)
        states.append(_next(model, states[-1], log_theta[:, t], chance[:, t] < push))
    without = _next(model, states[-2], bare[:, -1], chance[:, -1] < options.other_push)
    kept = carried(model, states[-2], log_theta[:, -2], log_theta[:, -1])
    bare_kept = carried(model, states[-2], log_theta[:, -2], bare[:, -1])
    low = np.stack([_is_low(model, states[t], log_theta[:, t]) for t in (-2, -1)], axis=1)
    panel = Panel(
        tuple(f"place {k + 1:0{len(str(n))}d}" for k in range(n)),
        options.years,
        ("industry", "services") if S == 2 else tuple(f"sector{s + 1}" for s in range(S)),
        np.exp(np.stack(states, axis=1)),
        np.full((n, T), 2.0**17),
        np.where(event, options.years[-2] + 1.0, np.nan),
        np.unique(clusters, return_inverse=True)[1],
        instruments,
    )
    truth = Truth(
        log_theta, ~_same(kept, states[-1]), np.exp(kept).sum(axis=1), np.exp(without).sum(axis=1),
        ~_same(bare_kept, without), np.exp(bare_kept).sum(axis=1), low,
    )  # fmt: skip
    return panel, truth


def write_truth(panel: Panel, truth: Truth, path: str | Path) -> Path:
    """Write the truth beside its panel: one row for each place; return the path."""
    names = [item.name for item in fields(truth) if item.name != "log_theta"]
    header = ["place", *[name for name in names if name != "low"], "low_before", "low_after"]
    header += [f"log_theta_{s}_{y}" for y in panel.years for s in panel.sectors]
    file = Path(path)
    with file.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(header)
        for i, place in enumerate(panel.places):
            row = [place, int(truth.jump[i]), _text(truth.old_type[i]),
                   _text(truth.without_event[i]), int(truth.jump_without[i]),
                   _text(truth.old_type_without[i]),
                   *(int(v) for v in truth.low[i])]  # fmt: skip
            writer.writerow([*row, *(repr(float(a)) for a in truth.log_theta[i].ravel())])
    return file


def settled(model: PlaceModel, log_shares: Array, log_theta: Array) -> Array:
    """Return where states come to rest: Euler steps of d log L / dt = residual, then Newton."""
    y = log_shares.copy()
    moving = np.arange(len(y))
    for _ in range(20_000):
        value = model.residual(y[moving], log_theta[moving])
        rest = 1.0 - np.exp(y[moving]).sum(axis=1)
        # a step must not cross the border: the pull back grows as the rest of the economy shrinks
        step = np.minimum(0.25, 0.5 * rest)[:, None]
        y[moving] += np.clip(step * value, -0.1, 0.1)
        moving = moving[np.abs(value).max(axis=1) > 1e-7]
        if not moving.size:
            break
    return _newton(model, y, log_theta)


def carried(model: PlaceModel, log_shares: Array, begin: Array, end: Array) -> Array:
    """Return the state of the old type at new fundamentals; NaN where it was lost on the way.

    Fundamentals move in 400 small steps, each followed by Newton's method. A stable branch moves
    little by little, beside a fold like a square root; where a step leads far, to no solution, or
    to an unstable one, the branch is gone.
    """
    y, steps = log_shares.copy(), 400
    lost = np.zeros(len(y), dtype=bool)
    for k in range(1, steps + 1):
        log_theta = begin + k / steps * (end - begin)
        new = _newton(model, y, log_theta)
        with np.errstate(all="ignore"):
            failed = ~(np.abs(model.residual(new, log_theta)).max(axis=1) < 1e-10)
        failed |= ~(np.abs(new - y).max(axis=1) < 0.3)
        new = np.where(failed[:, None], y, new)
        lost |= failed | (np.linalg.eigvals(model.jacobian(new)).real.max(axis=1) >= 0)
        y = new
    return np.where(lost[:, None], np.nan, y)


def _newton(model: PlaceModel, log_shares: Array, log_theta: Array) -> Array:
    y = log_shares.copy()
    for _ in range(5):
        with np.errstate(all="ignore"):
            step = np.linalg.solve(model.jacobian(y), -model.residual(y, log_theta)[..., None])
        step = np.clip(np.nan_to_num(step[..., 0]), -0.2, 0.2)
        new = y + step
        y = np.where(np.exp(new).sum(axis=1, keepdims=True) < 1, new, y)
    return y


def _next(model: PlaceModel, state: Array, log_theta: Array, pushed: np.ndarray) -> Array:
    """Return next year's state: from the old one, or from above where a place is pushed."""
    start = np.where(pushed[:, None], _top(*state.shape), state)
    return settled(model, start, log_theta)


def _is_low(model: PlaceModel, state: Array, log_theta: Array) -> np.ndarray:
    """Return whether something larger grows from above, whichever sector dominates there."""
    places, sectors = state.shape
    low = np.zeros(places, dtype=bool)
    for s in range(sectors):
        sizes = np.full(sectors, 0.05 / max(1, sectors - 1))
        sizes[s] = 0.9
        above = settled(model, np.tile(np.log(sizes), (places, 1)), log_theta)
        low |= np.exp(above).sum(axis=1) > np.exp(state).sum(axis=1) * (1 + 1e-6)
    return low


def _same(one: Array, other: Array) -> np.ndarray:
    with np.errstate(invalid="ignore"):
        return np.asarray(np.abs(one - other).max(axis=1) < 1e-6)


def _bottom(places: int, sectors: int) -> Array:
    return np.full((places, sectors), np.log(1e-3 / sectors))


def _top(places: int, sectors: int) -> Array:
    """Return states with almost everyone in sectors, the first a little larger."""
    sizes = np.linspace(1.2, 0.8, sectors) if sectors > 1 else np.ones(1)
    return np.tile(np.log(0.95 * sizes / sizes.sum()), (places, 1))


def _text(value: float) -> str:
    return "" if np.isnan(value) else repr(float(value))


def _check(options: SimulationOptions) -> None:
    faults = []
    if options.places < 2:
        faults.append(f"places is {options.places}; must be at least 2")
    if len(options.years) < 2 or list(options.years) != sorted(set(options.years)):
        faults.append(f"years is {options.years}; must be two or more, rising")
    for name in ("event_share", "event_push", "other_push", "high_start"):
        if not 0 <= getattr(options, name) <= 1:
            faults.append(f"{name} is {getattr(options, name)}; must be between 0 and 1")
    if faults:
        raise OptionError("Simulation: " + "; ".join(faults))
