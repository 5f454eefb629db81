"""ParOSol, run as its own program through `parosol-py` in an interpreter where that is installed.

``SPONDYL_PAROSOL_PYTHON`` names the interpreter; without it, the one that runs the benchmark is tried.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

_RUN = """
import json, re, subprocess, sys, tempfile, threading, time
from pathlib import Path
import h5py
import numpy as np
from parosol_py.boundary_conditions import axial_compression
from parosol_py.hdf5_io import write_parosol_input
from parosol_py.runner import build_parosol_command, packaged_executable, run_parosol

peaks = {}

def watch(stop):  # what the ranks hold at most, told by the system while they run
    while not stop.wait(0.1):
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                if (folder / "comm").read_text().strip() != "parosol":
                    continue
                told = re.search(r"VmHWM:\\s+(\\d+)", (folder / "status").read_text())
            except OSError:
                continue
            if told:
                peaks[folder.name] = int(told[1]) * 1024

modulus_gpa, voxel, ranks = np.load(sys.argv[1]) / 1000, float(sys.argv[2]), int(sys.argv[3])
xyz = np.ascontiguousarray(modulus_gpa.transpose(2, 1, 0))
where, values = axial_compression(xyz, axis="z", strain=-0.01, voxel_size_mm=voxel)
with tempfile.TemporaryDirectory() as folder:
    path = Path(folder) / "model.h5"
    write_parosol_input(
        path, stiffness_gpa_xyz=xyz, fixed_displacement_coordinates=where, fixed_displacement_values=values,
        voxel_size_mm=voxel, poisson_ratio=0.3,
    )
    command = build_parosol_command(
        executable=packaged_executable(), input_file=path, outputs=(), tolerance=1e-6, mpi_processes=ranks
    )
    stop = threading.Event()
    watcher = threading.Thread(target=watch, args=(stop,), daemon=True)
    watcher.start()
    done = run_parosol(command)
    stop.set()
    if done.returncode:
        sys.exit(done.stderr[-2000:])
    with h5py.File(path) as file:
        force = np.asarray(file["Solution/force"])
        height = np.asarray(file["Mesh/Coordinates"])[:, 2]
        top = float(force[np.isclose(height, height.max()), 2].sum())
print(json.dumps([done.summary.overall_time_seconds, done.summary.iterations, sum(peaks.values()), top]))
"""


class Run(NamedTuple):
    """Seconds that ParOSol reports of itself, iterations, peak memory of all ranks, force on the top, N."""

    seconds: float
    iterations: int
    peak_bytes: int
    force: float


def interpreter() -> str | None:
    """Return an interpreter that has parosol-py, or None."""
    python = os.environ.get("SPONDYL_PAROSOL_PYTHON", sys.executable)
    asked = subprocess.run([python, "-c", "import parosol_py, h5py"], capture_output=True, check=False)
    return python if asked.returncode == 0 else None


def run(python: str, modulus: NDArray[np.float32], voxel_mm: float, ranks: int) -> Run:
    """Solve bonded platens along z at 1 % strain, ν 0.3, to a relative residual of 1e-6."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "modulus.npy"
        np.save(path, modulus)
        command = [python, "-c", _RUN, str(path), str(voxel_mm), str(ranks)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr)
    return Run(*json.loads(done.stdout.splitlines()[-1]))
