"""How often a classifier is wrong, found on phantoms that it has not seen."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from spondyl.assay.microct.phantom import Imaging, Materials, Phantom, Phase, phantom
from spondyl.assay.microct.phases.classifier import Classifier, Opinion, opinion, scan_of
from spondyl.errors import MeasurementError, Mistake

TEST_SEEDS = (1001, 1002, 1003)
LEVELS = np.linspace(0, 255, 11)


@dataclass(frozen=True, slots=True, eq=False)
class Misclassification:
    """Errors of a classifier on phantoms with the blur and noise of a scan.

    They hold for a scan only as far as its tissue is like the phantoms: the same densities, thickness of bone
    and size of granules.

    Parameters
    ----------
    imaging, materials : of the phantoms.
    seeds : of the phantoms, none of which the classifier was trained on.
    confusion : share of the voxels of each phase (row: soft, bone, scaffold) that were taken for each phase
        (column), mean over the phantoms, shape (3, 3).
    dice : twice the common voxels over the sum of both, of each phase and phantom, shape (phantoms, 3).
    volume_error : volume found over true volume, minus one, same shape.
    wrong : share of all voxels that are wrong.
    wrong_inside : share of the voxels without a voxel of another phase among their 26 neighbours that are
        wrong: bone and scaffold mistaken for each other, not a surface that lies half a voxel off.
    reliability : of ten classes of stated certainty from 0 to 1, the share that is right; NaN where no voxel
        is; shape (10,).
    """

    imaging: Imaging
    materials: Materials
    seeds: tuple[int, ...]
    confusion: NDArray[np.float64]
    dice: NDArray[np.float64]
    volume_error: NDArray[np.float64]
    wrong: float
    wrong_inside: float
    reliability: NDArray[np.float64]

    def describe(self) -> str:
        """Return one sentence for the methods section."""
        mean, spread = self.volume_error.mean(axis=0), self.volume_error.std(axis=0)
        return (
            f"on {len(self.seeds)} phantoms of the same blur ({self.imaging.blur_voxels:.2g} voxels) and "
            f"noise ({self.imaging.noise_mgha_cm3:.3g} mg HA/cm³) {self.wrong:.1%} of the voxels were wrong, "
            f"{self.wrong_inside:.2%} away from surfaces; Dice bone {self.dice[:, 1].mean():.3f}, scaffold "
            f"{self.dice[:, 2].mean():.3f}; bone volume {mean[1]:+.1%} ± {spread[1]:.1%}, scaffold volume "
            f"{mean[2]:+.1%} ± {spread[2]:.1%}"
        )


def misclassification(
    classifier: Classifier,
    *,
    imaging: Imaging | None = None,
    made_of: Materials | None = None,
    seeds: tuple[int, ...] = TEST_SEEDS,
    edge: int = 72,
    threads: int | None = None,
) -> Misclassification:
    """Count the errors of a classifier on phantoms.

    Parameters
    ----------
    classifier : as trained.
    imaging, made_of : of the phantoms; those it was trained with by default. Others tell how it fares on
        scans that are not what it was trained for.
    seeds : one phantom for each; none may have been trained on.
    edge : voxels along each side of a phantom.
    threads : at most so many at once.

    Raises
    ------
    MeasurementError
        If a seed was trained on.
    """
    imaging, made_of = imaging or classifier.imaging, made_of or classifier.materials
    known = sorted(set(seeds) & set(classifier.training.seeds))
    if known or not seeds:
        given = f"the seeds {known}, which the classifier was trained on" if known else "no seed"
        raise MeasurementError(Mistake("misclassification › seeds", given, "give seeds it has not seen"))
    shown = [phantom(seed, imaging, made_of, edge=edge) for seed in seeds]
    found = [opinion(classifier, scan_of(p), threads=threads) for p in shown]
    counts = np.stack([_counts(p, o) for p, o in zip(shown, found, strict=True)])
    inside, wrong_inside = (sum(n) for n in zip(*map(_inside, shown, found), strict=True))
    right = np.einsum("nkk->nk", counts)
    true, said = counts.sum(axis=2), counts.sum(axis=1)
    return Misclassification(
        imaging,
        made_of,
        tuple(seeds),
        confusion=(counts / true[:, :, None]).mean(axis=0),
        dice=2 * right / (true + said),
        volume_error=said / true - 1,
        wrong=1 - float(right.sum() / counts.sum()),
        wrong_inside=wrong_inside / inside,
        reliability=_reliability(shown, found),
    )


def _counts(shown: Phantom, found: Opinion) -> NDArray[np.int64]:
    """Voxels of each true phase (row) taken for each phase (column)."""
    pairs = shown.truth.astype(np.int64) * len(Phase) + found.phase
    return np.bincount(pairs.ravel(), minlength=len(Phase) ** 2).reshape(len(Phase), len(Phase))


def _inside(shown: Phantom, found: Opinion) -> tuple[int, int]:
    """Voxels with neighbours of their own phase only, and how many of them are wrong."""
    from scipy.ndimage import maximum_filter, minimum_filter

    truth = shown.truth
    deep = maximum_filter(truth, 3, mode="nearest") == minimum_filter(truth, 3, mode="nearest")
    return int(np.count_nonzero(deep)), int(np.count_nonzero(deep & (found.phase != truth)))


def _reliability(shown: list[Phantom], found: list[Opinion]) -> NDArray[np.float64]:
    level = np.concatenate([np.digitize(o.certainty.ravel(), LEVELS[1:-1]) for o in found])
    right = np.concatenate([(o.phase == p.truth).ravel() for p, o in zip(shown, found, strict=True)])
    all_of = np.bincount(level, minlength=10)
    share = np.full(10, np.nan)
    np.divide(np.bincount(level, weights=right, minlength=10), all_of, out=share, where=all_of > 0)
    return share
