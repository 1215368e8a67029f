"""A simulation under way: the state of a run, and how each mode takes it through one period."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from workshare.arrays import Array
from workshare.errors import OptionError
from workshare.population.cohorts import (
    Flows,
    Rates,
    apply_flows,
    choose_destinations,
    draw_region,
    empty_flows,
    kernel_edges,
)
from workshare.population.expected import expected_period, to_columns, to_state
from workshare.population.individuals import (
    RegionPeople,
    census,
    hand_over,
    lay_out,
    make_room,
    move_people,
    settle,
)
from workshare.population.labour_market import (
    LabourMarket,
    Simulation,
    SimulationOptions,
    certificate,
    stocks,
)
from workshare.population.policy import (
    Levers,
    destination_shares,
    policy_cost,
    set_levers,
)
from workshare.population.records import MOST_OCCUPATIONS, MOST_PERIODS, MOST_REGIONS, Records
from workshare.population.rules import Rules, State
from workshare.population.workforce import Counts
from workshare.results import Status


@dataclass(slots=True)
class Setting:
    """What the coming period is subject to: posts wanted, levers, rates, destinations."""

    target: Array
    levers: Levers
    rates: Array
    destinations: Array


class Run:
    """A run of one market; :meth:`advance` takes it through one period."""

    def __init__(
        self, market: LabourMarket, options: SimulationOptions, earlier: Simulation | None
    ) -> None:
        self.market, self.options = market, options
        net = market.network
        self.edges = kernel_edges(net.first, net.target, market.weights())
        self.demand = market.wanted()
        self.entry = market.rules.entry(len(market.workforce.regions))
        self.inputs = market.hash
        _check_limits(market, options)
        if earlier is None:
            self._begin(market.start())
        else:
            self._continue(earlier)

    def _begin(self, state: State) -> None:
        """Start from the state before the first period."""
        long_term = self.market.rules.long_term_spell
        self.period = 0
        self.state = state
        self.first_total = state.total
        self.by_region = [stocks(state, long_term, 1)]
        self.by_occupation = [stocks(state, long_term, 0)]
        self.flows: list[Array] = []
        self.moves: Counts = np.zeros(self.edges.target.size, dtype=np.int64)
        self.mismatch: float | None = None
        self.people: list[RegionPeople] = []
        if self.options.mode == "individuals":
            regions = range(len(self.market.workforce.regions))
            self.people = _in_threads(self.options, regions, lambda r: settle(state, r))

    def _continue(self, earlier: Simulation) -> None:
        """Go on after the last whole period of an earlier part."""
        asked = (self.inputs, self.options.mode, self.options.seed)
        if (earlier.inputs, earlier.mode, earlier.seed) != asked:
            raise OptionError(
                "the earlier part is of another market, mode or seed: it has mode "
                f"{earlier.mode!r} and seed {earlier.seed}; continue it with the same ones"
            )
        self.period = earlier.periods
        self.state = earlier.state
        self.by_region = list(earlier.by_region)
        self.by_occupation = list(earlier.by_occupation)
        self.first_total = float(self.by_region[0][:, [0, 1, 2, 4]].sum())
        self.flows = list(earlier.flows)
        self.moves = earlier.moves.copy()
        self.mismatch = None
        self.people = list(earlier.people or [])

    def advance(self) -> None:
        """Simulate one period and record it."""
        setting = self._setting()
        state, numbers = (
            self._expected(setting) if self.options.mode == "expected" else self._counts(setting)
        )
        self.state = state
        self.period += 1
        long_term = self.market.rules.long_term_spell
        self.by_region.append(stocks(state, long_term, 1))
        self.by_occupation.append(stocks(state, long_term, 0))
        self.flows.append(numbers)
        if self.options.census and self.people:
            self.mismatch = max(self.mismatch or 0.0, self._mismatch())

    def result(self, status: Status, last: bool = False) -> Simulation:
        """Return the record of the run so far; the records are counted when it is the last."""
        if last and self.people:
            self.mismatch = max(self.mismatch or 0.0, self._mismatch())
        by_region = np.array(self.by_region)
        regions = self.market.workforce.regions
        return Simulation(
            status,
            self.period,
            by_region,
            np.array(self.by_occupation),
            np.array(self.flows).reshape(self.period, len(regions), 6),
            self.moves,
            self.state,
            self.people or None,
            certificate(self.first_total, by_region, self.mismatch, self.options.mode),
            regions,
            self.market.workforce.occupations,
            self.options.mode,
            self.options.seed,
            self.inputs,
        )

    def _mismatch(self) -> float:
        """Return how many people their own records place elsewhere than the counts."""
        counted = census(self.people, self.state, self.period)
        state = self.state
        held = (state.formal, state.informal, state.unemployed, state.training)
        off = sum(np.abs(a - b).sum() for a, b in zip(counted, held, strict=True))
        return float(off)

    def _setting(self) -> Setting:
        """Return targets, levers and probabilities of the coming period, once for every mode."""
        market, rules = self.market, self.market.rules
        levers = set_levers(market.policy, market.workforce, self.state, rules)
        shares = destination_shares(self.state, market.openness, market.policy, levers.scale)
        rates = _rates(rules, self.entry, levers, shares)
        return Setting(self.demand.posts(self.period) * levers.more_posts, levers, rates, shares)

    def _expected(self, setting: Setting) -> tuple[State, Array]:
        """Return the state after the period in expected values, and what is recorded of it."""
        columns = to_columns(self.state)
        out = np.zeros((5, *columns[0].shape))
        expected_period(
            columns,
            np.ascontiguousarray(setting.target.T),
            np.ascontiguousarray(setting.levers.seats.T, dtype=float),
            setting.rates,
            setting.destinations,
            self.edges,
            out,
        )
        numbers = np.zeros((columns[0].shape[1], 6))
        numbers[:, :5] = out.sum(axis=1).T
        numbers[:, 5] = self._cost(setting, out[3].T, out[0].T, numbers[:, 4])
        return to_state(columns), numbers

    def _counts(self, setting: Setting) -> tuple[State, Array]:
        """Return the state after the period in whole numbers, and what is recorded of it."""
        old = self.state
        new = State(
            old.formal.copy(),
            old.informal.copy(),
            old.unemployed.copy(),
            old.training.copy(),
            old.vacancies.copy(),
        )
        ladder = np.cumsum(setting.destinations, axis=1)
        ladder /= np.where(ladder[:, -1:] > 0, ladder[:, -1:], 1.0)
        work = _Period(self, setting, new, ladder)
        regions = range(old.formal.shape[0])
        done = _in_threads(self.options, regions, work.region)
        rows = [item[0] for item in done]
        _arrive(new, rows)
        if self.people:
            spells, course = new.unemployed.shape[2], new.training.shape[2]
            hand_over(self.people, rows, [item[1] for item in done], spells, course)
        for item in done:
            self.moves = self.moves + item[4]  # a new array: earlier results keep theirs
        starts, hires = (np.array([item[k] for item in done]) for k in (2, 3))
        numbers = np.array([item[5] for item in done], dtype=float)
        numbers[:, 5] = self._cost(setting, starts, hires, numbers[:, 4])
        return new, numbers

    def _cost(self, setting: Setting, starts: Array, hires: Array, away: Array) -> Array:
        """Return what the policy costs in the period, by region."""
        policy = self.market.policy
        if policy is None or setting.levers.scale == 0.0:
            return np.zeros(away.shape)
        rate = setting.rates[7]
        due = np.divide(
            setting.levers.more_migration, rate, out=np.zeros(rate.shape), where=rate > 0
        )
        return policy_cost(
            policy, setting.levers, self.market.workforce, starts, hires, away * np.minimum(1, due)
        )


class _Period:
    """One period in whole numbers, region by region; a region is written by one thread alone."""

    def __init__(self, run: Run, setting: Setting, new: State, ladder: Array) -> None:
        self.run, self.setting, self.new, self.ladder = run, setting, new, ladder

    def region(self, r: int) -> tuple[Any, ...]:
        """Do one region; return migrants, their records, and sums for the record of the run."""
        run, setting, new = self.run, self.setting, self.new
        old, edges = run.state, run.edges
        step, seed = run.period, np.uint64(run.options.seed)
        size, spells = old.unemployed.shape[1:]
        flows = empty_flows(size, spells, edges.target.size)
        people = (old.formal[r], old.informal[r], old.unemployed[r], old.vacancies[r])
        rates = Rates(*(float(x) for x in setting.rates[:, r]))
        target = setting.target[r]
        draw_region(r, step, seed, people, target, setting.levers.seats[r], rates, edges, flows)
        rows = choose_destinations(r, step, seed, flows.migrated, self.ladder[r])
        apply_flows(
            new.formal[r],
            new.informal[r],
            new.unemployed[r],
            new.training[r],
            new.vacancies[r],
            edges,
            flows,
        )
        leaving = self._move(r, flows) if run.people else None
        starts = np.bincount(edges.target, flows.courses, size)
        hires = np.bincount(edges.target, flows.hires, size)
        sums = (
            flows.hires.sum(),
            flows.separated.sum(),
            flows.opened.sum(),
            flows.courses.sum(),
            flows.migrated.sum(),
            0.0,
        )
        return rows, leaving, starts, hires, flows.hires, sums

    def _move(self, r: int, flows: Flows) -> Records:
        """Move the records of one region by its flows; return those of its migrants."""
        run, old, new = self.run, self.run.state, self.new
        here = run.people[r]
        before = np.stack([old.formal[r], old.informal[r]], axis=1)
        after = np.stack([new.formal[r], new.informal[r]], axis=1)
        make_room(here, before, after)
        out = np.concatenate([new.unemployed[r], new.training[r]], axis=1)
        first = np.concatenate([[0], np.cumsum(out.ravel())]).astype(np.int64)
        places, buffers = lay_out(here, before, first, run.edges, flows)
        seed = np.uint64(run.options.seed)
        mover = _mover(run.options.device)
        mover(r, run.period, seed, places, buffers, run.edges, flows)
        here.pool, here.first = buffers.new_pool, first
        return buffers.leaving


def _mover(device: str) -> Any:
    """Return the function that moves people on a device."""
    if device == "cpu":
        return move_people
    from workshare.population.cuda import move_people_on_device  # only where it is asked for

    return move_people_on_device


def _rates(rules: Rules, entry: Array, levers: Levers, shares: Array) -> Array:
    """Return the 9 x R probabilities of a period, in the order of ``Rates``."""
    regions = entry.size
    migration = np.minimum(1.0, rules.migration + levers.more_migration)
    migration = np.where(shares.sum(axis=1) > 0, migration, 0.0)
    interest = rules.course_interest if levers.seats.any() else 0.0
    rows = (
        rules.separation,
        rules.opening,
        rules.adjustment,
        rules.formal_search,
        rules.informal_search,
        rules.informal_separation,
        entry,
        migration,
        interest,
    )
    return np.array([np.broadcast_to(row, (regions,)) for row in rows], dtype=float)


def _arrive(state: State, rows: list[npt.NDArray[np.int32]]) -> None:
    """Add the migrants of every region to the unemployed of the region they move to."""
    everybody = np.concatenate(rows)
    spells = state.unemployed.shape[2]
    spell = np.minimum(everybody[:, 2] + 1, spells - 1)
    np.add.at(state.unemployed, (everybody[:, 0], everybody[:, 1], spell), 1)


def _in_threads(options: SimulationOptions, regions: range, work: Any) -> list[Any]:
    """Return ``work(region)`` for every region, in their order, chunk by chunk."""
    chunks = [regions[k : k + options.chunk] for k in range(0, len(regions), options.chunk)]

    def do(chunk: range) -> list[Any]:
        return [work(region) for region in chunk]

    if options.threads == 1:
        return [item for chunk in chunks for item in do(chunk)]
    with ThreadPoolExecutor(options.threads) as pool:
        return [item for done in pool.map(do, chunks) for item in done]


def _check_limits(market: LabourMarket, options: SimulationOptions) -> None:
    """Refuse what does not fit into eight bytes a person."""
    if options.mode != "individuals":
        return
    size = (len(market.workforce.regions), len(market.workforce.occupations), options.periods)
    limits = (MOST_REGIONS, MOST_OCCUPATIONS, MOST_PERIODS)
    names = ("regions", "occupations", "periods")
    wrong = [
        f"{number} {name}; at most {limit}"
        for number, limit, name in zip(size, limits, names, strict=True)
        if number > limit
    ]
    if wrong:
        raise OptionError("mode 'individuals' holds a worker in 8 bytes: " + "; ".join(wrong))
