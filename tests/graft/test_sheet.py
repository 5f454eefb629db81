"""The dose sheet says what is in the graft, and warns."""

from __future__ import annotations

import json

import numpy as np
import pytest

from holes import drilled, spheroids
from spondyl.graft import Graft, mix, pack
from spondyl.graft.picture import picture
from spondyl.graft.render import render


@pytest.fixture(scope="module")
def graft() -> Graft:
    return pack(mix(spheroids(100), "beta-TCP 0.3-0.6 mm", mass="3 mg"), drilled(0.05), seed=2, threads=1)


def test_the_sheet_is_json_with_units_in_its_keys(graft):
    told = json.loads(json.dumps(graft.sheet.as_dict()))
    assert told["cells_living"] == pytest.approx(200_000)
    assert told["tcp_mg"] == pytest.approx(3.0)
    parts = sum(told[f"{part}_mm3"] for part in ("tcp", "micropore", "spheroid", "carrier", "void"))
    assert parts == pytest.approx(told["hole_mm3"], rel=1e-12)
    assert told["hole_mm3"] == pytest.approx(2 * np.pi, rel=0.003)


def test_the_sheet_reads_as_a_table(graft):
    text = str(graft.sheet)
    assert "living cells" in text
    assert "200,000" in text
    assert "3.000 mg" in text


def test_pores_beside_spheroids_are_narrower_and_too_wide_spheroids_are_told(graft):
    assert 0 <= graft.sheet.pore_beside_spheroids_um <= graft.sheet.pore_um
    wide = pack(
        mix(spheroids(20, radius_um=200.0), "beta-TCP 0.3-0.6 mm", mass="2.5 mg"),
        drilled(0.1),
        seed=2,
        threads=1,
    )
    assert any("must go in with the granules" in warning for warning in wide.sheet.warnings)
    assert any("no carrier" in warning for warning in wide.sheet.warnings)
    assert any("granules wide" in warning for warning in wide.sheet.warnings)


def test_broken_granules_are_less_round_than_balls(graft):
    assert 0.85 < graft.sheet.sphericity < 0.97


def test_the_picture_shows_granules_spheroids_and_bone(graft):
    shown = picture(graft, height=120)
    assert shown.shape[0] > 120
    assert shown.shape[2] == 3
    pale = (shown.min(axis=2) > 150).mean()
    red = ((shown[..., 0] > 150) & (shown[..., 1] < 130)).mean()
    assert pale > 0.1
    assert red > 0.005


def test_the_cut_through_the_middle_has_the_area_of_its_bodies(graft):
    """Flat pale faces of the picture cover what the section through the bodies covers."""
    shown = render(graft, height=300)
    middle = graft.bone.shape[1] * 0.05 / 2 - 0.05 / 2
    rng = np.random.default_rng(0)
    points = np.stack(
        [rng.uniform(0.15, 2.2, 8_000), np.full(8_000, middle), rng.uniform(0.15, 2.2, 8_000)], axis=1
    )
    covered = np.zeros(len(points), bool)
    for bodies in (graft.bed.granules, graft.bed.spheroids):
        for n in range(len(bodies)):
            at = points - bodies.centres_mm[n]
            ball = np.linalg.norm(at, axis=1) < bodies.radii_mm[n]
            covered |= ball & (at @ bodies.normals[n].T < bodies.offsets_mm[n]).all(axis=1)
    area = covered.mean() * 2.05**2
    assert area > 0.5
    seen = (shown != np.array([17, 19, 23])).any(axis=2).mean()
    assert seen * shown.shape[0] * shown.shape[1] * (2.16 / 300) ** 2 > area
