"""How every figure looks: sizes for a phone, colours that survive colour blindness, one font.

Charts are drawn for a screen of about 380 units and scaled up, so that their text stays readable
on a phone. Categories use Okabe and Ito's colours (2008), amounts use viridis; a label or a shape
always says the same as the colour.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from workshare.reports.words import shortened, wrapped

WIDTH = 380
"""Width of every figure, units; text is 11 to 12 units high."""

FONT = "sans-serif"
TEXT = "#1a1a1a"
QUIET = "#595959"
GRID = "#d9d9d9"
EMPTY = "#f2f2f2"

BLUE = "#0072B2"
ORANGE = "#E69F00"
GREEN = "#009E73"
VERMILION = "#D55E00"
SKY = "#56B4E9"
PURPLE = "#CC79A7"
GREY = "#7f7f7f"

CONFIG: dict[str, Any] = {
    "aria": False,
    "background": "white",
    "font": FONT,
    "view": {"stroke": None},
    "axis": {
        "labelFontSize": 11,
        "titleFontSize": 11,
        "titleFontWeight": "normal",
        "labelColor": TEXT,
        "titleColor": QUIET,
        "gridColor": GRID,
        "domainColor": QUIET,
        "tickColor": QUIET,
        "labelLimit": 120,
    },
    "header": {
        "labelFontSize": 12,
        "labelFontWeight": "bold",
        "labelColor": TEXT,
        "labelLimit": WIDTH,
        "title": None,
    },
    "legend": {
        "labelFontSize": 11,
        "titleFontSize": 11,
        "titleFontWeight": "normal",
        "labelColor": TEXT,
        "titleColor": QUIET,
        "orient": "top",
        "labelLimit": 160,
        "titleLimit": WIDTH,
        "offset": 6,
    },
    "title": {"fontSize": 12, "color": TEXT, "anchor": "start", "limit": WIDTH},
    "text": {"fontSize": 11, "color": TEXT},
    "concat": {"spacing": 14},
    "facet": {"spacing": 14},
}
"""The Vega-Lite configuration shared by all figures."""


LABEL_LINES = "split(datum.label, '\\n')"
"""Axis expression that breaks a label at its line ends."""


LABEL_OFFSET = {
    "condition": {
        "test": "isString(datum.value) && indexof(datum.value, '\\n') >= 0",
        "value": -6,
    },
    "value": 0,
}
"""Axis offset that centres a label of two lines."""


def field(name: str, kind: str = "quantitative", **more: Any) -> dict[str, Any]:
    """Return the encoding of a field."""
    return {"field": name, "type": kind, **more}


def layer(mark: str, encoding: dict[str, Any], more: dict[str, Any] | None = None) -> Any:
    """Return one layer: a mark with options and its encoding."""
    return {"mark": {"type": mark, **(more or {})}, "encoding": encoding}


def number_axis(title: str, largest: float, **more: Any) -> dict[str, Any]:
    """Return a light axis for amounts up to ``largest``: few ticks, thousands as k."""
    form = "~s" if largest >= 20_000 else ",~r"
    return {"title": title, "tickCount": 5, "format": form, "grid": True, **more}


def two_lines(names: Mapping[str, str], width: int) -> dict[str, str]:
    """Return a label of at most two lines for every code; labels that would be equal get the code.

    Examples
    --------
    >>> two_lines({"a": "Cell plant", "b": "Lithium carbonate from brine"}, 18)["b"]
    'Lithium carbonate\\nfrom brine'
    """
    labels = {code: _folded(name, width) for code, name in names.items()}
    seen = Counter(labels.values())
    return {
        code: label if seen[label] == 1 else _folded(f"{code}: {names[code]}", width)
        for code, label in labels.items()
    }


def _folded(name: str, width: int) -> str:
    lines = wrapped(name, width)
    rest = " ".join(lines[1:])
    return f"{lines[0]}\n{shortened(rest, width)}" if rest else (lines or [""])[0]


def statement(text: list[str]) -> dict[str, Any]:
    """Return a chart that only says something, for data in which nothing can be drawn."""
    rows = [{"line": line, "y": position * 18 + 12} for position, line in enumerate(text)]
    scale = {"domain": [0, 18 * len(text) + 6], "reverse": True, "nice": False}
    return {
        "width": WIDTH,
        "height": 18 * len(text) + 6,
        "data": {"values": rows},
        "mark": {"type": "text", "align": "left", "fontSize": 12, "color": QUIET},
        "encoding": {
            "x": {"value": 2},
            "y": {**field("y"), "axis": None, "scale": scale},
            "text": field("line", "nominal"),
        },
    }
