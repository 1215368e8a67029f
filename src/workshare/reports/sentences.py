"""What an outcome says, in sentences: who makes what, who gains, what nearly entered.

Used by the page, the first screen and the summary, so that one finding is worded once.
"""

from __future__ import annotations

from typing import Any

from workshare.reports.view import WORLD, Record, View, total
from workshare.reports.words import (
    is_number,
    listed,
    money,
    number,
    percent,
    plural,
    short,
)

DUST = 1e-6
"""Gains below this share of the largest are solver noise."""

SMALL = 0.005
"""Gains below this share of the largest are summed up as "others" on the first screen."""


def makers_sentence(seen: View, outcome: Record) -> str:
    """Return who makes what: every activity with its makers and their shares of its output."""
    output: dict[str, dict[str, float]] = {}
    for plant in outcome.get("plants") or []:
        made = output.setdefault(plant["activity"], {})
        made[plant["participant"]] = made.get(plant["participant"], 0.0) + (plant["output"] or 0.0)
    parts = []
    known = [row["id"] for row in seen.region.get("activities") or []]
    for activity in [*known, *sorted(set(output) - set(known))]:
        made = output.get(activity, {})
        whole = sum(made.values())
        shares = {code: amount / whole for code, amount in made.items() if whole > 0}
        ranked = sorted((code for code in shares if shares[code] > SMALL), key=lambda c: -shares[c])
        if ranked:
            names = [_with_share(seen, code, shares[code]) for code in ranked]
            parts.append(f"{seen.name('activities', activity)}: {listed(names, 9)}")
    return "; ".join(parts) + "." if parts else "Nothing is made in the region."


def _with_share(seen: View, code: str, share: float) -> str:
    name = seen.name("participants", code)
    return name if share > 1 - SMALL else f"{name} {percent(share, 2)}"


def makers_of(seen: View, outcome: Record, code: str) -> str:
    """Return what one participant makes in an outcome, with its share of the region's output."""
    mine: dict[str, float] = {}
    whole: dict[str, float] = {}
    for plant in outcome.get("plants") or []:
        activity, amount = plant["activity"], plant.get("output") or 0.0
        whole[activity] = whole.get(activity, 0.0) + amount
        if plant["participant"] == code:
            mine[activity] = mine.get(activity, 0.0) + amount
    parts = [
        f"{_lower(seen.name('activities', activity))} {number(amount, 3)} "
        f"{seen.activity_unit.get(activity, '')} a year "
        f"({percent(amount / whole[activity], 2)} of the region's)"
        for activity, amount in mine.items()
        if amount > 0
    ]
    return f"It makes {listed(parts, 9)}." if parts else "It makes nothing of this chain."


def idle_sentence(seen: View, outcome: Record) -> str:
    """Return which new plants are built and stand idle; empty when there is none."""
    idle = [
        plant
        for plant in outcome.get("plants") or []
        if plant.get("existing") is False
        and is_number(plant.get("utilisation"))
        and plant["utilisation"] < SMALL
    ]
    return f"Built but idle: {_grouped(seen, idle)}." if idle else ""


def _grouped(seen: View, rows: list[Record]) -> str:
    """Return plants or options by activity, such as "packs in Chile and Peru; cars in Brazil"."""
    groups: dict[str, list[str]] = {}
    for row in rows:
        names = groups.setdefault(seen.name("activities", row["activity"]), [])
        names.append(seen.name("participants", row["participant"]))
    return "; ".join(
        f"{_lower(activity)} in {listed(list(dict.fromkeys(names)), 6)}"
        for activity, names in groups.items()
    )


def change_parts(seen: View, outcome: Record, against: str) -> tuple[list[str], list[str]]:
    """Return who gains and who loses in an outcome, with amounts, the largest first.

    Gains too small to matter are one entry, such as "3 others +0.2".
    """
    known = {code: seen.gain(outcome, code, against) for code in seen.participants}
    gains = {code: gain for code, gain in known.items() if gain is not None}
    largest = max((abs(gain) for gain in gains.values()), default=0.0)
    losers = {code for code in seen.losers(outcome, against) if code in gains}
    ranked = sorted(gains, key=lambda code: -gains[code])
    up = [code for code in ranked if gains[code] > SMALL * largest]
    rest = [
        code
        for code in ranked
        if DUST * largest < gains[code] <= SMALL * largest and code not in losers
    ]
    if len(rest) == 1:
        up, rest = [*up, *rest], []
    winners = [_change(seen, code, gains[code]) for code in up if code not in losers]
    tiny = total(gains[code] for code in rest)
    if rest and tiny is not None:
        winners.append(f"{len(rest)} others {short(tiny, signed=True)} together")
    return winners, [
        _change(seen, code, gains[code]) for code in reversed(ranked) if code in losers
    ]


def _change(seen: View, code: str, gain: float) -> str:
    return f"{seen.name('participants', code)} {short(gain, signed=True)}"


def rational_sentence(seen: View, outcome: Record) -> str:
    """Return who would rather be isolated or uncoordinated, and what would repair it."""
    parts = []
    for against, words in (("isolated", "alone"), ("uncoordinated", "uncoordinated")):
        if (seen.isolated if against == "isolated" else seen.uncoordinated) is None:
            continue
        _, losers = change_parts(seen, outcome, against)
        if not losers:
            parts.append(f"Nobody is worse off than {words}.")
            continue
        pay = compensation(seen, outcome, against)
        parts.append(
            f"Worse off than {words}: {listed(losers, 9)} {seen.money_unit}; "
            f"smallest compensation {money(pay, seen.currency)}."
        )
    return " ".join(parts) or "Gains are not available."


def compensation(seen: View, outcome: Record, against: str) -> float | None:
    """Return the smallest transfers (M per year) after which nobody is worse off."""
    stated = outcome.get("smallest_compensation")
    if against == "isolated" and is_number(stated):
        return stated
    gains = [seen.gain(outcome, code, against) for code in seen.participants]
    if any(gain is None for gain in gains):
        return None
    return sum(max(0.0, -gain) for gain in gains if gain is not None)


def option_words(seen: View, row: Record) -> str:
    """Return what it would take for an option to be chosen, in one plain sentence."""
    now, needed, missing = (row.get(k) for k in ("price_now", "price_needed", "missing_profit"))
    if not is_number(needed):
        return _sentence(str(row.get("why") or "Not available"))
    if is_number(missing) and missing <= 0:
        return (
            f"It would pay at these prices ({money(-missing, seen.currency, signed=True)} at full "
            "load); entering would lower them."
        )
    lack = f"It lacks {money(missing, seen.currency)}" if is_number(missing) else "It does not pay"
    if not is_number(now) or now <= 0:
        return f"{lack}; nobody buys its product there."
    return f"{lack}: the price would have to rise by {percent(needed / now - 1, 2)}."


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:] + ("" if text.endswith(".") else ".")


def nearly_sentence(seen: View, outcome: Record, most: int = 4) -> str:
    """Return the options that came nearest to being chosen, with the price each would need."""
    rows = [row for row in outcome.get("not_chosen") or [] if is_number(row.get("price_needed"))]
    pays = [row for row in rows if (row.get("missing_profit") or 0.0) <= 0]
    lacks = [row for row in rows if row not in pays]
    parts = []
    if pays:
        parts.append(
            f"Would pay at these prices, but lower them by entering: {_grouped(seen, pays)}."
        )
    if lacks:
        names = [f"{_option(seen, row)} ({_rise(row)})" for row in lacks[:most]]
        parts.append(f"Nearest of those that do not pay: {listed(names, most)}.")
    return " ".join(parts) or "No other option is recorded."


def _option(seen: View, row: Record) -> str:
    what, who = seen.name("activities", row["activity"]), row["participant"]
    return f"{_lower(what)} in {seen.name('participants', who)}"


def _rise(row: Record) -> str:
    now, needed = row.get("price_now"), row["price_needed"]
    if not is_number(now) or now <= 0:
        return "nobody buys its product there"
    return f"needs a price {percent(needed / now - 1, 2)} higher"


def trade_sentence(seen: View, outcome: Record, code: str) -> str:
    """Return what one participant sells and buys abroad in an outcome, by good."""
    sold: dict[str, list[float]] = {}
    bought: dict[str, list[float]] = {}
    for flow in outcome.get("flows") or []:
        ends = [seen.owner.get(flow[end], str(flow[end])) for end in ("origin", "destination")]
        if ends[0] == ends[1] or code not in ends:
            continue
        side = sold if ends[0] == code else bought
        entry = side.setdefault(flow["good"], [0.0, 0.0])
        entry[0] += flow.get("quantity") or 0.0
        if WORLD not in ends:
            entry[1] += flow.get("quantity") or 0.0
    parts = []
    for verb, side in (("It sells", sold), ("It buys", bought)):
        goods = [_amount(seen, good, *amounts) for good, amounts in side.items()]
        if goods:
            parts.append(f"{verb} {listed(goods, 6)}.")
    return " ".join(parts) or "It trades nothing of this chain."


def _amount(seen: View, good: str, whole: float, inside: float) -> str:
    unit = seen.good_unit.get(good, "")
    text = f"{number(whole, 3)} {unit} of {_lower(seen.name('goods', good))} a year"
    share = inside / whole if whole > 0 else 0.0
    if share < SMALL:
        return f"{text} (all with the world)"
    return (
        f"{text} (all within the region)"
        if share > 1 - SMALL
        else (f"{text} ({percent(share, 2)} within the region)")
    )


def _lower(name: str) -> str:
    """Return a name for the middle of a sentence; abbreviations keep their capitals."""
    return name if name[1:2].isupper() else name[:1].lower() + name[1:]


def play_sentence(seen: View) -> str:
    """Return where best-response play ends: equilibria, cycles in words; empty if not recorded."""
    if not seen.nash:
        return ""
    cycles = seen.nash.get("cycles") or []
    count = len(seen.equilibria)
    parts = []
    if count:
        what = plural(count, "equilibrium", "equilibria")
        parts.append(f"Best-response play found {what}.")
    movers = _movers(seen, cycles)
    if cycles:
        start = "From other starts play does not settle" if count else "Play does not settle"
        who = f": the plants of {listed(movers, 5)} come and go" if movers else ""
        parts.append(f"{start}{who}.")
    if not parts:
        parts.append("Best-response play found no equilibrium.")
    return " ".join(parts)


def _movers(seen: View, cycles: list[Any]) -> list[str]:
    """Return whose activities come and go in the cycles, such as "Brazil (LFP cells)"."""
    found: dict[str, list[str]] = {}
    for cycle in cycles:
        for code, labels in (cycle.get("changing") or {}).items():
            # a label is place/activity/NUMBERxSIZE
            names = [label.rsplit("/", 2) for label in labels]
            activities = [name[1] if len(name) == 3 else name[0] for name in names]
            found.setdefault(code, []).extend(activities)
    return [
        f"{seen.name('participants', code)} "
        f"({listed([_lower(seen.name('activities', a)) for a in dict.fromkeys(activities)], 4)})"
        for code, activities in found.items()
    ]


def not_found_sentence(seen: View) -> str:
    """Return the scenarios for which nothing was found; empty when each was."""
    names = (seen.data.get("certificate") or {}).get("not_found") or []
    titles = [str(name).replace("_", " ") for name in names]
    return f"For these scenarios nothing was found: {listed(titles, 30)}." if titles else ""


def quality_sentence(seen: View) -> str:
    """Return how many figures are of the weakest quality letters; empty without sources."""
    rows = seen.region.get("sources") or []
    whole = int(total(row.get("figures") for row in rows) or 0)
    weak = [row for row in rows if row.get("quality") in ("C", "D")]
    count = int(total(row.get("figures") for row in weak) or 0)
    if not whole:
        return ""
    sources = len({row["source"] for row in rows})
    return (
        f"{count} of {whole} figures are of quality C or D; all come from "
        f"{plural(sources, 'source')}."
    )
