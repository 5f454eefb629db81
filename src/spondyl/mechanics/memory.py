"""Whether a solve will fit: what it will take, told before it takes it, and what is free.

What the cpu backend takes beside the model follows from the number of nodes. Per node and component it holds
three vectors of single precision and five of double precision; the rest is the list of elements, the coarse
levels and the forces under way between slabs, which differ little from bone to bone.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from spondyl.errors import MechanicsError, Mistake
from spondyl.mechanics.model import Conditions, Model

NODE = 195
"""Bytes a node of the cpu backend: 160 of vectors, the rest measured (177 solid, 187 to 213 porous)."""

PERIODIC_NODE = 300
"""The same of a periodic model, between what was measured (252 solid, 326 to 366 porous)."""

VOXEL = 11
"""Bytes a voxel of the box while parts are labelled and loose ones removed."""

REFERENCE_ELEMENT = 27_500
"""Bytes an element of the reference backend, measured; factors of small systems come on top."""

MOST_NODES = 2**31 - 1
"""Nodes of the cpu backend have numbers of 32 bits."""

MEMINFO = Path("/proc/meminfo")
MEMBERSHIP = Path("/proc/self/cgroup")
GROUPS = Path("/sys/fs/cgroup")


def refuse_too_large(model: Model, conditions: Conditions, backend: str) -> None:
    """Raise if a solve needs more memory than is free, or more node numbers than there are.

    Where the system does not tell what is free, only the numbers are checked.

    Raises
    ------
    MechanicsError
        If the solve does not fit.
    """
    nodes = count_nodes(model)
    if backend == "cpu" and nodes > MOST_NODES:
        allowed = f"must be at most {MOST_NODES:,}: crop the volume or take coarser voxels"
        raise MechanicsError(Mistake("size", f"{nodes:,} nodes", allowed))
    needed, free = _bytes(model, conditions, backend, nodes), free_bytes()
    if free is not None and needed > free:
        given = f"{3 * nodes:,} degrees of freedom, which need {_gb(needed)} while {_gb(free)} are free"
        allowed = "must fit: crop the volume, take coarser voxels, or use a machine with more memory"
        raise MechanicsError(Mistake("memory", given, allowed))


def predicted_bytes(model: Model, conditions: Conditions, backend: str = "cpu") -> int:
    """Return how much memory a solve will take above what holds the model, bytes.

    Examples
    --------
    >>> from spondyl.volume import Grid
    >>> block = Model(Grid((99, 99, 99), (0.02,) * 3), np.ones((99, 99, 99), np.float32))
    >>> predicted_bytes(block, Conditions())
    195000000
    """
    return _bytes(model, conditions, backend, count_nodes(model))


def _bytes(model: Model, conditions: Conditions, backend: str, nodes: int) -> int:
    if backend == "reference":
        return REFERENCE_ELEMENT * int(np.count_nonzero(model.modulus))
    labels = VOXEL * model.modulus.size
    if backend == "cuda":  # the rest lies on the device
        return labels
    return max(labels, nodes * (PERIODIC_NODE if conditions.periodic else NODE))


def count_nodes(model: Model) -> int:
    """Return how many nodes belong to an element.

    Examples
    --------
    >>> from spondyl.volume import Grid
    >>> count_nodes(Model(Grid((2, 2, 2), (1, 1, 1)), np.eye(2)[:, :, None] * [1, 0]))
    14
    """
    rows, columns = model.grid.shape[1:]
    before = np.zeros((rows, columns), np.bool_)
    plane = np.empty((rows + 1, columns + 1), np.bool_)
    total = 0
    for layer in range(model.nodes_shape[0]):
        here = model.modulus[layer] > 0 if layer < model.grid.shape[0] else np.zeros_like(before)
        both = before | here
        plane[:] = False
        for j in (0, 1):
            for i in (0, 1):
                plane[j : j + rows, i : i + columns] |= both
        total += int(np.count_nonzero(plane))
        before = here
    return total


def free_bytes() -> int | None:
    """Return how much memory this process can still take, bytes; None where the system does not tell."""
    told = [free for free in (_of_machine(), *_of_groups()) if free is not None]
    return min(told, default=None)


def _of_machine() -> int | None:
    if MEMINFO.exists():
        for line in MEMINFO.read_text("ascii", "replace").splitlines():
            if line.startswith("MemAvailable:"):
                return int(line.split()[1]) * 1024
    try:
        # All there is where the system does not tell what is free.
        name = "SC_AVPHYS_PAGES" if "SC_AVPHYS_PAGES" in os.sysconf_names else "SC_PHYS_PAGES"
        free = os.sysconf(name) * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, ValueError, OSError):
        return None
    return free if free > 0 else None


def _of_groups() -> Iterator[int]:
    """Yield what is left of each limit on the control groups this process is in, both versions of them."""
    try:
        lines = MEMBERSHIP.read_text("utf-8", "replace").splitlines()
    except OSError:
        return
    for line in lines:
        _, controllers, inside = line.split(":", 2)
        if not controllers:
            names = ("memory.max", "memory.current", "inactive_file")
            yield from _left(GROUPS, inside, *names)
        elif "memory" in controllers.split(","):
            names = ("memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file")
            yield from _left(GROUPS / "memory", inside, *names)


def _left(top: Path, inside: str, limit: str, used: str, cache: str) -> Iterator[int]:
    """Yield what is left of the limits of a group and those it lies in; file cache that can go is no use."""
    group = top / inside.strip("/")
    while group.is_relative_to(top):
        try:
            most, now = ((group / name).read_text("ascii").strip() for name in (limit, used))
            stat = dict(line.split() for line in (group / "memory.stat").read_text("ascii").splitlines())
            if most != "max":
                yield max(int(most) - int(now) + int(stat.get(cache, 0)), 0)
        except (OSError, ValueError):
            pass  # the group has no limit of its own, or its files cannot be seen from here
        group = group.parent


def _gb(count: int) -> str:
    return f"{count / 1e9:.3g} GB"
