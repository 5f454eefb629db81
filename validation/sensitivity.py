"""Which numbers of healing move the result most: elementary effects (Morris 1991; Campolongo et al. 2007).

Every number is moved
over the whole range of its passport, a range of more than threefold on a logarithmic scale; an effect is the
change that a move over the whole range would make.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import cache
from multiprocessing import get_context

import numpy as np
from numpy.typing import NDArray

from spondyl import healing
from spondyl.errors import StudyError
from spondyl.healing.numbers import numbers
from spondyl.quantity import shipped
from validation.healing import bone

Array = NDArray[np.float64]

ARMS = ("β-TCP alone", "differentiated")
VOXEL = "200 um"
TRAJECTORIES = 4
OUTPUTS = {"new_bone_mm3": "new bone, mm³", "stiffness_N_per_mm": "stiffness, N/mm"}
LEVELS = 4
STEP = LEVELS / (2 * (LEVELS - 1))
SEED = 20261126
METHOD = ("step", "margin", "solve_change", "solve_days", "union_share", "animal_spread")
"""Numbers of the method, and the spread of animals: one animal is the usual one."""


@cache
def names() -> tuple[str, ...]:
    """Return the numbers that are moved."""
    return tuple(name for name in shipped()["healing"] if name not in METHOD)


def value_at(name: str, place: float) -> float:
    """Return the number at a place between the edges of its range (0 and 1), in the units of the fields."""
    row = shipped()["healing"][name]
    factor = numbers()[name] / row.value if row.value else 1.0
    low, high = row.low * factor, row.high * factor
    wide = low > 0 and high / low > 3
    found = low * (high / low) ** place if wide else low + (high - low) * place
    return float(min(max(found, low), high))


def trajectory(number: int) -> tuple[Array, NDArray[np.int64]]:
    """Return points of (names + 1, names), each one name apart from the last, and the order of names."""
    rng = np.random.Generator(np.random.Philox(key=[SEED, number]))
    count = len(names())
    place = rng.integers(0, LEVELS // 2, count) / (LEVELS - 1)
    upward = rng.random(count) < 0.5
    begin = np.where(upward, place, place + STEP)
    order = rng.permutation(count)
    points = np.repeat(begin[None], count + 1, axis=0)
    for row, name in enumerate(order, 1):
        points[row:, name] += STEP if upward[name] else -STEP
    return points, order


def outcome(task: tuple[str, Array]) -> tuple[float, ...]:
    """Return what a run gives; nothing where it is refused."""
    arm, point = task
    changed = {name: value_at(name, place) for name, place in zip(names(), point, strict=True)}
    try:
        course = healing.run(
            bone(arm, 1, VOXEL), weeks=8, follow_up=[8], changed=changed, host="ovariectomised", threads=1
        )
    except StudyError:
        return tuple(np.nan for _ in OUTPUTS)
    return tuple(course.days[-1][name] for name in OUTPUTS)


def effects(arm: str, trajectories: int, pool: ProcessPoolExecutor) -> Array:
    """Return elementary effects, (outputs, trajectories, names)."""
    found = np.full((len(OUTPUTS), trajectories, len(names())), np.nan)
    for one in range(trajectories):
        points, order = trajectory(one)
        values = np.array(list(pool.map(outcome, [(arm, point) for point in points], chunksize=4)))
        moved = points[np.arange(1, len(order) + 1), order] - points[np.arange(len(order)), order]
        found[:, one, order] = (np.diff(values, axis=0) / moved[:, None]).T
        print(f"{arm}: trajectory {one + 1} of {trajectories}", file=sys.stderr, flush=True)
    return found


def tables(trajectories: int = TRAJECTORIES) -> Iterator[str]:
    """Yield the lines of the tables: the ten largest for two arms."""
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        for arm in ARMS:
            found = effects(arm, trajectories, pool)
            refused = int(np.isnan(found[0]).sum())
            for output, told in zip(found, OUTPUTS.values(), strict=True):
                mean, spread = np.nanmean(np.abs(output), axis=0), np.nanstd(output, axis=0, ddof=1)
                best = np.argsort(-np.nan_to_num(mean))[:10]
                counted = f"{trajectories} trajectories, {refused} effects without a result"
                yield f"\n{arm}, {told}, week 8; {counted}\n"
                yield "| number | kind | μ* | σ |"
                yield "|---|---|---|---|"
                for which in best:
                    name = names()[which]
                    kind = shipped()["healing"][name].kind
                    yield f"| `{name}` | {kind} | {mean[which]:.3g} | {spread[which]:.3g} |"
