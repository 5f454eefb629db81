"""What resolution and noise do to morphometry: a known network, scanned and measured back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from spondyl.assay.microct import Settings, measure
from spondyl.instrument import microct
from spondyl.volume import Grid, Meaning, Scan
from validation.row import Row

EDGE_UM, SIZE = 5.0, 288
GRAIN_UM = 90.0
BONE = 0.22
MINERAL = 1000.0
SCANS_UM = (5, 10, 15, 20, 30, 40, 50)
SHOWN: Mapping[str, str] = {
    "bv_tv": "BV/TV",
    "tb_th_um": "Tb.Th",
    "tb_sp_um": "Tb.Sp",
    "bs_tv_per_mm": "BS/TV",
    "conn_d_per_mm3": "Conn.D",
    "tmd_mgha_cm3": "TMD",
}


@dataclass(frozen=True, slots=True, eq=False)
class Network:
    """A specimen of the scanner: shares of bone and their mineral."""

    grid: Grid
    share: NDArray[np.float32]
    tissue_density: NDArray[np.float32]


def network() -> Network:
    """Return a network, plates and struts about 65 µm thick: a level of smoothed noise."""
    from scipy.ndimage import gaussian_filter

    noise = np.random.Generator(np.random.Philox(22)).standard_normal((SIZE,) * 3).astype(np.float32)
    field = gaussian_filter(noise, GRAIN_UM / EDGE_UM, mode="wrap")
    solid = np.abs(field) < np.quantile(np.abs(field), BONE)
    edge = EDGE_UM / 1000
    share = solid.astype(np.float32)
    return Network(Grid((SIZE,) * 3, (edge,) * 3), share, np.full(share.shape, MINERAL, np.float32))


def measured(scan: Scan, *, binary: bool = False, noisy: bool = False) -> dict[str, float]:
    """Return the numbers that are shown; the threshold is half the mineral of bone."""
    settings = Settings(binary=True) if binary else Settings(threshold=MINERAL / 2)
    if noisy:
        settings = Settings(threshold=MINERAL / 2, gaussian_voxels=1.0, largest=True)
    found = measure(scan, settings).as_json()
    return {name: float(found.get(name, np.nan)) for name in SHOWN}  # type: ignore[arg-type]


def table() -> Iterator[str]:
    """Yield the lines of the table: true values, and errors of scans with and without noise, %."""
    bone = network()
    truth = measured(Scan(bone.share.astype(np.uint8), bone.grid, Meaning.LABELS), binary=True)
    truth["tmd_mgha_cm3"] = MINERAL
    yield f"| voxel, µm | noise | {' | '.join(SHOWN.values())} |"
    yield "|---" * (len(SHOWN) + 2) + "|"
    yield f"| truth ({EDGE_UM:g}) | | " + " | ".join(f"{truth[name]:.4g}" for name in SHOWN) + " |"
    for edge in SCANS_UM:
        for dose in (0.0, 1.0):
            found = measured(microct(bone, voxel=f"{edge} um", seed=1, dose=dose), noisy=dose > 0)
            cells = (f"{100 * (found[name] / truth[name] - 1):+.1f} %" for name in SHOWN)
            yield f"| {edge} | {'usual, filtered' if dose else 'none'} | {' | '.join(cells)} |"


def agreement() -> Iterator[Row]:
    """The finest scan without noise gives the network back."""
    bone = network()
    truth = measured(Scan(bone.share.astype(np.uint8), bone.grid, Meaning.LABELS), binary=True)
    found = measured(microct(bone, voxel="10 um", seed=1, dose=0.0))
    for name in ("bv_tv", "tb_th_um"):
        error = 100 * (found[name] / truth[name] - 1)
        check = f"{SHOWN[name]} of a known network scanned at 10 µm"
        yield Row("scanner", check, f"{truth[name]:.4g}", f"{error:+.1f} %", "5 %", abs(error) < 5)
