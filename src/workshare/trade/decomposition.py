"""What a change of welfare is made of, exactly additive.

Along any path of policies a country's real income changes by (Divisia, no approximation)

    spending x d log W = own efficiency + profit shifting + terms of trade + revenue + outside

* **own efficiency**: labour moves between industries: sum over k of (1 - s_k) x wages_k x d log
  output_k, at given size of the country. It is what scale economies and subsidies make of the
  move; with neither it is zero.
* **profit shifting**: the same move, for profits: sum of (1 - s_k) x profits_k x d log output_k
  (Ossa 2014). Own efficiency and profit shifting together are the reallocation of labour.
* **terms of trade**: export values x d log export price, less import values x d log import price,
  both at the border, before tariffs and after export taxes.
* **revenue**: tariffs x d import volumes, and export taxes x d export volumes: the wedges that
  taxes drive, times what they do to trade.
* **outside**: shocks of productivity, labour, trade costs and deficits themselves.

The path takes every tax and shock from the data to the answer at the same speed, in logs. The
derivatives and the integral are spectral (Chebyshev points): the parts add up to 100 log W to the
tolerance that the certificate states.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from workshare.arrays import Array
from workshare.results import CertificateLine, certificate_line
from workshare.trade import newton
from workshare.trade.economy import Economy
from workshare.trade.equilibrium import Equilibrium
from workshare.trade.system import Point, base_of, conditions, outside_of, start, taxes_of

ADDITIVE = 1e-6
"""What the parts may differ from the whole, in per cent of real income."""

PARTS = ("own_efficiency", "profit_shifting", "terms_of_trade", "revenue", "outside")
"""The parts, in the order of the formula."""


@dataclass(frozen=True, eq=False)
class Decomposition:
    """The parts of every country's change of real income, in log points (100 x log W).

    Attributes
    ----------
    economy : the economy.
    total : (N,) 100 x log of new over old real income.
    own_efficiency, profit_shifting, terms_of_trade, revenue, outside : (N,) its parts.
    immiserizing : (N,) whether reallocation gains (own efficiency and profit shifting together)
        and real income falls all the same.
    certificate : how well the parts add up.
    points : equilibria on the path.
    """

    economy: Economy
    total: Array
    own_efficiency: Array
    profit_shifting: Array
    terms_of_trade: Array
    revenue: Array
    outside: Array
    immiserizing: tuple[bool, ...]
    certificate: tuple[CertificateLine, ...]
    points: int


def decompose(answer: Equilibrium, *, most_points: int = 33) -> Decomposition:
    """Return the parts of every country's change of real income.

    Parameters
    ----------
    answer : a solved equilibrium.
    most_points : most equilibria on the path; doubled from 9 until the parts add up.

    Examples
    --------
    >>> import numpy as np
    >>> from workshare.trade.equilibrium import solve_equilibrium
    >>> from workshare.trade.taxes import Policy
    >>> flows = np.array([[[80.0], [20.0]], [[20.0], [80.0]]])
    >>> world = Economy(("A", "B"), ("goods",), flows, np.array([4.0]), np.array([0.2]))
    >>> tariffs = np.array([[[0.0], [0.0]], [[0.1], [0.0]]])
    >>> parts = decompose(solve_equilibrium(world, Policy(tariffs=tariffs)))
    >>> [round(float(value), 3) for value in (parts.terms_of_trade[0], parts.revenue[0])]
    [0.923, -0.143]
    >>> parts.certificate[0].holds
    True
    """
    count = 8
    while True:
        parts = _integrate(answer, count)
        total = 100.0 * np.log(answer.welfare)
        gap = float(np.abs(parts.sum(axis=0) - total).max())
        if gap <= 0.1 * ADDITIVE or 2 * count + 1 > most_points:
            break
        count *= 2
    moved = parts[0] + parts[1]
    line = certificate_line(
        "parts add up", gap, ADDITIVE, "Sum of the parts less the whole, per cent of real income."
    )
    flags = tuple(bool(up > 1e-6 and all_ < -1e-6) for up, all_ in zip(moved, total, strict=True))
    efficiency, profits, terms, revenue, outside = parts
    return Decomposition(
        answer.economy,
        total,
        efficiency,
        profits,
        terms,
        revenue,
        outside,
        flags,
        (line,),
        count + 1,
    )


def _integrate(answer: Equilibrium, count: int) -> Array:
    """Return the parts (5, N), in per cent, from ``count + 1`` equilibria on the path."""
    base = base_of(answer.economy)
    system = conditions(base, taxes_of(answer.policy), outside_of(answer.shock))
    places, differentiate, weights = _chebyshev(count)
    at = start(base)
    snapshots = []
    for place in places:
        here = newton.between(system, float(place))
        found = newton.newton(here, at, 40, 1e-13)
        if not found.solved:
            found = newton.solve(here)
        point = found.point
        at = (point.wage, point.income, point.firms)
        snapshots.append(
            _Snapshot(
                here.taxes.tariff, here.taxes.export, here.taxes.production, here.log_wedge, point
            )
        )
    return _sum_parts(answer, snapshots, differentiate, weights)


@dataclass(frozen=True, eq=False)
class _Snapshot:
    """Taxes and equilibrium at one point of the path."""

    tariff: Array
    export: Array
    production: Array
    log_wedge: Array
    point: Point


def _sum_parts(
    answer: Equilibrium, snapshots: list[_Snapshot], differentiate: Array, weights: Array
) -> Array:
    """Return the parts by integrating weights x derivatives over the snapshots."""
    economy = answer.economy
    base = base_of(economy)
    size = len(economy.countries)
    home = np.eye(size, dtype=bool)[None]
    trade_cost = np.log(np.moveaxis(answer.shock.trade_costs, 2, 0))
    productivity = np.log(answer.shock.productivity.T)
    growth = np.log(answer.shock.labour)
    logs = [
        _logs(base.mu[:, :, 0], base.free, shot, trade_cost, productivity, place)
        for shot, place in zip(snapshots, _places(snapshots), strict=True)
    ]
    parts = np.zeros((5, size))
    for index, shot in enumerate(snapshots):
        volume, price, output = (
            sum(differentiate[index, other] * logs[other][kind] for other in range(len(logs)))
            for kind in range(3)
        )
        point = shot.point
        border = point.spending / shot.tariff
        abroad = np.where(home, 0.0, border)
        subsidy = shot.export * shot.production[:, :, None]
        produced = shot.production * point.sales
        wages = produced / (1.0 + base.markup[:, :, 0])
        # output that follows from productivity and from the size of the labour force is outside
        given = productivity + (1.0 + base.mu[:, :, 0]) * growth
        moved = output - given
        spending = base.spending * np.exp(point.income)
        tariffs = (abroad * (shot.tariff - 1.0) * (volume - trade_cost)).sum(axis=(0, 1))
        exports = (abroad * (1.0 - shot.production[:, :, None] / subsidy) * volume).sum(axis=(0, 2))
        terms = (abroad * price).sum(axis=(0, 2)) - (abroad * price).sum(axis=(0, 1))
        shipped = np.where(home, point.spending, border) * trade_cost
        outside = (produced * given).sum(axis=0) - shipped.sum(axis=(0, 1))
        outside = outside + answer.shock.deficits - economy.deficits
        rates = np.stack(
            [
                (wages * moved).sum(axis=0),
                ((produced - wages) * moved).sum(axis=0),
                terms,
                tariffs + exports,
                outside,
            ]
        )
        parts += weights[index] * 100.0 * rates / spending
    return parts


def _places(snapshots: list[_Snapshot]) -> Array:
    """Return where on the path the snapshots are."""
    return _chebyshev(len(snapshots) - 1)[0]


def _logs(
    mu: Array,
    free: bool,
    shot: _Snapshot,
    trade_cost: Array,
    productivity: Array,
    place: float,
) -> tuple[Array, Array, Array]:
    """Return logs of volume shipped and border price (K, N, N) and of output (K, N)."""
    point = shot.point
    cost = np.broadcast_to(point.wage, mu.shape[:1] + point.wage.shape)
    if free:
        cost = cost - mu * point.firms
    paid = shot.log_wedge + cost[:, :, None]
    there = point.spending > 0
    spent = np.log(np.where(there, point.spending, 1.0))
    shipped = np.where(there, spent - paid + place * trade_cost, 0.0)
    border = paid - np.log(shot.tariff) - place * trade_cost
    made = point.sales > 0
    output = np.where(made, np.log(np.where(made, point.sales, 1.0)) - cost, 0.0)
    return shipped, border, output + place * productivity


def _chebyshev(count: int) -> tuple[Array, Array, Array]:
    """Return points on [0, 1], the matrix of derivatives and the weights of the integral.

    Chebyshev points of the second kind; barycentric derivatives; Clenshaw-Curtis weights.
    """
    order = np.arange(count + 1)
    places = (1.0 - np.cos(np.pi * order / count)) / 2.0
    signs = np.where(order % 2 == 0, 1.0, -1.0)
    signs[[0, -1]] *= 0.5
    gaps = places[:, None] - places[None, :] + np.eye(count + 1)
    matrix = signs[None, :] / signs[:, None] / gaps
    matrix -= np.diag(matrix.sum(axis=1))
    legendre = np.polynomial.legendre.legvander(2.0 * places - 1.0, count)
    wanted = np.zeros(count + 1)
    wanted[0] = 1.0
    return places, matrix, np.asarray(np.linalg.solve(legendre.T, wanted), dtype=np.float64)
