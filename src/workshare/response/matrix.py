"""Any mixed-integer linear model in matrix form, checked once, and as HiGHS holds it.

    minimise   cost . x        subject to   row_lower <= rows @ x <= row_upper,
                                            lower <= x <= upper,   x_j whole where ``integer_j``

adds ``offset + contribution @ x`` to the shared dimensions. The model stays with its owner: what
leaves it are points, each with a cost and a contribution
(:class:`~workshare.response.mixed_integer.MilpParticipant`). An owner who does disclose it lets the
coordinator start from the prices of the linear relaxation and re-optimise several models together
(:mod:`workshare.coordination.disclosed`).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import scipy.sparse as sp

from workshare.arrays import Array
from workshare.errors import OptionError


@dataclass(frozen=True)
class MatrixModel:
    """One participant's mixed-integer linear model; see the module's text for its form.

    Attributes
    ----------
    cost, lower, upper : one per variable; bounds may be infinite.
    integer : which variables must be whole.
    rows : constraints x variables, sparse; ``row_lower``, ``row_upper`` may be infinite.
    contribution : dimensions x variables, sparse: what one unit of each variable adds.
    offset : what the participant adds whatever it does; zeros by default.
    constant : cost whatever it does (M per year).
    names : one per variable, for reports; may be empty.

    Raises
    ------
    OptionError : sizes that differ, figures that are not finite, a lower bound above its upper one.
    """

    cost: Array
    lower: Array
    upper: Array
    integer: Any
    rows: sp.csr_matrix
    row_lower: Array
    row_upper: Array
    contribution: sp.csr_matrix
    offset: Array = field(default_factory=lambda: np.zeros(0))
    constant: float = 0.0
    names: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for name in ("rows", "contribution"):
            object.__setattr__(self, name, sp.csr_matrix(getattr(self, name), dtype=float))
        for name in ("cost", "lower", "upper", "row_lower", "row_upper", "offset"):
            object.__setattr__(self, name, np.asarray(getattr(self, name), dtype=float))
        object.__setattr__(self, "integer", np.asarray(self.integer, dtype=bool))
        if self.offset.size == 0:
            object.__setattr__(self, "offset", np.zeros(self.contribution.shape[0]))
        faults = _faults(self)
        if faults:
            raise OptionError("MatrixModel: " + "; ".join(faults))

    @property
    def size(self) -> int:
        """The number of variables."""
        return int(self.cost.size)

    def value(self, x: Array) -> float:
        """Return the private cost of ``x``."""
        return self.constant + float(self.cost @ x)

    def adds(self, x: Array) -> Array:
        """Return what ``x`` adds to the shared dimensions."""
        total: Array = self.offset + self.contribution @ x
        return total

    def violation(self, x: Array) -> float:
        """Return by how much ``x`` breaks the worst bound, row or wholeness (0 if none)."""
        activity = self.rows @ x
        parts = [
            self.lower - x,
            x - self.upper,
            self.row_lower - activity,
            activity - self.row_upper,
            np.abs(x - np.round(x))[self.integer],
        ]
        return max(0.0, *(float(np.max(part, initial=0.0)) for part in parts))


def _faults(model: MatrixModel) -> list[str]:
    columns, rows = model.cost.size, model.row_lower.size
    faults = [
        f"{name} has {getattr(model, name).size} figures; must have {columns}, one per variable"
        for name in ("lower", "upper", "integer")
        if getattr(model, name).size != columns
    ]
    for name, shape in (("rows", (rows, columns)), ("contribution", (model.offset.size, columns))):
        if getattr(model, name).shape != shape:
            faults.append(f"{name} is {getattr(model, name).shape}; must be {shape}")
    if model.row_upper.size != rows:
        faults.append(f"row_upper has {model.row_upper.size} figures; row_lower has {rows}")
    figures = (model.cost, model.rows.data, model.contribution.data, model.offset)
    if not all(np.all(np.isfinite(values)) for values in figures):
        faults.append("cost, rows, contribution and offset must be finite numbers")
    for low, high in (("lower", "upper"), ("row_lower", "row_upper")):
        one, other = getattr(model, low), getattr(model, high)
        if np.any(np.isnan(one)) or np.any(np.isnan(other)):
            faults.append(f"{low} and {high} must be numbers or infinite")
        elif one.size == other.size and np.any(one > other):
            place = int(np.flatnonzero(one > other)[0])
            faults.append(
                f"{low}[{place}] = {one[place]:g} is above {high}[{place}] = {other[place]:g}"
            )
    return faults


def load(cost: Array, model: MatrixModel) -> Any:
    """Return HiGHS holding ``model`` with ``cost``: one thread, fixed seed, silent."""
    import highspy

    highs = highspy.Highs()
    for name, value in (("output_flag", False), ("threads", 1), ("random_seed", 0)):
        highs.setOptionValue(name, value)
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = model.size, model.row_lower.size
    lp.col_cost_ = cost
    lp.col_lower_, lp.col_upper_ = model.lower, model.upper
    lp.row_lower_, lp.row_upper_ = model.row_lower, model.row_upper
    lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    lp.a_matrix_.start_, lp.a_matrix_.index_ = model.rows.indptr, model.rows.indices
    lp.a_matrix_.value_ = model.rows.data
    kinds = highspy.HighsVarType
    if np.any(model.integer):
        lp.integrality_ = [kinds.kInteger if w else kinds.kContinuous for w in model.integer]
    highs.passModel(lp)
    return highs
