"""The array types that every ranking module speaks in."""

from typing import TypeAlias

import numpy as np
import numpy.typing as npt

Floats: TypeAlias = npt.NDArray[np.float64]
Integers: TypeAlias = npt.NDArray[np.int64]
Codes: TypeAlias = npt.NDArray[np.int8]
Bins: TypeAlias = npt.NDArray[np.uint8]  # parts of a feature's grid, see grid.py
Keys: TypeAlias = npt.NDArray[np.uint64]  # fingerprints, see postings.py
Rows: TypeAlias = npt.NDArray[np.unsignedinteger]
Mask: TypeAlias = npt.NDArray[np.bool_]
