"""The frozen record of a calibrated economy of countries and industries, checked at the door.

Every array of trade has one axis order, **(exporter, importer, industry)**: ``flows[i, n, k]`` is
what importer ``n`` spends on goods of industry ``k`` made in exporter ``i``, *at the price the
buyer pays*, tariff included. Home sales stand on the diagonal. No engine changes an economy: a
shock makes an equilibrium (:mod:`workshare.trade.equilibrium`), never a new economy.

The accounts that must hold, for each country n: spending = income + deficit, where

* spending = sum over (i, k) of ``flows[i, n, k]``;
* sales of an industry = sum over n of ``flows[i, n, k] / (1 + tariffs[i, n, k])``; the share
  markup / (1 + markup) of them is profit paid to residents, the rest is wages (and intermediate
  inputs, if ``input_shares`` is given);
* tariff revenue of n = sum over (i, k) of ``flows * tariffs / (1 + tariffs)``, paid to residents.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from workshare.arrays import Array, Mask
from workshare.errors import EconomyError, Fault

ENTRIES = ("restricted", "free")
"""How firms enter: ``restricted`` fixes their number and pays profits to residents; ``free`` lets
them enter until profit is zero, so that the scale elasticity works through the number of firms."""

BALANCE_TOLERANCE = 1e-6
"""Spending and income plus deficit of a country may differ by this share of spending."""

MOST_NAMED = 20
"""This many cells of one kind of fault are named; how many more there are is said."""


def _empty() -> Array:
    """Return the array that stands for 'not given'."""
    return np.zeros(0)


@dataclass(frozen=True, eq=False)
class Economy:
    """A calibrated economy of N countries and K industries; checked when it is made.

    Attributes
    ----------
    countries : names of the N countries, without repetition.
    industries : names of the K industries, without repetition.
    flows : shape (N, N, K), (exporter, importer, industry), money per year in ``unit``: spending
        of the importer at buyers' prices, tariff included; home sales on the diagonal; >= 0.
    trade_elasticity : shape (K,), > 0: the elasticity of trade to trade costs, sigma - 1.
    scale_elasticity : shape (K,), >= 0: the elasticity mu of unit cost to size; in the basic
        model it is also the markup over cost, price = (1 + mu) cost.
    tariffs : shape (N, N, K), a share (0.05 is 5 %) of the border price, paid by the importer to
        its own government; zero on the diagonal, > -1. Not given: zero everywhere.
    entry : ``restricted`` or ``free``, see :data:`ENTRIES`.
    deficits : shape (N,), money per year: what a country spends beyond its income; they sum to
        zero. Not given: zero, and then flows that are not balanced are a fault.
    input_shares : shape (N, K, K), (country, input industry, using industry): the share of the
        using industry's sales that pays for inputs of the input industry. Not given (empty): no
        intermediate inputs. What is left after all inputs (and profit) is value added.
    markups : shape (K,), >= 0, price over cost less one. Not given: the scale elasticity with
        restricted entry (markups only), zero with free entry (scale only). Given with free entry,
        both distortions are there: scale economies outside the firm, and profits of a fixed number
        of firms paid to residents.
    unit : the unit of money, e.g. ``million USD/year``.
    name : a short name for tables and figures.
    sources : where the data come from, one line each.

    Raises
    ------
    EconomyError : shapes, names, signs or accounts are wrong; every fault names its cell.

    Examples
    --------
    >>> import numpy as np
    >>> flows = np.array([[[80.0], [20.0]], [[20.0], [80.0]]])
    >>> world = Economy(("North", "South"), ("goods",), flows, np.array([4.0]), np.array([0.2]))
    >>> world.spending
    array([100., 100.])
    """

    countries: tuple[str, ...]
    industries: tuple[str, ...]
    flows: Array
    trade_elasticity: Array
    scale_elasticity: Array
    tariffs: Array = field(default_factory=_empty)
    entry: str = "restricted"
    deficits: Array = field(default_factory=_empty)
    input_shares: Array = field(default_factory=_empty)
    markups: Array = field(default_factory=_empty)
    unit: str = "million USD/year"
    name: str = "economy"
    sources: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Freeze copies of the arrays, fill what was not given, and check everything."""
        size, kinds = len(self.countries), len(self.industries)
        fill = {"tariffs": (size, size, kinds), "deficits": (size,), "markups": (kinds,)}
        object.__setattr__(self, "countries", tuple(str(name) for name in self.countries))
        object.__setattr__(self, "industries", tuple(str(name) for name in self.industries))
        for name in ARRAYS:
            array = np.array(getattr(self, name), dtype=np.float64)
            if array.size == 0 and name in fill:
                array = np.zeros(fill[name])
                if name == "markups" and self.entry == "restricted":
                    array = np.array(self.scale_elasticity)
            array.setflags(write=False)
            object.__setattr__(self, name, array)
        faults = tuple(_faults(self))
        if faults:
            raise EconomyError(faults)

    @functools.cached_property
    def spending(self) -> Array:
        """Spending of each country at buyers' prices, inputs included; (N,), money per year."""
        return np.asarray(self.flows.sum(axis=(0, 2)))

    @functools.cached_property
    def sales(self) -> Array:
        """Sales of each country's industries before tariffs; (N, K), money per year."""
        return np.asarray((self.flows / (1.0 + self.tariffs)).sum(axis=1))

    @functools.cached_property
    def trade_shares(self) -> Array:
        """Share of each origin in a destination's spending on an industry; (N, N, K).

        Zero where the destination spends nothing on the industry at all.
        """
        total = self.flows.sum(axis=0)
        return np.asarray(self.flows / np.where(total > 0, total, 1.0)[None])

    @functools.cached_property
    def spending_shares(self) -> Array:
        """Share of each industry in a country's spending; (N, K), rows sum to one."""
        return np.asarray(self.flows.sum(axis=0) / self.spending[:, None])

    @property
    def has_inputs(self) -> bool:
        """Whether the economy has intermediate inputs."""
        return self.input_shares.size > 0

    def country(self, name: str) -> int:
        """Return the position of a country.

        Raises
        ------
        EconomyError : there is no country of that name; the message lists the nearest.
        """
        return _position(name, self.countries, "country")

    def industry(self, name: str) -> int:
        """Return the position of an industry; EconomyError if there is none of that name."""
        return _position(name, self.industries, "industry")


ARRAYS = (
    "flows",
    "trade_elasticity",
    "scale_elasticity",
    "tariffs",
    "deficits",
    "input_shares",
    "markups",
)
"""The fields of an economy that are arrays."""


def implied_deficits(flows: Array, tariffs: Array) -> Array:
    """Return what each country spends beyond its income, from the flows alone; (N,), sums to zero.

    Imports before tariffs minus exports before tariffs: with or without intermediate inputs,
    profits and tariffs, that is spending minus income.

    Examples
    --------
    >>> import numpy as np
    >>> implied_deficits(np.array([[[80.0], [30.0]], [[20.0], [80.0]]]), np.zeros((2, 2, 1)))
    array([-10.,  10.])
    """
    border = flows / (1.0 + tariffs)
    return np.asarray(border.sum(axis=(0, 2)) - border.sum(axis=(1, 2)))


def cell_faults(
    economy: Economy, name: str, array: Array, wrong: Mask, rule: str, cure: str
) -> Iterator[Fault]:
    """Give one fault for each wrong cell of a (N, N, K) or (N, K) array, its cell named.

    Parameters
    ----------
    economy : gives the names of countries and industries.
    name : the array's name in the message.
    array : the values.
    wrong : booleans of the same shape.
    rule, cure : what is allowed, and what usually cures it.
    """
    cells = np.argwhere(wrong)
    for cell in cells[:MOST_NAMED]:
        value = f"{array[tuple(cell)]:.6g}"
        yield Fault(_cell(economy, name, cell), f"{economy.name}, {name}", value, rule, cure)
    if len(cells) > MOST_NAMED:
        yield Fault(name, f"{economy.name}, {name}", f"{len(cells) - MOST_NAMED} more", rule, cure)


def _cell(economy: Economy, name: str, cell: Array) -> str:
    """Return a cell in words: ``tariffs exporter CHN, importer USA, industry steel``."""
    if len(cell) == 3:
        exporter, importer = (economy.countries[int(index)] for index in cell[:2])
        where = f"exporter {exporter}, importer {importer}"
    else:
        where = f"country {economy.countries[int(cell[0])]}"
    return f"{name} {where}, industry {economy.industries[int(cell[-1])]}"


def _position(name: str, names: tuple[str, ...], kind: str) -> int:
    """Return where a name stands, or raise with the nearest names."""
    if name in names:
        return names.index(name)
    import difflib

    near = difflib.get_close_matches(name, names, n=3, cutoff=0.4) or list(names[:5])
    cure = f"Nearest: {', '.join(near)}; there are {len(names)}."
    raise EconomyError([Fault(f"{kind} {name!r}", kind, name, f"there is no such {kind}", cure)])


def _faults(economy: Economy) -> Iterator[Fault]:
    """Give every fault of an economy; accounts are only checked where the cells are right."""
    shapes = list(_shape_faults(economy))
    yield from shapes
    if shapes:
        return
    cells = [*_cell_value_faults(economy), *_elasticity_faults(economy), *_input_faults(economy)]
    yield from cells
    if not cells:
        yield from _balance_faults(economy)


def _shape_faults(economy: Economy) -> Iterator[Fault]:
    """Give the faults of names, shapes and the entry rule."""
    size, kinds = len(economy.countries), len(economy.industries)
    for kind, names in (("countries", economy.countries), ("industries", economy.industries)):
        repeated = sorted({name for name in names if names.count(name) > 1})
        if repeated or not names:
            shown = ", ".join(repeated)
            yield Fault(kind, economy.name, shown, "names are given, each once", "Rename them.")
    wanted: dict[str, tuple[tuple[int, ...], ...]] = {
        "flows": ((size, size, kinds),),
        "tariffs": ((size, size, kinds),),
        "trade_elasticity": ((kinds,),),
        "scale_elasticity": ((kinds,),),
        "deficits": ((size,),),
        "markups": ((kinds,),),
        "input_shares": ((0,), (size, kinds, kinds)),
    }
    for name, shapes in wanted.items():
        shape = getattr(economy, name).shape
        if shape not in shapes:
            rule = f"shape is {shapes[-1]} for {size} countries and {kinds} industries"
            yield Fault(name, economy.name, str(shape), rule, "See Economy for the axis order.")
    if economy.entry not in ENTRIES:
        rule = "entry is restricted or free"
        yield Fault("entry", economy.name, str(economy.entry), rule, "Choose one of the two.")


def _cell_value_faults(economy: Economy) -> Iterator[Fault]:
    """Give the faults of flows and tariffs, cell by cell."""
    flows, tariffs = economy.flows, economy.tariffs
    yield from cell_faults(
        economy,
        "flows",
        flows,
        ~(np.isfinite(flows) & (flows >= 0)),
        "a flow is a number >= 0",
        "Clip negative inventories to zero when calibrating (workshare trade calibrate does).",
    )
    yield from cell_faults(
        economy,
        "tariffs",
        tariffs,
        ~(np.isfinite(tariffs) & (tariffs > -1)),
        "a tariff is a share above -1 (0.05 is 5 %)",
        "A tariff of -1 would give the good away.",
    )
    home = np.zeros_like(tariffs, dtype=bool)
    home[np.arange(len(tariffs)), np.arange(len(tariffs))] = True
    yield from cell_faults(
        economy,
        "tariffs",
        tariffs,
        home & (tariffs != 0),
        "a country has no tariff on its own goods",
        "Set the diagonal to zero.",
    )
    finite = np.where(np.isfinite(flows), flows, 0.0)
    for name, spent, sold in zip(
        economy.countries, finite.sum(axis=(0, 2)), finite.sum(axis=(1, 2)), strict=True
    ):
        if spent <= 0 or sold <= 0:
            rule = "a country buys and sells something"
            cure = "Drop the country, or aggregate it into another."
            yield Fault(f"flows country {name}", economy.name, f"{min(spent, sold)}", rule, cure)


def _elasticity_faults(economy: Economy) -> Iterator[Fault]:
    """Give the faults of the two elasticities and of the deficits' signs."""
    for name, low, rule in (
        ("trade_elasticity", 0.0, "sigma - 1 is above 0: the elasticity of substitution is > 1"),
        ("scale_elasticity", -np.finfo(float).tiny, "mu is >= 0"),
        ("markups", -np.finfo(float).tiny, "a markup is >= 0"),
    ):
        for industry, value in zip(economy.industries, getattr(economy, name), strict=True):
            if not (np.isfinite(value) and value > low):
                cure = "Is it sigma where sigma - 1 is asked for, or a missing cell?"
                yield Fault(f"{name} industry {industry}", economy.name, f"{value:g}", rule, cure)
    for country, value in zip(economy.countries, economy.deficits, strict=True):
        if not np.isfinite(value):
            rule, cure = "a deficit is a number", "Leave deficits out to have none."
            yield Fault(f"deficits country {country}", economy.name, f"{value:g}", rule, cure)


def _input_faults(economy: Economy) -> Iterator[Fault]:
    """Give the faults of the input shares: signs, and value added that is not positive."""
    if not economy.has_inputs:
        return
    shares = economy.input_shares
    sums = np.where(np.isfinite(shares), shares, 0.0).sum(axis=1)
    bad = np.asarray((~(np.isfinite(shares) & (shares >= 0))).any(axis=1))
    rule = "an input share is >= 0"
    yield from cell_faults(economy, "input_shares", sums, bad, rule, "Look at the using industry.")
    limit = np.ones_like(sums) / (1.0 + economy.markups)[None]
    rule = "inputs and profit together take less than all sales: value added is positive"
    cure = "Lower the markup of the industry, or its input shares."
    wrong = np.asarray(sums >= limit)
    yield from cell_faults(economy, "input_shares", sums, wrong, rule, cure)


def _balance_faults(economy: Economy) -> Iterator[Fault]:
    """Give the countries whose spending is not income plus deficit."""
    gap = implied_deficits(economy.flows, economy.tariffs) - economy.deficits
    for country, value, spent in zip(economy.countries, gap, economy.spending, strict=True):
        if abs(value) > BALANCE_TOLERANCE * spent:
            yield Fault(
                f"flows country {country}",
                f"{economy.name}, balance",
                f"spends {value:.6g} {economy.unit} more than income and deficit",
                "spending is income plus deficit",
                "Give deficits=implied_deficits(flows, tariffs), or close them when calibrating.",
            )
