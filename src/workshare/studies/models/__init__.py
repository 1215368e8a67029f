"""Ready-made economic systems with several equilibria: one file each, with its closed forms.

Formulas follow the papers named in each file; where they were not taken from the paper itself no
equation number is given, and a test checks every closed form against the system's own equilibria.
:data:`MODELS` lists them by the name the command line uses; :func:`model` makes one.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping

from workshare.equilibria.system import System
from workshare.errors import OptionError
from workshare.studies.models.big_push import big_push
from workshare.studies.models.binary_choice import binary_choice
from workshare.studies.models.core_periphery import core_periphery
from workshare.studies.models.footloose_entrepreneur import footloose_entrepreneur
from workshare.studies.models.free_entry import free_entry
from workshare.studies.models.history_expectations import history_expectations
from workshare.studies.models.krugman_trade import krugman_trade
from workshare.studies.models.scale_economies import scale_economies
from workshare.studies.models.two_locations import two_locations

MODELS: dict[str, Callable[..., System]] = {
    "binary-choice": binary_choice,
    "big-push": big_push,
    "core-periphery": core_periphery,
    "footloose-entrepreneur": footloose_entrepreneur,
    "history-expectations": history_expectations,
    "two-locations": two_locations,
    "scale-economies": scale_economies,
    "krugman-trade": krugman_trade,
    "free-entry": free_entry,
}
"""The builders by name; every argument has a default."""

AT_ONCE: dict[str, tuple[str, ...]] = {
    "core-periphery": ("wage_1", "wage_2"),
    "free-entry": ("log_wage",),
}
"""Unknowns that clear at once while the others move slowly, by model."""

FREE_TO_JUMP: dict[str, tuple[str, ...]] = {"history-expectations": ("value",)}
"""Unknowns of expectations, which history does not tie, by model."""


def model(name: str, values: Mapping[str, float] | None = None) -> System:
    """Return a ready-made system; ``values`` sets arguments of its builder or parameters.

    Raises
    ------
    OptionError : an unknown name, or a value of something the model does not have.

    Examples
    --------
    >>> model("big-push", {"premium": 0.6}).parameters[0]
    np.float64(0.6)
    """
    if name not in MODELS:
        raise OptionError(f"There is no model {name!r}; allowed: {', '.join(MODELS)}")
    build = MODELS[name]
    given = dict(values or {})
    arguments = {
        key: given.pop(key) for key in list(given) if key in inspect.signature(build).parameters
    }
    for count in {"groups", "industries"} & set(arguments):
        arguments[count] = int(arguments[count])
    return build(**arguments).at(given)


__all__ = [
    "AT_ONCE",
    "FREE_TO_JUMP",
    "MODELS",
    "model",
    *sorted(f.__name__ for f in MODELS.values()),
]
