from __future__ import annotations

from pathlib import Path

import pytest

from small import make_small_study
from spondyl.errors import DesignError
from spondyl.study import load_design

BOX = '[microct.voi]\nshape = "box"\nlow = ["{a}", "0 mm", "0 mm"]\nhigh = ["{b}", "0.4 mm", "0.4 mm"]\n'


def _with(folder: Path, extra: str) -> Path:
    make_small_study(folder, animals=2)
    (folder / "study.toml").write_text((folder / "study.toml").read_text() + extra)
    return folder


def test_a_good_design_lists_its_scans(tmp_path: Path) -> None:
    design = load_design(_with(tmp_path, BOX.format(a="100 um", b="0.4 mm")))
    assert [scan.label for scan in design.scans] == ["week-08_microct"] * 2
    assert "hydroxyapatite_density" in design.parameters["assay/microct"]


@pytest.mark.parametrize(
    ("extra", "parts"),
    [
        (
            BOX.format(a="0.1 kg", b="0.4"),
            ("microct.voi.low: found '0.1 kg'", "microct.voi.high: found '0.4'"),
        ),
        (BOX.format(a="0.5 mm", b="0.4 mm"), ("0.5",)),
        ('[microct]\nvoxel = "20 lightyers"\n', ("microct.voxel", "lightyers")),
        ("[microct]\nbinary = true\nthreshold = 3\n", ("binary",)),
    ],
)
def test_settings_that_no_scan_could_satisfy_are_mistakes_of_the_design(
    tmp_path: Path, extra: str, parts: tuple[str, ...]
) -> None:
    with pytest.raises(DesignError) as caught:
        load_design(_with(tmp_path, extra))
    for part in parts:
        assert part in str(caught.value)


def test_mistakes_of_settings_animals_and_scans_come_together(tmp_path: Path) -> None:
    folder = _with(tmp_path, '[microct]\nvoxel = "20"\n')
    (folder / "data" / "sub-02" / "sub-02_week-08_microct.mha").unlink()
    with pytest.raises(DesignError) as caught:
        load_design(folder, ["primary.name=bvtv"])
    message = str(caught.value)
    for part in ("microct.voxel", "animal sub-02", "Did you mean 'bv_tv'?"):
        assert part in message
