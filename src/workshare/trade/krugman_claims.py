"""The claims of Krugman (1980), each computed for the economy that is asked about.

A claim is a statement of the paper, what was measured, and whether it holds there. A claim that
does not apply (equal sizes, for a claim about the larger country) holds with a measure of zero.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from workshare.trade.home_market import mirror_image
from workshare.trade.krugman import (
    Technology,
    balance_of_payments,
    integrate,
    trade_equilibrium,
)

SLACK = 1e-9


@dataclass(frozen=True, slots=True)
class Claim:
    """A statement, whether it holds, and the number that says so with its meaning."""

    statement: str
    holds: bool
    measured: float
    meaning: str


def paper_claims(
    technology: Technology, labour: tuple[float, float], arrival: float
) -> tuple[Claim, ...]:
    """Return the paper's six claims for two countries (home first).

    In the claims about two industries, ``labour`` are the buyers of the first industry's goods at
    home and abroad, and the countries are each other's mirror image.

    Parameters
    ----------
    labour : people of the two countries, more than 0.
    arrival : share of a shipped good that arrives, between 0 and 1, both excluded.

    Raises
    ------
    OptionError : a value outside its range.

    Examples
    --------
    >>> [claim.holds for claim in paper_claims(Technology(0.75), (2.0, 1.0), 0.8)]
    [True, True, True, True, True, True]
    """
    pattern = mirror_image(technology, *labour, arrival)
    return (
        _gain_without_difference(technology, labour),
        _one_zero(technology, labour, arrival),
        _higher_wage(technology, labour, arrival),
        _more_than_its_share(labour, pattern.goods_ratio),
        _net_exporter(labour, pattern.trade_balance),
        _specialisation(labour, pattern.lower, pattern.upper, pattern.specialisation),
    )


def _gain_without_difference(technology: Technology, labour: tuple[float, float]) -> Claim:
    smallest = min(integrate(technology, list(labour)).real_income_gain)
    return Claim(
        "countries with equal tastes, technology and endowments gain from trade",
        smallest > 1.0,
        smallest,
        "smallest real income with free trade over that without",
    )


def _one_zero(technology: Technology, labour: tuple[float, float], arrival: float) -> Claim:
    wage = trade_equilibrium(technology, list(labour), arrival).relative_wage
    grid = wage * np.geomspace(0.05, 20.0, 2001)
    signs = np.sign(balance_of_payments(technology, labour, arrival, grid))
    changes = int(np.count_nonzero(np.diff(signs[signs != 0])))
    return Claim(
        "one relative wage balances payments",
        changes == 1,
        float(changes),
        "sign changes of B between a twentieth and twenty times the equilibrium wage",
    )


def _higher_wage(technology: Technology, labour: tuple[float, float], arrival: float) -> Claim:
    wage = trade_equilibrium(technology, list(labour), arrival).relative_wage
    advantage = float(np.log(wage) * np.sign(labour[0] - labour[1]))
    holds = advantage > 0 if labour[0] != labour[1] else abs(np.log(wage)) <= SLACK
    return Claim(
        "the larger country has the higher wage",
        bool(holds),
        advantage,
        "log wage of the larger country over the smaller's",
    )


def _more_than_its_share(labour: tuple[float, float], goods_ratio: float) -> Claim:
    ratio = labour[0] / labour[1]
    excess = (goods_ratio - ratio) * np.sign(ratio - 1.0)
    holds = excess > 0 if ratio != 1.0 else abs(goods_ratio - 1.0) <= SLACK
    return Claim(
        "a country makes more than its share of the goods its home market prefers",
        bool(holds),
        float(excess if ratio != 1.0 else 0.0),
        "number of goods relative to the other country, beyond the relative market",
    )


def _net_exporter(labour: tuple[float, float], balance: float) -> Claim:
    signed = balance * np.sign(labour[0] - labour[1])
    holds = signed > 0 if labour[0] != labour[1] else abs(balance) <= SLACK * max(labour)
    return Claim(
        "a country is a net exporter of the goods for which it has the larger home market",
        bool(holds),
        float(signed),
        "trade balance of the country with the larger market, in wages",
    )


def _specialisation(labour: tuple[float, float], lower: float, upper: float, pattern: str) -> Claim:
    ratio = labour[0] / labour[1]
    expected = "foreign" if ratio <= lower else "home" if ratio >= upper else "incomplete"
    return Claim(
        "both countries make a good exactly while markets differ by less than transport costs say",
        pattern == expected,
        ratio,
        f"relative market; both make the goods between {lower:.4g} and {upper:.4g}",
    )
