"""Three phases of a phantom from the command line and as a step of a study; training is kept short."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from small import HEADER, STUDY
from spondyl import study
from spondyl.assay.microct.phantom import Imaging, Phase, phantom
from spondyl.assay.microct.phases import Training, judged, scan_of
from spondyl.report.endpoint import endpoint_of
from spondyl.volume import Meaning, Volume, read, write

IMAGING = Imaging(30.0, 0.8, 60.0, 0.5)
SHORT = partial(Training, seeds=(1, 2), edge=48, rows=6000, rounds=8)
GIVEN = ("--noise", 60, "--blur", 0.8)


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, np.ndarray]:
    made = phantom(501, IMAGING, edge=48)
    scan = scan_of(made)
    path = tmp_path_factory.mktemp("phases") / "week-08.nii.gz"
    return write(
        Volume(np.rint(scan.values()).astype(np.int16), scan.grid, Meaning.DENSITY), path
    ), made.truth


@pytest.fixture(scope="module")
def known() -> dict[object, judged.Judge]:
    return {}


@pytest.fixture(autouse=True)
def short(monkeypatch: pytest.MonkeyPatch, known: dict[object, judged.Judge]) -> None:
    """Train a little, and once for all tests: the number of threads changes no bit."""

    def remembered(*key: object) -> judged.Judge:
        if key[:3] not in known:
            known[key[:3]] = judged.judge(*key)
        return known[key[:3]]

    monkeypatch.setattr(judged, "Training", SHORT)
    monkeypatch.setattr(judged, "_remembered", remembered)


def test_volumes_their_doubt_and_the_saved_labels(
    spondyl_here, shown: tuple[Path, np.ndarray], tmp_path: Path
) -> None:
    path, truth = shown
    done = spondyl_here("measure", "phases", path, *GIVEN, "--save", tmp_path / "out", "--json")
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    unknown = [key for key in found if key != "remarks" and endpoint_of("phases", key, "").name == key]
    assert unknown == []
    voxel = 0.03**3
    for phase in (Phase.BONE, Phase.SCAFFOLD):
        name = phase.name.lower()
        true = np.count_nonzero(truth == phase) * voxel
        assert found[f"{name}_mm3"] == pytest.approx(true, rel=0.1)
        assert found[f"{name}_low_mm3"] < found[f"{name}_mm3"] < found[f"{name}_high_mm3"] * 1.1
        assert found[f"{name}_dice"] > 0.8
    assert found["tv_mm3"] == pytest.approx(truth.size * voxel)
    assert 0.02 < found["wrong"] < 0.15
    assert (found["noise_mgha_cm3"], found["blur_voxels"]) == (60.0, 0.8)
    labels = np.asarray(read(tmp_path / "out" / "week-08_phases.nii.gz").stored)
    assert np.count_nonzero(labels == 2) * voxel == pytest.approx(found["scaffold_mm3"], rel=1e-9)
    assert (tmp_path / "out" / "week-08_phases.png").stat().st_size > 10_000
    printed = spondyl_here("measure", "phases", path, *GIVEN).stdout
    assert "of the voxels were wrong" in printed


def test_as_a_step_of_a_study_and_inside_a_defect(shown: tuple[Path, np.ndarray], tmp_path: Path) -> None:
    path, truth = shown
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "sub-01_week-08.nii.gz").write_bytes(path.read_bytes())
    only_a = STUDY[: STUDY.index("[groups.a]")].replace('control = "a"\n', "")
    tables = """[groups.a]
label = "A"
microct = "data/{animal}_week-{week}.nii.gz"
[phases]
noise = 60
blur = 0.8
[defect]
shape = "cylinder"
diameter = "0.9 mm"
depth = "0.9 mm"
entry = ["0.2 mm", "0.7 mm", "0.7 mm"]
direction = [1.0, 0.0, 0.0]
phases = true
"""
    (tmp_path / "study.toml").write_text(only_a + tables, "utf-8")
    (tmp_path / "animals.tsv").write_text(f"{HEADER}sub-01\ta\t\t\tyes\t\n", "utf-8")
    done = study.run(tmp_path, workers=1)
    assert done.problems == {}
    table = pd.read_csv(done.folder / "measurements.tsv", sep="\t").set_index(["assay", "name"])["value"]
    true = np.count_nonzero(truth == Phase.SCAFFOLD) * 0.03**3
    assert table["phases", "scaffold_mm3"] == pytest.approx(true, rel=0.1)
    hole = table["defect", "bv_mm3"] + table["defect", "scaffold_mm3"]
    assert 0 < table["defect", "scaffold_mm3"] < hole < table["defect", "tv_mm3"]
    methods = (done.folder / "methods.md").read_text("utf-8")
    assert "a noise of 60 mg HA/cm³ was taken as known" in methods
    assert "Scaffold was told from bone" in methods
