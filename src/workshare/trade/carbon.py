"""Carbon: emissions of an equilibrium, border adjustment, and taxes that carry a carbon price.

Emissions of an industry are its intensity in the data (tonnes per unit of money of sales) times its
real output. A **border adjustment** charges imports for the carbon in them as far as their origin
does not; the **corrective wedge** of Lashkaripour and Wu (2025), composite of scale, markup and
carbon, is here 1 - s = 1 / ((1 + markup)(1 + mu)) + price x intensity.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from workshare.arrays import Array
from workshare.errors import EconomyError, Fault, OptionError
from workshare.trade.economy import Economy, cell_faults
from workshare.trade.equilibrium import Equilibrium
from workshare.trade.input_output import InputOutputEquilibrium
from workshare.trade.system import base_of, corrective
from workshare.trade.taxes import Policy, complete_policy


@dataclass(frozen=True, eq=False)
class Emissions:
    """Emissions before and after; tonnes per year in the unit of the intensities.

    Attributes
    ----------
    before, after : (N, K).
    """

    before: Array
    after: Array

    @property
    def change(self) -> float:
        """Change of world emissions, per cent."""
        return float(100.0 * (self.after.sum() / self.before.sum() - 1.0))


def check_intensities(economy: Economy, intensities: Array) -> Array:
    """Return the intensities (N, K), tonnes per unit of money of sales; EconomyError on faults."""
    array = np.asarray(intensities, dtype=np.float64)
    shape = economy.sales.shape
    if array.shape != shape:
        rule = f"shape is {shape}: one intensity per country and industry"
        raise EconomyError([Fault("intensities", economy.name, str(array.shape), rule, "")])
    wrong = np.asarray(~(np.isfinite(array) & (array >= 0)))
    rule, cure = "an emission intensity is a number >= 0", "Is a cell missing?"
    faults = list(cell_faults(economy, "intensities", array, wrong, rule, cure))
    if faults:
        raise EconomyError(faults)
    return array


def emissions(answer: Equilibrium, intensities: Array) -> Emissions:
    """Return emissions before and after a change.

    Real output follows labour: with free entry output is labour to the power 1 + mu.

    Examples
    --------
    >>> import numpy as np
    >>> from workshare.trade.equilibrium import solve_equilibrium
    >>> flows = np.array([[[80.0], [20.0]], [[20.0], [80.0]]])
    >>> world = Economy(("A", "B"), ("goods",), flows, np.array([4.0]), np.array([0.2]))
    >>> float(emissions(solve_equilibrium(world), np.ones((2, 1))).after.sum())
    200.0
    """
    economy = answer.economy
    rates = check_intensities(economy, intensities)
    power = 1.0 + (economy.scale_elasticity if economy.entry == "free" else 0.0)
    output = np.maximum(answer.labour, 0.0) ** power * answer.shock.productivity
    before = rates * economy.sales
    return Emissions(before, before * output)


def emissions_with_inputs(answer: InputOutputEquilibrium, intensities: Array) -> Emissions:
    """Return emissions before and after a change where industries use each other's goods.

    Real output is sales over the producer's price; with free entry that is sales over cost, to the
    power 1 + mu. Emissions are those of the industry that makes the good, not of its suppliers.
    """
    economy = answer.economy
    rates = check_intensities(economy, intensities)
    power = 1.0 + (economy.scale_elasticity if economy.entry == "free" else 0.0)
    base = economy.sales
    grown = np.divide(answer.sales, base, out=np.ones_like(base), where=base > 0)
    output = (grown / answer.cost) ** power * answer.shock.productivity
    before = rates * base
    return Emissions(before, before * output)


def embodied_intensities(economy: Economy, intensities: Array) -> Array:
    """Return emissions along the whole supply chain, per unit of money of sales; (N, K).

    The good's own, those of its inputs wherever they were made, of their inputs, and so on: the
    solution of ``m = intensity + transpose(A) m`` with ``A`` the inputs bought from every country
    and industry over sales (Leontief). Without intermediate inputs they are the intensities.

    Examples
    --------
    >>> import numpy as np
    >>> flows = np.array([[[80.0], [20.0]], [[20.0], [80.0]]])
    >>> world = Economy(("A", "B"), ("goods",), flows, np.array([4.0]), np.zeros(1),
    ...                 input_shares=np.full((2, 1, 1), 0.5))
    >>> embodied_intensities(world, np.ones((2, 1))).ravel().round(6).tolist()
    [2.0, 2.0]
    """
    rates = check_intensities(economy, intensities)
    if not economy.has_inputs:
        return rates
    size = rates.size
    # at the border price: a tariff on an input is no purchase of anything
    border = economy.trade_shares / (1.0 + economy.tariffs)
    bought = np.einsum("ink,nkj->iknj", border, economy.input_shares)
    matrix = bought.reshape(size, size)
    whole = np.linalg.solve(np.eye(size) - matrix.T, rates.ravel())
    return np.asarray(whole.reshape(rates.shape))


def border_adjustment(
    economy: Economy,
    intensities: Array,
    price: float,
    members: Sequence[str],
    others: Policy | None = None,
) -> Policy:
    """Return the policy in which members charge carbon at home and at their common border.

    Members tax their own production by price x intensity (as a negative production subsidy on top
    of what they have) and, on imports from outsiders, add price x the origin's intensity to the
    tariff; exports to outsiders are relieved of the charge. Between members nothing is added.

    Parameters
    ----------
    intensities : (N, K), tonnes per unit of money. price : money per tonne, >= 0.
    members : who adjusts. Give :func:`embodied_intensities` to charge what is in the whole chain.
    """
    rates = price * check_intensities(economy, intensities)
    if not price >= 0:
        raise OptionError("price: a carbon price is >= 0")
    full = complete_policy(economy, others)
    inside = np.zeros(len(economy.countries), dtype=bool)
    inside[[economy.country(name) for name in members]] = True
    outgoing = (inside[:, None] & ~inside[None, :])[:, :, None]
    incoming = (~inside[:, None] & inside[None, :])[:, :, None]
    own = np.where(inside[:, None], rates, 0.0)
    kept = (1.0 - full.production_subsidies) + own
    tariffs = np.where(incoming, full.tariffs + rates[:, None, :], full.tariffs)
    relieved = (1.0 - full.export_subsidies) * ((1.0 - full.production_subsidies) / kept)[:, None]
    exports = np.where(outgoing, 1.0 - relieved, full.export_subsidies)
    return Policy(tariffs, exports, 1.0 - kept, f"border adjustment at {price:g}")


def carbon_subsidies(
    economy: Economy, intensities: Array, price: float, members: Sequence[str] = ()
) -> Policy:
    """Return the corrective production subsidies when carbon has a price, for members (or all).

    Scale and markup ask for a subsidy, carbon for a tax: 1 - s = 1 / ((1 + markup)(1 + mu)) +
    price x intensity, the wedge of Lashkaripour and Wu (2025) in our form. It sees neither trade
    nor demand nor who supplies whom, so it is the same with intermediate inputs; with everybody a
    member it is the efficient policy at that social cost of carbon, as far as prices stay near
    those of the data (the charge is a share of the price).
    """
    rates = price * check_intensities(economy, intensities)
    full = complete_policy(economy, None)
    inside = np.zeros(len(economy.countries), dtype=bool)
    inside[[economy.country(name) for name in members or economy.countries]] = True
    wanted = 1.0 - (corrective(base_of(economy))[:, 0][None, :] + rates)
    production = np.where(inside[:, None], wanted, full.production_subsidies)
    return Policy(full.tariffs, full.export_subsidies, production, f"carbon at {price:g}")
