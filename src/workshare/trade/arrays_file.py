"""An economy kept as NumPy arrays in one ``.npz`` file, as research repositories share them.

Arrays: ``X`` (exporter, importer, industry), flows at basic prices; ``tariff``, the same shape,
shares (0.05 is 5 %), optional; ``countries``; ``sectors``. Nothing pickled is read.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from zipfile import BadZipFile

import numpy as np

from workshare.arrays import Array
from workshare.errors import Fault, TableError
from workshare.trade.calibration import Calibration, RawTable, economy_from_flows


def read_cube(
    path: str | Path,
    elasticities: Mapping[str, tuple[float, float]],
    entry: str = "restricted",
) -> Calibration:
    """Return the economy of an ``.npz`` cube of flows, with every adjustment.

    Parameters
    ----------
    path : the file; million USD per year.
    elasticities : (trade elasticity, scale elasticity) by sector; ``"*"`` is for all not named.
    entry : ``restricted`` or ``free``.

    Raises
    ------
    TableError : every fault of the arrays. EconomyError : what they say is no economy.
    """
    file = Path(path)
    arrays = _load(file)
    missing = [name for name in ("X", "countries", "sectors") if name not in arrays]
    if missing:
        rule = "must be in the file"
        cure = f"It has: {', '.join(arrays) or 'nothing'}."
        raise TableError([Fault(file.name, f"Array {name}", "", rule, cure) for name in missing])
    countries = tuple(map(str, arrays["countries"]))
    sectors = tuple(map(str, arrays["sectors"]))
    flows = np.asarray(arrays["X"])
    tariffs = np.asarray(arrays.get("tariff", np.zeros(flows.shape)))
    shape = (len(countries), len(countries), len(sectors))
    faults = [
        Fault(file.name, f"Array {name}", str(array.shape), f"must be of shape {shape}", "")
        for name, array in (("X", flows), ("tariff", tariffs))
        if array.shape != shape or array.dtype.kind not in "fiu"
    ]
    faults += [
        Fault("elasticities", f"Industry {name}", "", "has no elasticities", "Add it, or '*'.")
        for name in sectors
        if name not in elasticities and "*" not in elasticities
    ]
    if faults:
        raise TableError(faults)
    pairs = [elasticities.get(name, elasticities.get("*", (np.nan, np.nan))) for name in sectors]
    raw = RawTable(
        countries,
        sectors,
        flows.astype(float),
        tariffs.astype(float),
        np.array([trade for trade, _ in pairs]),
        np.array([scale for _, scale in pairs]),
        name=file.stem,
        sources=(file.name,),
    )
    return economy_from_flows(raw, entry)


def _load(file: Path) -> dict[str, Array]:
    try:
        with np.load(file, allow_pickle=False) as held:
            return {name: held[name] for name in held.files}
    except (OSError, ValueError, BadZipFile, AttributeError, EOFError) as error:
        rule = f"must be an .npz file of plain arrays: {error}"
        raise TableError([Fault(file.name, "The file", "", rule, "Save it again.")]) from None
