"""Policy events: places with an event against places without, with intervals by bootstrap.

*Difference in differences*: the mean change of places whose event lies between the two years, minus
that of places that never have one. It is the event's effect on places with it if both groups would
have changed alike without it, and if places without it are not affected by it. The same difference
in the change *before* (two earlier years, where there are some) is the placebo: it should be zero.

*Event study*: for every number of years since the event, the mean of what changed since the last
year before it, minus the same change of never-treated places over the same calendar years.

Intervals: clusters of places are drawn anew with replacement (cluster bootstrap), percentiles told.
The effect on the log outcome has three parts that add up to it, over the same places: fundamentals,
coordination, and the change of places in which the order of the split is undefined because a type
is not there (see ``split.py``). The share of coordination is the ratio of its part to the effect;
with the undefined part added it is the most that coordination could be. Nothing is imputed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from workshare.arrays import Array, Mask
from workshare.errors import OptionError
from workshare.studies.panel.enumeration import Enumeration
from workshare.studies.panel.panel import Panel
from workshare.studies.panel.split import ORDERS, Split, three_parts
from workshare.studies.panel.types import JUMP, Changes, is_low

PARTS = ("fundamentals", "coordination", "undefined")


@dataclass(frozen=True, slots=True)
class EventOptions:
    """How intervals are made: number of draws, confidence, and seed of the draws."""

    draws: int = 1000
    confidence: float = 0.95
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Effect:
    """One difference in differences.

    Attributes
    ----------
    name, unit : of the outcome.
    value, low, high : the difference and its interval; NaN where a group is empty.
    with_event, without : mean change of both groups.
    treated, controls : places in both groups for which the outcome is known.
    left_out : places of both groups for which it is not.
    """

    name: str
    unit: str
    value: float
    low: float
    high: float
    with_event: float
    without: float
    treated: int
    controls: int
    left_out: int


@dataclass(frozen=True, slots=True)
class Moment:
    """One point of an event study.

    Attributes
    ----------
    outcome : ``log outcome`` or ``low``.
    since : years since the event; negative: before.
    value, low, high : difference and interval; zero in the year that all is compared with.
    treated : places with an event and both years known.
    """

    outcome: str
    since: int
    value: float
    low: float
    high: float
    treated: int


@dataclass(frozen=True, slots=True, eq=False)
class EventSummary:
    """What followed the events.

    Attributes
    ----------
    effects : see :class:`Effect`; the parts are named ``PART, ORDER``, the share of coordination
        ``coordination share, ORDER`` and the most it could be ``coordination or undefined share,
        ORDER``.
    study : the event study.
    treated, controls : numbers of places with an event between the years, and without any.
    skipped : places with an event at another time: in neither group.
    clusters : number of clusters drawn from.
    options : draws, confidence and seed.
    """

    effects: tuple[Effect, ...]
    study: tuple[Moment, ...]
    treated: int
    controls: int
    skipped: int
    clusters: int
    options: EventOptions

    def effect(self, name: str) -> Effect:
        """Return the effect of a name."""
        return next(item for item in self.effects if item.name == name)


def summarise_events(
    panel: Panel,
    found: Enumeration,
    members: np.ndarray,
    years: tuple[int, int],
    made: tuple[np.ndarray, Changes, Split],
    options: EventOptions | None = None,
) -> EventSummary:
    """Return effects and event study.

    Parameters
    ----------
    members : member of every place-year, -1 where not observed, shape (places, years).
    years : positions of the two years compared.
    made : the places of the changes, and for them the changes and their split.

    Raises
    ------
    OptionError : no place with an event between the years, or none without.
    """
    options = options or EventOptions()
    check_options(options)
    places, changed, split = made
    first, last = panel.years[years[0]], panel.years[years[1]]
    event = panel.event_years
    with_event, without = (event > first) & (event <= last), np.isnan(event)
    if not with_event.any() or not without.any():
        raise OptionError(
            f"{int(with_event.sum())} places have an event after {first} up to {last} and "
            f"{int(without.sum())} have none; both must be above zero to compare them"
        )
    draws = _draws(panel.clusters, options)
    low = np.full(members.shape, np.nan)
    known = members >= 0
    low[known] = is_low(found, members[known])
    logs = np.log(panel.shares.sum(axis=2))
    groups = (with_event, without)

    def effect(name: str, unit: str, values: Array) -> Effect:
        return _difference(name, unit, _spread(values, places, len(event)), groups, draws, options)

    effects = [
        effect("log outcome", "log points", split.change),
        effect("low", "share of places", changed.low[:, 1] - changed.low[:, 0]),
        effect("jump", "share of places", _flag(changed)),
    ]
    for number, order in enumerate(ORDERS):
        parts = three_parts(split, changed, number)
        effects += [
            effect(f"{name}, {order}", "log points", values)
            for name, values in zip(PARTS, parts, strict=True)
        ]
        whole = _spread(parts[0] + parts[1] + parts[2], places, len(event))
        for name, top in (
            ("coordination", parts[1]),
            ("coordination or undefined", parts[1] + parts[2]),
        ):
            pair = (_spread(top, places, len(event)), whole)
            effects.append(_ratio(f"{name} share, {order}", pair, groups, draws, options))
    if years[0] > 0:
        before = logs[:, years[0]] - logs[:, years[0] - 1]
        effects.append(
            _difference("log outcome, placebo", "log points", before, groups, draws, options)
        )
    study = [
        *_study("log outcome", panel, logs, without, draws, options),
        *_study("low", panel, low, without, draws, options),
    ]
    other = len(event) - int(with_event.sum()) - int(without.sum())
    clusters = len(np.unique(panel.clusters))
    return EventSummary(
        tuple(effects), tuple(study), int(with_event.sum()), int(without.sum()), other, clusters,
        options,
    )  # fmt: skip


def check_options(options: EventOptions) -> None:
    """Raise OptionError where draws or confidence are out of range."""
    faults = []
    if options.draws < 100:
        faults.append(f"draws is {options.draws}; must be at least 100")
    if not 0 < options.confidence < 1:
        faults.append(f"confidence is {options.confidence}; must be between 0 and 1")
    if faults:
        raise OptionError("Events: " + "; ".join(faults))


def _flag(changed: Changes) -> Array:
    return np.where(changed.undecided, np.nan, (changed.by_branch == JUMP).astype(float))


def _spread(values: Array, places: np.ndarray, size: int) -> Array:
    """Return values by place, NaN for places without one."""
    whole = np.full(size, np.nan)
    whole[places] = values
    return whole


def _draws(clusters: np.ndarray, options: EventOptions) -> tuple[np.ndarray, np.ndarray]:
    """Return the cluster of every place and how often each is drawn, shape (draws, clusters)."""
    count = int(clusters.max()) + 1
    random = np.random.default_rng(options.seed)
    return clusters, random.multinomial(count, np.full(count, 1 / count), size=options.draws)


def _means(values: Array, group: Mask, draws: tuple[np.ndarray, np.ndarray]) -> tuple[float, Array]:
    """Return the mean over a group and the mean in every draw; NaN where it is empty."""
    clusters, times = draws
    chosen = group & np.isfinite(values)
    size = times.shape[1]
    sums = np.bincount(clusters[chosen], values[chosen], size)
    counts = np.bincount(clusters[chosen], minlength=size)
    with np.errstate(invalid="ignore", divide="ignore"):
        drawn = (times @ sums) / (times @ counts)
    return (float(values[chosen].mean()) if chosen.any() else np.nan), drawn


def _interval(drawn: Array, options: EventOptions) -> tuple[float, float]:
    known = drawn[np.isfinite(drawn)]
    if known.size < 0.9 * drawn.size:
        return np.nan, np.nan
    tail = (1 - options.confidence) / 2
    low, high = np.quantile(known, [tail, 1 - tail])
    return float(low), float(high)


def _difference(
    name: str,
    unit: str,
    values: Array,
    groups: tuple[Mask, Mask],
    draws: tuple[np.ndarray, np.ndarray],
    options: EventOptions,
) -> Effect:
    one, drawn_one = _means(values, groups[0], draws)
    two, drawn_two = _means(values, groups[1], draws)
    known = np.isfinite(values)
    counts = [int(np.sum(group & known)) for group in groups]
    missing = int(np.sum((groups[0] | groups[1]) & ~known))
    low, high = _interval(drawn_one - drawn_two, options)
    return Effect(name, unit, one - two, low, high, one, two, counts[0], counts[1], missing)


def _ratio(
    name: str,
    values: Sequence[Array],
    groups: tuple[Mask, Mask],
    draws: tuple[np.ndarray, np.ndarray],
    options: EventOptions,
) -> Effect:
    """Return the ratio of two differences, as an effect without groups' means."""
    found, drawn = [], []
    for item in values:
        one, two = _means(item, groups[0], draws), _means(item, groups[1], draws)
        found.append(one[0] - two[0])
        drawn.append(one[1] - two[1])
    known = np.isfinite(values[0])
    counts = [int(np.sum(group & known)) for group in groups]
    with np.errstate(invalid="ignore", divide="ignore"):
        low, high = _interval(drawn[0] / drawn[1], options)
    missing = int(np.sum((groups[0] | groups[1]) & ~known))
    ratio = found[0] / found[1] if found[1] else np.nan
    return Effect(name, "share", ratio, low, high, np.nan, np.nan, counts[0], counts[1], missing)


def _study(
    name: str,
    panel: Panel,
    values: Array,
    without: Mask,
    draws: tuple[np.ndarray, np.ndarray],
    options: EventOptions,
) -> list[Moment]:
    """Return the event study of one outcome (places, years)."""
    years = np.array(panel.years)
    clusters, times = draws
    totals: dict[int, list[tuple[float, Array, float, Array]]] = {}
    for event in np.unique(panel.event_years[np.isfinite(panel.event_years)]):
        cohort = panel.event_years == event
        base = int(np.flatnonzero(years < event)[-1])
        for t, year in enumerate(years):
            change = values[:, t] - values[:, base]
            control, drawn_control = _means(change, without, draws)
            chosen = cohort & np.isfinite(change)
            if not chosen.any() or not np.isfinite(control):
                continue
            sums = np.bincount(clusters[chosen], change[chosen], times.shape[1])
            counts = np.bincount(clusters[chosen], minlength=times.shape[1])
            drawn = times @ counts
            part = (
                float(change[chosen].sum() - control * chosen.sum()),
                times @ sums - drawn_control * drawn,
                float(chosen.sum()),
                drawn.astype(float),
            )
            totals.setdefault(int(year - event), []).append(part)
    moments = []
    for since in sorted(totals):
        parts = totals[since]
        size = sum(part[2] for part in parts)
        with np.errstate(invalid="ignore", divide="ignore"):
            mean = np.sum([part[1] for part in parts], axis=0)
            mean = mean / np.sum([part[3] for part in parts], axis=0)
        low, high = _interval(mean, options)
        value = sum(part[0] for part in parts) / size
        moments.append(Moment(name, since, value, low, high, int(size)))
    return moments
