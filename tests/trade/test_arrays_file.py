"""Cubes of arrays: a small one built here, the public one where it is, and faults."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from workshare.errors import TableError
from workshare.trade.arrays_file import read_cube

CUBE = Path(__file__).parents[3] / "shared" / "data" / "trade_icio_cube" / "icio2022_cube.npz"
ANY = {"*": (4.0, 0.1)}


def cube(folder: Path, **changes: object) -> Path:
    arrays = {
        "X": np.array([[[8.0], [2.0]], [[1.0], [9.0]]]),
        "tariff": np.array([[[0.0], [0.1]], [[0.2], [0.0]]]),
        "countries": np.array(["ARG", "BRA"]),
        "sectors": np.array(["goods"]),
    }
    file = folder / "cube.npz"
    kept = {name: np.asarray(value) for name, value in (arrays | changes).items()}
    np.savez(file, allow_pickle=True, **kept)
    return file


def test_flows_come_with_their_tariffs(tmp_path: Path) -> None:
    economy = read_cube(cube(tmp_path), ANY).economy
    np.testing.assert_allclose(economy.flows[:, :, 0], [[8.0, 2.2], [1.2, 9.0]])
    assert economy.tariffs[0, 1, 0] == pytest.approx(0.1)


def test_faults_are_told_together(tmp_path: Path) -> None:
    with pytest.raises(TableError) as caught:
        read_cube(cube(tmp_path, tariff=np.zeros((2, 2))), {"other": (4.0, 0.1)})
    assert "Array tariff" in str(caught.value)
    assert "Industry goods" in str(caught.value)
    (tmp_path / "text.npz").write_text("no arrays")
    with pytest.raises(TableError, match="plain arrays"):
        read_cube(tmp_path / "text.npz", ANY)


def test_the_public_cube_is_read_whole() -> None:
    if not CUBE.is_file():
        pytest.skip("needs the public cube of 81 countries")
    made = read_cube(CUBE, ANY)
    assert made.economy.flows.shape == (81, 81, 28)
    border = made.economy.flows / (1 + made.economy.tariffs)
    with np.load(CUBE) as held:
        kept = float(np.maximum(held["X"].astype(float), 0).sum())
    assert border.sum() == pytest.approx(kept, rel=1e-9)
