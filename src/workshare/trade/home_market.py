"""The home market effect of Krugman (1980): two countries, several industries.

A country makes more than its share of the goods for which it has the larger home market, and is a
net exporter of them. This file owns two countries with any number of industries of increasing
returns, arbitrary sizes and tastes, and, if asked, one more industry of constant returns whose good
is traded without cost (Helpman and Krugman 1985). The paper's mirror-image case is
:func:`mirror_image`.

Tastes are spending shares: a country of which half the people want goods of one industry only
spends half its income there. Wages and money are in wages of the second ("foreign") country.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.optimize import brentq

from workshare.arrays import Array
from workshare.errors import OptionError
from workshare.results import CertificateLine, certificate_line
from workshare.trade.krugman import Technology

TOLERANCE = 1e-9
"""Largest relative residual of an equilibrium that is certified."""


@dataclass(frozen=True, slots=True)
class Industry:
    """An industry of increasing returns in two countries.

    Attributes
    ----------
    name : of the industry.
    technology : the same in both countries.
    arrival : share g of a shipped good that arrives; more than 0 and less than 1.
    home_spending, foreign_spending : shares of income that each country spends on it.
    """

    name: str
    technology: Technology
    arrival: float
    home_spending: float
    foreign_spending: float

    @property
    def freeness(self) -> float:
        """The paper's sigma at equal wages: g^(theta/(1 - theta))."""
        return self.technology.shipped(self.arrival)


@dataclass(frozen=True, slots=True)
class IndustryOutcome:
    """Where an industry is.

    Attributes
    ----------
    name : of the industry.
    home_goods, foreign_goods : goods made in each country.
    trade_balance : the home country's exports less imports, in foreign wages.
    specialisation : ``incomplete``, ``home`` (only the home country makes it) or ``foreign``.
    home_profit, foreign_profit : profit of a firm over its cost; in a country that makes none,
        what a first firm would earn (never positive in equilibrium).
    """

    name: str
    home_goods: float
    foreign_goods: float
    trade_balance: float
    specialisation: str
    home_profit: float
    foreign_profit: float


@dataclass(frozen=True)
class HomeMarketEquilibrium:
    """Two countries in equilibrium.

    Attributes
    ----------
    relative_wage : omega, home over foreign.
    industries : the outcome of each industry of increasing returns, in the order given.
    outside_labour : (home, foreign) labour in the constant-returns industry; zeros without one.
    outside_balance : the home country's exports less imports of its good.
    certificate : labour, payments and entry, recomputed.
    status : ``solved`` or ``not_converged``.
    """

    relative_wage: float
    industries: tuple[IndustryOutcome, ...]
    outside_labour: tuple[float, float]
    outside_balance: float
    certificate: tuple[CertificateLine, ...]
    status: str


@dataclass(frozen=True, slots=True)
class MirrorImage:
    """The paper's case of two countries that are each other's mirror image.

    Attributes
    ----------
    goods_ratio : n/n*, goods of the first industry at home over abroad; 0 or infinite where one
        country makes all of them.
    trade_balance : of the home country in the first industry, in wages.
    specialisation : ``incomplete``, ``home`` or ``foreign``.
    lower, upper : sizes of the home market, L/L*, between which both countries make the goods.
    """

    goods_ratio: float
    trade_balance: float
    specialisation: str
    lower: float
    upper: float


def mirror_image(
    technology: Technology, home_buyers: float, foreign_buyers: float, arrival: float
) -> MirrorImage:
    """Return the pattern of trade when wages are equal by symmetry; section III and Figure 2.

    ``home_buyers`` (L) of the home country's people want the first industry's goods, the others
    (L*) the second's; abroad it is the other way round. With sigma = g^(theta/(1 - theta))::

        n/n* = (L/L* - sigma)/(1 - sigma L/L*)      for  sigma < L/L* < 1/sigma
        B    = sigma w L*/(sigma n + n*) (n - n*)

    Below and above, one country makes all the goods of an industry.

    Raises
    ------
    OptionError : buyers not more than 0, or arrival not between 0 and 1, both excluded.

    References
    ----------
    Krugman (1980), section III, "A two-industry economy" and "incomplete specialization".

    Examples
    --------
    >>> even = mirror_image(Technology(0.5), 10.0, 10.0, arrival=0.5)
    >>> even.goods_ratio, even.trade_balance, (even.lower, even.upper)
    (1.0, 0.0, (0.5, 2.0))
    >>> mirror_image(Technology(0.5), 15.0, 10.0, arrival=0.5).goods_ratio
    4.0
    """
    _door((home_buyers, foreign_buyers), [], arrival=arrival)
    sigma = technology.shipped(arrival)
    ratio = home_buyers / foreign_buyers
    total = technology.goods(home_buyers + foreign_buyers)
    if ratio <= sigma:
        goods, kind, home, foreign = 0.0, "foreign", 0.0, total
    elif ratio >= 1.0 / sigma:
        goods, kind, home, foreign = np.inf, "home", total, 0.0
    else:
        goods, kind = (ratio - sigma) / (1.0 - sigma * ratio), "incomplete"
        home, foreign = total * goods / (1.0 + goods), total / (1.0 + goods)
    exports = foreign_buyers * sigma * home / (sigma * home + foreign)
    imports = home_buyers * sigma * foreign / (home + sigma * foreign)
    return MirrorImage(float(goods), float(exports - imports), kind, sigma, 1.0 / sigma)


def home_market_equilibrium(
    labour: tuple[float, float], industries: list[Industry] | tuple[Industry, ...]
) -> HomeMarketEquilibrium:
    """Return the equilibrium of two countries with industries of arbitrary sizes and tastes.

    At a given relative wage each industry's numbers of goods follow in closed form, corners
    included (a country without firms is an equilibrium only where a first firm would lose). The
    relative wage then clears the labour markets. What the industries leave of income is spent on
    the good of a constant-returns industry that is traded without cost; while both countries make
    it, wages are equal.

    Parameters
    ----------
    labour : people at home and abroad; more than 0.
    industries : at least one. Spending shares of a country add up to at most 1, and either both
        countries spend on the constant-returns good or none.

    Raises
    ------
    OptionError : every value outside its range, together.

    References
    ----------
    Krugman (1980), section III; Helpman and Krugman (1985), Market Structure and Foreign Trade,
    section 10.4, for the constant-returns industry.

    Examples
    --------
    >>> cars = Industry("cars", Technology(0.75), 0.8, home_spending=0.6, foreign_spending=0.4)
    >>> cloth = Industry("cloth", Technology(0.75), 0.8, home_spending=0.4, foreign_spending=0.6)
    >>> answer = home_market_equilibrium((1.0, 1.0), [cars, cloth])
    >>> round(answer.relative_wage, 9), answer.industries[0].trade_balance > 0
    (1.0, True)
    """
    _door(labour, industries)
    home, foreign = map(float, labour)
    outside = (
        1.0 - sum(item.home_spending for item in industries),
        1.0 - sum(item.foreign_spending for item in industries),
    )
    has_outside = outside[0] > 1e-12

    def goods_at(log_wage: float) -> list[tuple[float, float]]:
        omega = float(np.exp(log_wage))
        return [_goods(item, omega, home, foreign) for item in industries]

    def used(log_wage: float) -> tuple[float, float]:
        made = goods_at(log_wage)
        sizes = [item.technology.firm_labour for item in industries]
        return (
            sum(size * pair[0] for size, pair in zip(sizes, made, strict=True)),
            sum(size * pair[1] for size, pair in zip(sizes, made, strict=True)),
        )

    log_wage = _clearing_wage(used, home, foreign, has_outside)
    omega = float(np.exp(log_wage))
    outcomes = tuple(
        _outcome(item, omega, home, foreign, *pair)
        for item, pair in zip(industries, goods_at(log_wage), strict=True)
    )
    home_used, foreign_used = used(log_wage)
    spare = (home - home_used, foreign - foreign_used) if has_outside else (0.0, 0.0)
    spare = (max(spare[0], 0.0), max(spare[1], 0.0))
    price = min(omega, 1.0)
    outside_balance = price * spare[0] - outside[0] * omega * home if has_outside else 0.0
    if has_outside and omega > 1.0:
        outside_balance = -outside[0] * omega * home
    payments = sum(item.trade_balance for item in outcomes) + outside_balance
    certificate = _certificate(
        (home, foreign), (home_used + spare[0], foreign_used + spare[1]), payments, outcomes
    )
    status = "solved" if all(line.holds for line in certificate) else "not_converged"
    return HomeMarketEquilibrium(omega, outcomes, spare, outside_balance, certificate, status)


# --- solving --------------------------------------------------------------------------------------


def _goods(item: Industry, omega: float, home: float, foreign: float) -> tuple[float, float]:
    """Return goods made at home and abroad at a relative wage, corners included.

    With phi = g^(e - 1) and u = omega^(1 - e), spending meets D = n u + n* phi at home and
    D* = n u phi + n* abroad. Zero profit of both kinds of firm is linear in 1/D and 1/D*.
    """
    power = item.technology.elasticity - 1.0
    phi, size = item.freeness, item.technology.firm_labour
    spent, spent_abroad = item.home_spending * omega * home, item.foreign_spending * foreign
    dearness = omega ** (power + 1.0)  # cost of a home firm over its weight u with buyers
    if dearness <= phi:
        return (spent + spent_abroad) / (omega * size), 0.0
    if dearness >= 1.0 / phi:
        return 0.0, (spent + spent_abroad) / size
    here = spent / (size * (dearness - phi))
    there = spent_abroad / (size * (1.0 - phi * dearness))
    goods = (here - phi * there) * omega**power
    goods_abroad = there - phi * here
    if goods <= 0:
        return 0.0, (spent + spent_abroad) / size
    if goods_abroad <= 0:
        return (spent + spent_abroad) / (omega * size), 0.0
    return goods, goods_abroad


def _clearing_wage(
    used: Callable[[float], tuple[float, float]], home: float, foreign: float, has_outside: bool
) -> float:
    """Return the log relative wage at which labour is employed in both countries.

    Home's use of labour falls in its wage and jumps nowhere, so the root is bracketed. With a
    constant-returns good wages are equal unless that would need more labour than a country has;
    then the country that makes none of the good has the higher wage.
    """
    if has_outside:
        home_used, foreign_used = used(0.0)
        if home_used <= home and foreign_used <= foreign:
            return 0.0
        if home_used > home:
            return _root(lambda log: used(log)[0] - home, 1.0)
        return _root(lambda log: foreign - used(log)[1], -1.0)
    excess = used(0.0)[0] - home
    if excess == 0.0:
        return 0.0
    return _root(lambda log: used(log)[0] - home, 1.0 if excess > 0 else -1.0)


def _root(excess: Callable[[float], float], direction: float) -> float:
    """Return the zero of a falling function, bracketed by doubling steps from 0."""
    step = 1e-3 * direction
    while abs(step) < 60.0 and excess(step) * direction > 0:
        step *= 2.0
    if excess(step) * direction > 0:
        return step  # the certificate will say that this is no equilibrium
    low, high = sorted((0.0, step))
    return float(brentq(excess, low, high, xtol=1e-15, rtol=8.9e-16, maxiter=500))


def _outcome(
    item: Industry, omega: float, home: float, foreign: float, goods: float, abroad: float
) -> IndustryOutcome:
    """Return trade balance and profits, recomputed from the numbers of goods and the wage."""
    power = item.technology.elasticity - 1.0
    weight, phi = omega**-power, item.freeness
    spent, spent_abroad = item.home_spending * omega * home, item.foreign_spending * foreign
    here = goods * weight + abroad * phi
    there = goods * weight * phi + abroad
    exports = spent_abroad * goods * weight * phi / there
    imports = spent * abroad * phi / here
    size = item.technology.firm_labour
    sales = weight * (spent / here + spent_abroad * phi / there)
    sales_abroad = spent * phi / here + spent_abroad / there
    kind = "home" if abroad == 0 else "foreign" if goods == 0 else "incomplete"
    return IndustryOutcome(
        item.name,
        goods,
        abroad,
        exports - imports,
        kind,
        sales / (omega * size) - 1.0,
        sales_abroad / size - 1.0,
    )


def _certificate(
    labour: tuple[float, float],
    used: tuple[float, float],
    payments: float,
    outcomes: tuple[IndustryOutcome, ...],
) -> tuple[CertificateLine, ...]:
    idle = max(abs(u / have - 1.0) for u, have in zip(used, labour, strict=True))
    entry = 0.0
    for item in outcomes:
        pairs = ((item.home_goods, item.home_profit), (item.foreign_goods, item.foreign_profit))
        for goods, profit in pairs:
            entry = max(entry, abs(profit) if goods > 0 else profit)
    return (
        certificate_line("labour", idle, TOLERANCE, "Largest labour idle or missing, over labour."),
        certificate_line(
            "payments",
            payments / min(labour),
            TOLERANCE,
            "The home country's exports less imports over all industries, over the smaller labour.",
        ),
        certificate_line(
            "entry",
            entry,
            TOLERANCE,
            "Largest profit of a firm, or what a first firm would earn where there is none.",
        ),
    )


def _door(
    labour: tuple[float, float],
    industries: list[Industry] | tuple[Industry, ...],
    arrival: float | None = None,
) -> None:
    """Raise with every value outside its range."""
    faults = [
        f"labour of the {name} country is {value:g}; must be more than 0"
        for name, value in zip(("home", "foreign"), labour, strict=True)
        if not 0 < value < np.inf
    ]
    given = {item.name: item.arrival for item in industries}
    if arrival is not None:
        given = {"": arrival}
    faults += [
        f"arrival {f'of industry {name} ' if name else ''}is {value:g}; must be between 0 and 1, "
        "both excluded (at 1 it does not matter where a good is made)"
        for name, value in given.items()
        if not 0 < value < 1
    ]
    if arrival is None:
        faults += _spending_faults(industries)
    if faults:
        raise OptionError("; ".join(faults))


def _spending_faults(industries: list[Industry] | tuple[Industry, ...]) -> list[str]:
    if not industries:
        return ["industries is empty; at least one is needed"]
    faults = []
    for country in ("home", "foreign"):
        shares: Array = np.array([getattr(item, f"{country}_spending") for item in industries])
        faults += [
            f"{country}_spending of industry {item.name} is {share:g}; must be 0 to 1"
            for item, share in zip(industries, shares, strict=True)
            if not 0 <= share <= 1
        ]
        if shares.sum() > 1 + 1e-12:
            faults.append(f"{country}_spending adds up to {shares.sum():g}; must be at most 1")
    faults += [
        f"industry {item.name} is bought by nobody; leave it out"
        for item in industries
        if item.home_spending == 0 and item.foreign_spending == 0
    ]
    rest = [
        1.0 - sum(getattr(item, f"{country}_spending") for item in industries)
        for country in ("home", "foreign")
    ]
    if (rest[0] > 1e-12) != (rest[1] > 1e-12):
        faults.append("one country spends all its income on these industries and the other not")
    return faults
