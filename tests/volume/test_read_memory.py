"""Reading costs no more memory than the volume."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

SLICES, EDGE = 100, 1024  # 200 MiB of two-byte voxels
MEASURE = """
import re, sys
import numpy as np
from spondyl.volume import read

def kilobytes(name):  # getrusage would give the parent's peak too, which outlives fork and exec
    with open("/proc/self/status") as status:
        return int(re.search(name + r":\\s+(\\d+) kB", status.read())[1])

warm, path, touch = sys.argv[1:]
read(warm, voxel_mm=0.02)  # imports count as the baseline
before = kilobytes("VmRSS")
scan = read(path, voxel_mm=0.02)
used = range(scan.grid.shape[0] if touch == "yes" else 0)
total = sum(int(scan.stored[k].sum(dtype=np.int64)) for k in used)
print((kilobytes("VmHWM") - before) * 1024 / scan.stored.nbytes, total)
"""

pytestmark = pytest.mark.skipif(
    not Path("/proc/self/status").exists(), reason="this system tells no peak memory"
)


def peak(warm: Path, path: Path, *, touch: bool) -> tuple[float, int]:
    """Return the growth of resident memory over the size of the volume, and the sum of its voxels."""
    command = [sys.executable, "-c", MEASURE, str(warm), str(path), "yes" if touch else "no"]
    out = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout
    growth, total = out.split()
    return float(growth), int(total)


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Path:
    import tifffile

    folder = tmp_path_factory.mktemp("stack")
    plane = np.arange(EDGE * EDGE, dtype=np.uint16).reshape(EDGE, EDGE)
    for k in range(SLICES):
        tifffile.imwrite(folder / f"slice{k:04d}.tif", plane + k, photometric="minisblack")
    return folder


def test_a_folder_of_slices_peaks_under_1_3_of_its_size(samples: dict[str, Path], stack: Path) -> None:
    growth, total = peak(samples["slices"], stack, touch=True)
    plane = np.arange(EDGE * EDGE, dtype=np.uint16)
    assert total == sum(int((plane + np.uint16(k)).sum(dtype=np.int64)) for k in range(SLICES))
    assert growth < 1.3


def test_a_plain_file_is_mapped_and_costs_nothing_until_it_is_used(
    samples: dict[str, Path], tmp_path: Path
) -> None:
    import tifffile

    tifffile.imwrite(tmp_path / "a.tif", np.ones((SLICES, EDGE, EDGE), np.uint16), photometric="minisblack")
    assert peak(samples["none.tif"], tmp_path / "a.tif", touch=False)[0] < 0.1
    assert peak(samples["none.tif"], tmp_path / "a.tif", touch=True)[0] < 1.3


def test_the_search_for_nan_does_not_double_it(samples: dict[str, Path], tmp_path: Path) -> None:
    from spondyl.volume import Grid, Meaning, Volume, write

    array = np.ones((SLICES // 2, EDGE, EDGE), np.float32)
    path = write(Volume(array, Grid(array.shape, (1, 1, 1)), Meaning.RAW), tmp_path / "a.nii")
    assert peak(samples["imagej.tif"], path, touch=False)[0] < 1.3


def test_packed_voxels_are_unpacked_into_place(samples: dict[str, Path], tmp_path: Path) -> None:
    array = np.ones((SLICES // 2, EDGE, EDGE), np.uint16)
    np.savez_compressed(tmp_path / "a.npz", volume=array)
    assert peak(samples["packed.npz"], tmp_path / "a.npz", touch=True)[0] < 1.3
