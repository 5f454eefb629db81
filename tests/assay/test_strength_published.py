"""Compression tests that other programs have solved; they take the fast backend."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from spondyl.assay import microct
from spondyl.assay.strength import Compressed, Settings, compress
from spondyl.errors import SpondylError
from spondyl.mechanics.fields import element_fields, on_grid
from spondyl.volume import Grid, Meaning, Scan, read

pytestmark = pytest.mark.shared
BINARY = microct.Settings(binary=True)


@pytest.fixture(scope="module")
def data(shared_data: Path) -> Path:
    """The folder of voxel models, once a backend is here that solves them in seconds."""
    cube = Scan(np.ones((2, 2, 2), bool), Grid((2, 2, 2), (1, 1, 1)), Meaning.LABELS)
    try:
        used = compress(cube, Settings(bone=BINARY, backend="cpu")).strength.backend
    except (SpondylError, ImportError):
        used = "none"
    if used != "cpu":
        pytest.skip("the cpu backend is not here")
    return shared_data / "voxel_fe"


def reference(data: Path, case: str, mode: str) -> dict[str, Any]:
    cases = json.loads((data / "random_field" / "reference.json").read_text("utf-8"))["reference"]
    (found,) = (entry for entry in cases if (entry["case"], entry["mode"]) == (case, mode))
    return dict(found)


@pytest.mark.parametrize(("mode", "platens"), [("bonded", "bonded"), ("free", "frictionless")])
def test_random_field(data: Path, mode: str, platens: str) -> None:
    known = reference(data, "trab50", mode)
    settings = Settings(
        bone=BINARY, modulus_mpa=10_000.0, poisson=0.3, platens=platens, tolerance=1e-9, backend="cpu"
    )
    done = compress(read(data / "random_field" / "trab50.npz"), settings)
    found = done.strength
    assert (found.elements, found.dofs) == (known["elements"], known["dof"])
    # The reference moved its platen by 2e-8 less, by rounding to single precision.
    assert found.reaction_N == pytest.approx(known["Fz"], rel=1e-7)
    assert found.apparent_modulus_mpa == pytest.approx(known["E_app"], rel=1e-7)
    assert found.failure_load_N == pytest.approx(known["failure_load_N"], rel=1e-6)
    assert found.effective_strain == pytest.approx(known["EES_q98"], rel=1e-6)
    assert found.imbalance < 1e-7
    fields = element_fields(
        done.solution, "effective_strain", "strain_energy_density", "mean_strain_energy_density"
    )
    assert fields["effective_strain"].mean() == pytest.approx(known["EES_mean"], rel=1e-6)
    assert fields["effective_strain"].max() == pytest.approx(known["EES_max"], rel=1e-6)
    volume = read(data / "random_field" / "trab50.npz").grid.voxel_mm3
    energy = fields["strain_energy_density"].sum() * volume
    assert energy == pytest.approx(known["sum_SED_centre_x_vol"], rel=1e-6)
    work = fields["mean_strain_energy_density"].sum() * volume
    assert work == pytest.approx(known["half_F_u"], rel=1e-7)


@pytest.fixture(scope="module")
def trabecular(data: Path) -> Compressed:
    archive = np.load(data / "trabecular_hrpqct" / "trab1240_labels.npz")
    x, y, z = (float(s) for s in archive["spacing_xyz"])
    labels = archive["labels"]
    scan = Scan(labels, Grid(labels.shape, (z, y, x)), Meaning.LABELS)
    return compress(scan, Settings(materials=((1, 10_000.0),), poisson=0.3, tolerance=1e-8, backend="cpu"))


def test_trabecular_hrpqct_stiffness_and_failure_load(data: Path, trabecular: Compressed) -> None:
    whole = json.loads((data / "trabecular_hrpqct" / "reference.json").read_text("utf-8"))
    known, found = whole["reference"], trabecular.strength
    assert found.elements == known["elements"]
    assert found.stiffness_N_per_mm == pytest.approx(known["stiffness_z"], rel=1e-5)
    assert found.reaction_N == pytest.approx(known["reaction_force_z"], rel=1e-5)
    assert found.failure_load_N == pytest.approx(-known["failure_load_z"], rel=1e-3)
    assert found.effective_strain == pytest.approx(known["ees_at_critical_volume"], rel=1e-3)


def test_trabecular_hrpqct_strain_energy(data: Path, trabecular: Compressed) -> None:
    known = np.load(data / "trabecular_hrpqct" / "reference_sed.npz")["sed_zyx"].astype(np.float64)
    field = element_fields(trabecular.solution, "strain_energy_density")["strain_energy_density"]
    found = np.asarray(on_grid(trabecular.solution.model, field).array, np.float64)
    assert np.array_equal(found > 0, known > 0)
    assert np.linalg.norm(found - known) < 0.01 * np.linalg.norm(known)
