"""Compartments from the command line: a tube with a plate in it, of which every number is known."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from small import write_scan
from spondyl.assay.microct.compartments import Compartments
from spondyl.assay.microct.trabecular import refuse_open
from spondyl.errors import MeasurementError
from spondyl.volume import Grid, Meaning, Volume, read, write

LENGTH, VOXEL = 12, 0.02
GRID = Grid((LENGTH, 24, 24), (VOXEL, VOXEL, VOXEL))
PORES = 6
BONE, MARROW = 900, 100


def tube() -> np.ndarray:
    """A square tube along z, 16 voxels wide, wall of 3, a plate of 2 across its middle and six pores."""
    bone = np.zeros(GRID.shape, dtype=bool)
    bone[:, 4:20, 4:20] = True
    bone[:, 7:17, 7:17] = False
    bone[:, 11:13, 7:17] = True
    bone[3 : 3 + PORES, 5, 10] = False
    return bone


def drawn() -> np.ndarray:
    labels = np.zeros(GRID.shape, dtype=np.uint8)
    labels[:, 4:20, 4:20] = 2
    labels[:, 7:17, 7:17] = 1
    return labels


@pytest.fixture
def scan(tmp_path: Path) -> Path:
    grey = np.where(tube(), BONE, MARROW).astype(np.int16)
    return write(Volume(grey, GRID, Meaning.DENSITY), tmp_path / "scan.mha")


def test_the_cortex_is_measured_and_the_rest_in_the_trabecular_compartment(
    spondyl, scan: Path, tmp_path: Path
) -> None:
    saved = tmp_path / "out" / "parts.nii.gz"
    words = ("measure", "microct", scan, "--compartments", "auto", "--save-compartments", saved, "--json")
    done = spondyl(*words)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    wall = LENGTH * (16**2 - 10**2)
    assert found["ct_ar_mm2"] == pytest.approx((wall - PORES) / LENGTH * VOXEL**2, rel=1e-9)
    assert found["ct_po"] == pytest.approx(PORES / wall, rel=1e-9)
    assert 60 <= found["ct_th_um"] < 80  # three voxels, more at the corners
    assert found["tv_mm3"] == pytest.approx(LENGTH * 100 * VOXEL**3, rel=1e-9)
    assert found["bv_tv"] == pytest.approx(0.2, rel=1e-12)
    assert found["tb_th_um"] == pytest.approx(40, rel=0.02)
    assert found["tmd_mgha_cm3"] == BONE
    assert found["bmd_mgha_cm3"] == pytest.approx(MARROW + 0.2 * (BONE - MARROW))
    assert "tmd_core_mgha_cm3" not in found  # a plate of two voxels is all rim
    labels = read(saved)
    assert labels.meaning is Meaning.LABELS
    np.testing.assert_array_equal(np.asarray(labels.stored), drawn())
    with Image.open(saved.with_name("parts.png")) as picture:
        colours = {colour for _, colour in picture.convert("RGB").getcolors(100_000)}
    assert {(86, 180, 233), (230, 159, 0)} <= colours
    again = spondyl(*words)
    assert (again.returncode, again.stdout) == (2, "")
    assert "parts.nii.gz, which exists" in again.stderr
    assert "parts.png, which exists" in again.stderr


def test_an_edited_mask_is_taken(spondyl, scan: Path, tmp_path: Path) -> None:
    edited = drawn()
    edited[:, :, 12:] = 0
    mask = write(Volume(edited, GRID, Meaning.LABELS), tmp_path / "edited.nii.gz")
    common = ("measure", "microct", scan, "--quick", "--json")
    found = json.loads(spondyl(*common, "--compartments", mask).stdout)
    assert found["tv_mm3"] == pytest.approx(LENGTH * 50 * VOXEL**3, rel=1e-9)
    assert found["ct_ar_mm2"] == pytest.approx((78 - PORES / LENGTH) * VOXEL**2, rel=1e-9)
    assert "ct_th_um" not in found  # as all thickness with --quick
    without = json.loads(spondyl(*common).stdout)
    assert not [key for key in without if key.startswith("ct_")]
    assert without["tv_mm3"] == pytest.approx(GRID.voxels * VOXEL**3, rel=1e-9)
    assert without["tmd_core_mgha_cm3"] == BONE  # the middle of the wall


def test_the_table_names_the_cortex(spondyl, scan: Path) -> None:
    done = spondyl("measure", "microct", scan, "--quick", "--compartments", "auto")
    assert [line.split()[0] for line in done.stdout.splitlines() if line.startswith("ct_")] == [
        "ct_ar_mm2",
        "ct_po",
    ]


@pytest.mark.parametrize(
    ("options", "parts"),
    [
        (("--compartments", "auto", "--voi", "m.nii.gz"), ("--voi", "leave one of the two out")),
        (("--save-compartments", "o.nii.gz"), ("without --compartments",)),
        (("--compartments", "auto", "--save-compartments", "o.png"), ("o.png", ".nii.gz")),
        (("--compartments", "nowhere.nii"), ("nowhere.nii",)),
        (("--compartments", "{other}"), ("(3, 3, 3)", "(12, 24, 24)")),
        (("--compartments", "{odd}"), ("the value 7", "trabecular compartment")),
        (("--compartments", "{cortex}"), ("no trabecular compartment",)),
        (("--compartments", "{marrow}"), ("no bone in the trabecular compartment",)),
        (("--compartments", "auto", "--threshold", "50"), ("nothing but bone",)),
    ],
)
def test_mistakes_are_one_clear_error(
    spondyl, scan: Path, tmp_path: Path, options: tuple[str, ...], parts: tuple[str, ...]
) -> None:
    cortex, marrow = np.where(drawn() == 2, 2, 0), np.where(tube(), 2, drawn())
    for name, labels in {"odd": 7 * drawn(), "cortex": cortex, "marrow": marrow}.items():
        write(Volume(labels.astype(np.uint8), GRID, Meaning.LABELS), tmp_path / f"{name}.mha")
    small = Grid((3, 3, 3), GRID.spacing_mm)
    write(Volume(np.ones((3, 3, 3), np.uint8), small, Meaning.LABELS), tmp_path / "other.mha")
    given = {name: tmp_path / f"{name}.mha" for name in ("other", "odd", "cortex", "marrow")}
    words = [word.format(**given) for word in options]
    done = spondyl("measure", "microct", scan, *words, "--quick", "--json")
    assert (done.returncode, done.stdout) == (2, "")
    for part in parts:
        assert part in done.stderr


def test_one_file_for_many_scans_is_refused(spondyl, scan: Path) -> None:
    words = ("--compartments", "auto", "--save-compartments", "o.nii.gz")
    done = spondyl("measure", "microct", scan, scan, *words)
    assert done.returncode == 2
    assert "one file for 2 scans" in done.stderr


def test_a_block_of_trabecular_bone_has_no_compartments(spondyl, tmp_path: Path) -> None:
    write_scan(tmp_path / "block.mha", seed=1, bone=0.3)
    done = spondyl("measure", "microct", tmp_path / "block.mha", "--compartments", "auto", "--json")
    assert (done.returncode, done.stdout) == (2, "")
    assert "lies open" in done.stderr


def test_how_open_the_inside_lies_is_counted_in_faces() -> None:
    labels = drawn()
    refuse_open(Compartments(labels, GRID, ""), "tube")  # the two cut ends do not count
    labels[:, :, 17:] = 0  # one of four walls away: a quarter
    refuse_open(Compartments(labels, GRID, ""), "tube")
    labels[:, 17:19, 7] = 3  # and part of another
    with pytest.raises(MeasurementError, match=r"tube › compartments: found .* 28% of its surface"):
        refuse_open(Compartments(labels, GRID, ""), "tube")
