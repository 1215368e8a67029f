"""A scenario through the trade engine: who gains in general equilibrium if it is carried out.

The scenario's output of each good, less that of the uncoordinated outcome, is added to the output
of the industry that makes the good in that country; the production subsidies that support those
changes are found; and the equilibrium gives everybody's real income, with its parts. The mapping
from goods to industries and from participants to countries is the caller's: it is an assumption and
is kept in the record.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from workshare.arrays import Array
from workshare.errors import OptionError
from workshare.studies.outcome import Outcome
from workshare.studies.result import CoordinationResult
from workshare.trade.decomposition import Decomposition, decompose
from workshare.trade.economy import Economy
from workshare.trade.equilibrium import EquilibriumStatus
from workshare.trade.support import Support, SupportStatus, supporting_subsidies


@dataclass(frozen=True, eq=False)
class TradeLens:
    """A scenario's changes of output, the subsidies that support them, and everybody's welfare.

    Attributes
    ----------
    scenario, against : the two outcomes compared.
    economy : the economy.
    added : (N, K) output added, money of the economy per year.
    support : the subsidies and their equilibrium.
    parts : the decomposition; None where there is no equilibrium.
    goods, countries : the mappings used; goods and participants outside them are left out.
    left_out : what was left out and why, in words.
    status : ``supported``, ``partly`` or ``not_found``.
    claim : how far it can be trusted, in words.
    """

    scenario: str
    against: str
    economy: Economy
    added: Array
    support: Support
    parts: Decomposition | None
    goods: dict[str, str]
    countries: dict[str, str]
    left_out: tuple[str, ...]
    status: str
    claim: str

    @property
    def gains(self) -> dict[str, float]:
        """Change of real income of every country, per cent, by name."""
        gains = self.support.equilibrium.gains
        return {name: float(gain) for name, gain in zip(self.economy.countries, gains, strict=True)}


def trade_lens(
    result: CoordinationResult,
    economy: Economy,
    goods: Mapping[str, str],
    countries: Mapping[str, str] | None = None,
    *,
    scenario: str = "",
    money: float = 1.0,
) -> TradeLens:
    """Return a scenario through the trade engine.

    Parameters
    ----------
    result : what ``coordinate`` returned.
    economy : the economy, balanced or with deficits.
    goods : good code -> industry of the economy. Goods that are not named are left out.
    countries : participant code -> country of the economy; default, the same code.
    scenario : name of the scenario; default, the first.
    money : units of the economy's money in one M of the region's currency.

    Raises
    ------
    OptionError : an unknown scenario, good or participant. EconomyError : unknown country or
        industry.
    """
    chosen = result.scenario(scenario) if scenario else result.scenarios[0]
    before = result.outcomes["uncoordinated"]
    named = _checked(result, economy, goods, countries)
    added, left_out = _added(result, chosen, before, economy, dict(goods), named, money)
    changed = np.abs(added) > 1e-12 * economy.sales.sum()
    with np.errstate(divide="ignore", invalid="ignore"):
        targets = np.where(changed, 1.0 + added / economy.sales, np.nan)
    targets = np.where(changed & ~(economy.sales > 0), 2.0, targets)  # told as left out
    shrunk = changed & (targets <= 0)
    left_out += [
        f"{economy.countries[i]} {economy.industries[k]}: less output than none is asked for"
        for i, k in np.argwhere(shrunk)
    ]
    support = supporting_subsidies(economy, np.where(shrunk, np.nan, targets))
    left_out += [
        f"{country} {industry}: the industry is not there in the data"
        for country, industry in support.left_out
    ]
    sound = support.equilibrium.status is not EquilibriumStatus.NOT_CONVERGED
    status = support.status
    if left_out and status is SupportStatus.SUPPORTED:
        status = SupportStatus.PARTLY
    return TradeLens(
        chosen.name,
        before.name,
        economy,
        added,
        support,
        decompose(support.equilibrium) if sound else None,
        dict(goods),
        named,
        tuple(left_out),
        status.value,
        _claim(status, support),
    )


def _checked(
    result: CoordinationResult,
    economy: Economy,
    goods: Mapping[str, str],
    countries: Mapping[str, str] | None,
) -> dict[str, str]:
    """Return the participants' countries, every name checked."""
    known = {good.id for good in result.region.goods}
    unknown = [code for code in goods if code not in known]
    if unknown:
        raise OptionError(f"goods {', '.join(unknown)}: must be among {', '.join(sorted(known))}")
    for industry in goods.values():
        economy.industry(industry)
    codes = [participant.id for participant in result.region.participants]
    if countries is None:
        return {code: code for code in codes if code in economy.countries}
    strange = [code for code in countries if code not in codes]
    if strange:
        raise OptionError(f"participants {', '.join(strange)}: must be among {', '.join(codes)}")
    for country in countries.values():
        economy.country(country)
    return dict(countries)


def _added(
    result: CoordinationResult,
    chosen: Outcome,
    before: Outcome,
    economy: Economy,
    goods: dict[str, str],
    countries: dict[str, str],
    money: float,
) -> tuple[Array, list[str]]:
    """Return the output added by country and industry, in money, and what was left out."""
    added = np.zeros(economy.sales.shape)
    left_out: dict[str, None] = {}
    prices = _prices(chosen, before)
    makes = {activity.id: activity.output for activity in result.region.activities}
    for outcome, sign in ((chosen, 1.0), (before, -1.0)):
        for plant in outcome.plants:
            good = makes[plant.group.activity]
            if plant.idle or plant.output == 0:
                continue
            if good not in goods:
                left_out[f"good {good}: not mapped to an industry"] = None
            elif plant.participant not in countries:
                left_out[f"participant {plant.participant}: not mapped to a country"] = None
            elif good not in prices:
                left_out[f"good {good}: no price in the scenario"] = None
            else:
                place = economy.country(countries[plant.participant])
                kind = economy.industry(goods[good])
                added[place, kind] += sign * plant.output * prices[good] * money
    return added, list(left_out)


def _prices(chosen: Outcome, before: Outcome) -> dict[str, float]:
    """Return one price for each good, M per unit: the mean over places of the scenario.

    The same price for both outcomes, so that what is compared are quantities.
    """
    found: dict[str, list[float]] = {}
    for outcome in (before, chosen):
        here: dict[str, list[float]] = {}
        for local in outcome.prices:
            if np.isfinite(local.price):
                here.setdefault(local.good, []).append(local.price)
        found.update(here)
    return {good: float(np.mean(values)) for good, values in found.items()}


def _claim(status: SupportStatus, support: Support) -> str:
    """Return how far the answer can be trusted, in words."""
    if status is SupportStatus.NOT_FOUND:
        return f"no subsidies were found that support it; largest log gap {support.gap:.2g}"
    return (
        "the equilibrium is certified and outputs change as the scenario says; which industry "
        "makes which good, elasticities and Cobb-Douglas spending are assumptions"
    )
