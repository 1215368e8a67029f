"""What changes an economy: taxes and subsidies by country, industry and partner, and shocks.

All rates here are **levels after the change**, not changes, and shares of a price:

* ``tariffs[i, n, k]`` of the border price of good k from exporter i, paid to importer n;
* ``export_subsidies[i, n, k]`` of the price the producer receives, paid by exporter i;
* ``production_subsidies[i, k]`` of the price the producer receives, paid by country i on all sales.

A buyer in n pays (1 + t)(1 - x)(1 - s) for what the producer in i receives 1 for, so a subsidy of
0.2 pays a fifth of the price, one of 1 would give the good away (a fault), and a negative one is a
tax. Lashkaripour and Lugovskyy write 1 + x for our 1 / (1 - x): their production subsidy mu is our
mu / (1 + mu). :func:`as_markup` turns ours into theirs.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from workshare.arrays import Array, Mask
from workshare.errors import EconomyError, Fault
from workshare.trade.economy import Economy, cell_faults


def _empty() -> Array:
    """Return the array that stands for 'as it is'."""
    return np.zeros(0)


def as_markup(subsidy: Array) -> Array:
    """Return a subsidy as a share of what the *buyer* pays, the usual form in papers.

    Examples
    --------
    >>> import numpy as np
    >>> as_markup(np.array([0.2, -0.25]))
    array([ 0.25, -0.2 ])
    """
    return np.asarray(subsidy / (1.0 - subsidy))


@dataclass(frozen=True, eq=False)
class Policy:
    """Taxes and subsidies of every country; what is not given stays as the economy has it.

    Attributes
    ----------
    tariffs : (N, N, K), (exporter, importer, industry), share of the border price; > -1, zero on
        the diagonal. Not given: the economy's own.
    export_subsidies : (N, N, K), share of the producer's price; < 1, zero on the diagonal. Not
        given: zero.
    production_subsidies : (N, K), share of the producer's price; < 1. Not given: zero.
    name : a short name for tables.

    Examples
    --------
    >>> import numpy as np
    >>> Policy(production_subsidies=np.array([[0.1], [0.0]])).name
    'policy'
    """

    tariffs: Array = field(default_factory=_empty)
    export_subsidies: Array = field(default_factory=_empty)
    production_subsidies: Array = field(default_factory=_empty)
    name: str = "policy"


@dataclass(frozen=True, eq=False)
class Shock:
    """Changes outside policy, each as new value over old; what is not given does not change.

    Attributes
    ----------
    trade_costs : (N, N, K), new over old iceberg trade cost; > 0.
    productivity : (N, K), new over old output per unit of labour; > 0.
    labour : (N,), new over old labour force; > 0.
    deficits : (N,), money per year at the base world wage bill; what each country spends beyond
        its income afterwards; they sum to zero. Not given: the economy's own.
    name : a short name for tables.
    """

    trade_costs: Array = field(default_factory=_empty)
    productivity: Array = field(default_factory=_empty)
    labour: Array = field(default_factory=_empty)
    deficits: Array = field(default_factory=_empty)
    name: str = "shock"


def complete_policy(economy: Economy, policy: Policy | None) -> Policy:
    """Return the policy with every array in full shape, checked.

    Raises
    ------
    EconomyError : a shape or a rate is wrong; every fault names its cell.
    """
    policy = policy or Policy()
    size, kinds = len(economy.countries), len(economy.industries)
    cube, table = (size, size, kinds), (size, kinds)
    tariffs = economy.tariffs if policy.tariffs.size == 0 else policy.tariffs
    full = Policy(
        np.asarray(tariffs, dtype=np.float64),
        _full(policy.export_subsidies, cube, 0.0),
        _full(policy.production_subsidies, table, 0.0),
        policy.name,
    )
    shapes = {"tariffs": cube, "export_subsidies": cube, "production_subsidies": table}
    _raise([*_wrong_shapes(full, shapes)])
    _raise([*_wrong_rates(economy, full)])
    return full


def complete_shock(economy: Economy, shock: Shock | None) -> Shock:
    """Return the shock with every array in full shape, checked; EconomyError if it has faults."""
    shock = shock or Shock()
    size, kinds = len(economy.countries), len(economy.industries)
    deficits = economy.deficits if shock.deficits.size == 0 else shock.deficits
    full = Shock(
        _full(shock.trade_costs, (size, size, kinds), 1.0),
        _full(shock.productivity, (size, kinds), 1.0),
        _full(shock.labour, (size,), 1.0),
        np.asarray(deficits, dtype=np.float64),
        shock.name,
    )
    shapes: dict[str, tuple[int, ...]] = {
        "trade_costs": (size, size, kinds),
        "productivity": (size, kinds),
        "labour": (size,),
        "deficits": (size,),
    }
    _raise([*_wrong_shapes(full, shapes)])
    _raise([*_wrong_changes(economy, full)])
    return full


def _full(array: Array, shape: tuple[int, ...], value: float) -> Array:
    """Return the array, or one full of ``value`` where none was given."""
    return np.full(shape, value) if array.size == 0 else np.asarray(array, dtype=np.float64)


def _raise(faults: list[Fault]) -> None:
    """Raise the faults together, if there are any."""
    if faults:
        raise EconomyError(faults)


def _wrong_shapes(record: Policy | Shock, shapes: dict[str, tuple[int, ...]]) -> Iterator[Fault]:
    """Give one fault for each array of the wrong shape."""
    for name, shape in shapes.items():
        found = getattr(record, name).shape
        if found != shape:
            yield Fault(name, record.name, str(found), f"shape is {shape}", "See Policy and Shock.")


def _wrong_rates(economy: Economy, policy: Policy) -> Iterator[Fault]:
    """Give one fault for each rate outside what is allowed."""
    home = np.eye(len(economy.countries), dtype=bool)[:, :, None]
    checks: list[tuple[str, Array, Mask, str, str]] = [
        (
            "tariffs",
            policy.tariffs,
            _outside(policy.tariffs > -1.0, policy.tariffs),
            "a tariff is a share above -1 (0.05 is 5 %)",
            "Is it in percent?",
        ),
        (
            "tariffs",
            policy.tariffs,
            np.asarray(home & (policy.tariffs != 0)),
            "a country has no tariff on its own goods",
            "Set the diagonal to zero.",
        ),
        (
            "export_subsidies",
            policy.export_subsidies,
            np.asarray(home & (policy.export_subsidies != 0)),
            "a country has no export subsidy on its home sales",
            "Set the diagonal to zero; use a production subsidy for all sales.",
        ),
    ]
    for name in ("export_subsidies", "production_subsidies"):
        rates = getattr(policy, name)
        rule = "a subsidy is a share of the producer's price below 1 (100 % gives the good away)"
        cure = "Is it in percent? A paper's 1 + s is our 1 / (1 - s)."
        checks.append((name, rates, _outside(rates < 1.0, rates), rule, cure))
    for name, rates, wrong, rule, cure in checks:
        yield from cell_faults(economy, name, rates, wrong, rule, cure)


def _wrong_changes(economy: Economy, shock: Shock) -> Iterator[Fault]:
    """Give one fault for each change that is not a positive number, and for deficits."""
    rule, cure = "a change is new over old, above 0", "1 is no change, 1.05 is 5 % more."
    for name in ("trade_costs", "productivity"):
        values = getattr(shock, name)
        yield from cell_faults(economy, name, values, _outside(values > 0, values), rule, cure)
    for country, value in zip(economy.countries, shock.labour, strict=True):
        if not (np.isfinite(value) and value > 0):
            yield Fault(f"labour country {country}", shock.name, f"{value:g}", rule, cure)
    total, size = float(shock.deficits.sum()), float(economy.spending.sum())
    if not abs(total) <= 1e-6 * size:
        rule, cure = "deficits of all countries sum to zero", "Close them, or correct the last one."
        yield Fault("deficits", shock.name, f"{total:g} {economy.unit}", rule, cure)


def _outside(allowed: Mask, values: Array) -> Mask:
    """Return where a value is not allowed or not a number."""
    return np.asarray(~(allowed & np.isfinite(values)))
