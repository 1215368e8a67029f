"""Equilibrium after a change of taxes, trade costs, productivity or labour, in changes.

The one public verb is :func:`solve_equilibrium`. Its answer carries a status, a certificate that
:mod:`workshare.trade.verify` recomputes from the problem and the answer alone, and every country's
welfare. With a trade elasticity times scale elasticity of one or more in some industry more than
one equilibrium can exist; then the answer is one branch, says so, and
:func:`workshare.trade.branches.find_branches` looks for the others.
"""

from __future__ import annotations

import dataclasses
import enum
import hashlib
from dataclasses import dataclass

import numpy as np

from workshare.arrays import Array
from workshare.errors import EconomyError, Fault
from workshare.results import CertificateLine, inputs_hash
from workshare.trade import newton
from workshare.trade.economy import ARRAYS, Economy
from workshare.trade.system import (
    Base,
    Conditions,
    Point,
    base_of,
    conditions,
    log_welfare,
    outside_of,
    taxes_of,
)
from workshare.trade.taxes import Policy, Shock, complete_policy, complete_shock
from workshare.trade.verify import verify

UNIQUE_BELOW = 0.999
"""Trade elasticity x scale elasticity from which on an answer is called one branch of several."""


class EquilibriumStatus(enum.StrEnum):
    """How much is known about an equilibrium.

    SOLVED : every condition holds in logs, no firm gains by entering.
    BRANCH : the same, but in some industry the two elasticities multiply to about one or more, so
        that other equilibria can exist: this is one branch.
    NOT_CONVERGED : some condition does not hold; the point is the best found.
    """

    SOLVED = "solved"
    BRANCH = "branch"
    NOT_CONVERGED = "not_converged"


@dataclass(frozen=True, eq=False)
class Equilibrium:
    """An equilibrium in changes, beside the one in the data.

    Attributes
    ----------
    economy, policy, shock : the problem; every array of policy and shock in full shape.
    wage, income : (N,) new over old wage and spending; the world wage bill is the unit of money.
    labour : (N, K) new over old labour, hence firms, in each industry; with restricted entry the
        labour there (firms are fixed).
    price_index : (N, K) new over old price index of a destination's industry.
    flows : (N, N, K) new spending at buyers' prices, money per year.
    sales : (N, K) what producers receive, money per year.
    welfare : (N,) new over old real income: 1.01 is a gain of 1 %.
    status : see :class:`EquilibriumStatus`.
    certificate : the conditions, recomputed.
    residual : largest log gap of the conditions.
    evaluations, derivatives, stages : the work done; stages > 1 is homotopy in the policy.
    notes : what a reader must know, in words.
    inputs : hash of the problem.
    """

    economy: Economy
    policy: Policy
    shock: Shock
    wage: Array
    income: Array
    labour: Array
    price_index: Array
    flows: Array
    sales: Array
    welfare: Array
    status: EquilibriumStatus
    certificate: tuple[CertificateLine, ...]
    residual: float
    evaluations: int
    derivatives: int
    stages: int
    notes: tuple[str, ...]
    inputs: str

    @property
    def gains(self) -> Array:
        """Change of real income of every country, per cent; (N,)."""
        return np.asarray(100.0 * (self.welfare - 1.0))

    def gain(self, country: str) -> float:
        """Return the change of real income of one country, per cent."""
        return float(self.gains[self.economy.country(country)])


def solve_equilibrium(
    economy: Economy,
    policy: Policy | None = None,
    shock: Shock | None = None,
    *,
    near: Equilibrium | None = None,
    most_steps: int = 60,
) -> Equilibrium:
    """Return the equilibrium under a policy and a shock.

    Parameters
    ----------
    economy : without intermediate inputs (those have their own solver).
    policy, shock : what changes; not given, nothing does.
    near : an equilibrium of the same economy to start from; default, nothing changes.
    most_steps : most Newton steps of one attempt, before homotopy.

    Returns
    -------
    equilibrium : with status and certificate; non-convergence is a status, not an error.

    Raises
    ------
    EconomyError : the policy or the shock has faults, each named by its cell.

    References
    ----------
    Lashkaripour and Lugovskyy (2023), American Economic Review 113(10), equations 18 to 21, with
    the entry condition in logs; Dekle, Eaton and Kortum (2008) for equilibria in changes.

    Examples
    --------
    >>> import numpy as np
    >>> flows = np.array([[[80.0], [20.0]], [[20.0], [80.0]]])
    >>> world = Economy(("A", "B"), ("goods",), flows, np.array([4.0]), np.array([0.2]))
    >>> tariffs = np.array([[[0.0], [0.0]], [[0.1], [0.0]]])  # A taxes what comes from B
    >>> answer = solve_equilibrium(world, Policy(tariffs=tariffs))
    >>> answer.status.value, [round(float(gain), 2) for gain in answer.gains]
    ('solved', [0.78, -0.95])
    """
    if economy.has_inputs:
        rule = "this solver takes economies without intermediate inputs"
        cure = "Use the input-output solver, or leave input_shares out."
        raise EconomyError([Fault("input_shares", economy.name, "given", rule, cure)])
    policy, shock = complete_policy(economy, policy), complete_shock(economy, shock)
    base = base_of(economy)
    system = conditions(base, taxes_of(policy), outside_of(shock))
    at = None
    if near is not None:
        at = (np.log(near.wage), np.log(near.income), _firms(base, near.labour))
    found = newton.solve(system, at, most=most_steps)
    return describe(economy, policy, shock, system, found)


def _firms(base: Base, labour: Array) -> Array:
    """Return the unknown of labour by industry: its log, or nothing with restricted entry."""
    return np.log(labour.T) if base.free else np.zeros((0, len(labour)))


def describe(
    economy: Economy, policy: Policy, shock: Shock, system: Conditions, found: newton.Found
) -> Equilibrium:
    """Return the record of where the solver ended, certificate recomputed."""
    point, base = found.point, system.base
    wage, income = np.exp(point.wage), np.exp(point.income)
    labour = _labour(base, system, point)
    lines = verify(economy, policy, shock, wage, income, labour)
    status, notes = status_of(economy, lines)
    return Equilibrium(
        economy,
        policy,
        shock,
        wage,
        income,
        labour,
        np.exp(point.log_price).T.copy(),
        np.ascontiguousarray(np.moveaxis(point.spending, 0, 2)),
        point.sales.T.copy(),
        np.exp(log_welfare(base, point)),
        status,
        lines,
        point.size,
        found.evaluations,
        found.derivatives,
        found.stages,
        notes,
        problem_hash(economy, policy, shock),
    )


def rebased(answer: Equilibrium) -> Economy:
    """Return the economy at an equilibrium, as a new economy to start from.

    With a shock to zero deficits this closes deficits as Dekle, Eaton and Kortum (2008) do.

    Raises
    ------
    EconomyError : there are subsidies, which an economy's own data do not carry, or the answer is
        no equilibrium.
    """
    policy = answer.policy
    if policy.export_subsidies.any() or policy.production_subsidies.any():
        rule, cure = "a base has tariffs only", "Start from an equilibrium without subsidies."
        raise EconomyError([Fault("policy", policy.name, "subsidies", rule, cure)])
    if answer.status is EquilibriumStatus.NOT_CONVERGED:
        rule, cure = "a base is an equilibrium", "See the certificate of the answer."
        raise EconomyError([Fault("equilibrium", policy.name, answer.status, rule, cure)])
    return dataclasses.replace(
        answer.economy,
        flows=answer.flows,
        tariffs=policy.tariffs,
        deficits=answer.shock.deficits,
    )


def problem_hash(economy: Economy, policy: Policy, shock: Shock) -> str:
    """Return the hash of a problem: its arrays' bytes and its names."""

    def digest(array: Array) -> str:
        return hashlib.sha256(np.ascontiguousarray(array).tobytes()).hexdigest()

    parts: dict[str, object] = {"names": [economy.countries, economy.industries, economy.entry]}
    for record, names in (
        (economy, ARRAYS),
        (policy, ("tariffs", "export_subsidies", "production_subsidies")),
        (shock, ("trade_costs", "productivity", "labour", "deficits")),
    ):
        for name in names:
            parts[f"{type(record).__name__}.{name}"] = digest(getattr(record, name))
    return inputs_hash(parts)


def _labour(base: Base, system: Conditions, point: Point) -> Array:
    """Return new over old labour in each industry; (N, K)."""
    if base.free:
        return np.exp(point.firms).T.copy()
    payroll = point.sales / (1.0 + base.markup[:, :, 0])
    old = base.labour_shares * base.wage_bill * np.exp(point.wage)
    return np.asarray(np.where(old > 0, payroll / np.where(old > 0, old, 1.0), 1.0).T)


def status_of(
    economy: Economy, lines: tuple[CertificateLine, ...]
) -> tuple[EquilibriumStatus, tuple[str, ...]]:
    """Return the status and the notes that follow from the certificate and the elasticities."""
    failed = [line for line in lines if not line.holds]
    if failed:
        told = "; ".join(f"{line.name} {line.value:.2g}" for line in failed)
        return EquilibriumStatus.NOT_CONVERGED, (f"Conditions that do not hold: {told}.",)
    product = economy.trade_elasticity * economy.scale_elasticity
    several = [
        name
        for name, value in zip(economy.industries, product, strict=True)
        if economy.entry == "free" and value >= UNIQUE_BELOW
    ]
    if several:
        note = (
            "Trade elasticity times scale elasticity is about one or more in "
            f"{', '.join(several)}: other equilibria can exist, this is one branch."
        )
        return EquilibriumStatus.BRANCH, (note,)
    return EquilibriumStatus.SOLVED, ()
