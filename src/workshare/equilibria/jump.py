"""Continuous or jump: did an equilibrium change with its fundamentals, or did coordination change?

Three labels, because they answer different questions and can disagree:

- *by path*: the equilibrium is carried along a stated path of parameters. ``continuous`` if it
  arrives at the observed one; ``jump`` if it vanishes in a fold on the way, or arrives elsewhere.
- *by order rank*: ``continuous`` if both have the same rank among the equilibria of their time.
- *by basin*: ``continuous`` if the old state, left alone under the new parameters, comes to the new
  equilibrium.

With two parameters or more the first label depends on the path: round a cusp the lowest branch
leads smoothly to the highest. So the path is part of the label, and its robustness over other
monotone paths between the same ends is told.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from workshare.arrays import Array
from workshare.equilibria.basins import basin_of, wilson
from workshare.equilibria.branches import follow_branch
from workshare.equilibria.classify import order_ranks
from workshare.equilibria.continuation import FollowOptions
from workshare.equilibria.dynamics import Dynamic
from workshare.equilibria.find import FindOptions, find
from workshare.equilibria.path import Path
from workshare.equilibria.system import System
from workshare.equilibria.tube import Tube, tube
from workshare.errors import OptionError

CONTINUOUS, JUMP, UNDECIDED = "continuous", "jump", "undecided"


@dataclass(frozen=True, slots=True, eq=False)
class Carried:
    """Where an equilibrium came to along a path.

    Attributes
    ----------
    point : its last point (n).
    t : how far along the path it came; 1: to the end.
    reason : ``arrived``; ``fold`` (it met another and vanished); ``bound`` (it left the bounds) or
        ``stuck`` (it could not be followed further).
    crossings : places t of branch points passed: there the equilibrium that lasts may not be the
        one that is stable.
    """

    point: Array
    t: float
    reason: str
    crossings: tuple[float, ...]

    @property
    def arrived(self) -> bool:
        """Whether it lasts along the whole path."""
        return self.reason == "arrived"


@dataclass(frozen=True, slots=True, eq=False)
class Change:
    """How the change between two equilibria is labelled.

    Attributes
    ----------
    by_path, by_rank, by_basin : ``continuous``, ``jump`` or ``undecided``.
    agree : whether all labels that are decided are the same.
    carried : the first equilibrium along the path.
    carried_back : the second along the path backwards.
    ranks : order rank of the first and of the second.
    counts : number of equilibria at both ends.
    complete : whether they were proven to be all, at both ends.
    robust : share of random monotone paths that give the same label by path; NaN: none tried.
    robust_low, robust_high : its 95 % interval (Wilson).
    tube : how far it is proven that the first equilibrium was carried along its own branch.
    """

    by_path: str
    by_rank: str
    by_basin: str
    agree: bool
    carried: Carried
    carried_back: Carried
    ranks: tuple[str, str]
    counts: tuple[int, int]
    complete: bool
    robust: float
    robust_low: float
    robust_high: float
    tube: Tube

    def sentences(self) -> tuple[str, ...]:
        """Return the labels in words, whether they agree, and on what they rest."""
        said = []
        labels = (("path", self.by_path), ("order rank", self.by_rank), ("basin", self.by_basin))
        told = ", ".join(f"{label} by {name}" for name, label in labels)
        if self.agree:
            said.append(f"The labels agree: {told}.")
        else:
            said.append(
                f"The labels disagree: {told}. They answer different questions, so the change has "
                "no type until one of them is chosen."
            )
        said.append(f"Along the stated path the first equilibrium {self._fate()}.")
        if not np.isnan(self.robust):
            said.append(
                f"{self.robust:.0%} of the random monotone paths between the same ends give the "
                f"same label by path (95 % interval {self.robust_low:.0%} to "
                f"{self.robust_high:.0%})."
            )
        if self.tube.reason == "proven":
            said.append("That it was carried along its own branch is proven box by box.")
        elif self.tube.t > 0:
            said.append(f"Its branch is proven box by box for {self.tube.t:.1%} of the path.")
        if not self.complete:
            said.append("The equilibria at the ends are not proven to be all, so ranks may change.")
        return tuple(said)

    def _fate(self) -> str:
        """Return what became of the first equilibrium along the path."""
        where = f"{self.carried.t:.1%} of the way"
        if self.carried.reason == "fold":
            return f"meets another and vanishes at {where}"
        if self.carried.reason == "bound":
            return f"leaves the bounds at {where}"
        if self.carried.reason == "stuck":
            return f"could be followed to {where} only"
        return "leads to the second" if self.by_path == CONTINUOUS else "lasts, but is another"


def carry(
    system: System, path: Path, point: Array, options: FollowOptions | None = None
) -> Carried:
    """Return where an equilibrium at the start of a path comes to along it.

    Examples
    --------
    >>> from workshare.equilibria.path import make_path
    >>> from workshare.equilibria.system import system_from_text
    >>> fold = system_from_text(["a - x^2"], ["x"], parameters={"a": 1.0})
    >>> found = carry(fold, make_path(fold, [{"a": 1.0}, {"a": -1.0}]), np.array([1.0]))
    >>> found.reason, round(found.t, 6)
    ('fold', 0.5)
    """
    x = np.asarray(point, dtype=float)
    crossings: list[float] = []
    for number in range(path.legs):
        leg = path.leg(number)

        def place(t: float, number: int = number) -> float:
            return (number + t) / path.legs

        if not np.any(leg.points[0] != leg.points[1]):
            continue
        branch = follow_branch(system, leg, x, 0.0, 1.0, options)
        back = np.flatnonzero(np.diff(branch.t) < 0)
        folds = [turn for turn in branch.turns if turn.kind == "fold"]
        bounds = [turn for turn in branch.turns if turn.kind == "bound"]
        if back.size:
            ends = [turn for turn in (*folds, *bounds) if turn.t >= branch.t[back[0]] - 1e-9]
            last = ends[0] if ends else None
            where = branch.points[back[0]] if last is None else last.point
            t = float(branch.t[back[0]]) if last is None else last.t
            return Carried(where, place(t), "fold", tuple(crossings))
        crossings += [place(turn.t) for turn in branch.turns if turn.kind == "branch"]
        if branch.ends[1] != "range":
            t = float(branch.t[-1]) if len(branch.t) else 0.0
            where = branch.points[-1] if len(branch.t) else x
            reason = "bound" if branch.ends[1] == "box" else "stuck"
            return Carried(where, place(t), reason, tuple(crossings))
        x = branch.points[-1]
    return Carried(x, 1.0, "arrived", tuple(crossings))


def label_change(
    system: System,
    path: Path,
    before: Array,
    after: Array,
    *,
    dynamic: Dynamic | None = None,
    sides: Sequence[float] | None = None,
    paths: int = 0,
    seed: int = 0,
    near: float = 1e-5,
    find_options: FindOptions | None = None,
) -> Change:
    """Return the three labels of the change from one equilibrium to another.

    Parameters
    ----------
    path : the stated path; its ends are the parameters of the two equilibria.
    before, after : the equilibria at its start and at its end (n).
    dynamic : decides the label by basin; default: the flow with unit speeds.
    sides : which unknowns count for ranks; see :func:`workshare.equilibria.classify.order_ranks`.
    paths : random monotone paths tried for robustness: each parameter moves from its first to its
        last value without turning, at its own pace.
    near : two points are the same within this share of the box's width (1 where infinite).

    Raises
    ------
    OptionError : a point is no equilibrium at its end of the path.

    Examples
    --------
    >>> from workshare.equilibria.path import make_path
    >>> from workshare.equilibria.system import system_from_text
    >>> cusp = system_from_text(["h + u*x - x^3"], ["x"], bounds={"x": (-3, 3)},
    ...     parameters={"h": 0.0, "u": 1.0})
    >>> straight = make_path(cusp, [{"h": 0.0}, {"h": 0.5}])
    >>> made = label_change(cusp, straight, np.array([-1.0]), np.array([1.1914878]))
    >>> made.by_path, made.carried.reason, made.by_basin
    ('jump', 'fold', 'continuous')
    """
    dynamic = dynamic or Dynamic()
    dynamic.check(system)
    first, last = _at(system, path, 0.0), _at(system, path, 1.0)
    x0, x1 = _equilibrium(first, before, "before"), _equilibrium(last, after, "after")
    width = system.upper - system.lower
    room = near * np.where(np.isfinite(width), width, 1.0)
    ahead, back = carry(system, path, x0), carry(system, _reversed(path), x1)
    by_path = _path_label(ahead, x1, room)
    sets = [find(first, find_options), find(last, find_options)]
    if sides is None:
        ignored = (*dynamic.at_once, *dynamic.free_to_jump)
        sides = [0.0 if name in ignored else 1.0 for name in system.unknowns]
    ranks = (_rank(sets[0].points, x0, sides, room), _rank(sets[1].points, x1, sides, room))
    counts = (len(sets[0].equilibria), len(sets[1].equilibria))
    by_basin = _basin_label(last, x0, x1, sets[1].points, dynamic, room)
    labels = (by_path, _rank_label(ranks, counts), by_basin)
    decided = {label for label in labels if label != UNDECIDED}
    share, low, high = _robustness(system, path, x0, x1, by_path, room, paths, seed)
    return Change(
        *labels,
        len(decided) <= 1,
        ahead,
        back,
        ranks,
        counts,
        all(item.completeness.means_all for item in sets),
        share,
        low,
        high,
        tube(system, path, x0),
    )


def _at(system: System, path: Path, t: float) -> System:
    return replace(system, parameters=path.values(t))


def _reversed(path: Path) -> Path:
    return Path(path.names, path.points[::-1], path.logarithmic)


def _equilibrium(system: System, point: Array, name: str) -> Array:
    """Return the equilibrium that a given point names, to full accuracy."""
    x = np.asarray(point, dtype=float)
    if x.shape != (system.size,):
        raise OptionError(f"{name} has shape {x.shape}; must be ({system.size},)")
    value = system.value(x)
    held = np.zeros(system.size, dtype=bool)
    if system.complementarity:
        held = ((x <= system.lower + 1e-7) & (value < 0)) | (
            (x >= system.upper - 1e-7) & (value > 0)
        )
    free = ~held
    for _ in range(8):
        try:
            move = np.linalg.solve(system.derivative(x)[np.ix_(free, free)], -system.value(x)[free])
        except np.linalg.LinAlgError:
            break
        x = x.copy()
        x[free] += move
    worst = float(np.max(np.abs(system.value(x)[free]), initial=0.0))
    moved = float(np.max(np.abs(x - point), initial=0.0))
    if not worst <= 1e-7 or not moved <= 1e-3 * (1 + float(np.max(np.abs(point), initial=0.0))):
        raise OptionError(
            f"{name} is {np.asarray(point).tolist()}, no equilibrium of {system.name!r} at its end "
            f"of the path: residual {value.tolist()}; give a point that find() returned there"
        )
    return x


def _path_label(carried: Carried, goal: Array, room: Array) -> str:
    if carried.reason == "stuck":
        return UNDECIDED
    return CONTINUOUS if carried.arrived and np.all(np.abs(carried.point - goal) <= room) else JUMP


def _rank(points: Array, x: Array, sides: Sequence[float], room: Array) -> str:
    """Return the order rank of x among the equilibria; ``unknown`` if it is not among them."""
    if len(points) == 0:
        return "unknown"
    gaps = np.max(np.abs(points - x) / room, axis=1)
    best = int(np.argmin(gaps))
    return order_ranks(points, sides)[best] if gaps[best] <= 1 else "unknown"


def _rank_label(ranks: tuple[str, str], counts: tuple[int, int]) -> str:
    """Return the label by rank; undecided where there is no order, or only one at one end."""
    if ranks == ("only", "only"):
        return CONTINUOUS
    if any(rank in ("only", "unordered", "unknown") for rank in ranks):
        return UNDECIDED
    if ranks == ("middle", "middle") and counts != (3, 3):
        return UNDECIDED
    return CONTINUOUS if ranks[0] == ranks[1] else JUMP


def _basin_label(
    last: System, x0: Array, x1: Array, points: Array, dynamic: Dynamic, room: Array
) -> str:
    """Return the label by basin: where the old state goes under the new parameters."""
    if dynamic.free_to_jump or len(points) == 0:
        return UNDECIDED
    reached = basin_of(last, x0, points, dynamic)
    if reached is None:
        return UNDECIDED
    return CONTINUOUS if np.all(np.abs(points[reached] - x1) <= room) else JUMP


def _robustness(
    system: System,
    path: Path,
    x0: Array,
    x1: Array,
    label: str,
    room: Array,
    paths: int,
    seed: int,
) -> tuple[float, float, float]:
    """Return the share of random monotone paths with the same label, and its interval."""
    if paths < 1:
        return float("nan"), float("nan"), float("nan")
    random = np.random.default_rng(seed)
    ends = np.log(path.points[[0, -1]]) if path.logarithmic else path.points[[0, -1]]
    same = 0
    for _ in range(paths):
        shares = np.sort(random.random((3, ends.shape[1])), axis=0)
        table = np.vstack([ends[0], ends[0] + shares * (ends[1] - ends[0]), ends[1]])
        table = np.exp(table) if path.logarithmic else table
        other = Path(path.names, table, path.logarithmic)
        same += _path_label(carry(system, other, x0), x1, room) == label
    return (same / paths, *wilson(same, paths))
