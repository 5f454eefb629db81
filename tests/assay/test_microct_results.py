"""What a measurement looks like: JSON, table rows, quality figures, picture."""

from __future__ import annotations

import json

import numpy as np
import pytest

from spondyl.assay.microct import NAMES, Box, Settings, measure, picture, quality, rows, segment
from spondyl.volume import Grid, Meaning, Scan

KEYS = [
    "voxel_um", "shape", "threshold", "tv_mm3", "bv_mm3", "bv_tv", "bs_mm2", "bs_bv_per_mm", "bs_tv_per_mm",
    "tb_th_um", "tb_th_sd_um", "tb_th_unresolved", "tb_sp_um", "tb_sp_sd_um", "tb_n_per_mm", "smi",
    "euler", "conn_d_per_mm3", "da", "mil_lengths", "mil_axes", "da_surface", "tmd_mgha_cm3",
    "tmd_core_mgha_cm3", "bmd_mgha_cm3", "seconds",
]  # fmt: skip
NO_ROW = {"mil_lengths", "mil_axes", "da_surface", "seconds"}
ORANGE, BLUE = (255, 138, 40), (64, 200, 255)


def block(noise: float = 20.0, meaning: Meaning = Meaning.DENSITY, spacing: tuple = (0.02,) * 3) -> Scan:
    """Return a bone of 800 in marrow of 100, with Gaussian noise."""
    stored = np.full((40, 40, 40), 100.0)
    stored[10:30, 10:30, 10:30] = 800
    stored += noise * np.random.default_rng(1).normal(size=stored.shape)
    return Scan(stored.astype(np.int16), Grid(stored.shape, spacing), meaning)


def plates() -> Scan:
    """Return crossing pairs of plates and a rod, bone of 800 in marrow of 100, of which all can be told."""
    stored = block().stored.copy()
    stored[:] = 100
    for start in (8, 26):
        stored[start : start + 5] = stored[:, :, start : start + 5] = 800
    stored[:, 15:20, 15:20] = 800
    return Scan(stored, block().grid, Meaning.DENSITY)


def test_json_keys_of_a_calibrated_scan() -> None:
    plain = measure(plates(), Settings(threshold=450)).as_json()
    assert list(plain) == KEYS
    assert json.loads(json.dumps(plain, allow_nan=False)) == plain


def test_what_is_not_known_has_no_key() -> None:
    plain = measure(block(), Settings(threshold=450)).as_json()
    assert [key for key in KEYS if key not in plain] == [
        "tb_n_per_mm"
    ]  # one block is at no distance to another
    quick = measure(plates(), Settings(threshold=450), architecture=False).as_json()
    assert list(quick) == [*KEYS[:9], *KEYS[-4:]]


def test_json_numbers_of_a_block() -> None:
    plain = measure(block(), Settings(threshold=450)).as_json()
    assert (plain["voxel_um"], plain["shape"], plain["bv_tv"]) == (20.0, [40, 40, 40], 0.125)


def test_voxel_has_three_numbers_when_it_is_no_cube() -> None:
    found = measure(block(spacing=(0.05, 0.02, 0.0195)), Settings(threshold=450))
    assert found.as_json()["voxel_um"] == [50.0, 20.0, 19.5]


def test_binary_volume_prints_the_same_keys_without_densities() -> None:
    scan = Scan(plates().stored > 450, block().grid, Meaning.LABELS)
    plain = measure(scan, Settings(binary=True)).as_json()
    assert list(plain) == [key for key in KEYS if not key.endswith("_cm3")]
    assert plain["threshold"] == 0.5


def test_rows_are_the_numbers_with_their_method() -> None:
    settings = Settings(gaussian_voxels=1, largest=True, voi=Box((0, 40), (0, 40), (5, 40)))
    found = measure(plates(), settings)
    table = {row.name: row for row in rows(found)}
    assert tuple(table) == NAMES == ("threshold", *(key for key in KEYS[3:] if key not in NO_ROW))
    plain = found.as_json()
    assert all(table[name].value == plain[name] for name in table)
    assert (table["bv_tv"].unit, table["bs_mm2"].unit, table["tmd_mgha_cm3"].unit) == (
        "1",
        "mm²",
        "mg HA/cm³",
    )
    for word in ("σ = 1 voxel", "Otsu", "largest face-connected part", "box z 0–40, y 0–40, x 5–40 voxels"):
        assert word in table["bv_tv"].method
    assert "marching cubes" in table["bs_mm2"].method
    assert "seconds" not in table


def test_rows_of_a_raw_scan_have_no_density() -> None:
    names = [row.name for row in rows(measure(block(meaning=Meaning.RAW), Settings(threshold=450)))]
    assert names == ["threshold", *(key for key in KEYS[3:-4] if key not in {*NO_ROW, "tb_n_per_mm"})]


def test_quality_of_a_clean_scan() -> None:
    scan = block(noise=20)
    found = quality(scan, segment(scan, Settings(threshold=450, largest=True)))
    assert found.contrast_to_noise == pytest.approx(700 / 20, rel=0.02)
    assert found.near_threshold == 0
    assert found.sensitivity == 0
    assert found.removed == 0
    assert found.concern < 0.2
    assert found.remarks == ()


def test_quality_of_a_noisy_scan() -> None:
    """With noise σ the share near the threshold and the shift of BV/TV follow the normal distribution."""
    from scipy.stats import norm

    scan = block(noise=250)
    segmentation = segment(scan, Settings(threshold=450))
    found = quality(scan, segmentation)
    values = scan.values()
    bone, marrow = values[values >= 450].mean(), values[values < 450].mean()
    shift = 0.05 * (bone - marrow)
    share = 0.875 * np.diff(norm.cdf([450 - shift, 450 + shift], 100, 250))[0]
    share += 0.125 * np.diff(norm.cdf([450 - shift, 450 + shift], 800, 250))[0]
    assert found.near_threshold == pytest.approx(share, rel=0.05)
    lower = ((values >= 450 - shift).sum() - (values >= 450).sum()) / (values >= 450).sum()
    assert found.sensitivity == pytest.approx(lower, rel=0.02)
    assert found.contrast_to_noise == pytest.approx((bone - marrow) / values[values < 450].std(), rel=0.01)
    assert found.concern > 1
    assert any("BV/TV would change" in remark for remark in found.remarks)


def test_quality_names_clipping_and_lost_parts() -> None:
    stored = np.minimum(block().stored, 790)
    stored[0:6, 0:9, 0:9] = 700
    scan = Scan(stored, block().grid, Meaning.DENSITY)
    found = quality(scan, segment(scan, Settings(threshold=450, largest=True)))
    assert found.parts == 2
    assert found.removed == pytest.approx(486 / 8486, rel=1e-12)
    assert found.saturated == pytest.approx((stored == 790).mean(), rel=1e-12)
    assert len(found.remarks) == 2
    assert "highest value" in found.remarks[0]
    assert "5.7%" in found.remarks[1]
    assert found.concern == pytest.approx(found.saturated / 0.005, rel=1e-12)


def test_quality_of_a_binary_volume_has_no_grey_figures() -> None:
    scan = Scan(plates().stored > 450, block().grid, Meaning.LABELS)
    found = quality(scan, segment(scan, Settings(binary=True)))
    assert (found.contrast_to_noise, found.sensitivity, found.saturated, found.concern) == (
        None,
        None,
        None,
        0.0,
    )


def where(image: np.ndarray, colour: tuple[int, int, int]) -> np.ndarray:
    return (image == colour).all(axis=2)


def test_picture_outlines_the_bone_where_it_is() -> None:
    """A panel has 400 pixels for 40 voxels: the bone of 20 voxels has an outline of 4 × 200 - 4 pixels."""
    scan = block()
    image = picture(scan, segment(scan, Settings(threshold=450)), height=400)
    assert (image.dtype, image.shape[2]) == (np.uint8, 3)
    outline = where(image, ORANGE)
    assert outline.sum() == 3 * (4 * 200 - 4)
    rows_hit, columns_hit = np.flatnonzero(outline.any(axis=1)), np.flatnonzero(outline.any(axis=0))
    assert np.ptp(rows_hit) + 1 == 200
    assert len(columns_hit) == 3 * 200
    assert not where(image, BLUE).any()


def test_picture_shows_the_volume_of_interest_and_the_true_proportions() -> None:
    scan = block(spacing=(0.01, 0.02, 0.04))
    image = picture(
        scan, segment(scan, Settings(threshold=450, voi=Box((5, 35), (5, 35), (5, 35)))), height=320
    )
    blue = where(image, BLUE)
    assert blue.any()
    # Panels: xy 320 × 640, xz 160 × 640, yz 160 × 320 pixels, of which the box holds three quarters.
    columns = np.flatnonzero(blue.any(axis=0))
    assert len(columns) == pytest.approx(0.75 * (640 + 640 + 320), abs=3)


def test_picture_of_one_flat_value_outside_the_bone_and_of_a_binary_volume() -> None:
    scan = Scan(plates().stored > 450, block().grid, Meaning.LABELS)
    image = picture(scan, segment(scan, Settings(binary=True)), height=100)
    assert where(image, ORANGE).any()
    grey = image[12:112, 12:112].max(axis=2)
    assert np.ptp(grey) > 200


def test_picture_of_a_long_scan_stays_on_the_page() -> None:
    stored = np.tile(block().stored, (1, 1, 10))
    scan = Scan(stored, Grid(stored.shape, (0.02,) * 3), Meaning.DENSITY)
    image = picture(scan, segment(scan, Settings(threshold=450)))
    assert 1700 < image.shape[1] < 1900
    assert image.shape[0] < 150
