from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workshare.reports.figures.flow_layout import LEFT, RIGHT, SLOT, Band, lay_out

CODES = ["A", "B", "C", "D", "world"]
BANDS = st.dictionaries(
    st.tuples(st.sampled_from(CODES), st.sampled_from(CODES)),
    st.floats(0.01, 1e6),
    min_size=1,
    max_size=12,
)


@given(BANDS)
def test_nothing_overlaps_and_everything_is_inside(values):
    bands = [Band(origin, end, value) for (origin, end), value in values.items()]
    panel = lay_out(bands, 10.0, CODES)
    for side in ("left", "right"):
        nodes = [node for node in panel.nodes if node.side == side]
        for above, below in itertools.pairwise(nodes):
            assert above.bottom <= below.top
            assert below.middle - above.middle >= SLOT - 1e-9  # labels do not touch
        assert sum(node.value for node in nodes) == pytest.approx(sum(values.values()))
        assert all(10.0 < node.top <= node.bottom <= panel.bottom + 1e-9 for node in nodes)
    assert len(panel.ribbons) == len(bands)


@given(BANDS)
def test_bands_run_from_left_to_right_with_one_thickness(values):
    bands = [Band(origin, end, value) for (origin, end), value in values.items()]
    for ribbon in lay_out(bands, 0.0, CODES).ribbons:
        xs = [x for x, _, _ in ribbon.points]
        assert xs == sorted(xs)
        assert (xs[0], xs[-1]) == (LEFT, RIGHT)
        thickness = {round(lower - upper, 1) for _, upper, lower in ribbon.points}
        assert max(thickness) - min(thickness) <= 0.11


def test_order_follows_the_codes_given():
    bands = [Band("B", "world", 1.0), Band("A", "world", 1.0), Band("Z", "world", 1.0)]
    left = [node.code for node in lay_out(bands, 0.0, CODES).nodes if node.side == "left"]
    assert left == ["A", "B", "Z"]
