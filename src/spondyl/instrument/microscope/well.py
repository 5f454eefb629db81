"""Spheroids that lie in a well."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from spondyl.errors import InstrumentError, Mistake
from spondyl.spheroid.lot import SpheroidLot
from spondyl.vertebra.streams import stream

Floats = NDArray[np.float64]

TRIES = 2000
"""Places tried for a spheroid before a well counts as full."""


@dataclass(frozen=True, slots=True, eq=False)
class Ball:
    """One spheroid.

    Parameters
    ----------
    radius_um : its outer radius.
    shell_um : outer radius of each shell, rising, shape (shells,).
    viability : living share of the cells of each shell.
    x_um, y_um : of its centre, from the picture's upper left corner.
    """

    radius_um: float
    shell_um: Floats
    viability: Floats
    x_um: float = 0.0
    y_um: float = 0.0

    def living(self, r: Floats) -> Floats:
        """Return the living share at distances from the centre, µm."""
        which = np.searchsorted(self.shell_um, r).clip(0, len(self.shell_um) - 1)
        return np.asarray(self.viability[which])


def of_lot(lot: SpheroidLot, count: int, *, seed: int) -> tuple[Ball, ...]:
    """Return spheroids of a lot; radii are drawn, shells grow with them.

    Parameters
    ----------
    lot : whose spheroids.
    count : of spheroids, no more than the lot has.
    seed : of the radii.

    Raises
    ------
    InstrumentError
        If more are asked for than there are.
    """
    if not 1 <= count <= lot.count:
        given = f"{count} of {lot.count} spheroids"
        raise InstrumentError(
            Mistake("microscope", given, "must be at least one, and no more than there are")
        )
    draws = stream(seed, "microscope", "radii").standard_normal(count)
    radii = np.maximum(lot.radius_um + lot.radius_sd_um * draws, 0.2 * lot.radius_um)
    edge = float(lot.shell_um[-1])
    return tuple(Ball(float(r), lot.shell_um * r / edge, lot.viability) for r in radii)


def placed(balls: Sequence[Ball], wide_um: float, *, seed: int, gap_um: float = 20.0) -> tuple[Ball, ...]:
    """Return spheroids where they lie in a square picture; one alone lies in its middle.

    Parameters
    ----------
    balls : to place; none overlap.
    wide_um : edge of the picture.
    seed : of the places.
    gap_um : least distance of their outlines from each other and from the edge; negative ones touch.

    Raises
    ------
    InstrumentError
        If there is no room.
    """
    if len(balls) == 1:
        return (replace(balls[0], x_um=wide_um / 2, y_um=wide_um / 2),)
    draws = stream(seed, "microscope", "places")
    found: list[Ball] = []
    for ball in sorted(balls, key=lambda one: -one.radius_um):
        low, high = ball.radius_um + abs(gap_um), wide_um - ball.radius_um - abs(gap_um)
        for _ in range(TRIES if high > low else 0):
            x, y = (float(v) for v in draws.uniform(low, high, 2))
            free = all(
                np.hypot(x - one.x_um, y - one.y_um) > one.radius_um + ball.radius_um + gap_um
                for one in found
            )
            if free:
                found.append(replace(ball, x_um=x, y_um=y))
                break
        else:
            given = f"{len(balls)} spheroids of {2 * ball.radius_um:.0f} µm in a picture of {wide_um:.0f} µm"
            raise InstrumentError(Mistake("microscope", given, "do not fit: show fewer, or a larger picture"))
    return tuple(found)
