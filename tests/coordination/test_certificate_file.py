"""A saved certificate adds up by the independent checker, and no number can be changed in it."""

from __future__ import annotations

import copy
import importlib.util
import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from reference.random_regions import random_region
from workshare.coordination import (
    Options,
    Problem,
    Settings,
    certificate_document,
    certify,
    read_certificate,
    solve,
    write_certificate,
)
from workshare.coordination.certificate_file import digest
from workshare.coordination.families import identical_agents, specialisation
from workshare.errors import ResultError
from workshare.market import spatial_market
from workshare.response import CallablePart, Individuals, Plan, local_participants

CHECKER = Path(__file__).parents[2] / "contrib" / "check_certificate.py"
ROUNDS = Options(tolerance=1e-6, near=0.0)


def load() -> Callable[[dict[str, Any]], list[str]]:
    spec = importlib.util.spec_from_file_location("check_certificate", CHECKER)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.check  # type: ignore[no-any-return]


check = load()


def document(problem: Problem, **options: Any) -> dict[str, Any]:
    settings = Settings(rounds=ROUNDS, **options)
    solution = solve(problem, settings)
    return certificate_document(problem, solution, certify(problem, solution, settings))


def region_problem(seed: int) -> Problem:
    region = random_region(seed)
    return Problem(tuple(local_participants(region)), spatial_market(region))


def silent_problem() -> Problem:
    def answer(prices: np.ndarray) -> list[Plan]:
        raise TimeoutError("never")

    base = specialisation(4, 3, 0)
    silent = CallablePart("silent", answer, exact=True)
    return Problem(Individuals([*base.participants, silent]), base.market)


CASES: dict[str, Callable[[], dict[str, Any]]] = {
    "exact": lambda: document(specialisation(5, 3, 1)),
    "certified": lambda: document(specialisation(20, 4, 0), exact=False),
    "region": lambda: document(region_problem(3)),
    "copies": lambda: document(identical_agents(11, merged=True)),
    "silent": lambda: document(silent_problem(), exact=False),
    "two thousand": lambda: document(specialisation(2000, 4, 2), exact=False),
}


@pytest.mark.parametrize("name", CASES)
def test_it_adds_up_without_the_package(name: str, tmp_path: Path) -> None:
    made = CASES[name]()
    path = write_certificate(made, tmp_path / "certificate.json")
    assert read_certificate(path) == made
    # isolated and in an empty folder: nothing of the package can be imported by chance
    done = subprocess.run(
        [sys.executable, "-I", "-S", str(CHECKER), path.name],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    assert "add up" in done.stdout
    assert made["told"]["rests_on"][0] in done.stdout
    assert (made["status"] == "bounded") == (name == "silent")


def test_the_checker_knows_only_the_standard_library() -> None:
    text = CHECKER.read_text()
    names = {line.split()[1] for line in text.splitlines() if line.startswith(("import", "from"))}
    assert names == {"hashlib", "json", "math", "pathlib", "sys"}
    body = text[text.index("def check") : text.index("if __name__")]
    assert len(body.strip().splitlines()) <= 60


def numbers(found: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Give the place of every number in a document."""
    items = found.items() if isinstance(found, dict) else enumerate(found)
    for key, value in items:
        if isinstance(value, dict | list):
            yield from numbers(value, (*path, key))
        elif isinstance(value, int | float):
            yield (*path, key)


def changed(made: dict[str, Any], place: tuple[Any, ...]) -> dict[str, Any]:
    """Return the document with one number moved by a hundredth of the larger of it and one."""
    copied = copy.deepcopy(made)
    inner = copied
    for key in place[:-1]:
        inner = inner[key]
    value = inner[place[-1]]
    if isinstance(value, bool):
        inner[place[-1]] = not value
    elif isinstance(value, int):
        inner[place[-1]] = value + 1
    else:
        inner[place[-1]] = value + 0.01 * max(1.0, abs(value))
    return copied


def faults(made: dict[str, Any]) -> list[str]:
    try:
        return check(made)
    except (IndexError, ZeroDivisionError) as error:
        return [repr(error)]


@pytest.mark.parametrize("name", ["exact", "certified", "copies"])
def test_any_changed_number_is_caught(name: str) -> None:
    made = CASES[name]()
    assert check(made) == []
    places = list(numbers(made))
    assert len(places) > 40
    for place in places:
        assert faults(changed(made, place)), place


@pytest.mark.parametrize("name", ["exact", "certified", "copies"])
def test_a_claim_forged_with_a_new_digest_does_not_add_up(name: str) -> None:
    made = CASES[name]()
    forged = 0
    for place in numbers(made):
        claim = place[0] in ("stated", "prices", "participants")
        # whether an answer was proven or remembered is told, not added up
        if not claim or place[-1] in ("remembered", "proven"):
            continue
        if place == ("stated", "bound") and made["status"] == "exact":
            continue  # rests on menus, which are not in the file
        lie = changed(made, place)
        lie["digest"] = digest(lie)
        assert faults(lie), place
        forged += 1
    assert forged > 15


def test_a_bound_that_one_plan_refutes_is_caught_though_everything_adds_up() -> None:
    made = copy.deepcopy(CASES["certified"]())
    one = made["participants"][0]
    raised = 0.5
    one["answer"] += raised
    one["uplift"] -= raised
    made["stated"]["dual_bound"] += raised
    made["stated"]["bound"] = min(made["stated"]["dual_bound"], made["stated"]["value"])
    made["stated"]["gap"] = made["stated"]["value"] - made["stated"]["bound"]
    made["digest"] = digest(made)
    assert [fault for fault in check(made) if "above its own plan" in fault]


def test_certified_without_proof_is_caught() -> None:
    made = copy.deepcopy(CASES["certified"]())
    made["participants"][0]["proven"] = False
    made["digest"] = digest(made)
    assert check(made) == ["status: not everybody proved its answer"]


def test_reading_refuses_what_is_no_certificate(tmp_path: Path) -> None:
    made = CASES["copies"]()
    path = write_certificate(made, tmp_path / "certificate.json")
    path.write_text(path.read_text().replace('"copies": 11', '"copies": 12'))
    with pytest.raises(ResultError, match="digest"):
        read_certificate(path)
    path.write_text(json.dumps({"schema": "workshare.certificate/9"}))
    with pytest.raises(ResultError, match="schema"):
        read_certificate(path)
    path.write_text("{")
    with pytest.raises(ResultError, match="cannot be read"):
        read_certificate(path)


def test_a_mangled_file_is_said_in_words(tmp_path: Path) -> None:
    made = copy.deepcopy(CASES["copies"]())
    made["market"]["columns"][0]["rows"] = [[99, -1.0]]
    path = write_certificate(made, tmp_path / "certificate.json")
    done = subprocess.run(
        [sys.executable, str(CHECKER), str(path)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert "malformed" in done.stdout
    assert not done.stderr
