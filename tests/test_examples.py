"""The examples, run as a person would."""

from __future__ import annotations

import re
import runpy
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from spondyl import study

EXAMPLES = Path(__file__).resolve().parents[1] / "examples"


@pytest.mark.shared
def test_eight_cubes_of_a_real_specimen_hold_the_bone_of_the_whole(tmp_path: Path, shared_data: Path) -> None:
    example = EXAMPLES / "trabecular_3155"
    slices = shared_data / "microct" / "trabecular_3155"
    subprocess.run([sys.executable, example / "cut.py", slices, tmp_path / "cubes"], check=True)
    done = study.run(tmp_path / "cubes", workers=1)
    assert not done.problems
    table = pd.read_csv(done.folder / "measurements.tsv", sep="\t")
    share = table[table["name"] == "bv_tv"]["value"]
    assert len(share) == 8
    # The whole has 23.37425 %; only the filter's edge, repeated at each cut, differs.
    assert 100 * share.mean() == pytest.approx(23.37425, abs=0.1)


def test_the_demo_makes_bone_of_exactly_the_asked_volume(monkeypatch: pytest.MonkeyPatch) -> None:
    import numpy as np

    monkeypatch.syspath_prepend(str(EXAMPLES / "demo"))
    made = runpy.run_path(str(EXAMPLES / "demo" / "make_scans.py"))
    fraction = made["bone_fractions"](np.random.default_rng(1), 0.2)
    assert fraction.mean() == pytest.approx(0.2, abs=1e-6)
    assert 0 < np.count_nonzero((fraction > 0) & (fraction < 1)) < 0.2 * fraction.size


def test_the_first_graft_tells_its_dose_and_leaves_a_picture_and_a_scan(tmp_path: Path) -> None:
    from spondyl import volume

    script = EXAMPLES / "first_graft" / "first_graft.py"
    command = [sys.executable, str(script), str(tmp_path / "graft"), "100 um"]
    told = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    assert re.search(r"^spheroids +400$", told, re.MULTILINE)
    assert (tmp_path / "graft" / "bone.png").stat().st_size > 10_000
    scan = volume.read(tmp_path / "graft" / "bone.nii.gz")
    assert 500 < scan.stored.max() < 1500  # mg HA/cm³ of bone
