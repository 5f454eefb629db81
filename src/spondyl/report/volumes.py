"""Scans made small enough for a page: block means in steps of density, packed as text."""

from __future__ import annotations

import base64
import gzip
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from spondyl.errors import StudyError
from spondyl.report.rows import week_text
from spondyl.report.story import ScanVolume

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

LONGEST = 96
"""Voxels along the longest edge of a volume on the page, at most."""

MOST_BYTES = 12_000_000
"""Bytes of text that all volumes of a page may take."""

FULL = 1400.0
"""Density shown as the brightest step, mg HA/cm³; of other values it is the one that few exceed."""

STEP = 4
"""Steps of 255 that are told apart: finer ones are noise, and cost bytes."""


@dataclass(frozen=True, slots=True)
class Packed:
    """One volume as the page carries it; `data` is gzip in base64, axes ordered (z, y, x)."""

    animal: str
    label: str
    week: str
    shape: tuple[int, int, int]
    spacing: tuple[float, float, float]
    data: str

    def as_json(self) -> dict[str, Any]:
        """Return plain values."""
        return asdict(self)


def packed_volumes(scans: Sequence[ScanVolume], folder: Path) -> tuple[list[Packed], list[ScanVolume]]:
    """Return the volumes that fit onto a page, and those left out or unreadable.

    All weeks of an animal are shown, or none; animals come in the order given.
    """
    shown: list[Packed] = []
    left: list[ScanVolume] = []
    room = MOST_BYTES
    animals = dict.fromkeys(scan.animal for scan in scans)
    for animal in animals:
        own = [scan for scan in scans if scan.animal == animal]
        made = [pack(scan, folder / scan.path) for scan in own]
        size = sum(len(one.data) for one in made if one)
        if size > room or None in made:
            left += own
            continue
        room -= size
        shown += [one for one in made if one]
    return shown, left


def pack(scan: ScanVolume, path: Path) -> Packed | None:
    """Return a scan as the page carries it; None when it cannot be read."""
    import numpy as np

    from spondyl.volume import Meaning, read

    try:
        found = read(path)
        values = np.asarray(found.values(), np.float32)
    except (StudyError, OSError):
        return None
    full = FULL if found.meaning is Meaning.DENSITY else max(float(np.percentile(values, 99.9)), 1e-6)
    box = _box(values >= full / 8)
    small, every = _means(values[box])
    steps = np.clip(STEP * np.rint(small * (255 / full / STEP)), 0, 255).astype(np.uint8)
    content = gzip.compress(steps.tobytes(), 9, mtime=0)
    z, y, x = (edge * every for edge in found.grid.spacing_mm)
    nz, ny, nx = steps.shape
    text = base64.b64encode(content).decode("ascii")
    return Packed(scan.animal, scan.label, week_text(scan.week), (nz, ny, nx), (z, y, x), text)


def _box(bone: NDArray[np.bool_]) -> tuple[slice, ...]:
    """Return the box around the bone with a voxel of margin, whole when there is none."""
    import numpy as np

    found = []
    for axis in range(3):
        held = np.flatnonzero(bone.any(tuple(other for other in range(3) if other != axis)))
        low, high = (held[0], held[-1]) if held.size else (0, bone.shape[axis] - 1)
        found.append(slice(max(int(low) - 1, 0), int(high) + 2))
    return tuple(found)


def _means(values: NDArray[np.float32]) -> tuple[NDArray[np.float32], int]:
    """Return means of blocks, the last ones filled up with nothing, and the edge of a block."""
    import numpy as np

    every = -(-max(values.shape) // LONGEST)
    if every == 1:
        return values, 1
    filled = np.pad(values, [(0, -size % every) for size in values.shape])
    nz, ny, nx = (size // every for size in filled.shape)
    blocks = filled.reshape(nz, every, ny, every, nx, every)
    return np.asarray(blocks.mean(axis=(1, 3, 5)), np.float32), every
