"""From tables of cells to checked records: each cell against the field dictionary.

A row with a fault is reported and left out; the code it declares still counts as declared, so
that one slip does not make every mention of the code a fault. Figures leave this file in canonical
units, as floats correctly rounded from exact fractions.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from fractions import Fraction

from workshare.errors import UnitError
from workshare.region.cells import (
    Problem,
    read_choice,
    read_code,
    read_integer,
    read_number,
    read_period,
    read_text,
)
from workshare.region.dictionary import (
    SETTINGS_TABLE,
    Entry,
    Schema,
    data_tables,
    schemas,
    setting_entries,
)
from workshare.region.region import Figure
from workshare.region.tables import Cell, FaultLog, Row, Source, did_you_mean
from workshare.units import (
    conversion_factor,
    is_own_unit,
    nearest_units,
    parse_unit,
    unit_of_currency,
)

ANY = "*"
"""The sign that stands for any place, participant or good."""

_NOT_FOR_GOODS = {"money", "time", "worker", "plant"}


@dataclass(frozen=True, slots=True)
class Record:
    """One sound row: its texts by column, and its figure.

    ``number`` is the figure in canonical units, NaN where the row has none or where its unit
    depends on the good and the good is ``*``; then ``exact`` and ``figure.unit`` still hold it.
    """

    row: Row
    texts: dict[str, str]
    number: float = math.nan
    exact: Fraction = Fraction(0)
    figure: Figure | None = None

    def place(self, column: str = "") -> str:
        """Return where the cell of ``column``, or the row, stands."""
        cell = self.row.cells.get(column)
        return cell.place if cell is not None else self.row.place


@dataclass(slots=True)
class Values:
    """Every sound record of a region's files, and what they declare."""

    source: Source
    log: FaultLog
    settings: dict[str, str] = field(default_factory=dict)
    records: dict[str, list[Record]] = field(default_factory=dict)
    declared: dict[str, dict[str, str]] = field(default_factory=dict)
    refused: dict[str, set[str]] = field(default_factory=dict)
    good_units: dict[str, str] = field(default_factory=dict)
    outputs: dict[str, str] = field(default_factory=dict)
    own_units: tuple[str, ...] = ()

    @property
    def currency(self) -> str:
        """The region's currency; USD where it could not be read."""
        return self.settings.get("currency", "USD")

    def of(self, table: str) -> list[Record]:
        """Return the sound records of ``table``."""
        return self.records.get(table, [])


def read_values(source: Source, log: FaultLog) -> Values:
    """Return the sound records of ``source``; every faulty cell goes to the log."""
    values = Values(source, log)
    _read_settings(values)
    for schema in data_tables():
        _declare(values, schema)
        values.records[schema.name] = list(_read_records(values, schema))
        table = source.tables.get(schema.name)
        is_empty = table is not None and not table.rows and log.is_clean(schema.name)
        if schema.required == "one or more" and is_empty:
            where = source.where(schema.name)
            log.add(schema.name, where, "The table", "needs at least one row", "Add one.")
    return values


def _read_settings(values: Values) -> None:
    """Read ``region.toml`` or the sheet of that name."""
    source, log = values.source, values.log
    table = source.tables.get(SETTINGS_TABLE)
    known = setting_entries()
    for row in table.rows if table is not None else ():
        key, cell = row.cells["key"].text, row.cells["value"]
        if key not in known:
            cure = did_you_mean(key, known) + f"Settings are {', '.join(known)}."
            log.add(SETTINGS_TABLE, row.place, f"Setting {key!r}", "unknown setting", cure)
        elif key in values.settings:
            cure = "Remove one of the two."
            log.add(SETTINGS_TABLE, row.place, f"Setting {key!r}", "may stand once", cure)
        else:
            value = _read_setting(cell, known[key])
            if isinstance(value, Problem):
                log.add(SETTINGS_TABLE, cell.place, f"Setting {key!r}", *value, cell.text)
                values.settings.setdefault(key, "")
            else:
                values.settings[key] = value
    was_read = table is not None and (bool(table.rows) or log.is_clean(SETTINGS_TABLE))
    for name, entry in known.items():
        if was_read and entry.required == "yes" and name not in values.settings:
            where = source.where(SETTINGS_TABLE)
            cure = f"Add it: {entry.meaning}."
            log.add(SETTINGS_TABLE, where, f"Setting {name!r}", "is missing", cure)
    values.settings = {name: text for name, text in values.settings.items() if text}


def _read_setting(cell: Cell, entry: Entry) -> str | Problem:
    """Return the text of one setting."""
    if entry.type == "integer":
        number = read_integer(cell)
        if isinstance(number, Problem):
            return number
        if not entry.admits(float(number)):
            return Problem(entry.rule, "Check the year, or the version of the file format.")
        return str(int(number))
    # line breaks are welcome in the texts of the settings
    text = read_text(Cell(cell.text.replace("\n", " "), cell.place, cell.stored))
    if isinstance(text, Problem):
        return text
    if cell.stored == "number":
        return Problem("must be text", "Put it in quotes.")
    if not text and entry.required == "yes":
        return Problem("is blank", f"Fill it in: {entry.meaning}.")
    if entry.type == "currency" and not unit_of_currency(text):
        return Problem("must be three capital letters, as USD", "Use the ISO 4217 code.")
    if entry.type == "code":
        return read_code(cell, "code")
    return cell.text


def _declare(values: Values, schema: Schema) -> None:
    """Note the codes that a table declares, also those of rows with a fault elsewhere."""
    table = values.source.tables.get(schema.name)
    identity = next((e for e in schema.own_columns if e.name == "id" and e.kind == "key"), None)
    declared: dict[str, str] = {}
    refused: set[str] = set()
    for row in table.rows if table is not None and identity is not None else ():
        cell = row.cells.get("id")
        code = read_code(cell, identity.type) if cell is not None and identity else None
        if isinstance(code, str):
            declared.setdefault(code, row.place)
        elif cell is not None:
            refused.add(cell.text)
    values.declared[schema.name] = declared
    values.refused[schema.name] = refused


def _read_records(values: Values, schema: Schema) -> Iterator[Record]:
    """Yield the sound records of one table."""
    table = values.source.tables.get(schema.name)
    seen: dict[tuple[str, ...], str] = {}
    for row in table.rows if table is not None else ():
        record = None if row.is_shifted else _read_row(values, schema, row)
        if record is None:
            continue
        key = tuple(record.texts[name] for name in schema.keys)
        repeats = _field_entry(schema, record.texts)
        if repeats is not None and repeats.required == "one or more":
            key = (*key, repr(record.number))
        if key in seen:
            values.log.add(
                schema.name,
                record.place(schema.keys[0]),
                _subject(schema, record.texts),
                f"stands already in {seen[key]}",
                "Remove one of the two rows, or correct its code.",
                " ".join(key),
            )
            continue
        seen[key] = row.place
        _note(values, schema, record)
        yield record


def _note(values: Values, schema: Schema, record: Record) -> None:
    """Remember what later tables need: units of goods, outputs of activities."""
    if schema.name == "goods":
        unit = record.texts["unit"]
        values.good_units[record.texts["id"]] = unit
        try:
            parse_unit(unit, values.currency)
        except UnitError:
            values.own_units = tuple(dict.fromkeys((*values.own_units, unit)))
    elif schema.name == "activities":
        values.outputs[record.texts["id"]] = record.texts["output"]


def _read_row(values: Values, schema: Schema, row: Row) -> Record | None:
    """Return the record of ``row``, or None when any of its cells has a fault."""
    texts: dict[str, str] = {}
    sound = True
    for entry in schema.columns:
        if entry.name == "value" and schema.has_figures:
            continue
        cell = row.cells.get(entry.name, Cell("", row.place))
        is_told = entry.required == "yes" and entry.name not in row.cells  # the column is missing
        text = _FOLLOWS if is_told else _read_cell(values, schema, entry, cell)
        if text is _FOLLOWS:
            values.log.mark(schema.name)
            sound = False
        elif isinstance(text, Problem):
            subject = _subject(schema, {n: c.text for n, c in row.cells.items()}, entry.name)
            values.log.add(schema.name, cell.place, subject, *text, cell.text)
            sound = False
        else:
            texts[entry.name] = text
    if schema.name == "goods" and sound:
        sound = _has_edition(values, row, texts)
    if not schema.has_figures:
        return Record(row, texts) if sound else None
    return _read_figure(values, schema, row, texts, sound)


def _read_cell(values: Values, schema: Schema, entry: Entry, cell: Cell) -> str | Problem:
    """Return the text of one cell that is not the value of a figure."""
    if not cell.text:
        if entry.required == "yes":
            return Problem("is blank", f"Fill it in: {entry.meaning}.")
        return entry.default
    if entry.type == "field":
        return _read_field(schema, cell)
    if entry.type == "reference":
        return _read_reference(values, entry, cell)
    if entry.type in ("choice", "yes_no"):
        return read_choice(cell, entry)
    readers: dict[str, Callable[[], str | Problem]] = {
        "code": lambda: read_code(cell, "code"),
        "participant_code": lambda: read_code(cell, "participant_code"),
        "hs_code": lambda: read_code(cell, "hs_code"),
        "period": lambda: read_period(cell, entry),
        "good_unit": lambda: _read_good_unit(values, cell),
    }
    return readers.get(entry.type, lambda: read_text(cell))()


def _read_field(schema: Schema, cell: Cell) -> str | Problem:
    """Return the name of a field of this table."""
    names = list(dict.fromkeys(name.split()[-1] for name in schema.fields))
    if cell.text in names:
        return cell.text
    text = read_text(cell)
    if isinstance(text, Problem):
        return text
    cure = did_you_mean(text, names) + f"Fields are {', '.join(names)}."
    return Problem("unknown field", cure)


def _read_reference(values: Values, entry: Entry, cell: Cell) -> str | Problem:
    """Return a code that another table declares, or a reserved word."""
    target, *reserved = entry.options
    declared = values.declared[target]
    if cell.text in declared or cell.text in reserved:
        return cell.text
    text = read_text(cell)
    if isinstance(text, Problem):
        return text
    is_unread = not declared and not values.log.is_clean(target)
    if is_unread or cell.text in values.refused[target]:
        return _FOLLOWS  # the table, or the code, is told once, where it stands
    near = did_you_mean(text, [*declared, *reserved])
    words = f", or {' or '.join(map(repr, reserved))}" if reserved else ""
    rule = f"unknown code; must be declared in {values.source.where(target)}{words}"
    return Problem(rule, near + "Correct the code or declare it.")


_FOLLOWS = Problem("", "")
"""The problem of a cell that only follows from a fault reported already."""


def _read_good_unit(values: Values, cell: Cell) -> str | Problem:
    """Return the unit of a good: one of the table's quantities, or a word of its own."""
    text = read_text(cell)
    if isinstance(text, Problem):
        return text
    try:
        unit = parse_unit(text, values.currency)
    except UnitError as error:
        if is_own_unit(text):
            return text
        near = nearest_units(text)
        return Problem(str(error), f"Write {near[0]}." if near else "See docs/units.md.")
    names = {name for name, _ in unit.dimensions}
    if len(names) != 1 or "/" in text or names & _NOT_FOR_GOODS:
        rule = "must be a quantity of a good, as kt, GWh or vehicle, without '/year'"
        return Problem(rule, "Flows are per year by themselves.")
    return text


def _has_edition(values: Values, row: Row, texts: dict[str, str]) -> bool:
    """Report an HS code without its edition."""
    if not texts["hs_code"] or texts["hs_edition"]:
        return True
    cell = row.cells.get("hs_edition", row.cells["id"])
    subject = f"Good {texts['id']!r}, column hs_edition"
    cure = "Write the edition the code is from, as HS2022; never guess it."
    values.log.add("goods", cell.place, subject, "a code needs its edition", cure)
    return False


def _field_entry(schema: Schema, texts: dict[str, str]) -> Entry | None:
    """Return the dictionary entry of the figure in a row, or None when its field is unknown."""
    if schema.value is not None:
        return schema.value
    name = texts.get("field", "")
    return schema.fields.get(f"{texts.get('subject', '')} {name}".strip()) or schema.fields.get(
        name
    )


def _read_figure(
    values: Values, schema: Schema, row: Row, texts: dict[str, str], sound: bool
) -> Record | None:
    """Return the record with its figure in canonical units, or None when it has a fault."""
    entry = _field_entry(schema, texts)
    cell = row.cells.get("value")
    if cell is None:
        return None  # the column is missing, which is told once
    subject = _subject(schema, texts)
    number = read_integer(cell) if entry and entry.type == "integer" else read_number(cell)
    written = f"{cell.text} {texts.get('unit', '')}".strip()
    if isinstance(number, Problem):
        values.log.add(schema.name, cell.place, subject, *number, written)
        return None
    if entry is None:
        if texts.get("field") and "subject" in texts:
            place, names = row.cells["field"].place, ", ".join(schema.fields)
            rule = f"{texts['subject']} has no such field"
            values.log.add(
                schema.name, place, subject, rule, f"There are: {names}.", texts["field"]
            )
        return None
    factor = _factor(values, schema, row, entry, texts, subject)
    if factor is None:
        return None
    canonical = math.nan if factor == 0 else float(number * factor)
    if not entry.admits(float(number) if factor == 0 else canonical):
        cure = _range_cure(entry, float(number), texts["unit"])
        rule = f"{entry.rule} (in {entry.unit})" if float(factor) != 1 else entry.rule
        values.log.add(schema.name, cell.place, subject, rule, cure, written)
        return None
    if not sound:
        return None
    return Record(row, texts, canonical, number, _figure(schema, texts, float(number)))


def _factor(
    values: Values, schema: Schema, row: Row, entry: Entry, texts: dict[str, str], subject: str
) -> Fraction | None:
    """Return the factor to canonical units; 0 where it depends on the good; None at a fault."""
    unit = texts.get("unit")
    wanted = wanted_unit(values, entry.unit, texts)
    currency_unknown = "{currency}" in entry.unit and "currency" not in values.settings
    if unit is None or wanted is None or currency_unknown:
        return None
    cell = row.cells.get("unit", Cell("", row.place))
    try:
        if not wanted:
            parse_unit(unit, values.currency, values.own_units)
            return Fraction(0)
        return conversion_factor(unit, wanted, values.currency, values.own_units)
    except UnitError as error:
        cure = f"The value is wanted in {wanted or entry.unit}, or a unit that converts to it."
        values.log.add(schema.name, cell.place, subject, str(error), cure, unit)
        return None


def wanted_unit(values: Values, template: str, texts: dict[str, str]) -> str | None:
    """Return the canonical unit of a figure, from its ``template`` in the dictionary.

    Blank where it depends on the good and the good is ``*``; None where the good is not known.
    """
    unit = template.replace("{currency}", values.currency)
    if "{good}" in unit:
        good = texts.get("good", "")
        if good == ANY:
            return ""
        if good not in values.good_units:
            return None
        unit = unit.replace("{good}", values.good_units[good])
    if "{output}" in unit:
        output = values.outputs.get(texts.get("activity", ""), "")
        if output not in values.good_units:
            return None
        unit = unit.replace("{output}", values.good_units[output])
    return unit


def _range_cure(entry: Entry, number: float, unit: str) -> str:
    """Return what usually cures a figure out of its range."""
    if number < 0 and entry.bounds[0] >= 0:
        return "Check the sign."
    if entry.unit.startswith("share") and number > 1 and unit != "%":
        return f"Write it with the unit %, or as a share: {number / 100:g}."
    if entry.exclusive == "minimum" and number == 0:
        return "Zero has no meaning here; delete the row if there is none."
    return "Check the value and its unit."


def _figure(schema: Schema, texts: dict[str, str], value: float) -> Figure:
    """Return the figure as the user wrote it."""
    key = "/".join(texts[name] for name in schema.keys if name != "field")
    name = texts.get("field", "value")
    provenance = (texts[column] for column in ("unit", "year", "source", "quality", "note"))
    return Figure(schema.name, key, name, value, *provenance)


def _subject(schema: Schema, texts: dict[str, str], column: str = "") -> str:
    """Return the object and field of a row in words: ``Place 'norte', field max_plants``."""
    names = {"participants": "participant", "activities": "activity"}
    parts = []
    for name in schema.keys:
        if name != "field" and texts.get(name):
            noun = schema.name if name == "id" else name
            noun = names.get(noun, noun.removesuffix("s")) if name == "id" else noun
            parts.append(f"{noun} {texts[name]!r}")
    words = ", ".join(parts) or schemas()[schema.name].meaning
    words = words[0].upper() + words[1:]
    if texts.get("field") and column in ("", "value", "unit"):
        return f"{words}, field {texts['field']}"
    return f"{words}, column {column}" if column else words
