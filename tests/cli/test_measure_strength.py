from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from spondyl.volume import read

KEYS = {
    "elements", "dofs", "iterations", "relative_residual", "setup_seconds", "solve_seconds", "reaction_N",
    "apparent_modulus_mpa", "stiffness_N_per_mm", "failure_load_N", "peak_memory_mb", "backend",
}  # fmt: skip


def write_archive(path: Path, bone: np.ndarray) -> Path:
    np.savez(path, volume=bone.astype(np.uint8), voxel_mm=0.02)
    return path


def column() -> np.ndarray:
    bone = np.zeros((5, 4, 4), bool)
    bone[:, 1:3, :2] = True
    return bone


def test_one_file_gives_one_object_with_the_keys(spondyl, tmp_path: Path) -> None:
    archive = write_archive(tmp_path / "column.npz", column())
    words = ("--modulus", "8 GPa", "--platens", "frictionless", "--strain", 0.02, "--backend", "reference")
    done = spondyl("measure", "strength", archive, "--binary", *words, "--json")
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert set(found) >= KEYS
    assert found["elements"] == 20
    assert found["dofs"] == 3 * 6 * 3 * 3
    assert found["apparent_modulus_mpa"] == pytest.approx(2000, rel=1e-5)
    assert found["reaction_N"] == pytest.approx(-8000 * 0.02 * 0.04**2, rel=1e-5)
    assert found["stiffness_N_per_mm"] == pytest.approx(8000 * 0.04**2 / 0.1, rel=1e-5)
    assert found["failure_load_N"] == pytest.approx(8000 * 0.007 * 0.04**2, rel=1e-5)
    assert found["backend"] == "reference"
    assert 10 < found["peak_memory_mb"] < 10_000


def test_many_files_give_one_line_each_and_a_bad_one_does_not_stop_the_rest(spondyl, tmp_path: Path) -> None:
    short = column()
    short[3:] = False
    bridgeless = column()
    bridgeless[2] = False
    archives = [
        write_archive(tmp_path / f"{name}.npz", bone)
        for name, bone in (
            ("good", column()), ("empty", column() & False), ("short", short),
            ("broken", bridgeless), ("better", ~column()),
        )
    ]  # fmt: skip
    np.savez(tmp_path / "other.npz", bone=column())
    done = spondyl("measure", "strength", *archives, tmp_path / "other.npz", "--binary", "--json")
    assert done.returncode == 2
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert [Path(line["file"]).name for line in lines] == ["good.npz", "better.npz"]
    told = done.stderr.splitlines()
    for name, words in (
        ("empty.npz", "no bone"), ("short.npz", "empty layers"),
        ("broken.npz", "connected between the platens"), ("other.npz", "'volume'"),
    ):  # fmt: skip
        assert any(name in line and words in line for line in told), (name, told)


def test_a_person_gets_a_table_and_maps(spondyl, tmp_path: Path) -> None:
    archive = write_archive(tmp_path / "column.npz", column())
    maps = tmp_path / "maps"
    done = spondyl("measure", "strength", archive, "--binary", "--save", maps, "--platens", "frictionless")
    assert done.returncode == 0, done.stderr
    assert "failure_load_N" in done.stdout
    assert "N/mm" in done.stdout
    assert "20 elements, 162 degrees of freedom" in done.stdout
    strain = read(maps / "column_effective_strain.nii.gz")
    assert strain.grid.spacing_mm == pytest.approx((0.02, 0.02, 0.02))
    assert strain.stored[column()] == pytest.approx(0.01, rel=1e-4)
    assert not strain.stored[~column()].any()
    energy = read(maps / "column_strain_energy_density.nii.gz")
    assert energy.stored[column()] == pytest.approx(10000 * 0.01**2 / 2, rel=1e-4)


def test_labels_with_moduli_of_their_own(spondyl, tmp_path: Path) -> None:
    labels = np.where(column(), 1, 2)
    archive = write_archive(tmp_path / "two.npz", labels)
    words = ("--material", "1=8000", "--material", "2=1 GPa", "--poisson", 0, "--tissue", 1)
    done = spondyl("measure", "strength", archive, *words, "--axis", "z", "--json")
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["apparent_modulus_mpa"] == pytest.approx(8000 / 4 + 1000 * 3 / 4, rel=1e-5)


def test_all_bad_options_are_told_at_once(spondyl, tmp_path: Path) -> None:
    archive = write_archive(tmp_path / "column.npz", column())
    words = (
        "--modulus", "10 GPs", "--poisson", 0.5, "--strain", 0, "--axis", "w", "--platens", "bondd",
        "--tolerance", 2, "--backend", "gpu", "--threads", 0, "--species", "cat", "--critical-volume", 3,
        "--critical-strain", "nan",
    )  # fmt: skip
    done = spondyl("measure", "strength", archive, "--binary", *words, "--json")
    assert done.returncode == 2
    assert done.stdout == ""
    options = (
        "modulus", "poisson", "strain", "axis", "platens", "tolerance", "backend", "threads", "species",
        "critical volume", "critical strain",
    )  # fmt: skip
    for option in options:
        assert f"measure strength, {option}: found" in done.stderr, option
    assert "Did you mean 'bonded'" in done.stderr


@pytest.mark.parametrize(
    ("options", "parts"),
    [
        (("--modulus", "-5"), ("modulus", "above zero")),
        (("--material", "bone=3"), ("material", "'bone=3'")),
        (("--binary", "--threshold", 3), ("binary", "threshold 3")),
    ],
)
def test_a_bad_option_is_one_clear_error(
    spondyl, tmp_path: Path, options: tuple[object, ...], parts: tuple[str, ...]
) -> None:
    archive = write_archive(tmp_path / "column.npz", column())
    done = spondyl("measure", "strength", archive, *options)
    assert done.returncode == 2
    assert done.stdout == ""
    for part in parts:
        assert part in done.stderr


def test_maps_of_equal_names_are_not_overwritten(spondyl, tmp_path: Path) -> None:
    for animal in ("a", "b"):
        (tmp_path / animal).mkdir()
        write_archive(tmp_path / animal / "L5.npz", column())
    files = (tmp_path / "a" / "L5.npz", tmp_path / "b" / "L5.npz")
    done = spondyl("measure", "strength", *files, "--binary", "--save", tmp_path / "maps")
    assert done.returncode == 2
    assert "several files named L5" in done.stderr
    assert not (tmp_path / "maps").exists()
