"""The two figures of Krugman (1980), drawn for any technology: the balance of payments against the
relative wage, and the pattern of production against the relative home market."""

from __future__ import annotations

from typing import Any

import numpy as np

from workshare.reports.figures.figure import Figure
from workshare.reports.figures.style import BLUE, GREY, QUIET, VERMILION, WIDTH, field, layer
from workshare.reports.tables import make_table
from workshare.trade.home_market import mirror_image
from workshare.trade.krugman import Technology, balance_of_payments, trade_equilibrium

POINTS = 81


def balance_figure(technology: Technology, labour: tuple[float, float], arrival: float) -> Figure:
    """Return B against the relative wage: one zero, above one for the larger country (Figure 1).

    Parameters are those of :func:`workshare.trade.krugman.trade_equilibrium` for two countries.

    Examples
    --------
    >>> balance_figure(Technology(0.75), (2.0, 1.0), 0.8).title
    'Payments balance at one relative wage, 1.045: the larger country pays more'
    """
    wage = trade_equilibrium(technology, list(labour), arrival).relative_wage
    far = max(abs(np.log(wage)) * 3.0, 0.08)
    omega = np.exp(np.linspace(-far, far, POINTS))
    balance = balance_of_payments(technology, labour, arrival, omega)
    rows = [("curve", float(x), float(y)) for x, y in zip(omega, balance, strict=True)]
    rows.append(("balance", wage, 0.0))
    at_parity = float(balance_of_payments(technology, labour, arrival, 1.0))
    rows.append(("equal wages", 1.0, at_parity))
    words = "the larger country pays more" if labour[0] != labour[1] else "both pay the same"
    columns = (
        ("point", "", "text"),
        ("relative wage", "home/foreign", "number"),
        ("balance of payments", "foreign wages", "number"),
    )
    return Figure(
        name="krugman-balance",
        title=f"Payments balance at one relative wage, {wage:.4g}: {words}",
        alternative_text=(
            f"A falling curve of the home country's balance of payments against its relative wage. "
            f"It is {at_parity:.3g} at equal wages and zero at {wage:.4g}."
        ),
        note=(
            f"Labour {labour[0]:g} at home, {labour[1]:g} abroad; substitution "
            f"{technology.substitution:g}; {arrival:g} of a good arrives. After Krugman (1980), "
            "Figure 1."
        ),
        table=make_table("krugman_balance", "Balance of payments", columns, rows),
        specification=_balance_picture(rows),
    )


def _balance_picture(rows: list[tuple[str, float, float]]) -> dict[str, Any]:
    values = [{"point": kind, "wage": x, "balance": y} for kind, x, y in rows]
    scale = {"zero": False, "nice": False, "domain": [values[0]["wage"], values[-3]["wage"]]}
    x = field("wage", axis={"title": "Relative wage (home over foreign)", "grid": False})
    y = field("balance", axis={"title": "Home balance of payments, foreign wages", "tickCount": 5})
    x["scale"] = scale
    curve, points = (
        {"filter": "datum.point == 'curve'"},
        {"filter": "datum.point != 'curve'"},
    )
    label = {"text": field("point", "nominal"), "x": x, "y": y}
    colour = {"align": "left", "dx": 8, "dy": -8, "color": VERMILION}
    return {
        "width": WIDTH,
        "height": 220,
        "data": {"values": values},
        "layer": [
            {"mark": {"type": "rule", "color": QUIET}, "encoding": {"y": {"datum": 0}}},
            {"transform": [curve], **layer("line", {"x": x, "y": y}, {"color": BLUE})},
            {
                "transform": [points],
                **layer(
                    "point", {"x": x, "y": y}, {"color": VERMILION, "filled": True, "size": 70}
                ),
            },
            {"transform": [points], **layer("text", label, colour)},
        ],
    }


def home_market_figure(technology: Technology, arrival: float) -> Figure:
    """Return n/n* against L/L*: more than in proportion, with full specialisation at both ends.

    The paper's Figure 2: the mirror-image case, from a market of half the lower edge to one past
    the upper edge by as much.

    Examples
    --------
    >>> home_market_figure(Technology(0.5), 0.5).title
    'Both countries make a good only while the home market is 0.5 to 2 times the other'
    """
    edges = mirror_image(technology, 1.0, 1.0, arrival)
    inside = np.geomspace(edges.lower, edges.upper, POINTS)[1:-1]
    outside = [edges.lower * 0.6, edges.lower, edges.upper, edges.upper / 0.6]
    markets = np.sort(np.concatenate([inside, outside]))
    rows = []
    for market in markets:
        made = mirror_image(technology, float(market), 1.0, arrival)
        share = made.goods_ratio / (1.0 + made.goods_ratio) if made.goods_ratio < np.inf else 1.0
        rows.append((float(market), made.goods_ratio, share, market / (1 + market)))
    rows = [(float(a), float(b), float(c), float(d)) for a, b, c, d in rows]
    columns = (
        ("relative home market L/L*", "ratio", "number"),
        ("relative number of goods n/n*", "ratio", "number"),
        ("home share of goods", "share", "number"),
        ("home share of the market", "share", "number"),
    )
    return Figure(
        name="krugman-home-market",
        title=(
            "Both countries make a good only while the home market is "
            f"{edges.lower:.3g} to {edges.upper:.3g} times the other"
        ),
        alternative_text=(
            "The home share of an industry's goods against the relative home market: zero up to "
            f"{edges.lower:.3g}, one from {edges.upper:.3g}, and between them steeper than the "
            "dashed line of the home share of the market, crossing it at equal markets."
        ),
        note=(
            f"Substitution {technology.substitution:g}; {arrival:g} of a good arrives. Shares are "
            "drawn, since the ratio n/n* of the paper's Figure 2 has no upper end; the table has "
            "both (no ratio where one country makes all). Dashed: in proportion to the market."
        ),
        table=make_table("krugman_home_market", "The home market effect", columns, rows),
        specification=_market_picture(rows, edges.lower, edges.upper),
    )


def _market_picture(
    rows: list[tuple[float, float, float, float]], lower: float, upper: float
) -> dict[str, Any]:
    values = [{"market": a, "goods": c, "even": d} for a, _, c, d in rows]
    scale = {"type": "log", "nice": False, "domain": [rows[0][0], rows[-1][0]]}
    ticks = sorted({round(lower, 3), 1.0, round(upper, 3)})
    x = field("market", scale=scale)
    x["axis"] = {
        "title": "Relative home market L/L* (log scale)",
        "values": ticks,
        "format": ".3~r",
    }
    y: dict[str, Any] = {"axis": {"title": "Home share of goods", "format": "%", "tickCount": 5}}
    marks = [{"market": edge} for edge in (lower, upper)]
    right = upper**0.6
    names = [
        {"market": upper**0.2, "level": 0.88, "text": "goods made"},
        {"market": right, "level": 0.47, "text": "in proportion"},
    ]
    return {
        "width": WIDTH,
        "height": 220,
        "data": {"values": values},
        "layer": [
            {
                "data": {"values": marks},
                **layer("rule", {"x": x}, {"color": QUIET, "strokeDash": [2, 3]}),
            },
            layer("line", {"x": x, "y": field("even", **y)}, {"color": GREY, "strokeDash": [6, 4]}),
            layer("line", {"x": x, "y": field("goods", **y)}, {"color": BLUE, "strokeWidth": 2.5}),
            {
                "data": {"values": names},
                **layer(
                    "text",
                    {"x": x, "y": field("level"), "text": field("text", "nominal")},
                    {"align": "center"},
                ),
            },
        ],
    }
