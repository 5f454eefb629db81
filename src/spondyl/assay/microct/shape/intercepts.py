"""Degree of anisotropy by mean intercept length (Whitehouse 1974, Harrigan & Mann 1984).

The mean intercept length MIL in a direction is the length of all test lines over the number of times they
cross the boundary of bone. Test lines run through the voxel centres along the thirteen directions to the
neighbours of a voxel, through every voxel; nothing is drawn at random and nothing interpolated, and the set
has every symmetry of the grid. Where the next voxel on the line lies a step r on, two boundaries between them
go unseen. Near a smooth boundary short chords are rare in proportion to their length, so that the share of
unlike pairs is ``N r (1 - c r²)`` for N boundaries a length: pairs one and two steps apart give N without c.

An ellipsoid is fitted to MIL against direction, each direction weighing as the part of the sphere nearest to
it, and DA is the longest over the shortest half axis: 1 where bone has no direction.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from spondyl.assay.microct.census import slab_thickness
from spondyl.assay.microct.shape.cuts import cuts
from spondyl.assay.microct.shape.ellipsoid import Reals, Triples, as_triples, fit_ellipsoid
from spondyl.threads import in_threads

Triple = tuple[float, float, float]
Step = tuple[int, int, int]

STEPS: tuple[Step, ...] = tuple(
    (dz, dy, dx) for dz, dy, dx in itertools.product((-1, 0, 1), repeat=3) if (dz, dy, dx) > (0, 0, 0)
)


@dataclass(frozen=True, slots=True)
class Anisotropy:
    """How bone is directed.

    Parameters
    ----------
    da : degree of anisotropy, longest over shortest of the three mean intercept lengths, at least 1.
    mil_lengths_mm : half axes of the ellipsoid of mean intercept length, longest first, mm.
    mil_axes : unit vectors along them, components (z, y, x).
    unbounded : True where a mean intercept length exceeded the diagonal of the volume of interest, longer
        than any test line, and stands at that diagonal: along rods, in plates, nothing is crossed.
    """

    da: float
    mil_lengths_mm: Triple
    mil_axes: Triples
    unbounded: bool


def anisotropy(
    bone: NDArray[np.bool_],
    voi: NDArray[np.bool_] | None,
    spacing_mm: Triple,
    *,
    thickness: int | None = None,
    threads: int = 1,
) -> Anisotropy | None:
    """Return the degree of anisotropy; None where the volume of interest is too thin or holds no boundary.

    Parameters
    ----------
    bone : True in bone, shape (z, y, x).
    voi : True inside the volume of interest, same shape; None for the whole array. A test line counts where
        it lies inside.
    spacing_mm : voxel edges (z, y, x), mm.
    thickness : slices worked on at once; changes memory and time, no digit.
    threads : threads used; changes no digit.

    Examples
    --------
    >>> layers = np.zeros((24, 24, 24), dtype=bool)
    >>> layers[::4] = layers[1::4] = True
    >>> found = anisotropy(layers, None, (0.1, 0.1, 0.1))
    >>> found.unbounded, found.mil_axes[2]
    (True, (1.0, 0.0, 0.0))
    """
    thickness = thickness or slab_thickness((bone.shape[0], bone.shape[1], bone.shape[2]))
    crossings = boundaries_per_mm(bone, voi, spacing_mm, thickness=thickness, threads=threads)
    if crossings is None or not crossings.any():
        return None
    vectors = np.array(STEPS) * spacing_mm
    directions = vectors / np.linalg.norm(vectors, axis=1)[:, None]
    with np.errstate(divide="ignore"):
        lengths = 1 / crossings
    longest = _diagonal(bone.shape, voi, spacing_mm)
    fitted = fit_ellipsoid(directions, lengths, solid_angles(directions), longest)
    long, middle, short = fitted.lengths.tolist()
    return Anisotropy(long / short, (long, middle, short), as_triples(fitted.axes), bool(long >= longest))


def boundaries_per_mm(
    bone: NDArray[np.bool_],
    voi: NDArray[np.bool_] | None,
    spacing_mm: Triple,
    *,
    thickness: int,
    threads: int,
) -> Reals | None:
    """Return boundaries per mm of test line along each of :data:`STEPS`; None where one has no line."""
    from spondyl.assay.microct.shape.lines import count_pairs

    bits = _packed(bone, None, thickness)
    inside = _packed(bone, True, thickness) if voi is None else _packed(voi, None, thickness)
    jobs = [(n * dz, n * dy, n * dx) for dz, dy, dx in STEPS for n in (1, 2)]
    counted = in_threads(lambda step: count_pairs(bits, inside, step, 0, bone.shape[0]), jobs, threads)
    lengths = np.linalg.norm(np.array(STEPS) * spacing_mm, axis=1)
    found = []
    for (pairs, mixed), (pairs2, mixed2), length in zip(counted[::2], counted[1::2], lengths, strict=True):
        if pairs == 0:
            return None
        once = mixed / pairs
        twice = mixed2 / pairs2 if pairs2 else 2 * once
        found.append(max(0.0, 8 * once - twice) / (6 * length))
    return np.array(found)


def solid_angles(directions: Reals) -> Reals:
    """Return the part of the sphere that is nearest to each direction or its opposite; they add up to 1."""
    from scipy.spatial import SphericalVoronoi

    both = SphericalVoronoi(np.concatenate([directions, -directions])).calculate_areas()
    half = both[: len(directions)] + both[len(directions) :]
    return np.asarray(half / half.sum())


def _packed(voxels: NDArray[np.bool_], fill: bool | None, thickness: int) -> NDArray[np.uint64]:
    from spondyl.assay.microct.shape.lines import pack

    parts = []
    for start, stop in cuts(0, voxels.shape[0], thickness):
        slab = voxels[start:stop]
        parts.append(pack(slab if fill is None else np.full(slab.shape, fill)))
    return np.concatenate(parts)


def _diagonal(shape: tuple[int, ...], voi: NDArray[np.bool_] | None, spacing_mm: Triple) -> float:
    if voi is None:
        return float(np.linalg.norm(np.array(shape) * spacing_mm))
    extents = []
    for axis, step in enumerate(spacing_mm):
        held = np.flatnonzero(voi.any(axis=tuple(i for i in range(3) if i != axis)))
        extents.append((held[-1] - held[0] + 1) * step)
    return float(np.linalg.norm(extents))
