"""Several equilibria: found above one, unique below, never silently chosen."""

from __future__ import annotations

import numpy as np

from trade.worlds import random_world
from workshare.trade.branches import find_branches
from workshare.trade.economy import Economy
from workshare.trade.equilibrium import EquilibriumStatus, rebased, solve_equilibrium


def twins(product: float) -> Economy:
    """Return two like countries, two like industries, trade x scale elasticity as asked."""
    epsilon = np.array([4.0, 4.0])
    flows = np.empty((2, 2, 2))
    flows[...] = 20.0
    flows[[0, 1], [0, 1]] = 30.0
    return Economy(
        ("A", "B"), ("k", "g"), flows, epsilon, product / epsilon, entry="free", name="twins"
    )


def test_below_one_every_start_finds_the_same() -> None:
    found = find_branches(twins(0.9), starts=12)
    assert len(found.equilibria) == 1
    assert found.equilibria[0].status is EquilibriumStatus.SOLVED


def test_above_one_specialisation_is_found_and_each_is_marked_a_branch() -> None:
    world = twins(1.4)
    found = find_branches(world, starts=40)
    assert len(found.equilibria) >= 3  # the mixed one and both ways to specialise
    assert all(answer.status is EquilibriumStatus.BRANCH for answer in found.equilibria)
    assert all(line.holds for answer in found.equilibria for line in answer.certificate)
    specialised = [answer for answer in found.equilibria if answer.labour.min() == 0]
    assert len(specialised) >= 2
    # symmetry: swapping the countries maps the set onto itself
    labours = [answer.labour for answer in specialised]
    assert any(np.allclose(one, other[::-1], atol=1e-5) for one in labours for other in labours)


def test_a_single_answer_says_that_it_is_one_branch() -> None:
    answer = solve_equilibrium(twins(1.0))
    assert answer.status is EquilibriumStatus.BRANCH
    assert "one branch" in answer.notes[0]
    restricted = random_world(2, 2, scale_elasticity=np.full(2, 2.0))
    assert solve_equilibrium(restricted).status is EquilibriumStatus.SOLVED


def test_a_new_base_starts_where_the_old_one_ended() -> None:
    world = random_world(3, 2, "free")
    moved = solve_equilibrium(world)
    again = solve_equilibrium(rebased(moved))
    assert np.abs(again.welfare - 1).max() < 1e-12
