"""Equilibria in changes: identities, theory and limits, an independent slow route."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.optimize

from trade.worlds import (
    balanced_world,
    published_world,
    random_policy,
    random_shock,
    random_world,
)
from workshare.errors import EconomyError
from workshare.trade.economy import Economy
from workshare.trade.equilibrium import EquilibriumStatus, solve_equilibrium
from workshare.trade.taxes import Policy, Shock
from workshare.trade.verify import verify

ENTRIES = ("restricted", "free")


def test_the_certificate_is_recomputed_and_holds_for_random_problems() -> None:
    for entry in ENTRIES:
        for seed in range(8):
            world = random_world(3 + seed % 3, 1 + seed % 4, entry, seed, balanced=seed % 2 == 0)
            answer = solve_equilibrium(world, random_policy(world, seed), random_shock(world, seed))
            assert answer.status is EquilibriumStatus.SOLVED, answer.notes
            assert answer.residual < 1e-11
            # Walras and the budgets, from the flows of the answer alone
            policy = answer.policy
            border = answer.flows / (1 + policy.tariffs)
            subsidy = (1 - policy.export_subsidies) * (1 - policy.production_subsidies)[:, None]
            assert np.allclose((border / subsidy).sum(axis=1), answer.sales)
            assert np.isclose(
                answer.flows.sum(),
                answer.sales.sum()
                + (answer.flows - border).sum()
                + (border - border / subsidy).sum(),
            )


def test_a_wrong_answer_does_not_pass() -> None:
    world = random_world(3, 2, "free")
    answer = solve_equilibrium(world, random_policy(world))
    lines = verify(world, answer.policy, None, answer.wage * 1.001, answer.income, answer.labour)
    assert {line.name for line in lines if not line.holds} >= {"budget", "money", "goods"}


@pytest.mark.parametrize("entry", ENTRIES)
def test_no_change_changes_nothing(entry: str) -> None:
    world = random_world(4, 3, entry, balanced=False)
    answer = solve_equilibrium(world)
    assert np.abs(answer.welfare - 1).max() < 1e-13
    assert np.abs(answer.flows / world.flows - 1).max() < 1e-13


@pytest.mark.parametrize("entry", ENTRIES)
def test_labels_and_units_do_not_matter(entry: str) -> None:
    world = random_world(4, 3, entry)
    policy = random_policy(world)
    order, turn = np.array([2, 0, 3, 1]), np.array([1, 2, 0])
    other = Economy(
        tuple(world.countries[i] for i in order),
        tuple(world.industries[k] for k in turn),
        1000 * world.flows[np.ix_(order, order, turn)],
        world.trade_elasticity[turn],
        world.scale_elasticity[turn],
        tariffs=world.tariffs[np.ix_(order, order, turn)],
        entry=entry,
        deficits=1000 * world.deficits[order],
    )
    turned = Policy(
        policy.tariffs[np.ix_(order, order, turn)],
        policy.export_subsidies[np.ix_(order, order, turn)],
        policy.production_subsidies[np.ix_(order, turn)],
    )
    one, two = solve_equilibrium(world, policy), solve_equilibrium(other, turned)
    assert np.abs(two.welfare - one.welfare[order]).max() < 1e-11


@pytest.mark.parametrize("entry", ENTRIES)
def test_the_two_shifters_are_neutral(entry: str) -> None:
    """Lemma 1: (1 + t) and (1 + x) of a country times a, its (1 + s) over b; wages times a / b."""
    world = balanced_world(entry, 3, 2)
    policy = random_policy(world)
    a, b = 1.13, 0.91
    away = np.arange(3) != 1
    tariffs, exports = np.array(policy.tariffs), np.array(policy.export_subsidies)
    production = np.array(policy.production_subsidies)
    tariffs[away, 1] = a * (1 + tariffs[away, 1]) - 1
    exports[1, away] = 1 - (1 - exports[1, away]) / a
    production[1] = 1 - (1 - production[1]) * b
    one = solve_equilibrium(world, policy)
    two = solve_equilibrium(world, Policy(tariffs, exports, production))
    assert np.abs(one.welfare - two.welfare).max() < 1e-11
    ratio = (two.wage / one.wage) / (two.wage[0] / one.wage[0])
    assert np.allclose(ratio, [1, a / b, 1])


def test_a_uniform_markup_is_no_distortion() -> None:
    world = random_world(3, 3, scale_elasticity=np.full(3, 0.3))
    competitive = random_world(3, 3, scale_elasticity=np.zeros(3))
    policy = random_policy(world)
    one, two = solve_equilibrium(world, policy), solve_equilibrium(competitive, policy)
    assert np.abs(one.welfare - two.welfare).max() < 1e-11


def test_free_entry_without_scale_economies_is_armington() -> None:
    for mu in (0.0, 1e-9):
        free = random_world(3, 3, "free", scale_elasticity=np.full(3, mu))
        armington = random_world(3, 3, scale_elasticity=np.zeros(3))
        shock = random_shock(free)
        one = solve_equilibrium(free, random_policy(free), shock)
        two = solve_equilibrium(armington, random_policy(free), shock)
        assert np.abs(one.welfare - two.welfare).max() < 1e-7


def test_autarky_gain_is_the_closed_form() -> None:
    """Arkolakis, Costinot and Rodriguez-Clare (2012): one industry, W = lam^(-1/eps) L^mu."""
    world = balanced_world("free", 2, 1)
    epsilon, mu = world.trade_elasticity[0], world.scale_elasticity[0]
    labour = np.array([1.3, 0.8])
    shock = Shock(np.array([[[1.0], [1.4]], [[1.4], [1.0]]]), labour=labour)
    answer = solve_equilibrium(world, None, shock)
    shares = np.diagonal(answer.flows[:, :, 0]) / answer.flows[:, :, 0].sum(axis=0)
    home = shares / np.diagonal(world.trade_shares[:, :, 0])
    assert np.allclose(answer.welfare, home ** (-1 / epsilon) * labour ** (1 + mu))


@pytest.mark.parametrize("entry", ENTRIES)
def test_a_plain_solver_in_other_unknowns_agrees(entry: str) -> None:
    """scipy's hybr on wages, income and firms in levels of its own, two countries."""
    world = balanced_world(entry)
    policy = random_policy(world)
    answer = solve_equilibrium(world, policy)
    free = entry == "free"

    def gaps(unknown: np.ndarray) -> np.ndarray:
        wage, income = unknown[:2], unknown[2:4]
        labour = unknown[4:].reshape(2, 2) if free else np.ones((2, 2))
        mu, epsilon = world.scale_elasticity, world.trade_elasticity
        out = []
        subsidy = (1 - policy.export_subsidies) * (1 - policy.production_subsidies)[:, None]
        price = (1 + policy.tariffs) * subsidy * wage[:, None, None]
        if free:
            price = price * (labour**-mu)[:, None]
        pull = world.trade_shares * price**-epsilon
        flows = pull / pull.sum(axis=0) * world.spending_shares * (income * world.spending)[:, None]
        sold = flows / (1 + policy.tariffs) / subsidy
        tax = (flows - flows / (1 + policy.tariffs)).sum(axis=(0, 2))
        cost = (sold - flows / (1 + policy.tariffs)).sum(axis=(1, 2))
        bill = world.sales if free else world.sales / (1 + mu)
        factor = sold.sum(axis=1) if free else sold.sum(axis=1) / (1 + mu)
        profit = 0 if free else (sold.sum(axis=1) * mu / (1 + mu)).sum(axis=1)
        payroll = wage * bill.sum(axis=1)
        out.extend(payroll + profit + tax - cost - income * world.spending)
        if free:
            out.extend((wage[:, None] * labour * bill - factor).ravel())
            out.append((labour * bill).sum(axis=1)[0] - bill.sum(axis=1)[0])
        else:
            out.append(factor.sum(axis=1)[0] - payroll[0])
        out.append(payroll.sum() - bill.sum())
        return np.array(out)

    found = scipy.optimize.root(gaps, np.ones(8 if free else 4), tol=1e-13)
    assert np.abs(found.fun).max() < 1e-8
    assert np.allclose(found.x[:2], answer.wage, rtol=1e-8)
    assert np.allclose(found.x[2:4], answer.income, rtol=1e-8)


def test_faults_of_a_policy_are_named_by_cell_and_together() -> None:
    world = balanced_world()
    production = np.zeros((2, 2))
    production[1, 0] = 1.0  # 100 %
    tariffs = np.zeros((2, 2, 2))
    tariffs[0, 1, 1] = -1.2
    with pytest.raises(EconomyError) as caught:
        solve_equilibrium(world, Policy(tariffs, production_subsidies=production))
    places = [fault.place for fault in caught.value.faults]
    assert places == [
        "tariffs exporter C0, importer C1, industry k1",
        "production_subsidies country C1, industry k0",
    ]


def test_absent_industries_stay_absent_and_are_no_fault() -> None:
    flows = np.array(random_world(3, 3, "free").flows)
    flows[1, :, 2] = 0.0  # country 1 makes nothing of industry 2
    flows[:, 0, 1] = 0.0  # country 0 buys nothing of industry 1
    for entry in ENTRIES:
        world = random_world(3, 3, entry, flows=flows)
        answer = solve_equilibrium(world, random_policy(world))
        assert answer.status is EquilibriumStatus.SOLVED, answer.notes
        assert (answer.flows[1, :, 2] == 0).all()
        assert np.isfinite(answer.welfare).all()


def test_too_few_steps_are_a_status_with_the_gap() -> None:
    world = random_world(4, 3, "free")
    answer = solve_equilibrium(world, random_policy(world), most_steps=0)
    assert answer.status is EquilibriumStatus.NOT_CONVERGED
    assert answer.residual > 1e-6
    assert "do not hold" in answer.notes[0]


def test_homotopy_arrives_where_a_few_newton_steps_do_not() -> None:
    world = random_world(4, 3, "free")
    policy = random_policy(world, 3, 0.5)
    at_once, by_steps = (solve_equilibrium(world, policy, most_steps=n) for n in (60, 3))
    assert by_steps.stages > 1  # the homotopy was needed
    assert by_steps.status is EquilibriumStatus.SOLVED
    assert np.abs(at_once.welfare - by_steps.welfare).max() < 1e-9


@pytest.mark.parametrize("entry", ENTRIES)
def test_a_start_elsewhere_gives_the_same_answer(entry: str) -> None:
    world = random_world(4, 3, entry)
    near = solve_equilibrium(world, random_policy(world, 7, 0.4))
    cold = solve_equilibrium(world, random_policy(world))
    warm = solve_equilibrium(world, random_policy(world), near=near)
    assert np.abs(cold.welfare - warm.welfare).max() < 1e-11
    assert cold.inputs == warm.inputs != near.inputs


def test_published_world_coordinated_subsidies() -> None:
    """Lashkaripour and Lugovskyy (2023), Table 5, restricted entry, coordinated: mean 1.67 %."""
    world = published_world("restricted")
    mu = world.scale_elasticity
    policy = Policy(production_subsidies=np.tile(mu / (1 + mu), (44, 1)))
    answer = solve_equilibrium(world, policy)
    assert answer.status is EquilibriumStatus.SOLVED
    assert answer.gains[:43].mean() == pytest.approx(1.67, abs=0.005)
