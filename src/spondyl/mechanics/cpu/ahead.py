"""Compile half of the solver in a process of its own while this one compiles the other half.

The loops of the iterations take about as long to compile as all others. Numba compiles one loop at a time in
a process, so at the first call of an installation another process compiles those of the iterations, and this
one reads them from disk afterwards. Nothing depends on it: what is not there is compiled here.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np

from spondyl.mechanics.cpu.cycle import cycle
from spondyl.mechanics.cpu.lanes import coefficients
from spondyl.mechanics.cpu.level import level_of
from spondyl.mechanics.cpu.multigrid import make_ladder, make_steps
from spondyl.mechanics.cpu.numbering import PAD, Packets, Rows
from spondyl.mechanics.cpu.stage import Direct
from spondyl.mechanics.cpu.strips import Strips
from spondyl.mechanics.cpu.supports import held
from spondyl.mechanics.cpu.vectors import Vectors
from spondyl.mechanics.element import stiffness
from spondyl.threads import Team

Beside = subprocess.Popen[bytes] | None
"""The other process, or None."""

PATIENCE_S = 120
"""Seconds after which the other process is no longer waited for."""


def compile_beside(threads: int) -> Beside:
    """Begin to compile the loops of the iterations elsewhere; None where there is nothing to gain."""
    if threads == 1 or not sys.executable or _kept(cycle):
        return None
    command = [sys.executable, "-c", f"from {__name__} import solve_nothing; solve_nothing()"]
    try:
        return subprocess.Popen(  # noqa: S603 - this interpreter, with words of our own
            command,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
    except OSError:
        return None


def join(beside: Beside) -> None:
    """Wait until the loops are there, or it is clear that they will not be; a second time does nothing."""
    if beside is None:
        return
    try:
        beside.wait(PATIENCE_S)
    except subprocess.TimeoutExpired:
        pass
    finally:
        beside.kill()
        beside.wait()


def solve_nothing() -> None:
    """Iterate on one voxel without stiffness, so that what that takes is compiled and kept."""
    team = Team(1)
    unit = stiffness((1.0, 1.0, 1.0), 0.3)
    rows, packets, strips = _nothing()
    supports = held(rows, np.empty(0, np.int64))
    level = level_of(rows, packets, supports, unit, coefficients(unit), team)
    direct = Direct(np.empty(0, np.int64), np.empty((0, 0), np.float32))
    ladder = make_ladder([level] * 3, [strips] * 2, [make_steps(level)], direct)
    team.together(cycle, level.nodes, ladder, 0)
    vectors, double = Vectors(team, level.x.size), np.zeros(level.x.size)
    vectors.dots(level.x, double, double)
    vectors.follow(double, level.x, 0.0)
    vectors.advance(double, double, double, double, 0.0, level.b, 0.0)


def _nothing() -> tuple[Rows, Packets, Strips]:
    """Return the numbering of one voxel that carries nothing."""
    whole, half, none = np.int64, np.int32, np.empty(0, np.int32)
    plane_start = np.array([0, 4, 8], whole)
    rows = Rows(
        np.ones(3, whole),
        8 + PAD,
        plane_start,
        np.arange(0, 10, 2, dtype=whole) // 2,
        np.zeros(4, half),
        np.arange(0, 8, 2, dtype=half),
        np.full(4, 2, half),
    )
    packets = Packets(np.zeros(2, whole), np.arange(2, dtype=whole), none, np.empty(0, np.float32))
    strips = Strips(np.zeros(3, whole), none, np.empty(0, np.uint8), none)
    return rows, packets, strips


def _kept(loop: Any) -> bool:
    """Return whether a compiled loop lies on disk."""
    code = loop.py_func.__code__
    return any(Path(loop.stats.cache_path).glob(f"{Path(code.co_filename).stem}.{code.co_name}-*.nbi"))
