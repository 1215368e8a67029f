"""The verbs of region files: read, check, write, convert, and the embedded cases."""

from __future__ import annotations

import os
from pathlib import Path

from workshare.errors import Fault, OptionError, RegionError
from workshare.region.build import Draft, build_draft, scenarios
from workshare.region.check import check_draft
from workshare.region.folder import SETTINGS_FILE, read_folder, write_folder
from workshare.region.region import Region
from workshare.region.tables import FaultLog, Source, did_you_mean
from workshare.region.template import write_workbook
from workshare.region.unbuild import source_of
from workshare.region.values import read_values
from workshare.region.workbook import read_workbook

CASES_FOLDER = Path(__file__).with_name("cases")
"""Where the embedded cases live, each a region folder."""

WORKBOOK_SUFFIX = ".xlsx"
"""What makes a path a workbook."""


def read_region(path: str | os.PathLike[str], demand_scenario: str | None = None) -> Region:
    """Return the region in a folder or workbook, or the embedded case of that name.

    Parameters
    ----------
    path : folder with ``region.toml``, workbook ``.xlsx``, or a name from :func:`case_names`.
    demand_scenario : scenario of the demand table to use instead of the one the region names.

    Returns
    -------
    Region : complete, checked, in canonical units (see :mod:`workshare.region.region`).

    Raises
    ------
    RegionError : the files have faults; all of them are in its ``faults``.
    OptionError : there is no such file, folder or embedded case, or no row of the demand table has
        ``demand_scenario``.
    """
    draft = _read_draft(path, demand_scenario)
    if draft.values.log.faults:
        raise RegionError(draft.values.log.faults)
    return draft.region


def check_region(path: str | os.PathLike[str]) -> tuple[Fault, ...]:
    """Return every fault of a region's files, in the order of the files; none if it is sound.

    Raises
    ------
    OptionError : there is no such file, folder or embedded case.
    """
    return tuple(_read_draft(path, None).values.log.faults)


def write_region(region: Region, target: str | os.PathLike[str], *, force: bool = False) -> None:
    """Write ``region`` in canonical units to a folder, or to a workbook if it ends in ``.xlsx``.

    Year, source, quality and note of a figure are kept where the region still has a figure of
    that key and field; the values written are those of the records. Years of the figures that
    have none are the price year, and their source says ``not stated``.

    Raises
    ------
    OptionError : the target exists and ``force`` is not given.
    """
    _write(source_of(region), Path(target), force)


def convert_region(
    source: str | os.PathLike[str], target: str | os.PathLike[str], *, force: bool = False
) -> None:
    """Convert a region between folder and workbook, without loss; the target's suffix decides.

    Raises
    ------
    RegionError : the source has faults.
    OptionError : there is no source of that name, or the target exists and ``force`` is not given.
    """
    log = FaultLog()
    tables = _read_source(_locate(source), log)
    check_draft(build_draft(read_values(tables, log)))
    if log.faults:
        raise RegionError(log.faults)
    _write(tables, Path(target), force)


def case_names() -> tuple[str, ...]:
    """Return the names of the embedded cases, in alphabetical order."""
    if not CASES_FOLDER.is_dir():
        return ()
    found = (folder.name for folder in CASES_FOLDER.iterdir() if (folder / SETTINGS_FILE).is_file())
    return tuple(sorted(found))


def case_path(name: str) -> Path:
    """Return the folder of the embedded case ``name``.

    Raises
    ------
    OptionError : there is no such case; the message names those there are.
    """
    cases = case_names()
    if name not in cases:
        raise OptionError(
            f"no such folder, workbook or embedded case: {name!r}. {did_you_mean(name, cases)}"
            f"Embedded cases: {', '.join(cases) or 'none'}."
        )
    return CASES_FOLDER / name


def _read_draft(path: str | os.PathLike[str], demand_scenario: str | None) -> Draft:
    """Return the region as far as its files are sound, with the log of faults."""
    log = FaultLog()
    values = read_values(_read_source(_locate(path), log), log)
    known = scenarios(values)
    if demand_scenario is not None and log.is_clean("demand") and demand_scenario not in known:
        names = ", ".join(known) or "none"
        raise OptionError(
            f"unknown demand scenario {demand_scenario!r}. "
            f"{did_you_mean(demand_scenario, known)}Scenarios of this region: {names}."
        )
    draft = build_draft(values, demand_scenario)
    check_draft(draft)
    return draft


def _locate(path: str | os.PathLike[str]) -> Path:
    """Return the path of a region; a name without a file of that name is an embedded case."""
    if Path(path).exists():
        return Path(path)
    return case_path(os.fspath(path))


def _read_source(path: Path, log: FaultLog) -> Source:
    """Return the tables of a folder or workbook."""
    if path.is_dir():
        return read_folder(path, log)
    if path.name == SETTINGS_FILE:
        return read_folder(path.parent, log)
    if path.suffix.lower() == WORKBOOK_SUFFIX:
        return read_workbook(path, log)
    log.add(
        "",
        path.name,
        "The path",
        "must be a folder with region.toml or a workbook .xlsx",
        "Give the folder that holds the files, or save the workbook as .xlsx.",
    )
    return Source("folder", str(path), {})


def _write(source: Source, target: Path, force: bool) -> None:
    """Write tables to a workbook or folder, by the suffix of ``target``."""
    is_workbook = target.suffix.lower() == WORKBOOK_SUFFIX
    if target.exists() and target.is_dir() == is_workbook:
        kind = "workbook" if is_workbook else "folder"
        raise OptionError(f"{target} exists and is not a {kind}; choose another name.")
    if target.exists() and not force and (is_workbook or any(target.iterdir())):
        raise OptionError(
            f"{target} exists already; choose another name, or allow it to be replaced (--force)."
        )
    if is_workbook:
        write_workbook(source, target)
    else:
        write_folder(source, target)
