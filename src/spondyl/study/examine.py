"""``spondyl doctor``: is this installation sound."""

from __future__ import annotations

import math
import os
import shutil
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from spondyl.study.provenance import machine, versions
from spondyl.threads import available_threads


@dataclass(frozen=True, slots=True)
class Finding:
    """One check of the doctor: what, whether it is well, what was found."""

    check: str
    ok: bool
    found: str


def examine() -> list[Finding]:
    """Check Python, packages, machine and disk, and measure a phantom of known volume and surface."""
    checks: tuple[tuple[str, Callable[[], tuple[bool, str]]], ...] = (
        ("Python", _python),
        ("packages", _packages),
        ("processor", lambda: (True, f"{machine()}, {available_threads()} cores")),
        ("memory", _memory),
        ("temporary disk", _disk),
        ("image formats", _formats),
        ("sphere, volume and surface", _sphere),
        ("cube, stiffness", _cube),
    )
    return [_guarded(name, check) for name, check in checks]


def _guarded(name: str, check: Callable[[], tuple[bool, str]]) -> Finding:
    try:
        ok, found = check()
    except Exception as error:  # noqa: BLE001  the doctor reports whatever is broken
        return Finding(name, False, f"{type(error).__name__}: {error}")
    return Finding(name, ok, found)


def _python() -> tuple[bool, str]:
    return sys.version_info >= (3, 11), f"{sys.version.split()[0]} at least 3.11 is needed"


def _packages() -> tuple[bool, str]:
    return True, ", ".join(f"{name} {text}" for name, text in versions().items() if name != "python")


def _memory() -> tuple[bool, str]:
    try:
        total = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, ValueError, OSError):
        return True, "not told by this system"
    return total > 2e9, f"{total / 1e9:.1f} GB in all"


def _disk() -> tuple[bool, str]:
    free = shutil.disk_usage(tempfile.gettempdir()).free
    return free > 1e9, f"{free / 1e9:.1f} GB free"


def _formats() -> tuple[bool, str]:
    import numpy as np

    from spondyl.volume import Grid, Meaning, Volume, read, write

    field = np.arange(60, dtype=np.int16).reshape(3, 4, 5)
    original = Volume(field, Grid(field.shape, (0.02, 0.01, 0.01)), Meaning.DENSITY)
    kept = []
    with tempfile.TemporaryDirectory() as folder:
        for suffix in (".nii", ".nii.gz", ".mha", ".tif", ".ome.zarr"):
            scan = read(write(original, Path(folder) / f"check{suffix}"))
            same = np.array_equal(scan.stored, field) and scan.grid.agrees_with(original.grid)
            kept.append((suffix, same and scan.meaning is Meaning.DENSITY))
    lost = [suffix for suffix, same in kept if not same]
    return (
        not lost,
        f"lost in {', '.join(lost)}"
        if lost
        else "written and read back without loss: " + ", ".join(suffix for suffix, _ in kept),
    )


def _sphere() -> tuple[bool, str]:
    import numpy as np

    from spondyl.assay import microct
    from spondyl.volume import Grid, Meaning, Scan

    radius, edge = 20.0, 48
    z, y, x = np.ogrid[:edge, :edge, :edge]
    distance = np.sqrt((z - 23.5) ** 2 + (y - 23.5) ** 2 + (x - 23.5) ** 2)
    grey = np.clip(radius - distance + 0.5, 0, 1)
    scan = Scan(grey, Grid(grey.shape, (1.0, 1.0, 1.0)), Meaning.RAW)
    found = microct.measure(scan, microct.Settings(threshold=0.5))
    volume_error = found.bv_mm3 / (4 / 3 * math.pi * radius**3) - 1
    surface_error = found.bs_mm2 / (4 * math.pi * radius**2) - 1
    ok = abs(volume_error) < 0.01 and abs(surface_error) < 0.02
    return (
        ok,
        f"volume {100 * volume_error:+.2f} %, surface {100 * surface_error:+.2f} % from the exact values",
    )


def _cube() -> tuple[bool, str]:
    import numpy as np

    from spondyl.assay import microct, strength
    from spondyl.volume import Grid, Meaning, Scan

    edge = (4, 4, 4)
    scan = Scan(np.ones(edge, np.bool_), Grid(edge, (1.0, 1.0, 1.0)), Meaning.LABELS)
    settings = strength.Settings(
        bone=microct.Settings(binary=True), modulus_mpa=1000.0, platens="frictionless"
    )
    found = strength.measure(scan, settings)
    error = found.apparent_modulus_mpa / 1000 - 1
    return abs(error) < 1e-5, f"{100 * error:+.1e} % from the exact value, {found.backend} backend"
