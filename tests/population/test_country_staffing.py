"""The labour pool of a country: sums and means by hand, and what is refused."""

from __future__ import annotations

import numpy as np
import pytest

from workshare.errors import OptionError
from workshare.population import REACHES, Reach, complete_network, country_pool, workforce
from workshare.population.workforce import Workforce

GROUPS = {"operators": ("8", "9")}


@pytest.fixture
def people() -> Workforce:
    return workforce(
        ["north"],
        ["8", "9", "2"],
        formal=[[60, 30, 10]],
        informal=[[0, 10, 0]],
        unemployed=[[10, 20, 5]],
        wages=[[100.0, 50.0, 400.0]],
    )


def test_groups_are_sums_and_means(people: Workforce) -> None:
    reach = Reach(0.1, 0.5)
    network = complete_network(people.occupations)
    pool, moves = country_pool(people, network, "north", GROUPS, reach)
    assert pool.occupations == ("operators", "2")
    assert pool.unemployed.tolist() == pytest.approx([3.0, 0.5])
    assert pool.employed.tolist() == [100.0, 10.0]
    assert pool.wages.tolist() == pytest.approx([(60 * 100 + 40 * 50) / 100, 400.0])
    assert pool.release_share.tolist() == [0.1, 0.1]
    # months: half of 36, and 12 for each level from the mean of 2 and 1 up to 4
    up = moves.months[(moves.origin == 0) & (moves.target == 1)]
    assert up.tolist() == pytest.approx([18 + 12 * (4 - (60 * 2 + 40 * 1) / 100)])
    assert moves.months[moves.target == 0].tolist() == pytest.approx([18.0])


def test_variants_are_ordered(people: Workforce) -> None:
    network = complete_network(people.occupations)
    pools = {n: country_pool(people, network, "north", GROUPS, r) for n, r in REACHES.items()}
    tight, middle, loose = (pools[name] for name in ("tight", "middle", "loose"))
    for less, more in ((tight, middle), (middle, loose)):
        assert np.all(less[0].unemployed < more[0].unemployed)
        assert np.all(less[1].cost > more[1].cost)


def test_what_does_not_fit_is_refused(people: Workforce) -> None:
    network = complete_network(people.occupations)
    with pytest.raises(OptionError, match=r"'7' is not in the workforce.*'south'"):
        country_pool(people, network, "south", {"a": ("7",)})
    with pytest.raises(OptionError, match="in their order"):
        country_pool(people, complete_network(["9", "8", "2"]), "north", GROUPS)
    with pytest.raises(OptionError, match="two groups"):
        country_pool(people, network, "north", {"a": ("8",), "b": ("8",)})
    with pytest.raises(OptionError, match=r"share is 1\.5.*gap is -1"):
        Reach(1.5, -1)
