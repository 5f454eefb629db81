"""Healing on a CUDA device takes the course it takes on the processor; here the device is a stand-in."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

from cuda_fixtures import Cupy, cupy, kernel_folder
from cupy_on_cpu import CupyOnCpu, image_functions
from spondyl import healing
from spondyl.errors import HealingError
from spondyl.healing import Change, HealingCourse, Now
from spondyl.transport import gpu
from spondyl.vertebra import Vertebra, rat

__all__ = ["cupy", "kernel_folder"]


@pytest.fixture
def device(cupy: Cupy, monkeypatch: pytest.MonkeyPatch) -> CupyOnCpu:
    module = cupy()
    monkeypatch.setitem(sys.modules, "cupy", module)
    monkeypatch.setitem(sys.modules, "cupyx.scipy.ndimage", image_functions())
    gpu.device.cache_clear()
    return module


@pytest.fixture(scope="module")
def bone() -> Vertebra:
    from spondyl import donor, graft, spheroid

    hole = rat("L5", seed=7, voxel="250 um", arch=False).drill(diameter="1.5 mm", depth="1.5 mm")
    cells = donor.expand(donor.harvest(species="rat", age="12 week", fat="1 g", seed=1), passages=1)
    lot = spheroid.culture(cells, cells_each=2000, count=60, osteogenic="7 day", days="8 day").lot()
    return hole.fill(graft.mix(lot, granules="beta-TCP 0.3-0.6 mm", spheroids=60), seed=1)


def same(one: HealingCourse, other: HealingCourse, tolerance: float) -> None:
    assert [day["day"] for day in one.days] == [day["day"] for day in other.days]
    for mine, theirs in zip(one.days, other.days, strict=True):
        for name, value in mine.items():
            assert theirs[name] == pytest.approx(value, rel=tolerance, abs=1e-9), (mine["day"], name)
    for day, state in one.states.items():
        for name, values in state.fields.items():
            assert type(other.states[day][name]) is np.ndarray
            size = max(float(values.max()), 1e-9)
            assert np.abs(other.states[day][name] - values).max() < 10 * tolerance * size, (day, name)


def test_the_course_is_the_same(bone: Vertebra, device: CupyOnCpu) -> None:
    there = healing.run(bone, weeks=1, follow_up=[0, 1], backend="cuda")
    assert device.launched
    same(healing.run(bone, weeks=1, follow_up=[0, 1], threads=1), there, 1e-3)


@pytest.mark.usefixtures("device")
def test_an_interrupted_run_goes_on_from_its_checkpoint(bone: Vertebra, tmp_path: Path) -> None:
    class Enough(Exception):
        pass

    def stop(progress: healing.Progress) -> None:
        if progress.day == 2:
            raise Enough

    path = tmp_path / "course.npz"
    with pytest.raises(Enough):
        healing.run(bone, weeks=4 / 7, backend="cuda", checkpoint=path, progress=stop)
    resumed = healing.run(bone, weeks=4 / 7, backend="cuda", checkpoint=path)
    same(healing.run(bone, weeks=4 / 7, backend="cuda"), resumed, 1e-15)


@pytest.mark.usefixtures("device")
@pytest.mark.parametrize(("field", "wrong"), [("vessel", np.nan), ("oxygen", -1.0), ("marrow", 2.0)])
def test_a_field_gone_wrong_is_named(bone: Vertebra, field: str, wrong: float) -> None:
    def spoilt(now: Now, days: float) -> Change:  # noqa: ARG001
        values = now[field].copy()
        values[3:5] = wrong
        return Change({field: values})

    with pytest.raises(HealingError, match=r"day 0, survival.* in voxel"):
        healing.run(bone, weeks=1 / 7, backend="cuda", rules={"survival": spoilt})


def test_what_cannot_be_had_is_told(bone: Vertebra, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(HealingError, match="backend"):
        healing.run(bone, weeks=1, backend="gpu")
    monkeypatch.setitem(sys.modules, "cupy", None)
    with pytest.raises(HealingError, match="no CuPy"):
        healing.run(bone, weeks=1, backend="cuda")
