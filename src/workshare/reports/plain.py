"""What was computed and proven, in sentences for readers who are no engineers."""

from __future__ import annotations

from workshare.reports.view import View
from workshare.reports.words import is_number, money, percent

STATUS = {
    "exact": "Proven best: every division of labour that could be better was examined.",
    "certified": "Proven close to best: what could still be gained is within the tolerance.",
    "bounded": "Not proven close to best: value and bound are proven, but far apart.",
    "interrupted": "Interrupted: what is shown is valid, but parts are missing.",
}
"""What each status means to a reader."""

SAME = 1e-6
"""Relative gap below which value and bound are called equal."""

OUTCOMES = (
    ("Isolated", "Each participant alone with the rest of the world, without regional partners."),
    (
        "Uncoordinated",
        "All act at once on their own interest, expecting today's prices and that nobody else "
        "builds; then the regional market clears.",
    ),
    (
        "Equilibria",
        "From there each participant replies to the others in turn until nobody wants to change. "
        "There may be several, or none.",
    ),
    ("Coordinated", "The division of labour with the largest net benefit for the region."),
    ("Bound", "A net benefit that no division of labour can exceed."),
)
"""What the outcomes compared are."""

METHOD = (
    "Each participant's own problem stays with the participant: prices go out, plans come back. "
    "The broker never commands; it computes how the plans fit and shows several divisions of "
    "labour with their consequences.",
    "National value = revenue at regional prices - private cost + consumer surplus + tariff "
    "revenue. National values and the residual add up to the regional value.",
    "Plants come in whole numbers and sizes; large plants cost less per unit. Capital is "
    "annualised at each participant's cost of capital.",
    "Prices of the rest of the world change with the region's total trade.",
    "The bound and the gap are proven in the market account, in which a tariff is a cost.",
)
"""What every result of this schema assumes."""


def status_sentence(seen: View) -> str:
    """Return what is proven, in one or two sentences."""
    text = STATUS.get(str(seen.data["status"]), str(seen.data["status"]))
    gap, slack = seen.data["gap"], seen.data.get("gap_absolute")
    if not is_number(gap):
        return f"{text} How far the value is from the bound is not available."
    if abs(gap) < SAME:
        return f"{text} Value and bound are equal, up to rounding."
    size = f", {money(slack, seen.currency)}" if is_number(slack) else ""
    return f"{text} At most {percent(gap, 2)} could still be gained{size}."


def certificate_sentence(seen: View) -> str:
    """Return how many checks of the certificate hold, and which do not."""
    lines = (seen.data.get("certificate") or {}).get("lines") or []
    if not lines:
        return "No certificate is in this result."
    failed = [str(line["name"]) for line in lines if not line["holds"]]
    if failed:
        return (
            f"{len(failed)} of {len(lines)} checks do not hold: {', '.join(failed)}. "
            "Do not rely on the figures before the cause is known."
        )
    return f"All {len(lines)} checks hold, recomputed from the problem and the answers alone."
