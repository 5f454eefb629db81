"""The cuda backend takes the steps of the reference: kernels and driver run on the processor."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys

import numpy as np
import pytest

from cupy_on_cpu import KERNEL
from spondyl.cuda import BLOCK
from spondyl.errors import TransportError
from spondyl.transport import diffuse, gpu
from spondyl.transport.gpu.device import source
from transport_cases import box, same_diffusion, same_drift, same_front, same_rest


@pytest.mark.parametrize("shape", [(5, 6, 7), (3, 40, 2)])
@pytest.mark.parametrize("kind", ["plain", "decay", "held", "all"])
@pytest.mark.parametrize("order", [1, 2])
@pytest.mark.parametrize("varying", [True, False])
@pytest.mark.usefixtures("device")
def test_diffuse(varying: bool, order: int, kind: str, shape: tuple[int, int, int]) -> None:
    same_diffusion("cuda", shape, kind, order, varying=varying)


@pytest.mark.parametrize("shape", [(5, 6, 7), (1, 1, 17), (3, 20, 2)])
@pytest.mark.parametrize("ceiling", [None, [0.8, 2.0]])
@pytest.mark.usefixtures("device")
def test_drift(ceiling: list[float] | None, shape: tuple[int, int, int]) -> None:
    same_drift("cuda", shape, ceiling)


@pytest.mark.parametrize("shape", [(9, 10, 11), (6, 1, 1)])
@pytest.mark.parametrize("half", [1e-5, 10.0])
@pytest.mark.usefixtures("device")
def test_steady(half: float, shape: tuple[int, int, int]) -> None:
    same_rest("cuda", shape, half)


@pytest.mark.parametrize("device", [0, 1], ids=["forwards", "backwards"], indirect=True)
def test_every_kernel_runs_in_any_order_of_threads(device) -> None:
    same_diffusion("cuda", (5, 7, 8), "all", 2, varying=True)
    same_drift("cuda", (5, 7, 8), None)
    same_rest("cuda", (9, 7, 8), 0.01)
    same_front("cuda", (9, 7, 8))
    assert set(device.launched) == set(KERNEL.findall(source()))


def test_what_is_missing_is_told(cupy, monkeypatch: pytest.MonkeyPatch) -> None:
    domain = box((2, 2, 2))
    for module, told in (
        (None, "no CuPy"),
        (cupy(devices=0), "no CUDA device"),
        (cupy(memory=10), "fills the device"),
    ):
        monkeypatch.setitem(sys.modules, "cupy", module)
        gpu.device.cache_clear()
        with pytest.raises(TransportError, match=told):
            diffuse(domain, np.ones(domain.shape), 1.0, 1.0, backend="cuda")
    gpu.device.cache_clear()


def test_numbers_that_the_driver_shares_with_the_kernels() -> None:
    assert dict(re.findall(r"#define (\w+) (\d+)", source())) == {"BLOCK": str(BLOCK)}


def test_the_compiler_for_the_device_takes_the_kernels(tmp_path) -> None:
    if shutil.which("nvcc") is None:
        pytest.skip("needs nvcc")
    path = tmp_path / "kernels.cu"
    path.write_text(source(), encoding="utf-8")
    command = ["nvcc", "-cubin", "-arch=sm_80", "-std=c++17", "-Werror", "all-warnings", str(path)]
    done = subprocess.run(
        [*command, "-o", str(tmp_path / "kernels.cubin")], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
