"""Other programs that solve polynomial systems, as subprocesses: found where, run how, read how.

Nothing of them is imported or shipped. Each is looked for in an environment variable, then on the
path: ``WORKSHARE_MSOLVE`` (msolve), ``WORKSHARE_PHC`` (phc), ``WORKSHARE_BERTINI2`` (a Python that
can import ``bertini``). They take whole coefficients: equations are multiplied by powers of ten.
"""

from __future__ import annotations

import json
import os
import re
import resource
import shutil
import signal
import subprocess
import tempfile
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np

from workshare.equilibria import Polynomials

PROGRAMS = {"msolve": "WORKSHARE_MSOLVE", "phc": "WORKSHARE_PHC", "bertini2": "WORKSHARE_BERTINI2"}

BERTINI = """
import json, sys
import bertini
rows = json.load(open(sys.argv[1]))
names = [bertini.Variable(f"x{k}") for k in range(len(rows))]
system = bertini.System()
for row in rows:
    total = None
    for coefficient, exponents in row:
        term = None
        for name, power in zip(names, exponents):
            if power:
                factor = name ** power if power > 1 else name
                term = factor if term is None else term * factor
        term = coefficient * term if term is not None else coefficient
        total = term if total is None else total + term
    system.add_function(total)
system.add_variable_group(bertini.VariableGroup(names))
solver = bertini.ZeroDimSolver(system, endgame="cauchy", mptype="amp")
solver.solve()
print(json.dumps({"isolated": len(solver.nonsingular_solutions()),
                  "real": sum(1 for item in solver.real_solutions())}))
"""


@dataclass(frozen=True)
class Answer:
    """What a program found: counts (None: it does not say) and CPU seconds, user and system.

    ``ended`` is "", or why there is no count: "time limit", "failed".
    """

    seconds: float
    isolated: int | None = None
    real: int | None = None
    ended: str = ""


def located(program: str) -> str | None:
    """Return where a program is; None where it is not."""
    given = os.environ.get(PROGRAMS[program])
    if given:
        return shutil.which(given)
    return None if program == "bertini2" else shutil.which(program)


def rows_of(system: Polynomials) -> list[list[tuple[int, list[int]]]]:
    """Return the equations with whole coefficients, each times the least power of ten that does."""
    rows: list[list[tuple[int, list[int]]]] = []
    for row in range(system.size):
        mine = system.equation == row
        numbers, exponents = system.coefficients[mine], system.exponents[mine].tolist()
        for power in range(7):
            scaled = numbers.real * 10**power
            if np.all(np.abs(scaled - np.round(scaled)) < 1e-9 * 10**power):
                break
        else:
            raise ValueError(f"equation {row + 1} has coefficients with more than six decimals")
        rows.append([(round(c), e) for c, e in zip(scaled, exponents, strict=True)])
    return rows


def text_of(system: Polynomials) -> list[str]:
    """Return the equations as text that other programs read."""
    lines = []
    for row in rows_of(system):
        line = ""
        for number, exponents in row:
            factors = [f"x{v}^{e}" if e > 1 else f"x{v}" for v, e in enumerate(exponents) if e]
            line += f"{'+' if number > 0 else ''}{'*'.join([str(number), *factors])}"
        lines.append(line.removeprefix("+"))  # msolve does not take a leading sign
    return lines


def ask(program: str, system: Polynomials, limit: float) -> Answer:
    """Return a program's answer, stopped after ``limit`` CPU seconds."""
    written, seconds, ended = run(program, system, limit)
    return Answer(seconds, ended=ended) if ended else read(program, written, seconds)


def run(program: str, system: Polynomials, limit: float) -> tuple[str, float, str]:
    """Return what a program wrote, its CPU seconds, and why there is no more ("": there is)."""
    where = located(program)
    assert where is not None
    lines = text_of(system)
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder) / "in", Path(folder) / "out"
        if program == "msolve":
            names = ",".join(f"x{v}" for v in range(system.size))
            source.write_text(f"{names}\n0\n" + ",\n".join(lines) + "\n")
            command = [where, "-t", "1", "-f", str(source), "-o", str(target)]
        elif program == "phc":
            source.write_text(f"{system.size}\n" + "\n".join(f"{line};" for line in lines) + "\n")
            command = [where, "-b", str(source), str(target)]
        else:
            source.write_text(json.dumps(rows_of(system)))
            command = [where, "-c", BERTINI, str(source)]
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        alone = {**os.environ, "BERTINI_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
        ended, printed = "", ""
        try:
            printed = subprocess.run(
                command, check=True, capture_output=True, text=True, cwd=folder, env=alone,
                preexec_fn=lambda: resource.setrlimit(
                    resource.RLIMIT_CPU, (int(limit), int(limit) + 5)
                ),
            ).stdout  # fmt: skip
        except subprocess.CalledProcessError as error:
            ended = "failed"
            if error.returncode in (-signal.SIGXCPU, -signal.SIGKILL):
                ended = "time limit"
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        seconds = after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
        return (target.read_text() if target.exists() else printed), seconds, ended


def read(program: str, written: str, seconds: float) -> Answer:
    """Return the counts in what a program wrote."""
    if program == "msolve":
        return Answer(seconds, None, len(boxes(written)))
    if program == "phc":
        regular = re.findall(r"Number of regular solutions\s*:\s*(\d+)", written)
        real = re.findall(r"Number of real solutions\s*:\s*(\d+)", written)
        return Answer(seconds, int(regular[-1]), int(real[-1]))
    answer = json.loads(written.strip().splitlines()[-1])
    return Answer(seconds, answer["isolated"], answer["real"])


def boxes(written: str) -> np.ndarray:
    """Return the boxes that msolve isolated, shape (roots, n, 2), from ``[0, [1, [box, ...]]]:``.

    ValueError where it says that solutions are not isolated.
    """
    number = re.sub(
        r"(-?\d+)\s*/\s*2\^(\d+)",
        lambda part: repr(float(Fraction(int(part[1]), 2 ** int(part[2])))),
        written.strip().removesuffix(":"),
    )
    kind, rest = json.loads(number)[:2]
    if kind != 0:
        raise ValueError("msolve found solutions that are not isolated")
    return np.array(rest[1], dtype=float)
