"""Which nodes and elements exist and where they are stored; found on the device itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from spondyl.cuda import pointer
from spondyl.errors import MechanicsError, Mistake
from spondyl.mechanics.gpu.device import Device
from spondyl.mechanics.gpu.layout import BOX, LEVEL, Record, record

BRICK = (4, 4, 2)
"""Rows in z and y and Words of 32 places in x whose nodes are taken one after the other."""

FIRST = 32
"""Number of the first node; the same number stands in ``kernels/records.cu``."""

WORD = 32
WORD_BYTES = 28
"""Of marking one Word: the Words of nodes and of elements, a count and a running sum."""

NODE_BYTES = 9
"""Of a node that is no vector: place, weight and supports."""

ELEMENT_BYTES = 4
"""Of an element: its modulus."""

BRICK_BYTES = 12
"""Of listing the places of one Word of a brick: a count and a running sum."""

MOST_BITS = 32
MOST_NODES = 2**31 - 2 * FIRST


@dataclass(frozen=True, slots=True)
class Numbering:
    """The nodes and elements of one level.

    Parameters
    ----------
    box : record of its voxels, :data:`spondyl.mechanics.gpu.layout.BOX`.
    record : what kernels take; the fields of moduli and supports are still empty.
    nodes, elements, places : arrays on the device; see ``kernels/records.cu``.
    count, element_count : number of nodes and of elements.
    """

    box: Record
    record: Record
    nodes: Any
    elements: Any
    places: Any
    count: int
    element_count: int

    @property
    def stride(self) -> int:
        """Distance between the components of a vector; a multiple of 32 for aligned access."""
        return int(self.record["stride"][0])

    @property
    def words(self) -> int:
        """Number of Words."""
        return words_of(self.record)


def box_of(shape: tuple[int, ...]) -> Record:
    """Return the record of an array of voxels (z, y, x)."""
    nz, ny, nx = shape
    brick_z, brick_y, brick_x = BRICK
    return record(BOX, nz=nz, ny=ny, nx=nx, brick_z=brick_z, brick_y=brick_y, brick_x=brick_x)


def shape_of(box: Record) -> tuple[int, int, int]:
    """Return the number of voxels (z, y, x)."""
    return int(box["nz"][0]), int(box["ny"][0]), int(box["nx"][0])


def words_of(level: Record) -> int:
    """Return how many Words the rows of nodes take."""
    return int(np.prod([int(level[name][0]) for name in ("nz", "ny", "words")]))


def places_of(box: Record, *, wrap: bool) -> Record:
    """Return the record of the places of nodes of a box of voxels, nothing stored yet.

    Raises
    ------
    MechanicsError
        If the places are more than 32 bits can name.
    """
    nz, ny, nx = (n + (not wrap) for n in shape_of(box))
    bits = [(n - 1).bit_length() for n in (nx, ny, nz)]
    if sum(bits) > MOST_BITS or nz * ny * -(-nx // WORD) >= 2**31:
        allowed = "must have fewer on the CUDA backend: use --backend cpu, or larger voxels"
        raise MechanicsError(Mistake("model", f"an array of {nx - 1} x {ny - 1} x {nz - 1} voxels", allowed))
    return record(
        LEVEL,
        nx=nx,
        ny=ny,
        nz=nz,
        words=-(-nx // WORD),
        shift_y=bits[0],
        shift_z=bits[0] + bits[1],
        wrap=wrap,
    )


def number(device: Device, box: Record, modulus: Any, *, wrap: bool) -> Numbering:
    """Return the numbering of the voxels that carry stiffness.

    Parameters
    ----------
    box : record of the voxels.
    modulus : of each voxel, on the device, float32 (z · y · x,).
    wrap : whether opposite faces are one set of nodes.
    """
    level = places_of(box, wrap=wrap)
    size = words_of(level)
    elements, nodes = device.empty(2 * size, np.uint32), device.empty(2 * size, np.uint32)
    level["elements"], level["nodes"] = pointer(elements), pointer(nodes)
    counts = device.empty(size, np.int32)
    device.launch("mark_elements", size, level, box, modulus, counts)
    sums, element_count = device.running_sum(counts)
    device.launch("number", size, elements, counts, sums, np.int32(0), np.int64(size))
    device.launch("mark_nodes", size, level, counts)
    sums, count = device.running_sum(counts)
    if count > MOST_NODES:
        raise device.refusal(f"a model of {count} nodes")
    listing = BRICK_BYTES * int(np.prod(_bricks(level)) * np.prod(BRICK))
    kept = NODE_BYTES * count + ELEMENT_BYTES * element_count
    device.require(kept + listing, f"a model of {count} nodes")
    device.launch("number", size, nodes, counts, sums, np.int32(FIRST), np.int64(size))
    level["count"], level["stride"] = count, -(-(FIRST + count + 1) // WORD) * WORD
    places = _places(device, box, level)
    return Numbering(box, level, nodes, elements, places, count, element_count)


def _places(device: Device, box: Record, level: Record) -> Any:
    """Return the place of each node, brick by brick."""
    size = int(np.prod(_bricks(level)) * np.prod(BRICK))
    counts = device.empty(size, np.int32)
    device.launch("count_bricks", size, level, box, counts, np.int64(size))
    sums, count = device.running_sum(counts)
    places = device.empty(count, np.uint32)
    level["places"] = pointer(places)
    device.launch("list_places", size, level, box, counts, sums, np.int64(size))
    return places


def _bricks(level: Record) -> list[int]:
    """Return how many bricks lie along z, y and x."""
    return [-(-int(level[name][0]) // size) for name, size in zip(("nz", "ny", "words"), BRICK, strict=True)]
