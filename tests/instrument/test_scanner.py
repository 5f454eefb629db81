"""The virtual scanner keeps mineral and place, blurs and disturbs as asked, and refuses the rest."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from spondyl import graft, instrument
from spondyl.assay.microct.calibration import from_rods
from spondyl.assay.microct.rods import find_rods
from spondyl.errors import InstrumentError
from spondyl.instrument.scanner.holder import RODS
from spondyl.quantity import shipped
from spondyl.vertebra import rat
from spondyl.volume import Grid, read, write

TABLE = shipped()["instrument/scanner"]


@dataclass(frozen=True)
class Block:
    grid: Grid
    share: NDArray[np.float32]
    tissue_density: NDArray[np.float32]
    tcp: NDArray[np.float32] | None = None


def block(edge: int = 30, wall: int = 8, spacing: float = 0.05) -> Block:
    """A cube of bone in the middle of nothing."""
    share = np.zeros((edge,) * 3, np.float32)
    share[wall:-wall, wall : -wall - 3, wall:-wall] = 1
    grid = Grid(share.shape, (spacing,) * 3, (1.0, -2.0, 0.5))
    return Block(grid, share, np.full(share.shape, 1000, np.float32))


def mass_and_centre(scan: Any) -> tuple[float, NDArray[np.float64]]:
    values = scan.values().astype(np.float64)
    places = np.stack(np.meshgrid(*[np.arange(n) for n in values.shape], indexing="ij"), -1)
    centre = (values[..., None] * places).sum((0, 1, 2)) / values.sum()
    return float(values.sum() * scan.grid.voxel_mm3), np.array(
        scan.grid.origin_mm
    ) + centre * scan.grid.spacing_mm


@pytest.mark.parametrize("voxel", [None, "25 um", "40 um", "100 um"])
def test_mineral_and_its_middle_stay(voxel: str | None) -> None:
    made = block()
    scan = instrument.microct(made, voxel=voxel, seed=1, dose=0)
    true = replace(made).share.sum() * 1000 * made.grid.voxel_mm3
    mass, centre = mass_and_centre(scan)
    assert mass == pytest.approx(true, rel=0.01)
    inside = np.argwhere(made.share > 0).mean(0) * 0.05 + np.array(made.grid.origin_mm)
    assert np.allclose(centre, inside, atol=0.003)


def test_noise_follows_dose_and_voxel_and_repeats() -> None:
    empty = replace(block(), share=np.zeros((30, 30, 30), np.float32))

    def spread(**asked: Any) -> float:
        return float(instrument.microct(empty, seed=3, **asked).values().std())

    usual = spread(voxel="50 um")
    assert usual == pytest.approx(TABLE["noise"].value * 20 / 50, rel=0.03)
    assert spread(voxel="50 um", dose="high") == pytest.approx(usual / 2, rel=0.05)
    assert spread(voxel="25 um") == pytest.approx(2 * usual, rel=0.03)
    one, same, other = (instrument.microct(block(), seed=seed) for seed in (1, 1, 2))
    assert np.array_equal(one.stored, same.stored)
    assert not np.array_equal(one.stored, other.stored)


def test_rods_calibrate_the_bone() -> None:
    bone = rat("L5", seed=7, voxel="100 um", arch=False)
    raw = instrument.microct(bone, voxel="50 um", seed=2, rods=True)
    line = from_rods(find_rods(raw), RODS)
    assert line.r_squared > 0.999
    plain = instrument.microct(bone, voxel="50 um", seed=2, dose=0)
    _, y, x = plain.grid.shape
    read_back = raw.values()[:, :y, :x] * line.slope + line.intercept
    assert read_back.mean() == pytest.approx(plain.values().mean(), abs=2)


def test_hardening_lowers_what_lies_deep_and_rings_are_round() -> None:
    thick = block(edge=60, wall=4)
    plain = instrument.microct(thick, seed=1, dose=0).values()
    cupped = instrument.microct(thick, seed=1, dose=0, hardening=0.2).values()
    ratio = cupped[30] / np.maximum(plain[30], 1)
    assert ratio[28, 30] < ratio[6, 30] < 1
    empty = replace(thick, share=np.zeros_like(thick.share))
    rings = instrument.microct(empty, seed=1, dose=0, rings=3).values()
    assert np.array_equal(rings[0], rings[-1])
    assert rings.std() > 10
    assert np.abs(rings - rings[:, ::-1, ::-1]).max() <= 1


def test_a_turned_bone_keeps_its_mineral() -> None:
    bone = rat("L5", seed=7, voxel="100 um", arch=False)
    still, turned = (instrument.microct(bone, seed=4, dose=0, turned=angle) for angle in (0.0, 4.0))
    assert not np.array_equal(still.stored, turned.stored)
    assert turned.values().sum(dtype=float) == pytest.approx(still.values().sum(dtype=float), rel=0.01)


def test_tcp_counts_by_the_hydroxyapatite_that_attenuates_alike() -> None:
    made = block()
    none = np.zeros_like(made.share)
    tcp = replace(made, share=none, tcp=0.4 * made.share)
    dense = instrument.microct(tcp, seed=1, dose=0).values()
    assert dense.max() == pytest.approx(0.4 * 2990, rel=0.01)
    bone = rat("L5", seed=7, voxel="200 um", arch=False).drill(diameter="1.5 mm", depth="1.5 mm")
    filled = bone.fill(graft.mix(granules="beta-TCP 0.3-0.6 mm"))
    more = instrument.microct(filled, seed=1, dose=0).values().sum(dtype=float)
    plain = instrument.microct(bone, seed=1, dose=0).values().sum(dtype=float)
    assert more - plain == pytest.approx(2990 * filled.filling.tcp.sum(), rel=0.01)


@pytest.mark.parametrize("suffix", [".nii.gz", ".mha"])
def test_a_scan_is_written_and_read_back(tmp_path: Path, suffix: str) -> None:
    scan = instrument.microct(block(), voxel="40 um", seed=1)
    back = read(write(scan, tmp_path / f"scan{suffix}"))
    assert np.array_equal(back.values(), scan.values())
    assert back.grid.agrees_with(scan.grid)
    assert back.meaning is scan.meaning


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"voxel": "1 mm"}, "mm across"),
        ({"voxel": "0.1 um"}, "must be at least"),
        ({"dose": "huge"}, "low, usual, high"),
        ({"dose": math.nan}, "between 0 and 1000"),
        ({"dose": -1.0}, "between 0 and 1000"),
        ({"rings": 99.0}, "rings"),
        ({"hardening": 0.9}, "hardening"),
        ({"turned": math.inf}, "turned"),
    ],
)
def test_what_has_no_meaning_is_refused(asked: dict[str, Any], said: str) -> None:
    with pytest.raises(InstrumentError, match=said):
        instrument.microct(block(), seed=1, **asked)
