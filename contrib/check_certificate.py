"""Add a saved workshare certificate up again, with the standard library alone.

    python check_certificate.py certificate.json

docs/certificate-file.md says what each line shows, and what no such check can show.
"""

import hashlib
import json
import math
import pathlib
import sys


def check(c: dict) -> list[str]:
    """Return what does not add up, in words; nothing if everything does."""
    said, prices, columns, people = c["stated"], c["prices"], c["market"]["columns"], []
    rest = json.dumps({k: c[k] for k in c if k != "digest"}, sort_keys=True, separators=(",", ":"))
    faults = {"schema": c["schema"] != "workshare.certificate/1"}
    faults["digest: changed since it was written"] = (
        hashlib.sha256(rest.encode()).hexdigest() != c["digest"]
    )
    costs, answers, market, support, rows = [], [], [], [], [[] for _ in prices]
    for one in c["participants"]:
        own = [p["copies"] * p["cost"] for p in one["plans"]]
        given = [(k, p["copies"] * g) for p in one["plans"] for k, g in p["contribution"]]
        forgone = math.fsum(own) - math.fsum(prices[k] * g for k, g in given)
        for k, g in given:
            rows[k].append(g)
        costs.append(math.fsum(own))
        answers.append(math.nan if one["answer"] is None else one["copies"] * one["answer"])
        size = math.fsum(map(abs, own)) + math.fsum(abs(prices[k] * g) for k, g in given)
        people.append((one["name"], one["uplift"], forgone - answers[-1], size))
        faults[f"{one['name']}: number of plans"] = one["copies"] != sum(
            p["copies"] for p in one["plans"]
        )
    worth = math.fsum(prices[k] * g for k, row in enumerate(rows) for g in row)
    for column in columns:
        low = -math.inf if column["lower"] is None else column["lower"]
        high = math.inf if column["upper"] is None else column["upper"]
        level, bend, room = column["level"], column["curvature"], 1e-6 * column["scale"]
        slope = column["cost"] - math.fsum(prices[k] * a for k, a in column["rows"])
        best = min(max(-slope / bend, low), high) if bend else (low if slope >= 0 else high)
        support.append(slope * best + bend * best**2 / 2 if slope or bend else 0.0)
        market.append(column["cost"] * level + bend * level**2 / 2)
        for k, a in column["rows"]:
            rows[k].append(a * level)
        held = low - room <= level <= high + room and not (column["unmet"] and level > room)
        faults[f"{column['kind']} {len(market) - 1}: out of bounds, or a need unmet"] = not held
    for k, (row, scale) in enumerate(zip(rows, c["market"]["row_scale"], strict=True)):
        faults[f"row {k}: does not balance"] = abs(math.fsum(row)) > 1e-6 * scale
    cost, value = math.fsum(costs), math.fsum(costs + market)
    dual = math.fsum(answers + support)
    bound = min(dual, value)
    within, room = c["told"].get("menus_within") or 0.0, 1e-9 * abs(value)
    if within:  # proven by menus, which are not in the file: told, within limits
        most = min(value, dual + within) + room
        faults["bound: outside what menus can prove"] = not bound - room <= said["bound"] <= most
        bound = said["bound"]
    short = within + room < value - dual
    size = math.fsum(map(abs, costs + market + support))
    sums = [("cost", cost), ("market_value", value - cost), ("value", value), ("bound", bound)]
    sums += [("dual_bound", dual), ("support", math.fsum(support)), ("gap", value - bound)]
    sums += [("bregman", value - cost + worth - math.fsum(support))]
    for name, _, found, own in people:
        faults[f"{name}: claims a bound above its own plan"] = found < -1e-7 * own
    people += [(name, said[name], found, size) for name, found in sums]
    for name, stated, found, scale in people:  # None stands for "not known", as does NaN
        agree = abs(stated - found) <= 1e-9 * scale if stated is not None else found != found
        faults[f"{name}: stated {stated}, added up {found}"] = not agree
    proven = all(one["proven"] and one["answer"] is not None for one in c["participants"])
    faults["status: menus do not reach the value"] = c["status"] == "exact" and short
    faults["status: not everybody proved its answer"] = c["status"] != "bounded" and not proven
    return [fault for fault, found in faults.items() if found]


if __name__ == "__main__":
    read = json.loads(pathlib.Path(sys.argv[1]).read_text(encoding="utf-8"))
    try:
        trouble = check(read)
    except (ArithmeticError, LookupError, TypeError, ValueError) as error:
        sys.exit(print(f"malformed: {error!r}") or 1)
    print("\n".join(trouble) or f"{read['status']}: value and bound add up")
    print(json.dumps(read["stated"]), *read["told"]["rests_on"], sep="\n")
    sys.exit(1 if trouble else 0)
