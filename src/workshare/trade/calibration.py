"""From raw tables to an economy: every adjustment listed, none silent.

Raw flows have negative inventories, countries that buy nothing, accounts that do not add up, and
more detail than a study needs. Each function here returns a new economy and the adjustments it
made, so that a calibration report can show them all. The steps in their usual order:
:func:`economy_from_flows`, :func:`aggregate`, :func:`split_off`, :func:`close_deficits`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from workshare.arrays import Array
from workshare.errors import EconomyError, Fault
from workshare.trade.economy import Economy, implied_deficits
from workshare.trade.equilibrium import solve_equilibrium
from workshare.trade.taxes import Shock


@dataclass(frozen=True, slots=True)
class Adjustment:
    """One change of the data: what was done, where, the amounts before and after, and why.

    Amounts are money per year in the economy's unit, unless ``what`` says otherwise.
    """

    what: str
    where: str
    before: float
    after: float
    why: str


@dataclass(frozen=True)
class Calibration:
    """An economy and every adjustment on the way to it."""

    economy: Economy
    adjustments: tuple[Adjustment, ...]


@dataclass(frozen=True, eq=False)
class RawTable:
    """Flows as a source has them, before any check.

    ``flows`` and ``tariffs`` are (N, N, K), (exporter, importer, industry); flows are at buyers'
    prices if ``includes_tariffs``, else at the border. Elasticities are (K,).
    """

    countries: tuple[str, ...]
    industries: tuple[str, ...]
    flows: Array
    tariffs: Array
    trade_elasticity: Array
    scale_elasticity: Array
    includes_tariffs: bool = False
    unit: str = "million USD/year"
    name: str = "economy"
    sources: tuple[str, ...] = ()


def economy_from_flows(raw: RawTable, entry: str = "restricted") -> Calibration:
    """Return the economy of a raw table: negative flows cut to zero, deficits carried.

    Missing flows (NaN) and negative ones become zero; tariffs on own goods are dropped; countries
    that buy or sell nothing are left out.

    Raises
    ------
    EconomyError : what is left is no economy; each fault names its cell.
    """
    flows, tariffs, made = _cleaned(raw)
    keep = (flows.sum(axis=(0, 2)) > 0) & (flows.sum(axis=(1, 2)) > 0)
    for n in np.flatnonzero(~keep):
        why = "it buys or sells nothing"
        amount = float(flows[n].sum() + flows[:, n].sum())
        made.append(Adjustment("country left out", raw.countries[n], amount, 0.0, why))
    if not raw.includes_tariffs:
        flows = flows * (1.0 + tariffs)
    flows, tariffs = flows[np.ix_(keep, keep)], tariffs[np.ix_(keep, keep)]
    deficits = implied_deficits(flows, tariffs)
    carried = float(np.abs(deficits).sum() / 2.0)
    if carried > 1e-6 * flows.sum():
        why = "spending and income differ in the data; the difference is kept as a transfer"
        made.append(Adjustment("deficits carried", "all countries", carried, carried, why))
    economy = Economy(
        tuple(name for name, kept in zip(raw.countries, keep, strict=True) if kept),
        raw.industries,
        flows,
        raw.trade_elasticity,
        raw.scale_elasticity,
        tariffs,
        entry,
        deficits,
        unit=raw.unit,
        name=raw.name,
        sources=raw.sources,
    )
    return Calibration(economy, tuple(made))


def _cleaned(raw: RawTable) -> tuple[Array, Array, list[Adjustment]]:
    """Return flows and tariffs without missing and negative cells, and what was changed."""
    made = []
    flows = np.array(raw.flows, dtype=float)
    missing = np.isnan(flows)
    if missing.any():
        why = "the source has no figure; no trade is assumed"
        made.append(Adjustment("missing flows set to zero (cells)", "", missing.sum(), 0.0, why))
        flows[missing] = 0.0
    for n, k in np.argwhere((flows < 0).any(axis=0)):
        amount = float(np.minimum(flows[:, n, k], 0.0).sum())
        where = f"importer {raw.countries[n]}, industry {raw.industries[k]}"
        made.append(
            Adjustment("negative flow cut", where, amount, 0.0, "use of stocks is no purchase")
        )
    flows = np.maximum(flows, 0.0)
    tariffs = np.nan_to_num(np.array(raw.tariffs, dtype=float))
    home = np.arange(len(flows))
    own = float(np.abs(tariffs[home, home]).max(initial=0.0))
    if own > 0:
        why = "a country has no tariff on its own goods"
        made.append(Adjustment("tariffs on own goods dropped (share)", "", own, 0.0, why))
        tariffs[home, home] = 0.0
    return flows, tariffs, made


def aggregate(
    economy: Economy,
    countries: Mapping[str, str] | None = None,
    industries: Mapping[str, str] | None = None,
    name: str = "",
) -> Calibration:
    """Return the economy with countries and industries put together.

    Flows and deficits are added; tariffs are weighted by border values, so tariff revenue stays
    what it was (revenue between countries that are put together becomes income of the whole);
    trade elasticities and markups of industries are weighted by sales, and so is the *product* of
    trade and scale elasticity: where every member has one equilibrium, so does the whole.

    Parameters
    ----------
    countries, industries : new name by old name; what is not named keeps its own. New names stand
        in the order of their first member.
    name : name of the new economy.

    Raises
    ------
    EconomyError : a name that the economy does not have, or intermediate inputs (not put together).
    """
    if economy.has_inputs:
        rule = "economies with intermediate inputs are not put together"
        raise EconomyError([Fault("input_shares", economy.name, "given", rule, "Leave them out.")])
    places, place_names = _grouping(economy.countries, countries or {}, "country", economy.name)
    kinds, kind_names = _grouping(economy.industries, industries or {}, "industry", economy.name)
    border = economy.flows / (1.0 + economy.tariffs)
    small_border = _summed(border, places, kinds)
    small_flows = _summed(economy.flows, places, kinds)
    home = np.arange(len(place_names))
    revenue = small_flows[home, home] - small_border[home, home]
    small_flows[home, home] = small_border[home, home]
    tariffs = np.divide(
        small_flows, small_border, out=np.ones_like(small_flows), where=small_border > 0
    )
    sales = economy.sales.sum(axis=0)
    product = np.asarray(economy.trade_elasticity * economy.scale_elasticity)
    made = [
        Adjustment(
            "tariffs among countries put together dropped",
            place_names[n],
            float(revenue[n].sum()),
            0.0,
            "they become one country",
        )
        for n in np.flatnonzero(revenue.sum(axis=1) > 0)
    ]
    for k, kind in enumerate(kind_names):
        members = kinds[:, k] > 0
        values = economy.trade_elasticity[members]
        if members.sum() > 1 and np.ptp(values) > 1e-12:
            made.append(
                Adjustment(
                    "trade elasticity weighted by sales (elasticity, from the largest member's)",
                    kind,
                    float(values[np.argmax(sales[members])]),
                    float(_weighted(economy.trade_elasticity, sales, kinds)[k]),
                    "industries put together have different elasticities",
                )
            )
    # spending on goods of members no longer pays tariffs to each other: income falls by as much
    result = Economy(
        place_names,
        kind_names,
        small_flows,
        _weighted(economy.trade_elasticity, sales, kinds),
        _weighted(product, sales, kinds) / _weighted(economy.trade_elasticity, sales, kinds),
        tariffs - 1.0,
        economy.entry,
        implied_deficits(small_flows, tariffs - 1.0),
        markups=_weighted(economy.markups, sales, kinds),
        unit=economy.unit,
        name=name or economy.name,
        sources=economy.sources,
    )
    return Calibration(result, tuple(made))


def _grouping(
    names: Sequence[str], new: Mapping[str, str], kind: str, economy: str
) -> tuple[Array, tuple[str, ...]]:
    """Return the 0/1 matrix old x new and the new names; faults name what is not there."""
    unknown = [name for name in new if name not in names]
    if unknown:
        cure = f"The economy has: {', '.join(names)}."
        raise EconomyError(
            [Fault(f"{kind} {u!r}", economy, u, f"there is no such {kind}", cure) for u in unknown]
        )
    target = [new.get(name, name) for name in names]
    made = tuple(dict.fromkeys(target))
    matrix = np.zeros((len(names), len(made)))
    for old, name in enumerate(target):
        matrix[old, made.index(name)] = 1.0
    return matrix, made


def _summed(flows: Array, places: Array, kinds: Array) -> Array:
    return np.asarray(np.einsum("ink,ia,nb,kc->abc", flows, places, places, kinds, optimize=True))


def _weighted(values: Array, sales: Array, kinds: Array) -> Array:
    """Return means over the members of each new industry, weighted by world sales."""
    weight = kinds * sales[:, None]
    total = weight.sum(axis=0)
    plain = kinds / kinds.sum(axis=0)
    weight = np.where(total > 0, weight / np.where(total > 0, total, 1.0), plain)
    return np.asarray(values @ weight)


@dataclass(frozen=True, slots=True)
class Imputed:
    """A country to be taken out of an aggregate, and what is known of it.

    Attributes
    ----------
    name : of the country.
    size : its share of the aggregate's output and spending in every industry (0 to 1).
    exports, imports : weights of partners, by name (a partner not named has none); the aggregate's
        own name stands for the rest of it. Empty: as the aggregate trades.
    openness : exports and imports over output; None takes the aggregate's own.
    """

    name: str
    size: float
    exports: Mapping[str, float]
    imports: Mapping[str, float]
    openness: float | None = None


def split_off(economy: Economy, aggregate_name: str, country: Imputed) -> Calibration:
    """Return the economy with a country taken out of an aggregate, such as the rest of the world.

    By industry, the country makes and uses ``size`` of what the aggregate makes and uses, exports
    the share ``openness`` of it to its partners in proportion to their weights, and pays and is
    charged the aggregate's tariffs. Of what the aggregate trades with a partner it takes at most
    nine tenths; what is beyond goes to the rest of the aggregate. World totals by industry stay
    what they were. This is an
    imputation, not data: the adjustment says so.

    Raises
    ------
    EconomyError : the aggregate is not there, the name is taken, or the country would trade more
        with a partner than the aggregate does.
    """
    n = economy.country(aggregate_name)
    size, names = country.size, economy.countries
    if country.name in names or not 0 < size < 1:
        rule = "the name is new and the size between 0 and 1"
        raise EconomyError([Fault("split_off", country.name, f"{size:g}", rule, "Correct it.")])
    border = economy.flows / (1.0 + economy.tariffs)
    out_weight = _partner_weights(country.exports, border[n], economy, n)
    in_weight = _partner_weights(country.imports, border[:, n], economy, n)
    output, use = size * border[n].sum(axis=0), size * border[:, n].sum(axis=0)
    open_share = country.openness
    if open_share is None:
        abroad = border[n].sum() - border[n, n].sum()
        open_share = float(abroad / border[n].sum())
    home = np.minimum(output, use) * (1.0 - open_share)
    exports = _capped(out_weight * (output - home), border[n], n)
    imports = _capped(in_weight * (use - home), border[:, n], n)
    count, kinds = len(names), len(economy.industries)
    grown, tariffs = (
        np.zeros((count + 1, count + 1, kinds)),
        np.zeros((count + 1, count + 1, kinds)),
    )
    grown[:count, :count], tariffs[:count, :count] = border, economy.tariffs
    grown[count, :count], grown[:count, count] = exports, imports
    grown[count, count] = home
    tariffs[count, :count], tariffs[:count, count] = economy.tariffs[n], economy.tariffs[:, n]
    others = [k for k in range(count) if k != n]
    grown[n, others] -= exports[others]
    grown[others, n] -= imports[others]
    grown[n, n] -= home + exports[n] + imports[n]
    _refuse_negative(economy, grown, country.name, n)
    flows = grown * (1.0 + tariffs)
    amount = float(output.sum())
    made = Adjustment(
        "country imputed out of an aggregate",
        f"{country.name} out of {aggregate_name}",
        0.0,
        amount,
        f"{100 * size:.3g} % of its output and use in every industry, {100 * open_share:.3g} % "
        "traded, partners as stated: an imputation, not data",
    )
    result = replace(
        economy,
        countries=(*names, country.name),
        flows=flows,
        tariffs=tariffs,
        deficits=implied_deficits(flows, tariffs),
    )
    return Calibration(result, (made,))


def _partner_weights(
    given: Mapping[str, float], border: Array, economy: Economy, own: int
) -> Array:
    """Return shares of partners by industry, (N, K): the weights, shaped by what is traded."""
    if given:
        weight = np.array([given.get(name, 0.0) for name in economy.countries])[:, None]
        # within the weights, an industry goes where the aggregate's goes, so that zeros stay zeros
        shape = np.divide(border, border.sum(axis=1, keepdims=True) + 1e-300)
        weight = weight * shape
    else:
        weight = border.copy()
    total = weight.sum(axis=0)
    spread = np.where(total > 0, weight / np.where(total > 0, total, 1.0), 0.0)
    spread[own] = np.where(total > 0, spread[own], 1.0)
    return np.asarray(spread)


def _capped(flows: Array, whole: Array, own: int) -> Array:
    """Return flows of at most nine tenths of the aggregate's; the rest goes to the aggregate."""
    kept = np.minimum(flows, 0.9 * whole)
    kept[own] = flows[own] + (flows - kept).sum(axis=0) - (flows[own] - kept[own])
    return np.asarray(kept)


def _refuse_negative(economy: Economy, grown: Array, name: str, own: int) -> None:
    """Raise where a country would trade more with a partner than the aggregate it is taken from."""
    cells = np.argwhere(grown < -1e-9 * grown.max())
    if not len(cells):
        np.maximum(grown, 0.0, out=grown)
        return
    names = (*economy.countries, name)
    rule = f"{name} would trade more than {economy.countries[own]} does"
    cure = "Lower its size or openness, or the partner's weight."
    raise EconomyError(
        [
            Fault(
                f"flows exporter {names[i]}, importer {names[j]}, industry {economy.industries[k]}",
                economy.name,
                f"{grown[i, j, k]:.6g}",
                rule,
                cure,
            )
            for i, j, k in cells[:20]
        ]
    )


def close_deficits(economy: Economy) -> Calibration:
    """Return the economy as it would be if every country spent its income (Dekle et al. 2008).

    Flows are those of the equilibrium without deficits: prices and shares respond. Other ways of
    closing them change the data without a model.

    Raises
    ------
    EconomyError : the equilibrium without deficits was not found.
    """
    shock = Shock(deficits=np.zeros(len(economy.countries)))
    answer = solve_equilibrium(economy, shock=shock)
    if answer.status.value == "not_converged":
        rule = "an equilibrium without deficits exists and is found"
        cure = "Carry the deficits instead, or look at the largest deficit."
        raise EconomyError([Fault("deficits", economy.name, f"{answer.residual:g}", rule, cure)])
    before = float(np.abs(economy.deficits).sum() / 2.0)
    made = Adjustment(
        "deficits closed", "all countries", before, 0.0, "prices and shares respond in equilibrium"
    )
    closed = replace(economy, flows=answer.flows, deficits=np.zeros(len(economy.countries)))
    return Calibration(closed, (made,))
