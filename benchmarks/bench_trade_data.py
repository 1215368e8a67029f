"""Public trade data: NAFTA with inputs, and 194 countries, each beside a plain scipy route.

Measured with one BLAS thread where the environment says so (``OMP_NUM_THREADS=1``). The data are
public but not shipped; without them nothing is measured. The plain route solves the same conditions
with ``scipy.optimize.root`` and numerical derivatives.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

import numpy as np
from scipy.optimize import root

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from measure import figure
from trade.liberation_day import FOLDER as DAY
from trade.liberation_day import liberation_day
from trade.nafta import FOLDER as TABLES
from trade.nafta import nafta
from workshare.trade.economy import Economy
from workshare.trade.equilibrium import solve_equilibrium
from workshare.trade.first_order import first_order
from workshare.trade.input_output import solve_with_inputs
from workshare.trade.taxes import Policy


def best(work: object, times: int = 3) -> float:
    """Return the least processor time (s) of several runs."""
    found = []
    for _ in range(times):
        start = time.process_time()
        work()  # type: ignore[operator]
        found.append(time.process_time() - start)
    return min(found)


def plain(economy: Economy, tariffs: np.ndarray) -> np.ndarray:
    """Return wages of a one-industry economy by scipy's root, from excess demands in levels."""
    shares, epsilon = economy.trade_shares[:, :, 0], float(economy.trade_elasticity[0])
    spending, bill = economy.spending, economy.sales[:, 0]
    tariff = tariffs[:, :, 0]

    def excess(unknown: np.ndarray) -> np.ndarray:
        wage = np.abs(unknown)
        raised = shares * (wage[:, None] * (1 + tariff)) ** -epsilon
        now = raised / raised.sum(axis=0)
        kept = (now / (1 + tariff)).sum(axis=0)
        income = (wage * bill + economy.deficits) / kept  # revenue included
        sold = (now / (1 + tariff)) @ income
        gap = (sold - wage * bill) / bill
        gap[0] = (wage * bill).sum() / bill.sum() - 1
        return gap

    assert spending.size
    return root(excess, np.ones(len(bill)), tol=1e-10).x


def main() -> None:
    """Measure what there is data for."""
    if TABLES.is_dir():
        world, after = nafta()
        policy = Policy(tariffs=after)
        answer = first_order(solve_with_inputs(world, policy))
        mexico = world.country("Mexico")
        figure("NAFTA: real wage of Mexico", float(answer.real_wage[mexico]), "%")
        figure("NAFTA: exact welfare of Mexico", float(answer.exact[mexico]), "%")
        figure("NAFTA: processor time", best(lambda: solve_with_inputs(world, policy)), "s", 1.0)
    if DAY.is_dir():
        world, tariffs = liberation_day()
        policy = Policy(tariffs=tariffs)
        ours = best(lambda: solve_equilibrium(world, policy))
        theirs = best(lambda: plain(world, tariffs), 1)
        wages = plain(world, tariffs)
        gap = np.abs(wages / solve_equilibrium(world, policy).wage - 1).max()
        figure("194 countries: processor time", ours, "s", 0.3)
        figure("194 countries: plain scipy, processor time", theirs, "s")
        figure("194 countries: plain scipy over ours", theirs / ours, "ratio", at_least=1.0)
        figure("194 countries: largest difference of wages", float(gap), "share", 1e-8)


if __name__ == "__main__":
    main()
