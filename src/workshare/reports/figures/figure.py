"""One figure: a title that says the finding, its picture, and the table with the same numbers.

A figure holds a Vega-Lite specification, so making one loads nothing heavy. Drawing it (SVG, PNG)
loads vl-convert, which needs no browser and no network; :attr:`Figure.chart` loads Altair.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from workshare.reports.figures.style import CONFIG
from workshare.reports.tables import Table
from workshare.reports.words import wrapped

VEGA_LITE = "5.20"
"""Version of Vega-Lite that draws the figures; every supported vl-convert has it."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure with everything a reader needs who cannot see it, or does not trust it.

    Attributes
    ----------
    name : short name, used for anchors and files.
    title : the finding, computed from the data.
    alternative_text : what the picture shows, in words.
    note : what the figure assumes and how to read it.
    table : the numbers of the picture, all of them.
    specification : the Vega-Lite picture, without title.
    """

    name: str
    title: str
    alternative_text: str
    note: str
    table: Table
    specification: Mapping[str, Any]

    @property
    def chart(self) -> Any:
        """Return the figure as an Altair chart, with its title."""
        import altair

        return altair.Chart.from_dict(self._whole(titled=True))

    def to_svg(self, titled: bool = False) -> str:
        """Return the picture as SVG text without fixed size, safe beside others in one page.

        Parameters
        ----------
        titled : draw the title inside the picture; a page shows it as text instead.
        """
        import vl_convert

        svg = str(vl_convert.vegalite_to_svg(self._whole(titled), vl_version=VEGA_LITE))
        return _responsive(svg, self.name, self.alternative_text)

    def to_png(self, path: str | Path, scale: float = 2.0) -> Path:
        """Write the picture, with its title, as a PNG file and return its path."""
        import vl_convert

        image = vl_convert.vegalite_to_png(self._whole(True), vl_version=VEGA_LITE, scale=scale)
        file = Path(path)
        file.write_bytes(image)
        return file

    def _whole(self, titled: bool) -> dict[str, Any]:
        """Return the full specification, with the shared look and, if asked, the title."""
        whole: dict[str, Any] = {**self.specification, "config": CONFIG, "padding": 4}
        if titled:
            whole["title"] = {"text": wrapped(self.title, 58), "fontSize": 13, "offset": 10}
        return whole

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        """Show the picture in a notebook, as SVG; the words where there are no pictures."""
        return {
            "image/svg+xml": self.to_svg(titled=True),
            "text/plain": f"{self.title}\n{self.alternative_text}",
        }


def _responsive(svg: str, name: str, words: str) -> str:
    """Return the SVG with a free size, words for readers without sight, and ids of its own."""
    prefix = re.sub(r"[^A-Za-z0-9_-]", "_", name)
    # Vega counts its ids over the whole process: number them anew, so that equal figures are equal
    names = dict.fromkeys(re.findall(r'\bid="([^"]+)"', svg))
    fresh = {name: f"{prefix}-{position}" for position, name in enumerate(names, 1)}
    svg = re.sub(r'\bid="([^"]+)"', lambda found: f'id="{fresh[found[1]]}"', svg)
    svg = re.sub(r"url\(#([^)]+)\)", lambda found: f"url(#{fresh[found[1]]})", svg)
    head = re.match(r"<svg\b[^>]*>", svg)
    if head is None:
        return svg
    box = re.search(r'viewBox="([^"]+)"', head[0])
    size = [re.search(rf'\b{side}="([\d.]+)"', head[0]) for side in ("width", "height")]
    found = [match[1] for match in size if match is not None]
    area = box[1] if box else f"0 0 {' '.join(found)}"
    label = f"{prefix}-words"
    opening = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{area}" role="img" '
        f'aria-labelledby="{label}" class="chart"><desc id="{label}">{_escaped(words)}</desc>'
    )
    return opening + svg[head.end() :]


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
