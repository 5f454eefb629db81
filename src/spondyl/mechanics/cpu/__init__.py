"""Voxel finite elements on the processor: compact numbering, multigrid, mixed precision."""

from spondyl.mechanics.cpu.solver import solve

__all__ = ["solve"]
