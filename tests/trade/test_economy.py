"""An economy is checked at the door: every fault at once, each with its cell."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from workshare.errors import EconomyError
from workshare.trade.economy import Economy, implied_deficits


def two(**changes: Any) -> Economy:
    """Return a balanced economy of two countries and two industries, with some fields changed."""
    fields: dict[str, Any] = {
        "countries": ("North", "South"),
        "industries": ("steel", "food"),
        "flows": np.array([[[50.0, 30.0], [10.0, 10.0]], [[10.0, 10.0], [20.0, 60.0]]]),
        "trade_elasticity": np.array([4.0, 3.0]),
        "scale_elasticity": np.array([0.2, 0.1]),
    }
    return Economy(**(fields | changes))


def test_shares_add_up() -> None:
    world = two()
    assert np.allclose(world.trade_shares.sum(axis=0), 1)
    assert np.allclose(world.spending_shares.sum(axis=1), 1)
    assert np.allclose(world.sales.sum(axis=1), world.spending)


def test_arrays_are_copies_and_frozen() -> None:
    flows = np.array([[[50.0, 30.0], [10.0, 10.0]], [[10.0, 10.0], [20.0, 60.0]]])
    world = two(flows=flows)
    flows[0, 0, 0] = 7
    assert world.flows[0, 0, 0] == 50
    with pytest.raises(ValueError, match="read-only"):
        world.flows[0, 0, 0] = 1


def test_every_fault_is_named_by_its_cell_at_once() -> None:
    flows = np.array(two().flows)
    flows[0, 1, 0] = -3
    tariffs = np.zeros_like(flows)
    tariffs[1, 0, 1] = -1.5
    with pytest.raises(EconomyError) as caught:
        two(flows=flows, tariffs=tariffs, trade_elasticity=np.array([4.0, 0.0]))
    places = [fault.place for fault in caught.value.faults]
    assert places == [
        "flows exporter North, importer South, industry steel",
        "tariffs exporter South, importer North, industry food",
        "trade_elasticity industry food",
    ]
    assert "-3" in str(caught.value)
    assert "-1.5" in str(caught.value)


def test_unbalanced_flows_are_a_fault_unless_the_deficit_is_stated() -> None:
    flows = np.array(two().flows)
    flows[0, 1, 0] = 15
    with pytest.raises(EconomyError, match=r"flows country South.*spends 5") as caught:
        two(flows=flows)
    assert len(caught.value.faults) == 2
    deficits = implied_deficits(flows, np.zeros_like(flows))
    assert two(flows=flows, deficits=deficits).deficits.sum() == pytest.approx(0)


def test_an_unknown_country_gets_its_nearest_names() -> None:
    with pytest.raises(EconomyError, match="Nearest: North"):
        two().country("Nord")


def test_inputs_leave_value_added() -> None:
    shares = np.full((2, 2, 2), 0.45)
    with pytest.raises(EconomyError, match="country North, industry steel"):
        two(input_shares=shares)  # inputs take 0.9 and profit 1/6 of steel
    assert two(input_shares=shares * 0.5).has_inputs


def test_shapes_come_first() -> None:
    with pytest.raises(EconomyError, match=r"shape is \(2,\) for 2 countries") as caught:
        two(scale_elasticity=np.ones(3), entry="none")
    assert len(caught.value.faults) == 2
