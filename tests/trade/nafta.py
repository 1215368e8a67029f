"""The data of Caliendo and Parro (2015) as an economy, read from the public test fixture."""

from __future__ import annotations

import csv
import gzip
from pathlib import Path

import numpy as np
import pytest

from workshare.trade.economy import Economy
from workshare.trade.input_output import close_accounts

FOLDER = Path(__file__).parents[3] / "shared" / "data" / "cp2015_nafta"


def rows(name: str) -> list[dict[str, str]]:
    with gzip.open(FOLDER / f"{name}.csv.gz", "rt", newline="") as file:
        return list(csv.DictReader(file))


def nafta() -> tuple[Economy, np.ndarray]:
    """Return the economy of 1993 and the tariffs after NAFTA (only those between the three)."""
    if not FOLDER.is_dir():
        pytest.skip("needs the data of Caliendo and Parro (2015)")
    trade = rows("trade")
    kinds = list(dict.fromkeys(row["sector"] for row in trade))
    places = list(dict.fromkeys(row["importer"] for row in trade))
    k, n = ({name: p for p, name in enumerate(names)} for names in (kinds, places))
    shape = (len(places), len(places), len(kinds))
    net, before, after = np.zeros(shape), np.zeros(shape), np.zeros(shape)
    for row in trade:
        cell = n[row["exporter"]], n[row["importer"]], k[row["sector"]]
        net[cell], before[cell] = float(row["value"]), float(row["tariff_bln"])
        after[cell] = float(row["tariff_cfl"])
    inputs, added = np.zeros((shape[0], shape[2], shape[2])), np.zeros((shape[0], shape[2]))
    for row in rows("intermediate_consumption"):
        cell = n[row["region"]], k[row["input"]], k[row["sector"]]
        inputs[cell] = float(row["value"])
    for row in rows("value_added"):
        added[n[row["region"]], k[row["sector"]]] = float(row["value"])
    cost = added + inputs.sum(axis=1)
    # one cell of the published table is negative (Canada, basic metals: 0.02 % of its cost); value
    # added takes it up
    inputs = np.maximum(inputs, 0.0)
    theta = np.zeros(shape[2])
    for row in rows("theta"):
        theta[k[row["sector"]]] = float(row["value"])
    final = np.zeros(added.shape)
    for row in rows("final_consumption"):
        final[n[row["region"]], k[row["sector"]]] = float(row["value"])
    home = np.arange(shape[0])
    before[home, home] = after[home, home] = 0.0
    economy, closed = close_accounts(
        (places, kinds),
        (net * (1 + before), before),
        (inputs / cost[:, None, :], final),
        added.sum(axis=1),
        theta,
        unit="USD/year",
        name="NAFTA 1993",
    )
    assert closed.status == "solved", closed.certificate
    return economy, after
