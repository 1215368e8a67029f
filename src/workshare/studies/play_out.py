"""What happens without coordination: isolated, uncoordinated, and best-response play from there.

A participant's best response maximises its own national value. It expects the others to keep the
holdings it knows of, and knows that its own plants move prices. The search for it starts from the
plan that would be best if it were paid the whole change in market value (the residual answer), or
in play from what it holds; then it takes the best choice of one activity at one place after another
as long as that raises its value. This finds no more than it tries, so equilibria are called
*one-change stable*: no participant gains by changing any single activity, and that is verified.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from workshare.coordination import Problem, RestrictedProgram
from workshare.response import PrivateModel
from workshare.studies.outcome import Outcome, outcome_of
from workshare.studies.setting import Cleared, Holdings, Setting


@dataclass(frozen=True, slots=True)
class Play:
    """Where best-response play went from one start in one order."""

    start: str
    order: tuple[str, ...]
    status: str
    sweeps: int
    holdings: tuple[tuple[str, frozenset[str]], ...]
    cycle: tuple[tuple[tuple[str, frozenset[str]], ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Equilibria:
    """The distinct equilibria that play reached, and the cycles it fell into."""

    plays: tuple[Play, ...]
    equilibria: tuple[Outcome, ...]
    cycles: tuple[Play, ...]


def national_value(setting: Setting, holdings: Holdings, code: str) -> float:
    """Return the national value of ``code`` when the market clears at ``holdings``."""
    return setting.clear(holdings).values[code]


def outcome_at(setting: Setting, holdings: Holdings, name: str, **texts: str) -> Outcome:
    """Return the outcome of clearing at ``holdings``; its claim says if it lacks jobs."""
    cleared: Cleared = setting.clear(holdings)
    outcome = outcome_of(
        setting,
        cleared.selection,
        name=name,
        held=dict(cleared.holdings),
        idle=cleared.idle,
        **texts,  # type: ignore[arg-type]
    )
    if has_its_jobs(setting, outcome):
        return outcome
    return replace(outcome, claim=f"{outcome.claim}; the region's minimum of jobs is not met")


def has_its_jobs(setting: Setting, outcome: Outcome) -> bool:
    """Return whether ``outcome`` has the region's minimum of jobs."""
    return outcome.jobs >= setting.least_jobs * (1.0 - 1e-6)


def slots(model: PrivateModel) -> list[list[str]]:
    """Return, per activity and place, the labels of the new groups among which one is chosen.

    Sorted by place and activity, so that what a search finds does not depend on the files' order.
    """
    found: dict[tuple[str, str], list[str]] = {}
    for group in model.groups:
        if not group.existing:
            found.setdefault((group.place, group.activity), []).append(group.label)
    return [found[key] for key in sorted(found)]


def allowed(model: PrivateModel, held: frozenset[str]) -> bool:
    """Return whether holding these new groups respects the limits on decisions.

    Standing plants count as they stand: they take workers, serve as required companions, and keep
    out what excludes them. A limit that no new group presses on is not held against it.
    """
    new = np.array([group.label in held for group in model.groups], dtype=float)
    standing = np.array([group.existing for group in model.groups], dtype=float)
    if model.limits.size == 0:
        return True
    pressed = np.any(model.rows_decision * new > 0, axis=1)
    pure = pressed & ~np.any(model.rows_output != 0, axis=1)
    used = model.rows_decision @ (new + standing)
    return bool(np.all(used[pure] <= model.limits[pure] + 1e-9))


def changes(model: PrivateModel, held: frozenset[str]) -> Iterator[frozenset[str]]:
    """Yield every allowed holding that differs from ``held`` in one activity at one place."""
    for slot in slots(model):
        yield from slot_changes(model, held, slot)


def slot_changes(
    model: PrivateModel, held: frozenset[str], slot: list[str]
) -> list[frozenset[str]]:
    """Return the allowed holdings that differ from ``held`` in one slot.

    Nothing there, plants of one size in place of all, plants of one more size beside those held,
    or one size fewer: several sizes can be held at once, as far as ``max_plants`` goes.
    """
    mine = held & frozenset(slot)
    rest = held - mine
    options = [rest, *(rest | {label} for label in slot)]
    options += [held | {label} for label in slot]
    options += [held - {label} for label in sorted(mine)]
    return [o for o in dict.fromkeys(options) if o != held and allowed(model, o)]


def best_response(
    setting: Setting,
    holdings: Holdings,
    code: str,
    *,
    starts: Sequence[frozenset[str]] = (),
) -> frozenset[str]:
    """Return what ``code`` would hold for its own national value, the others held fixed.

    The search begins at each of ``starts``, and goes through the activities both ways, since a
    chain may pay only as a whole; without any, it begins at what it holds now and goes one way.
    Inertia: what it holds now is kept unless a change gains more than one part in ten million.
    """
    current = holdings.get(code, frozenset())
    model = setting.models[code]
    if not slots(model):
        return current

    def value(held: frozenset[str]) -> float:
        return national_value(setting, {**holdings, code: held}, code)

    best, best_value = current, value(current)
    scale = max(abs(best_value), abs(setting.clear(setting.nobody()).selection.value) * 1e-3)
    gain = 1e-7 * scale
    orders = [slots(model), slots(model)[::-1]] if starts else [slots(model)]
    for start in dict.fromkeys(starts or [current]):
        if not allowed(model, start):
            continue
        for every in orders:
            here, here_value = _ascend(model, start, value, gain, every)
            if here_value > best_value + gain:
                best, best_value = here, here_value
    return best


def _ascend(
    model: PrivateModel,
    start: frozenset[str],
    value: Callable[[frozenset[str]], float],
    gain: float,
    every: list[list[str]],
) -> tuple[frozenset[str], float]:
    """Take the best choice of one slot after another until a whole round changes nothing."""
    here, here_value = start, value(start)
    unchanged = 0
    position = 0
    while unchanged < len(every):
        slot = every[position % len(every)]
        position += 1
        tried = slot_changes(model, here, slot)
        values = [value(option) for option in tried]
        unchanged += 1
        if values and max(values) > here_value + gain:
            here_value = max(values)
            here = tried[values.index(here_value)]
            unchanged = 1
    return here, here_value


def residual_answer(setting: Setting, holdings: Holdings, code: str) -> frozenset[str]:
    """Return what ``code`` would build if paid the whole change in market value by its plan."""
    cleared = setting.clear(holdings)
    choices: list[object] = []
    for other in setting.participants:
        if other == code:
            choices.append(setting.models[code])
        else:
            held = dict(cleared.holdings)[other]
            choices.append([setting.held_plan(other, held, cleared.idle)])
    program = RestrictedProgram(
        Problem((), setting.open_market),
        choices,  # type: ignore[arg-type]
        tangents=[cleared.selection.market.v],
    )
    answer = program.solve(tolerance=1e-3, max_passes=1, max_nodes=2000)
    if answer.selection is None:
        return frozenset()
    plan = answer.selection.points[setting.participants.index(code)].plan
    return frozenset(group.label for group in plan.meta if not group.existing)


def isolated(setting: Setting, code: str) -> tuple[Outcome, frozenset[str]]:
    """Return the outcome in which ``code`` has no partner in the region, and what it then holds.

    Its links with the others are cut; the others keep today's plants and trade, so that outside
    prices stay comparable. Its value is its outside option.
    """
    alone = setting.without_links(code)
    nobody = alone.nobody()
    starts = [residual_answer(alone, nobody, code)] if slots(alone.models[code]) else []
    held = best_response(alone, nobody, code, starts=starts)
    return outcome_at(alone, {**nobody, code: held}, f"isolated_{code}"), held


def uncoordinated(setting: Setting) -> dict[str, frozenset[str]]:
    """Return the holdings when all act at once, each expecting today's market to last."""
    nobody = setting.nobody()
    result = {}
    for code in setting.participants:
        starts = []
        if slots(setting.models[code]):
            starts = [residual_answer(setting, nobody, code)]
        result[code] = best_response(setting, nobody, code, starts=starts)
    return result


def play(
    setting: Setting, start: str, holdings: Holdings, order: Sequence[str], sweeps: int = 8
) -> Play:
    """Return where best-response play goes: to an equilibrium, a cycle, or nowhere in time."""
    now = {code: holdings.get(code, frozenset()) for code in setting.participants}
    seen = [setting.key(now)]
    for sweep in range(1, sweeps + 1):
        for code in order:
            now[code] = best_response(setting, now, code)
        key = setting.key(now)
        if key == seen[-1]:
            return Play(start, tuple(order), "equilibrium", sweep, key)
        if key in seen:
            cycle = tuple(seen[seen.index(key) :])
            return Play(start, tuple(order), "cycle", sweep, key, cycle)
        seen.append(key)
    return Play(start, tuple(order), "unfinished", sweeps, seen[-1])


def changing(play: Play) -> dict[str, list[str]]:
    """Return, by participant, the groups that come and go along the cycle of ``play``."""
    result: dict[str, list[str]] = {}
    for position in range(len(play.order)):
        held = [step[position] for step in play.cycle]
        code = held[0][0]
        always = frozenset.intersection(*(groups for _, groups in held))
        ever = frozenset[str]().union(*(groups for _, groups in held))
        if ever - always:
            result[code] = sorted(ever - always)
    return result


def schedule(
    participants: Sequence[str], starts: Mapping[str, Holdings], seed: int = 0
) -> list[tuple[str, Holdings, list[str]]]:
    """Return the runs of play: one from each start, by turns in file order and in a drawn one."""
    rng = np.random.default_rng(seed)
    runs = []
    for number, (name, holdings) in enumerate(starts.items()):
        order = list(participants)
        if number % 2 == 1:
            order = [str(code) for code in rng.permutation(order)]
        runs.append((name, holdings, order))
    return runs


def equilibria(setting: Setting, plays: Sequence[Play]) -> Equilibria:
    """Return the distinct equilibria that ``plays`` reached, as outcomes, and the cycles."""
    found: dict[object, Outcome] = {}
    for result in plays:
        if result.status == "equilibrium" and result.holdings not in found:
            number = len(found) + 1
            found[result.holdings] = outcome_at(
                setting,
                dict(result.holdings),
                f"nash_{number}",
                title=f"Equilibrium {number}",
                description=f"Reached by best-response play from {result.start}.",
                claim="one-change stable: no participant gains by changing one activity",
            )
    cycles = tuple(result for result in plays if result.status == "cycle")
    return Equilibria(tuple(plays), tuple(found.values()), cycles)
