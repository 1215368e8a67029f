"""Draw the figures of docs/krugman.md into docs/images; run after a change of the figures."""

from __future__ import annotations

import sys
from pathlib import Path

from workshare.reports.figures.krugman import balance_figure, home_market_figure
from workshare.trade.krugman import Technology

TECHNOLOGY, LABOUR, ARRIVAL = Technology(0.75), (2.0, 1.0), 0.8


def draw(folder: Path) -> list[Path]:
    """Write both figures as SVG and return their files."""
    made = []
    for figure in (
        balance_figure(TECHNOLOGY, LABOUR, ARRIVAL),
        home_market_figure(TECHNOLOGY, ARRIVAL),
    ):
        file = folder / f"{figure.name}.svg"
        file.write_text(figure.to_svg() + "\n", encoding="utf-8", newline="\n")
        made.append(file)
    return made


if __name__ == "__main__":
    place = Path(__file__).parent.parent / "docs" / "images"
    draw(Path(sys.argv[1]) if len(sys.argv) > 1 else place)
