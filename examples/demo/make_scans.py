"""Made trabecular scans of known BV/TV, written as a scanner would: partial volumes, blur, noise."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter, zoom

from spondyl import quantity, volume

HERE = Path(__file__).parent
EDGE, FINE = 96, 2
VOXEL_UM = 12.0
SMOOTHING = (9.0, 6.0, 6.0)
FLATNESS = 0.12
ANIMALS_PER_GROUP = 8
SEED = 20261122


def make_study(folder: Path) -> None:
    """Write study.toml, animals.tsv, truth.tsv and one scan per animal into `folder`."""
    parameters = quantity.load_table(HERE / "parameters.toml", stage="demo", references=quantity.references())
    number = {name: parameter.value for name, parameter in parameters.items()}
    animals = ["animal\tgroup\tseed\tweight_g\tincluded\treason"]
    truth = ["animal\tgroup\tbv_tv"]
    for index in range(2 * ANIMALS_PER_GROUP):
        group = ("sham", "ovx")[index // ANIMALS_PER_GROUP]
        animal = f"sub-{index + 1:02d}"
        # One stream per animal: adding an animal changes no other.
        rng = np.random.Generator(np.random.Philox(key=SEED, counter=[0, 0, 0, index]))
        asked = parameters[f"bv_tv_{group}"]
        fraction = bone_fractions(rng, rng.normal(asked.value, asked.spread))
        path = folder / "data" / animal / f"{animal}_week-08_microct.nii.gz"
        path.parent.mkdir(parents=True, exist_ok=True)
        volume.write(scan(fraction, rng, number), path)
        animals.append(f"{animal}\t{group}\t\t\tyes\t")
        truth.append(f"{animal}\t{group}\t{fraction.mean():.6f}")
    (folder / "animals.tsv").write_text("\n".join(animals) + "\n", "utf-8")
    (folder / "truth.tsv").write_text("\n".join(truth) + "\n", "utf-8")
    shutil.copyfile(HERE / "study.toml", folder / "study.toml")  # last: a study file marks a finished folder


def bone_fractions(rng: np.random.Generator, bv_tv: float) -> NDArray[np.float64]:
    """Return the share of bone in each voxel; its mean is `bv_tv` to one fine voxel.

    Two random fields, smoothed most along z as trabeculae follow the load, vanish together along lines; bone
    is where both are small, the second less strictly, which makes rods and narrow plates. The cut is at the
    rank that leaves exactly the asked share of fine voxels, which are then averaged over blocks.
    """
    first, second = (_field(rng) for _ in range(2))
    fine = first**2 + FLATNESS * second**2
    rank = round(bv_tv * fine.size)
    bone = fine < np.partition(fine.ravel(), rank)[rank]
    blocks = bone.reshape(EDGE, FINE, EDGE, FINE, EDGE, FINE)
    return np.asarray(blocks.mean(axis=(1, 3, 5)))


def _field(rng: np.random.Generator) -> NDArray[np.float64]:
    field = gaussian_filter(rng.standard_normal((EDGE, EDGE, EDGE)), SMOOTHING, mode="wrap")
    return np.asarray(zoom(field / field.std(), FINE, order=1, mode="grid-wrap", grid_mode=True))


def scan(fraction: NDArray[np.float64], rng: np.random.Generator, number: dict[str, float]) -> volume.Volume:
    """Return the scan of `fraction`: density in whole mg HA/cm³, blurred and with noise."""
    density = number["marrow_density"] + fraction * (number["bone_density"] - number["marrow_density"])
    blurred = gaussian_filter(density, number["blur"] / VOXEL_UM)
    recorded = np.rint(blurred + rng.normal(0.0, number["noise"], blurred.shape)).astype(np.int16)
    grid = volume.Grid(recorded.shape, (VOXEL_UM / 1000,) * 3)
    return volume.Volume(recorded, grid, volume.Meaning.DENSITY)
