"""What stands at the door of a market: arrays are checked there, all faults told at once."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from workshare.arrays import Array
from workshare.errors import OptionError


class Door:
    """Collects the faults of one call; :meth:`close` raises them together.

    ``name`` is the function the user called.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self.faults: list[str] = []

    def refuse(self, field: str, value: object, rule: str, cure: str) -> None:
        """Note one fault: the field, what was received, what is allowed, what usually cures it."""
        self.faults.append(f"{field}: {rule}. Received: {value}. {cure}")

    def numbers(self, field: str, values: npt.ArrayLike) -> Array:
        """Return ``values`` as a flat array of finite numbers, or an empty one with a fault."""
        try:
            flat = np.atleast_1d(np.asarray(values, dtype=float))
        except (TypeError, ValueError):
            self.refuse(field, repr(values)[:60], "must be numbers", "Give a list or an array.")
            return np.zeros(0)
        if flat.ndim != 1 or flat.size == 0:
            self.refuse(
                field, f"shape {flat.shape}", "must be a list of numbers", "Give one per dimension."
            )
            return np.zeros(0)
        bad = np.flatnonzero(~np.isfinite(flat))
        if bad.size:
            at, more = int(bad[0]), _more(bad.size)
            self.refuse(
                f"{field}[{at}]", f"{flat[at]}{more}", "must be finite", "Leave no figure open."
            )
            return np.zeros(0)
        return flat

    def spread(self, **fields: Array) -> tuple[Array, ...]:
        """Return the arrays at one common length; a single number stands for all dimensions."""
        count = max((values.size for values in fields.values()), default=0)
        together = []
        for field, values in fields.items():
            if values.size not in (0, 1, count):
                self.refuse(
                    field,
                    f"{values.size} numbers",
                    f"must have {count} numbers, one per dimension, or one for all",
                    "The longest list sets the number of dimensions.",
                )
                values = np.zeros(0)
            together.append(np.broadcast_to(values, count).copy() if values.size else values)
        return tuple(together)

    def at_least(self, field: str, values: Array, least: float, strict: bool = False) -> None:
        """Note a fault where a value is below ``least`` (or equal to it, if ``strict``)."""
        bad = np.flatnonzero(values <= least if strict else values < least)
        if bad.size:
            word = "above" if strict else "at least"
            self.refuse(
                f"{field}[{bad[0]}]",
                f"{values[bad[0]]:g}{_more(bad.size)}",
                f"must be {word} {least:g}",
                "Check its sign and its unit.",
            )

    def close(self) -> None:
        """Raise every fault noted, if there is any.

        Raises
        ------
        OptionError : at least one fault was noted.
        """
        if self.faults:
            raise OptionError(listing(self.name, self.faults))


def listing(name: str, faults: Sequence[str]) -> str:
    """Return faults as one message."""
    noun = "fault" if len(faults) == 1 else "faults"
    return "\n".join([f"{name}: {len(faults)} {noun}:", *(f"  {fault}" for fault in faults)])


def _more(count: int) -> str:
    return f" (and {count - 1} more)" if count > 1 else ""
