"""The CUDA device of the engine, with its kernels and the records they take."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from spondyl import cuda
from spondyl.errors import TransportError

if TYPE_CHECKING:
    from spondyl.transport.gpu.grids import Grids

PIECES = ("common", "lines", "advection", "grids", "fronts")
"""Files of the kernels, in the order in which they build on each other."""

LINE = np.dtype([(name, np.int64) for name in ("side", "rows", "step", "apart", "block", "size", "lines")])
RATES = np.dtype(
    [(name, np.uint64) for name in ("share", "d", "decay", "source", "held")]
    + [(name, np.float64) for name in ("weight", "before", "after")]
    + [(name, np.int64) for name in ("d_step", "decay_step")]
)
SHAPE = np.dtype([(name, np.int64) for name in ("nz", "ny", "nx")])
LEVEL = np.dtype([(name, np.uint64) for name in ("gz", "gy", "gx", "inverse", "diagonal", "reaction")])


def source() -> str:
    """Return the text of all kernels: one CUDA source."""
    return cuda.kernels("spondyl.transport.gpu", PIECES)


def record(kind: np.dtype[np.void], *values: Any) -> NDArray[np.void]:
    """Return one record of a kind; arrays on the device stand for their addresses, None for none."""
    plain = (
        0 if value is None else cuda.pointer(value) if hasattr(value, "data") else value for value in values
    )
    made: NDArray[np.void] = np.array([tuple(plain)], kind)
    return made


class Device(cuda.Device):
    """The current CUDA device.

    Parameters
    ----------
    module : array module; CuPy if None. Tests give one that runs the kernels on the processor.

    Raises
    ------
    TransportError
        If there is no CuPy or no device.
    """

    def __init__(self, module: Any = None) -> None:
        super().__init__(source(), TransportError, module)
        self.grids: Grids | None = None  # of the last species brought to rest
