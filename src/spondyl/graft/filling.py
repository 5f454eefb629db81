"""How much goes in: pour a recipe, and refuse it with the numbers where it does not fit."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from spondyl.errors import GraftError, Mistake
from spondyl.graft.granules import Granules, draw_diameters
from spondyl.graft.hole import Hole
from spondyl.graft.poured import Poured
from spondyl.graft.recipe import Mix
from spondyl.graft.refusals import CLOSEST, FIRST_GUESS, beyond_all, no_room, too_much

Array = NDArray[np.float64]

ATTEMPTS = 6
PATIENCE = 40
"""Spheres that may miss in a row before a hole counts as full."""

ENOUGH = 0.04
"""Granules that a second filling may add, as a share of the first, before all are poured together anew."""


def pour_mix(mix: Mix, hole: Hole, spheroid_radii: Array, seed: int) -> Poured:
    """Pour a recipe into a hole.

    Parameters
    ----------
    spheroid_radii : mm, as deep as they give way.

    Raises
    ------
    GraftError
        If not all of it fits: what was asked and what fits.
    """
    _refuse_too_large(mix, hole, spheroid_radii)
    if mix.granules is not None and mix.mass_mg is None and mix.share is None:
        return _filled(mix, mix.granules, hole, spheroid_radii, seed)
    asked = granule_volume(mix, hole)
    diameters = _diameters(mix.granules, asked, seed)
    best = _poured(mix, hole, diameters, spheroid_radii, seed, 0)
    for attempt in range(1, ATTEMPTS):
        if best.landed.all():
            return best
        if _volume(best) < 0.9 * float((best.radii**3).sum()):
            break  # far too much: another try of the same would not help
        again = _poured(mix, hole, diameters, spheroid_radii, seed, attempt)
        best = again if _volume(again) > _volume(best) else best
    if best.landed.all():
        return best
    raise GraftError(too_much(mix, hole, asked, best))


def granule_volume(mix: Mix, hole: Hole) -> float:
    """Return the volume of granules asked for, inner pores included, mm³."""
    if mix.granules is None:
        return 0.0
    if mix.mass_mg is not None:
        return mix.mass_mg / mix.granules.mg_per_mm3
    return (mix.share or 0.0) * hole.volume_mm3


def _filled(mix: Mix, jar: Granules, hole: Hole, spheroid_radii: Array, seed: int) -> Poured:
    """Pour all spheroids and as many granules as fit beside them."""
    taken = 4 / 3 * math.pi * float((spheroid_radii**3).sum())
    guess = FIRST_GUESS * hole.volume_mm3 - taken
    best: Poured | None = None
    least = float(jar.volume_mm3(jar.low_mm))
    for attempt in range(ATTEMPTS):
        diameters = _diameters(jar, _of_whole_granules(jar, max(guess, least)), seed)
        poured = _poured(mix, hole, diameters, spheroid_radii, seed, attempt)
        if poured.spheroids_in < spheroid_radii.size:
            lost = 4 / 3 * math.pi * float((poured.radii[~poured.landed] ** 3).sum())
            guess -= max(lost, 0.03 * hole.volume_mm3)
            if guess < least:
                break
            continue
        planned = float(jar.volume_mm3(poured.diameters_in).sum())
        more = _topped_up(mix, jar, hole, poured, seed, attempt)
        if best is None or _volume(more) > _volume(best):
            best = more
        added = float(jar.volume_mm3(more.diameters_in).sum()) - planned
        if added <= ENOUGH * planned:
            break
        guess = planned + 0.8 * added
    if best is None:
        alone = _poured(mix, hole, np.zeros(0), spheroid_radii, seed, 0)
        raise GraftError(no_room(mix, hole, alone))
    return best


def _topped_up(mix: Mix, jar: Granules, hole: Hole, poured: Poured, seed: int, attempt: int) -> Poured:
    """Return what was poured with granules on top until no more go in."""
    stream = np.random.Generator(np.random.Philox(key=[seed, 3]))
    extra = draw_diameters(jar, _of_whole_granules(jar, hole.volume_mm3), stream)
    kept = poured.landed
    count = int(kept[: poured.granules].sum())
    radii = np.concatenate([poured.radii[: poured.granules][kept[: poured.granules]], extra / 2])
    radii = np.concatenate([radii, poured.radii[poured.granules :]])
    centres = np.zeros((radii.size, 3))
    centres[:count] = poured.centres[: poured.granules][kept[: poured.granules]]
    centres[count + extra.size :] = poured.centres[poured.granules :]
    fixed = np.ones(radii.size, np.bool_)
    fixed[count : count + extra.size] = False
    order = np.arange(count, count + extra.size)
    return _run(mix, hole, centres, radii, fixed, order, count + extra.size, [seed, 4, attempt])


def _of_whole_granules(jar: Granules, volume: float) -> float:
    """Return the volume nearest to one that granules of a single size can have without being scaled."""
    each = float(jar.volume_mm3(jar.low_mm))
    return volume if jar.low_mm < jar.high_mm else max(1, round(volume / each)) * each


def _diameters(jar: Granules | None, volume: float, seed: int) -> Array:
    """Draw granules of a volume, the same whatever else is poured."""
    if jar is None or volume <= 0:
        return np.zeros(0)
    return draw_diameters(jar, volume, np.random.Generator(np.random.Philox(key=[seed, 1])))


def _poured(mix: Mix, hole: Hole, diameters: Array, spheroid_radii: Array, seed: int, attempt: int) -> Poured:
    """Pour granules and spheroids, well mixed."""
    radii = np.concatenate([diameters / 2, spheroid_radii])
    stream = np.random.Generator(np.random.Philox(key=[seed, 2 + 16 * attempt]))
    turns = [
        (stream.permutation(n) + stream.random(n)) / n for n in (diameters.size, spheroid_radii.size) if n
    ]
    order = np.argsort(np.concatenate([*turns, np.zeros(0)]), kind="stable")
    nowhere = np.zeros((radii.size, 3))
    none = np.zeros(radii.size, np.bool_)
    return _run(mix, hole, nowhere, radii, none, order, diameters.size, [seed, 5, attempt])


def _run(
    mix: Mix,
    hole: Hole,
    centres: Array,
    radii: Array,
    fixed: NDArray[np.bool_],
    order: NDArray[np.int64],
    granules: int,
    words: list[int],
) -> Poured:
    """Pour the spheres of an order among those that are fixed."""
    from spondyl.graft.falling import Heap, Space
    from spondyl.graft.pouring import pour

    if not radii.size:
        return Poured(centres, radii, fixed, granules)
    key = np.random.Philox(key=[words[0], sum(w << (8 * i) for i, w in enumerate(words[1:]))])
    keys = np.random.Generator(key).integers(0, 2**63, radii.size, dtype=np.uint64)
    cell = 2 * float(radii.max())
    sizes = [int(n * edge / cell) + 2 for n, edge in zip(hole.wall.shape, hole.edges, strict=True)]
    cells, following = np.full(sizes, -1, np.int64), np.full(radii.size, -1, np.int64)
    for body in np.flatnonzero(fixed):
        k, j, i = (centres[body] / cell).astype(int)
        following[body], cells[k, j, i] = cells[k, j, i], body
    landed = fixed.copy()
    ends = np.concatenate([radii, [radii.max(), cell]])
    space = Space(hole.down, hole.wall, np.array(hole.edges), hole.places)
    heap = Heap(centres, ends, cells, following)
    pour(order, keys, hole.rooms(radii), mix.drops, PATIENCE, space, heap, landed)
    return Poured(centres, radii, landed, granules)


def _volume(poured: Poured) -> float:
    return float((poured.radii[poured.landed] ** 3).sum())


def _refuse_too_large(mix: Mix, hole: Hole, spheroid_radii: Array) -> None:
    """Refuse what cannot fit whatever its order."""
    wrong = []
    widest = 2 * hole.widest_mm
    if mix.granules is not None and mix.granules.high_mm > widest:
        given = f"up to {mix.granules.high_mm:g} mm"
        wrong.append(
            Mistake("granules", given, f"the hole is {widest:.3g} mm wide at most: take smaller ones")
        )
    if spheroid_radii.size and 2 * float(spheroid_radii.max()) > widest:
        given = f"up to {2 * float(spheroid_radii.max()):.3g} mm"
        wrong.append(Mistake("spheroids", given, f"the hole is {widest:.3g} mm wide at most"))
    solid = granule_volume(mix, hole)
    balls = 4 / 3 * math.pi * float((spheroid_radii**3).sum())
    if not wrong and solid + balls > CLOSEST * hole.volume_mm3:
        wrong = beyond_all(mix, hole, solid, balls)
    if wrong:
        raise GraftError(wrong)
