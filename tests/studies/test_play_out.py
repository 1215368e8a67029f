"""What happens without coordination: verified by trying every single change, and on paper."""

from __future__ import annotations

from dataclasses import replace

import pytest

import workshare as ws
from studies.accounting import Books
from studies.cases import CASES, region_of, setting, study
from workshare.region.region import WORLD, Region
from workshare.studies.play_out import (
    Play,
    best_response,
    changing,
    isolated,
    national_value,
    outcome_at,
    play,
    schedule,
    uncoordinated,
)
from workshare.studies.setting import Setting


def single_changes(region: Region, code: str, held: frozenset[str]) -> list[frozenset[str]]:
    """Return what ``code`` could hold after changing one activity at one place, from the files."""
    owner = region.place_owner()
    sizes = {activity.id: activity.sizes for activity in region.activities}
    found = []
    for option in region.options:
        if owner[option.place] != code:
            continue
        rest = frozenset(x for x in held if not x.startswith(f"{option.place}/{option.activity}/"))
        choices = [rest] + [
            rest | {f"{option.place}/{option.activity}/{number}x{size:g}"}
            for size in sizes[option.activity]
            for number in range(1, option.max_plants + 1)
        ]
        found += [c for c in choices if c != held and keeps_rules(region, code, c)]
    return found


def keeps_rules(region: Region, code: str, held: frozenset[str]) -> bool:
    """Return whether what is held respects money, workers and rules, whatever stands today."""
    party = next(p for p in region.participants if p.id == code)
    groups = {g.label: g for g in setting_of(region).models[code].groups}
    mine = [groups[label] for label in held]
    if sum(g.public_money for g in mine) > party.public_money * (1 + 1e-9):
        return False
    standing = [g for g in groups.values() if g.existing]
    for worker in party.workforce:
        asked = sum(dict(g.jobs).get(worker.occupation, 0.0) for g in mine)
        taken = sum(dict(g.jobs).get(worker.occupation, 0.0) for g in standing)
        if asked > 0 and asked + taken > worker.available:
            return False
    everything = [*mine, *standing]
    for rule in region.companions:
        for group in everything:
            near = [
                other
                for other in everything
                if other.activity == rule.other
                and (rule.scope == "participant" or other.place == group.place)
            ]
            if group.activity != rule.activity:
                continue
            if rule.rule == "requires" and not near and not group.existing:
                return False
            if rule.rule == "excludes" and near and not all(g.existing for g in [group, *near]):
                return False
    return True


def setting_of(region: Region) -> Setting:
    return next(setting(name) for name in CASES if region_of(name) is region)


@pytest.mark.parametrize("name", CASES)
def test_no_single_change_improves_an_equilibrium(name: str) -> None:
    result = study(name)
    region, ready = result.region, setting(name)
    assert result.equilibria is not None
    for outcome in result.equilibria.equilibria:
        holdings = dict(outcome.holdings)
        size = Books(region, outcome).turnover
        for code, held in holdings.items():
            now = outcome.by_participant[code]
            for other in single_changes(region, code, held):
                then = outcome_at(ready, {**holdings, code: other}, "changed")
                value = Books(region, then).national_values[code]
                assert value <= now + 2e-6 * size, (outcome.name, code, held, other)


@pytest.mark.parametrize("name", CASES)
def test_no_single_change_improves_the_isolated(name: str) -> None:
    result = study(name)
    for code in setting(name).participants:
        alone = setting(name).without_links(code)
        outcome, held = isolated(alone, code)
        value = result.isolated_values[code]
        size = Books(alone.region, outcome).turnover
        assert value == pytest.approx(outcome.by_participant[code], abs=1e-6 * size)
        for other in single_changes(result.region, code, held):
            assert national_value(alone, {code: other}, code) <= value + 2e-6 * size


@pytest.mark.parametrize("name", CASES)
def test_the_isolated_trade_with_nobody_in_the_region(name: str) -> None:
    ready = setting(name)
    owner = ready.region.place_owner() | {WORLD: WORLD}
    for code in ready.participants:
        outcome, _ = isolated(ready, code)
        for flow in outcome.flows:
            ends = {owner[flow.origin], owner[flow.destination]}
            assert code not in ends or ends <= {code, WORLD}


@pytest.mark.parametrize("name", CASES)
def test_equilibria_are_where_play_stops(name: str) -> None:
    result, ready = study(name), setting(name)
    assert result.equilibria is not None
    for outcome in result.equilibria.equilibria:
        again = play(ready, "there", dict(outcome.holdings), ready.participants)
        assert again.status == "equilibrium"
        assert again.sweeps == 1
        assert again.holdings == outcome.holdings


@pytest.fixture(scope="module")
def islands() -> Setting:
    return setting("islands")


def held_in(ready: Setting, **builds: int) -> dict[str, frozenset[str]]:
    """Hold the only group that each island can build, where ``builds`` says so."""
    return {
        code: frozenset(g.label for g in model.groups if builds.get(code))
        for code, model in ready.models.items()
    }


def test_stag_hunt_on_paper(islands: Setting) -> None:
    """Neither pays alone, both pay together, and neither leaves once both are there."""
    nobody = islands.nobody()
    base = islands.clear(nobody).values
    cells = {
        (1, 0): (-20.0, 0.0),
        (0, 1): (0.0, -30.0),
        (1, 1): (40.0, 18.0),
    }
    for (mill, loom), (ambra, belsa) in cells.items():
        values = islands.clear(held_in(islands, AMB=mill, BEL=loom)).values
        assert values["AMB"] - base["AMB"] == pytest.approx(ambra, abs=1e-4)
        assert values["BEL"] - base["BEL"] == pytest.approx(belsa, abs=1e-4)
    both = held_in(islands, AMB=1, BEL=1)
    for holdings in (nobody, both):
        for code in ("AMB", "BEL"):
            assert best_response(islands, holdings, code) == holdings[code]


def test_duplication_on_paper(islands: Setting) -> None:
    base = islands.clear(islands.nobody()).values
    cells = {
        (1, 0, 0): (61.005, 0.0, 0.0),
        (0, 1, 1): (39.805, 6.0, 6.0),
        (1, 1, 1): (6.0, 6.0, 6.0),
    }
    for numbers, gains in cells.items():
        holdings = held_in(islands, **dict(zip(("CIN", "DOR", "ELM"), numbers, strict=True)))
        values = islands.clear(holdings).values
        for code, gain in zip(("CIN", "DOR", "ELM"), gains, strict=True):
            assert values[code] - base[code] == pytest.approx(gain, abs=1e-3)
    at_once = uncoordinated(islands)
    assert [bool(at_once[code]) for code in islands.participants] == [0, 0, 1, 1, 1, 0]


def test_all_at_once_each_expects_nobody_else_to_build() -> None:
    for name in CASES:
        ready = setting(name)
        at_once = uncoordinated(ready)
        nobody = ready.nobody()
        for code, held in at_once.items():
            value = national_value(ready, {**nobody, code: held}, code)
            outcome = outcome_at(ready, {**nobody, code: held}, "alone")
            size = Books(ready.region, outcome).turnover
            for other in single_changes(ready.region, code, held):
                assert national_value(ready, {**nobody, code: other}, code) <= value + 2e-6 * size


def test_without_options_nothing_changes() -> None:
    region = replace(ws.read_region("islands"), options=())
    ready = Setting(region)
    assert uncoordinated(ready) == ready.nobody()
    assert play(ready, "nobody", ready.nobody(), ready.participants).status == "equilibrium"


def test_schedule_starts_everywhere_in_more_than_one_order() -> None:
    participants = [f"P{k}" for k in range(9)]
    starts = {"nobody": {}, "there": {"P1": frozenset({"x"})}, "elsewhere": {}}
    runs = schedule(participants, starts, seed=1)
    assert {name: holdings for name, holdings, _ in runs} == starts
    assert all(sorted(order) == participants for _, _, order in runs)
    assert len({tuple(order) for _, _, order in runs}) > 1
    assert schedule(participants, starts, seed=1) == runs
    assert schedule(participants, starts, seed=2) != runs


def test_what_changes_along_a_cycle() -> None:
    one = (("A", frozenset({"x", "y"})), ("B", frozenset({"z"})))
    two = (("A", frozenset({"x"})), ("B", frozenset({"z"})))
    cycle = Play("nobody", ("A", "B"), "cycle", 3, one, (one, two))
    assert changing(cycle) == {"A": ["y"]}
