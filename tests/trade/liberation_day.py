"""194 countries, one industry: the public fixture behind Ignatenko et al. (2025) as an economy."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

from workshare.trade.economy import Economy, implied_deficits

FOLDER = Path(__file__).parents[3] / "shared" / "data" / "liberation_day_2025"


def liberation_day(entry: str = "restricted", scale: float = 0.0) -> tuple[Economy, np.ndarray]:
    """Return the economy of 194 countries and the tariffs announced by the United States.

    Home sales are output less exports, and at least a tenth of output: an assumption of this
    fixture, since re-exporting countries export more than they produce.
    """
    if not FOLDER.is_dir():
        pytest.skip("needs the public data of 194 countries")
    with (FOLDER / "country_labels.csv").open() as file:
        names = tuple(row["iso3"] for row in csv.DictReader(file))
    trade = np.nan_to_num(
        np.genfromtxt(FOLDER / "trade_cepii.csv", delimiter=",", skip_header=1, filling_values=0.0)
    )
    flows = trade * 1e-3  # thousand to million USD
    np.fill_diagonal(flows, 0.0)
    output = np.genfromtxt(FOLDER / "gdp.csv", skip_header=1) * 1e-6
    home = np.arange(len(names))
    flows[home, home] = np.maximum(output - flows.sum(axis=1), 0.1 * output)
    flows = flows[:, :, None]
    none = np.zeros_like(flows)
    economy = Economy(
        names,
        ("goods",),
        flows,
        np.array([4.0]),
        np.array([scale]),
        entry=entry,
        deficits=implied_deficits(flows, none),
        name="194 countries, 2025",
    )
    tariffs = none.copy()
    importer = names.index("USA")
    tariffs[:, importer, 0] = np.genfromtxt(FOLDER / "tariffs.csv", skip_header=1)
    tariffs[importer, importer, 0] = 0.0
    return economy, tariffs
