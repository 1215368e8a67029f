"""What is simulated, how, and what comes out: the records of a simulation and its certificate."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from workshare.arrays import Array
from workshare.errors import Fault, OptionError, TableError
from workshare.population.demand import Demand
from workshare.population.network import OccupationNetwork
from workshare.population.policy import Policy, check_policy
from workshare.population.rules import (
    Rules,
    State,
    check_codes,
    first_state,
    pulled_weights,
)
from workshare.population.workforce import Counts, Workforce
from workshare.results import CertificateLine, Status, certificate_line, inputs_hash

MODES = ("expected", "cohorts", "individuals")
DEVICES = ("cpu", "cuda")
STOCKS = ("formal", "informal", "unemployed", "long_term", "training", "vacancies")
"""What is recorded after every period; long_term is part of unemployed."""
FLOWS = ("hires", "separations", "openings", "course_starts", "migrants", "cost")
"""What is recorded of every period; separations are of formal jobs, cost is money."""


@dataclass(frozen=True, slots=True)
class LabourMarket:
    """What is simulated.

    Attributes
    ----------
    workforce, network, rules : people, where they can work, and how a period goes.
    demand : posts wanted; without it, the formal jobs and vacancies of the start.
    policy : levers; none if absent.
    vacancies : R x O posts on offer at the start; ``rules.opening`` of the formal jobs if absent.
    openness : R x R weights of migration between regions; all equal if absent.

    Raises
    ------
    TableError : occupations of the network that differ from the workforce's, more posts wanted in
        a region than it has people of any status, levers or demand that do not fit.
    """

    workforce: Workforce
    network: OccupationNetwork
    rules: Rules = field(default_factory=Rules)
    demand: Demand | None = None
    policy: Policy | None = None
    vacancies: Counts | None = None
    openness: Array | None = None

    def __post_init__(self) -> None:
        people = self.workforce
        check_codes(self.network.occupations, people.occupations, "network")
        self.rules.entry(len(people.regions))
        if self.policy is not None:
            check_policy(self.policy, people)
        regions = len(people.regions)
        if self.openness is not None and (
            self.openness.shape != (regions, regions) or not (self.openness >= 0).all()
        ):
            rule = f"must be {regions} x {regions} weights of at least 0"
            value = f"shape {self.openness.shape}"
            raise TableError([Fault("openness", "Openness", value, rule, "Correct it.")])
        _check_demand(self)

    def start(self) -> State:
        """Return the state before the first period."""
        return first_state(self.workforce, self.rules, self.vacancies)

    def wanted(self) -> Demand:
        """Return the demand, or that of the start when none is given."""
        if self.demand is not None:
            return self.demand
        state = self.start()
        return Demand((state.formal + state.vacancies).astype(float))

    def weights(self) -> Array:
        """Return the weights of the edges, the pull of wages included."""
        net = self.network
        pull = self.rules.wage_pull
        return pulled_weights(net.weight, net.origin, net.target, self.workforce.wages, pull)

    @property
    def hash(self) -> str:
        """SHA-256 of everything that bears on the numbers."""
        net = (self.network.first, self.network.target, self.network.weight)
        rest = (self.rules, self.demand, self.policy, self.vacancies, self.openness)
        return inputs_hash({"people": self.workforce.hash, "network": net, "rest": rest})


@dataclass(frozen=True, slots=True)
class SimulationOptions:
    """How it is simulated; ``threads``, ``chunk`` and ``device`` never change a number.

    Attributes
    ----------
    periods : how many are simulated in all, those of an earlier part included.
    mode : one of :data:`MODES`.
    seed : of everything drawn (0 to 2^64 - 1).
    threads : of this process; 1 is no other.
    chunk : regions given to a thread at a time.
    device : where people are moved in the mode ``individuals``; one of :data:`DEVICES`.
    census : count the records after every period (slow for many people), not only at the end.
    """

    periods: int = 77
    mode: str = "cohorts"
    seed: int = 0
    threads: int = 1
    chunk: int = 1
    device: str = "cpu"
    census: bool = False

    def __post_init__(self) -> None:
        faults = []
        if self.mode not in MODES:
            faults.append(f"mode is {self.mode!r}; must be one of {', '.join(MODES)}")
        if self.device not in DEVICES:
            faults.append(f"device is {self.device!r}; must be one of {', '.join(DEVICES)}")
        if self.device != "cpu" and self.mode != "individuals":
            faults.append(f"device {self.device!r} moves individuals; mode is {self.mode!r}")
        for name in ("periods", "threads", "chunk"):
            if getattr(self, name) < (0 if name == "periods" else 1):
                faults.append(f"{name} is {getattr(self, name)}; must be at least 1")
        if not 0 <= self.seed < 2**64:
            faults.append(f"seed is {self.seed}; must be at least 0 and less than 2^64")
        if faults:
            raise OptionError("SimulationOptions: " + "; ".join(faults))


@dataclass(frozen=True, slots=True)
class Simulation:
    """What came out; the arrays of an interrupted run end with its last whole period.

    Attributes
    ----------
    status : ``interrupted``, or ``exact``: the numbers are those of the definition and the seed
        (in the mode ``expected``: those of its equations).
    periods : whole periods simulated.
    by_region : (periods + 1) x R x 6 stocks, as :data:`STOCKS`; row 0 is the start.
    by_occupation : (periods + 1) x O x 6 stocks.
    flows : periods x R x 6, as :data:`FLOWS`.
    moves : E hires along the edges of the network over all periods; empty in the mode expected.
    state : the labour market at the end.
    people : records by region in the mode individuals, else nothing.
    certificate : conservation of people, signs, and the census of the records.
    regions, occupations, mode, seed, inputs : what was simulated, ``inputs`` as a hash.
    """

    status: Status
    periods: int
    by_region: Array
    by_occupation: Array
    flows: Array
    moves: Counts
    state: State
    people: Any
    certificate: tuple[CertificateLine, ...]
    regions: tuple[str, ...]
    occupations: tuple[str, ...]
    mode: str
    seed: int
    inputs: str

    @property
    def unemployment(self) -> Array:
        """Unemployed over those at work and unemployed, by period and region (share)."""
        return _share(self.by_region[..., 2], self.by_region[..., :3].sum(axis=-1))

    @property
    def beveridge(self) -> Array:
        """(periods + 1) x 2: unemployment and vacancy rate of all regions (shares).

        The vacancy rate is vacancies over vacancies and formal jobs.
        """
        total = self.by_region.sum(axis=1)
        vacancy = _share(total[:, 5], total[:, 5] + total[:, 0])
        return np.stack([_share(total[:, 2], total[:, :3].sum(axis=1)), vacancy], axis=1)

    def frame(self) -> pd.DataFrame:
        """Return the stocks by region as a tidy table: period, region, stock, people."""
        index = pd.MultiIndex.from_product(
            [range(self.periods + 1), self.regions, STOCKS], names=["period", "region", "stock"]
        )
        return pd.DataFrame({"people": self.by_region.ravel()}, index=index).reset_index()


def stocks(state: State, long_term: int, axis: int) -> Array:
    """Return the stocks of :data:`STOCKS` summed over occupations (axis 1) or regions (axis 0)."""
    idle = state.unemployed
    parts = (
        state.formal,
        state.informal,
        idle.sum(axis=2),
        idle[:, :, long_term:].sum(axis=2),
        state.training.sum(axis=2),
        state.vacancies,
    )
    return np.stack([part.sum(axis=axis) for part in parts], axis=-1)


def certificate(
    first_total: float, by_region: Array, mismatch: float | None, mode: str
) -> tuple[CertificateLine, ...]:
    """Return the checks of a simulation, from its record alone."""
    totals = by_region[:, :, [0, 1, 2, 4]].sum(axis=(1, 2))
    tolerance = 1e-9 * max(1.0, first_total) if mode == "expected" else 0.0
    lines = [
        certificate_line(
            "people",
            float(np.abs(totals - first_total).max()),
            tolerance,
            "Most people gained or lost in any period, against the start.",
        ),
        certificate_line(
            "negative",
            float(max(0.0, -by_region.min())),
            tolerance,
            "Largest negative number of people or vacancies.",
        ),
    ]
    if mismatch is not None:
        meaning = "People whose own record says another place or status than the counts."
        lines.append(certificate_line("census", mismatch, 0.0, meaning))
    return tuple(lines)


def _share(part: Array, whole: Array) -> Array:
    share: Array = np.divide(part, whole, out=np.zeros(np.shape(whole)), where=whole > 0)
    return share


def _check_demand(market: LabourMarket) -> None:
    """Refuse posts wanted that do not fit the workforce."""
    if market.demand is None:
        return
    people, base = market.workforce, market.demand.base
    if base.shape != people.formal.shape:
        value, rule = f"shape {base.shape}", f"must have the shape {people.formal.shape}"
        raise TableError([Fault("demand", "Demand, field base", value, rule, "Correct it.")])
    cells = people.cells.sum(axis=1)
    wanted = base.sum(axis=1)
    faults = []
    for region in np.flatnonzero(wanted > cells):
        extra = people.occupations[int(np.argmax((base - people.employed)[region]))]
        subject = f"Region {people.regions[region]!r} (most wanted: occupation {extra!r})"
        value = f"{wanted[region]:.0f} posts for {cells[region]} workers"
        cure = "Check the unit of the targets, or add workers."
        faults.append(Fault("demand", subject, value, "wants more posts than it has workers", cure))
    if faults:
        raise TableError(faults)
