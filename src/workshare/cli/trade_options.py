"""What the commands of ``workshare trade`` share: options, reading, asking and handing over."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from workshare.trade.economy import Economy
    from workshare.trade.question import Answered, Question

Source = Annotated[
    str,
    typer.Argument(
        metavar="ECONOMY",
        help="Folder or workbook with the tables flows and industries, or an embedded economy.",
    ),
]
Members = Annotated[
    list[str] | None,
    typer.Option("--member", help="A government that takes part; repeat it for each."),
]
Entry = Annotated[
    str,
    typer.Option(help="restricted: markups matter; free: scale does."),
]
Close = Annotated[
    bool, typer.Option("--close-deficits", help="Start from the equilibrium without deficits.")
]
Draws = Annotated[
    int, typer.Option(min=0, help="Draws of elasticities for the band; 0 for no band.")
]
Spread = Annotated[
    float, typer.Option(min=0, help="Standard deviation of the log of each drawn elasticity.")
]
Seed = Annotated[int, typer.Option(help="Seed of the draws.")]
Workers = Annotated[int, typer.Option(min=1, help="Processes for the draws.")]


@dataclass(frozen=True)
class Asked:
    """How an answer is to be shown: its band, and where it goes."""

    draws: int
    spread: float
    seed: int
    workers: int
    out: Path | None
    json: bool
    pictures: bool
    quiet: bool


def load(source: str, entry: str, close: bool) -> Economy:
    """Return the economy of a folder, workbook or case, deficits closed if asked for."""
    from workshare.errors import OptionError
    from workshare.trade.calibration import close_deficits
    from workshare.trade.economy import ENTRIES
    from workshare.trade.files import read_economy

    if entry not in ENTRIES:
        raise OptionError(f"--entry {entry!r}: choose one of {', '.join(ENTRIES)}")
    economy = read_economy(source, entry).economy
    return close_deficits(economy).economy if close else economy


def reply(economy: Economy, question: Question, quiet: bool) -> Answered:
    """Return the answer, with progress on standard error."""
    from workshare.trade.question import answer

    def tell(count: int, slope: float) -> None:
        if count % 25 == 0:
            typer.echo(f"  {count} equilibria, slope {slope:.1e}", err=True)

    return answer(economy, question, None if quiet else tell)


def show(answered: Answered, asked: Asked, alone: Mapping[str, float] | None = None) -> None:
    """Decompose the answer, draw its band, and hand everything over; set the exit code."""
    from workshare.cli.coordinate import writable
    from workshare.cli.exits import NOT_CERTIFIED
    from workshare.cli.findings import deliver
    from workshare.reports.trade.answers import Shown, trade_findings
    from workshare.trade.bands import GOOD, elasticity_band
    from workshare.trade.decomposition import decompose

    equilibrium = answered.equilibrium
    sound = answered.status in GOOD or answered.status == "branch"
    with writable(asked.out):
        parts = decompose(equilibrium) if sound else None
        band = None
        if asked.draws and sound:
            band = elasticity_band(
                equilibrium.economy,
                answered.question,
                draws=asked.draws,
                spread=asked.spread,
                seed=asked.seed,
                workers=asked.workers,
            )
        deliver(
            trade_findings(Shown(answered, parts, band, alone)),
            out=asked.out,
            json=asked.json,
            quiet=asked.quiet,
            pictures=asked.pictures,
        )
    if not sound:
        raise typer.Exit(NOT_CERTIFIED)


def one_each(economy: Economy, members: Sequence[str], question: Question) -> dict[str, float]:
    """Return what each member gains if it does the same alone; for ``joint``, in a contest."""
    import dataclasses

    from workshare.trade.question import answer

    if question.choice == "joint":
        against = answer(economy, dataclasses.replace(question, verb="contest", choice="all"))
        return {name: against.equilibrium.gain(name) for name in members}
    return {
        name: answer(economy, dataclasses.replace(question, members=(name,))).equilibrium.gain(name)
        for name in members
    }
