from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from small import write_scan

KEYS = {
    "voxel_um", "shape", "threshold", "tv_mm3", "bv_mm3", "bv_tv", "bs_mm2", "bs_bv_per_mm", "bs_tv_per_mm",
    "tb_th_um", "tb_th_sd_um", "tb_th_unresolved", "tb_sp_um", "tb_sp_sd_um", "tb_n_per_mm", "smi",
    "euler", "conn_d_per_mm3", "da", "mil_lengths", "mil_axes", "da_surface", "tmd_mgha_cm3",
    "tmd_core_mgha_cm3", "bmd_mgha_cm3", "seconds",
}  # fmt: skip


@pytest.mark.shared
def test_trabecular_3155_has_its_published_numbers(spondyl, shared_data: Path) -> None:
    slices = shared_data / "microct" / "trabecular_3155"
    common = ("measure", "microct", slices, "--voxel", "19.5 um", "--gaussian", 1, "--quick", "--json")
    otsu = json.loads(spondyl(*common).stdout)
    assert otsu["threshold"] == pytest.approx(80.92566349845595, rel=1e-9)
    assert otsu["shape"] == [200, 200, 200]
    assert otsu["voxel_um"] == pytest.approx(19.5)
    fixed = json.loads(spondyl(*common, "--threshold", 63).stdout)
    assert 100 * fixed["bv_tv"] == pytest.approx(23.37425, abs=0.001)
    largest = json.loads(spondyl(*common, "--threshold", 63, "--largest").stdout)
    assert 100 * largest["bv_tv"] == pytest.approx(23.36995, abs=0.001)
    assert largest["bv_tv"] < fixed["bv_tv"]


def test_one_file_gives_one_object_with_all_keys(spondyl, tmp_path: Path) -> None:
    write_scan(tmp_path / "scan.mha", seed=1, bone=0.3)
    done = spondyl("measure", "microct", tmp_path / "scan.mha", "--gaussian", 1, "--json")
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert set(found) == KEYS
    assert found["bv_tv"] == pytest.approx(0.30, abs=0.03)


def test_many_files_give_one_line_each_and_a_bad_one_does_not_stop_the_rest(spondyl, tmp_path: Path) -> None:
    for number in (1, 2):
        write_scan(tmp_path / f"{number}.mha", seed=number, bone=0.3)
    (tmp_path / "bad.mha").write_bytes(b"ObjectType = Image\n")
    names = [tmp_path / name for name in ("1.mha", "bad.mha", "2.mha")]
    done = spondyl("measure", "microct", *names, "--json")
    assert done.returncode == 2
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert [Path(line["file"]).name for line in lines] == ["1.mha", "2.mha"]
    assert "bad.mha" in done.stderr


def test_a_binary_archive_is_measured(spondyl, tmp_path: Path) -> None:
    bone = np.zeros((10, 10, 10), np.uint8)
    bone[2:7] = 1
    np.savez(tmp_path / "b.npz", volume=bone, voxel_mm=0.02)
    found = json.loads(spondyl("measure", "microct", tmp_path / "b.npz", "--binary", "--json").stdout)
    assert found["bv_tv"] == 0.5
    assert found["tv_mm3"] == pytest.approx(1000 * 0.02**3, rel=1e-12)


def test_a_mask_is_the_volume_of_interest(spondyl, tmp_path: Path) -> None:
    bone = np.zeros((10, 10, 10), np.uint8)
    bone[:5] = 1
    mask = np.zeros_like(bone)
    mask[4:8, 2:8, 2:8] = 1
    np.savez(tmp_path / "b.npz", volume=bone, voxel_mm=0.02)
    np.savez(tmp_path / "m.npz", volume=mask, voxel_mm=0.02)
    words = ("measure", "microct", tmp_path / "b.npz", "--binary", "--voi", tmp_path / "m.npz", "--json")
    assert json.loads(spondyl(*words).stdout)["bv_tv"] == 0.25


def test_without_json_a_table_with_units_is_printed(spondyl, tmp_path: Path) -> None:
    write_scan(tmp_path / "scan.mha", seed=1, bone=0.3)
    done = spondyl("measure", "microct", tmp_path / "scan.mha")
    assert "bv_tv" in done.stdout
    assert "mm⁻¹" in done.stdout


@pytest.mark.parametrize(
    ("options", "parts"),
    [
        (("--threshold", "ostu"), ("threshold", "'otsu'")),
        (("--threshold", "nan"), ("threshold",)),
        (("--threshold", "1e9"), ("threshold",)),
        (("--gaussian", "-1"), ("gaussian",)),
        (("--gaussian", "nan"), ("gaussian",)),
        (("--voxel", "20"), ("--voxel", "um")),
        (("--voxel", "20 kg"), ("--voxel",)),
        (("--voxel", "-20 um"), ("--voxel",)),
        (("--values", "mgHA"), ("values",)),
        (("--binary",), ("binary",)),
        (("--voi", "nowhere.nii"), ("nowhere.nii",)),
    ],
)
def test_bad_options_are_one_clear_error(
    spondyl, tmp_path: Path, options: tuple[str, ...], parts: tuple[str, ...]
) -> None:
    write_scan(tmp_path / "scan.mha", seed=1, bone=0.3, edge=12)
    done = spondyl("measure", "microct", tmp_path / "scan.mha", *options, "--json")
    assert done.returncode == 2
    assert done.stdout == ""
    for part in parts:
        assert part in done.stderr


def test_a_voxel_size_that_is_not_there_has_no_default(spondyl, tmp_path: Path) -> None:
    np.savez(tmp_path / "b.npz", volume=np.ones((4, 4, 4), np.uint8))
    done = spondyl("measure", "microct", tmp_path / "b.npz", "--binary")
    assert done.returncode == 2
    assert '--voxel "20 um"' in done.stderr


def test_a_file_that_is_not_there(spondyl, tmp_path: Path) -> None:
    done = spondyl("measure", "microct", tmp_path / "no.nii", "--json")
    assert done.returncode == 2
    assert "no.nii" in done.stderr


def test_a_long_measurement_tells_its_stages(
    capsys: pytest.CaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    from spondyl.cli.measure import progress

    with progress.measuring("scan.mha") as tell:
        tell("thickness")
    assert capsys.readouterr().err == ""  # a short one is silent where lines stay
    monkeypatch.setattr(progress, "SILENT_SECONDS", 0)
    with progress.measuring("scan.mha") as tell:
        tell("thickness")
    assert capsys.readouterr().err == "scan.mha: thickness\n"
