"""``workshare coordinate``: from a region to divisions of labour and their report."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from workshare.cli import exits

if TYPE_CHECKING:
    from rich.console import RenderableType

    from workshare.cli.progress import ProgressCallback

DEFAULT_FOLDER = "workshare-report"
WRITTEN = ("json", "html", "xlsx", "csv")
"""Formats of the report in the order of writing: what took long to compute is saved first."""

Workers = Annotated[
    int | None, typer.Option(min=1, help="Processes to use. Default: one per processor core.")
]


def coordinate(
    region: Annotated[
        str,
        typer.Argument(
            metavar="REGION", help="Region folder, workbook, or the name of an embedded case."
        ),
    ],
    scenario: Annotated[
        list[str] | None,
        typer.Option(help="Scenario to compute; repeat for several. Default: all."),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            help=f"Folder for the result and report. Default: {DEFAULT_FOLDER}; "
            "with --json nothing is written unless this is given."
        ),
    ] = None,
    demand: Annotated[
        str | None,
        typer.Option(help="Scenario of demand (low, base, high, ...). Default: the region's own."),
    ] = None,
    seed: Annotated[int, typer.Option(help="Seed of everything that is drawn at random.")] = 0,
    json: Annotated[
        bool, typer.Option("--json", help="Print result.json on standard output.")
    ] = False,
    quiet: Annotated[
        bool, typer.Option("--quiet", help="Show no progress and no summary; only errors.")
    ] = False,
    workers: Workers = None,
    lens: Annotated[
        list[str] | None,
        typer.Option(
            help="Engine that judges the scenarios; repeat for several; none for no other engine. "
            "Default: all."
        ),
    ] = None,
) -> None:
    """Compute divisions of labour for REGION, what each is worth to whom, and the report.

    The summary and progress go to standard error. Standard output is the path of the report, or
    with --json the result itself.
    """
    folder = out if out is not None or json else Path(DEFAULT_FOLDER)
    run_study(
        region,
        scenarios=scenario or None,
        folder=folder,
        demand=demand,
        seed=seed,
        print_json=json,
        quiet=quiet,
        workers=workers,
        lenses=lens or None,
    )


def run_study(
    name: str,
    *,
    scenarios: list[str] | None,
    folder: Path | None,
    demand: str | None,
    seed: int,
    print_json: bool,
    quiet: bool,
    workers: int | None,
    lenses: list[str] | None = None,
) -> None:
    """Read, coordinate, write and tell; leave with the exit code that the result's status has."""
    from workshare.cli.progress import progress_on_stderr
    from workshare.coordination import write_certificate
    from workshare.parallel import cores
    from workshare.region import read_region
    from workshare.studies.coordinate import coordinate as compute

    region = read_region(name, demand)
    with writable(folder), progress_on_stderr(quiet) as progress:
        study = compute(
            region,
            scenarios=scenarios,
            seed=seed,
            progress=progress,
            workers=workers or cores(),
            lenses=() if lenses == ["none"] else lenses,
        )
        result = study.to_dict()
        paths = write_files(result, folder, progress)
        if folder is not None and study.proof:
            paths["proof"] = write_certificate(study.proof, folder / "certificate.json")
    if not quiet:
        show_summary(result, paths)
    if print_json:
        from workshare.reports.result_json import result_text

        typer.echo(result_text(result), nl=False)
    elif "html" in paths:
        typer.echo(str(paths["html"]))
    raise typer.Exit(exit_code(result))


@contextmanager
def writable(folder: Path | None) -> Iterator[None]:
    """Prove that files can be written before the long work; leave no new folder if it fails."""
    from workshare.errors import OptionError

    if folder is None:
        yield
        return
    if folder.is_file():
        raise OptionError(f"{folder} is a file; the result needs a folder (--out DIR).")
    is_new = not folder.exists()
    folder.mkdir(parents=True, exist_ok=True)
    try:
        probe = folder / ".workshare-write-test"
        probe.write_text("")
        probe.unlink()
        yield
    except BaseException:
        if is_new:
            with suppress(OSError):
                folder.rmdir()
        raise


def write_files(
    result: dict[str, Any], folder: Path | None, progress: ProgressCallback | None
) -> dict[str, Path]:
    """Write result.json, the report, the workbook and the tables; return their paths by format.

    Ctrl-C leaves what was written so far, and ends with the exit code for a part.
    """
    if folder is None:
        return {}
    from workshare.reports import write_report

    begun: list[str] = []

    def tell(kind: str) -> None:
        if progress is not None:
            progress("report", len(begun) / len(WRITTEN), f"writing {kind}")
        begun.append(kind)

    try:
        written = write_report(result, folder, WRITTEN, tell)
    except KeyboardInterrupt:
        if not begun[1:]:
            raise
        exits.tell(
            f"Interrupted while writing to {folder}; complete there: {', '.join(begun[:-1])}."
        )
        exits.tell(f"The rest is written by: workshare report {folder}")
        raise typer.Exit(exits.PARTIAL) from None
    return {kind: Path(path) for kind, path in written.items()}


def exit_code(result: dict[str, Any]) -> int:
    """Return the exit code of a finished or interrupted study.

    Examples
    --------
    >>> exit_code({"status": "certified", "scenarios": []})
    0
    >>> exit_code({"status": "bounded", "scenarios": []})
    3
    """
    if result["status"] == "interrupted":
        return exits.PARTIAL if result.get("scenarios") else exits.INTERRUPTED
    return exits.NOT_CERTIFIED if result["status"] == "bounded" else exits.OK


def show_summary(result: dict[str, Any], paths: dict[str, Path]) -> None:
    """Show the headline, the scenarios and the files on standard error."""
    from rich.console import Console

    # names are the user's: brackets and colons in them are no mark-up
    console = Console(stderr=True, highlight=False, markup=False, emoji=False)
    for block in summary_blocks(result):
        console.print(block)
    for kind, path in paths.items():
        console.print(f"{kind:>5}  {path}", soft_wrap=True)


def summary_blocks(result: dict[str, Any]) -> list[RenderableType]:
    """Return the summary as Rich renderables: findings in sentences, then a row per scenario."""
    from rich.text import Text

    from workshare.reports import summary_lines

    # the indented lines are the scenarios, which stand in the table here
    title, *lines = [line for line in summary_lines(result) if not line.startswith((" ", "And "))]
    blocks: list[RenderableType] = ["", Text(title, style="bold"), *map(Text, lines)]
    if result.get("scenarios"):
        blocks += ["", _scenario_table(result), ""]
    return blocks


def _scenario_table(result: dict[str, Any]) -> RenderableType:
    """Return one row per scenario: both values, gain on uncoordinated, jobs, emissions, losers."""
    from rich.table import Table

    base = (result.get("outcomes") or {}).get("uncoordinated") or {}
    table = Table(
        title=f"Divisions of labour, {result['unit']}",
        title_justify="left",
        title_style="bold",
        caption=(
            "Market: value to traders, who pay tariffs; least cost is its maximum. "
            "Region: tariffs stay in it. Gain: Region, against uncoordinated."
        ),
        caption_justify="left",
        box=None,
        pad_edge=False,
        header_style="bold",
    )
    table.add_column("")
    for heading in ("Market", "Region", "Gain", "Jobs", "kt CO2"):
        table.add_column(heading, justify="right")
    table.add_column("Worse off than alone")
    for outcome in [base, *result["scenarios"]] if base else result["scenarios"]:
        gain = None if outcome is base or not base else _minus(outcome["value"], base.get("value"))
        table.add_row(
            str(outcome.get("title") or outcome["name"]),
            _number(outcome.get("market_value")),
            _number(outcome.get("value")),
            _number(gain),
            _number(outcome.get("jobs")),
            _number(outcome.get("emissions")),
            ", ".join(outcome.get("losers") or ()) or "nobody",
        )
    return table


def _minus(left: float | None, right: float | None) -> float | None:
    """Return ``left - right``, or None when either is absent."""
    return None if left is None or right is None else left - right


def _number(value: float | None) -> str:
    """Return a number for a table; a dash when there is none."""
    return "–" if value is None else f"{value:,.0f}"
