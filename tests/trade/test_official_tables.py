"""Official layouts, built small: what is read, what is listed, what is refused."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from workshare.errors import TableError
from workshare.trade.input_output import solve_with_inputs
from workshare.trade.official_tables import read_icio, read_wiod

ELASTICITIES = {"A01": (4.0, 0.1), "*": (5.0, 0.15)}
ICIO = """V1,ARG_A01,ARG_C10,BRA_A01,BRA_C10,ARG_HFCE,ARG_INVNT,BRA_HFCE,BRA_INVNT,OUT
ARG_A01,10,5,1,2,30,-2,4,0,50
ARG_C10,2,8,0,3,40,0,7,0,60
BRA_A01,1,1,20,9,2,0,60,1,94
BRA_C10,0,4,6,15,5,0,90,0,120
TLS,0,0,0,0,0,0,0,0,0
VA,37,42,67,91,0,0,0,0,0
OUT,50,60,94,120,77,-2,161,1,
"""


def icio(folder: Path, text: str = ICIO) -> Path:
    file = folder / "2020_SML.csv"
    file.write_text(text, encoding="utf-8")
    return file


def wiod(folder: Path) -> Path:
    """The same numbers in the other layout."""
    rows = [line.split(",") for line in ICIO.splitlines()]
    names = ["ARG1", "ARG2", "BRA1", "BRA2", "ARG57", "ARG61", "BRA57", "BRA61", "TOT"]
    lines = [",".join(["IndustryCode,IndustryDescription,Country,RNr,Year", *names])]
    for label, *cells in rows[1:5]:
        country, code = label.split("_")
        number = {"A01": "1", "C10": "2"}[code]
        lines.append(",".join([code, f'"{code}, described"', country, number, "2014", *cells]))
    lines.append(",".join(["VA", "Value added", "TOT", "70", "2014", *rows[6][1:]]))
    file = folder / "WIOT2014.csv"
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return file


def test_intermediate_and_final_use_are_added_by_importer(tmp_path: Path) -> None:
    made = read_icio(icio(tmp_path), ELASTICITIES)
    economy = made.economy
    assert (economy.countries, economy.industries) == (("ARG", "BRA"), ("A01", "C10"))
    np.testing.assert_array_equal(economy.flows[:, :, 0], [[43.0, 7.0], [4.0, 90.0]])
    np.testing.assert_array_equal(economy.flows[:, :, 1], [[50.0, 10.0], [9.0, 111.0]])
    np.testing.assert_array_equal(economy.trade_elasticity, [4.0, 5.0])
    assert [item.what for item in made.adjustments] == ["deficits carried"]
    # ARG spends 43 + 4 + 50 + 9 and earns 50 + 60
    assert economy.deficits[0] == pytest.approx(-4.0)


def test_the_two_layouts_say_the_same(tmp_path: Path) -> None:
    first = read_icio(icio(tmp_path), ELASTICITIES).economy
    second = read_wiod(wiod(tmp_path), ELASTICITIES).economy
    assert (second.countries, second.industries) == (first.countries, first.industries)
    np.testing.assert_array_equal(second.flows, first.flows)


def test_links_are_shares_of_the_users_sales_in_both_layouts(tmp_path: Path) -> None:
    first = read_icio(icio(tmp_path), ELASTICITIES, "free", links=True).economy
    second = read_wiod(wiod(tmp_path), ELASTICITIES, "free", links=True).economy
    np.testing.assert_array_equal(second.input_shares, first.input_shares)
    # what ARG's C10 takes of A01, from both countries, over its sales
    assert first.input_shares[0, 0, 1] == pytest.approx((5 + 1) / first.sales[0, 1])
    assert first.input_shares[1, 1, 0] == pytest.approx((0 + 6) / first.sales[1, 0])
    answer = solve_with_inputs(first)
    assert answer.status == "solved"
    np.testing.assert_allclose(answer.welfare, 1, rtol=1e-9)
    plain = read_icio(icio(tmp_path), ELASTICITIES).economy
    assert not plain.has_inputs


def test_what_does_not_add_up_is_listed(tmp_path: Path) -> None:
    text = ICIO.replace("BRA_C10,0,4", "BRA_C10,0,-40")
    made = read_icio(icio(tmp_path, text), ELASTICITIES)
    by_what = {item.what: item for item in made.adjustments}
    off = by_what["output taken as the sum of uses"]
    assert (off.where, off.before, off.after) == ("exporter BRA, industry C10", 120.0, 76.0)
    cut = by_what["negative flow cut"]
    assert (cut.where, cut.before) == ("importer ARG, industry C10", -35.0)


def test_every_fault_names_its_cell(tmp_path: Path) -> None:
    text = ICIO.replace("ARG_C10,2,8", "ARG_C10,2,n.a.").replace("BRA_HFCE", "BRAHFCE")
    text = text.replace("BRA_C10,0,4,6,15,5,0,90,0,120", "ARG_A01,0,4,6,15,5,0,90,0,120")
    with pytest.raises(TableError) as caught:
        read_icio(icio(tmp_path, text), {"A01": (4.0, 0.1)})
    said = str(caught.value)
    for part in (
        "line 3 column ARG_C10",
        "BRAHFCE",
        "stands in line 2 already",
        "Industry C10: has no elasticities",
    ):
        assert part in said


def test_a_file_of_another_layout_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TableError, match="first columns must be IndustryCode"):
        read_wiod(icio(tmp_path), ELASTICITIES)
    with pytest.raises(TableError, match="must not be empty"):
        read_icio(icio(tmp_path, ""), ELASTICITIES)
    with pytest.raises(TableError, match="must be a readable file"):
        read_icio(tmp_path / "absent.csv", ELASTICITIES)
