"""Voxel finite elements on a CUDA device: the algorithm of :mod:`spondyl.mechanics.cpu`, through CuPy."""

from spondyl.cuda import available
from spondyl.mechanics.gpu.solver import solve

__all__ = ["available", "solve"]
