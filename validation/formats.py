"""One object in every scanner format, and the memory that reading a large stack takes."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import tifffile

from spondyl.volume import read
from validation.row import Row, below

_PEAK = """
import re, sys
from spondyl import volume

def resident(name):  # not getrusage: its peak is inherited from the parent
    return 1024 * int(re.search(name + r":\\s+(\\d+) kB", open("/proc/self/status").read())[1])

base = resident("VmRSS")
scan = volume.read(sys.argv[1], voxel_mm=0.01)
print((resident("VmHWM") - base) / scan.stored.nbytes, int(scan.stored[-1].max()))
"""


def same_object(shared: Path) -> Iterator[Row]:
    """AIM, ISQ, MHA, NRRD, NIfTI and DICOM of one object."""
    folder = shared / "microct" / "scanner_formats" / "ORMIR_XCT"
    truth = read(folder / "test_mha.mha")
    for name in ("test_aim.AIM", "test_isq.ISQ", "test_nrrd.nrrd", "test_nii.nii", "test_dicom"):
        scan = read(folder / name)
        differ = int(np.count_nonzero(np.asarray(scan.stored) != np.asarray(truth.stored)))
        size = f"{1000 * scan.grid.spacing_mm[0]:.2f} um"
        met = differ == 0 and scan.grid.agrees_with(truth.grid)
        yield Row(name, "same voxels as test_mha.mha", "0 differ", f"{differ} differ, {size}", "", met)


def memory(gigabytes: float = 2.0) -> Iterator[Row]:
    """Peak memory of reading a stack of slices, beyond the imports."""
    edge = 1024
    count = round(gigabytes * 1e9 / (edge * edge * 2))
    with tempfile.TemporaryDirectory() as name:
        for index in range(count):
            tifffile.imwrite(Path(name) / f"slice_{index:04d}.tif", np.full((edge, edge), index, np.uint16))
        done = subprocess.run([sys.executable, "-c", _PEAK, name], capture_output=True, text=True, check=True)
    ratio = float(done.stdout.split()[0])
    yield below(
        f"{count} slices, {gigabytes:g} GB", "peak memory of reading, share of the data", 1.3, ratio, "×"
    )
