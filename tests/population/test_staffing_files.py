"""Staffing questions from files: read right, and every fault of all tables at once."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from workshare.errors import TableError
from workshare.population.staffing_files import read_staffing
from workshare.population.training import TrainingRules

POOL = (
    "occupation,unemployed,employed,wage,seats,zone\n"
    "welder,100,2000,9000,,2\nengineer,5,50,24000,10,4\n"
)
MOVES = "origin,target,months,cost,gap\nwelder,engineer,,,0.5\nengineer,welder,1,100,\n"
POSTS = "specialisation,occupation,workers\ncells,engineer,2\ncells,welder,5\n"


def folder(tmp_path: Path, pool: str = POOL, moves: str = MOVES, posts: str = POSTS) -> Path:
    for name, text in (("pool", pool), ("moves", moves), ("posts", posts)):
        (tmp_path / f"{name}.csv").write_text(text)
    return tmp_path


def test_a_folder_and_a_workbook_say_the_same(tmp_path: Path) -> None:
    question = read_staffing(folder(tmp_path), TrainingRules(months_at_full_gap=20))
    assert question.moves.months.tolist() == [0.5 * 20 + 6 * 2, 1.0]
    assert question.moves.cost[1] == 100.0
    assert question.pool.seats.tolist() == [float("inf"), 10.0]
    assert dict(question.specialisations["cells"].posts) == {"engineer": 2.0, "welder": 5.0}
    book = openpyxl.Workbook()
    for name, text in (("pool", POOL), ("moves", MOVES), ("posts", POSTS)):
        sheet = book.create_sheet(name)
        for line in text.splitlines():
            sheet.append(line.split(","))
    path = tmp_path / "staffing.xlsx"
    book.save(path)
    other = read_staffing(path, TrainingRules(months_at_full_gap=20))
    assert other.moves.cost.tolist() == question.moves.cost.tolist()
    assert other.specialisations == question.specialisations


def test_faults_of_all_tables_are_told_together(tmp_path: Path) -> None:
    wrong = folder(
        tmp_path,
        pool=POOL.replace("100,2000", "-1,2000"),
        moves=MOVES.replace("0.5", "50"),
        posts=POSTS.replace("cells,engineer,2", "cells,engineer,two"),
    )
    with pytest.raises(TableError) as told:
        read_staffing(wrong)
    text = str(told.value)
    assert "pool.csv row 2: Column 'unemployed': must be at least 0 workers" in text
    assert "moves.csv row 2: Column 'gap': must be between 0 and 1 share" in text
    assert "posts.csv row 2: Column 'workers': must be a number" in text


def test_names_must_be_known_and_moves_complete(tmp_path: Path) -> None:
    wrong = folder(
        tmp_path,
        moves="origin,target,months,cost,gap\nwelder,chemist,1,1,\nwelder,welder,1,1,\nwelder,engineer,3,,\n",
        posts="specialisation,occupation,workers\ncells,pilot,1\n",
    )
    with pytest.raises(TableError) as told:
        read_staffing(wrong)
    for words in (
        "row 2: Column 'target': must be an occupation of the table pool. Received: chemist",
        "moves.csv row 3: Column 'target': must be different from the origin",
        "moves.csv row 4: The move: needs months and cost, or gap",
        "posts.csv row 2: Column 'occupation': must be an occupation of the table pool",
    ):
        assert words in str(told.value)
