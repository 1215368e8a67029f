"""Is a division of labour self-sustaining once support ends, and what would make it so?

A scenario holds by itself where no participant gains by leaving its part while the others keep
theirs (one-change stable, as in play). Three answers, by best-response play on the region's market:

* *what holds it*: each participant's gain from leaving its part is the smallest yearly support that
  keeps it there;
* *what happens without*: best-response play from the scenario, to the rest point it reaches;
* *the smallest temporary push*: the fewest participants that must take up their part at once, the
  rest starting from the uncoordinated outcome, for play to settle in an equilibrium that is worth
  at least what the scenario settles in. All sets are tried up to :data:`LARGEST_PUSH` participants;
  beyond, participants are added greedily.

Beside these: the support that every coordinated scenario needs and the equilibria that stand beside
the least-cost division as its support rises (:mod:`workshare.studies.support_branches`), and the
equilibria of play by type with the starts they draw (:mod:`workshare.studies.play_basins`). How
many scenarios are looked at and starts drawn follows from the work of one round of best responses,
so a large region stays quick; where few starts fit, none is drawn. The record says both.

Best responses are searched for over one activity at a time, so "holds" means: against every such
change. Equilibria found by play are a sample.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from typing import Any

from workshare.studies.jobs import setting_of
from workshare.studies.outcome import Outcome
from workshare.studies.play_basins import (
    DYNAMIC,
    basin_share,
    capacity_ranks,
    displacements,
    firmness,
    sample_play,
)
from workshare.studies.play_out import Play, best_response, play
from workshare.studies.result import CoordinationResult
from workshare.studies.setting import HoldingsKey, Setting
from workshare.studies.support_branches import (
    round_size,
    scenario_supports,
    support_branches,
)

SWEEPS = 8
"""Rounds of best responses after which play counts as unfinished."""

LARGEST_PUSH = 1
"""Sets of participants to push are all tried up to this size."""

MOST_PLAYS = 12
"""Runs of play spent on the push; each takes seconds on a large region."""

WORK = 450
"""Changes of one activity, each a clearing of the market, that a part of the lens may take."""

FEWEST_SCENARIOS = 4
"""Distinct scenarios whose support is found in any case."""

FEWEST_DRAWS, MOST_DRAWS = 20, 60
"""Starts drawn: as many as fit in :data:`WORK`; none where they are too few to tell a share."""

MOST_DISPLACED = 60
"""Displacements tried for an equilibrium where starts are drawn."""

Held = dict[str, frozenset[str]]


def equilibria_lens(
    result: CoordinationResult, draws: int | None = None, scenarios: int | None = None
) -> dict[str, Any]:
    """Return, for the least-cost division, whether it lasts without support and what it takes.

    Parameters
    ----------
    draws : starts of play drawn at random; None: as many as are quick, 0 on a large region.
    scenarios : distinct scenarios whose support is found, in the result's order; None: as many as
        are quick.

    Returns
    -------
    record : ``status``, ``claim``; ``support`` by participant (M per year, 0 = stays by itself),
        ``leaves`` (who gains by leaving), ``rest`` (where play goes: status, value, who changed),
        ``push`` (participants, how sought, value reached, runs of play), ``scenarios`` (what each
        coordinated scenario needs) and ``not_looked_at``, ``types`` (equilibria that play found:
        worth, the chosen starts that lead there, share of drawn starts with its interval,
        stability, order rank), ``sample`` (dynamic, draws, seed, unsettled, outcomes drawn from),
        ``branches`` (from which support for the least-cost division to which each equilibrium
        stands) and the values compared, all in M per year of the market account.
    """
    setting = setting_of(result.region, result.options["account"])
    least = result.scenario("least_cost")
    target = _holdings(least)
    apart = result.outcomes.get("uncoordinated")
    fit = WORK // max(1, round_size(setting, target))
    needs = scenario_supports(result, setting, scenarios or max(FEWEST_SCENARIOS, fit))
    if draws is None:
        draws = min(MOST_DRAWS, fit) if fit >= FEWEST_DRAWS else 0
    support = _needs_of(needs["scenarios"], "least_cost")
    rest = _known(result, "the least-cost division") or _played(setting, "least_cost", target)
    pool = {name: _holdings(result.scenario(name)) for name in _names(needs["scenarios"])}
    pool["nobody building"] = setting.nobody()
    if apart is not None:
        pool["uncoordinated"] = _holdings(apart)
    types, sample = _types(result, setting, target, pool, draws)
    states = [(row["name"], row.pop("holdings"), row["value"]) for row in types]
    record = {
        "status": "self-sustaining" if not any(support.values()) else "needs support",
        "claim": "against every change of one activity by one participant; play is a sample",
        "scenario": "least_cost",
        "support": support,
        "leaves": [code for code, amount in support.items() if amount > 0],
        "value": least.market_value,
        "rest": _rest_record(setting, rest, target),
        **needs,
        "types": types,
        "sample": sample,
        "branches": support_branches(setting, target, support, states),
    }
    if apart is not None:
        start = _holdings(apart)
        alone = _known(result, "the uncoordinated outcome") or _played(
            setting, "uncoordinated", start
        )
        record |= _pushed(setting, target, start, (rest, alone))
    return record


def _names(scenarios: Sequence[Mapping[str, Any]]) -> list[str]:
    return [str(row["name"]) for row in scenarios]


def _needs_of(scenarios: Sequence[Mapping[str, Any]], name: str) -> dict[str, float]:
    """Return what each needs to stay in a scenario that was looked at."""
    found = next(row for row in scenarios if name in (row["name"], *row["also"]))
    return dict(found["by_participant"])


def smallest_push(
    setting: Setting, target: Held, start: Held, worth: float
) -> tuple[tuple[str, ...], float, int, str] | None:
    """Return who must be pushed, the value play then settles at, the runs and how it was sought.

    Parameters
    ----------
    target : what the pushed take up. start : what the others hold.
    worth : market value that the equilibrium must reach (M per year).
    """
    differ = [code for code in setting.participants if target.get(code) != start.get(code)]
    runs, tried = 0, {}
    sizes = range(1, min(LARGEST_PUSH, len(differ)) + 1)
    for chosen in itertools.chain.from_iterable(itertools.combinations(differ, s) for s in sizes):
        if runs >= MOST_PLAYS:
            return None
        tried[chosen] = _settles(setting, target, start, chosen)
        runs += 1
        if tried[chosen] >= worth:
            return (
                chosen,
                tried[chosen],
                runs,
                f"sets of {len(chosen)} tried in turn, the first that suffices",
            )
    best = max(tried, key=lambda chosen: (tried[chosen], chosen), default=())
    while len(best) < len(differ) and runs < MOST_PLAYS:
        left = [code for code in differ if code not in best]
        grown = {}
        for code in left[: MOST_PLAYS - runs]:
            grown[(*best, code)] = _settles(setting, target, start, (*best, code))
            runs += 1
            if grown[(*best, code)] >= worth:
                return (*best, code), grown[(*best, code)], runs, "added one by one, greedily"
        best = max(grown, key=lambda chosen: (grown[chosen], chosen))
    return None


def _settles(setting: Setting, target: Held, start: Held, pushed: Sequence[str]) -> float:
    """Return the market value at which play settles after a push; minus infinity if it does not."""
    held = {**start, **{code: target[code] for code in pushed}}
    # the others answer first, while the pushed keep their part: that is the push; then all play
    for code in setting.participants:
        if code not in pushed:
            held[code] = best_response(setting, held, code)
    found = _played(setting, "push", held)
    if found.status != "equilibrium":
        return -float("inf")
    return -setting.clear(dict(found.holdings)).selection.value


def _types(
    result: CoordinationResult, setting: Setting, target: Held, pool: Mapping[str, Held], draws: int
) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """Return the equilibria that play found, the greatest worth first, and how starts were drawn.

    Each row has its ``holdings``.
    """
    settled, unsettled = sample_play(setting, pool, draws, result.seed, SWEEPS)
    plays = () if result.equilibria is None else result.equilibria.plays
    known = () if result.equilibria is None else result.equilibria.equilibria
    names: dict[HoldingsKey, str] = {setting.key(dict(o.holdings)): o.name for o in known}
    for key in settled:
        names.setdefault(key, f"drawn_{len(names) - len(known) + 1}")
    ranks = capacity_ranks(setting, [dict(key) for key in names])
    displaced = MOST_DISPLACED if draws else 0
    rows = []
    for (key, name), rank in zip(names.items(), ranks, strict=True):
        held = dict(key)
        starts = [p.start for p in plays if p.status == "equilibrium" and dict(p.holdings) == held]
        rows.append(
            {
                "name": name,
                "value": -setting.clear(held).selection.value,
                "starts": starts,
                "differs": [code for code, groups in key if groups != target.get(code)],
                "rank": rank,
                **firmness(setting, held),
                "returns": list(displacements(setting, held, pool, displaced, SWEEPS)),
                **basin_share(settled[key], draws),
                "holdings": held,
            }
        )
    sample = {
        "dynamic": DYNAMIC,
        "draws": draws,
        "seed": result.seed,
        "unsettled": basin_share(unsettled, draws),
        "from": list(pool),
        "confidence": 0.95,
    }
    return sorted(rows, key=lambda row: (-float(row["value"]), row["name"])), sample


def _known(result: CoordinationResult, start: str) -> Play | None:
    """Return the study's own run of play from a start, if it made one."""
    plays = () if result.equilibria is None else result.equilibria.plays
    return next((found for found in plays if found.start == start), None)


def _played(setting: Setting, name: str, start: Held) -> Play:
    return play(setting, name, start, setting.participants, SWEEPS)


def _pushed(
    setting: Setting, target: Held, start: Held, plays: tuple[Play, Play]
) -> dict[str, Any]:
    """Return what is known of the push; ``plays`` are from the scenario and from ``start``."""
    rest, alone = plays
    before = -setting.clear(start).selection.value
    if rest.status != "equilibrium":
        why = "play from the scenario itself does not settle, so no push is sought"
        return {"uncoordinated_value": before, "push": {"status": "not sought", "why": why}}
    settled = -setting.clear(dict(rest.holdings)).selection.value
    worth = settled - 1e-6 * abs(settled)
    if alone.status == "equilibrium":
        reached = -setting.clear(dict(alone.holdings)).selection.value
        if reached >= worth:
            why = "play from the uncoordinated outcome settles there by itself"
            return {
                "uncoordinated_value": before,
                "push": {"status": "not needed", "why": why, "value": reached},
            }
    found = smallest_push(setting, target, start, worth)
    if found is None:
        why = f"none found in {MOST_PLAYS} runs of play"
        return {"uncoordinated_value": before, "push": {"status": "not found", "why": why}}
    chosen, value, runs, how = found
    push = {
        "status": "found",
        "participants": list(chosen),
        "value": value,
        "runs": runs,
        "why": how,
    }
    return {"uncoordinated_value": before, "push": push}


def _rest_record(setting: Setting, rest: Play, target: Held) -> dict[str, Any]:
    """Return where play went from the scenario."""
    held = dict(rest.holdings)
    return {
        "status": rest.status,
        "sweeps": rest.sweeps,
        "value": -setting.clear(held).selection.value,
        "changed": [code for code in setting.participants if held[code] != target.get(code)],
    }


def _holdings(outcome: Outcome) -> Held:
    """Return what each participant holds in an outcome."""
    holdings: Mapping[str, frozenset[str]] = dict(outcome.holdings)
    return {code: frozenset(groups) for code, groups in holdings.items()}
