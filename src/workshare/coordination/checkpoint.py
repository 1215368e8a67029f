"""A run on disk: written whole after every round, and gone on with from there.

The file holds the state between two rounds and the plans answered. Reading it builds nothing but
records of this package and arrays: a file that asks for anything else is refused, so that a
checkpoint from elsewhere cannot run code.
"""

from __future__ import annotations

import hashlib
import io
import os
import pickle
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from workshare.coordination.problem import Problem
from workshare.coordination.state import Options, State
from workshare.errors import ResultError
from workshare.response import TablePart

FORMAT = b"workshare.checkpoint/1"

_PLAIN = {
    ("numpy", "dtype"),
    ("numpy", "ndarray"),
    ("numpy._core.multiarray", "_reconstruct"),
    ("numpy._core.multiarray", "scalar"),
    ("numpy._core.numeric", "_frombuffer"),
    ("numpy.core.multiarray", "_reconstruct"),
    ("numpy.core.multiarray", "scalar"),
    ("numpy.core.numeric", "_frombuffer"),
    ("scipy.sparse._csr", "csr_matrix"),
    ("scipy.sparse._csr", "csr_array"),
}


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A run between two rounds: what the method knows, and what the participants were heard say."""

    problem: str
    state: State
    memory: Any
    sample_rounds: int


def fingerprint(problem: Problem, method: str, options: Options) -> str:
    """Return what names a run: participants, market, method and options (64 hex digits).

    Plans that this machine holds count; of participants that answer for themselves only the names
    are known.
    """
    total = hashlib.sha256()
    together, market = problem.participants, problem.market.form
    for text in (method, repr(options), repr(len(together)), *together.ids):
        total.update(text.encode() + b"\0")
    total.update(together.multiplicity.tobytes())
    if together.enumerable:
        opening = problem.market.evaluate(np.zeros(problem.dimensions)).row_prices
        first = together.price(opening[: problem.dimensions])
        total.update(first.cost.tobytes() + first.bound.tobytes())
    else:
        for each in together:
            for plan in each.plans if isinstance(each, TablePart) else ():
                total.update(np.append(plan.contribution, plan.cost).tobytes())
    rows = market.rows.tocsc()
    parts = [market.cost, market.curvature, market.lower, market.upper, rows.data]
    for part in [*parts, rows.indices.astype(np.int64), rows.indptr.astype(np.int64)]:
        total.update(np.ascontiguousarray(part).tobytes())
    return total.hexdigest()


def save(path: str | Path, checkpoint: Checkpoint) -> None:
    """Write a checkpoint whole or not at all: a run that dies in between leaves the one before."""
    body = pickle.dumps(checkpoint, protocol=5)
    name = hashlib.sha256(body).hexdigest().encode()
    target = Path(path)
    part = target.with_name(target.name + ".part")
    with part.open("wb") as file:
        file.write(FORMAT + b" " + name + b"\n" + body)
        file.flush()
        os.fsync(file.fileno())
    part.replace(target)


def load(path: str | Path, expected: str) -> Checkpoint | None:
    """Return the checkpoint at ``path``; None where there is no file.

    Raises
    ------
    ResultError : it is no checkpoint, is damaged, holds anything but records of this package, or
        is of another problem, method or options.
    """
    target = Path(path)
    if not target.exists():
        return None
    head, _, body = target.read_bytes().partition(b"\n")
    if head != FORMAT + b" " + hashlib.sha256(body).hexdigest().encode():
        raise ResultError(f"{path}: is no checkpoint, or damaged: delete it to start anew")
    try:
        found = _Reader(io.BytesIO(body)).load()
    except (pickle.UnpicklingError, AttributeError, ImportError, TypeError) as error:
        raise ResultError(f"{path}: cannot be read as a checkpoint ({error})") from None
    if not isinstance(found, Checkpoint):
        raise ResultError(f"{path}: is no checkpoint: delete it to start anew")
    if found.problem != expected:
        raise ResultError(
            f"{path}: is of another problem, method or options: delete it to start anew, or name "
            "another file"
        )
    return found


class _Reader(pickle.Unpickler):
    """Builds arrays and the package's own records, and nothing else."""

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) in _PLAIN:
            return super().find_class(module, name)
        if module.split(".")[0] == "workshare" and "." not in name:
            super().find_class(module, name)
            found = getattr(sys.modules[module], name)
            # only what is defined there: not what a module happens to import
            if isinstance(found, type) and found.__module__ == module:
                return found
        raise pickle.UnpicklingError(f"{module}.{name} does not belong in a checkpoint")
