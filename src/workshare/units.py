"""Units of measure as people write them in a region's files, and exact conversion between them.

This file owns one seam: from the text of a unit (``USD/t``, ``M USD/kt``, ``thousand
vehicles/year``) to a factor. The table of symbols is data (``units.csv``); docs/units.md is
generated from it. Arithmetic is in fractions, so that ``12.5 USD/t`` and ``0.0125 M USD/kt`` give
the same float, to the last bit.

Terms. An *atom* is one symbol with an optional multiplier (``kt``, ``M USD``, ``thousand
vehicles``) or a mass with a *content* (``kt LCE``). A *unit* is atoms divided by atoms. A *wanted*
unit may hold parts in parentheses that can be left out: ``GWh(/year)``.
"""

from __future__ import annotations

import csv
import difflib
import itertools
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from pathlib import Path

from workshare.errors import UnitError

UNITS_FILE = Path(__file__).with_name("units.csv")
"""The table of symbols this module reads."""

_OPTIONAL = re.compile(r"\(([^()]*)\)")
_OWN_UNIT = re.compile(r"[A-Za-z][A-Za-z0-9 -]*")
_CURRENCY_CODE = re.compile(r"[A-Z]{3}")
_POWER_OF_TEN = re.compile(r"(10+) (.+)")


@dataclass(frozen=True, slots=True)
class Symbol:
    """One row of the table: a symbol, its dimension, its factor to that dimension's base.

    ``factor`` is a share of the base unit (t, GWh, one piece, one year); for a currency it is the
    currency's code.
    """

    symbol: str
    dimension: str
    factor: str
    meaning: str


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit that was understood.

    ``factor`` times a value in this unit is the value in base units (money: million); dimensions
    and contents are pairs of name and exponent.
    """

    text: str
    factor: Fraction
    dimensions: tuple[tuple[str, int], ...]
    contents: tuple[tuple[str, int], ...] = ()

    def converts_to(self, other: Unit) -> bool:
        """Tell whether a value in this unit can be stated in ``other``.

        A mass without content counts as any content; two different contents do not convert.
        """
        if self.dimensions != other.dimensions:
            return False
        return set(self.contents) <= set(other.contents)


def convert(
    value: float | Fraction,
    unit: str,
    to_unit: str,
    *,
    currency: str = "USD",
    own_units: Iterable[str] = (),
) -> float:
    """Return ``value``, given in ``unit``, in ``to_unit``.

    Parameters
    ----------
    value : number in ``unit``; a float stands for its shortest decimal text.
    unit : as in ``USD/t``, ``%``, ``thousand vehicles/yr``.
    to_unit : the unit wanted; parts in parentheses may be left out of ``unit``.
    currency : code of the region's currency; any other currency is refused.
    own_units : units declared by the region for its goods (``boat``), each its own dimension.

    Raises
    ------
    UnitError : a unit is unknown, or does not convert; the message lists what converts.

    Examples
    --------
    >>> convert(12.5, "USD/t", "M USD/kt")
    0.0125
    >>> convert(8, "%", "share")
    0.08
    >>> convert(30, "GWh", "GWh(/year)")
    30.0
    """
    return float(convert_exact(value, unit, to_unit, currency=currency, own_units=own_units))


def convert_exact(
    value: float | Fraction,
    unit: str,
    to_unit: str,
    *,
    currency: str = "USD",
    own_units: Iterable[str] = (),
) -> Fraction:
    """Return the same as :func:`convert`, as an exact fraction."""
    exact = value if isinstance(value, Fraction) else Fraction(Decimal(repr(value)))
    return exact * conversion_factor(unit, to_unit, currency, tuple(own_units))


@lru_cache(maxsize=4096)
def conversion_factor(
    unit: str, to_unit: str, currency: str = "USD", own_units: tuple[str, ...] = ()
) -> Fraction:
    """Return what a value in ``unit`` is multiplied by to be in ``to_unit``.

    Raises
    ------
    UnitError : as :func:`convert`.
    """
    given = parse_unit(unit, currency, own_units)
    for variant in _variants(to_unit):
        wanted = parse_unit(variant, currency, own_units)
        if given.converts_to(wanted):
            return given.factor / wanted.factor
    choices = ", ".join(units_like(to_unit, currency, own_units))
    raise UnitError(
        f"{unit!r} does not convert to {to_unit!r}. Units that do, for example: {choices}."
    )


@lru_cache(maxsize=4096)
def parse_unit(text: str, currency: str = "USD", own_units: tuple[str, ...] = ()) -> Unit:
    """Return the unit that ``text`` names.

    Raises
    ------
    UnitError : a symbol is unknown, or money is in another currency than the region's.

    Examples
    --------
    >>> parse_unit("kt/yr").dimensions
    (('mass', 1), ('time', -1))
    """
    cleaned = re.sub(r"\s+per\s+", "/", " ".join(text.split()))
    if not cleaned:
        raise UnitError("the unit is blank.")
    factor = Fraction(1)
    dimensions: Counter[str] = Counter()
    contents: Counter[str] = Counter()
    for position, part in enumerate(cleaned.split("/")):
        sign = 1 if position == 0 else -1
        atom = _parse_atom(part.strip(), cleaned, currency, own_units)
        factor *= atom.factor if sign == 1 else 1 / atom.factor
        for name, exponent in atom.dimensions:
            dimensions[name] += sign * exponent
        for name, exponent in atom.contents:
            contents[name] += sign * exponent
    return Unit(text, factor, _nonzero(dimensions), _nonzero(contents))


def units_like(unit: str, currency: str = "USD", own_units: tuple[str, ...] = ()) -> list[str]:
    """Return up to eight units that convert to ``unit``, itself first, for messages.

    Examples
    --------
    >>> units_like("GWh/kt")[:3]
    ['GWh/kt', 'GWh/t', 'GWh/kg']
    """
    variants = _variants(unit)
    parts = [_atoms_like(part, currency, own_units)[:4] for part in variants[0].split("/")]
    combinations = ["/".join(parts) for parts in itertools.product(*parts)]
    seen = dict.fromkeys([*variants, *combinations])
    return list(itertools.islice(seen, 8))


def is_own_unit(text: str) -> bool:
    """Tell whether a region may declare ``text`` as the unit of a good, outside the table.

    It may when it is a plain word and no known unit was probably meant.
    """
    return _OWN_UNIT.fullmatch(text) is not None and not nearest_units(text)


def nearest_units(text: str) -> list[str]:
    """Return the known symbols that ``text`` was probably meant to be, best first."""
    known = [row.symbol for row in symbols() if row.dimension not in ("multiplier", "content")]
    folded = [name for name in known if name.casefold() == text.casefold() and name != text]
    return folded or difflib.get_close_matches(text, [name for name in known if len(name) > 2], 3)


@lru_cache(maxsize=1)
def symbols() -> tuple[Symbol, ...]:
    """Return the table of symbols, in file order."""
    with UNITS_FILE.open(encoding="utf-8", newline="") as stream:
        return tuple(Symbol(**row) for row in csv.DictReader(stream))


@lru_cache(maxsize=1)
def _symbol_table() -> dict[str, Symbol]:
    """Return the table of symbols by symbol."""
    return {row.symbol: row for row in symbols()}


def _nonzero(exponents: Counter[str]) -> tuple[tuple[str, int], ...]:
    """Return the pairs with an exponent, in alphabetical order."""
    return tuple(sorted((name, power) for name, power in exponents.items() if power))


def _variants(wanted: str) -> list[str]:
    """Return ``wanted`` with every optional part kept, then with fewer and fewer of them.

    >>> _variants("GWh(/year)")
    ['GWh/year', 'GWh']
    """
    pieces = _OPTIONAL.split(wanted)
    always, optional = pieces[0::2], pieces[1::2]
    variants = []
    for count in range(len(optional), -1, -1):
        for chosen in itertools.combinations(range(len(optional)), count):
            kept = [part if index in chosen else "" for index, part in enumerate(optional)]
            variants.append("".join(a + b for a, b in zip(always, [*kept, ""], strict=True)))
    return variants


def _fraction(text: str) -> Fraction:
    """Return the factor written as ``1e-3``, ``1/100`` or ``1/3.6``."""
    above, _, below = text.partition("/")
    return Fraction(Decimal(above)) / Fraction(Decimal(below or "1"))


def _parse_atom(atom: str, whole: str, currency: str, own_units: tuple[str, ...]) -> Unit:
    """Return the unit of one atom; the order of attempts is the order of the rules in the docs."""
    for attempt in _attempts(atom, currency, own_units):
        if attempt is not None:
            return attempt
    hint = nearest_units(atom)
    meant = f" Did you mean {' or '.join(map(repr, hint))}?" if hint else ""
    where = f" in {whole!r}" if atom != whole else ""
    raise UnitError(f"unknown unit {atom!r}{where}.{meant}")


def _attempts(atom: str, currency: str, own_units: tuple[str, ...]) -> Iterator[Unit | None]:
    """Yield the readings of ``atom`` that are possible, best first; None where one fails."""
    yield _own_atom(atom, own_units)
    yield _table_atom(atom)
    yield _money_atom(atom, currency)
    yield _content_atom(atom)
    yield _multiplied_atom(atom, own_units)


def _own_atom(atom: str, own_units: tuple[str, ...]) -> Unit | None:
    """Return a unit the region declared for its goods; a plural ``s`` is understood."""
    for own in own_units:
        if atom == own or atom.removesuffix("s") == own.removesuffix("s"):
            return Unit(atom, Fraction(1), ((f"own {own.removesuffix('s')}", 1),))
    return None


def _table_atom(atom: str) -> Unit | None:
    """Return a unit that stands in the table as it is."""
    row = _symbol_table().get(atom)
    if row is None or row.dimension in ("currency", "multiplier", "content"):
        return None
    dimensions = () if row.dimension == "none" else ((row.dimension, 1),)
    return Unit(atom, _fraction(row.factor), dimensions)


def _money_atom(atom: str, currency: str) -> Unit | None:
    """Return money: ``USD``, ``kUSD``, ``M USD``, ``million USD``, ``USD million``, ``M$``."""
    table = _symbol_table()
    multipliers = {"": Fraction(1)} | {
        row.symbol: _fraction(row.factor) for row in symbols() if row.dimension == "multiplier"
    }
    for multiplier, factor in multipliers.items():
        for rest in {atom.removeprefix(multiplier).strip(), atom.removesuffix(multiplier).strip()}:
            if multiplier and rest == atom:
                continue
            row = table.get(rest)
            known = row is not None and row.dimension == "currency"
            if rest != currency and not known:
                continue
            code = row.factor if row is not None and rest != currency else rest
            if code != currency:
                raise UnitError(
                    f"{atom!r} is money in {code}, another currency than the region's, {currency}."
                    f" Convert the figure to {currency} and name the rate in the note."
                )
            return Unit(atom, factor / 1_000_000, (("money", 1),))
    return None


def _content_atom(atom: str) -> Unit | None:
    """Return a mass with a content, as ``kt LCE`` or ``t CO2``."""
    mass, _, content = atom.partition(" ")
    row, what = _symbol_table().get(mass), _symbol_table().get(content)
    if row is None or what is None or row.dimension != "mass" or what.dimension != "content":
        return None
    name = "CO2" if content == "CO2e" else content
    return Unit(atom, _fraction(row.factor), (("mass", 1),), ((name, 1),))


def _multiplied_atom(atom: str, own_units: tuple[str, ...]) -> Unit | None:
    """Return ``thousand vehicles``, ``million units`` or ``1000 t``."""
    power = _POWER_OF_TEN.fullmatch(atom)
    word, _, rest = atom.partition(" ")
    row = _symbol_table().get(word)
    if power:
        factor, rest = Fraction(int(power.group(1))), power.group(2)
    elif row is not None and row.dimension == "multiplier" and len(word) > 2:
        factor = _fraction(row.factor)
    else:
        return None
    base = _own_atom(rest, own_units) or _table_atom(rest) or _content_atom(rest)
    if base is None:
        return None
    return Unit(atom, factor * base.factor, base.dimensions, base.contents)


def _atoms_like(atom: str, currency: str, own_units: tuple[str, ...]) -> list[str]:
    """Return the atoms of the same dimension as ``atom``, itself first."""
    unit = _parse_atom(atom, atom, currency, own_units)
    if unit.dimensions == (("money", 1),):
        return list(dict.fromkeys([atom, currency, f"k{currency}", f"M {currency}"]))
    if unit.contents:
        content = unit.contents[0][0]
        return list(dict.fromkeys([atom, *(f"{mass} {content}" for mass in ("t", "kg", "Mt"))]))
    name = unit.dimensions[0][0] if unit.dimensions else "none"
    alike = [row.symbol for row in symbols() if row.dimension == name]
    order = ["t", "kg", "kt", "MWh", "kWh", "GWh", "share", "%", "index", "year", "yr", "a"]
    preferred = [symbol for symbol in order if symbol in alike]
    return list(dict.fromkeys([atom, *preferred, *alike]))


def unit_of_currency(text: str) -> bool:
    """Tell whether ``text`` can be the code of a region's currency: three capital letters."""
    return _CURRENCY_CODE.fullmatch(text) is not None
