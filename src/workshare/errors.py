"""What can go wrong, one class per failure; each class says what usually cures it.

Faults in a user's files are values (:class:`Fault`), collected over the whole input and raised
together in one :class:`RegionError`. Failures of a computation are statuses of its result, never
exceptions, so this file is short on purpose.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault in an input, as a person can find and cure it.

    Attributes
    ----------
    place : where it stands: ``plants.csv row 7 column value`` or ``plants!E7``.
    subject : the object and field, in words: ``Participant 'ARG', field cost_of_capital``.
    value : the text received, with its unit; empty when something is missing.
    rule : what is allowed.
    cure : what usually cures it.
    """

    place: str
    subject: str
    value: str
    rule: str
    cure: str

    def __str__(self) -> str:
        received = f" Received: {self.value}." if self.value else ""
        return f"{self.place}: {self.subject}: {self.rule}.{received} {self.cure}".rstrip()


class WorkshareError(Exception):
    """Base of every error this package raises on purpose; catch it to catch them all."""


class RegionError(WorkshareError):
    """The region's files have faults: read each one's rule and cure, correct them, read again."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = tuple(faults)
        noun = "fault" if len(self.faults) == 1 else "faults"
        lines = [f"{len(self.faults)} {noun} in the region's files:"]
        super().__init__("\n".join([*lines, *(f"  {fault}" for fault in self.faults)]))


class EconomyError(WorkshareError):
    """An economy, policy or shock of trade has faults: each names its cell and its cure."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = tuple(faults)
        noun = "fault" if len(self.faults) == 1 else "faults"
        lines = [f"{len(self.faults)} {noun} in the economy:"]
        super().__init__("\n".join([*lines, *(f"  {fault}" for fault in self.faults)]))


class TableError(WorkshareError):
    """A table of yours has faults: read each one's rule and cure, correct them, read again."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = tuple(faults)
        noun = "fault" if len(self.faults) == 1 else "faults"
        lines = [f"{len(self.faults)} {noun}:", *(f"  {fault}" for fault in self.faults)]
        super().__init__("\n".join(lines))


class UnitError(WorkshareError):
    """A unit is unknown or does not convert: see ``workshare units`` or docs/units.md."""


class OptionError(WorkshareError):
    """An option of a call is outside what is allowed: the message names the allowed values."""


class ResultError(WorkshareError):
    """A saved result cannot be read: it is truncated, of a newer schema, or not a result file."""


class AnswerError(WorkshareError):
    """A live participant did not answer, or not correctly: the message says who and what."""

    def __init__(self, message: str, faults: Sequence[str] = ()) -> None:
        self.faults = tuple(faults) or (message,)
        super().__init__(message)
