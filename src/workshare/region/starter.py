"""``workshare new``: a small valid region of two to start from, as a folder and as a workbook."""

from __future__ import annotations

import os
from pathlib import Path

from workshare.errors import OptionError
from workshare.region.dictionary import data_tables
from workshare.region.folder import SETTINGS_FILE, read_folder
from workshare.region.tables import FaultLog
from workshare.region.template import write_workbook

STARTER_FOLDER = Path(__file__).with_name("starter")
"""The starter's tables, with explanations in the column note."""

WORKBOOK_NAME = "region.xlsx"

_INTRODUCTION = """\
A region to start from: two invented participants, three goods, two activities.

The same region is here twice. Work with the one you prefer and delete the other:

  the folder     region.toml and one CSV file per table, for text editors and programs
  region.xlsx    one sheet per table with notes, units and drop-down lists, for spreadsheets

Replace the figures by yours, then look for faults as often as you like:

  workshare check .               checks region.toml and the CSV files
  workshare check region.xlsx     checks the workbook
  workshare convert . other.xlsx  makes one from the other, without loss

Rules for every file
  * Text is UTF-8 and separated by commas (semicolons and tabs are understood).
  * A figure is a plain number as 1250.5: no thousands separator, no decimal comma.
  * Every figure has its unit, the year it is for and its source. The quality is a letter from
    A (primary statistic or paper) to D (do not rely on it). The note is yours.
  * Zero is written 0. What is not known is left out as a whole row; it is never a blank cell.
  * * in freight.csv and tariffs.csv stands for any; world is the rest of the world.

Files
"""


def new_region(directory: str | os.PathLike[str], *, force: bool = False) -> tuple[Path, ...]:
    """Write a commented starter region into ``directory`` and return the files written.

    Parameters
    ----------
    directory : folder to write to; it is made if it does not exist.
    force : write also into a folder that is not empty, replacing files of the same names.

    Raises
    ------
    OptionError : the folder is not empty, or is a file.
    """
    target = Path(directory)
    if target.exists() and not target.is_dir():
        raise OptionError(f"{target} is a file; give the name of a new folder.")
    if target.exists() and any(target.iterdir()) and not force:
        raise OptionError(
            f"{target} is not empty; give the name of a new folder, or allow its files to be "
            "replaced (--force)."
        )
    target.mkdir(parents=True, exist_ok=True)
    names = [SETTINGS_FILE, *(f"{schema.name}.csv" for schema in data_tables())]
    written = []
    for name in names:
        (target / name).write_bytes((STARTER_FOLDER / name).read_bytes())
        written.append(target / name)
    (target / "README.txt").write_text(read_me(), encoding="utf-8", newline="\n")
    write_workbook(read_folder(STARTER_FOLDER, FaultLog()), target / WORKBOOK_NAME)
    return (*written, target / "README.txt", target / WORKBOOK_NAME)


def read_me() -> str:
    """Return the text of the starter's README.txt, with one line for each table."""
    lines = [f"  {SETTINGS_FILE:26} What the region is: title, currency, years, scenario"]
    for schema in data_tables():
        optional = "" if schema.required != "no" else " (may be absent)"
        lines.append(f"  {schema.name + '.csv':26} {schema.meaning}{optional}")
    return _INTRODUCTION + "\n".join(lines) + "\n"
