"""194 countries: identities at size, and what theory says of one industry."""

from __future__ import annotations

import numpy as np

from trade.liberation_day import liberation_day
from workshare.trade.equilibrium import solve_equilibrium
from workshare.trade.input_output import solve_with_inputs
from workshare.trade.taxes import Policy


def test_the_announced_tariffs_solve_with_every_identity() -> None:
    world, tariffs = liberation_day()
    answer = solve_equilibrium(world, Policy(tariffs=tariffs))
    assert answer.status == "solved"
    border = answer.flows / (1 + tariffs)
    np.testing.assert_allclose(border.sum(axis=1), answer.sales, rtol=1e-10)
    assert answer.gain("USA") > 0 > answer.gain("CHN")


def test_scale_economies_of_one_industry_change_nothing_when_labour_is_fixed() -> None:
    world, tariffs = liberation_day()
    free, _ = liberation_day("free", 0.2)
    one = solve_equilibrium(world, Policy(tariffs=tariffs))
    other = solve_equilibrium(free, Policy(tariffs=tariffs))
    np.testing.assert_allclose(other.welfare, one.welfare, rtol=1e-10)


def test_a_second_route_agrees() -> None:
    world, tariffs = liberation_day()
    one = solve_equilibrium(world, Policy(tariffs=tariffs))
    other = solve_with_inputs(world, Policy(tariffs=tariffs))
    np.testing.assert_allclose(other.welfare, one.welfare, rtol=1e-9)
