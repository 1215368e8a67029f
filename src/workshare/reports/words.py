"""Numbers as words and short texts: significant digits, money with its size, missing said as such.

A missing number is never 0: everything here turns None into "not available".
"""

from __future__ import annotations

import math
from typing import Any, TypeGuard

MISSING = "not available"
"""What stands where a number is not available."""

MINUS = "\u2212"


def is_number(value: Any) -> TypeGuard[float]:
    """Return whether ``value`` is a finite number (a truth value is not)."""
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def number(value: float | None, digits: int = 4, signed: bool = False) -> str:
    """Return a number with ``digits`` significant digits and thousands separators.

    Examples
    --------
    >>> number(1234567.0), number(0.012345, 3), number(None)
    ('1,235,000', '0.0123', 'not available')
    >>> number(3.0, signed=True), number(-0.04, signed=True)
    ('+3', '−0.04')
    """
    if not is_number(value):
        return MISSING
    rounded = round_to(float(value), digits)
    if rounded == 0:
        return "0"
    size = math.floor(math.log10(abs(rounded)))
    if size < -6:
        text = f"{abs(rounded):.{max(digits, 1)}g}"
    else:
        text = f"{abs(rounded):,.{max(digits - 1 - size, 0)}f}"
        if "." in text:
            text = text.rstrip("0").rstrip(".")
    if rounded < 0:
        return MINUS + text
    return f"+{text}" if signed else text


def round_to(value: float, digits: int) -> float:
    """Return ``value`` rounded to ``digits`` significant digits."""
    if value == 0 or not math.isfinite(value):
        return value
    return round(value, digits - 1 - math.floor(math.log10(abs(value))))


def short(value: float | None, signed: bool = False) -> str:
    """Return a number in at most five or six characters, for labels in charts.

    Examples
    --------
    >>> short(1234.0), short(-15_400_000.0), short(0.0301), short(None)
    ('1.23k', '−15.4M', '0.03', '...')
    """
    if not is_number(value):
        return "..."
    for scale, letter in ((1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k")):
        if abs(round_to(value, 3)) >= scale:
            return number(value / scale, 3, signed) + letter
    digits = 3 if abs(value) >= 1 else 2
    return number(round(value, 4), digits, signed)


def money(value: float | None, currency: str, signed: bool = False, yearly: bool = True) -> str:
    """Return millions of a currency in words.

    Examples
    --------
    >>> money(412.34, "USD"), money(1530.0, "USD"), money(-0.25, "USD", yearly=False)
    ('412 million USD per year', '1.53 billion USD per year', '−250 thousand USD')
    """
    if not is_number(value):
        return MISSING
    tail = f" {currency}" + (" per year" if yearly else "")
    size = abs(round_to(value, 3))
    for scale, word in ((1e6, "trillion"), (1e3, "billion"), (1.0, "million"), (1e-3, "thousand")):
        if size >= scale:
            return f"{number(value / scale, 3, signed)} {word}{tail}"
    return f"{number(round(value * 1e6, 0), 3, signed)}{tail}"


def span(low: float | None, high: float | None, currency: str) -> str:
    """Return a range of millions of a currency in words; one amount where both ends read alike.

    Examples
    --------
    >>> span(272.0, 272.0, "USD"), span(9.2, 67.0, "USD")
    ('272 million USD per year', '9.2 million to 67 million USD per year')
    """
    ends = [money(low, currency), money(high, currency)]
    if ends[0] == ends[1]:
        return ends[0]
    return f"{ends[0].removesuffix(f' {currency} per year')} to {ends[1]}"


def percent(share: float | None, digits: int = 3, signed: bool = False) -> str:
    """Return a share as a percentage.

    Examples
    --------
    >>> percent(0.01234), percent(None), percent(0.0)
    ('1.23 %', 'not available', '0 %')
    """
    if not is_number(share):
        return MISSING
    return f"{number(share * 100, digits, signed)} %"


def listed(items: list[str], limit: int = 6) -> str:
    """Return items as an English list, cut after ``limit``.

    Examples
    --------
    >>> listed(["A", "B", "C"]), listed(["A", "B", "C"], limit=1), listed([])
    ('A, B and C', 'A and 2 more', 'none')
    """
    if not items:
        return "none"
    if len(items) > limit:
        return f"{', '.join(items[:limit])} and {len(items) - limit} more"
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} and {items[-1]}"


def plural(count: int, one: str, many: str = "") -> str:
    """Return a count with its noun.

    Examples
    --------
    >>> plural(1, "plant"), plural(3, "activity", "activities"), plural(0, "plant")
    ('1 plant', '3 activities', 'no plants')
    """
    noun = one if count == 1 else (many or f"{one}s")
    return f"{count or 'no'} {noun}"


def shortened(text: str, limit: int) -> str:
    """Return ``text`` cut to ``limit`` characters, the cut shown by an ellipsis."""
    text = " ".join(text.split())
    return text if len(text) <= limit else text[: max(limit - 1, 0)].rstrip() + "\u2026"


def wrapped(text: str, width: int) -> list[str]:
    """Return ``text`` as lines of at most ``width`` characters, broken at spaces."""
    lines: list[str] = []
    for word in text.split():
        if lines and len(lines[-1]) + 1 + len(word) <= width:
            lines[-1] += f" {word}"
        else:
            lines.append(shortened(word, width))
    return lines
