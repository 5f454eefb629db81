"""Raw amplification curves that come up where a plate says."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from spondyl.assay.qpcr import CtPlate
from spondyl.quantity import Parameter, shipped
from spondyl.vertebra.streams import stream

Floats = NDArray[np.float64]


def raw_curves(
    plate: CtPlate, *, seed: int, parameters: Mapping[str, Parameter] | None = None
) -> tuple[Floats, Floats]:
    """Return cycles, and the fluorescence of each well.

    Copies grow by the gene's factor while there are few and ever less as they near the plateau; fluorescence
    is theirs above a baseline, with noise. Wells without a cycle stay at the baseline.

    Parameters
    ----------
    plate : with factors of its genes.
    seed : of the noise.
    parameters : of the stage "instrument/thermocycler"; None for those that ship.

    Returns
    -------
    cycles, shape (cycles,), from 1; fluorescence, shape (wells, cycles).
    """
    table = shipped()["instrument/thermocycler"] if parameters is None else parameters
    cycles = np.arange(1.0, table["cycles"].value + 1)
    top, ground = table["plateau"].value, table["baseline"].value
    factor = np.array([plate.factors[gene] for gene in plate.gene])
    # In units of the plateau: the threshold is one over the plateau's copies.
    level = factor ** -np.nan_to_num(plate.cq, nan=math.inf) / table["plateau_copies"].value
    curves = np.empty((plate.wells, cycles.size))
    for place in range(cycles.size):
        level = level * (1 + (factor - 1) * (1 - level))
        curves[:, place] = level
    noise = stream(seed, "thermocycler", "fluorescence").standard_normal(curves.shape)
    return cycles, ground + top * curves + table["fluorescence_noise"].value * noise
