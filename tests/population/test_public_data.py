"""Readers and dynamics on public data, where they are at hand, and the embedded workforce."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

from workshare.errors import TableError
from workshare.population import (
    Demand,
    LabourMarket,
    OccupationNetwork,
    SimulationOptions,
    complete_network,
    downscale,
    embedded_market,
    embedded_workforce,
    read_ilo_employment,
    read_ilo_shares,
    read_network,
    read_oews,
    simulate,
    workforce,
)

DATA = Path(__file__).parents[3] / "shared" / "data"
OEWS = DATA / "population" / "oews" / "oews_state_M2023_detailed.csv"
EDGES = DATA / "population" / "mobility" / "asec_to_bls_mobility_edgelist.csv"
SHARES = DATA / "population" / "ilo" / "isco08_major_shares.csv"
LEVELS = DATA / "workforce" / "ilostat_isco08_employment_latam_extract.csv"
here = pytest.mark.skipif(not OEWS.exists(), reason="the public data are not beside this checkout")


def mobility() -> tuple[OccupationNetwork, np.ndarray]:  # type: ignore[type-arg]
    network = read_network(
        EDGES,
        origin="OCC_source",
        target="OCC_target",
        weight="transition_prob_BLS_ASECnorm_corr",
    )
    with EDGES.open(newline="") as text:
        jobs = {row["OCC_target"]: float(row["TOT_EMP_OCC"]) for row in csv.DictReader(text)}
    return network, np.array([jobs[code] for code in network.occupations])


def beveridge(
    network: OccupationNetwork, jobs: np.ndarray, periods: int = 1000 + 6 * 103
) -> np.ndarray:  # type: ignore[type-arg]
    """Return unemployment and vacancy rate, per cent; quiet until period 1,000."""
    formal = jobs.astype(np.int64)[None, :]
    idle = np.rint(0.016 * formal).astype(np.int64)
    people = workforce(["US"], network.occupations, formal=formal, unemployed=idle)
    base = (formal + idle).astype(float)
    demand = Demand(base, amplitude=0.065, length=103.0, start=999)
    vacancies = np.rint(0.012 * formal).astype(np.int64)
    market = LabourMarket(people, network, demand=demand, vacancies=vacancies)
    done = simulate(market, SimulationOptions(periods=periods, mode="expected"))
    rates: np.ndarray = 100 * done.beveridge  # type: ignore[type-arg]
    return rates


@here
def test_totals_of_the_occupation_statistics() -> None:
    people = read_oews(OEWS)
    assert (people.formal > 0).sum() <= 36_434
    assert len(people.regions) == 54 and people.total == 151_778_980
    assert people.wage_bill == pytest.approx(9_822_246_268_600, abs=1)
    network, _ = mobility()
    gathered = read_oews(OEWS, network=network, unemployed=0.04)
    assert gathered.formal.sum() == 151_778_980
    assert gathered.unemployed.sum() == pytest.approx(0.04 * 151_778_980, rel=1e-6)
    assert gathered.imputed.any()


@here
def test_the_beveridge_curve_turns_counter_clockwise() -> None:
    # del Rio-Chanona et al. (2021): the stylised fact; figures of a separate computation on the
    # same public network, with 534 of its 539 occupations, hence the second decimal
    rates = beveridge(*mobility())
    steady, loop = rates[1000], rates[-103:]
    assert steady == pytest.approx([5.45, 3.13], abs=0.02)
    assert [loop[:, 0].min(), loop[:, 0].max()] == pytest.approx([2.70, 10.54], abs=0.03)
    assert [loop[:, 1].min(), loop[:, 1].max()] == pytest.approx([2.23, 6.17], abs=0.03)
    assert np.corrcoef(loop.T)[0, 1] == pytest.approx(-0.918, abs=0.002)
    u, v = loop.T
    area = 0.5 * np.sum(u * np.roll(v, -1) - np.roll(u, -1) * v)
    assert area == pytest.approx(6.40, abs=0.05)  # positive: counter-clockwise


@here
def test_the_network_matters() -> None:
    network, jobs = mobility()
    complete = beveridge(complete_network(network.occupations), jobs, 250)[-1]
    assert complete[0] == pytest.approx(4.11, abs=0.02)
    assert beveridge(network, jobs, 250)[-1][0] > complete[0] + 1.0


@here
def test_published_groups_are_reproduced_after_downscaling() -> None:
    shares = read_ilo_shares(SHARES)
    fine = {f"{group}{k}": group for group in "123456789" for k in range(4)}
    draw = np.random.default_rng(0)
    donors = {
        "one": {code: float(draw.uniform(1, 9)) for code in fine},
        "other": {code: float(draw.uniform(1, 9)) for code in fine},
    }
    for country in ("AR", "BR", "KE", "NG"):
        rows = shares[(shares["country"] == country) & (shares["isco08_major"] != "0")]
        total = rows["share"].fillna(0.0).to_numpy()[None, :] * 1e6
        done = downscale(np.rint(total), list("123456789"), fine, donors, [country])
        again = done.counts[0].reshape(9, 4).sum(axis=1) / 1e6
        assert np.abs(100 * (again - total[0] / 1e6)).max() < 0.1  # points
        assert done.shift > 0 and done.uncertainty.max() > 0


@here
def test_levels_and_shares_agree() -> None:
    levels = read_ilo_employment(LEVELS)
    rows = levels[(levels["iso3"] == "ARG") & (levels["isco08_major"] == "2")]
    share = 100 * rows["employment_thousands"] / (rows["total"] - rows["unclassified"])
    assert float(share.iloc[0]) == pytest.approx(13.4, abs=0.1)


@here
def test_the_embedded_shares_are_the_published_ones() -> None:
    people = embedded_workforce()
    shares = read_ilo_shares(SHARES)
    employed = people.employed[people.regions.index("BOL")]
    rows = shares[(shares["country"] == "BO") & (shares["isco08_major"] != "0")]
    published = rows["share"].to_numpy() / rows["share"].sum()
    assert np.abs(employed / employed.sum() - published).max() < 0.001


def test_the_embedded_workforce_runs_and_says_what_it_is() -> None:
    market = embedded_market()
    people = market.workforce
    assert len(people.regions) == 9 and len(people.occupations) == 9
    assert people.imputed.all() and any("donor" in text for text in people.sources)
    assert (people.informal.sum(axis=1) > 0.15 * people.employed.sum(axis=1)).all()
    done = simulate(market, SimulationOptions(periods=8))
    assert all(line.holds for line in done.certificate)


def test_faults_of_files_name_row_and_column(tmp_path: Path) -> None:
    table = tmp_path / "oews.csv"
    table.write_text(
        "AREA_TITLE,OCC_CODE,TOT_EMP,A_MEAN\nA,11-1011,**,-5\nA,11-1011,many,1\nB,11-1021,10,#\n"
    )
    with pytest.raises(TableError) as caught:
        read_oews(table)
    text = str(caught.value)
    assert "row 3: Column 'TOT_EMP'" in text and "many" in text
    assert "row 2: Column 'A_MEAN'" in text and "-5" in text and "stands twice" in text
    shares = tmp_path / "shares.csv"
    columns = ",".join(f"isco_{k}_pct" for k in range(10))
    shares.write_text(f"iso2,{columns}\nAA,,10,10,10,10,10,10,10,10,5\n")
    with pytest.raises(TableError, match=r"'AA', shares by major group: must add up to 100"):
        read_ilo_shares(shares)
