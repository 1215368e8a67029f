"""Krugman (1980), in levels: one industry of increasing returns, from one country to any number.

This file owns the one-industry model: a closed economy, economies put together, and trade with
transport costs. Two industries and the home market effect are in
:mod:`workshare.trade.home_market`.

Terms. A *good* is made by one firm; every good of an industry costs the same to make. Of a good
that is shipped abroad the share ``arrival`` (g) arrives. *Substitution* (theta, between 0 and 1)
says how alike goods are to buyers: the elasticity of demand is 1/(1 - theta). Wages are relative
to the last country's, whose wage is one. Where the paper's equation number is known it stands in
parentheses.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from workshare.arrays import Array
from workshare.errors import OptionError
from workshare.results import CertificateLine, certificate_line

TOLERANCE = 1e-10
"""Largest relative payments imbalance of an equilibrium that is certified."""


@dataclass(frozen=True, slots=True)
class Technology:
    """Tastes and technology, the same in every country.

    Attributes
    ----------
    substitution : theta of utility sum c^theta (1), between 0 and 1, both excluded.
    fixed_labour : alpha, labour a firm needs before its first unit (2); more than 0.
    marginal_labour : beta, labour per unit (2); more than 0.

    Raises
    ------
    OptionError : every value outside its range, together.

    Examples
    --------
    >>> Technology(0.75, 1.0, 1.0).elasticity
    4.0
    """

    substitution: float
    fixed_labour: float = 1.0
    marginal_labour: float = 1.0

    def __post_init__(self) -> None:
        faults = []
        if not 0 < self.substitution < 1:
            faults.append(
                f"substitution is {self.substitution:g}; must be between 0 and 1, both excluded "
                "(demand of elasticity e has substitution 1 - 1/e)"
            )
        for name in ("fixed_labour", "marginal_labour"):
            value = getattr(self, name)
            if not 0 < value < np.inf:
                faults.append(f"{name} is {value:g}; must be more than 0")
        _refuse(faults)

    @property
    def elasticity(self) -> float:
        """Elasticity of demand for a good, 1/(1 - theta)."""
        return 1.0 / (1.0 - self.substitution)

    @property
    def firm_labour(self) -> float:
        """Labour of a firm that breaks even, alpha/(1 - theta)."""
        return self.fixed_labour / (1.0 - self.substitution)

    @property
    def firm_output(self) -> float:
        """Output of a firm that breaks even, alpha theta/(beta (1 - theta)) (9)."""
        return self.substitution * self.firm_labour / self.marginal_labour

    @property
    def price_over_wage(self) -> float:
        """Price of a good over the wage, beta/theta (7)."""
        return self.marginal_labour / self.substitution

    def goods(self, labour: float) -> float:
        """Return the number of goods that ``labour`` makes, L (1 - theta)/alpha (10)."""
        return labour / self.firm_labour

    def shipped(self, arrival: float) -> float:
        """Return spending on a foreign good over that on one's own at equal wages, g^(e - 1)."""
        return float(arrival ** (self.elasticity - 1.0))


@dataclass(frozen=True, slots=True)
class ClosedEconomy:
    """A country without trade.

    Attributes
    ----------
    price : of a good, in wages per unit (7).
    firm_output : units per good (9).
    goods : number of goods (10).
    utility : of a person, sum of c^theta over goods (1).
    real_income : of a person: utility^(1/theta), which doubles when every amount doubles.
    """

    price: float
    firm_output: float
    goods: float
    utility: float
    real_income: float


def closed_economy(technology: Technology, labour: float) -> ClosedEconomy:
    """Return the equilibrium of a country that does not trade; section I of the paper.

    Parameters
    ----------
    labour : people, each working one unit; more than 0.

    Raises
    ------
    OptionError : labour is not more than 0.

    References
    ----------
    Krugman (1980), American Economic Review 70(5), 950-959, equations (1) to (10).

    Examples
    --------
    >>> alone = closed_economy(Technology(0.5), labour=100)
    >>> alone.price, alone.firm_output, alone.goods
    (2.0, 1.0, 50.0)
    """
    _labour([labour])
    goods = technology.goods(labour)
    utility = goods * (technology.firm_output / labour) ** technology.substitution
    return ClosedEconomy(
        technology.price_over_wage,
        technology.firm_output,
        goods,
        utility,
        utility ** (1.0 / technology.substitution),
    )


@dataclass(frozen=True, slots=True)
class Integration:
    """Economies that trade without cost, against each alone.

    Attributes
    ----------
    together : the one economy they are.
    alone : each by itself, in the order given.
    real_income_gain : real income of a person together over alone, by country; 1 is no gain.
    """

    together: ClosedEconomy
    alone: tuple[ClosedEconomy, ...]
    real_income_gain: tuple[float, ...]


def integrate(technology: Technology, labour: Array | list[float]) -> Integration:
    """Return what trade without cost does: the same firms, more goods for everybody.

    The gain of country i is (sum of L / L_i)^((1 - theta)/theta): it is variety alone, since
    neither price over wage nor output of a firm changes.

    Parameters
    ----------
    labour : people by country, (N,).

    Raises
    ------
    OptionError : a country's labour is not more than 0.

    References
    ----------
    Krugman (1980), section I, "Effects of trade", equation (11).

    Examples
    --------
    >>> pair = integrate(Technology(0.5), [100, 100])
    >>> [round(gain, 9) for gain in pair.real_income_gain]
    [2.0, 2.0]
    """
    people = _labour(labour)
    together = closed_economy(technology, float(people.sum()))
    alone = tuple(closed_economy(technology, float(value)) for value in people)
    gain = tuple(together.real_income / one.real_income for one in alone)
    return Integration(together, alone, gain)


@dataclass(frozen=True, eq=False)
class TradeEquilibrium:
    """Countries that trade at a transport cost.

    Attributes
    ----------
    technology, labour, arrival : what was asked; ``arrival`` as an (N, N) matrix.
    wages : (N,), the last is one.
    goods : goods made by country, (N,).
    flows : spending of country j (column) on goods of country i (row), (N, N), in wages of the
        last country.
    real_income : of a person, (N,); utility^(1/theta), comparable with :class:`ClosedEconomy`.
    gain : real income over that without trade, (N,).
    certificate : payments and labour, recomputed from the wages.
    status : ``solved``, or ``not_converged`` with the best wages found.
    """

    technology: Technology
    labour: Array
    arrival: Array
    wages: Array
    goods: Array
    flows: Array
    real_income: Array
    gain: Array
    certificate: tuple[CertificateLine, ...]
    status: str

    @property
    def relative_wage(self) -> float:
        """The paper's omega: the first country's wage over the last's."""
        return float(self.wages[0] / self.wages[-1])


def trade_equilibrium(
    technology: Technology, labour: Array | list[float], arrival: Array | float
) -> TradeEquilibrium:
    """Return wages at which every country's payments balance, for any number of countries.

    The excess demands have the gross substitutes property, so wages are unique up to their
    numeraire; they are found by Newton's method in logarithms.

    Parameters
    ----------
    labour : people by country, (N,), at least two countries.
    arrival : the share g of a good that arrives: one number for every pair of different countries,
        or an (N, N) matrix, rows exporters, with ones on its diagonal; more than 0, at most 1.

    Raises
    ------
    OptionError : a value outside its range, with its country; without trade (g = 0) wages of two
        countries cannot be compared: use :func:`closed_economy`.

    References
    ----------
    Krugman (1980), section II, equations (12) to (16), for two countries.

    Examples
    --------
    >>> world = trade_equilibrium(Technology(0.75), [2.0, 1.0], arrival=0.8)
    >>> round(world.relative_wage, 4)
    1.0452
    """
    people = _labour(labour, at_least=2)
    arrivals = _arrivals(arrival, len(people))
    freeness = (technology.elasticity - 1.0) * np.log(arrivals)  # of trade, in logarithms
    _refuse(_untraded(freeness))
    logs, converged = _wages(technology, people, freeness)
    wages = np.exp(logs - logs[-1])
    shares = _shares(technology, people, freeness, wages)
    flows = shares * (wages * people)
    goods = people / technology.firm_labour
    real = _real_income(technology, people, freeness, wages)
    alone = np.array([closed_economy(technology, float(value)).real_income for value in people])
    certificate = _certificate(technology, people, flows, wages, goods)
    held = converged and all(line.holds for line in certificate)
    return TradeEquilibrium(
        technology,
        people,
        arrivals,
        wages,
        goods,
        flows,
        real,
        real / alone,
        certificate,
        "solved" if held else "not_converged",
    )


def balance_of_payments(
    technology: Technology,
    labour: tuple[float, float],
    arrival: float,
    relative_wage: Array | float,
) -> Array:
    """Return B, the first country's exports less imports, at each relative wage; Figure 1.

    With s = (omega g)^(e - 1), a home buyer's spending on a foreign good over that on a home good,
    s* = (g/omega)^(e - 1), the same for a foreign buyer, and goods in proportion to labour::

        B = L L* [ s*/(s* L + L*) - omega s/(L + s L*) ]

    in wages of the second country. It falls wherever B is defined and has one zero.

    Parameters
    ----------
    labour : people of the two countries.
    relative_wage : omega, the first country's wage over the second's; any shape, more than 0.

    Raises
    ------
    OptionError : a value outside its range.

    Examples
    --------
    >>> at_parity = balance_of_payments(Technology(0.5), (2.0, 1.0), 0.5, 1.0)
    >>> bool(at_parity > 0)
    True
    """
    home, foreign = _labour(list(labour), at_least=2)
    _arrivals(arrival, 2)
    omega = np.asarray(relative_wage, dtype=float)
    if not (omega > 0).all():
        raise OptionError("relative_wage must be more than 0 everywhere")
    power = technology.elasticity - 1.0
    own = (omega * arrival) ** power
    theirs = (arrival / omega) ** power
    exports = theirs / (theirs * home + foreign)
    imports = omega * own / (home + own * foreign)
    return np.asarray(home * foreign * (exports - imports))


def small_arrival_wage(technology: Technology, labour: tuple[float, float]) -> float:
    """Return the limit of the relative wage as g goes to 0: (L/L*)^((1 - theta)/(1 + theta)).

    Examples
    --------
    >>> small_arrival_wage(Technology(0.5), (8.0, 1.0))
    2.0
    """
    home, foreign = _labour(list(labour), at_least=2)
    theta = technology.substitution
    return float((home / foreign) ** ((1.0 - theta) / (1.0 + theta)))


# --- solving --------------------------------------------------------------------------------------


def _shares(technology: Technology, people: Array, freeness: Array, wages: Array) -> Array:
    """Return the share of country j's spending (column) on goods of country i (row)."""
    power = technology.elasticity - 1.0
    logs = np.log(people)[:, None] + freeness - power * np.log(wages)[:, None]
    weight = np.exp(logs - logs.max(axis=0))  # scaled, so that alike goods overflow nothing
    return np.asarray(weight / weight.sum(axis=0))


def _wages(technology: Technology, people: Array, freeness: Array) -> tuple[Array, bool]:
    """Return log wages by Newton with halved steps; residual: log exports less log imports.

    Sales against payroll would say nothing where little is traded: own sales drown the rest.
    """
    count, power = len(people), technology.elasticity - 1.0
    even = np.eye(count)

    def residual(logs: Array) -> tuple[Array, Array, Array]:
        shares = _shares(technology, people, freeness, np.exp(logs))
        traded = shares * (np.exp(logs) * people) * (1.0 - even)
        return np.log(traded.sum(axis=1)) - np.log(traded.sum(axis=0)), shares, traded

    # the largest country's wage is held: by Walras' law its residual follows from the others'
    free = np.delete(np.arange(count), int(np.argmax(people)))
    logs = np.zeros(count)
    gap, shares, traded = residual(logs)
    for _ in range(100):
        size = float(np.abs(gap).max())
        if size <= 1e-14:
            break
        out = traded / traded.sum(axis=1, keepdims=True)
        into = traded / traded.sum(axis=0)
        # d log(exports_i / imports_i) / d log w_m, where d log flow_ij / d log w_m is
        # power (share_mj - [i = m]) + [j = m]
        slope = power * (out @ shares.T - shares.T + into.T - even) + out - even
        step = np.zeros(count)
        step[free] = np.linalg.solve(slope[np.ix_(free, free)], -gap[free])
        length = 1.0 / max(1.0, float(np.abs(step).max()))
        while length > 1e-6:
            trial, trial_shares, trial_traded = residual(logs + length * step)
            if np.abs(trial).max() < size:
                break
            length /= 2.0
        else:
            break  # rounding: no step is better
        logs = logs + length * step
        gap, shares, traded = trial, trial_shares, trial_traded
    return logs, bool(np.abs(gap).max() <= TOLERANCE)


def _real_income(technology: Technology, people: Array, freeness: Array, wages: Array) -> Array:
    """Return real income of a person: the wage over the price of one unit of utility^(1/theta)."""
    power = technology.elasticity - 1.0
    prices = np.log(wages * technology.price_over_wage)
    logs = np.log(technology.goods(1.0) * people)[:, None] + freeness - power * prices[:, None]
    top = logs.max(axis=0)
    level = top + np.log(np.exp(logs - top).sum(axis=0))
    return np.asarray(wages * np.exp(level / power))


def _certificate(
    technology: Technology, people: Array, flows: Array, wages: Array, goods: Array
) -> tuple[CertificateLine, ...]:
    income = wages * people
    balance = float(np.abs((flows.sum(axis=1) - flows.sum(axis=0)) / income).max())
    per_firm = flows.sum(axis=1) / goods
    profit = float(np.abs(per_firm / (wages * technology.firm_labour) - 1.0).max())
    return (
        certificate_line(
            "payments", balance, TOLERANCE, "Largest exports less imports, over income."
        ),
        certificate_line(
            "profit", profit, TOLERANCE, "Largest profit of a firm, over its cost: none is made."
        ),
    )


# --- the door -------------------------------------------------------------------------------------


def _refuse(faults: list[str]) -> None:
    if faults:
        raise OptionError("; ".join(faults))


def _labour(labour: Array | list[float], at_least: int = 1) -> Array:
    people = np.asarray(labour, dtype=float)
    if people.ndim != 1 or len(people) < at_least:
        raise OptionError(f"labour must be a list of at least {at_least} countries")
    _refuse(
        [
            f"labour of country {place} is {value:g}; must be more than 0"
            for place, value in enumerate(people, 1)
            if not 0 < value < np.inf
        ]
    )
    return people


def _untraded(freeness: Array) -> list[str]:
    """Return the countries whose trade is too little for wages to be compared in any precision."""
    abroad = freeness + np.where(np.eye(len(freeness)) > 0, -np.inf, 0.0)
    most = np.minimum(abroad.max(axis=0), abroad.max(axis=1))
    return [
        f"country {place} buys or sells e^{value:.0f} of what it would at home, which is nothing; "
        "raise arrival or lower substitution"
        for place, value in enumerate(most, 1)
        if value < -500
    ]


def _arrivals(arrival: Array | float, count: int) -> Array:
    matrix = np.asarray(arrival, dtype=float)
    if matrix.ndim == 0:
        matrix = np.full((count, count), float(matrix))
        np.fill_diagonal(matrix, 1.0)
    if matrix.shape != (count, count):
        raise OptionError(
            f"arrival has shape {matrix.shape}; must be a number or {count} x {count}"
        )
    faults = [
        f"arrival from country {i + 1} to {j + 1} is {matrix[i, j]:g}; must be more than 0 and at "
        "most 1 (without trade: closed_economy)"
        for i, j in np.argwhere(~((matrix > 0) & (matrix <= 1)))
    ]
    faults += [
        f"arrival from country {i + 1} to itself is {matrix[i, i]:g}; must be 1"
        for i in range(count)
        if matrix[i, i] != 1
    ]
    _refuse(faults)
    return matrix
