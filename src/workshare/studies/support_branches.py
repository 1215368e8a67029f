"""Self-sustaining states against support: what each scenario needs, and what stands beside it.

*Support* for a scenario is paid to each participant, every year, while it holds its part; it is
shared out in proportion to what each needs (:func:`hold_together`). The parameter is the sum paid.
A state is *self-sustaining* at some support if no participant gains by changing one activity, nor,
where it is paid for it, by taking up its part of the scenario. So

* the scenario itself stands from its *threshold* on, the sum of what each needs;
* an equilibrium without support stands until support pays somebody to leave it: until the smallest,
  over those who would have to change and are paid for it, of (loss by taking up the part) / (pay).

Both ends are exact for the states given and the changes tried. States that stand at some support
in between only are not sought.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from workshare.studies.play_out import best_response, changes, national_value
from workshare.studies.result import CoordinationResult
from workshare.studies.setting import HoldingsKey, Setting

Held = Mapping[str, frozenset[str]]


def hold_together(setting: Setting, target: Held) -> dict[str, float]:
    """Return the smallest yearly payment that keeps each participant at its part (M per year).

    The gain in national value of its best response, the others at their parts; 0 where it stays.
    """
    support = {}
    for code in setting.participants:
        best = best_response(setting, target, code)
        now = national_value(setting, target, code)
        then = national_value(setting, {**target, code: best}, code)
        support[code] = max(0.0, then - now) if best != target.get(code) else 0.0
    return support


def round_size(setting: Setting, target: Held) -> int:
    """Return how many changes of one activity there are at ``target``: the work of one round."""
    return sum(
        len(set(changes(setting.models[code], target.get(code, frozenset()))))
        for code in setting.participants
    )


def scenario_supports(result: CoordinationResult, setting: Setting, most: int) -> dict[str, Any]:
    """Return what each coordinated scenario needs to last, the first ``most`` distinct ones.

    Scenarios in which a participant stays out are left aside: they stand on other links.

    Returns
    -------
    record : ``scenarios``, each with ``name``, ``title``, ``value`` (on the market), ``support``
        (sum), ``by_participant`` and ``also`` (scenarios of the same holdings), M per year; and
        ``not_looked_at``, the names of the others.
    """
    rows: dict[HoldingsKey, dict[str, Any]] = {}
    left = []
    for outcome in result.scenarios:
        if outcome.name.startswith("minus_"):
            continue
        key = setting.key(dict(outcome.holdings))
        if key in rows:
            rows[key]["also"].append(outcome.name)
        elif len(rows) == most:
            left.append(outcome.name)
        else:
            needs = hold_together(setting, dict(key))
            rows[key] = {
                "name": outcome.name,
                "title": outcome.title,
                "value": outcome.market_value,
                "support": sum(needs.values()),
                "by_participant": needs,
                "also": [],
            }
    return {"scenarios": list(rows.values()), "not_looked_at": left}


def support_branches(
    setting: Setting,
    target: Held,
    needs: Mapping[str, float],
    equilibria: Sequence[tuple[str, Held, float]],
) -> list[dict[str, Any]]:
    """Return from which support to which each equilibrium stands, as that for ``target`` rises.

    Parameters
    ----------
    needs : what each must be paid to stay at ``target`` (:func:`hold_together`).
    equilibria : name, holdings and market value of states that stand without support.

    Returns
    -------
    branches : each with ``name``, ``value``, ``from`` and ``to`` (M per year in all; ``to`` is
        None where no support for ``target`` ends it) and ``leaves``, who is paid out of it first.
    """
    total = sum(needs.values())
    rows = []
    for name, held, value in equilibria:
        ends: list[tuple[float, str]] = []
        for code, need in needs.items():
            if need <= 0 or held.get(code) == target.get(code):
                continue
            part = {**held, code: target.get(code, frozenset())}
            loss = national_value(setting, held, code) - national_value(setting, part, code)
            ends.append((total * max(0.0, loss) / need, code))
        to, who = min(ends, default=(None, None))
        rows.append({"name": name, "value": value, "from": 0.0, "to": to, "leaves": who})
    return rows
