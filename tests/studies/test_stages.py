"""The study in stages: what an interrupt leaves, and who does the work."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from reference.random_regions import random_region
from studies.cases import region_of, study
from workshare.reports import validate
from workshare.results import Status, json_text, to_jsonable
from workshare.studies import stages as module
from workshare.studies.coordinate import coordinate
from workshare.studies.result import CoordinationResult
from workshare.studies.stages import Stages, default_settings


def stop_at(stage: str, number: int = 1) -> Callable[[str, float, str], None]:
    """Return a progress callback that is interrupted the ``number``-th time at ``stage``."""
    left = [number]

    def progress(now: str, share: float, words: str) -> None:
        if now == stage:
            left[0] -= 1
            if left[0] == 0:
                raise KeyboardInterrupt

    return progress


def stages_of(name: str) -> list[str]:
    """Return the stage of every call of the progress callback."""
    seen: list[str] = []
    coordinate(region_of(name), progress=lambda stage, share, words: seen.append(stage))
    return seen


def is_sound(result: CoordinationResult) -> None:
    record = to_jsonable(result.to_dict())
    assert record["status"] == "interrupted"
    assert validate(record, strict=True) == []
    whole = study("islands")
    for outcome in result.scenarios:
        if outcome.name not in ("maximin", "proportional"):
            assert outcome.by_participant == whole.scenario(outcome.name).by_participant
    for code, value in result.isolated_values.items():
        assert value == whole.isolated_values[code]
    # what was not reached is not said to have been looked for in vain
    assert result.not_found == ()


def test_before_the_least_cost_nothing_is_left() -> None:
    with pytest.raises(KeyboardInterrupt):
        coordinate(region_of("islands"), progress=stop_at("least cost"))


def test_an_interrupt_among_the_rounds_leaves_a_division_and_its_bound() -> None:
    result = coordinate(region_of("islands"), progress=stop_at("coordinate"))
    assert result.status is Status.INTERRUPTED
    assert [outcome.name for outcome in result.scenarios] == ["least_cost"]
    best = study("islands").value
    assert result.value <= best + 1e-6 * abs(best) <= result.bound + 2e-6 * abs(best)
    assert validate(to_jsonable(result.to_dict()), strict=True) == []


@pytest.mark.parametrize("number", range(1, 9))
def test_an_interrupt_among_the_outcomes_leaves_those_done(number: int) -> None:
    result = coordinate(region_of("islands"), progress=stop_at("outcomes", number))
    is_sound(result)
    assert [outcome.name for outcome in result.scenarios] == ["least_cost"]
    # the first call announces the stage; then one is done before each call
    assert len(result.isolated_values) == max(0, number - 2)
    assert ("uncoordinated" in result.outcomes) == (number > 1)
    assert (result.price_of_non_coordination["value"] is None) == (number == 1)


@pytest.mark.parametrize("number", [1, 2, 4, 6, 9, 12, 16, 17])
def test_an_interrupt_among_the_scenarios_leaves_those_done(number: int) -> None:
    result = coordinate(region_of("islands"), progress=stop_at("scenarios", number))
    is_sound(result)
    assert result.value == study("islands").value
    assert result.price_of_non_coordination == {
        **study("islands").price_of_non_coordination,
        "against_nash": result.price_of_non_coordination["against_nash"],
    }


def test_stages_come_in_order() -> None:
    seen = list(dict.fromkeys(stages_of("2")))
    assert seen == ["least cost", "coordinate", "outcomes", "scenarios"]


def test_the_scale_of_money_is_that_of_the_region_unbuilt() -> None:
    ready = Stages(region_of("islands"), "market", 0, None, None, 1).setting
    assert default_settings(ready).rounds.scale == pytest.approx(9.0, rel=1e-4)


def test_processes_give_the_same_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Small regions are not worth a process: pretend that this one is."""
    used = []
    original = module.map_tasks

    def spread(*arguments, **named):  # type: ignore[no-untyped-def]
        used.append(named["workers"])
        return original(*arguments, **{**named, "workers": 2})

    region = random_region(11, participants=2, activities=2)
    alone = coordinate(region).to_dict()
    monkeypatch.setattr(module, "map_tasks", spread)
    together = coordinate(region, workers=2).to_dict()
    assert len(used) == 2
    assert json_text({**alone, "timings": {}}) == json_text({**together, "timings": {}})


@pytest.mark.slow
def test_processes_give_the_same_bytes_on_lithium() -> None:
    alone, together = (coordinate(region_of("lithium"), workers=n).to_dict() for n in (1, 2))
    assert json_text({**alone, "timings": {}}) == json_text({**together, "timings": {}})
