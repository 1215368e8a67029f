"""Trade: equilibria and best policies against the promised times, beside a plain SciPy route.

One BLAS thread. Needs the public data beside the repository for the published world; what is not
there is left out and said on standard error. Times are of the processor, not of the wall.
"""

from __future__ import annotations

import dataclasses
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import scipy.optimize

from measure import figure
from workshare.trade.agreements import agreement_policy, cooperate
from workshare.trade.best_policy import PolicyOptions, best_policy
from workshare.trade.economy import Economy, implied_deficits
from workshare.trade.equilibrium import rebased, solve_equilibrium
from workshare.trade.formulas import INSTRUMENTS, formula_policy
from workshare.trade.system import base_of, log_welfare, outside_of
from workshare.trade.taxes import Shock, complete_shock

DATA = Path(__file__).parents[2] / "shared" / "data"
LATIN_AMERICA = ("ARG", "BRA", "CHL", "COL", "CRI", "MEX", "PER")


def timed(work: Callable[[], Any], repeat: int = 1) -> tuple[float, Any]:
    """Return the least processor time (s) of some runs, and the last answer."""
    best, answer = float("inf"), None
    for _ in range(repeat):
        begin = time.process_time()
        answer = work()
        best = min(best, time.process_time() - begin)
    return best, answer


def published(entry: str) -> Economy:
    """Return the balanced base of Table 4."""
    from scipy.io import loadmat

    name = "RE" if entry == "restricted" else "FE"
    data = loadmat(DATA / "ll2023" / f"Tab4_Data_{name}.mat")
    names = tuple(f"C{i:02d}" for i in range(44))
    kinds = tuple(f"k{k:02d}" for k in range(16))
    epsilon, mu = data["sigma_k3D"][0, 0] - 1, data["mu_k3D"][0, 0]
    return Economy(names, kinds, data["Xjik_3D"], epsilon, mu, data["tjik_3D"], entry)


def table_5() -> Economy:
    """Return the free-entry base of Table 5: services with sigma 11, from the raw flows."""
    from scipy.io import loadmat

    folder = DATA / "ll2023"
    data = loadmat(folder / "Step_1.mat")
    tariffs = np.loadtxt(folder / "AGG_T.csv", delimiter=",")[:, 3] / 100
    tariffs = tariffs.reshape(16, 44, 44, order="F").transpose(2, 1, 0).copy()
    tariffs[np.arange(44), np.arange(44)] = 0
    epsilon = np.array(data["sigma_s3D"][0, 0] - 1)
    epsilon[15] = 10
    flows = data["Xijs3D"] + 1
    raw = Economy(
        tuple(f"C{i:02d}" for i in range(44)),
        tuple(f"k{k:02d}" for k in range(16)),
        flows,
        epsilon,
        data["mu_s3D"][0, 0],
        tariffs,
        "free",
        implied_deficits(flows, tariffs),
    )
    return rebased(solve_equilibrium(raw, None, Shock(deficits=np.zeros(44))))


def synthetic(size: int, kinds: int, seed: int = 0) -> Economy:
    """Return a random balanced free-entry economy, trade x scale elasticity up to 0.94."""
    random = np.random.default_rng(seed)
    scale = np.exp(random.normal(0, 1.5, size))
    flows = np.exp(random.normal(0, 1, (size, size, kinds)))
    flows *= scale[:, None, None] * scale[None, :, None] / scale.sum()
    flows[np.arange(size), np.arange(size)] = 1.5 * flows.sum(axis=0)
    tariffs = random.uniform(0, 0.2, flows.shape)
    tariffs[np.arange(size), np.arange(size)] = 0
    flows = (flows + flows.transpose(1, 0, 2)) / 2 * (1 + tariffs)
    epsilon = random.uniform(1.2, 8, kinds)
    mu = random.uniform(0.4, 0.94, kinds) / epsilon
    names = tuple(f"C{i}" for i in range(size))
    return Economy(names, tuple(f"k{k}" for k in range(kinds)), flows, epsilon, mu, tariffs, "free")


def icio() -> Economy:
    """Return 81 economies x 28 industries of 2018, deficits closed, free entry."""
    data = np.load(DATA / "trade_icio_cube" / "icio2018_cube.npz")
    groups = [0] * 8 + [1, 2, 3, 4, 5, 6, 6, 7, 8, 9, 9, 9, 11, 11, 10, 12, 12, 12, 13, 14]
    epsilon = np.array(
        [
            6.227,
            2.303,
            3.359,
            3.896,
            2.646,
            0.636,
            3.966,
            5.157,
            5.283,
            3.004,
            7.75,
            1.235,
            2.805,
            6.169,
            11.0,
        ]
    )
    mu = np.array(
        [
            0.143,
            0.393,
            0.224,
            0.229,
            0.32,
            1.22,
            0.232,
            0.14,
            0.167,
            0.209,
            0.12,
            0.552,
            0.129,
            0.152,
            0.0,
        ]
    )
    tariffs = np.array(data["tariff"], dtype=np.float64)
    border = np.array(data["X"], dtype=np.float64)
    border[np.arange(81), np.arange(81)] += 1e-3
    flows = border * (1 + tariffs)
    raw = Economy(
        tuple(data["countries"]),
        tuple(data["sectors"]),
        flows,
        epsilon[groups],
        mu[groups],
        tariffs,
        "free",
        implied_deficits(flows, tariffs),
    )
    closed = rebased(solve_equilibrium(raw, None, Shock(deficits=np.zeros(81))))
    return dataclasses.replace(closed, deficits=np.zeros(81))


def plain_route(world: Economy, policy: Any) -> None:
    """Solve restricted entry with SciPy's hybr on wages and spending: the usual plain code."""
    size = len(world.countries)
    over = 1 + world.scale_elasticity
    subsidy = (1 - policy.production_subsidies)[:, None] * (1 - policy.export_subsidies)
    wedge = (1 + policy.tariffs) / (1 + world.tariffs) * subsidy
    bill = (world.sales / over).sum(axis=1)

    def gaps(unknown: Any) -> Any:
        wage, income = np.abs(unknown[:size]), np.abs(unknown[size:])
        pull = world.trade_shares * (wage[:, None, None] * wedge) ** -world.trade_elasticity
        flows = pull / pull.sum(axis=0) * world.spending_shares * (income * world.spending)[:, None]
        border = flows / (1 + policy.tariffs)
        sales = (border / subsidy).sum(axis=1)
        revenue = (flows - border).sum(axis=(0, 2)) + (border - border / subsidy).sum(axis=(1, 2))
        profit = (sales - sales / over).sum(axis=1)
        labour = ((sales / over).sum(axis=1) - wage * bill) / bill
        labour[-1] = (bill * (wage - 1)).sum() / bill.sum()
        budget = (wage * bill + profit + revenue) / world.spending - income
        return np.concatenate([labour, budget])

    found = scipy.optimize.root(gaps, np.ones(2 * size), tol=1e-12)
    assert np.abs(found.fun).max() < 1e-9


def table_4() -> float:
    """Return the largest gap to the published file over 129 restricted-entry policies, in pp."""
    world = published("restricted")
    table = np.loadtxt(DATA / "ll2023" / "gains_from_policy_t4.csv", delimiter=",")
    base, outside = base_of(world), outside_of(complete_shock(world, None))
    worst = 0.0
    for place in range(43):
        bloc = np.zeros((44, 1))
        bloc[place] = 1
        for column, instruments in enumerate(INSTRUMENTS):
            supply = "small" if instruments == "tariffs" else "as_published"
            answer = formula_policy(base, outside, bloc, instruments, supply=supply)
            gain = 100 * np.expm1(log_welfare(base, answer.found.point)[place])
            worst = max(worst, abs(gain - table[place, column]))
    return worst


def all_tables() -> None:
    """Make every policy of Tables 4 and 5 anew, polished: 44 countries, both entry rules."""
    for entry in ("restricted", "free"):
        world = published(entry)
        for name in world.countries[:43]:
            for instruments in ("all", "trade", "tariffs"):
                best_policy(world, name, instruments)
            solve_equilibrium(world, agreement_policy(world, "subsidies", [name]))
        cooperate(world, "subsidies")
        cooperate(world, "deep")


def main() -> None:
    """Print every figure."""
    if (DATA / "ll2023").is_dir():
        for entry, limit in (("restricted", 10.0), ("free", 50.0)):
            world = published(entry)
            policy = agreement_policy(world, "subsidies")
            seconds, _ = timed(lambda w=world, p=policy: solve_equilibrium(w, p), 5)  # type: ignore[misc]
            figure(f"equilibrium 44 x 16, {entry} entry", 1e3 * seconds, "ms", limit)
            if entry == "restricted":
                slow, _ = timed(lambda w=world, p=policy: plain_route(w, p))  # type: ignore[misc]
                figure("plain SciPy over ours, same problem", slow / seconds, "times", at_least=1.0)
        seconds, worst = timed(table_4)
        figure("Table 4, restricted entry, 129 policies", seconds, "s", 5.0)
        figure("largest gap to the published file", worst, "percentage points", 1e-6)
        mean = cooperate(table_5(), "subsidies").gains[:43].mean()
        figure("Table 5, free entry, coordinated, gap of means", abs(mean - 3.42), "pp", 0.02)
        seconds, _ = timed(all_tables)
        figure("Tables 4 and 5 polished, both entry rules", seconds, "s", 60.0)
    else:
        print("no published world beside the repository", file=sys.stderr)
    world = synthetic(180, 45)
    alone = agreement_policy(world, "subsidies", ["C10"])
    seconds, answer = timed(lambda: solve_equilibrium(world, alone))
    assert answer.residual < 1e-10
    figure("180 x 45, free entry, unilateral", seconds, "s", 1.0)
    together = agreement_policy(world, "subsidies")
    seconds, answer = timed(lambda: solve_equilibrium(world, together))
    assert answer.residual < 1e-10
    figure("180 x 45, free entry, coordinated", seconds, "s", 10.0)
    if (DATA / "trade_icio_cube").is_dir():
        world = icio()

        def latin_america() -> list[Any]:
            answers = [best_policy(world, name) for name in LATIN_AMERICA]
            joint = PolicyOptions(transfers=True)
            return [*answers, best_policy(world, LATIN_AMERICA, options=joint)]

        seconds, answers = timed(latin_america)
        figure("81 x 28, Latin America: 7 first bests and the bloc", seconds, "s", 30.0)
        settled = sum(answer.status.value == "stationary" for answer in answers)
        figure("of these stationary", settled, "policies", at_least=8)


if __name__ == "__main__":
    if os.environ.get("OMP_NUM_THREADS") != "1":  # read once, when the libraries are loaded
        one = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
        os.execve(sys.executable, [sys.executable, *sys.argv], os.environ | one)
    main()
