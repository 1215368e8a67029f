"""The command ``population exposure``: by hand, the embedded workforce, and bad input."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from workshare.cli.main import app

PEOPLE = (
    "region,occupation,employed,wage\n"
    "north,clerk,30,100\nnorth,smith,10,200\nsouth,clerk,10,100\nsouth,smith,10,300\n"
)
SCORES = "table,occupation,score\na,clerk,0.6\na,smith,0.1\nb,clerk,0.1\nb,smith,0.4\nb,pilot,0.9\n"
TECHNOLOGIES = (
    "technology,skill,performs,start,speed\nmodel,writing,0.5,12,1\nmodel,forging,0,12,1\n"
)
SKILLS = "occupation,skill,value\nclerk,writing,3\nclerk,forging,1\nsmith,forging,2\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "workforce.csv").write_text(PEOPLE)
    (tmp_path / "scores.csv").write_text(SCORES)
    return tmp_path


def run(*words: object) -> tuple[int, str, str]:
    result = CliRunner().invoke(app, ["population", "exposure", *map(str, words)])
    return result.exit_code, result.stdout, result.stderr


def test_index_and_ranks_are_those_by_hand(folder: Path) -> None:
    code, stdout, stderr = run(folder, "--json")
    assert code == 0
    record = json.loads(stdout)
    # wages: north 3000 + 2000, south 1000 + 3000
    assert record["exposure"]["a"]["index"] == pytest.approx([2000 / 5000, 900 / 4000])
    assert record["exposure"]["b"]["index"] == pytest.approx([1100 / 5000, 1300 / 4000])
    assert record["ranks"]["lowest"] == {"north": 1.0, "south": 1.0}
    assert record["ranks"]["agreement"][0]["tau"] == pytest.approx(-1.0)
    assert record["unused"] == ["pilot"]
    assert "can technically perform 32.2 % of the wage value" in stderr
    assert "not job loss" in stderr
    assert "The order of regions depends on the table" in stderr


def test_technologies_make_two_tables_and_spread_with_time(folder: Path) -> None:
    (folder / "scores.csv").unlink()
    (folder / "technologies.csv").write_text(TECHNOLOGIES)
    (folder / "skills.csv").write_text(SKILLS)
    whole = json.loads(run(folder, "--json", "--quiet")[1])
    assert whole["scores"]["technologies, share"] == {"clerk": 0.375, "smith": 0.0}
    assert whole["scores"]["technologies, maximum"] == {"clerk": 0.5, "smith": 0.0}
    half = json.loads(run(folder, "--month", 12, "--json", "--quiet")[1])
    assert half["scores"]["technologies, share"]["clerk"] == pytest.approx(0.375 / 2)


def test_the_embedded_workforce_and_files(folder: Path, tmp_path: Path) -> None:
    (folder / "workforce.csv").unlink()
    (folder / "scores.csv").write_text("occupation,score\n4,0.5\n2,0.3\n")
    out = tmp_path / "report"
    code, stdout, _ = run(folder, "--workforce", "lithium", "--out", out)
    assert code == 0
    assert stdout.strip() == str(out / "report.html")
    page = (out / "report.html").read_text()
    assert "not job loss" in page and "ILOSTAT" in page
    regions = (out / "csv" / "regions.csv").read_text()
    assert all(code in regions for code in ("ARG", "URY"))


def test_every_fault_is_told_at_once(folder: Path) -> None:
    (folder / "workforce.csv").write_text(PEOPLE.replace("30,100", "-30,100"))
    (folder / "scores.csv").write_text(SCORES.replace("0.6", "60"))
    (folder / "skills.csv").write_text(SKILLS)
    code, _, stderr = run(folder)
    assert code == 1
    assert "workforce.csv row 2: Column 'employed'" in stderr
    assert "scores.csv row 2: Column 'score'" in stderr
    assert "table technologies" in stderr and "must be there beside skills" in stderr
    assert "Traceback" not in stderr


def test_what_does_not_fit_is_refused(folder: Path) -> None:
    (folder / "scores.csv").write_text("occupation,score\nbaker,0.5\n")
    code, _, stderr = run(folder)
    assert code == 1 and "names no occupation of the workforce" in stderr
    (folder / "technologies.csv").write_text(TECHNOLOGIES.replace("0,12,1", "0,13,1"))
    (folder / "skills.csv").write_text(SKILLS + "smith,singing,1\n")
    code, _, stderr = run(folder)
    assert code == 1
    assert "must be a skill of the table technologies" in stderr
    assert "must be the same in every row of 'model'" in stderr
    (folder / "scores.csv").unlink()
    (folder / "technologies.csv").unlink()
    (folder / "skills.csv").unlink()
    code, _, stderr = run(folder)
    assert code == 1 and "Add scores, or technologies and skills" in stderr
    code, _, stderr = run(folder / "nowhere")
    assert code == 1 and "is not there" in stderr
    code, _, stderr = run(folder, "--workforce", "nowhere.csv")
    assert code == 1 and "is not there" in stderr
