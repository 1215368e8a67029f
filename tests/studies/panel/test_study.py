"""The whole study: truth of simulated panels, invariance, and what must come out as zero."""

import runpy
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from workshare.errors import OptionError
from workshare.results import Status
from workshare.studies.panel import (
    EnumerationOptions,
    EventOptions,
    Panel,
    PanelOptions,
    PlaceModel,
    SimulationOptions,
    estimate_elasticities,
    read_panel,
    simulate_panel,
    study_panel,
    summarise,
    write_panel,
)
from workshare.studies.panel.enumeration import enumerate_all
from workshare.studies.panel.types import changes

TWO = PlaceModel(2)
FEW = PanelOptions(enumeration=EnumerationOptions(certify=0.1))


@pytest.fixture(scope="module")
def small():
    panel, truth = simulate_panel(SimulationOptions(places=400, seed=1))
    return panel, truth, study_panel(panel, TWO, FEW)


def recovered(panel, truth, made) -> None:
    """Assert that a study gives back the truth of a simulated panel."""
    assert made.status == Status.CERTIFIED and made.statistics["ill"] == 0
    fundamentals = made.found.log_theta.reshape(truth.log_theta.shape)
    np.testing.assert_allclose(fundamentals, truth.log_theta, atol=1e-11)
    np.testing.assert_array_equal(made.changes.by_branch == "jump", truth.jump)
    there = made.changes.old_type >= 0
    np.testing.assert_array_equal(there, np.isfinite(truth.old_type))
    totals = np.exp(made.found.points).sum(axis=1)
    old = totals[made.changes.old_type[there]]
    np.testing.assert_allclose(old, truth.old_type[there], rtol=1e-9)
    assert np.mean(made.changes.low == truth.low) > 0.995
    assert np.all(made.changes.low >= truth.low)
    # the split, from the truth's own states
    observed = panel.shares.sum(axis=2)
    coordination = np.log(observed[:, -1] / truth.old_type)
    np.testing.assert_allclose(made.split.coordination[0], coordination, atol=1e-9)


def events_recovered(panel, truth, made) -> None:
    """Assert that the true effects on places with an event lie in their intervals."""
    observed, event = panel.shares.sum(axis=2), np.isfinite(panel.event_years)
    effect = np.log(observed[:, -1] / truth.without_event)[event].mean()
    found = made.events.effect("log outcome")
    assert found.low < effect < found.high and found.low > 0
    jumps = (truth.jump.astype(float) - truth.jump_without)[event].mean()
    found = made.events.effect("jump")
    assert found.low < jumps < found.high and found.low > 0
    # coordination, fundamentals first: new state less old type, nothing where the type is lost
    parts = np.nan_to_num(np.log(observed[:, -1] / truth.old_type))
    parts -= np.nan_to_num(np.log(truth.without_event / truth.old_type_without))
    found = made.events.effect("coordination, fundamentals first")
    assert found.low < parts[event].mean() < found.high and found.low > 0
    found = made.events.effect("coordination share, fundamentals first")
    assert found.low < parts[event].mean() / effect < found.high
    placebo = made.events.effect("log outcome, placebo")
    assert placebo.low < 0 < placebo.high


def test_the_truth_of_a_small_panel_is_recovered(small) -> None:
    recovered(*small)
    events_recovered(*small)


@pytest.mark.slow
def test_four_thousand_places_are_recovered_with_estimated_elasticities() -> None:
    panel, truth = simulate_panel()
    assert len(panel.places) == 4000
    estimate = estimate_elasticities(panel)
    assert abs(estimate.attraction - 2) < 3 * estimate.attraction_error < 0.15
    assert abs(estimate.pull - SimulationOptions().pull) < 3 * estimate.pull_error
    assert estimate.first_stage > 10 and estimate.probability > 0.01
    assert estimate.model == TWO and estimate.within
    options = PanelOptions(enumeration=EnumerationOptions(certify=0.05))
    made = study_panel(panel, estimate, options)
    recovered(panel, truth, made)
    events_recovered(panel, truth, made)


def test_parts_add_up(small) -> None:
    _, _, made = small
    split = made.split
    for order in range(3):
        there = split.defined(order)
        assert 0 < there.sum() < len(there)
        whole = split.fundamentals[order] + split.coordination[order]
        np.testing.assert_allclose(whole[there], split.change[there], atol=1e-12)
    effects = {item.name: item.value for item in made.events.effects}
    for order in ("fundamentals first", "coordination first", "average"):
        parts = sum(
            effects[f"{name}, {order}"] for name in ("fundamentals", "coordination", "undefined")
        )
        assert parts == pytest.approx(effects["log outcome"], abs=1e-12)
    summary = summarise(split, made.changes, 0)
    parts = summary.fundamentals + summary.coordination + summary.undefined
    assert parts == pytest.approx(summary.change)
    assert summary.places - summary.defined == np.sum(made.changes.old_type < 0)


def test_continuous_changes_have_no_coordination_at_all(small) -> None:
    _, _, made = small
    kept = made.changes.by_branch == "continuous"
    assert kept.sum() > 100
    assert np.all(made.split.coordination[:, kept] == 0.0)


def test_a_panel_with_one_equilibrium_has_coordination_zero(small) -> None:
    panel, _, _ = small
    made = study_panel(panel, PlaceModel(2, Fraction(1)), FEW)
    assert set(made.found.counts) == {1} and made.statistics["labels_disagree"] == 0
    assert np.all(made.split.coordination == 0.0)
    assert set(made.changes.by_branch) == set(made.changes.by_order) == {"continuous"}
    for name in ("coordination share, fundamentals first", "jump", "low"):
        effect = made.events.effect(name)
        assert (effect.value, effect.low, effect.high) == (0.0, 0.0, 0.0)


def test_the_order_of_places_changes_nothing(small) -> None:
    panel, _, made = small
    order = np.random.default_rng(0).permutation(len(panel.places))
    mixed = replace(
        panel,
        places=tuple(panel.places[k] for k in order),
        shares=panel.shares[order],
        totals=panel.totals[order],
        event_years=panel.event_years[order],
        clusters=panel.clusters[order],
        instruments=panel.instruments[order],
    )
    other = study_panel(mixed, TWO, FEW)
    np.testing.assert_array_equal(other.split.coordination, made.split.coordination[:, order])
    np.testing.assert_array_equal(other.changes.by_order, made.changes.by_order[order])
    one, two = other.events.effect("log outcome"), made.events.effect("log outcome")
    assert one.value == pytest.approx(two.value, abs=1e-12)
    assert one.low == pytest.approx(two.low, abs=1e-9)


def test_units_and_the_way_through_a_file_change_nothing(small, tmp_path) -> None:
    panel, _, made = small
    grown = replace(panel, totals=panel.totals * 8.0)
    other = study_panel(read_panel(write_panel(grown, tmp_path / "p.csv")), TWO, FEW)
    np.testing.assert_array_equal(other.found.points, made.found.points)
    np.testing.assert_array_equal(other.split.change, made.split.change)


@pytest.mark.slow
def test_workers_change_nothing(small) -> None:
    panel, _, made = small
    options = PanelOptions(enumeration=EnumerationOptions(workers=2, chunk=400, certify=0.1))
    other = study_panel(panel, TWO, options)
    np.testing.assert_array_equal(other.found.points, made.found.points)
    np.testing.assert_array_equal(other.found.certified, made.found.certified)
    assert other.events.effects == made.events.effects


def test_labels_that_disagree_are_counted() -> None:
    """The branch is carried to the new state smoothly, yet another sector's is the highest now."""
    shares = np.array([[[0.76217116, 0.01816542], [0.7505475, 0.02883069]]])
    panel = Panel(("A",), (1, 2), ("x", "y"), shares, np.full((1, 2), 9.0), np.array([np.nan]),
                  np.array([0]))  # fmt: skip
    made = study_panel(panel, TWO)
    labels = (made.changes.by_branch[0], made.changes.by_order[0], made.changes.by_basin[0])
    assert labels == ("continuous", "jump", "continuous")
    assert (made.changes.ranks[0][0], made.changes.ranks[1][0]) == ("highest", "middle")
    assert made.changes.robust[0] == 1.0
    assert not made.changes.agree[0] and made.statistics["labels_disagree"] == 1


def test_missing_years_are_left_out_and_counted(small) -> None:
    panel, _, made = small
    shares = panel.shares.copy()
    shares[:7, -1] = np.nan
    other = study_panel(replace(panel, shares=shares), TWO, FEW)
    assert other.statistics["place_years_not_observed"] == 7
    assert other.statistics["places_compared"] == 393
    np.testing.assert_allclose(other.split.change, made.split.change[7:], atol=1e-12)


def test_ill_members_have_no_type(small) -> None:
    panel, _, _ = small
    few = panel.shares[:40]
    a = TWO.log_fundamentals(few[:, 1:])
    found = enumerate_all(TWO, a.reshape(-1, 2), np.log(few[:, 1:]).reshape(-1, 2))
    ill = found.ill.copy()
    ill[0] = True
    made = changes(replace(found, ill=ill), np.arange(0, 80, 2), np.arange(1, 80, 2))
    assert made.undecided.tolist() == [True] + [False] * 39
    assert made.by_branch[0] == made.by_order[0] == made.by_basin[0] == "undecided"
    assert np.isnan(made.low[0, 0]) and made.old_type[0] == -1


def test_an_interrupted_study_says_so(small) -> None:
    panel, _, _ = small

    def stop(stage: str, done: float, _text: str) -> None:
        if stage == "enumerate" and done > 0.4:
            raise KeyboardInterrupt

    made = study_panel(panel, TWO, FEW, stop)
    assert made.status == Status.INTERRUPTED
    assert 0 < made.statistics["place_years_done"] < made.statistics["place_years"]
    assert made.statistics["places_undecided"] > 0


def test_without_events_there_is_no_summary(small) -> None:
    panel, _, _ = small
    few = replace(
        panel, places=panel.places[:30], shares=panel.shares[:30], totals=panel.totals[:30],
        event_years=np.full(30, np.nan), clusters=np.arange(30), instruments=None,
    )  # fmt: skip
    made = study_panel(few, TWO)
    assert made.events is None and "0 places have an event" in made.why_no_events
    assert (made.first, made.last) == (1995, 2015)


def test_bad_questions(small) -> None:
    panel, _, _ = small
    with pytest.raises(OptionError, match=r"3 sectors, the panel 2.*first is 1900"):
        study_panel(panel, PlaceModel(3), PanelOptions(first=1900))
    with pytest.raises(OptionError, match="the first must be earlier"):
        study_panel(panel, TWO, PanelOptions(first=2015, last=2000))
    with pytest.raises(OptionError, match="draws is 3"):
        study_panel(panel, TWO, PanelOptions(events=EventOptions(draws=3)))
    with pytest.raises(OptionError, match="places is 1"):
        simulate_panel(SimulationOptions(places=1))


def test_estimation_needs_what_it_needs(small) -> None:
    panel, _, _ = small
    with pytest.raises(OptionError, match="needs a column instrument_SECTOR"):
        estimate_elasticities(replace(panel, instruments=None))
    one = replace(panel, sectors=("x",), shares=panel.shares[..., :1])
    with pytest.raises(OptionError, match="two sectors or more"):
        estimate_elasticities(one)
    with pytest.raises(OptionError, match="at least 30 needed"):
        estimate_elasticities(
            replace(
                panel,
                shares=panel.shares[:4],
                instruments=panel.instruments[:4],
                clusters=panel.clusters[:4],
            )
        )


def test_the_label_by_branch_can_depend_on_the_path(small) -> None:
    _, _, made = small
    robust = made.changes.robust
    assert np.all((robust >= 0) & (robust <= 1)) and np.mean(robust == 1) > 0.9
    again = changes(made.found, made.changes.before, made.changes.after, paths=0)
    assert np.isnan(again.robust).all()


def test_the_script_writes_panel_and_truth(tmp_path) -> None:
    script = Path(__file__).parents[3] / "scripts" / "simulate_panel.py"
    runpy.run_path(str(script))["main"](str(tmp_path), 30, 5)
    panel = read_panel(tmp_path / "places.csv")
    drawn, truth = simulate_panel(SimulationOptions(places=30, seed=5))
    np.testing.assert_array_equal(panel.shares, drawn.shares)
    rows = (tmp_path / "truth.csv").read_text().splitlines()
    assert rows[0].startswith("place,jump,old_type") and len(rows) == 31
    assert [row.split(",")[1] == "1" for row in rows[1:]] == truth.jump.tolist()
