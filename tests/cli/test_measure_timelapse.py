"""A follow-up against its baseline from the command line."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from spondyl.assay.microct.timelapse import Rigid
from spondyl.assay.microct.timelapse.transform import turn
from spondyl.report.endpoint import endpoint_of
from spondyl.volume import Grid, Meaning, Volume, read, write
from vertebra_phantom import Vertebra, moved_scan

GRID = Grid((36, 40, 44), (0.06, 0.06, 0.06))
BODY = {"height": 1.7, "radii": (0.75, 0.9), "wall": 0.12, "wavelength": 0.5}
MOTION = turn((0.3, -1.0, 0.5), 8.0, tuple(s / 2 for s in GRID.size_mm), (0.12, -0.16, 0.09))
COMMON = ("--days", 14, "--threshold", 500, "--gaussian", 0.8, "--rotation", 12)
KEYS = {
    "threshold", "days", "tv_mm3", "bv_baseline_mm3", "bv_followup_mm3", "formed_mm3", "resorbed_mm3",
    "quiescent_mm3", "formed_bv", "resorbed_bv", "noise_formed_bv", "noise_resorbed_bv", "mar_um_day",
    "mrr_um_day", "ms_bs", "es_bs", "bfr_bs_um_day", "brr_bs_um_day", "bfr_bv_percent_day",
    "brr_bv_percent_day", "likeness", "likeness_chance", "overlap", "compared", "rotation_deg", "remarks",
    "seconds",
}  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("timelapse")
    vertebrae = {
        "baseline": (1, Rigid(), 0, {}),
        "thinner": (1, MOTION, 1, {"plate": 0.36}),
        "other": (7, MOTION, 1, {}),
    }
    for name, (seed, motion, noise, more) in vertebrae.items():
        values = moved_scan(Vertebra(seed=seed, **BODY), GRID, motion, 100 * seed + noise, **more)
        write(Volume(values, GRID, Meaning.DENSITY), made / f"{name}.nii.gz")
        write(Volume(values, GRID, Meaning.RAW), made / f"{name}_raw.mha")
    mask = np.zeros(GRID.shape, np.uint8)
    mask[:, :, : GRID.shape[2] // 2] = 1
    for name, labels in (("half", mask), ("rest", 1 - mask)):
        write(Volume(labels, GRID, Meaning.LABELS), made / f"{name}.mha")
    return made


def test_lost_bone_is_found_and_saved(spondyl, folder: Path, tmp_path: Path) -> None:
    words = ("measure", "timelapse", folder / "baseline.nii.gz", folder / "thinner.nii.gz", *COMMON)
    done = spondyl(*words, "--save", tmp_path / "out", "--json")
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert set(found) == KEYS
    assert [key for key in KEYS - {"remarks"} if endpoint_of("timelapse", key, "").name == key] == []
    assert found["rotation_deg"] == pytest.approx(8, abs=0.3)
    assert found["likeness"] > 0.9
    assert 0.5 < found["compared"] < found["overlap"] <= 1  # the filter reaches in from what is not shown
    assert found["resorbed_bv"] > 2 * found["noise_resorbed_bv"]
    assert found["resorbed_mm3"] > 5 * found["formed_mm3"]
    assert found["bv_baseline_mm3"] == pytest.approx(found["quiescent_mm3"] + found["resorbed_mm3"])
    assert [r.split()[0] for r in found["remarks"] if "does not exceed" in r] == ["Formed"]
    counts = np.bincount(np.asarray(read(tmp_path / "out" / "thinner_remodelling.nii.gz").stored).ravel())
    volumes = [found[f"{name}_mm3"] for name in ("quiescent", "formed", "resorbed")]
    np.testing.assert_allclose(counts[1:] * GRID.voxel_mm3, volumes, rtol=1e-9)
    registered = read(tmp_path / "out" / "thinner_registered.nii.gz")
    truth = read(folder / "baseline.nii.gz").values()
    assert (
        np.corrcoef(registered.values()[6:-6, 6:-6, 6:-6].ravel(), truth[6:-6, 6:-6, 6:-6].ravel())[0, 1]
        > 0.9
    )
    with Image.open(tmp_path / "out" / "thinner_remodelling.png") as picture:
        colours = {colour for _, colour in picture.convert("RGB").getcolors(100_000)}
    assert {(86, 180, 233), (204, 121, 167)} <= colours
    again = spondyl(*words, "--save", tmp_path / "out", "--json")
    assert (again.returncode, again.stdout) == (2, "")
    assert "thinner_remodelling.nii.gz, which exists" in again.stderr


def test_a_mask_bounds_the_comparison_and_a_table_is_printed(spondyl, folder: Path) -> None:
    words = ("measure", "timelapse", folder / "baseline.nii.gz", folder / "thinner.nii.gz", *COMMON)
    whole = json.loads(spondyl(*words, "--json").stdout)
    done = spondyl(*words, "--voi", folder / "half.mha")
    lines = {line.split()[0]: line.split() for line in done.stdout.splitlines() if line.strip()}
    rest = spondyl(*words, "--voi", folder / "rest.mha", "--json")
    for key in ("tv_mm3", "formed_mm3", "resorbed_mm3", "quiescent_mm3"):
        assert float(lines[key][1]) + json.loads(rest.stdout)[key] == pytest.approx(whole[key], rel=1e-4)
    assert float(lines["compared"][1]) == pytest.approx(whole["compared"], abs=0.2)
    assert float(lines["threshold"][1]) == 500
    assert lines["mar_um_day"][2] == "µm/d"
    assert "Formed packets are" in done.stdout


@pytest.mark.parametrize(
    ("files", "options", "parts"),
    [
        (("baseline.nii.gz", "other.nii.gz"), (), ("network inside is not that of", "same animal")),
        (("baseline.nii.gz", "thinner.nii.gz"), ("--days", 0), ("days: found 0", "above zero")),
        (("baseline.nii.gz", "thinner.nii.gz"), ("--days", "nan"), ("days: found nan",)),
        (("baseline.nii.gz", "thinner.nii.gz"), ("--rotation", 200), ("from 0 to 180 degrees",)),
        (("baseline.nii.gz", "thinner.nii.gz"), ("--threshold", "ostu"), ("'otsu'",)),
        (("baseline.nii.gz", "thinner.nii.gz"), ("--threshold", 1e6), ("no bone",)),
        (("baseline.nii.gz", "thinner_raw.mha"), (), ("raw", "mg HA/cm3", "calibrate both")),
        (("baseline.nii.gz", "half.mha"), (), ("half.mha", "labels")),
        (("baseline.nii.gz", "nowhere.nii"), (), ("nowhere.nii",)),
        (("baseline.nii.gz", "thinner.nii.gz"), ("--voi", "nowhere.nii"), ("nowhere.nii",)),
    ],
)
def test_refusals_are_one_sentence(
    spondyl, folder: Path, files: tuple[str, str], options: tuple[object, ...], parts: tuple[str, ...]
) -> None:
    done = spondyl("measure", "timelapse", *(folder / name for name in files), *COMMON, *options, "--json")
    assert (done.returncode, done.stdout) == (2, "")
    assert len(done.stderr.splitlines()) == 1
    for part in parts:
        assert part in done.stderr


def test_without_simpleitk_the_extra_is_named(folder: Path) -> None:
    code = "import sys; sys.modules['SimpleITK'] = None; from spondyl.cli.app import run_app; run_app()"
    words = ("measure", "timelapse", folder / "baseline.nii.gz", folder / "thinner.nii.gz", "--days", "14")
    command = [sys.executable, "-c", code, *map(str, words)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=600, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert "spondyl[registration]" in done.stderr
    assert "Traceback" not in done.stderr


def test_raw_values_are_doubted(spondyl, folder: Path) -> None:
    done = spondyl(
        "measure", "timelapse", folder / "baseline_raw.mha", folder / "thinner_raw.mha", *COMMON, "--json"
    )
    assert "scanner did not change" in json.loads(done.stdout)["remarks"][-1]
