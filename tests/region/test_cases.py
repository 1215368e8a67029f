"""The embedded cases: no faults, full provenance, and the same bytes from the same data."""

from __future__ import annotations

import csv
import filecmp
import re
import subprocess
import sys
from pathlib import Path

import pytest

from workshare.region import Region, case_names, check_region, read_region
from workshare.studies.coordinate import coordinate
from workshare.studies.play_out import equilibria, play, schedule
from workshare.studies.setting import Setting

ROOT = Path(__file__).resolve().parents[2]
CASES = ROOT / "src" / "workshare" / "region" / "cases"
ASSUMPTIONS = ROOT / "docs" / "cases" / "lithium_assumptions.csv"
DATA = ROOT.parent / "shared" / "data"
NAMES = ("islands", "lithium")


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def lithium() -> Region:
    return read_region("lithium")


def test_the_cases_are_found_by_name() -> None:
    assert set(NAMES) <= set(case_names())


@pytest.mark.parametrize("name", NAMES)
def test_a_case_has_no_faults(name: str) -> None:
    assert [str(fault) for fault in check_region(name)] == []


@pytest.mark.parametrize("name", NAMES)
def test_every_figure_has_unit_year_source_and_quality(name: str) -> None:
    region = read_region(name)
    assert len(region.figures) > 50
    for figure in region.figures:
        assert figure.unit and figure.year and figure.source, figure
        assert figure.quality in {"A", "B", "C", "D"}, figure


@pytest.mark.parametrize("name", NAMES)
def test_sources_name_no_path_of_a_machine(name: str) -> None:
    for path in sorted((CASES / name).glob("*")):
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"(^|[\s\",(])(/\w|\.\./|~/)", text), path


@pytest.mark.parametrize("name", NAMES)
def test_figures_are_written_with_at_most_four_significant_digits(name: str) -> None:
    for path in sorted((CASES / name).glob("*.csv")):
        for row in rows_of(path):
            digits = row.get("value", "").lstrip("-").replace(".", "").strip("0")
            assert len(digits) <= 4, (path.name, row)


def test_lithium_says_what_it_is_not(lithium: Region) -> None:
    assert "not any government's position" in lithium.disclaimer
    assert "OECD" in lithium.licence and "CEPII" in lithium.licence


def test_lithium_has_nine_countries_and_its_chain(lithium: Region) -> None:
    codes = {participant.id for participant in lithium.participants}
    assert codes == {"ARG", "BOL", "BRA", "CHL", "COL", "ECU", "PRY", "PER", "URY"}
    assert [a.output for a in lithium.activities][1:] == [
        "lithium_carbonate",
        "lfp_cathode",
        "cell",
        "pack",
        "car",
    ]


def test_capital_cost_of_cells_follows_the_announced_plants(lithium: Region) -> None:
    cell = next(a for a in lithium.activities if a.id == "cell")
    per_gwh = {
        size: cell.capital_cost * (size / cell.reference_size) ** cell.capital_exponent / size
        for size in (20.0, 10.0, 0.014)
    }
    assert per_gwh[20.0] == pytest.approx(65.0, rel=0.01)
    assert 75 <= per_gwh[10.0] <= 110
    assert per_gwh[0.014] == pytest.approx(500.0, rel=0.2)
    assert cell.capital_exponent == pytest.approx(0.7, abs=0.05)


def test_one_shared_sloping_curve_for_every_good_the_region_can_sell(lithium: Region) -> None:
    demands = {o.good: o for o in lithium.outside if o.side == "demand"}
    supplies = {o.good: o for o in lithium.outside if o.side == "supply"}
    assert set(demands) == {"lithium_carbonate", "lfp_cathode", "cell", "pack", "car"}
    for good, demand in demands.items():
        assert demand.slope > 0, good
        assert demand.price <= supplies[good].price, good


def test_no_import_into_lithium_can_be_sold_on_with_a_gain(lithium: Region) -> None:
    cost = {
        (link.good, link.origin, link.destination): link.freight + link.tariff
        for link in lithium.links
        if link.good != "lithium_carbonate"  # sold by the region, so never bought from the world
    }
    ways = [
        (good, middle, end, first + cost[good, middle, end])
        for (good, start, middle), first in cost.items()
        for end in (place.id for place in lithium.places)
        if start == "world" and (good, middle, end) in cost
    ]
    assert any(good == "pack" for good, *_ in ways)
    for good, middle, end, detour in ways:
        assert detour >= cost[good, "world", end], (good, middle, end)


def test_demand_scenarios_are_ordered(lithium: Region) -> None:
    quantities: dict[tuple[str, str], float] = {
        (row["place"], row["scenario"]): float(row["value"])
        for row in rows_of(CASES / "lithium" / "demand.csv")
        if row["field"] == "quantity"
    }
    buyers = {row["place"] for row in rows_of(CASES / "lithium" / "demand.csv")}
    for place in (place for place in lithium.places if place.id in buyers):
        low, base, high = (quantities[place.id, s] for s in ("low", "base", "high"))
        assert quantities[place.id, "2022"] < low < base < high, place.id


def test_every_assumption_has_a_reason_and_a_source() -> None:
    rows = rows_of(ASSUMPTIONS)
    assert len({row["id"] for row in rows}) == len(rows)
    for row in rows:
        assert all(row[name] for name in ("value", "unit", "year", "source", "reason")), row["id"]
        assert row["quality"] in {"A", "B", "C", "D"}, row["id"]
        assert row["kind"] in {"reported", "derived", "assumption"}, row["id"]


def test_every_cited_assumption_is_in_the_list() -> None:
    listed = {row["id"] for row in rows_of(ASSUMPTIONS)}
    cited = {
        name
        for path in (CASES / "lithium").glob("*.csv")
        for name in re.findall(r"\[([\w.]+)\]", path.read_text(encoding="utf-8"))
    }
    assert cited
    assert cited <= listed


@pytest.mark.skipif(not DATA.is_dir(), reason="the public data folder is not here")
def test_lithium_regenerates_byte_for_byte(tmp_path: Path) -> None:
    script = ROOT / "scripts" / "derive_lithium.py"
    command = [sys.executable, str(script), str(DATA), str(tmp_path)]
    subprocess.run(command, check=True, capture_output=True)
    names = sorted(path.name for path in (CASES / "lithium").iterdir())
    assert names == sorted(path.name for path in tmp_path.iterdir())
    _, different, missing = filecmp.cmpfiles(CASES / "lithium", tmp_path, names, shallow=False)
    assert (different, missing) == ([], [])


def test_islands_agree_with_the_arithmetic_by_hand() -> None:
    result = coordinate(read_region("islands"), scenarios=["least_cost"]).to_dict()
    uncoordinated = result["outcomes"]["uncoordinated"]
    coordinated = result["outcomes"]["coordinated"]
    by_hand = {"AMB": 90, "BEL": 90, "CIN": 206, "DOR": 206, "ELM": 206, "FEN": 120}
    assert uncoordinated["by_participant"] == pytest.approx(by_hand, abs=1e-3)
    by_hand = {"AMB": 130, "BEL": 108, "CIN": 261.005, "DOR": 200, "ELM": 200, "FEN": 120}
    assert coordinated["by_participant"] == pytest.approx(by_hand, abs=1e-3)
    assert result["price_of_non_coordination"]["value"] == pytest.approx(101.005, abs=1e-3)
    assert result["status"] == "exact"


def test_islands_show_a_stag_hunt_a_duplication_and_a_shortfall() -> None:
    result = coordinate(read_region("islands"), scenarios=["least_cost"]).to_dict()
    uncoordinated = result["outcomes"]["uncoordinated"]
    coordinated = result["outcomes"]["coordinated"]
    pair = {"grow_fibre", "weave_sailcloth"}
    assert pair.isdisjoint(plant["activity"] for plant in uncoordinated["plants"])
    assert pair <= {plant["activity"] for plant in coordinated["plants"]}
    (duplication,) = uncoordinated["duplications"]
    assert duplication["activity"] == "make_ice"
    assert sorted(duplication["participants"]) == ["CIN", "DOR", "ELM"]
    assert duplication["extra"] == pytest.approx(36.0)
    (salve,) = (s for s in uncoordinated["shortfalls"] if s["good"] == "salve")
    assert salve["imports"] == pytest.approx(10.0)
    assert salve["nearest"]["participant"] == "FEN"
    assert salve["nearest"]["price_now"] == pytest.approx(6.0)
    assert salve["nearest"]["price_needed"] == pytest.approx(7.0)


@pytest.mark.slow
def test_lithium_reproduces_what_happened() -> None:
    script = ROOT / "scripts" / "check_lithium_calibration.py"
    done = subprocess.run([sys.executable, str(script)], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.slow
def test_the_page_on_lithium_quotes_what_the_study_computes(lithium: Region) -> None:
    page = (ROOT / "docs" / "cases" / "lithium.md").read_text(encoding="utf-8")
    result = coordinate(lithium, scenarios=["least_cost"]).to_dict()
    loss, outcomes = result["price_of_non_coordination"], result["outcomes"]
    text = " ".join(page.split())
    assert f"is {loss['value']:.0f} M USD a year ({100 * loss['share_of_gdp']:.3f} %" in page
    kinds = ("isolated", "uncoordinated", "coordinated")
    for participant in result["region"]["participants"]:
        code = participant["id"]
        values = [outcomes[kind]["by_participant"][code] for kind in kinds]
        cells = [f"{value:.0f}" for value in (*values, loss["by_participant"][code])]
        assert f"| {participant['name']} | {' | '.join(cells)} |" in page
    totals = [sum(outcomes[kind]["by_participant"].values()) for kind in kinds]
    cells = [f"{value:.0f}" for value in (*totals, loss["value"])]
    assert f"| region | {' | '.join(cells)} |" in page
    extra = sum(one["extra"] for one in outcomes["uncoordinated"]["duplications"])
    assert f"{extra:.0f} M USD a year of fixed cost is duplicated" in text
    losers = {code: -gain for code, gain in loss["by_participant"].items() if gain < -0.5}
    listed = ", ".join(f"{code} {value:.0f}" for code, value in losers.items())
    assert f"| base demand | {loss['value']:.0f} | {extra:.0f} | {listed} |" in page


@pytest.mark.slow
def test_the_page_on_lithium_says_where_play_ends(lithium: Region) -> None:
    page = (ROOT / "docs" / "cases" / "lithium.md").read_text(encoding="utf-8")
    found = coordinate(lithium, scenarios=["least_cost"])
    setting = Setting(lithium)
    starts = {
        "nobody building": setting.nobody(),
        "the uncoordinated outcome": dict(found.outcomes["uncoordinated"].holdings),
        "the least-cost division": dict(found.outcomes["coordinated"].holdings),
    }
    plays = [play(setting, *run) for run in schedule(setting.participants, starts)]
    assert {one.status for one in plays} == {"equilibrium"}
    (equilibrium,) = equilibria(setting, plays).equilibria
    made: dict[tuple[str, str], float] = {}
    for plant in equilibrium.plants:
        key = plant.participant, plant.group.activity
        made[key] = made.get(key, 0.0) + plant.output
    assert {code for code, step in made if step in ("cathode", "cell", "pack")} == {"BRA"}
    assert (round(made["BRA", "car"]), round(made["ARG", "car"])) == (600, 100)
    against = found.outcomes["coordinated"].value - equilibrium.value
    loss = found.price_of_non_coordination["value"]
    text = " ".join(page.split())
    assert f"This is worth {against:.0f} M USD a year less than least cost" in text
    assert f"so {loss - against:.0f} of the {loss:.0f} are lost" in text
