"""From mineral density to a scan."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from spondyl.errors import InstrumentError, Mistake
from spondyl.instrument.scanner.artefacts import hardened, rings_of
from spondyl.instrument.scanner.holder import with_rods
from spondyl.instrument.scanner.sampling import Placing, sampled
from spondyl.quantity import Parameter, convert, convert_number, shipped
from spondyl.volume import Grid, Meaning, Scan

Array = NDArray[np.float64]

STAGE = "instrument/scanner"

DOSES: Mapping[str, float] = {"low": 0.25, "usual": 1.0, "high": 4.0}
"""Dose over the usual one; noise falls with its square root."""

MOST_VOXELS = 600_000_000


class Specimen(Protocol):
    """What is scanned: bone per voxel and its mineral; ``tcp``, the share of β-TCP, may be there as well."""

    @property
    def grid(self) -> Grid: ...  # noqa: D102
    @property
    def share(self) -> NDArray[Any]: ...  # noqa: D102
    @property
    def tissue_density(self) -> NDArray[Any]: ...  # noqa: D102


def microct(
    specimen: Specimen,
    voxel: str | None = None,
    *,
    seed: int,
    dose: str | float = "usual",
    rods: bool = False,
    rings: float = 0.0,
    hardening: float = 0.0,
    turned: float = 0.0,
    moved: str = "0 mm",
    parameters: Mapping[str, Parameter] | None = None,
) -> Scan:
    """Return the scan of a bone.

    Parameters
    ----------
    specimen : a vertebra, or a healed one: grid, share of bone, mineral density of its tissue, and β-TCP.
    voxel : of the scan, such as "20 um"; that of the specimen if None.
    seed : of the noise, the rings and the position.
    dose : "low", "usual", "high" or a number over the usual one; 0 switches noise off.
    rods : put calibration rods of known density beside the bone; the scan then holds attenuation in 1/cm
    with the
        scanner's own scale, to be calibrated, instead of mg HA/cm³.
    rings : strength of ring artefacts, share of the noise.
    hardening : share by which the middle of dense bone reads too low.
    turned : standard deviation of the angles, in degrees, at which the bone lies, about each axis.
    moved : standard deviation of its shift along each axis.
    parameters : numbers of the stage ``instrument/scanner``; the shipped ones if None.

    Raises
    ------
    InstrumentError
        If something asked for has no meaning, or the scan would be too large.

    Examples
    --------
    >>> from spondyl.vertebra import rat
    >>> scan = microct(rat("L5", seed=7, voxel="200 um"), voxel="100 um", seed=1)
    >>> scan.meaning.value, scan.grid.spacing_mm
    ('mg HA/cm3', (0.1, 0.1, 0.1))
    """
    table = parameters or shipped()[STAGE]
    edge = _edge(specimen, voxel)
    strength = _dose(dose)
    _refuse(rings, hardening, turned)
    shift = convert(moved, "mm", where="microct › moved")
    dense = _mineral(specimen, table)
    placing = Placing.drawn(_stream(seed, "position"), turned, shift)
    values, grid = sampled(dense, specimen.grid, edge, table["psf_voxels"].value * edge, placing)
    if hardening:
        values = hardened(values, grid, hardening)
    if rods:
        values, grid = with_rods(values, grid)
    values = values + _noise(values.shape, edge, strength, seed, table)
    if rings:
        sigma = _sigma(edge, max(strength, 1e-9) if strength else 1.0, table)
        values = values + rings_of(values.shape, rings * sigma, _stream(seed, "rings"))
    if not rods:
        return Scan(np.rint(values).astype(np.int16), grid, Meaning.DENSITY)
    water, mineral = table["attenuation_water"].value, table["attenuation_mineral"].value
    return Scan((water + mineral * values).astype(np.float32), grid, Meaning.RAW)


def _mineral(specimen: Specimen, table: Mapping[str, Parameter]) -> Array:
    """Return the hydroxyapatite of each voxel, mg/cm³, that attenuates as its bone and β-TCP do."""
    dense = np.asarray(specimen.share, np.float64) * np.asarray(specimen.tissue_density, np.float64)
    tcp = getattr(specimen, "tcp", None)
    filling = getattr(specimen, "filling", None)
    if tcp is None and filling is not None:
        tcp = filling.whole("tcp")
    if tcp is not None:
        equivalent = convert_number(
            table["tcp_equivalent"].value, "g/cm^3", "mg/cm^3", where="tcp_equivalent"
        )
        dense = dense + equivalent * np.asarray(tcp, np.float64)
    return dense


def _noise(
    shape: tuple[int, ...], edge: float, dose: float, seed: int, table: Mapping[str, Parameter]
) -> Array:
    """Return noise with a grain, its standard deviation that of the dose."""
    from scipy.ndimage import gaussian_filter

    if dose == 0:
        return np.zeros(shape)
    white = _stream(seed, "noise").standard_normal(shape)
    grain = table["grain_voxels"].value
    smooth = gaussian_filter(white, grain, mode="wrap") if grain else white
    return np.asarray(smooth / smooth.std() * _sigma(edge, dose, table))


def _sigma(edge: float, dose: float, table: Mapping[str, Parameter]) -> float:
    usual = convert_number(table["reference_voxel"].value, "um", "mm", where="reference_voxel")
    return table["noise"].value * usual / edge / math.sqrt(dose)


def _edge(specimen: Specimen, voxel: str | None) -> float:
    if voxel is None:
        return float(min(specimen.grid.spacing_mm))
    edge = convert(voxel, "mm", where="microct › voxel", positive=True)
    count = math.prod(size / edge for size in specimen.grid.size_mm)
    if count > MOST_VOXELS:
        least = 1000 * edge * (count / MOST_VOXELS) ** (1 / 3)
        given = f"{voxel}, which makes {count:.3g} voxels"
        raise InstrumentError(Mistake("microct › voxel", given, f"must be at least {least:.0f} um"))
    if min(specimen.grid.size_mm) < 4 * edge:
        given, allowed = voxel, f"the bone is {min(specimen.grid.size_mm):.2g} mm across"
        raise InstrumentError(Mistake("microct › voxel", given, allowed))
    return edge


def _dose(dose: str | float) -> float:
    if isinstance(dose, str):
        if dose not in DOSES:
            allowed = f"must be {', '.join(DOSES)} or a number over the usual dose"
            raise InstrumentError(Mistake("microct › dose", repr(dose), allowed))
        return DOSES[dose]
    if not (math.isfinite(dose) and 0 <= dose <= 1000):
        raise InstrumentError(Mistake("microct › dose", f"{dose}", "must lie between 0 and 1000"))
    return float(dose)


def _refuse(rings: float, hardening: float, turned: float) -> None:
    limits = {"rings": (rings, 20.0), "hardening": (hardening, 0.5), "turned": (turned, 30.0)}
    wrong = [
        Mistake(f"microct › {name}", f"{value}", f"must lie between 0 and {most:g}")
        for name, (value, most) in limits.items()
        if not (math.isfinite(value) and 0 <= value <= most)
    ]
    if wrong:
        raise InstrumentError(wrong)


def _stream(seed: int, name: str) -> np.random.Generator:
    key = hashlib.sha256(f"spondyl/instrument/scanner/{seed}/{name}".encode()).digest()[:16]
    return np.random.Generator(np.random.Philox(key=int.from_bytes(key, "big")))
