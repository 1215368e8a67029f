"""What every test shares: how random cases are drawn, and the public data if it is there."""

from __future__ import annotations

from pathlib import Path

import hypothesis
import pytest

# `make test` draws the same cases every time; `make test-slow` looks for new ones
hypothesis.settings.register_profile("fixed", deadline=None, derandomize=True)
hypothesis.settings.register_profile("search", deadline=None, max_examples=300)
hypothesis.settings.load_profile("fixed")

PUBLIC_DATA = Path(__file__).parent.parent.parent / "shared" / "data"


@pytest.fixture(scope="session")
def public_data() -> Path:
    """Give the folder of public data sets beside the repository; skip the test without it."""
    if not PUBLIC_DATA.is_dir():
        pytest.skip("the public data sets are not beside the repository")
    return PUBLIC_DATA
