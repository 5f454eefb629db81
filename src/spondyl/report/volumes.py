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

SHORTER = 56
"""The same of the animals for whose finer volumes a page has no room."""

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

    All weeks of an animal are shown, or none. Every animal has its coarser volumes if they all fit; the first
    ones, in the order given, have finer ones in the room that is left.
    """
    own: dict[str, list[ScanVolume]] = {}
    for scan in scans:
        own.setdefault(scan.animal, []).append(scan)
    chosen: dict[str, list[Packed]] = {}
    finer: dict[str, list[Packed]] = {}
    room = fine_room = MOST_BYTES
    for animal, of_it in own.items():
        made = [both for scan in of_it if (both := _packed(scan, folder / scan.path, (LONGEST, SHORTER)))]
        fine, coarse = [one[0] for one in made], [one[1] for one in made]
        if len(made) < len(of_it) or _bytes(coarse) > room:
            continue
        chosen[animal] = coarse
        room -= _bytes(coarse)
        if _bytes(fine) <= fine_room:
            finer[animal] = fine
            fine_room -= _bytes(fine)
    for animal, fine in finer.items():
        more = _bytes(fine) - _bytes(chosen[animal])
        if more <= room:
            chosen[animal] = fine
            room -= more
    left = [scan for animal, of_it in own.items() if animal not in chosen for scan in of_it]
    return [one for volumes in chosen.values() for one in volumes], left


def _bytes(volumes: Sequence[Packed]) -> int:
    return sum(len(one.data) for one in volumes)


def pack(scan: ScanVolume, path: Path) -> Packed | None:
    """Return a scan as the page carries it; None when it cannot be read."""
    made = _packed(scan, path, (LONGEST,))
    return made[0] if made else None


def _packed(scan: ScanVolume, path: Path, longest: Sequence[int]) -> list[Packed]:
    """Return a scan with so many voxels along its longest edge at most; nothing when it cannot be read."""
    import numpy as np

    from spondyl.volume import Meaning, read

    try:
        found = read(path)
        values = np.asarray(found.values(), np.float32)
    except (StudyError, OSError):
        return []
    full = FULL if found.meaning is Meaning.DENSITY else max(float(np.percentile(values, 99.9)), 1e-6)
    held = values[_box(values >= full / 8)]
    made: list[Packed] = []
    for most in longest:
        small, every = _means(held, most)
        steps = np.clip(STEP * np.rint(small * (255 / full / STEP)), 0, 255).astype(np.uint8)
        z, y, x = (edge * every for edge in found.grid.spacing_mm)
        nz, ny, nx = steps.shape
        text = base64.b64encode(gzip.compress(steps.tobytes(), 9, mtime=0)).decode("ascii")
        made.append(Packed(scan.animal, scan.label, week_text(scan.week), (nz, ny, nx), (z, y, x), text))
    return made


def _box(bone: NDArray[np.bool_]) -> tuple[slice, ...]:
    """Return the box around the bone with a voxel of margin, whole when there is none."""
    import numpy as np

    found = []
    for axis in range(3):
        held = np.flatnonzero(bone.any(tuple(other for other in range(3) if other != axis)))
        low, high = (held[0], held[-1]) if held.size else (0, bone.shape[axis] - 1)
        found.append(slice(max(int(low) - 1, 0), int(high) + 2))
    return tuple(found)


def _means(values: NDArray[np.float32], longest: int) -> tuple[NDArray[np.float32], int]:
    """Return means of blocks, the last ones filled up with nothing, and the edge of a block."""
    import numpy as np

    every = -(-max(values.shape) // longest)
    if every == 1:
        return values, 1
    filled = np.pad(values, [(0, -size % every) for size in values.shape])
    nz, ny, nx = (size // every for size in filled.shape)
    blocks = filled.reshape(nz, every, ny, every, nx, every)
    return np.asarray(blocks.mean(axis=(1, 3, 5)), np.float32), every
