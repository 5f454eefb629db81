"""Make ``src/spondyl/vertebra/network.csv``: networks of known recipes as the micro-CT assay measures them.

``python -m validation.vertebra_networks TABLE`` takes some minutes of one core. The stage may not import the
assay; the table is how it knows what the assay will find.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from itertools import product
from pathlib import Path

import numpy as np

from spondyl.assay.microct.shape import anisotropy
from spondyl.assay.microct.thickness import local_thickness
from spondyl.vertebra.network import Recipe, draw_network, network_share
from spondyl.vertebra.streams import stream

STRETCHES = (1.2, 1.7)
THICKNESSES = (0.055, 0.09, 0.15)
LEVELS = (-1.2, -0.6, -0.1, 0.4)
EDGE = 92
"""Voxels of the cubes that are measured."""

WAVELENGTH = 40.0
"""In voxels: the thinnest plates have two."""

HEADER = "thickness,hole_level,stretch,bv_tv,tb_th,tb_sp,da"
UNIT = (1.0, 1.0, 1.0)


def rows() -> Iterator[tuple[float, ...]]:
    """Yield recipe and morphometry of each network; lengths in wavelengths."""
    axis = np.arange(EDGE) - (EDGE - 1) / 2
    everywhere = np.ones((EDGE,) * 3, np.bool_)
    for number, (stretch, thickness, level) in enumerate(product(STRETCHES, THICKNESSES, LEVELS)):
        recipe = Recipe(WAVELENGTH, thickness * WAVELENGTH, level, stretch)
        network = draw_network(stream(number, "table"), recipe, 1e9)
        share = network_share(network, axis, axis, axis, everywhere, 1)
        bone = share >= 0.5
        found = anisotropy(bone, None, UNIT)
        yield (
            thickness,
            level,
            stretch,
            float(share.mean()),
            local_thickness(bone, None, UNIT).mean_mm / WAVELENGTH,
            local_thickness(~bone, None, UNIT).mean_mm / WAVELENGTH,
            found.da if found else float("nan"),
        )


def main(target: Path) -> None:
    """Write the table."""
    with target.open("w", encoding="utf-8") as file:
        print(HEADER, file=file)
        for row in rows():
            print(",".join(f"{value:.5g}" for value in row), file=file, flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
