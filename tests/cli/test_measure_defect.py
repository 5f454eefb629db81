"""A drilled vertebra, its baseline and its follow-up from the command line."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from drilled_vertebra import ENTRY, GRID, MOTION, PLANNED, Rigid, share_of_slab, write_drilled
from spondyl.report.endpoint import endpoint_of
from spondyl.volume import Meaning, Volume, read, write

HEALED = 0.18
HOLE = [word for key, value in PLANNED.items() for word in (f"--{key}", value)]
PLACE = ("--entry", ", ".join(f"{e:g} mm" for e in ENTRY), "--direction", "0, 1, 0")
SEGMENTED = ("--threshold", 500, "--gaussian", 0.8, "--rotation", 12)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("defect")
    write_drilled(made / "week00.mha", seed=1, healed=0.0, motion=Rigid(), noise=0)
    write_drilled(made / "week08.mha", seed=1, healed=HEALED, motion=MOTION, noise=1)
    write_drilled(made / "other.mha", seed=7, healed=HEALED, motion=MOTION, noise=1)
    raw = read(made / "week08.mha")
    write(Volume(raw.values().astype(np.float32), GRID, Meaning.RAW), made / "raw.mha")
    gap = np.zeros(GRID.shape, np.uint8)
    gap[10:24, 8:28, 8:32] = 1
    write(Volume(gap, GRID, Meaning.LABELS), made / "gap.mha")
    bone = np.zeros(GRID.shape, np.uint8)
    bone[4:10, 6:30, 6:34] = bone[24:30, 6:30, 6:34] = 1
    bone[10:24, 12:18, 12:20] = 1
    write(Volume(bone, GRID, Meaning.LABELS), made / "plates.mha")
    return made


def test_new_bone_is_found_where_the_hole_was_moved_to(spondyl, folder: Path, tmp_path: Path) -> None:
    words = (
        "measure", "defect", folder / "week08.mha", "--baseline", folder / "week00.mha", *HOLE, *PLACE,
        *SEGMENTED, "--save", tmp_path / "out",
    )  # fmt: skip
    done = spondyl(*words, "--json")
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert [key for key in found if key not in KEYS_WITHOUT_NAME and not known(key)] == []
    # The slab is 6 voxels thick; the mouth of the hole lies partly before the bone.
    assert found["new_bv_tv"] == pytest.approx(share_of_slab(HEALED), rel=0.08)
    assert found["tv_mm3"] == pytest.approx(found["planned_mm3"], rel=0.03)
    assert found["bv_mm3"] - found["new_bv_mm3"] < 0.02 * found["tv_mm3"]
    assert len(found["new_bv_tv_by_depth"]) == len(found["depths_mm"]) == 4
    assert found["union_grade"] == "partial"
    assert 0 < found["union_score"] < 1
    assert found["rotation_deg"] == pytest.approx(7, abs=0.3)
    assert found["remarks"] == [
        "Scaffold, if there is any in the defect, counts as bone: ask for three phases."
    ]
    labels = read(tmp_path / "out" / "week08_defect.nii.gz")
    counts = np.bincount(np.asarray(labels.stored).ravel(), minlength=6) * GRID.voxel_mm3
    assert counts[2] == pytest.approx(found["new_bv_mm3"], rel=1e-9)
    assert counts[1] + counts[2] + counts[3] == pytest.approx(found["tv_mm3"], rel=1e-9)
    assert counts[4] == 0
    with Image.open(tmp_path / "out" / "week08_defect.png") as picture:
        colours = {colour for _, colour in picture.convert("RGB").getcolors(100_000)}
    assert {(86, 180, 233), (230, 159, 0), (240, 228, 66)} <= colours
    again = spondyl(*words, "--json")
    assert (again.returncode, again.stdout) == (2, "")
    assert "week08_defect.nii.gz, which exists" in again.stderr


KEYS_WITHOUT_NAME = {"new_bv_tv_by_depth", "depths_mm", "union_grade", "union_by_layer", "remarks"}


def known(key: str) -> bool:
    return endpoint_of("defect", key, "").name != key


def test_without_a_baseline_all_bone_is_new_and_that_is_said(spondyl_here, folder: Path) -> None:
    plain = ("--threshold", 500, "--gaussian", 0.8)
    done = spondyl_here("measure", "defect", folder / "week00.mha", *HOLE, *PLACE, *plain)
    assert done.returncode == 0, done.stderr
    assert "Without a baseline all bone in the defect counts as new" in done.stdout
    assert "Union: none." in done.stdout
    lines = {line.split()[0]: line.split() for line in done.stdout.splitlines() if line.strip()}
    assert lines["new_bv_mm3"][1] == lines["bv_mm3"][1]
    assert "likeness" not in lines


def test_between_end_plates_of_a_drawn_defect(spondyl_here, folder: Path) -> None:
    done = spondyl_here(
        "measure", "defect", folder / "plates.mha", "--binary", "--mask", folder / "gap.mha", "--json"
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["bv_tv"] == pytest.approx(6 * 8 / (20 * 24))
    assert found["neck_mm2"] == pytest.approx(6 * 8 * 0.06**2)
    assert found["neck_share"] == pytest.approx(6 * 8 / (20 * 24))
    # Slices of three voxels across x, from voxel 8 on: the pillar of x 12 to 20 lies in three of eight.
    assert found["union_score"] == pytest.approx(3 / 8)
    assert not {"planned_mm3", "new_bv_tv_by_depth", "likeness"} & set(found)


@pytest.mark.parametrize(
    ("options", "parts"),
    [
        ((), ("needs a mask, or a planned hole", "is missing")),
        ((*HOLE, "--entry", "1 mm, 1 mm", "--direction", "0,1,0"), ("three (z, y, x)",)),
        ((*HOLE, "--entry", "1, 1, 1", "--direction", "0,1,0"), ("without a unit",)),
        ((*HOLE, "--entry", "9 mm, 1 mm, 1 mm", "--direction", "0,1,0"), ("must lie within the scan",)),
        ((*HOLE, *PLACE[:2], "--direction", "0,0,0"), ("not all zero",)),
        ((*HOLE, *PLACE[:2], "--direction", "a,b,c"), ("three numbers",)),
        ((*HOLE, *PLACE, "--mask", "{gap}"), ("either a mask or a planned hole",)),
        ((*HOLE, *PLACE, "--layers", 0), ("layers",)),
        ((*HOLE, *PLACE, "--noise", 80), ("add --phases",)),
        ((*HOLE, *PLACE, "--baseline", "{other}", *SEGMENTED), ("network inside is not that of",)),
        ((*HOLE, *PLACE, "--baseline", "{raw}", *SEGMENTED), ("calibrate both",)),
        ((*HOLE, *PLACE, "--threshold", 1e6), ("no bone",)),
        (("--mask", "{gap}", "--axis", "z", "--across", "z"), ("two different axes",)),
        (("--mask", "{nowhere}"), ("nowhere.mha",)),
    ],
)
def test_refusals_are_clear_and_print_no_number(
    spondyl_here, folder: Path, options: tuple[object, ...], parts: tuple[str, ...]
) -> None:
    given = {name: folder / f"{name}.mha" for name in ("gap", "other", "raw", "nowhere")}
    words = [str(word).format(**given) for word in options]
    done = spondyl_here("measure", "defect", folder / "week08.mha", *words, "--json")
    assert (done.returncode, done.stdout) == (2, ""), done.stderr
    for part in parts:
        assert part in done.stderr
