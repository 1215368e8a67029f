"""The field dictionary agrees with the records and is complete in itself."""

from __future__ import annotations

import dataclasses

import pytest

from workshare.region import region as records
from workshare.region.dictionary import entries, schemas
from workshare.units import parse_unit

BUILT_FROM_TABLES = {
    *(f"Region.{name}" for name in schemas() if name not in ("region",)),
    "Region.links",
    "Region.demands",
    "Region.figures",
    "Figure.file",
    "Figure.key",
    "Figure.field",
}
"""Attributes that are whole tables, or follow from where a figure stands."""


def record_fields() -> set[str]:
    """Return every attribute of every record of the region, as ``Class.field``."""
    kinds = [kind for kind in vars(records).values() if dataclasses.is_dataclass(kind)]
    return {f"{k.__name__}.{f.name}" for k in kinds for f in dataclasses.fields(k)}


def test_every_field_of_every_record_is_in_the_dictionary_and_no_other() -> None:
    named = {name for entry in entries() for name in entry.record.split("|") if "." in name}
    assert named <= record_fields()
    assert record_fields() - named <= BUILT_FROM_TABLES


def test_defaults_are_those_of_the_records() -> None:
    checked = 0
    for entry in entries():
        if entry.kind != "field" or not entry.default or "." not in entry.record:
            continue
        kind, _, name = entry.record.partition(".")
        default = getattr(records, kind).__dataclass_fields__[name].default
        words = {"unknown": "nan", "no limit": "inf", "flat": "0"}
        expected = float(words.get(entry.default, entry.default))
        if entry.name == "jobs minimum":
            expected = -expected
        assert str(float(default)) == str(expected), entry.record
        checked += 1
    assert checked > 25


def test_every_unit_is_understood() -> None:
    for entry in entries():
        if not entry.unit:
            continue
        unit = entry.unit.replace("{currency}", "USD").replace("{good}", "kt")
        unit = unit.replace("{output}", "GWh")
        parse_unit(unit.replace("(", "").replace(")", ""))


def test_defaults_are_in_their_ranges() -> None:
    for entry in entries():
        if entry.type in ("number", "integer") and entry.default.lstrip("-")[:1].isdigit():
            assert entry.admits(float(entry.default)), entry.name


def test_references_name_tables_with_codes() -> None:
    for entry in entries():
        if entry.type == "reference":
            target, *reserved = entry.options
            assert schemas()[target].column("id").kind == "key"
            assert set(reserved) <= {"*", "world"}


@pytest.mark.parametrize("name", [n for n, schema in schemas().items() if schema.has_figures])
def test_a_table_of_figures_has_a_field_column_or_one_value(name: str) -> None:
    schema = schemas()[name]
    assert bool(schema.fields) == ("field" in schema.keys)
    assert bool(schema.fields) != (schema.value is not None)
