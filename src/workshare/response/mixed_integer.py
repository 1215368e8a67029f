"""Any mixed-integer linear model as a participant: prices and menus by HiGHS."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

import numpy as np

from workshare.arrays import Array
from workshare.errors import OptionError
from workshare.response.matrix import MatrixModel, load
from workshare.response.participants import Individuals
from workshare.response.plan import Answer, Menu, Plan


class MilpParticipant:
    """A participant that answers from a :class:`MatrixModel`, solved by HiGHS.

    Parameters
    ----------
    id, model : its name, unique in its problem, and what it can do.
    gap : relative gap at which HiGHS may stop; the *proven* bound is answered either way.
    time_limit, max_nodes : of one question; cut short, the answer still has a proven bound.

    >>> import scipy.sparse as sp
    >>> model = MatrixModel(          # a plant of up to 3 units at 4 fixed and 1 per unit
    ...     cost=[4.0, 1.0], lower=[0, 0], upper=[1, 3], integer=[True, False],
    ...     rows=sp.csr_matrix([[-3.0, 1.0]]), row_lower=[-np.inf], row_upper=[0.0],
    ...     contribution=sp.csr_matrix([[0.0, 1.0]]))
    >>> answer = MilpParticipant("A", model).price(np.array([3.0]))
    >>> float(round(answer.bound, 6)), answer.points[0].contribution.tolist()
    (-2.0, [3.0])
    """

    def __init__(
        self,
        id: str,
        model: MatrixModel,
        *,
        gap: float = 1e-9,
        time_limit: float = np.inf,
        max_nodes: int | None = None,
    ) -> None:
        self.id = self.owner = id
        self.model = model
        self.highs = load(model.cost, model)
        self.highs.setOptionValue("mip_rel_gap", gap)
        self.highs.setOptionValue("mip_abs_gap", 1e-9)
        self.highs.setOptionValue("time_limit", time_limit)
        if max_nodes is not None:
            self.highs.setOptionValue("mip_max_nodes", max_nodes)
        self._seen: dict[str, Plan] = {}

    def price(self, prices: Array, near: float = 0.0) -> Answer:
        """Answer a best point at ``prices`` and its proven bound; ties are not answered.

        Raises
        ------
        OptionError : nothing satisfies the model, or it is unbounded at these prices.
        """
        x, bound = self._solve(prices)
        point = self._plan(x).at(np.zeros(0))
        return Answer((point,), min(bound, point.reduced(prices)), proven=True)

    def menu(self, prices: Array, slack: float, count: int) -> Menu:
        """Answer plans within ``slack``, best first, each differing in a whole-numbered variable.

        Complete (as fixed points) only where all variables are 0 or 1 and whole, and the list ends
        before ``count``; with others a plan stands for its best operation at ``prices``.
        """
        model, found = self.model, list[Plan]()
        binary = model.integer & (model.lower >= 0) & (model.upper <= 1)
        x, bound = self._solve(prices)
        limit = self._plan(x).at(np.zeros(0)).reduced(prices) + slack + 1e-9 * (1 + abs(bound))
        rows = self.highs.getNumRow()
        complete = bool(np.all(binary))
        try:
            while True:
                plan = self._plan(x)
                if plan.at(np.zeros(0)).reduced(prices) > limit:
                    break
                if len(found) == count:
                    complete = False
                    break
                found.append(plan)
                if not np.any(binary):
                    break
                self._cut(x, binary)
                try:
                    x, bound = self._solve(prices)
                except OptionError:
                    break
        finally:
            last = self.highs.getNumRow()
            if last > rows:
                self.highs.deleteRows(last - rows, np.arange(rows, last, dtype=np.int32))
        return Menu(tuple(found), complete)

    def plan_of(self, x: Array) -> Plan:
        """Return ``x`` as a plan of this participant."""
        return self._plan(x)

    def _plan(self, x: Array) -> Plan:
        whole = np.where(self.model.integer, np.round(x), np.round(x, 9))
        name = f"{self.id}:{hashlib.blake2b(whole.tobytes(), digest_size=8).hexdigest()}"
        if name not in self._seen:
            self._seen[name] = Plan(name, self.model.value(x), self.model.adds(x), meta=x)
        return self._seen[name]

    def _cut(self, x: Array, binary: Any) -> None:
        index = np.flatnonzero(binary).astype(np.int32)
        on = x[index] > 0.5
        self.highs.addRow(
            -np.inf, float(on.sum()) - 1.0, index.size, index, np.where(on, 1.0, -1.0)
        )

    def _solve(self, prices: Array) -> tuple[Array, float]:
        model = self.model
        costs = model.cost - model.contribution.T @ prices
        size = max(1e-12, float(np.max(np.abs(costs), initial=0.0)))
        self.highs.changeColsCost(model.size, np.arange(model.size, dtype=np.int32), costs / size)
        self.highs.run()
        info = self.highs.getInfo()
        if info.primal_solution_status != 2:
            status = self.highs.modelStatusToString(self.highs.getModelStatus())
            raise OptionError(f"participant {self.id!r}: its model has no answer ({status})")
        x = np.asarray(self.highs.getSolution().col_value)
        x = np.where(model.integer, np.round(x), x)
        proven = info.mip_dual_bound if np.any(model.integer) else info.objective_function_value
        constant = model.constant - float(prices @ model.offset)
        return x, float(proven) * size + constant


class MatrixParticipants(Individuals):
    """Participants that answer from matrix models and disclose them to the coordinator.

    ``models`` are by name; ``options`` go to every :class:`MilpParticipant`.
    """

    def __init__(self, models: Mapping[str, MatrixModel], **options: Any) -> None:
        self.models = tuple(models.values())
        super().__init__([MilpParticipant(name, m, **options) for name, m in models.items()])

    def disclose(self, who: int) -> MatrixModel:
        """Return participant ``who``'s model."""
        return self.models[who]

    def represent(self, who: int, key: int) -> Array:
        """Return the model's variables at a point that was answered."""
        x: Array = self.plan(who, key).meta
        return x
