"""The kernels as the compiler for the device sees them; needs nvcc, no GPU."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from cupy_on_cpu import KERNEL
from spondyl.cuda import BLOCK
from spondyl.mechanics.gpu.device import source
from spondyl.mechanics.gpu.multigrid import LANES
from spondyl.mechanics.gpu.numbering import FIRST

SWEEPS = {"smooth", "smooth_first", "smooth_last", "smooth_last_double", "residual", "product"}
MOST_REGISTERS = 80
"""Of a kernel that sweeps in single precision: three blocks of 256 threads fit the 65,536 of a processor."""


def test_numbers_that_the_driver_shares_with_the_kernels() -> None:
    defined = dict(re.findall(r"#define (\w+) (\d+)", source()))
    assert defined == {"BLOCK": str(BLOCK), "FIRST": str(FIRST), "SHARE": str(LANES), "RESIDENT": "4"}
    assert LANES**2 == BLOCK


@pytest.mark.parametrize("architecture", ["sm_75", "sm_80", "sm_90"])
def test_no_kernel_spills(architecture: str, tmp_path: Path) -> None:
    if shutil.which("nvcc") is None:
        pytest.skip("needs nvcc")
    path = tmp_path / "kernels.cu"
    path.write_text(source(), encoding="utf-8")
    command = [
        "nvcc",
        "-cubin",
        f"-arch={architecture}",
        "-std=c++17",
        "-Xptxas",
        "-v",
        "-Werror",
        "all-warnings",
    ]
    done = subprocess.run(
        [*command, str(path), "-o", str(tmp_path / "kernels.cubin")],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    found = re.findall(
        r"entry function '(\w+)'.*?(\d+) bytes stack frame, (\d+) bytes spill stores, (\d+) bytes spill loads"
        r".*?Used (\d+) registers",
        done.stderr,
        re.DOTALL,
    )
    assert {name for name, *_ in found} == set(KERNEL.findall(source()))
    for name, *memory, registers in found:
        assert memory == ["0", "0", "0"], name
        assert int(registers) <= (MOST_REGISTERS if name in SWEEPS else 128), name
