"""The CUDA device of the solver, with its kernels."""

from __future__ import annotations

from typing import Any

from spondyl import cuda
from spondyl.errors import MechanicsError

PIECES = (
    "records", "nodes", "stiffness", "sums", "smoothing", "vectors", "transfer", "building", "loads",
)  # fmt: skip
"""Files of the kernels, in the order in which they build on each other."""


def source() -> str:
    """Return the text of all kernels: one CUDA source."""
    return cuda.kernels("spondyl.mechanics.gpu", PIECES)


class Device(cuda.Device):
    """The current CUDA device.

    Parameters
    ----------
    module : array module; CuPy if None. Tests give one that runs the kernels on the processor.

    Raises
    ------
    MechanicsError
        If there is no CuPy or no device.
    """

    def __init__(self, module: Any = None) -> None:
        super().__init__(source(), MechanicsError, module)
