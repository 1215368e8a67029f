"""The frame of every page: one HTML file, no scripts, nothing fetched, links to its sections."""

from __future__ import annotations

from collections.abc import Sequence

from workshare.reports.html_parts import escaped
from workshare.reports.html_style import STYLE

POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
"""What a browser may load for a page: nothing."""


def page_text(
    title: str, header: str, sections: Sequence[tuple[str, str, str]], footer: str
) -> str:
    """Return a whole page as HTML text.

    Parameters
    ----------
    title : what the browser shows as the page's name, as plain text.
    header, footer : HTML above and below the sections.
    sections : anchor, words of the link to it, and HTML of each section.
    """
    links = "".join(f'<li><a href="#{anchor}">{words}</a></li>' for anchor, words, _ in sections)
    body = "\n".join(text for _, _, text in sections)
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="{POLICY}">
<title>{escaped(title)}</title>
<style>{STYLE}</style>
</head>
<body>
<a class="skip" href="#content">Skip to the content</a>
<header>
{header}
</header>
<nav aria-label="Contents"><ul>{links}</ul></nav>
<main id="content">
{body}
</main>
<footer>
{footer}
</footer>
</body>
</html>
"""
