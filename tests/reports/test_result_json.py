from __future__ import annotations

import copy
import json

from workshare.reports.result_json import result_text, write_json
from workshare.reports.schema import read_result


def test_what_is_written_reads_back(result, tmp_path):
    assert read_result(write_json(result, tmp_path / "result.json")) == result


def test_the_text_does_not_depend_on_the_order_of_keys(result):
    turned = json.loads(json.dumps(result), object_pairs_hook=lambda pairs: dict(pairs[::-1]))
    assert list(turned) != list(result)
    assert result_text(turned) == result_text(result)


def test_runs_differ_only_after_the_timings_begin(result):
    again = copy.deepcopy(result)
    again["timings"] = {"total": 99.0}
    one, other = result_text(result), result_text(again)
    assert one != other
    assert one.partition('"timings"')[0] == other.partition('"timings"')[0]
    assert result_text(result, timings=False) == result_text(again, timings=False)
