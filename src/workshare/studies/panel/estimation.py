"""Elasticities from the panel: moment conditions on inverted fundamentals, by two-step GMM.

Inversion gives log theta of every place and year for any elasticities, whatever equilibrium was
selected. Its change between two observed years is taken to be

    change of log theta_s = b change of z_s + (year and sector) + error,

with z_s the instrument of sector s. In log shares this is linear in attraction q and crowding d:

    change of log(L_s / L_0) = q change of log u_s - d change of log L_s + b change of z_s + ...

L_s answers to the error, so q and d need instruments from outside: the changes of *other* sectors'
z_k, and those changes times the shares L_k of the year before. What is assumed: z_k moves sector s
only through sizes; the error is not known in the year before; no place moves another's z. Base c
and cross x are stated, not estimated. Standard errors allow for any dependence within clusters.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from scipy.stats import chi2

from workshare.arrays import Array
from workshare.errors import OptionError
from workshare.studies.panel.panel import Panel
from workshare.studies.panel.place_model import MAX_DENOMINATOR, PlaceModel


@dataclass(frozen=True, slots=True)
class Estimate:
    """Estimated elasticities.

    Attributes
    ----------
    attraction, crowding : estimates; crowding is the stated value where it was not estimated.
    attraction_error, crowding_error : standard errors; 0 where not estimated.
    pull : b, the effect of a sector's own instrument on its log fundamentals; pull_error.
    first_stage : F statistic of the excluded instruments for log u (clustered): below 10 is weak.
    overidentification : Hansen's J; probability : of a larger one if the moments hold; NaN where
        there are no more moments than coefficients.
    observations, clusters : numbers used.
    model : the model with the estimates rounded to small fractions.
    within : whether the rounded values lie within 1.96 standard errors of the estimates.
    """

    attraction: float
    attraction_error: float
    crowding: float
    crowding_error: float
    pull: float
    pull_error: float
    first_stage: float
    overidentification: float
    probability: float
    observations: int
    clusters: int
    model: PlaceModel
    within: bool


def estimate_elasticities(
    panel: Panel,
    *,
    base: float = 0.05,
    cross: float = 0.1,
    crowding: Fraction | None = Fraction(0),
    denominator: int = 2,
) -> Estimate:
    """Return attraction, and crowding where it is None, from the panel's instruments.

    Parameters
    ----------
    base, cross : stated.
    crowding : stated value; None: estimate it too.
    denominator : largest denominator of the fractions the estimates are rounded to.

    Raises
    ------
    OptionError : no instruments, one sector only, too few observations, an estimate below zero, or
        moments that do not tell the coefficients apart.
    """
    if panel.instruments is None:
        raise OptionError(
            "Estimation needs a column instrument_SECTOR for every sector; or state elasticities"
        )
    if len(panel.sectors) < 2:
        raise OptionError(
            "Estimation needs two sectors or more: another sector's instrument moves a sector's "
            "size from outside; or state elasticities"
        )
    if not 1 <= denominator <= MAX_DENOMINATOR:
        raise OptionError(f"denominator is {denominator}; must be 1 to {MAX_DENOMINATOR}")
    probe = PlaceModel(len(panel.sectors), base=base, cross=cross)
    left, ends, own, outside, clusters = _differences(panel, probe)
    if crowding is not None:
        left = left + float(crowding) * ends[:, 1]
        ends = ends[:, :1]
    X, Z = np.column_stack([ends, own]), np.column_stack([own, outside])
    if len(left) < 10 * Z.shape[1]:
        raise OptionError(f"Estimation has {len(left)} changes; at least {10 * Z.shape[1]} needed")
    values, errors, J = _gmm(left, X, Z, clusters)
    q, b = values[0], values[-1]
    d, d_error = (values[1], errors[1]) if crowding is None else (float(crowding), 0.0)
    if q < 0 or d < -1.96 * d_error:
        raise OptionError(
            f"The estimates are attraction {q:.3g} ({errors[0]:.2g}) and crowding {d:.3g} "
            f"({d_error:.2g}); both must be at least 0 for the model: state elasticities instead"
        )
    # a crowding below zero within its error is taken as zero
    rounded = [Fraction(max(float(v), 0.0)).limit_denominator(denominator) for v in (q, d)]
    attraction, crowd = rounded[0], (crowding if crowding is not None else rounded[1])
    within = abs(float(attraction) - q) <= 1.96 * errors[0]
    within = within and abs(float(crowd) - d) <= 1.96 * d_error + 1e-12
    spare = Z.shape[1] - X.shape[1]
    return Estimate(
        float(q), float(errors[0]), float(d), float(d_error), float(b), float(errors[-1]),
        _first_stage(ends[:, 0], own, outside, clusters), J if spare else np.nan,
        float(chi2.sf(J, spare)) if spare else np.nan, len(left), len(np.unique(clusters)),
        PlaceModel(len(panel.sectors), attraction, crowd, base, cross), bool(within),
    )  # fmt: skip


def _differences(panel: Panel, model: PlaceModel) -> tuple[Array, Array, Array, Array, np.ndarray]:
    """Return the changes, stacked over sectors and pairs of years, each pair and sector centred."""
    assert panel.instruments is not None
    shares, z = panel.shares, panel.instruments
    parts: list[tuple[Array, ...]] = []
    for t in range(len(panel.years) - 1):
        there = panel.observed[:, t] & panel.observed[:, t + 1]
        there &= np.all(np.isfinite(z[:, t : t + 2]), axis=(1, 2))
        if there.sum() < 2:
            continue
        two = shares[there, t : t + 2]
        rest = np.log(1 - two.sum(axis=2))
        dz = z[there, t + 1] - z[there, t]
        for s in range(len(panel.sectors)):
            others = [k for k in range(len(panel.sectors)) if k != s]
            size, scale = np.log(two[:, :, s]), np.log(model.scale(two)[:, :, s])
            columns = [np.diff(size - rest)[:, 0], np.diff(scale)[:, 0], -np.diff(size)[:, 0]]
            columns += [dz[:, s], dz[:, others].sum(axis=1)]
            columns += [(two[:, 0, others] * dz[:, others]).sum(axis=1)]
            table = np.column_stack(columns)
            parts.append((table - table.mean(axis=0), panel.clusters[there]))
    if not parts:
        raise OptionError("Estimation needs places with two years observed and instruments in both")
    table = np.concatenate([part[0] for part in parts])
    clusters = np.concatenate([part[1] for part in parts])
    ends = np.column_stack([table[:, 1], table[:, 2]])
    return table[:, 0], ends, table[:, 3], table[:, 4:], np.asarray(clusters)


def _gmm(y: Array, X: Array, Z: Array, clusters: np.ndarray) -> tuple[Array, Array, float]:
    """Return coefficients, standard errors and J of two-step GMM."""
    n = len(y)
    ZX, Zy = Z.T @ X / n, Z.T @ y / n
    weight = np.linalg.inv(Z.T @ Z / n)
    for _ in range(2):
        matrix = ZX.T @ weight @ ZX
        if np.linalg.cond(matrix) > 1e12:
            raise OptionError("The instruments do not tell the coefficients apart; state one more")
        values = np.linalg.solve(matrix, ZX.T @ weight @ Zy)
        spread = _clustered(Z * (y - X @ values)[:, None], clusters) / n
        weight = np.linalg.inv(spread)
    covariance = np.linalg.inv(ZX.T @ weight @ ZX) / n
    moment = Zy - ZX @ values
    return (
        np.asarray(values),
        np.asarray(np.sqrt(np.diag(covariance))),
        float(n * moment @ weight @ moment),
    )


def _clustered(rows: Array, clusters: np.ndarray) -> Array:
    """Return the sum over clusters of outer products of their sums."""
    sums = np.zeros((int(clusters.max()) + 1, rows.shape[1]))
    np.add.at(sums, clusters, rows)
    return np.asarray(sums.T @ sums)


def _first_stage(end: Array, own: Array, outside: Array, clusters: np.ndarray) -> float:
    """Return the F statistic of the excluded instruments in a regression of log u."""
    W = np.column_stack([own, outside])
    inverse = np.linalg.inv(W.T @ W)
    values = inverse @ W.T @ end
    covariance = inverse @ _clustered(W * (end - W @ values)[:, None], clusters) @ inverse
    part, block = values[1:], covariance[1:, 1:]
    return float(part @ np.linalg.solve(block, part) / len(part))
