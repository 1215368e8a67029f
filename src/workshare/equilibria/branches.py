"""Branches: the equilibria of a system followed along a path of parameters.

A branch is one curve of equilibria. In a complementarity problem it may run along a bound: it
leaves the bound where the residual there changes sign (such as at a sustain point) and meets it
where an unknown arrives; from this *bound* point it goes on with another set of free unknowns.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy.stats import qmc

from workshare.arrays import Array, Mask
from workshare.equilibria.certify import refine
from workshare.equilibria.continuation import (
    Curve,
    FollowOptions,
    SpecialPoint,
    correct,
    follow_curve,
    switch_branch,
)
from workshare.equilibria.deflation import search_box, unseen_roots
from workshare.equilibria.dynamics import held_at
from workshare.equilibria.find import FindOptions, find
from workshare.equilibria.isolas import Searched, free_points, station_points
from workshare.equilibria.path import Path
from workshare.equilibria.system import System

NEAR = 1e-6
"""Two points are the same if no unknown differs by more than this share of its scale."""


@dataclass(frozen=True, slots=True, eq=False)
class Turn:
    """Where something happens on a branch.

    Attributes
    ----------
    kind : ``fold``; ``branch`` (curves cross); ``bound`` (meets or leaves a bound).
    point : the unknowns there (n).
    t : place on the path, between 0 and 1.
    parameters : parameter values there (m).
    accuracy : half the width of where it is known to be, in units of the curve's scale.
    """

    kind: str
    point: Array
    t: float
    parameters: Array
    accuracy: float = 0.0


@dataclass(frozen=True, slots=True, eq=False)
class Branch:
    """A curve of equilibria.

    Attributes
    ----------
    points : the unknowns (m, n), in order along the curve.
    t : place on the path of each point (m); not monotone past a fold.
    turns : folds, branch points, releases and bounds, in the order met.
    ends : why it ends, at its first and its last point; see
        :class:`workshare.equilibria.continuation.Curve`.
    largest_residual : the largest component of a residual that should be zero.
    """

    points: Array
    t: Array
    turns: tuple[Turn, ...]
    ends: tuple[str, str]
    largest_residual: float

    def at(self, t: float) -> Array:
        """Return where the branch crosses t, by straight lines between its points (k, n)."""
        first, last = self.t[:-1] - t, self.t[1:] - t
        crossed = (first * last < 0) | (first == 0)
        shares = first[crossed] / np.where(first == last, 1.0, first - last)[crossed]
        found = self.points[:-1][crossed] + shares[:, None] * np.diff(self.points, axis=0)[crossed]
        if len(self.t) and self.t[-1] == t:
            found = np.vstack([found, self.points[-1]])
        return np.asarray(found)


@dataclass(frozen=True, slots=True, eq=False)
class Diagram:
    """All branches that were found along a path.

    Attributes
    ----------
    system, path : what was followed, along what.
    branches : the curves.
    checked : for each t at which equilibria were found anew: t, their number, and how many of
        them lie on a branch.
    complete_at : whether at every checked t the equilibria were proven to be all.
    searched : how branches that no check met were searched for; None where they were not.
    """

    system: System
    path: Path
    branches: tuple[Branch, ...]
    checked: tuple[tuple[float, int, int], ...]
    complete_at: bool
    searched: Searched | None = None

    @property
    def turns(self) -> tuple[Turn, ...]:
        """What happens on the branches, by t; what two branches share is told once."""
        found: list[Turn] = []
        scale = _scale(self.system)
        for turn in sorted((t for b in self.branches for t in b.turns), key=lambda x: x.accuracy):
            same = (
                turn.kind == other.kind
                and abs(turn.t - other.t) < 1e-3
                and bool(np.all(np.abs(turn.point - other.point) <= 1e-3 * scale))
                for other in found
            )
            if not any(same):
                found.append(turn)
        return tuple(sorted(found, key=lambda turn: turn.t))


def follow_branch(
    system: System,
    path: Path,
    point: Array,
    t: float = 0.0,
    direction: float = 1.0,
    options: FollowOptions | None = None,
) -> Branch:
    """Return the branch through an equilibrium, from there in one direction of t.

    Parameters
    ----------
    path : one leg (straight); see :class:`workshare.equilibria.path.Path`.
    point : the equilibrium at ``t`` (n).
    direction : 1: t rises first; -1: it falls first.

    Examples
    --------
    >>> from workshare.equilibria.path import make_path
    >>> from workshare.equilibria.system import system_from_text
    >>> fold = system_from_text(["a - x^2"], ["x"], parameters={"a": 1.0})
    >>> along = make_path(fold, [{"a": 1.0}, {"a": -1.0}])
    >>> branch = follow_branch(fold, along, np.array([1.0]))
    >>> [(turn.kind, round(float(turn.parameters[0]), 9) + 0.0) for turn in branch.turns]
    [('fold', 0.0)]
    """
    x = np.asarray(point, dtype=float)
    here = replace(system, parameters=path.values(t))
    value = here.value(x)
    held = held_at(system, x[None], value[None], 1e-9)[0] & (np.abs(value) > 1e-9)
    sketch = _Sketch(system, path, options or FollowOptions())
    return sketch.trace(x, t, held, direction)


def follow(
    system: System,
    path: Path,
    *,
    checks: int = 5,
    options: FollowOptions | None = None,
    find_options: FindOptions | None = None,
    most_branches: int = 200,
    stations: int = 12,
) -> Diagram:
    """Return the branches of equilibria along a path, isolated ones where a check or search falls.

    Equilibria are found anew at ``checks`` places along the path. Each that lies on no known
    branch is followed both ways, and at branch points the crossing curve is followed too;
    ``Diagram.checked`` says what was compared. Closed branches that no check meets are searched for
    (see :mod:`workshare.equilibria.isolas`), among points strictly between the bounds;
    ``Diagram.searched`` says how. A small one can still be missed.

    Parameters
    ----------
    path : along which parameters change.
    checks : places where equilibria are found anew, both ends included.
    options, find_options : how curves are followed, and equilibria found.
    most_branches : no more are followed.
    stations : places between the checks where known roots are divided out; 0: no search.

    Examples
    --------
    >>> from workshare.equilibria.path import make_path
    >>> from workshare.equilibria.system import system_from_text
    >>> pitchfork = system_from_text(
    ...     ["a*x - x^3"], ["x"], bounds={"x": (-2, 2)}, parameters={"a": 0.0})
    >>> made = follow(pitchfork, make_path(pitchfork, [{"a": -1.0}, {"a": 1.1}]))
    >>> len(made.branches), [(turn.kind, round(float(turn.parameters[0]), 6) + 0.0)
    ...     for turn in made.turns]
    (2, [('branch', 0.0)])
    """
    options = options or FollowOptions()
    branches: list[Branch] = []
    checked: list[tuple[float, Array]] = []
    complete = True
    for t in np.linspace(0.0, 1.0, max(2, checks)):
        found = find(replace(system, parameters=path.values(float(t))), find_options)
        complete &= found.completeness.means_all
        checked.append((float(t), found.points))
        for point in found.points:
            _add(branches, system, path, point, float(t), options, most_branches)
    searched = None
    if stations > 0:
        seed = find_options.seed if find_options is not None else 0
        trial = _Trial(branches, system, path, options, most_branches)
        searched = trial.search(stations, np.random.default_rng([seed, 3]))
    compared = tuple(
        (t, len(points), sum(_on_any(branches, system, path, x, t) for x in points))
        for t, points in checked
    )
    return Diagram(system, path, tuple(branches), compared, complete, searched)


@dataclass(frozen=True, slots=True)
class _Trial:
    """The search for branches that no check met; what it finds is added to ``branches``."""

    branches: list[Branch]
    system: System
    path: Path
    options: FollowOptions
    most: int

    def search(self, stations: int, random: np.random.Generator) -> Searched:
        """Search at stations, then from starts with a free place."""
        before, deflated = len(self.branches), 0
        places = tuple(float(t) for t in (np.arange(stations) + random.random(stations)) / stations)
        for t in places:
            here = replace(self.system, parameters=self.path.values(t))
            known = [x for branch in self.branches for x in self._roots_at(here, branch, t)]
            new, tried = station_points(here, known, random)
            deflated += tried
            for x in new:
                self._take(x, t)
        arrived, hits = self._from_anywhere(4 * stations, random)
        found = len(self.branches) - before
        return Searched(places, deflated, 4 * stations, arrived, found, unseen_roots(hits))

    def _roots_at(self, here: System, branch: Branch, t: float) -> list[Array]:
        """Return where a branch crosses t, corrected."""
        refined = [refine(here, x) for x in branch.at(t)]
        return [x for x in refined if x is not None]

    def _is_inside(self, x: Array) -> bool:
        """Return whether a root is an equilibrium, or at a bound, where only a check can tell."""
        room = 1e-9 * _scale(self.system)
        return bool(np.all(x > self.system.lower + room) and np.all(x < self.system.upper - room))

    def _take(self, x: Array, t: float) -> None:
        if self._is_inside(x):
            _add(self.branches, self.system, self.path, x, t, self.options, self.most)

    def _from_anywhere(self, count: int, random: np.random.Generator) -> tuple[int, Array]:
        """Follow what free starts find; return how many arrived, and hits of each branch."""
        low, high = search_box(self.system)
        scale, n = _scale(self.system), self.system.size
        sketch = _Sketch(self.system, self.path, self.options)
        residual, jacobian, _ = sketch._functions((low + high) / 2, np.zeros(n, dtype=bool))
        bottom, top = np.append(low / scale, 0.0), np.append(high / scale, 1.0)
        power = int(np.ceil(np.log2(count)))
        shares = qmc.Sobol(n + 1, seed=random).random_base2(power)[:count]
        ends = free_points(residual, jacobian, bottom, top, bottom + (top - bottom) * shares)
        hits: list[int] = []
        for z in ends:
            x, t = z[:-1] * scale, float(z[-1])
            if not self._is_inside(x):
                continue
            self._take(x, t)
            on = [k for k, branch in enumerate(self.branches) if sketch.passes(branch, x, t)]
            hits += on[:1]
        counts = np.unique(np.array(hits, dtype=np.int64), return_counts=True)[1]
        return len(ends), counts.astype(float)


def _add(
    branches: list[Branch],
    system: System,
    path: Path,
    point: Array,
    t: float,
    options: FollowOptions,
    most: int,
) -> None:
    """Follow the branch through a point both ways if it is new, and those that cross it."""
    waiting: list[tuple[Array, float]] = [(point, t)]
    while waiting and len(branches) < most:
        x, at = waiting.pop()
        if _on_any(branches, system, path, x, at):
            continue
        ahead = follow_branch(system, path, x, at, 1.0, options) if at < 1 else None
        closed = ahead is not None and "loop" in ahead.ends
        back = follow_branch(system, path, x, at, -1.0, options) if at > 0 and not closed else None
        branch = _joined(back, ahead)
        if branch is None or len(branch.t) == 0:
            continue
        branches.append(branch)
        sketch = _Sketch(system, path, options)
        for turn in branch.turns:
            if turn.kind == "branch":
                waiting += sketch.crossing(turn, branch)


def _joined(back: Branch | None, ahead: Branch | None) -> Branch | None:
    """Return two halves as one branch, in order."""
    if back is None or len(back.t) == 0:
        return ahead
    if ahead is None or len(ahead.t) == 0:
        return Branch(
            back.points[::-1], back.t[::-1], back.turns[::-1], back.ends[::-1],
            back.largest_residual,
        )  # fmt: skip
    return Branch(
        np.vstack([back.points[::-1], ahead.points[1:]]),
        np.concatenate([back.t[::-1], ahead.t[1:]]),
        (*back.turns[::-1], *ahead.turns),
        (back.ends[1], ahead.ends[1]),
        max(back.largest_residual, ahead.largest_residual),
    )


def _on_any(branches: Sequence[Branch], system: System, path: Path, x: Array, t: float) -> bool:
    """Return whether a point lies on a known branch."""
    sketch = _Sketch(system, path, FollowOptions())
    return any(sketch.passes(branch, x, t) for branch in branches)


def _scale(system: System) -> Array:
    """Return the width of each unknown's bounds, 1 where there are none."""
    width = system.upper - system.lower
    return np.where(np.isfinite(width), width, 1.0)


@dataclass(frozen=True, slots=True)
class _Sketch:
    """A system along a path, drawn curve by curve; unknowns are scaled by the width of the box."""

    system: System
    path: Path
    options: FollowOptions

    def trace(self, x: Array, t: float, held: Mask, direction: float) -> Branch:
        """Follow from a point, changing between bounds and inside where the branch does."""
        pieces: list[tuple[Array, Array]] = []
        turns: list[Turn] = []
        worst, end = 0.0, "limit"
        way: Array | float = direction
        for _ in range(4 * self.system.size + 4):
            curve = self._curve(x, t, held, way)
            worst = max(worst, curve.largest_residual)
            points = self._whole(curve, x, held)
            if len(points) == 0:
                end = "stuck"
                break
            pieces.append((points, curve.t))
            turns += [self._turn(item, x, held) for item in curve.special]
            end = curve.end
            if end != "event":
                break
            x, t = points[-1].copy(), float(curve.t[-1])
            change = self._change(x, held, curve)
            if change is None:
                end = "box"
                break
            x, held, way = change
            turns.append(Turn("bound", x.copy(), t, self.path.values(t)))
        if not pieces:
            empty = np.zeros((0, x.size))
            return Branch(empty, np.zeros(0), (), ("stuck", "stuck"), worst)
        table = np.vstack([piece[0] for piece in pieces])
        return Branch(
            table,
            np.concatenate([piece[1] for piece in pieces]),
            tuple(turns),
            ("start", end),
            worst,
        )

    def crossing(self, turn: Turn, branch: Branch) -> list[tuple[Array, float]]:
        """Return points on the curve that crosses a branch at a branch point."""
        held = self._held(turn.point, turn.t)
        near = int(np.argmin(np.abs(branch.points - turn.point).sum(1) + np.abs(branch.t - turn.t)))
        other = near + 1 if near + 1 < len(branch.t) else near - 1
        free = ~held
        along = np.append(
            ((branch.points[other] - branch.points[near]) / _scale(self.system))[free],
            branch.t[other] - branch.t[near],
        )
        size = float(np.linalg.norm(along))
        if size == 0:
            return []
        special = SpecialPoint(
            "branch", (turn.point / _scale(self.system))[free], turn.t, along / size, near, 0.0
        )
        residual, jacobian, _ = self._functions(turn.point, held)
        found = []
        for z, _direction in switch_branch(residual, jacobian, special, 1e-2):
            x = turn.point.copy()
            x[free] = z[:-1] * _scale(self.system)[free]
            if 0 <= z[-1] <= 1 and self.system.contains(x):
                found.append((x, float(z[-1])))
        return found

    def passes(self, branch: Branch, x: Array, t: float) -> bool:
        """Return whether a branch passes a point: its nearest piece, corrected, leads there."""
        if len(branch.t) < 2:
            return False
        held = self._held(x, t)
        table = np.column_stack([branch.points / _scale(self.system), branch.t])
        goal = np.append(x / _scale(self.system), t)
        chords = np.diff(table, axis=0)
        lengths = np.maximum(np.sum(chords**2, axis=1), 1e-300)
        shares = np.clip(np.sum((goal - table[:-1]) * chords, axis=1) / lengths, 0.0, 1.0)
        nearest = table[:-1] + shares[:, None] * chords
        gaps = np.linalg.norm(nearest - goal, axis=1)
        best = int(np.argmin(gaps))
        if gaps[best] <= NEAR:
            return True
        kept = np.append(~held, True)
        across = chords[best][kept]
        if gaps[best] > self.options.largest or not np.any(across):
            return False
        residual, jacobian, _ = self._functions(x, held)
        across = across / np.linalg.norm(across)
        found = correct(residual, jacobian, nearest[best][kept], across)
        return found is not None and bool(np.max(np.abs(found - goal[kept])) <= NEAR)

    def _held(self, x: Array, t: float) -> Mask:
        value = replace(self.system, parameters=self.path.values(t)).value(x)
        return np.asarray(
            held_at(self.system, x[None], value[None], 1e-9)[0] & (np.abs(value) > 1e-9)
        )

    def _functions(self, x: Array, held: Mask):  # type: ignore[no-untyped-def]
        """Return residual, Jacobian and events as functions of the scaled free unknowns and t."""
        system, path, free, scale = self.system, self.path, ~held, _scale(self.system)
        signs = np.where(x <= system.lower + 1e-9 * scale, -1.0, 1.0)

        def whole(z: Array) -> Array:
            point = x.copy()
            point[free] = z[:-1] * scale[free]
            return point

        def residual(z: Array) -> Array:
            return np.asarray(system.residual(whole(z), path.values(z[-1])))[free]

        def jacobian(z: Array) -> Array:
            point, given = whole(z), path.values(z[-1])
            by_x = np.asarray(system.jacobian(point, given))[np.ix_(free, free)] * scale[free]
            return np.column_stack([by_x, self._by_t(point, z[-1])[free]])

        def events(z: Array) -> Array:
            point = whole(z)
            inside = [point - system.lower, system.upper - point]
            inside = [np.where(np.isfinite(item), item, 1.0) / scale for item in inside]
            room = np.minimum(*inside)
            if not system.complementarity:
                return np.asarray(room + 1e-9)
            value = np.asarray(system.residual(point, path.values(z[-1])))
            return np.where(held, value * signs, room + 1e-12)

        return residual, jacobian, events

    def _by_t(self, point: Array, t: float) -> Array:
        """Return the derivative of the residual by t."""
        if self.system.parameter_jacobian is not None:
            by_parameters = np.asarray(self.system.parameter_jacobian(point, self.path.values(t)))
            return np.asarray(by_parameters @ self.path.slope(t))
        h = 1e-6
        ahead = self.system.residual(point, self.path.values(t + h))
        behind = self.system.residual(point, self.path.values(t - h))
        return np.asarray((np.asarray(ahead) - np.asarray(behind)) / (2 * h))

    def _curve(self, x: Array, t: float, held: Mask, way: Array | float) -> Curve:
        residual, jacobian, events = self._functions(x, held)
        free = ~held
        start = np.append((x / _scale(self.system))[free], t)
        direction = way if np.ndim(way) == 0 else np.append(np.asarray(way)[:-1][free], way[-1])  # type: ignore[index]
        return follow_curve(residual, jacobian, start, (0.0, 1.0), direction, self.options, events)

    def _whole(self, curve: Curve, x: Array, held: Mask) -> Array:
        points = np.tile(x, (len(curve.t), 1))
        points[:, ~held] = curve.x * _scale(self.system)[~held]
        return points

    def _turn(self, item: SpecialPoint, x: Array, held: Mask) -> Turn:
        point = x.copy()
        point[~held] = item.x * _scale(self.system)[~held]
        return Turn(item.kind, point, item.t, self.path.values(item.t), item.accuracy)

    def _change(self, x: Array, held: Mask, curve: Curve) -> tuple[Array, Mask, Array] | None:
        """Return how a complementarity branch goes on after an event; None: it ends there."""
        k, system = curve.event, self.system
        if not system.complementarity:
            return None
        now = held.copy()
        toward = np.zeros(system.size + 1)
        at_lower = x[k] - system.lower[k] < system.upper[k] - x[k]
        if held[k]:  # released: go inside
            now[k] = False
            toward[k] = 1.0 if at_lower else -1.0
            return x, now, toward
        x = x.copy()
        x[k] = system.lower[k] if at_lower else system.upper[k]
        now[k] = True
        # along the bound to where the residual holds the unknown there
        _, jacobian, events = self._functions(x, now)
        z = np.append((x / _scale(system))[~now], curve.t[-1])
        tangent = np.linalg.svd(jacobian(z))[2][-1]
        h = 1e-5
        gain = events(z + h * tangent)[k] - events(z - h * tangent)[k]
        toward[:-1][~now], toward[-1] = tangent[:-1], tangent[-1]
        return x, now, toward if gain >= 0 else -toward
