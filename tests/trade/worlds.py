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
    size: int = 4, kinds: int = 3, entry: str = "restricted", seed: int = 0, **changes: Any
) -> Economy:
    """Return a random economy with tariffs and deficits; trade x scale elasticity below 0.9."""
    random = np.random.default_rng(seed)
    scale = np.exp(random.normal(0, 0.7, size))
    flows = np.exp(random.normal(0, 0.7, (size, size, kinds)))
    flows *= scale[:, None, None] * scale[None, :, None]
    flows[np.arange(size), np.arange(size)] *= 4
    tariffs = random.uniform(0, 0.2, (size, size, kinds))
    tariffs[np.arange(size), np.arange(size)] = 0
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
