"""The report on kernels' times, with the times of this processor."""

from __future__ import annotations

import pytest

from mechanics_cases import porous
from spondyl.mechanics.backend import Task
from spondyl.mechanics.gpu.timing import VECTORS, kernel_times
from spondyl.mechanics.platens import platens


@pytest.mark.usefixtures("deep")
def test_every_kernel_is_timed_against_its_bytes(cupy) -> None:
    model = porous(70, (5, 6, 7))
    times = {t.name: t for t in kernel_times(Task(model, platens(model), 1e-6, 10), repeats=2, module=cupy())}
    assert set(times) == {*VECTORS, "copy", "iteration"}
    assert all(t.milliseconds > 0 and t.dofs_per_second > 0 for t in times.values())
    assert times["iteration"].gigabytes_per_second is None
    moved = {name: t.gigabytes_per_second * t.milliseconds for name, t in times.items() if name in VECTORS}
    assert moved["residual"] < moved["smooth"] < moved["advance_double"]
