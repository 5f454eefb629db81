"""Too large a model is refused before anything is taken; what is free is read where the system tells it.

That the prediction is right is measured by ``make validate``.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis.extra.numpy import array_shapes, arrays

from spondyl.errors import MechanicsError
from spondyl.mechanics import memory
from spondyl.mechanics.memory import count_nodes, free_bytes, predicted_bytes, refuse_too_large
from spondyl.mechanics.model import Conditions, Model
from spondyl.mechanics.platens import platens
from spondyl.mechanics.reference import element_nodes
from spondyl.mechanics.solve import solve
from spondyl.volume import Grid

GB = 10**9


def block(*shape: int) -> Model:
    return Model(Grid(shape, (0.1,) * 3), np.full(shape, 1000.0, np.float32))


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A folder in place of those in which Linux tells about memory; empty, as on other systems."""
    for name in ("MEMINFO", "MEMBERSHIP", "GROUPS"):
        monkeypatch.setattr(memory, name, tmp_path / name)
    return tmp_path


def group(machine: Path, place: str, files: dict[str, object], stat: str) -> None:
    folder = machine / "GROUPS" / place
    folder.mkdir(parents=True)
    for name, value in files.items():
        (folder / name).write_text(f"{value}\n")
    (folder / "memory.stat").write_text(stat)


@given(arrays(np.bool_, array_shapes(min_dims=3, max_dims=3, max_side=6)).filter(np.any))
def test_nodes_are_counted_as_elements_have_them(bone):
    model = Model(Grid(bone.shape, (0.1,) * 3), np.where(bone, 5.0, 0))
    assert count_nodes(model) == np.unique(element_nodes(model)).size


@pytest.mark.parametrize("backend", ["cpu", "reference"])
def test_a_model_that_does_not_fit_is_refused_in_one_sentence(monkeypatch, backend):
    model = block(9, 9, 9)
    needed = predicted_bytes(model, Conditions(), backend)
    monkeypatch.setattr(memory, "free_bytes", lambda: needed - 1)
    with pytest.raises(MechanicsError) as caught:
        solve(model, platens(model), backend=backend)
    said = f"{needed / 1e9:.3g} GB"
    assert str(caught.value) == (
        f"memory: found 3,000 degrees of freedom, which need {said} while {said} are free; "
        "must fit: crop the volume, take coarser voxels, or use a machine with more memory."
    )


def test_a_model_that_just_fits_is_solved(monkeypatch):
    model = block(3, 3, 3)
    needed = predicted_bytes(model, Conditions(), "reference")
    monkeypatch.setattr(memory, "free_bytes", lambda: needed)
    assert solve(model, platens(model), backend="reference").elements == 27


def test_nothing_is_refused_where_the_system_does_not_tell(monkeypatch):
    monkeypatch.setattr(memory, "free_bytes", lambda: None)
    refuse_too_large(block(3, 3, 3), Conditions(), "cpu")


def test_more_nodes_than_numbers_are_refused_however_much_memory_there_is(monkeypatch):
    monkeypatch.setattr(memory, "free_bytes", lambda: None)
    monkeypatch.setattr(memory, "count_nodes", lambda _: 2**31)
    with pytest.raises(MechanicsError, match="found 2,147,483,648 nodes; must be at most 2,147,483,647"):
        refuse_too_large(block(1, 1, 1), Conditions(), "cpu")
    refuse_too_large(block(1, 1, 1), Conditions(), "cuda")


def test_a_large_box_with_little_in_it_needs_its_labels():
    bone = np.zeros((40, 50, 60), np.float32)
    bone[:, 0, 0] = 1
    assert predicted_bytes(Model(Grid(bone.shape, (0.1,) * 3), bone), Conditions()) == 11 * bone.size


def test_periodic_models_need_more():
    periodic = Conditions(periodic=True, strain=(0.01, 0, 0, 0, 0, 0))
    assert predicted_bytes(block(9, 9, 9), periodic) > predicted_bytes(block(9, 9, 9), Conditions())


def test_here_something_is_free_or_nothing_is_told():
    free = free_bytes()
    assert free is None or 10**6 < free < 10**15


def test_linux_tells_what_is_available(machine):
    (machine / "MEMINFO").write_text("MemTotal: 64000000 kB\nMemAvailable:   1000 kB\nMemFree: 5 kB\n")
    assert free_bytes() == 1_024_000


@pytest.mark.parametrize(("pages", "free"), [({"SC_PHYS_PAGES": 7}, 7), ({"SC_AVPHYS_PAGES": 3}, 3)])
@pytest.mark.usefixtures("machine")
def test_other_systems_tell_of_pages(monkeypatch, pages, free):
    told = {"SC_PHYS_PAGES": 9, "SC_PAGE_SIZE": 4096, **pages}
    monkeypatch.setattr(memory.os, "sysconf_names", dict.fromkeys(told, 0), raising=False)
    monkeypatch.setattr(memory.os, "sysconf", told.__getitem__, raising=False)
    assert free_bytes() == free * 4096


@pytest.mark.usefixtures("machine")
def test_systems_that_tell_nothing(monkeypatch):
    monkeypatch.delattr(memory.os, "sysconf", raising=False)
    assert free_bytes() is None


def test_the_tightest_of_nested_groups_counts(machine):
    (machine / "MEMINFO").write_text(f"MemAvailable: {20 * GB // 1024} kB\n")
    (machine / "MEMBERSHIP").write_text("0::/jobs/mine\n")
    group(machine, "jobs", {"memory.max": 8 * GB, "memory.current": 5 * GB}, f"inactive_file {GB}\n")
    group(machine, "jobs/mine", {"memory.max": "max", "memory.current": GB}, "inactive_file 0\n")
    assert free_bytes() == 4 * GB


def test_groups_of_the_first_version(machine):
    (machine / "MEMINFO").write_text(f"MemAvailable: {20 * GB // 1024} kB\n")
    (machine / "MEMBERSHIP").write_text("3:cpuset:/\n4:cpu,memory:/jobs\n0::/\n")
    files = {"memory.limit_in_bytes": 3 * GB, "memory.usage_in_bytes": GB}
    group(machine, "memory/jobs", files, "inactive_file 7\ntotal_inactive_file 500\n")
    assert free_bytes() == 2 * GB + 500


@pytest.mark.parametrize("line", ["0::/gone", "0::/../above", "2:memory:/gone", "1:name=systemd:/"])
def test_groups_that_cannot_be_seen_are_no_limit(machine, line):
    (machine / "MEMINFO").write_text("MemAvailable: 1000 kB\n")
    (machine / "MEMBERSHIP").write_text(line + "\n")
    assert free_bytes() == 1_024_000
