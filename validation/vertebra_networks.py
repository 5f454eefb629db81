"""Make ``src/spondyl/vertebra/network.csv``: networks of known recipes as the micro-CT assay measures them.

``python -m validation.vertebra_networks TABLE`` takes some minutes. The stage may not import the
assay; the table is how it knows what the assay will find.
"""

from __future__ import annotations

import sys
from concurrent.futures import ProcessPoolExecutor
from itertools import product
from pathlib import Path

import numpy as np

from spondyl.assay.microct.shape import anisotropy
from spondyl.assay.microct.thickness import local_thickness
from spondyl.vertebra.network import Network, Recipe, draw_network, network_share
from spondyl.vertebra.sounding import LAG, Lattice, sounded, told
from spondyl.vertebra.streams import stream

STRETCHES = (1.1, 1.45, 1.9)
THICKNESSES = (0.045, 0.06, 0.085, 0.12, 0.165)
LEVELS = (-1.3, -0.9, -0.5, -0.1, 0.2, 0.45)

PLATE = 3.3
"""Voxels in the thickness of plates."""

EDGE = 120
"""Least edge of the cubes that are measured, voxels."""

WAVELENGTHS = 2.3
"""The same, in wavelengths."""

SOUNDED = 12.0
"""Edge of the cube whose neighbours are counted, in wavelengths."""

SOUNDED_POINTS = 60
"""Points along that edge."""

HEADER = "thickness,hole_level,stretch,bv_tv,tb_th,tb_sp,da,differ,ratio"
UNIT = (1.0, 1.0, 1.0)


def row(number: int) -> tuple[float, ...]:
    """Return recipe and morphometry of a network; lengths in wavelengths."""
    stretch, thickness, level = list(product(STRETCHES, THICKNESSES, LEVELS))[number]
    wavelength = PLATE / thickness
    edge = max(EDGE, round(WAVELENGTHS * wavelength))
    axis = np.arange(edge) - (edge - 1) / 2
    network = draw_network(stream(number, "table"), Recipe(wavelength, PLATE, level, stretch), 1e9)
    differ, ratio = soundings(network)
    share = network_share(network, axis, axis, axis, np.ones((edge,) * 3, np.bool_), 1)
    bone = share >= 0.5
    found = anisotropy(bone, None, UNIT)
    return (
        thickness,
        level,
        stretch,
        float(share.mean()),
        local_thickness(bone, None, UNIT).mean_mm / wavelength,
        local_thickness(~bone, None, UNIT).mean_mm / wavelength,
        found.da if found else float("nan"),
        differ,
        ratio,
    )


def soundings(network: Network) -> tuple[float, float]:
    """Return what neighbours tell of a network in a larger cube."""
    axis = np.linspace(-0.5, 0.5, SOUNDED_POINTS) * SOUNDED * network.recipe.wavelength_mm
    lattice = Lattice(axis, axis, axis, np.ones((SOUNDED_POINTS,) * 3, np.bool_))
    fields = sounded(network, lattice, 1)
    found = told(network, fields, lattice, LAG * network.recipe.thickness_mm, 1)
    return found.differ, found.ratio


def main(target: Path) -> None:
    """Write the table."""
    with target.open("w", encoding="utf-8") as file:
        print(HEADER, file=file)
        count = len(STRETCHES) * len(THICKNESSES) * len(LEVELS)
        with ProcessPoolExecutor(2) as pool:
            for found in pool.map(row, range(count)):
                print(",".join(f"{value:.5g}" for value in found), file=file, flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
