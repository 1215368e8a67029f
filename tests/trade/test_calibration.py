"""Calibration: what must not change when data are put together, split, cleaned or closed."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from trade.worlds import random_world
from workshare.errors import EconomyError
from workshare.trade.calibration import (
    Imputed,
    RawTable,
    aggregate,
    close_deficits,
    economy_from_flows,
    split_off,
)
from workshare.trade.equilibrium import solve_equilibrium


def raw(seed: int = 0) -> RawTable:
    world = random_world(4, 3, seed=seed, balanced=False)
    border = world.flows / (1 + world.tariffs)
    return RawTable(
        world.countries,
        world.industries,
        border,
        np.array(world.tariffs),
        np.array(world.trade_elasticity),
        np.array(world.scale_elasticity),
        sources=("made up",),
    )


def test_a_clean_table_is_taken_as_it_is() -> None:
    world = random_world(4, 3, balanced=False)
    made = economy_from_flows(raw())
    np.testing.assert_allclose(made.economy.flows, world.flows, rtol=1e-12)
    np.testing.assert_allclose(made.economy.deficits, world.deficits, rtol=1e-9)
    assert [a.what for a in made.adjustments] == ["deficits carried"]
    priced = replace(raw(), flows=np.array(world.flows), includes_tariffs=True)
    np.testing.assert_allclose(economy_from_flows(priced).economy.flows, world.flows, rtol=1e-12)


def test_every_repair_is_listed_with_its_cell_and_amount() -> None:
    table = raw()
    flows, tariffs = table.flows.copy(), table.tariffs.copy()
    flows[0, 1, 2] = -5.0
    flows[2, 3, 0] = np.nan
    flows[3, :], flows[:, 3] = 0.0, 0.0
    tariffs[1, 1, 1] = 0.3
    made = economy_from_flows(replace(table, flows=flows, tariffs=tariffs))
    said = {a.what: a for a in made.adjustments}
    cut = said["negative flow cut"]
    assert (cut.where, cut.before, cut.after) == ("importer C1, industry k2", -5.0, 0.0)
    assert said["country left out"].where == "C3"
    assert said["tariffs on own goods dropped (share)"].before == 0.3
    assert made.economy.countries == ("C0", "C1", "C2")
    assert all(a.why for a in made.adjustments)


def test_putting_together_keeps_totals_and_tariff_revenue() -> None:
    world = random_world(5, 4, seed=3)
    made = aggregate(world, {"C1": "bloc", "C3": "bloc"}, {"k0": "goods", "k2": "goods"})
    small = made.economy
    assert small.countries == ("C0", "bloc", "C2", "C4")
    assert small.industries == ("goods", "k1", "k3")
    border = world.flows / (1 + world.tariffs)
    new = small.flows / (1 + small.tariffs)
    assert new.sum() == pytest.approx(border.sum())
    revenue = (world.flows - border).sum()
    within = sum((world.flows - border)[a, b].sum() for a, b in ((1, 3), (3, 1)))
    assert (small.flows - new).sum() == pytest.approx(revenue - within)
    assert small.sales.sum() == pytest.approx(world.sales.sum())
    assert any("dropped" in a.what and a.where == "bloc" for a in made.adjustments)


def test_identical_industries_put_together_change_no_answer() -> None:
    world = random_world(3, 2, seed=5)
    half = np.repeat(world.flows / 2, 2, axis=2)
    twice = replace(
        world,
        industries=("a", "b", "c", "d"),
        flows=half,
        tariffs=np.repeat(world.tariffs, 2, axis=2),
        trade_elasticity=np.repeat(world.trade_elasticity, 2),
        scale_elasticity=np.repeat(world.scale_elasticity, 2),
        markups=np.repeat(world.markups, 2),
    )
    small = aggregate(twice, None, {"a": "k0", "b": "k0", "c": "k1", "d": "k1"}).economy
    np.testing.assert_allclose(small.flows, world.flows, rtol=1e-12)
    np.testing.assert_allclose(small.trade_elasticity, world.trade_elasticity)
    np.testing.assert_allclose(small.scale_elasticity, world.scale_elasticity)


def test_the_product_of_elasticities_stays_below_one_where_the_members_is() -> None:
    world = random_world(
        3, 2, trade_elasticity=np.array([1.2, 7.8]), scale_elasticity=np.array([0.8, 0.12])
    )
    small = aggregate(world, None, {"k0": "all", "k1": "all"}).economy
    product = float(small.trade_elasticity[0] * small.scale_elasticity[0])
    assert 1.2 * 0.8 >= product >= 7.8 * 0.12


def test_a_country_split_off_keeps_world_totals_and_solves() -> None:
    world = random_world(4, 3, seed=2)
    country = Imputed("new", 0.1, {"C0": 1.0, "C3": 2.0}, {"C0": 1.0}, 0.2)
    made = split_off(world, "C3", country)
    bigger = made.economy
    assert bigger.countries[-1] == "new"
    border, new = world.flows / (1 + world.tariffs), bigger.flows / (1 + bigger.tariffs)
    np.testing.assert_allclose(new.sum(axis=(0, 1)), border.sum(axis=(0, 1)))
    np.testing.assert_allclose(new[4].sum(axis=0), 0.1 * border[3].sum(axis=0))
    np.testing.assert_allclose(new[:, 4].sum(axis=0), 0.1 * border[:, 3].sum(axis=0))
    assert "an imputation, not data" in made.adjustments[0].why
    assert solve_equilibrium(bigger).status == "solved"
    back = aggregate(bigger, {"new": "C3"}).economy
    kept = np.array([0, 1, 2])
    np.testing.assert_allclose(
        back.flows[np.ix_(kept, kept)], world.flows[np.ix_(kept, kept)], rtol=1e-9
    )


def test_closed_deficits_are_an_equilibrium_without_them() -> None:
    world = random_world(4, 3, seed=4, balanced=False)
    made = close_deficits(world)
    assert np.all(made.economy.deficits == 0)
    answer = solve_equilibrium(made.economy)
    np.testing.assert_allclose(answer.welfare, 1, rtol=1e-10)
    assert made.adjustments[0].before == pytest.approx(np.abs(world.deficits).sum() / 2)


def test_names_that_are_not_there_are_told() -> None:
    world = random_world(3, 2)
    with pytest.raises(EconomyError, match="there is no such country"):
        aggregate(world, {"Atlantis": "bloc"})
    with pytest.raises(EconomyError, match="between 0 and 1"):
        split_off(world, "C0", Imputed("new", 1.5, {}, {}))
