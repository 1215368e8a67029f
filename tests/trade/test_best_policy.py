"""Best policies: gradients by finite differences, brute force, closed forms, published tables."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.optimize

from trade.worlds import PUBLISHED, balanced_world, published_world, random_policy, random_world
from workshare.errors import EconomyError, OptionError
from workshare.trade import newton
from workshare.trade.best_policy import PolicyOptions, PolicyStatus, best_policy
from workshare.trade.block_arrow import linearise
from workshare.trade.economy import Economy
from workshare.trade.equilibrium import solve_equilibrium
from workshare.trade.formulas import INSTRUMENTS, formula_policy
from workshare.trade.gradient import Objective, gradient, objective_value
from workshare.trade.system import (
    Taxes,
    base_of,
    conditions,
    log_welfare,
    outside_of,
    taxes_of,
)
from workshare.trade.taxes import Policy, complete_policy, complete_shock


@pytest.mark.parametrize("kind", ["restricted", "free", "both"])
def test_the_gradient_is_the_finite_difference(kind: str) -> None:
    markups = {"markups": np.array([0.1, 0.3, 0.2])} if kind == "both" else {}
    world = random_world(4, 3, "restricted" if kind == "restricted" else "free", **markups)
    base, random = base_of(world), np.random.default_rng(5)
    outside = outside_of(complete_shock(world, None))
    taxes = taxes_of(complete_policy(world, random_policy(world)))
    objective = Objective(random.uniform(size=4), random.uniform(0, 1, (3, 4)))

    def value(name: str, cell: tuple[int, ...], step: float) -> float:
        arrays = {key: getattr(taxes, key).copy() for key in ("tariff", "export", "production")}
        arrays[name][cell] *= np.exp(step)
        found = newton.solve(conditions(base, Taxes(**arrays), outside))
        return objective_value(base, found.point, objective)

    system = conditions(base, taxes, outside)
    point = newton.solve(system).point
    slopes = gradient(system, point, linearise(system, point), objective)
    cells = {"tariff": [(0, 1, 2), (2, 3, 0), (1, 0, 3)], "export": [(0, 1, 2), (2, 0, 3)]}
    for name, chosen in (cells | {"production": [(0, 1), (2, 3)]}).items():
        for cell in chosen:
            rough = (value(name, cell, 1e-5) - value(name, cell, -1e-5)) / 2e-5
            assert getattr(slopes, name)[cell] == pytest.approx(rough, abs=1e-8)


def test_the_tariff_of_a_two_country_world_is_gros() -> None:
    """Gros (1987): t = 1 / (epsilon lam_jj), with the partner's home share at the answer."""
    flows = np.array([[[70.0], [30.0]], [[30.0], [170.0]]])
    world = Economy(("A", "B"), ("k",), flows, np.array([4.0]), np.array([0.25]))
    answer = best_policy(world, "A", "tariffs")
    home = answer.equilibrium.flows[1, 1, 0] / answer.equilibrium.flows[:, 1, 0].sum()
    assert answer.status is PolicyStatus.STATIONARY
    assert answer.policy.tariffs[1, 0, 0] == pytest.approx(1 / (4 * home), abs=1e-5)


@pytest.mark.parametrize("entry", ["restricted", "free"])
def test_brute_force_finds_nothing_better_in_two_countries(entry: str) -> None:
    """Nelder-Mead from three starts over the same instruments."""
    world = balanced_world(entry, 2, 2)
    answer = best_policy(world, "C0", "tariffs")

    def loss(logs: np.ndarray) -> float:
        tariffs = np.zeros((2, 2, 2))
        tariffs[1, 0] = np.exp(logs) - 1
        return -solve_equilibrium(world, Policy(tariffs)).welfare[0]

    found = min(
        scipy.optimize.minimize(
            loss, start, method="Nelder-Mead", options={"xatol": 1e-7, "fatol": 1e-13}
        ).fun
        for start in ([0.0, 0.0], [0.3, 0.1], [0.1, 0.5])
    )
    assert answer.equilibrium.welfare[0] == pytest.approx(-found, abs=1e-9)


def test_the_efficient_subsidy_is_the_markup_in_a_closed_economy() -> None:
    """Almost no trade: the best production subsidy undoes the markup, up to a common factor."""
    flows = np.array(balanced_world(size=2, kinds=3).flows)
    flows[0, 1] = flows[1, 0] = 1e-7
    for entry in ("restricted", "free"):
        world = random_world(2, 3, entry, flows=flows, tariffs=np.zeros_like(flows))
        answer = best_policy(world, "C0", "production")
        undone = (1 - answer.policy.production_subsidies[0]) * (1 + world.scale_elasticity)
        assert np.ptp(np.log(undone)) < 1e-3
        assert answer.gain("C0") > 0


@pytest.mark.parametrize("entry", ["restricted", "free"])
def test_more_instruments_are_no_worse_and_polish_no_worse_than_formulas(entry: str) -> None:
    world = random_world(4, 3, entry)
    third, second, first = (
        best_policy(world, "C1", choice) for choice in ("tariffs", "trade", "all")
    )
    assert third.gain("C1") <= second.gain("C1") <= first.gain("C1")
    for answer in (third, second, first):
        assert answer.status is PolicyStatus.STATIONARY
        assert answer.objective >= answer.formula - 1e-9
        assert answer.certificate[-1].name == "slope"


def test_a_uniform_markup_asks_for_no_subsidy() -> None:
    world = random_world(3, 2, scale_elasticity=np.full(2, 0.25))
    trade, everything = best_policy(world, "C0", "trade"), best_policy(world, "C0", "all")
    assert trade.gain("C0") == pytest.approx(everything.gain("C0"), abs=1e-7)


def test_a_bloc_does_at_least_as_well_together_and_transfers_help() -> None:
    world = random_world(4, 2)
    weights = world.spending[:2] / world.spending[:2].sum()
    alone = best_policy(world, "C0")
    after = best_policy(world, "C1", others=alone.policy)
    apart = weights @ np.log(after.equilibrium.welfare[:2])
    together = best_policy(world, ("C0", "C1"))
    pooled = PolicyOptions(transfers=True, share="weights")
    shared = best_policy(world, ("C0", "C1"), options=pooled)
    assert together.objective / 100 >= apart
    assert shared.objective >= together.objective - 1e-6
    assert shared.transfers.sum() == pytest.approx(0, abs=1e-9)


@pytest.mark.parametrize("entry", ["restricted", "free"])
def test_with_transfers_members_gain_the_same_share(entry: str) -> None:
    world = random_world(4, 2, entry)
    answer = best_policy(world, ("C0", "C1", "C3"), options=PolicyOptions(transfers=True))
    gains = answer.gains[[0, 1, 3]]
    assert answer.status is PolicyStatus.STATIONARY
    assert np.ptp(gains) < 2e-3
    assert gains.min() > 0
    # the same as one member's best while the others are held at that gain, so nobody does better
    # without somebody doing worse: no weights on the frontier raise everybody
    other = best_policy(
        world, ("C0", "C1", "C3"), options=PolicyOptions(transfers=True, share="weights")
    )
    assert not (other.gains[[0, 1, 3]] > gains + 1e-6).all()


@pytest.mark.parametrize("entry", ["restricted", "free"])
def test_a_favoured_industry_gets_more(entry: str) -> None:
    world = random_world(3, 3, entry)
    plain = best_policy(world, "C0", "production")
    pressed = best_policy(world, "C0", "production", options=PolicyOptions(favour={"k1": 0.05}))

    def relative(answer: np.ndarray) -> float:
        logs = -np.log(1 - answer[0])
        return float(logs[1] - logs[[0, 2]].mean())

    assert relative(pressed.policy.production_subsidies) > relative(
        plain.policy.production_subsidies
    )
    assert pressed.gain("C0") < plain.gain("C0")


def test_faults_are_told() -> None:
    world = random_world(3, 2)
    with pytest.raises(EconomyError, match="no such country"):
        best_policy(world, "Atlantis")
    with pytest.raises(OptionError, match="choose one of all"):
        best_policy(world, "C0", "magic")
    with pytest.raises(OptionError, match="one number >= 0 for each member"):
        best_policy(world, "C0", options=PolicyOptions(weights=(1.0, 2.0)))


PLACES = (0, 5, 10, 42)


@pytest.mark.parametrize("place", PLACES)
def test_published_table_4_restricted_entry(place: int) -> None:
    """Lashkaripour and Lugovskyy (2023), Table 4, columns 1 to 3, from their file."""
    compare_with_table_4([place])


@pytest.mark.slow
def test_published_table_4_restricted_entry_all_countries() -> None:
    compare_with_table_4(range(43))


def compare_with_table_4(places: range | list[int]) -> None:
    """Compare the formulas' gains with the published file within 1e-6 percentage points."""
    world = published_world("restricted")
    table = np.loadtxt(PUBLISHED / "gains_from_policy_t4.csv", delimiter=",")
    base, outside = base_of(world), outside_of(complete_shock(world, None))
    for place in places:
        bloc = np.zeros((44, 1))
        bloc[place] = 1
        for column, instruments in enumerate(INSTRUMENTS):
            supply = "small" if instruments == "tariffs" else "as_published"
            answer = formula_policy(base, outside, bloc, instruments, supply=supply)
            gain = 100 * np.expm1(log_welfare(base, answer.found.point)[place])
            assert gain == pytest.approx(table[place, column], abs=1e-6)


def test_polish_finds_more_than_the_published_third_best() -> None:
    """The tariff formula leaves something: Australia .1405 published, .1781 stationary."""
    world = published_world("restricted")
    answer = best_policy(world, "AUS", "tariffs")
    assert answer.status is PolicyStatus.STATIONARY
    assert answer.formula == pytest.approx(100 * np.log1p(0.140529618535545 / 100), abs=1e-6)
    assert answer.gain("AUS") == pytest.approx(0.1781, abs=1e-4)
