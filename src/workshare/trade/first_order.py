"""The first-order sum of Caliendo and Parro (2015): terms of trade and volume of trade.

The published welfare effects of NAFTA are this sum, with initial tariffs and arithmetic changes.
It leaves out what is of second order: the tariff revenue that is lost as tariffs fall. The exact
change of real income should always be read beside it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from workshare.arrays import Array
from workshare.trade.economy import Economy
from workshare.trade.input_output import InputOutputEquilibrium


@dataclass(frozen=True, eq=False)
class FirstOrder:
    """Per cent of initial income, each (N,).

    Attributes
    ----------
    terms_of_trade : exports at the change of own cost less imports at the change of partners'.
    volume_of_trade : initial tariff revenue on the change of real imports.
    exact : the exact change of real income.
    real_wage : the exact change of the real wage.
    """

    terms_of_trade: Array
    volume_of_trade: Array
    exact: Array
    real_wage: Array

    @property
    def total(self) -> Array:
        """The sum of the two terms, per cent; (N,)."""
        return np.asarray(self.terms_of_trade + self.volume_of_trade)


def first_order(answer: InputOutputEquilibrium) -> FirstOrder:
    """Return the terms- and volume-of-trade terms of an equilibrium beside its exact effects.

    References
    ----------
    Caliendo and Parro (2015), Review of Economic Studies 82(1), equation 16 and table 2.

    Examples
    --------
    >>> from workshare.trade.input_output import solve_with_inputs
    >>> flows = np.array([[[80.0], [20.0]], [[20.0], [80.0]]])
    >>> world = Economy(("A", "B"), ("goods",), flows, np.array([4.0]), np.zeros(1),
    ...                 input_shares=np.full((2, 1, 1), 0.5))
    >>> first_order(solve_with_inputs(world)).total
    array([0., 0.])
    """
    economy = answer.economy
    old = economy.flows / (1.0 + economy.tariffs)
    new = answer.flows / (1.0 + answer.policy.tariffs)
    change = answer.cost - 1.0
    income = _final_spending(economy)
    exports, imports = old.sum(axis=1), old
    terms = (exports * change).sum(axis=1) - (imports * change[:, None, :]).sum(axis=(0, 2))
    grown = np.divide(new, old, out=np.ones_like(new), where=old > 0) - 1.0
    volume = (economy.tariffs * old * (grown - change[:, None, :])).sum(axis=(0, 2))
    return FirstOrder(
        100.0 * terms / income,
        100.0 * volume / income,
        answer.gains,
        100.0 * (answer.real_wage - 1.0),
    )


def _final_spending(economy: Economy) -> Array:
    """Return spending on final goods; (N,), money per year."""
    used = np.einsum("nkj,nj->n", economy.input_shares, economy.sales)
    return np.asarray(economy.spending - used)
