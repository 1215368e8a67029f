from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from workshare.errors import ResultError
from workshare.reports.schema import as_result, json_schema, read_result, schema_page, validate
from workshare.reports.schema_keys import RECORDS

PAGE = Path(__file__).parents[2] / "docs" / "result-json.md"


def test_a_whole_result_and_the_smallest_one_are_sound(result, least):
    assert validate(result, strict=True) == []
    assert validate(least, strict=True) == []


@pytest.mark.parametrize(
    "key", ["schema", "status", "gap", "price_of_non_coordination", "scenarios"]
)
def test_a_missing_required_key_is_named(least, key):
    del least[key]
    assert any(problem.startswith(f"{key}: is missing") for problem in validate(least))


def test_faults_are_all_reported_with_their_path(result):
    result["scenarios"][1]["plants"][0]["size"] = "ten"
    result["scenarios"][0]["losers"] = "ARG"
    result["status"] = "perfect"
    result["price_of_non_coordination"]["by_participant"]["ARG"] = True
    problems = "\n".join(validate(result))
    assert "scenarios[1].plants[0].size: expected a number, got the text 'ten'" in problems
    assert "scenarios[0].losers: expected a list" in problems
    assert "status: 'perfect' is none of exact" in problems
    assert "price_of_non_coordination.by_participant.ARG" in problems


def test_unknown_keys_pass_unless_strict(least):
    least["scenarios"][0]["novelty"] = 1
    assert validate(least) == []
    assert validate(least, strict=True) == ["scenarios[0].novelty: is no key of outcome"]


def test_nan_becomes_null_and_to_dict_is_used(least):
    least["gap"] = float("nan")

    class Record:
        def to_dict(self):
            return least

    assert as_result(Record())["gap"] is None


def test_an_unsound_result_is_refused():
    with pytest.raises(ResultError, match="scenarios: is missing"):
        as_result({"schema": "workshare.result/1"})


def test_a_saved_result_is_read_from_file_or_folder(tmp_path, least):
    file = tmp_path / "result.json"
    file.write_text(json.dumps(least), encoding="utf-8")
    assert read_result(file) == least
    assert read_result(tmp_path) == least


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "empty"),
        (b'{"schema": "workshare.result/1", "sta', "truncated"),
        (b"\xff\xfe\x00bad", "not UTF-8"),
        (b"a,b,c", "not JSON"),
        (b"[1, 2]", "not a result of workshare"),
        (b'{"schema": "somebody/else"}', "not a result of workshare"),
        (b'{"schema": "workshare.result/2"}', "newer workshare"),
        (b'{"schema": "workshare.result/1", "status": 3}', "damaged"),
        (b"[" * 100_000, "not JSON"),
    ],
)
def test_files_that_are_no_results_get_a_plain_message(tmp_path, content, message):
    file = tmp_path / "result.json"
    file.write_bytes(content)
    with pytest.raises(ResultError, match=message) as caught:
        read_result(file)
    assert str(file) in str(caught.value)


def test_a_missing_file_gets_a_plain_message(tmp_path):
    with pytest.raises(ResultError, match="no such file"):
        read_result(tmp_path / "nothing.json")


def test_the_page_documents_exactly_the_keys_of_the_schema():
    text = PAGE.read_text(encoding="utf-8")
    assert text.endswith(schema_page())
    assert re.findall(r"^## (\w+)$", text.partition("<!-- keys")[2], re.M) == list(RECORDS)


def test_the_json_schema_names_every_record_and_key():
    schema = json_schema()
    assert set(schema["$defs"]) == set(RECORDS) - {"result"}
    for name, keys in RECORDS.items():
        record = schema if name == "result" else schema["$defs"][name]
        assert list(record["properties"]) == [key.name for key in keys]
    assert schema["properties"]["schema"] == {"const": "workshare.result/1"}


def test_every_kind_that_a_key_refers_to_exists():
    simple = {"text", "number", "integer", "yes/no", "anything"}
    for keys in RECORDS.values():
        for key in keys:
            assert key.kind.rpartition(" of ")[2] in simple | set(RECORDS)
