"""Derive the embedded workforce of the case ``lithium`` and its network of ISCO-08 major groups.

Usage: ``python scripts/derive_lithium_workforce.py [DATA_FOLDER]`` (default ``../shared/data``).
Same inputs, same bytes. What comes from where, and what is a donor or an assumption, stands in
docs/population.md.
"""

from __future__ import annotations

import csv
import sys
from pathlib import Path

import numpy as np

from workshare.population import round_to_total

COUNTRIES = {
    "ARG": "AR",
    "BOL": "BO",
    "BRA": "BR",
    "CHL": "CL",
    "COL": "CO",
    "ECU": "EC",
    "PRY": "PY",
    "PER": "PE",
    "URY": "UY",
}
GROUPS = [str(k) for k in range(1, 10)]
SOC_TO_ISCO = {"11": "1", "31": "3", "33": "5", "35": "5", "37": "9", "39": "5", "41": "5"}
SOC_TO_ISCO |= {"43": "4", "45": "6", "47": "7", "49": "7", "51": "8", "53": "8", "53-7": "9"}
"""ISCO-08 major group of a SOC major group; the professions (13 to 29) are group 2."""
TARGET = Path(__file__).parents[1] / "src" / "workshare" / "population" / "data"
UNIT = 1000
"""People are given to the nearest thousand."""


def group_of(soc: str) -> str:
    """Return the major group of ISCO-08 that a SOC code is counted in."""
    return SOC_TO_ISCO.get(soc[:4], SOC_TO_ISCO.get(soc[:2], "2"))


def read(path: Path) -> list[dict[str, str]]:
    """Return the rows of a CSV file."""
    with path.open(encoding="utf-8-sig", newline="") as text:
        return list(csv.DictReader(text))


def write(name: str, header: list[str], rows: list[list[object]]) -> None:
    """Write a table of the package."""
    with (TARGET / name).open("w", encoding="utf-8", newline="") as text:
        out = csv.writer(text, lineterminator="\n")
        out.writerow(header)
        out.writerows(rows)


def relative_wages(data: Path) -> dict[str, float]:
    """Return the donor's mean wage of each group over its mean of all (United States, OEWS)."""
    jobs, bill = dict.fromkeys(GROUPS, 0.0), dict.fromkeys(GROUPS, 0.0)
    for row in read(data / "population" / "oews" / "oews_state_M2023_detailed.csv"):
        if not row["TOT_EMP"] or not row["A_MEAN"]:
            continue  # withheld
        group = group_of(row["OCC_CODE"])
        jobs[group] += float(row["TOT_EMP"])
        bill[group] += float(row["TOT_EMP"]) * float(row["A_MEAN"])
    mean = sum(bill.values()) / sum(jobs.values())
    return {group: bill[group] / jobs[group] / mean for group in GROUPS}


def people(data: Path) -> list[list[object]]:
    """Return the tidy rows of the nine countries."""
    ilo = {
        row["iso2"]: row for row in read(data / "population" / "ilo" / "isco08_major_shares.csv")
    }
    pwt = {
        row["iso3"]: row
        for row in read(data / "country_pwt1001" / "pwt1001_2000_2019.csv")
        if row["year"] == "2019"
    }
    relative = relative_wages(data)
    rows: list[list[object]] = []
    for iso3, iso2 in COUNTRIES.items():
        shares = np.array([float(ilo[iso2][f"isco_{group}_pct"]) for group in GROUPS])
        total = round(float(pwt[iso3]["emp"]) * 1e6 / UNIT)
        employed = round_to_total(shares, total)
        rate = float(ilo[iso2]["unemployment_pct"]) / 100
        idle = round_to_total(shares, round(total * rate / (1 - rate)))
        own_account = float(ilo[iso2]["vulnerable_employment_pct"]) / 100
        informal = np.minimum(round_to_total(shares, round(total * own_account)), employed)
        mean = float(pwt[iso3]["labour_comp_per_worker_usd"])
        scale = mean / np.average([relative[g] for g in GROUPS], weights=shares)
        for k, group in enumerate(GROUPS):
            wage = round(scale * relative[group] / 10) * 10
            for status, counts in (
                ("formal", employed - informal),
                ("informal", informal),
                ("unemployed", idle),
            ):
                if counts[k]:
                    rows.append([iso3, group, status, 0, int(counts[k]) * UNIT, wage])
    return rows


def moves(data: Path) -> list[list[object]]:
    """Return the edges between groups: job moves of the donor, weighted by its employment."""
    flow = np.zeros((9, 9))
    for row in read(data / "population" / "mobility" / "asec_to_bls_mobility_edgelist.csv"):
        origin, target = int(group_of(row["OCC_source"])), int(group_of(row["OCC_target"]))
        share = float(row["transition_prob_BLS_ASECnorm_corr"])
        flow[origin - 1, target - 1] += float(row["TOT_EMP_OCCLY"]) * share
    flow /= flow.sum(axis=1, keepdims=True)
    return [
        [GROUPS[o], GROUPS[j], float(f"{flow[o, j]:.4g}")]
        for o in range(9)
        for j in range(9)
        if flow[o, j] > 0
    ]


def main(arguments: list[str]) -> int:
    """Derive and write both tables."""
    data = Path(arguments[0]) if arguments else Path(__file__).parents[2] / "shared" / "data"
    if not data.is_dir():
        print(f"There is no folder {data}; name the folder of the public data.")
        return 1
    header = ["region", "occupation", "status", "spell", "workers", "wage"]
    write("lithium_workforce.csv", header, people(data))
    write("lithium_network.csv", ["origin", "target", "weight"], moves(data))
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
