"""How stiff a voxel is that bone fills in part: a vertebra on finer and finer voxels.

Its modulus is that of bone times its share of bone to some exponent; as voxels shrink, every exponent leads
to one stiffness, and the exponent is best that is near it on coarse ones.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from spondyl.mechanics import Model, platens, solve
from spondyl.quantity import shipped
from spondyl.vertebra import rat
from validation.row import Row

VOXELS_UM = (100.0, 50.0, 25.0, 12.5)
EXPONENTS = (1.0, 1.25, 1.5)
SEEDS = (1, 2)
STRAIN = 0.01


def partly_filled() -> Iterator[Row]:
    """Stiffness of whole healthy vertebrae, bonded platens."""
    for seed in SEEDS:
        found = {voxel: _stiffness(seed, voxel) for voxel in VOXELS_UM}
        limit = _limit([found[voxel][0] for voxel in VOXELS_UM[-3:]])
        yield Row(
            f"rat L5, seed {seed}", "stiffness in the limit of small voxels", "none known",
            f"{limit:.0f} N/mm", "", None,
        )  # fmt: skip
        for voxel, stiff in found.items():
            told = ", ".join(
                f"{exponent:g}: {100 * (value / limit - 1):+.1f} %"
                for exponent, value in zip(EXPONENTS, stiff, strict=True)
            )
            yield Row(f"rat L5, seed {seed}", f"voxels of {voxel:g} µm, by exponent", "0 %", told, "", None)


def _stiffness(seed: int, voxel_um: float) -> list[float]:
    """Return the stiffness by exponent, N/mm; the resin of the ends stays as it is."""
    model = rat("L5", voxel=f"{voxel_um:g} um", seed=seed).model()
    table = shipped()["mechanics"]
    tissue, used = (table[name].value for name in ("tissue_modulus", "partial_exponent"))
    resin = model.modulus == np.float32(shipped()["vertebra"]["resin_modulus"].value)
    share = (model.modulus / np.float32(tissue)) ** np.float32(1 / used)
    return [
        _solved(replace(model, modulus=np.where(resin, model.modulus, np.float32(tissue) * share**exponent)))
        for exponent in EXPONENTS
    ]


def _solved(model: Model) -> float:
    solution = solve(model, platens(model, "z", strain=STRAIN), tolerance=1e-4)
    return 2 * solution.energy / (STRAIN * model.grid.size_mm[0]) ** 2


def _limit(three: list[float]) -> float:
    """Return what values on voxels halved twice lead to, by the order that they show (Richardson)."""
    coarse, middle, fine = three
    return fine - (middle - fine) / ((coarse - middle) / (middle - fine) - 1)
