"""Agreements, retaliation, coalitions and contests."""

from __future__ import annotations

import numpy as np
import pytest

from trade.worlds import balanced_world, published_world, random_world
from workshare.errors import OptionError
from workshare.trade.agreements import (
    agreement_policy,
    coalition_values,
    cooperate,
    political_subsidies,
    retaliation,
)
from workshare.trade.best_policy import PolicyOptions, best_policy
from workshare.trade.contest import ContestStatus, contest, regrets
from workshare.trade.equilibrium import EquilibriumStatus, solve_equilibrium


@pytest.mark.parametrize("entry", ["restricted", "free"])
def test_corrective_subsidies_of_all_raise_world_income(entry: str) -> None:
    """Efficient production: the sum of equivalent gains is positive (Kaldor-Hicks)."""
    for size, kinds in ((2, 2), (3, 3), (4, 5)):
        world = balanced_world(entry, size, kinds)
        answer = cooperate(world, "subsidies")
        assert world.spending @ np.log(answer.equilibrium.welfare) > 0


def test_no_agreement_on_production_subsidies_beats_the_corrective_ones_for_the_world() -> None:
    """With free trade and transfers the corrective subsidies are the joint optimum (eq. 9)."""
    world = balanced_world("restricted", 3, 2)
    corrective = cooperate(world, "deep").equilibrium
    best = best_policy(
        world, world.countries, options=PolicyOptions(transfers=True, share="weights")
    )
    weights = world.spending / world.spending.sum()
    assert best.objective / 100 == pytest.approx(weights @ np.log(corrective.welfare), abs=2e-5)
    assert best.objective / 100 >= weights @ np.log(corrective.welfare) - 1e-12


def test_outsiders_keep_their_policy() -> None:
    world = random_world(4, 2)
    policy = agreement_policy(world, "deep", ["C0", "C2"])
    assert policy.tariffs[0, 2].max() == 0
    assert np.array_equal(policy.tariffs[1], world.tariffs[1])
    assert policy.production_subsidies[1].max() == 0
    with pytest.raises(OptionError, match="choose one of subsidies"):
        cooperate(world, "friendly")


def test_political_weight_one_is_corrective_and_less_raises_subsidies() -> None:
    world = random_world(3, 3)
    plain = agreement_policy(world, "subsidies").production_subsidies
    assert political_subsidies(world, 1.0).production_subsidies == pytest.approx(plain)
    assert (political_subsidies(world, 0.9).production_subsidies > plain).all()
    with pytest.raises(OptionError, match="at most 1"):
        political_subsidies(world, 0.01)


def test_coalition_values() -> None:
    world = random_world(4, 2)
    values = coalition_values(world, ("C0", "C1", "C2"))
    assert len(values.coalitions) == 7
    assert all(values.solved)
    assert values.value(()) == 0
    assert values.value(("C1", "C0")) >= values.value(("C0",)) + 0
    alone = best_policy(world, "C0").equilibrium
    assert values.value(("C0",)) == pytest.approx(world.spending[0] * np.log(alone.welfare[0]))


@pytest.mark.parametrize("entry", ["restricted", "free"])
def test_a_contest_settles_where_nobody_gains(entry: str) -> None:
    world = random_world(3, 2, entry)
    outcome = contest(world, instruments="tariffs")
    assert outcome.status is ContestStatus.LOCAL_EQUILIBRIUM
    assert max(regrets(world, outcome).values()) < 1e-6
    # twin countries end with twin tariffs
    flows = np.array([[[80.0], [20.0]], [[20.0], [80.0]]])
    twins = random_world(2, 1, entry, flows=flows, tariffs=np.zeros_like(flows))
    war = contest(twins, instruments="tariffs")
    assert war.policy.tariffs[0, 1, 0] == pytest.approx(war.policy.tariffs[1, 0, 0], abs=1e-4)
    assert (war.gains < 0).all()


def test_published_retaliation_and_agreements_restricted_entry() -> None:
    """Lashkaripour and Lugovskyy (2023): Table 4 column 4 and Figure 2, restricted entry."""
    world = published_world("restricted")
    for name, printed in {"USA": 0.69, "DEU": -0.37, "CHN": 1.43, "BEL": -3.07}.items():
        answer = retaliation(world, name)
        assert answer.status is EquilibriumStatus.SOLVED
        assert answer.gain(name) == pytest.approx(printed, abs=0.005)
    assert cooperate(world, "subsidies").gains[:43].mean() == pytest.approx(1.67, abs=0.005)
    assert cooperate(world, "deep").gains[:43].mean() == pytest.approx(1.685, abs=0.0005)


@pytest.mark.slow
def test_published_unilateral_subsidies_restricted_entry() -> None:
    """Table 5, column 1: the mean over 43 countries is -0.32 %."""
    world = published_world("restricted")
    own = [
        solve_equilibrium(world, agreement_policy(world, "subsidies", [name])).gain(name)
        for name in world.countries[:43]
    ]
    assert np.mean(own) == pytest.approx(-0.32, abs=0.005)
