"""A stained slide under the lamp."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from spondyl.assay.histology import Stain, stain
from spondyl.errors import InstrumentError, Mistake
from spondyl.instrument.microtome.cut import TISSUES, Cut
from spondyl.quantity import Parameter, shipped
from spondyl.vertebra.streams import stream

Floats = NDArray[np.float64]
Pixels = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Slide:
    """How a slide came out.

    Parameters
    ----------
    strength : of each dye over the usual one, in the order of the stain's dyes; the neutral one is 1.
    turned_deg : by which each dye's colour is off.
    uneven : standard deviation of the section's thickness, share.
    white : of the empty slide, red, green and blue.
    shading : share by which one side of the picture is darker than the other.
    blur_um : standard deviation of the point spread.
    noise : standard deviation of the camera over its range.
    bar_um : length of a scale bar in the corner; 0 for none.
    """

    strength: tuple[float, ...]
    turned_deg: float
    uneven: float
    white: tuple[float, float, float]
    shading: float
    blur_um: float
    noise: float
    bar_um: float = 0.0


def slide(
    name: str, *, seed: int, variation: float = 1.0, parameters: Mapping[str, Parameter] | None = None
) -> Slide:
    """Draw how a slide comes out in a laboratory.

    Parameters
    ----------
    name : of the stain.
    seed : of the draws.
    variation : over the usual one; 0 for the slide of the book.
    parameters : of the stage "instrument/microtome"; None for those that ship.

    Raises
    ------
    MeasurementError
        An unknown stain.
    """
    table = shipped()["instrument/microtome"] if parameters is None else parameters
    draws = stream(seed, "microtome", "slide", name)
    dyes = stain(name).dyes
    spread = variation * np.log(table["strength_spread"].value)
    strength = tuple(
        1.0 if dye == "neutral" else float(np.exp(np.clip(draws.standard_normal(), -2, 2) * spread))
        for dye in dyes
    )
    tint = variation * table["white_spread"].value
    white = tuple(float(np.clip(0.93 + tint * draws.standard_normal(), 0.7, 0.99)) for _ in range(3))
    return Slide(
        strength,
        variation * float(np.clip(draws.standard_normal(), -2, 2)) * table["colour_spread"].value,
        variation * table["thickness_spread"].value,
        (white[0], white[1], white[2]),
        variation * float(draws.uniform(0, 1)) * table["shading_most"].value,
        table["blur"].value,
        table["noise"].value,
    )


def photograph(cut: Cut, name: str, how: Slide, *, seed: int) -> Pixels:
    """Return the picture of a stained cut, red, green and blue, (rows, columns, 3).

    Parameters
    ----------
    cut : of the microtome.
    name : of the stain.
    how : the slide came out.
    seed : of texture and noise.

    Raises
    ------
    InstrumentError
        A slide with a strength too many or too few for the stain.
    """
    from scipy.ndimage import gaussian_filter

    kind = stain(name)
    if len(how.strength) != len(kind.dyes):
        given = f"{len(how.strength)} strengths"
        raise InstrumentError(Mistake("slide", given, f"{name} has {len(kind.dyes)} dyes"))
    draws = stream(seed, "microtome", "photograph", name)
    amount = _amounts(cut, kind)
    amount *= _relief(cut, draws)[..., None]
    thick = 1 + how.uneven * _smooth(cut.labels.shape, 120 / cut.pixel_um, draws)
    amount = amount * np.array(how.strength) * np.clip(thick, 0.3, 2.0)[..., None]
    density = amount @ _turned(kind.colours, how.turned_deg)
    density = np.stack([gaussian_filter(density[..., c], how.blur_um / cut.pixel_um) for c in range(3)], -1)
    rows, columns = cut.labels.shape
    lamp = 1 - how.shading * np.linspace(0, 1, columns)[None, :, None] * np.ones((rows, 1, 1))
    light = np.array(how.white) * lamp * 10.0**-density
    light = light + how.noise * draws.standard_normal(light.shape)
    if how.bar_um:
        light = _with_bar(light, how.bar_um / cut.pixel_um)
    return np.asarray(np.rint(np.clip(light, 0, 1) * 255), np.uint8)


def _amounts(cut: Cut, kind: Stain) -> Floats:
    """Return the amount of each dye at every pixel, nuclei and osteoclasts included."""
    amount = np.array([kind.amount(name) for name in TISSUES])[cut.labels]
    if kind.name == "trap":
        amount[cut.osteoclasts > 0] = kind.amount("positive")
    amount[cut.nuclei & (cut.labels > 0)] += kind.nuclei
    return np.asarray(amount, np.float64)


def _relief(cut: Cut, draws: np.random.Generator) -> Floats:
    """Return how much more or less a pixel takes than its tissue: fibres, lamellae, grains of granules."""
    fine = _smooth(cut.labels.shape, 3.0 / cut.pixel_um, draws)
    rough = np.full(len(TISSUES), 0.12)
    rough[TISSUES.index("marrow")] = 0.3
    rough[TISSUES.index("scaffold")] = 0.2
    return np.asarray(np.clip(1 + rough[cut.labels] * fine, 0.1, None))


def _smooth(size: tuple[int, ...], grain: float, draws: np.random.Generator) -> Floats:
    from scipy.ndimage import gaussian_filter

    field = gaussian_filter(draws.standard_normal(size), grain, mode="wrap")
    return np.asarray(field / max(float(field.std()), 1e-12))


def _turned(colours: Floats, degrees: float) -> Floats:
    """Return the colours of dyes, each turned towards the next one of red, green and blue."""
    angle = np.deg2rad(degrees)
    axis = np.roll(colours, 1, axis=1)
    away = axis - (axis * colours).sum(axis=1, keepdims=True) * colours
    away /= np.maximum(np.linalg.norm(away, axis=1, keepdims=True), 1e-12)
    return np.asarray(np.maximum(np.cos(angle) * colours + np.sin(angle) * away, 0.0))


def _with_bar(light: Floats, length: float) -> Floats:
    rows, columns = light.shape[:2]
    tall, wide = max(rows // 100, 3), min(round(length), columns - 20)
    light = light.copy()
    light[rows - 12 - tall : rows - 12, columns - 12 - wide : columns - 12] = 0.0
    return light
