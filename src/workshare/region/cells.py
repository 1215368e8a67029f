"""Strict reading of one cell: a number, a year, a text, a code; or a problem with its cure.

Nothing is guessed. ``1,200`` might be twelve hundred or one and a fifth, so it is neither: the
problem says how to write each. A function returns either the value or a :class:`Problem`.
"""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from workshare.region.dictionary import Entry
from workshare.region.tables import LONGEST_TEXT, Cell, canonical_number


class Problem(NamedTuple):
    """What is allowed in a cell, and what usually cures the fault."""

    rule: str
    cure: str


LARGEST_NUMBER = 1e15
"""Greatest absolute value of a figure as written; beyond it units are wrong, not countries big."""

_NUMBER = re.compile(r"-?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?")
_PERIOD = re.compile(r"([0-9]{4})(?:-([0-9]{4}))?")
_CODE = re.compile(r"[A-Za-z0-9_.-]{1,64}")
_PARTICIPANT_CODE = re.compile(r"[A-Z0-9_-]{1,32}")
_HS_CODE = re.compile(r"(?:[0-9]{2}){1,5}")
_SEPARATED = re.compile(r"-?[0-9]{1,3}([.,  '’\u00a0\u202f\u2009][0-9]{3})+([.,][0-9]+)?")
_DATE = re.compile(
    r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}|\d{1,2}[ -./]?[A-Za-zéû]{3,9}\.?|[A-Za-z]{3,9}[ -]\d{2,4}"
)
_NOT_KNOWN = {"...", "…", "..", "-", "–", "n.d.", "n/a", "na", "n.a.", "nan", "null", "none", "?"}
_UNLIMITED = {"inf", "+inf", "-inf", "infinity", "-infinity", "∞", "-∞", "unlimited"}
_ESCAPE = re.compile(r"_x[0-9A-Fa-f]{4}_|x005F_")
"""What workbooks store for signs that XML cannot hold; readers differ on what it means."""

_JOINERS = {"\u200c", "\u200d"}

_AS_STORED = {
    "formula": Problem(
        "formulas are not read",
        "Replace the formula by its value (copy, then paste special: values).",
    ),
    "date": Problem(
        "must not be a date",
        "The spreadsheet turned the entry into a date: set the cell's format to number or text, "
        "then type the entry again.",
    ),
    "error": Problem("the cell holds an error", "Replace it by its value."),
}


def stored_problem(cell: Cell) -> Problem | None:
    """Return the problem of a cell that cannot hold any entry: formula, date, error."""
    if cell.stored == "csv" and len(cell.text) > 1 and cell.text.startswith("="):
        return _AS_STORED["formula"]
    return _AS_STORED.get(cell.stored)


def read_number(cell: Cell) -> Fraction | Problem:
    """Return the number in ``cell`` exactly as written (shortest decimal of a float)."""
    problem = stored_problem(cell)
    if problem is not None:
        return problem
    text = cell.text
    if not text:
        return Problem(
            "the figure is blank; a missing figure is not zero",
            "Write 0 if it is zero; delete the row if it is not known.",
        )
    if cell.stored == "boolean" or not _NUMBER.fullmatch(text):
        return _not_a_number(text)
    if cell.stored == "text":
        return Problem(
            "must be a number; this is a number stored as text",
            "Turn the cell into a number (in a spreadsheet: data, text to columns, finish); in "
            "region.toml remove the quotes.",
        )
    number = float(text)
    if abs(number) > LARGEST_NUMBER:
        rule = f"must be at most {LARGEST_NUMBER:.0e} in absolute value"
        return Problem(rule, "Check the figure, or choose a larger unit.")
    return Fraction(Decimal(canonical_number(text)))


def _not_a_number(text: str) -> Problem:
    """Return why ``text`` is no plain number, in the words of the most likely slip."""
    rule = "must be a plain number with a decimal point"
    folded = text.casefold()
    if folded in _NOT_KNOWN:
        cure = "Delete the row if the figure is not known; write 0 if it is zero."
        return Problem(f"{rule}; {text!r} is not a figure", cure)
    if folded in _UNLIMITED:
        cure = "Delete the row: without one there is no limit."
        return Problem("must be a finite number", cure)
    if "%" in text:
        return Problem(f"{rule}; this has a per cent sign", "Write % in the column unit.")
    if re.search(r"[$€£]|^[A-Z]{3} ", text):
        return Problem(f"{rule}; this has a currency sign", "Write it in the column unit.")
    if _SEPARATED.fullmatch(text):
        return _separated(text, rule)
    if re.fullmatch(r"-?[0-9]*,[0-9]+([eE][+-]?[0-9]+)?", text):
        return Problem(f"{rule}; this is a decimal comma", f"Write {text.replace(',', '.')}.")
    if _DATE.fullmatch(text):
        cure = "A spreadsheet turned the figure into a date; write the figure again."
        return Problem(f"{rule}; this is a date", cure)
    if text[0] in "−–" and _NUMBER.fullmatch(text[1:]):
        return Problem(f"{rule}; the minus is a dash", f"Write -{text[1:]} with a hyphen.")
    if text[0] == "+":
        return Problem(f"{rule}, without a plus sign", f"Write {text[1:]}.")
    return Problem(rule, "Write the figure alone, as 1250.5; its unit goes in the column unit.")


def _separated(text: str, rule: str) -> Problem:
    """Return the problem of ``1,200``, ``1.200,5`` and ``1 200``."""
    digits = re.sub(r"[^0-9,.-]", "", text)
    separators = re.findall(r"[.,]", digits)
    if len(separators) == 1 and separators[0] == "," and digits == text:
        whole, part = digits.split(",")
        cure = f"Write {whole}{part} or {whole}.{part}, whichever is meant."
        return Problem(f"{rule}; this has a thousands separator or a decimal comma", cure)
    if len(set(separators)) == 2:
        decimal = separators[-1]
        plain = digits.replace("," if decimal == "." else ".", "").replace(decimal, ".")
    elif len(separators) == 1 and digits != text:
        plain = digits.replace(",", ".")
    else:
        plain = re.sub(r"[.,]", "", digits)
    return Problem(f"{rule}; this has a thousands separator", f"Write {plain}.")


def read_integer(cell: Cell) -> Fraction | Problem:
    """Return the whole number in ``cell``."""
    number = read_number(cell)
    if isinstance(number, Fraction) and number.denominator != 1:
        return Problem("must be a whole number", "Write it without decimals.")
    return number


def read_period(cell: Cell, entry: Entry) -> str | Problem:
    """Return the year (``2023``) or years (``2021-2023``) in ``cell``."""
    problem = stored_problem(cell)
    if problem is not None:
        return problem
    found = _PERIOD.fullmatch(cell.text)
    years = [int(year) for year in found.groups() if year] if found else []
    if not years or not all(entry.admits(year) for year in years) or years != sorted(years):
        rule = f"must be a year as 2023, or years as 2021-2023, {entry.allowed}"
        return Problem(rule, "Write the year the value is for.")
    return cell.text


def read_text(cell: Cell) -> str | Problem:
    """Return the text in ``cell``, which may be blank.

    Refused: signs that do not show, and starts that a spreadsheet would run as a formula.
    """
    problem = stored_problem(cell)
    if problem is not None:
        return problem
    if cell.stored == "boolean":
        return Problem("must be text; this is true or false", "Write it as a word.")
    text = cell.text
    if len(text) > LONGEST_TEXT:
        return Problem(f"may have at most {LONGEST_TEXT} characters", "Shorten it.")
    hidden = [sign for sign in text if _is_hidden(sign)]
    if hidden:
        name = unicodedata.name(hidden[0], f"U+{ord(hidden[0]):04X}")
        rule = f"must have signs that show, in one line; it holds {name}"
        return Problem(rule, "Type the text again.")
    escape = _ESCAPE.search(text)
    if escape is not None:
        rule = f"must not hold {escape[0]!r}, which a workbook reads as another sign"
        return Problem(rule, "Write it in another way.")
    if len(text) > 1 and text[0] in "=+-@":
        rule = f"must not begin with {text[0]!r}: a spreadsheet would run it as a formula"
        return Problem(rule, "Begin with a word.")
    return text


def _is_hidden(sign: str) -> bool:
    """Tell whether a sign does not show: controls, direction marks, halves of signs."""
    return unicodedata.category(sign) in ("Cc", "Cf", "Cs", "Cn") and sign not in _JOINERS


def read_code(cell: Cell, kind: str) -> str | Problem:
    """Return the code in ``cell``; ``kind`` is ``code``, ``participant_code`` or ``hs_code``."""
    text = read_text(cell)
    if isinstance(text, Problem):
        return text
    if kind == "participant_code":
        pattern = _PARTICIPANT_CODE
        rule = "must be a code of capital letters A-Z, digits, _ or -"
    elif kind == "hs_code":
        pattern, rule = _HS_CODE, "must be 2, 4, 6, 8 or 10 digits"
    else:
        pattern, rule = _CODE, "must be a code of letters A-Z a-z, digits, _, - or ."
    if not pattern.fullmatch(text):
        if kind == "hs_code":
            return Problem(rule, "Store it as text, so that a leading zero is not lost.")
        return Problem(rule, "No accents, spaces or look-alike letters; the name is free text.")
    if text.casefold() == "world":
        return Problem("'world' is the rest of the world", "Choose another code.")
    return text


def read_choice(cell: Cell, entry: Entry) -> str | Problem:
    """Return the word in ``cell``, one of the choices of ``entry``."""
    if cell.stored == "boolean" or stored_problem(cell) is None:
        if cell.text in entry.options:
            return cell.text
        near = next((word for word in entry.options if word == cell.text.casefold()), "")
        rule = f"must be one of {', '.join(entry.options)}"
        return Problem(rule, f"Write {near}." if near else "Choose one of them, letter by letter.")
    return stored_problem(cell) or Problem("", "")
