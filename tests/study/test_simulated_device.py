"""Animals that heal on a CUDA device: asked for in the study file, refused early without one."""

from __future__ import annotations

from pathlib import Path

import pytest

from spondyl import cuda, healing, study
from spondyl.errors import DesignError
from spondyl.study.checking import check
from spondyl.study.design import load_design
from spondyl.study.simulating import simulate

STUDY = """
[study]
title = "A device"
question = "Does it heal there?"
species = "rat"
site = "L5"
[primary]
assay = "defect"
name = "new_bv_mm3"
week = 1
test = "rank"
[groups.empty]
label = "Empty"
origin = "simulated"
treatment = {}
[simulation]
backend = "cuda"
voxel = "250 um"
ovariectomy = "0 week"
weeks = [0, 1]
[microct]
threshold = 400
[defect]
as_drilled = true
baseline_week = 0
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place = tmp_path / "study"
    place.mkdir()
    (place / "study.toml").write_text(STUDY, "utf-8")
    (place / "animals.tsv").write_text("animal\tgroup\tincluded\nsub-01\tempty\tyes\n", "utf-8")
    return place


def test_a_machine_without_a_device_is_refused_before_anything_runs(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cuda, "available", lambda module=None: "no CuPy")  # noqa: ARG005
    for refused in (check, study.run):
        with pytest.raises(
            DesignError, match=r'simulation.backend: found \'cuda\' with no CuPy; .*backend = "cpu"'
        ):
            refused(folder)
    assert not (folder / "results").exists()


def test_the_animal_heals_where_the_study_says(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[object] = []

    def run(*_: object, **given: object) -> None:
        asked.append(given["backend"])
        raise KeyboardInterrupt

    monkeypatch.setattr(healing, "run", run)
    for settings in ([], ["simulation.backend=cpu"]):
        made = load_design(folder, settings).simulations[0][0]
        with pytest.raises(KeyboardInterrupt):
            simulate(made, folder)
    assert asked == ["cuda", "cpu"]


def test_round_off_of_a_device_has_results_of_its_own(folder: Path) -> None:
    keys = {load_design(folder, [f"simulation.backend={name}"]).simulations[0][1] for name in ("cpu", "cuda")}
    assert len(keys) == 2
