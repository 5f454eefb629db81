"""Damaged files of every format: a scan or a ScanError, soon, and in bounded memory."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
import tracemalloc
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import fuzz_worker
from fuzz_worker import damaged_copy
from spondyl.errors import Mistake, ScanError
from spondyl.volume import read

NAMES = (
    "plain.nii", "own.nii", "packed.nii.gz", "plain.mha", "packed.mha", "plain.nrrd", "packed.nrrd",
    "none.tif", "lzw.tif", "deflate.tif", "packbits.tif", "imagej.tif", "own.tif", "slices",
    "series", "plain.isq", "calibrated.isq", "short.aim", "float.aim", "runs.aim", "plain.npz",
    "packed.npz", "own.ome.zarr",
)  # fmt: skip
REAL = (
    "ORMIR_XCT/test_nii.nii", "ORMIR_XCT/test_mha.mha", "ORMIR_XCT/test_nrrd.nrrd", "ORMIR_XCT/test_dicom",
    "ORMIR_XCT/test_isq.ISQ", "ORMIR_XCT/test_aim.AIM", "aimio-py/test_isq_calibrated_binary_25.ISQ",
)  # fmt: skip
QUICK = settings(max_examples=40, derandomize=True, deadline=10000, database=None)
# The most that one packed byte can stand for (LZW), and what the libraries themselves take.
RATIO, BASE = 2731, 64 << 20


def outcome(path: Path) -> str:
    """Read `path` under a watch on memory; whatever is neither a scan nor a ScanError comes out as it is."""
    files = [p for p in path.rglob("*") if p.is_file()] if path.is_dir() else [path]
    bound = BASE + RATIO * sum(p.stat().st_size for p in files)
    tracemalloc.start()
    try:
        with np.errstate(all="ignore"):
            scan = read(path, voxel_mm=0.02)
            scan.slab(0, 1)
        return "read"
    except ScanError as refused:
        message = str(refused).replace("\n", "")
        return "refused" if message.isprintable() and len(message) < 4000 else message
    finally:
        taken = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert taken < bound


@pytest.mark.parametrize("name", NAMES)
@given(seed=st.integers(0, 2**32 - 1))
@QUICK
def test_damaged(samples: dict[str, Path], name: str, seed: int) -> None:
    with tempfile.TemporaryDirectory() as scratch:
        assert outcome(damaged_copy(samples[name], Path(scratch), seed)) in {"read", "refused"}


@pytest.mark.parametrize("name", NAMES)
@given(share=st.floats(0, 1, exclude_max=True))
@QUICK
def test_truncated(samples: dict[str, Path], name: str, share: float) -> None:
    with tempfile.TemporaryDirectory() as scratch:
        target = Path(scratch) / name
        source = samples[name]
        if source.is_dir():
            shutil.copytree(source, target)
            cut = max((p for p in target.rglob("*") if p.is_file()), key=lambda p: p.stat().st_size)
        else:
            cut = target
            target.write_bytes(source.read_bytes())
        content = cut.read_bytes()
        cut.write_bytes(content[: int(share * len(content))])
        assert outcome(target) in {"read", "refused"}


@pytest.mark.shared
@pytest.mark.parametrize("name", REAL)
@given(seed=st.integers(0, 2**32 - 1))
@QUICK
def test_damaged_real_files(shared_data: Path, name: str, seed: int) -> None:
    real = shared_data / "microct" / "scanner_formats" / name
    with tempfile.TemporaryDirectory() as scratch:
        assert outcome(damaged_copy(real, Path(scratch), seed)) in {"read", "refused"}


@pytest.mark.parametrize(
    "name", ["short.aim", "float.aim", "runs.aim", "lzw.tif", "deflate.tif", "packbits.tif", "own.ome.zarr"]
)
def test_native_code_does_not_crash(samples: dict[str, Path], tmp_path: Path, name: str) -> None:
    command = [sys.executable, fuzz_worker.__file__, str(samples[name]), str(tmp_path), "0", "150"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    last = done.stderr.strip().splitlines()[-1:]
    assert done.returncode == 0, f"code {done.returncode}, last {last}: {done.stdout[-2000:]}"


def test_the_watch_sees_a_fault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The fuzz itself can fail: an escaping error, and an allocation beyond the bound."""
    (tmp_path / "a.nii").write_bytes(b"x" * 400)

    def escaping(*_: object, **__: object) -> None:
        raise KeyError("escaped")

    def greedy(*_: object, **__: object) -> None:
        np.ones(BASE + RATIO * 500, np.uint8)
        raise ScanError(Mistake("a", "b", "c"))

    monkeypatch.setattr(f"{__name__}.read", escaping)
    with pytest.raises(KeyError):
        outcome(tmp_path / "a.nii")
    monkeypatch.setattr(f"{__name__}.read", greedy)
    with pytest.raises(AssertionError):
        outcome(tmp_path / "a.nii")
