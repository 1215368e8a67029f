import numpy as np
import pytest

from workshare.errors import TableError
from workshare.studies.panel.panel import Panel, read_panel, write_panel

HEAD = "place,year,total,outcome_industry,outcome_services,event_year,cluster\n"
GOOD = "A,2000,1000,50,100,2010,s1\nA,2010,1200,90,150,2010,s1\nB,2000,500,40,50,,s1\n"


def panel_of(tmp_path, text):
    file = tmp_path / "places.csv"
    file.write_text(text)
    return read_panel(file)


def faults_of(tmp_path, text) -> str:
    with pytest.raises(TableError) as error:
        panel_of(tmp_path, text)
    return str(error.value)


def test_a_table_is_read_as_shares_with_what_is_missing_left_missing(tmp_path) -> None:
    panel = panel_of(tmp_path, HEAD + GOOD)
    assert (panel.places, panel.years) == (("A", "B"), (2000, 2010))
    assert panel.sectors == ("industry", "services")
    assert panel.shares[0].tolist() == [[0.05, 0.1], [0.075, 0.125]]
    assert panel.observed.tolist() == [[True, True], [True, False]]
    assert panel.event_years[0] == 2010 and np.isnan(panel.event_years[1])
    assert panel.clusters.tolist() == [0, 0]


def test_other_units_give_the_same_shares(tmp_path) -> None:
    one = panel_of(tmp_path, "place,year,total,outcome_a\nA,1,8,2\nA,2,8,1\n")
    other = panel_of(tmp_path, "place,year,total,outcome_a\nA,1,4000,1000\nA,2,4000,500\n")
    shares = panel_of(tmp_path, "place,year,share_a\nA,1,0.25\nA,2,0.125\n")
    assert one.shares.tolist() == other.shares.tolist() == shares.shares.tolist()


def test_what_is_written_is_read_back(tmp_path) -> None:
    random = np.random.default_rng(3)
    shares = random.dirichlet(np.ones(3), (4, 3))[..., :2]
    shares[2, 1] = np.nan
    totals = np.where(np.isnan(shares[..., 0]), np.nan, 1024.0)
    panel = Panel(("a", "b", "c", "d"), (1, 2, 3), ("x", "y"), shares, totals,
                  np.array([2.0, np.nan, 3.0, np.nan]), np.array([0, 0, 1, 2]),
                  random.standard_normal((4, 3, 2)))  # fmt: skip
    again = read_panel(write_panel(panel, tmp_path / "panel.csv"))
    np.testing.assert_array_equal(again.shares, panel.shares)
    np.testing.assert_array_equal(again.event_years, panel.event_years)
    np.testing.assert_array_equal(again.clusters, panel.clusters)
    np.testing.assert_array_equal(
        again.instruments[panel.observed], panel.instruments[panel.observed]
    )


def test_every_fault_is_told_at_once_with_place_year_and_column(tmp_path) -> None:
    bad = "A,2000,100,-5,10,,\nA,2000,100,5,10,,\nB,2000,100,NaN,10,,\nB,2010,100,0,,,\n"
    said = faults_of(tmp_path, HEAD + bad)
    assert "must be at least 0. Received: -5" in said
    assert "place 'A', year 2000.0: stands already at places.csv row 2" in said
    assert "Received: NaN" in said


def test_faults_of_rows_that_can_be_read(tmp_path) -> None:
    bad = "B,2000,100,0,10,,\nB,2010,100,,5,,\nC,2010,10,9,8,2030,\n"
    bad += "D,2000,,1,1,2010,\nD,2010,9,1,1,,x\n"
    said = faults_of(tmp_path, HEAD + bad)
    assert "Place 'B', year 2000, column 'outcome_industry': must be positive. Received: 0." in said
    assert "Place 'B', year 2010, column 'outcome_industry': is blank" in said
    assert "Place 'C', year 2010, outcomes: add up to 17; must be less than the total, 10" in said
    assert "Place 'C', column 'event_year': must be later than 2000 and at most 2010" in said
    assert "Place 'D', year 2000, column 'total': is missing" in said
    assert "Place 'D', column 'event_year': differs from places.csv row 5" in said
    assert "Place 'D', column 'cluster'" in said


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("place,year\nA,1\n", "has no column outcome_SECTOR and no column share_SECTOR"),
        ("year,share_a\n1,0.5\n2,0.4\n", "Column 'place': is missing"),
        ("place,year,share_a\nA,1,0.5\nB,1,0.4\n", "has one year only"),
        ("place,year,share_a\nA,1.5,0.5\nA,2,0.4\n", "must be a whole number"),
        ("place,year,share_a\nA,1,1.5\nA,2,0.4\n", "must be between 0 and 1"),
        ("place,year,share_a,shar_b\nA,1,0.5,1\nA,2,0.4,1\n", "Column 'shar_b'"),
        ("place,year,share_a,share_b,instrument_a\nA,1,.5,.1,1\nA,2,.4,.1,1\n", "'instrument_b'"),
    ],
)
def test_bad_tables(tmp_path, text: str, words: str) -> None:
    assert words in faults_of(tmp_path, text)
