"""Changes of policy and shocks as one tidy table.

One row per change: instrument, exporter (the country whose goods, producers or workers it is
about), importer, industry and value; ``*`` or a blank stands for all of them. Rows apply in order.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np

from workshare.arrays import Mask
from workshare.errors import Fault, TableError
from workshare.tidy import Column, Record, read_tidy
from workshare.trade.economy import Economy
from workshare.trade.taxes import Policy, Shock, complete_policy, complete_shock

CHANGE_COLUMNS = (
    Column("instrument"),
    Column("exporter", required=False, default="*"),
    Column("importer", required=False, default="*"),
    Column("industry", required=False, default="*"),
    Column("value", "number"),
)
CHANGES = (
    "tariff",
    "export_subsidy",
    "production_subsidy",
    "trade_cost",
    "productivity",
    "labour",
)
"""Instruments of a table of changes. The first three are rates after the change, shares of a price;
the others are new over old."""


def read_changes(path: str | Path, economy: Economy) -> tuple[Policy, Shock]:
    """Return the policy and the shock of a table of changes, checked against the economy.

    Rows apply in order: a later one overrides an earlier one where they meet. Home sales have no
    tariff and no export subsidy, so ``*`` leaves them out there.

    Raises
    ------
    TableError : unknown instrument, country or industry. EconomyError : a rate is not allowed.
    """
    records = read_tidy(path, CHANGE_COLUMNS)
    faults = list(_change_faults(records, economy))
    if faults:
        raise TableError(faults)
    policy, shock = complete_policy(economy, None), complete_shock(economy, None)
    arrays = {
        "tariff": np.array(policy.tariffs),
        "export_subsidy": np.array(policy.export_subsidies),
        "production_subsidy": np.array(policy.production_subsidies),
        "trade_cost": np.array(shock.trade_costs),
        "productivity": np.array(shock.productivity),
        "labour": np.array(shock.labour),
    }
    size = len(economy.countries)
    away = ~np.eye(size, dtype=bool)
    for record in records:
        name = record["instrument"]
        array = arrays[name]
        i = _chosen(record["exporter"], economy.countries)
        n = _chosen(record["importer"], economy.countries)
        k = _chosen(record["industry"], economy.industries)
        if array.ndim == 3:
            cells = i[:, None, None] & n[None, :, None] & k[None, None, :]
            if "*" in (record["exporter"], record["importer"]):
                cells = cells & away[:, :, None]
            array[cells] = record["value"]
        elif array.ndim == 2:
            array[i[:, None] & k[None, :]] = record["value"]
        else:
            array[i] = record["value"]
    label = Path(path).stem
    return (
        complete_policy(
            economy,
            Policy(arrays["tariff"], arrays["export_subsidy"], arrays["production_subsidy"], label),
        ),
        complete_shock(
            economy,
            Shock(arrays["trade_cost"], arrays["productivity"], arrays["labour"], name=label),
        ),
    )


def _unknown(records: Iterable[Record], column: str, known: Sequence[str]) -> Iterator[Fault]:
    """Give a fault for each row that names something unknown."""
    names = set(known)
    for record in records:
        if record[column] not in names:
            rule = f"{column} is one of those listed: {', '.join(list(known)[:8])}"
            yield Fault(record.place, f"column {column}", record[column], rule, "Correct the name.")


def _change_faults(records: Iterable[Record], economy: Economy) -> Iterator[Fault]:
    """Give the faults of a table of changes."""
    listed = {
        "instrument": CHANGES,
        "exporter": ("*", *economy.countries),
        "importer": ("*", *economy.countries),
        "industry": ("*", *economy.industries),
    }
    kept = list(records)
    for column, known in listed.items():
        yield from _unknown(kept, column, known)


def _chosen(name: str, names: Sequence[str]) -> Mask:
    """Return which of the names a cell means, as booleans."""
    return np.array([name in ("*", other) for other in names])
