"""Weeks of bone remodelling: cavities begun on the surface, filled later, less than they were deep.

Each week cavities begin at places drawn evenly from the bone surface. After a delay they are filled from
their floor up. While oestrogen lacks more of them begin and they are filled less. What floats free is lost.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from spondyl.threads import in_threads
from spondyl.vertebra.streams import stream
from spondyl.vertebra.surface import erode, refill, surface_area

Reals = NDArray[np.float32]
Reals64 = NDArray[np.float64]

LOOSE = 0.3
"""Share from which a voxel counts as bone when loose pieces are sought."""


TELLS = 1.2
"""Voxel's edge, in half widths of a cavity, up to which voxels tell what hangs together."""


@dataclass(frozen=True, slots=True)
class Kinetics:
    """How remodelling goes, lengths in mm.

    Parameters
    ----------
    begun_per_mm2_week : cavities that begin, each week from now, (weeks,).
    filled : share of its depth to which a cavity begun in that week is filled, (weeks,).
    delay_weeks : from resorption to formation.
    depth, depth_spread : of a cavity: median and geometric standard deviation.
    half_width : of a cavity.
    endosteal : how much of the surface of the walls is remodelled, against trabecular surface.
    support : least share of bone below the floor for a cavity to be filled.
    young : mineral density of new bone over that of old.
    """

    begun_per_mm2_week: Reals64
    filled: Reals64
    delay_weeks: int
    depth: float
    depth_spread: float
    half_width: float
    endosteal: float
    support: float
    young: float


@dataclass(frozen=True, slots=True)
class Remodelled:
    """Bone after some weeks.

    Parameters
    ----------
    share, density : of each voxel, float32.
    resorbed_mm3, formed_mm3, lost_mm3 : in each week: by cavities, in them, and with loose pieces, (weeks,).
    """

    share: Reals
    density: Reals
    resorbed_mm3: Reals64
    formed_mm3: Reals64
    lost_mm3: Reals64


def remodel(
    share: Reals,
    density: Reals,
    active: NDArray[np.uint8],
    edge: float,
    kinetics: Kinetics,
    *,
    seed: int,
    threads: int,
) -> Remodelled:
    """Return bone after the weeks of `kinetics`.

    Parameters
    ----------
    share, density : bone and its mineral density, float32; not changed.
    active : 1 where trabecular surface is remodelled, 2 where that of the walls is, 0 where none is.
    edge : of a voxel, mm.
    """
    original, share, density = share, share.copy(), density.copy()
    weeks = len(kinetics.filled)
    resorbed, formed, lost = (np.zeros(weeks) for _ in range(3))
    open_pits: list[tuple[Reals64, Reals64, Reals64]] = []
    for week in range(weeks):
        draw = stream(seed, "remodelling", week)
        places, sizes = _begun(share, active, edge, kinetics, week, draw, threads)
        pits = np.empty((len(places), 6))
        resorbed[week] = erode(share, active, edge, places, sizes, pits)
        open_pits.append((pits, sizes, np.full(len(places), kinetics.filled[week])))
        if week >= kinetics.delay_weeks:
            pits, sizes, filled = open_pits[week - kinetics.delay_weeks]
            formed[week] = refill(
                share, original, density, edge, pits, sizes, filled, kinetics.support, kinetics.young
            )
        if edge <= TELLS * kinetics.half_width:
            lost[week] = _without_loose_pieces(share, active)
    return Remodelled(share, density, resorbed * edge**3, formed * edge**3, lost * edge**3)


def _begun(
    share: Reals,
    active: NDArray[np.uint8],
    edge: float,
    kinetics: Kinetics,
    week: int,
    draw: np.random.Generator,
    threads: int,
) -> tuple[NDArray[np.int64], Reals64]:
    """Draw the cavities of a week: voxels (n, 3), and depth, half width, two shifts (n, 4)."""
    area = np.empty_like(share)
    plane = partial(surface_area, share, active, kinetics.endosteal, area)
    in_threads(plane, range(share.shape[0]), threads)
    found = np.flatnonzero(area.ravel() > 0)
    reached = np.cumsum(area.ravel()[found], dtype=np.float64)
    whole = reached[-1] if reached.size else 0.0
    number = int(draw.poisson(whole * edge**2 * kinetics.begun_per_mm2_week[week]))
    at = np.searchsorted(reached, draw.random(number) * whole)
    places = np.stack(np.unravel_index(found[np.minimum(at, max(found.size - 1, 0))], share.shape), 1)
    sizes = np.empty((number, 4))
    sizes[:, 0] = kinetics.depth * kinetics.depth_spread ** draw.standard_normal(number).clip(-2.5, 2.5)
    sizes[:, 1] = np.maximum(kinetics.half_width, sizes[:, 0])
    sizes[:, 2:] = draw.random((number, 2))
    return places.astype(np.int64), sizes


def _without_loose_pieces(share: Reals, active: NDArray[np.uint8]) -> float:
    """Remove bone that does not touch the main part any more; returns its volume in voxels."""
    import cc3d
    from scipy.ndimage import binary_dilation

    labels, _ = cc3d.connected_components(share > LOOSE, connectivity=26, return_N=True)
    sizes = np.bincount(labels.ravel())
    sizes[0] = 0
    held = binary_dilation(labels == sizes.argmax(), np.ones((3, 3, 3), np.bool_))
    gone = (share > 0) & ~held & (active > 0)
    volume = float(share[gone].sum(dtype=np.float64))
    share[gone] = 0
    return volume
