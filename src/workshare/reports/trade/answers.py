"""An answer of the trade engine as findings: who gains, why, how sure, and under which policy."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from workshare.reports.findings import Findings
from workshare.reports.trade.figures import (
    band_figure,
    comparison_figure,
    policy_figure,
    terms_figure,
    welfare_figure,
)
from workshare.reports.trade.tables import (
    band_table,
    certificate_table,
    comparison_table,
    industry_table,
    policy_table,
    welfare_table,
)
from workshare.reports.words import listed, number
from workshare.results import to_jsonable
from workshare.trade.bands import Band
from workshare.trade.decomposition import Decomposition
from workshare.trade.question import Answered

STATUS_WORDS = {
    "solved": "an equilibrium, certified",
    "branch": "one of possibly several equilibria, certified as one",
    "not_converged": "not an equilibrium: the best point found",
    "stationary": "no small change of any one tax helps; a better policy far away is not ruled out",
    "improved": "better than the formulas, but some tax could still be moved with profit",
    "formula": "the formulas' answer, not polished",
    "no_equilibrium": "no equilibrium was found",
    "local_equilibrium": "no player gains by a small change of its own taxes",
    "not_settled": "some player could still gain by changing its taxes",
}
"""What each status means, for a reader."""


@dataclass(frozen=True, eq=False)
class Shown:
    """What there is to show of one answer; what was not computed is None.

    Attributes
    ----------
    answered : the answer.
    parts : its decomposition. band : over elasticities.
    alone : each member's gain acting alone, per cent, by name.
    extra : further figures for the record, e.g. emissions.
    """

    answered: Answered
    parts: Decomposition | None = None
    band: Band | None = None
    alone: Mapping[str, float] | None = None
    extra: Mapping[str, Any] | None = None


def trade_findings(shown: Shown) -> Findings:
    """Return the findings of one answer of the trade engine."""
    answered = shown.answered
    answer = answered.equilibrium
    members = answered.question.members or answer.economy.countries
    welfare = welfare_table(answer, shown.parts, shown.band)
    policy = policy_table(answer, members)
    tables = [welfare, policy, industry_table(answer)]
    figures = [welfare_figure(welfare, members), policy_figure(policy, members)]
    if shown.alone is not None:
        together = [answer.gain(name) for name in shown.alone]
        compared = comparison_table(list(shown.alone), list(shown.alone.values()), together)
        tables.append(compared)
        figures.append(comparison_figure(compared))
    if shown.band is not None:
        over = band_table(shown.band)
        tables.append(over)
        figures.append(band_figure(over, members, len(shown.band.draws)))
    if shown.parts is not None:
        figures.append(terms_figure(welfare, members))
    lines = answer.certificate
    if shown.parts is not None:
        lines = (*lines, *shown.parts.certificate)
    tables.append(certificate_table(lines))
    return Findings(
        title=f"{answer.economy.name}: {answered.question.title}",
        sentences=tuple(_sentences(shown)),
        figures=tuple(figures),
        tables=tuple(tables),
        notes=tuple(_notes(shown)),
        record=_record(shown, tables),
    )


def _sentences(shown: Shown) -> list[str]:
    """Return the findings in words, the most important first."""
    answer = shown.answered.equilibrium
    economy = answer.economy
    members = shown.answered.question.members
    gains = answer.gains
    lines = []
    if members:
        told = [f"{name} {_signed(answer.gain(name))}" for name in members]
        lines.append(f"Real income changes: {listed(told, 12)}.")
    outside = [name for name in economy.countries if name not in members]
    if outside:
        rest = np.array([answer.gain(name) for name in outside])
        worst, best = int(rest.argmin()), int(rest.argmax())
        who = "the others" if members else "countries"
        lines.append(
            f"Of {len(outside)} {who}, {int((rest > 1e-9).sum())} gain and "
            f"{int((rest < -1e-9).sum())} lose; from {outside[worst]} {_signed(rest[worst])} to "
            f"{outside[best]} {_signed(rest[best])}."
        )
    world = float(economy.spending @ gains / economy.spending.sum())
    lines.append(f"World real income, weighted by spending, changes by {_signed(world)}.")
    if shown.parts is not None and any(shown.parts.immiserizing):
        named = [
            name
            for name, flag in zip(economy.countries, shown.parts.immiserizing, strict=True)
            if flag
        ]
        lines.append(
            f"Immiserizing in {listed(named, 6)}: labour moves to where it is worth more, and "
            "real income falls all the same."
        )
    if shown.alone is not None:
        better = sum(1 for name, alone in shown.alone.items() if answer.gain(name) > alone)
        lines.append(f"{better} of {len(shown.alone)} members do better together than alone.")
    if shown.band is not None and len(shown.band.draws):
        for name in members[:3]:
            place = economy.country(name)
            low, high = shown.band.low[place], shown.band.high[place]
            lines.append(
                f"Over elasticities, nine tenths of the draws give {name} between {_signed(low)} "
                f"and {_signed(high)}."
            )
    for name, value in (shown.extra or {}).items():
        if isinstance(value, float):
            lines.append(f"{name[:1].upper()}{name[1:]}: {_signed(value)}.")
    return lines


def _signed(value: float) -> str:
    """Return a per cent with its sign."""
    return f"{'+' if value > 0 else ''}{number(value)} %"


def _notes(shown: Shown) -> list[str]:
    """Return what the findings rest on."""
    answered = shown.answered
    economy = answered.equilibrium.economy
    entry = "their number is fixed and profits go to residents"
    if economy.entry == "free":
        entry = "they enter until profit is zero"
    notes = [
        f"Status {answered.status}: {STATUS_WORDS.get(answered.status, answered.status)}.",
        f"Equilibrium in changes with Cobb-Douglas spending over {len(economy.industries)} "
        f"industries, trade and scale elasticities by industry; firms: {entry}. Money is counted "
        "in units of the world wage bill.",
        f"Largest log gap of any condition: {answered.equilibrium.residual:.1e}.",
        *answered.notes,
    ]
    if shown.band is not None:
        band = shown.band
        notes.append(
            f"Band: {len(band.draws)} draws with a standard deviation of {band.spread:g} in logs, "
            f"seed {band.seed}; {band.cut} scale elasticities were cut to keep equilibria unique."
        )
        if band.missing:
            notes.append(f"Without a certified answer, left out: {listed(list(band.missing), 8)}.")
    notes += [f"Source: {line}" for line in economy.sources]
    return notes


def _record(shown: Shown, tables: list[Any]) -> dict[str, Any]:
    """Return the whole answer as plain data."""
    answered = shown.answered
    answer = answered.equilibrium
    return {
        "schema": "workshare.trade/1",
        "question": {
            "verb": answered.question.verb,
            "choice": answered.question.choice,
            "members": list(answered.question.members),
        },
        "economy": answer.economy.name,
        "status": answered.status,
        "claim": STATUS_WORDS.get(answered.status, answered.status),
        "inputs": answer.inputs,
        "residual": answer.residual,
        "evaluations": answer.evaluations,
        "notes": list(answered.notes),
        "certificate": to_jsonable(answer.certificate),
        "tables": {
            table.name: {
                "columns": [column.name for column in table.columns],
                "units": [column.unit for column in table.columns],
                "rows": to_jsonable(table.rows),
            }
            for table in tables
        },
        **dict(shown.extra or {}),
    }
