"""Freight and tariffs with ``*``: the most specific row wins, ties and nonsense are faults."""

from __future__ import annotations

import pytest

from workshare.region import read_region


def links(folder) -> dict[tuple[str, str, str], tuple[float, float]]:
    return {
        (link.origin, link.destination, link.good): (link.freight, link.tariff)
        for link in read_region(folder.path).links
    }


def test_links_of_the_starter(folder) -> None:
    found = links(folder)
    assert found["NTH-coast", "STH-valley", "motor"] == (3.0 * 1e-3, 0.0)
    assert found["STH-valley", "NTH-coast", "metal"] == (0.04, 0.0)
    # there is no row for metal the other way, and the tariff is on motors from outside only
    assert ("NTH-coast", "STH-valley", "metal") not in found
    assert found["world", "NTH-coast", "motor"] == (0.005, pytest.approx(0.1 * 0.120))
    assert found["NTH-coast", "world", "metal"] == (0.06, 0.0)
    assert not any(good == "ore" for _, _, good in found)


def test_the_row_that_names_most_columns_wins(folder) -> None:
    folder.add("freight", "world", "STH-valley", "metal", "90", "USD/t")
    folder.add("freight", "*", "*", "*", "1", "kUSD/kt")
    folder.write("freight", [r for r in folder.rows("freight") if r[2] != "motor"])
    folder.add("freight", "*", "*", "motor", "7", "USD/unit")
    found = links(folder)
    assert found["world", "STH-valley", "metal"][0] == 0.09
    assert found["world", "NTH-coast", "metal"][0] == 0.06
    assert found["NTH-coast", "STH-valley", "metal"][0] == 0.001
    assert found["NTH-coast", "STH-valley", "motor"][0] == 0.007


def test_two_rows_that_name_as_many_columns(folder) -> None:
    row = folder.add("freight", "*", "STH-valley", "motor", "4", "USD/unit")
    fault = folder.only_fault()
    assert fault.place == f"freight.csv row {row}"
    assert fault.subject == "world to STH-valley, good 'motor'"
    assert (
        fault.rule == "one row must be the most specific; freight.csv row 5 names as many columns"
    )


def test_any_good_needs_a_unit_for_every_good(folder) -> None:
    row = folder.add("freight", "*", "*", "*", "9", "USD/t")
    assert not folder.faults()
    folder.remove("freight", "NTH-coast", "STH-valley", "motor")
    row -= 1
    fault = folder.only_fault()
    assert fault.place == f"freight.csv row {row} column unit"
    assert fault.subject == "Freight of good 'motor'"
    assert "does not convert" in fault.rule


@pytest.mark.parametrize(
    ("table", "cells", "rule"),
    [
        ("freight", ("NTH-coast", "NTH-coast", "motor", "1", "USD/unit"), "within one place"),
        ("freight", ("world", "world", "motor", "1", "USD/unit"), "within one place"),
        ("freight", ("world", "*", "ore", "1", "USD/t"), "not tradable and cannot move"),
        ("tariffs", ("NTH", "NTH", "motor", "5", "%"), "levies no tariff on itself"),
        ("tariffs", ("*", "*", "ore", "5", "%"), "not tradable"),
        ("tariffs", ("NTH", "STH", "motor", "35", "share"), "must be >= 0 and <= 5"),
    ],
)
def test_rows_that_make_no_sense(folder, table, cells, rule) -> None:
    row = folder.add(table, *cells)
    assert any(
        rule in f.rule and f.place.startswith(f"{table}.csv row {row}") for f in folder.faults()
    )


def test_tariffs_are_on_the_reference_price(folder) -> None:
    folder.add("tariffs", "NTH", "STH", "metal", "50", "%")
    folder.add("tariffs", "NTH", "*", "metal", "20", "%")
    found = links(folder)
    assert found["STH-valley", "NTH-coast", "metal"][1] == 0.5 * 2.6
    assert found["world", "NTH-coast", "metal"][1] == pytest.approx(0.2 * 2.6)
    assert found["world", "STH-valley", "metal"][1] == 0.0


def test_reference_price_without_an_outside_price_is_the_mean_of_demand(folder) -> None:
    folder.remove("outside", "motor")
    folder.write("limits", folder.rows("limits")[:1])
    row = folder.find("demand", "STH-valley", "motor", "base", "price")
    folder.set("demand", row, "value", "210")
    folder.add("tariffs", "NTH", "STH", "motor", "10", "%")
    mean = (300 * 0.130 + 180 * 0.210) / 480
    found = links(folder)
    assert found["STH-valley", "NTH-coast", "motor"][1] == pytest.approx(0.1 * mean)
    assert ("world", "NTH-coast", "motor") not in found


def test_tariff_on_a_good_without_any_price(folder) -> None:
    folder.remove("outside", "metal")
    row = folder.add("tariffs", "NTH", "STH", "metal", "10", "%")
    fault = folder.only_fault()
    assert fault.place == f"tariffs.csv row {row} column value"
    assert "needs a reference price" in fault.rule
