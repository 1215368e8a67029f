"""The one array type of the package: a numpy array of float64."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
"""An array of 64-bit floats; each docstring says shape and unit."""

Mask = npt.NDArray[np.bool_]
"""An array of booleans; each docstring says what true means."""
