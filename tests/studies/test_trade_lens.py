"""A scenario through the trade engine: outputs as it says, everything left out is told."""

from __future__ import annotations

import numpy as np
import pytest

from studies.cases import study
from trade.worlds import random_world
from workshare.errors import EconomyError, OptionError
from workshare.studies.trade_lens import trade_lens


def test_a_scenario_becomes_subsidies_and_everybodys_welfare() -> None:
    result = study("islands")
    goods = {good.id: "k0" for good in result.region.goods}
    codes = [participant.id for participant in result.region.participants]
    world = random_world(len(codes) + 1, 2, countries=(*codes, "Rest"))
    whole = result.scenarios[0]
    largest = sum(abs(plant.profit) + plant.fixed_cost for plant in whole.plants) or 1.0
    money = 0.01 * float(world.sales.min()) / largest
    seen = trade_lens(result, world, goods, money=money)
    assert seen.scenario == whole.name
    assert set(seen.gains) == {*codes, "Rest"}
    assert np.abs(seen.added).max() > 0
    targets = seen.support.targets
    asked = np.isfinite(targets)
    assert asked.any()
    assert targets[asked] == pytest.approx((1 + seen.added / world.sales)[asked])
    assert seen.support.reached[asked] == pytest.approx(targets[asked], abs=1e-5)
    assert seen.status == "supported", (seen.status, seen.left_out)
    assert seen.parts is not None
    assert seen.parts.certificate[0].holds


def test_what_is_not_mapped_is_told_and_names_are_checked() -> None:
    result = study("islands")
    world = random_world(3, 2)
    good = result.region.goods[0].id
    seen = trade_lens(result, world, {good: "k0"})
    assert seen.countries == {}
    assert seen.status == "partly"
    assert any("not mapped" in line for line in seen.left_out)
    with pytest.raises(OptionError, match="must be among"):
        trade_lens(result, world, {"unobtainium": "k0"})
    with pytest.raises(EconomyError, match="no such industry"):
        trade_lens(result, world, {good: "nothing"})
    with pytest.raises(OptionError, match="participants"):
        trade_lens(result, world, {good: "k0"}, {"nobody": "C0"})
