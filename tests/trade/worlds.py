"""Worlds that the tests of trade share: random ones of any size, and the published one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from workshare.trade.economy import Economy, implied_deficits
from workshare.trade.taxes import Policy, Shock

ROOT = Path(__file__).parents[2]
PUBLISHED = ROOT.parent / "shared" / "data" / "ll2023"
COUNTRIES = """
AUS AUT BEL BGR BRA CAN CHE CHN CYP CZE DEU DNK ESP EST FIN FRA GBR GRC HRV HUN IDN IND IRL ITA JPN
KOR LTU LUX LVA MEX MLT NLD NOR POL PRT ROU RUS SVK SVN SWE TUR TWN USA RoW
"""
INDUSTRIES = """
agriculture mining food textiles wood paper petroleum chemicals plastics minerals metals machinery
electronics vehicles other services
"""


def random_world(
    size: int = 4,
    kinds: int = 3,
    entry: str = "restricted",
    seed: int = 0,
    *,
    balanced: bool = True,
    **changes: Any,
) -> Economy:
    """Return a random economy with tariffs; trade x scale elasticity below 0.9."""
    random = np.random.default_rng(seed)
    scale = np.exp(random.normal(0, 0.7, size))
    flows = np.exp(random.normal(0, 0.7, (size, size, kinds)))
    flows *= scale[:, None, None] * scale[None, :, None]
    flows[np.arange(size), np.arange(size)] *= 4
    tariffs = random.uniform(0, 0.2, (size, size, kinds))
    tariffs[np.arange(size), np.arange(size)] = 0
    if balanced:
        flows = (flows + flows.transpose(1, 0, 2)) / 2 * (1 + tariffs)
    epsilon = random.uniform(1.5, 6.0, kinds)
    fields: dict[str, Any] = {
        "countries": tuple(f"C{i}" for i in range(size)),
        "industries": tuple(f"k{i}" for i in range(kinds)),
        "flows": flows,
        "tariffs": tariffs,
        "trade_elasticity": epsilon,
        "scale_elasticity": random.uniform(0.3, 0.9, kinds) / epsilon,
        "entry": entry,
    } | changes
    if "deficits" not in fields:
        fields["deficits"] = implied_deficits(fields["flows"], fields["tariffs"])
    return Economy(**fields)


def balanced_world(entry: str = "restricted", size: int = 2, kinds: int = 2) -> Economy:
    """Return a symmetric-trade economy without tariffs or deficits."""
    random = np.random.default_rng(3)
    flows = np.exp(random.normal(0, 0.5, (size, size, kinds)))
    flows = flows + flows.transpose(1, 0, 2)
    flows[np.arange(size), np.arange(size)] *= 3
    return random_world(size, kinds, entry, flows=flows, tariffs=np.zeros_like(flows))


def random_policy(world: Economy, seed: int = 1, size: float = 0.2) -> Policy:
    """Return a random policy of every country with all instruments."""
    random = np.random.default_rng(seed)
    shape = world.flows.shape
    away = 1.0 - np.eye(shape[0])[:, :, None]
    return Policy(
        random.uniform(-size / 2, size, shape) * away,
        random.uniform(-size, size, shape) * away,
        random.uniform(-size, size, (shape[0], shape[2])),
    )


def random_shock(world: Economy, seed: int = 2) -> Shock:
    """Return a random change of trade costs, productivity and labour."""
    random = np.random.default_rng(seed)
    shape = world.flows.shape
    return Shock(
        np.exp(random.normal(0, 0.1, shape)),
        np.exp(random.normal(0, 0.1, (shape[0], shape[2]))),
        np.exp(random.normal(0, 0.1, shape[0])),
    )


def published_world(entry: str) -> Economy:
    """Return the balanced base of Lashkaripour and Lugovskyy (2023), Table 4; skip if absent."""
    path = PUBLISHED / f"Tab4_Data_{'RE' if entry == 'restricted' else 'FE'}.mat"
    if not path.exists():
        pytest.skip(f"{path.name} of the published package is not here")
    from scipy.io import loadmat

    data = loadmat(path)
    return Economy(
        tuple(COUNTRIES.split()),
        tuple(INDUSTRIES.split()),
        data["Xjik_3D"],
        data["sigma_k3D"][0, 0] - 1.0,
        data["mu_k3D"][0, 0],
        tariffs=data["tjik_3D"],
        entry=entry,
    )


def published_pair(name: str) -> Economy:
    """Return one country against the rest of the world, from the published raw data; free entry.

    As the published program does it: one is added to every flow, 43 economies are added up, tariffs
    are simple means, deficits are closed.
    """
    path = PUBLISHED / "Step_1.mat"
    if not path.exists():
        pytest.skip("the raw data of the published package are not here")
    from scipy.io import loadmat

    data = loadmat(path)
    tariffs = np.loadtxt(PUBLISHED / "AGG_T.csv", delimiter=",")[:, 3] / 100
    tariffs = tariffs.reshape(16, 44, 44, order="F").transpose(2, 1, 0)
    place = COUNTRIES.split().index(name)
    sums = np.vstack([np.arange(44) != place, np.arange(44) == place]).astype(float)
    apart = np.where(np.eye(44, dtype=bool)[:, :, None], 0.0, tariffs)
    flows = np.einsum("ai,ijk,bj->abk", sums, data["Xijs3D"] + 1, sums)
    counts = np.outer(sums.sum(axis=1), sums.sum(axis=1))[:, :, None]
    pair = np.einsum("ai,ijk,bj->abk", sums, apart, sums) / counts
    pair[[0, 1], [0, 1]] = 0
    epsilon = np.array(data["sigma_s3D"][0, 0] - 1)
    epsilon[15] = 11
    raw = Economy(
        ("RoW", name),
        tuple(INDUSTRIES.split()),
        flows,
        epsilon,
        data["mu_s3D"][0, 0],
        tariffs=pair,
        entry="free",
        deficits=implied_deficits(flows, pair),
    )
    from workshare.trade.equilibrium import rebased, solve_equilibrium

    return rebased(solve_equilibrium(raw, None, Shock(deficits=np.zeros(2))))
