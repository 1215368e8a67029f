"""JSON text is byte-stable, non-finite numbers have one rule, and hashes follow content only."""

from __future__ import annotations

import dataclasses
import json
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from workshare.results import (
    CertificateLine,
    Status,
    certificate_line,
    inputs_hash,
    json_text,
    to_jsonable,
)

finite = st.floats(allow_nan=False, allow_infinity=False)
plain = st.recursive(
    st.none() | st.booleans() | st.integers() | finite | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


@given(plain)
def test_plain_values_survive_a_round_trip(value: object) -> None:
    assert json.loads(json_text(value)) == value


@given(st.dictionaries(st.text(), finite, min_size=2))
def test_the_hash_ignores_the_order_of_keys(mapping: dict[str, float]) -> None:
    turned = dict(reversed(mapping.items()))
    assert inputs_hash(mapping) == inputs_hash(turned)


def test_the_text_keeps_the_order_of_keys_and_ends_with_a_newline() -> None:
    assert (
        json_text({"b": 1, "a": [1.5, "é"]})
        == '{\n  "b": 1,\n  "a": [\n    1.5,\n    "é"\n  ]\n}\n'
    )


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, np.float64("nan")])
def test_what_is_no_finite_number_is_null(value: float) -> None:
    assert to_jsonable({"limit": value}) == {"limit": None}


def test_minus_zero_is_written_as_zero() -> None:
    assert json_text(-0.0) == "0.0\n"


def test_numpy_arrays_scalars_and_sets_become_plain() -> None:
    value = {"a": np.array([[1.0, np.inf]]), "n": np.int64(3), "t": np.bool_(True), "s": {"b", "a"}}
    assert to_jsonable(value) == {"a": [[1.0, None]], "n": 3, "t": True, "s": ["a", "b"]}


def test_tuple_keys_are_joined() -> None:
    assert to_jsonable({("ARG", Status.EXACT): 1}) == {"ARG|exact": 1}


def test_records_become_mappings_in_field_order() -> None:
    line = certificate_line("gap", 0.5, 0.1, "Share of the value.")
    assert list(to_jsonable(line)) == ["name", "value", "tolerance", "holds", "meaning"]
    assert to_jsonable(line)["holds"] is False


def test_what_has_no_form_is_named() -> None:
    with pytest.raises(TypeError, match="no JSON form for object"):
        to_jsonable({"a": object()})


def test_nan_never_holds() -> None:
    assert not certificate_line("gap", math.nan, 1.0, "").holds


def test_the_hash_sees_every_field_and_every_bit() -> None:
    line = CertificateLine("gap", 0.1, 1.0, True, "")
    hashes = {
        inputs_hash(line),
        inputs_hash(dataclasses.replace(line, value=0.1 + 1e-16)),
        inputs_hash(dataclasses.replace(line, name="Gap")),
        inputs_hash(dataclasses.replace(line, tolerance=math.inf)),
        inputs_hash(dataclasses.replace(line, tolerance=-math.inf)),
        inputs_hash(dataclasses.replace(line, tolerance=math.nan)),
    }
    assert len(hashes) == 6
    assert all(len(item) == 64 for item in hashes)


def test_arrays_hash_as_the_lists_they_hold() -> None:
    assert inputs_hash(np.array([1.0, np.nan])) == inputs_hash([1.0, math.nan])
