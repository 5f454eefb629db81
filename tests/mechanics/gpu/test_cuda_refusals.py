"""What the cuda backend says where it cannot be used."""

from __future__ import annotations

import sys

import numpy as np
import pytest

from mechanics_cases import noise, porous
from spondyl.errors import MechanicsError
from spondyl.mechanics.backend import Task
from spondyl.mechanics.gpu import available, solve
from spondyl.mechanics.gpu.device import Device
from spondyl.mechanics.gpu.loads import last_of_each
from spondyl.mechanics.gpu.numbering import box_of, places_of
from spondyl.mechanics.gpu.system import System, vector_bytes
from spondyl.mechanics.model import Conditions, Model
from spondyl.mechanics.platens import platens
from spondyl.volume import Grid

pytestmark = pytest.mark.usefixtures("deep")


def task(model: Model, tolerance: float = 1e-6, iterations: int = 100) -> Task:
    return Task(model, platens(model), tolerance, iterations)


def test_no_cupy(monkeypatch) -> None:
    monkeypatch.setitem(sys.modules, "cupy", None)
    assert available() == "no CuPy"
    with pytest.raises(MechanicsError, match=r"no CuPy; .*pip install 'spondyl\[cuda\]'.*--backend cpu"):
        solve(task(porous(1)))


def test_no_device(cupy) -> None:
    assert available(cupy(devices=0)) == "no CUDA device"
    with pytest.raises(MechanicsError, match="no CUDA device; "):
        solve(task(porous(1)), cupy(devices=0))


def test_no_driver(cupy) -> None:
    assert "driver version is insufficient" in available(cupy(devices=None))
    with pytest.raises(MechanicsError, match="driver version is insufficient"):
        solve(task(porous(1)), cupy(devices=None))


def test_a_device_that_can_be_used(cupy) -> None:
    assert available(cupy()) is None


def test_cupy_is_found_where_it_is_installed(cupy, monkeypatch) -> None:
    monkeypatch.setitem(sys.modules, "cupy", cupy())
    assert available() is None
    assert solve(task(porous(1, (5, 5, 5)))).relative_residual <= 1e-6


@pytest.mark.parametrize("share", [0.05, 0.5, 0.95])
def test_a_model_that_does_not_fit_is_refused_before_its_memory_is_taken(cupy, share: float) -> None:
    model = porous(60, (16, 17, 18))
    roomy = cupy()
    solve(task(model, 0.1), roomy)
    tight = cupy(memory=int(share * roomy.peak))
    with pytest.raises(
        MechanicsError, match=r"which needs .* GB where .* GB are free; must fit: use --backend"
    ):
        solve(task(model), tight)
    assert tight.peak <= share * roomy.peak


def test_what_is_predicted_is_taken(cupy) -> None:
    model, module = porous(61, (12, 13, 14)), cupy()
    device = Device(module)
    with device.working():
        system = System(device, task(model))
        taken = module.used()
    predicted = vector_bytes(system.multigrid.levels)
    assert 0.75 * predicted < taken < 1.25 * predicted


def test_memory_that_runs_out_all_the_same(cupy, monkeypatch) -> None:
    model, roomy = porous(62), cupy()
    solve(task(model), roomy)
    monkeypatch.setattr(Device, "require", lambda *_: None)
    with pytest.raises(MechanicsError, match="a model that fills the device"):
        solve(task(model), cupy(memory=roomy.peak // 2))


def test_a_box_whose_places_have_too_many_bits() -> None:
    places_of(box_of((2047, 2047, 1023)), wrap=False)
    with pytest.raises(MechanicsError, match="an array of 2048 x 2047 x 1024 voxels"):
        places_of(box_of((1024, 2047, 2048)), wrap=False)


def test_too_few_iterations(cupy) -> None:
    with pytest.raises(MechanicsError, match=r"after 3 iterations; must reach 1\.0e-06: allow more"):
        solve(task(porous(63), iterations=3), cupy())


def test_a_tolerance_that_cannot_be_reached(cupy) -> None:
    with pytest.raises(MechanicsError, match=r"no longer falls; must reach 1\.0e-18"):
        solve(task(porous(64, (4, 5, 5)), 1e-18, 20_000), cupy())


def test_progress_is_told(cupy) -> None:
    model, told = porous(65, (5, 6, 7)), []
    given = Task(model, platens(model), 1e-6, 100, progress=told.append)
    history = solve(given, cupy()).history
    assert [seen.iteration for seen in told] == list(range(1, history.size))
    assert told[0].seconds_left > 0
    assert told[-1].seconds_left == 0


@pytest.mark.parametrize("shape", [(1, 1, 1), (1, 4, 5)])
def test_loads_that_are_but_rounding_need_no_iteration(cupy, shape) -> None:
    moduli = np.random.default_rng(67).uniform(1, 1000, shape)
    model = Model(Grid(shape, (0.3, 0.2, 0.1)), moduli, 0.0)
    pressed = solve(Task(model, platens(model, "z", 0.01, "frictionless"), 1e-9, 10), cupy())
    assert pressed.history.tolist() == [0.0]
    assert pressed.energy == pytest.approx(0.5 * 1e-4 * model.modulus.sum(dtype=float) * 0.006, rel=1e-12)


def test_entries_at_nodes_of_no_element_do_not_count(cupy) -> None:
    model = noise(66, (3, 4, 5), 0.5)
    everywhere = np.arange(np.prod(model.nodes_shape))
    given = Conditions(
        nodes=np.tile(everywhere, 3),
        components=np.repeat(np.arange(3, dtype=np.int8), everywhere.size),
        values=np.zeros(3 * everywhere.size),
    )
    answer = solve(Task(model, given, 1e-6, 10), cupy())
    assert not answer.displacement.any()
    assert answer.reaction.shape == given.nodes.shape


def test_of_equal_places_the_last_counts() -> None:
    assert last_of_each(np.array([5, 7, 5, 7, 9])).tolist() == [-1, -1, 5, 7, 9]
