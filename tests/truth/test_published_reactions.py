"""Reactions of trabecular volumes known to twelve digits; too large for the reference backend."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from mechanics_cases import face_force, solved
from spondyl.mechanics.model import Model
from spondyl.mechanics.platens import platens
from spondyl.volume import Grid


@pytest.mark.shared
@pytest.mark.parametrize("case", ["trab50", "trab100"])
@pytest.mark.parametrize(("kind", "mode"), [("bonded", "bonded"), ("frictionless", "free")])
def test_random_field(fast: str, shared_data: Path, case: str, kind: str, mode: str) -> None:
    # The published "free" case pins three degrees of freedom: the same forces, another rigid motion.
    folder = shared_data / "voxel_fe" / "random_field"
    known = json.loads((folder / "reference.json").read_text("utf-8"))["reference"]
    published = next(row for row in known if (row["case"], row["mode"]) == (case, mode))
    with np.load(folder / f"{case}.npz") as file:
        volume, voxel = file["volume"], float(file["voxel_mm"])
    model = Model(Grid(volume.shape, (voxel,) * 3), volume * np.float32(10_000))
    strain = -published["disp"] / (volume.shape[0] * voxel)
    solution = solved(model, platens(model, "z", strain, kind), fast, tolerance=1e-11)
    assert (solution.elements, solution.dofs) == (published["elements"], published["dof"])
    assert face_force(solution, "z", -1, "z") == pytest.approx(published["Fz"], rel=1e-9)
    assert face_force(solution, "z", 0, "z") == pytest.approx(-published["Fz"], rel=1e-9)
    if kind == "bonded":
        assert np.linalg.norm(solution.displacement) == pytest.approx(published["u_l2"], rel=1e-8)
    assert -solution.displacement[2].min() == pytest.approx(published["u_absmax"][2], rel=1e-8)
