"""Derive the tables of the embedded case ``lithium`` from the public data and the assumption list.

Usage: ``python scripts/derive_lithium.py [DATA_FOLDER] [CASE_FOLDER]``. The data folder holds the
public data sets that docs/cases/lithium.md cites (default: ``../shared/data``); the list of
assumptions is docs/cases/lithium_assumptions.csv. Same inputs, same bytes: figures are written
with four significant digits and nothing depends on the clock or on a random number.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from lithium_activities import add_activities, add_goods
from lithium_countries import add_participants
from lithium_data import PublicData
from lithium_places import add_options
from lithium_tables import DEFAULT_CASE, DEFAULT_DATA, Tables, read_assumptions, write_case
from lithium_trade import add_demand, add_outside, add_trade


def derive(data_folder: Path) -> Tables:
    """Return every table of the case."""
    tables, data = Tables(read_assumptions()), PublicData(data_folder)
    add_participants(tables, data)
    add_goods(tables)
    add_activities(tables, data)
    add_options(tables, data)
    add_trade(tables, data)
    add_outside(tables, data)
    add_demand(tables, data)
    return tables


def main(arguments: Sequence[str]) -> int:
    """Derive and write; return an exit code."""
    data_folder = Path(arguments[0]) if arguments else DEFAULT_DATA
    case = Path(arguments[1]) if len(arguments) > 1 else DEFAULT_CASE
    if not data_folder.is_dir():
        sys.stderr.write(f"No data folder at {data_folder}: give its path first.\n")
        return 1
    write_case(derive(data_folder), case)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
