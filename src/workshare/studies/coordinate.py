"""The main study: outcomes compared, several scenarios, and the price of non-coordination.

One call answers the broker's question for a region: what each achieves alone, what happens when all
act at once, where play would settle, which divisions of labour coordination offers, what each is
worth to whom, and how far from the best possible any of it can be (with a certificate).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

from workshare.coordination import Certificate, Progress, Settings, certificate_document
from workshare.errors import OptionError
from workshare.region.region import Region
from workshare.results import Status
from workshare.studies import scenarios as offers
from workshare.studies.lenses import checked_lenses, look
from workshare.studies.record import outcome_record
from workshare.studies.result import CoordinationResult
from workshare.studies.stages import ALTERNATIVES, Stages

FIXED_NAMES = (
    "least_cost",
    "maximin",
    "proportional",
    "fewest_changes",
    "least_duplication",
    "most_resilient",
    "lowest_emissions",
)
CERTIFIED_GAP = 0.002
"""Relative gap up to which a division that is not proven exact is called certified."""


def scenario_names(region: Region) -> list[str]:
    """Return the names of all scenarios of ``region``, in the order they are computed."""
    minus = [f"minus_{p.id}" for p in region.participants] if len(region.participants) > 1 else []
    others = [f"alternative_{number}" for number in range(1, ALTERNATIVES + 1)]
    return [*FIXED_NAMES, *minus, *others]


def coordinate(
    region: Region,
    *,
    scenarios: Sequence[str] | None = None,
    seed: int = 0,
    account: str = "market",
    settings: Settings | None = None,
    progress: Progress | None = None,
    workers: int = 1,
    lenses: Sequence[str] | None = (),
) -> CoordinationResult:
    """Return the outcomes, scenarios and price of non-coordination of ``region``.

    Parameters
    ----------
    scenarios : names from :func:`scenario_names`; None computes all. The least-cost division and
        the uncoordinated outcome are always computed; equilibria only when None.
    seed : fixes the orders of play; the same inputs and seed give the same result.
    account : ``"market"`` (default: traders see tariffs and take outside prices as given) or
        ``"regional"`` (flows planned for the region as a whole).
    progress : called as ``progress(stage, share done, text)``.
    workers : processes for the scenarios that are independent of each other.
    lenses : other engines that judge the scenarios, from :data:`workshare.studies.lenses.LENSES`;
        by default none, None looks through all of them.

    Raises
    ------
    OptionError : an unknown scenario, account, method or lens.

    An interrupt (Ctrl-C) after the least-cost division returns what was computed, with status
    ``interrupted``.
    """
    names = _checked_names(region, scenarios)
    wanted = checked_lenses(lenses)
    stages = Stages(region, account, seed, settings, progress, workers)
    try:
        stages.find_least_cost()
        for stage in (stages.find_apart, lambda: stages.find_rest(names, scenarios is None)):
            if not stages.interrupted:
                stage()
    except KeyboardInterrupt:
        if stages.least is None:
            raise
        stages.interrupted = True
    result = _result(stages, names)
    return result if stages.interrupted else look(result, wanted, progress)


def _checked_names(region: Region, scenarios: Sequence[str] | None) -> list[str]:
    known = scenario_names(region)
    if scenarios is None:
        return known
    unknown = [name for name in scenarios if name not in known]
    if unknown:
        raise OptionError(
            f"unknown scenario {', '.join(map(repr, unknown))}: must be among {', '.join(known)}"
        )
    return [name for name in known if name in scenarios or name == "least_cost"]


def _result(stages: Stages, names: Sequence[str]) -> CoordinationResult:
    """Return the result of the stages that were finished."""
    assert stages.certificate is not None
    assert stages.solution is not None
    assert stages.least is not None
    certificate, solution, setting = stages.certificate, stages.solution, stages.setting
    values = {code: outcome.by_participant[code] for code, (outcome, _) in stages.alone.items()}
    ordered = [stages.found[name] for name in names if name in stages.found]
    outcomes = {"coordinated": stages.least}
    shown = list(ordered)
    if stages.apart is not None:
        outcomes["uncoordinated"] = stages.apart
        shown.append(stages.apart)
    if stages.nash is not None:
        shown.extend(stages.nash.equilibria)
    there = {} if stages.apart is None else stages.apart.by_participant
    records = {
        outcome.name: outcome_record(
            stages.settings_of.get(outcome.name, setting), outcome, values, there
        )
        for outcome in shown
    }
    return CoordinationResult(
        region=stages.region,
        status=_status(certificate, stages.interrupted),
        certificate=certificate,
        outcomes=outcomes,
        isolated_values=values,
        isolated_plants=tuple(
            plant
            for code, (outcome, _) in stages.alone.items()
            for plant in outcome.plants
            if plant.participant == code
        ),
        equilibria=stages.nash,
        scenarios=tuple(ordered),
        records=records,
        convergence=tuple(
            (number, -bound, None if number <= len(solution.rounds) else -value, -value)
            for number, bound, value in solution.trace
        ),
        statistics={
            "rounds": len(solution.rounds),
            "messages": sum(record.messages for record in solution.rounds),
            "parts": len(setting.problem.participants),
            "shared_dimensions": len(setting.dimensions),
            "plans_known": solution.plans_known,
            "mixed_participants": len(solution.mixed),
            "duality_gap": certificate.value - certificate.dual_bound,
        },
        options={
            "account": stages.account,
            "scenarios": list(names),
            "slack": offers.SLACK,
            "settings": asdict(stages.settings),
        },
        seed=stages.seed,
        timings=stages.timings,
        proof=certificate_document(setting.problem, solution, certificate),
        not_found=()
        if stages.interrupted
        else tuple(name for name in names if name not in stages.found),
    )


def _status(certificate: Certificate, interrupted: bool) -> Status:
    if interrupted:
        return Status.INTERRUPTED
    if not certificate.holds:
        return Status.BOUNDED
    if certificate.status == "exact":
        return Status.EXACT
    if certificate.status == "certified" and certificate.gap <= CERTIFIED_GAP:
        return Status.CERTIFIED
    return Status.BOUNDED
