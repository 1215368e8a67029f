"""The whole study of a panel: invert, enumerate, name types, split the change, compare events."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from workshare.errors import OptionError
from workshare.results import CertificateLine, Status, certificate_line, inputs_hash
from workshare.studies.panel.enumeration import (
    SMALLEST_RESIDUAL,
    Enumeration,
    EnumerationOptions,
    enumerate_all,
)
from workshare.studies.panel.estimation import Estimate
from workshare.studies.panel.events import (
    EventOptions,
    EventSummary,
    check_options,
    summarise_events,
)
from workshare.studies.panel.panel import Panel
from workshare.studies.panel.place_model import PlaceModel
from workshare.studies.panel.split import Split, split_changes
from workshare.studies.panel.types import Changes, changes

Progress = Callable[[str, float, str], None]


@dataclass(frozen=True, slots=True)
class PanelOptions:
    """What is compared, and how.

    Attributes
    ----------
    first, last : years compared; None: the last year before the first event (without events the
        first year), and the last year.
    enumeration : see :class:`EnumerationOptions`.
    events : see :class:`EventOptions`.
    """

    first: int | None = None
    last: int | None = None
    enumeration: EnumerationOptions = field(default_factory=EnumerationOptions)
    events: EventOptions = field(default_factory=EventOptions)


@dataclass(frozen=True, slots=True, eq=False)
class PanelResult:
    """What a panel says.

    Attributes
    ----------
    panel, model : what was asked.
    estimate : how the model's elasticities were estimated; None where they were stated.
    found : the equilibria of every observed place-year, its members place by place.
    members : member of every place-year, -1 where not observed, shape (places, years).
    first, last : the years compared.
    places : positions of the places observed in both.
    changes, split : for these places.
    events : None where the panel has no event between the years, or no place without one.
    why_no_events : the reason, in words; empty where there is a summary.
    certificate : checks recomputed from panel and answer.
    status : CERTIFIED where every check holds for every place-year; BOUNDED where some place-years
        are ill or unproven (they are told); INTERRUPTED.
    statistics : counts of the work.
    options, inputs : options, and the hash of panel and model.
    """

    panel: Panel
    model: PlaceModel
    estimate: Estimate | None
    found: Enumeration
    members: np.ndarray
    first: int
    last: int
    places: np.ndarray
    changes: Changes
    split: Split
    events: EventSummary | None
    why_no_events: str
    certificate: tuple[CertificateLine, ...]
    status: Status
    statistics: dict[str, int]
    options: PanelOptions
    inputs: str


def study_panel(
    panel: Panel,
    model: PlaceModel | Estimate,
    options: PanelOptions | None = None,
    progress: Progress | None = None,
) -> PanelResult:
    """Return the study of a panel.

    Parameters
    ----------
    model : stated elasticities, or what
        :func:`workshare.studies.panel.estimation.estimate_elasticities` returned.
    progress : called as ``progress(stage, share done, text)``.

    Raises
    ------
    OptionError : the model has another number of sectors, or the years cannot be compared.

    Examples
    --------
    >>> from workshare.studies.panel.simulated import SimulationOptions, simulate_panel
    >>> panel, truth = simulate_panel(SimulationOptions(places=30, seed=2))
    >>> made = study_panel(panel, PlaceModel(2))
    >>> str(made.status), bool(((made.changes.by_branch == "jump") == truth.jump).all())
    ('certified', True)
    """
    options = options or PanelOptions()
    estimate = model if isinstance(model, Estimate) else None
    chosen = model.model if isinstance(model, Estimate) else model
    check_options(options.events)
    first, last = _years(panel, chosen, options)
    told = progress or (lambda _stage, _done, _text: None)
    told("invert", 0.0, f"{int(panel.observed.sum())} place-years")
    shares = panel.shares[panel.observed]
    members = np.full(panel.observed.shape, -1, dtype=np.int64)
    members[panel.observed] = np.arange(len(shares))
    log_theta = chosen.log_fundamentals(shares)

    def counted(done: int, total: int) -> None:
        told("enumerate", done / total, f"{done} of {total} place-years")

    found = enumerate_all(chosen, log_theta, np.log(shares), options.enumeration, counted)
    told("types", 0.0, f"branches between {first} and {last}")
    t, u = panel.position(first), panel.position(last)
    places = np.flatnonzero(panel.observed[:, t] & panel.observed[:, u])
    made = changes(found, members[places, t], members[places, u], seed=options.enumeration.seed)
    split = split_changes(found, made)
    events, why = None, ""
    try:
        told("events", 0.0, f"{options.events.draws} draws")
        events = summarise_events(
            panel, found, members, (t, u), (places, made, split), options.events
        )
    except OptionError as error:
        why = str(error)
    lines = _certificate(found, split)
    status = Status.CERTIFIED if all(line.holds for line in lines) else Status.BOUNDED
    if found.interrupted:
        status = Status.INTERRUPTED
    return PanelResult(
        panel, chosen, estimate, found, members, first, last, places, made, split, events, why,
        lines, status, _statistics(panel, found, made), options, _hash(panel, chosen, options),
    )  # fmt: skip


def _years(panel: Panel, model: PlaceModel, options: PanelOptions) -> tuple[int, int]:
    """Return the two years that are compared."""
    faults = []
    if model.num_sectors != len(panel.sectors):
        faults.append(f"the model has {model.num_sectors} sectors, the panel {len(panel.sectors)}")
    events = panel.event_years[np.isfinite(panel.event_years)]
    start = panel.years[0]
    if events.size:
        start = max(year for year in panel.years if year < events.min())
    first = start if options.first is None else options.first
    last = panel.years[-1] if options.last is None else options.last
    known = ", ".join(map(str, panel.years))
    for name, year in (("first", first), ("last", last)):
        if year not in panel.years:
            faults.append(f"{name} is {year}; must be one of {known}")
    if first >= last:
        faults.append(f"first is {first} and last {last}; the first must be earlier")
    if not faults and not np.any(
        panel.observed[:, panel.position(first)] & panel.observed[:, panel.position(last)]
    ):
        faults.append(f"no place is observed in {first} and in {last}; choose other years")
    if faults:
        raise OptionError("Panel: " + "; ".join(faults))
    return first, last


def _certificate(found: Enumeration, split: Split) -> tuple[CertificateLine, ...]:
    """Return the checks, recomputed from the answer."""
    owner = np.repeat(np.arange(len(found.log_theta)), found.counts)
    good = ~found.ill[owner]
    residual = np.abs(found.model.residual(found.points, found.log_theta[owner]))
    sums = np.bincount(owner, found.indices, len(found.log_theta))
    asked = found.asked[owner] & good
    seen = found.observed[found.observed >= 0]
    gap = split.fundamentals + split.coordination - split.change
    return (
        certificate_line(
            "residual", float(residual[good].max(initial=0.0)), SMALLEST_RESIDUAL,
            "Largest residual of an equilibrium, in logs of shares.",
        ),
        certificate_line(
            "ill place-years", float(found.ill.sum()), 0,
            "Place-years that failed a check of the counts in every way; they have no type.",
        ),
        certificate_line(
            "index sums", float(np.sum(sums[found.done & ~found.ill] != 1)), 0,
            "Place-years whose equilibria's indices do not add up to one.",
        ),
        certificate_line(
            "observed not proven", float(np.sum(~found.certified[seen])), 0,
            "Observed equilibria without a proof by Krawczyk's test.",
        ),
        certificate_line(
            "others not proven", float(np.sum(~found.certified[asked])), 0,
            "Equilibria that were to be proven and have no proof.",
        ),
        certificate_line(
            "starts", float(not found.starts_agree), 0,
            "Two random members of the family have different numbers of roots (1) or the same (0).",
        ),
        certificate_line(
            "split", float(np.abs(gap[np.isfinite(gap)]).max(initial=0.0)), 1e-12,
            "Fundamentals plus coordination minus the change, log points, where defined.",
        ),
    )  # fmt: skip


def _statistics(panel: Panel, found: Enumeration, made: Changes) -> dict[str, int]:
    return {
        "places": len(panel.places),
        "years": len(panel.years),
        "place_years": len(found.log_theta),
        "place_years_not_observed": int(np.sum(~panel.observed)),
        "place_years_done": int(found.done.sum()),
        "ill": int(found.ill.sum()),
        "paths_each": found.paths,
        "paths_retracked": found.retracked,
        "equilibria": len(found.points),
        "proven": int(found.certified.sum()),
        "places_compared": len(made.before),
        "places_undecided": int(made.undecided.sum()),
        "labels_disagree": int(np.sum(~made.agree)),
        "path_dependent": int(np.sum(made.robust < 1)),
    }


def _hash(panel: Panel, model: PlaceModel, options: PanelOptions) -> str:
    return inputs_hash(
        {
            "panel": [panel.places, panel.years, panel.sectors, panel.shares, panel.event_years,
                      panel.clusters],
            "model": [str(model.attraction), str(model.crowding), model.base, model.cross],
            "options": [options.first, options.last, options.enumeration.seed,
                        options.enumeration.certify, options.events],
        }
    )  # fmt: skip
