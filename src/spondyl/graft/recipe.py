"""What goes into a graft: spheroids, granules and a carrier."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from spondyl.errors import GraftError, Mistake, StudyError, nearest_word
from spondyl.graft.granules import Granules, granules
from spondyl.quantity import Parameter, convert, shipped
from spondyl.spheroid import SpheroidLot

CARRIERS = ("fibrin", "collagen")
LARGEST_GIVE = 0.3
"""A spheroid that gives way by more is no sphere any longer."""

WIDEST_SPREAD = 3.0
"""Radii are drawn up to two standard deviations from the mean and must stay well above zero."""


@dataclass(frozen=True, slots=True)
class Mix:
    """The recipe of a graft.

    Parameters
    ----------
    lot : spheroids of one culture; None for a scaffold alone.
    spheroids : how many of them.
    granules : None for spheroids alone.
    mass_mg : β-TCP to be placed.
    share : granules, their inner pores included, as a share of the hole; where mass and share are None, as
        many granules as fit.
    carrier : "fibrin" or "collagen" gel between granules and spheroids; None for none.
    carrier_mm3 : volume of gel; None for as much as fits.
    give : share of its radius by which a spheroid gives way where it is touched.
    drops : places tried for each granule and spheroid, of which the lowest is kept.
    """

    lot: SpheroidLot | None
    spheroids: int
    granules: Granules | None
    mass_mg: float | None
    share: float | None
    carrier: str | None
    carrier_mm3: float | None
    give: float
    drops: int

    @property
    def cells(self) -> float:
        """Living cells."""
        return self.spheroids * self.lot.cells_each if self.lot else 0.0


def mix(
    lot: SpheroidLot | None = None,
    granules: str | Granules | None = None,
    *,
    mass: str | None = None,
    share: float | None = None,
    spheroids: int | None = None,
    carrier: str | None = None,
    carrier_volume: str | None = None,
    give: float = 0.0,
    parameters: Mapping[str, Parameter] | None = None,
) -> Mix:
    """Mix spheroids, granules and a carrier.

    Parameters
    ----------
    lot : spheroids; None for a scaffold alone.
    granules : label of the jar, such as "beta-TCP 0.3-0.6 mm", or what :func:`spondyl.graft.granules` made of
        it; None for spheroids alone.
    mass : of β-TCP, such as "5 mg". Without mass and share the hole is filled with as many granules as fit
        beside the spheroids.
    share : granules with their inner pores as a share of the hole, 0 to 1, instead of a mass.
    spheroids : how many of the lot; None for all.
    carrier : "fibrin" or "collagen".
    carrier_volume : such as "2 uL"; None fills what is left of the hole.
    give : share of its radius by which a spheroid gives way where it is touched, 0 to 0.3; its volume stays.
    parameters : numbers of the stage ``graft``; the shipped ones if None.

    Raises
    ------
    GraftError
        With every mistake of the recipe.

    Examples
    --------
    >>> scaffold = mix(granules="beta-TCP 0.3-0.6 mm", mass="5 mg", carrier="fibrin")
    >>> scaffold.mass_mg, scaffold.cells
    (5.0, 0.0)
    """
    table = parameters or shipped()["graft"]
    wrong: list[Mistake] = []
    jar = _jar(granules, table, wrong)
    placed = _quantity(mass, "g", "mass", wrong)
    made = Mix(
        lot=lot,
        spheroids=_count(lot, spheroids, wrong),
        granules=jar,
        mass_mg=None if placed is None else 1000 * placed,
        share=share,
        carrier=carrier,
        carrier_mm3=_quantity(carrier_volume, "mm^3", "carrier volume", wrong),
        give=give,
        drops=round(table["drops"].value),
    )
    wrong += _amounts(made, granules is not None) + _words(made)
    if wrong:
        raise GraftError(wrong)
    return made


def _jar(
    given: str | Granules | None, table: Mapping[str, Parameter], wrong: list[Mistake]
) -> Granules | None:
    if given is None or isinstance(given, Granules):
        return given
    try:
        return granules(given, parameters=table)
    except GraftError as problem:
        wrong.extend(problem.mistakes)
        return None


def _quantity(given: str | None, unit: str, where: str, wrong: list[Mistake]) -> float | None:
    if given is None:
        return None
    try:
        return convert(given, unit, where=where, positive=True)
    except StudyError as problem:
        wrong.extend(problem.mistakes)
        return None


def _count(lot: SpheroidLot | None, asked: object, wrong: list[Mistake]) -> int:
    if lot is None:
        if asked:
            wrong.append(Mistake("spheroids", str(asked), "there is no lot to take them from"))
        return 0
    if asked is None:
        return lot.count
    if isinstance(asked, bool) or not isinstance(asked, int) or not 0 <= asked <= lot.count:
        allowed = f"must be a whole number from 0 to {lot.count}, which the lot has"
        wrong.append(Mistake("spheroids", repr(asked), allowed))
        return 0
    return asked


def _amounts(made: Mix, asked_for_granules: bool) -> list[Mistake]:
    wrong = []
    if not (asked_for_granules or made.spheroids or made.carrier):
        wrong.append(Mistake("graft", "no spheroids, granules or carrier", "must have one of them at least"))
    if not asked_for_granules and (made.mass_mg is not None or made.share is not None):
        wrong.append(Mistake("granules", "none, but a mass or a share", "say which, or leave the amount out"))
    if made.mass_mg is not None and made.share is not None:
        wrong.append(
            Mistake("granules", "a mass and a share", "one of them decides the other: leave one out")
        )
    if made.share is not None and not _between(made.share, 0, 1):
        allowed = "must lie above 0 and below 1 (0.45 is 45 % of the hole)"
        wrong.append(Mistake("share", str(made.share), allowed))
    jar, mass = made.granules, made.mass_mg
    if jar is not None and mass is not None:
        least = float(jar.volume_mm3(jar.low_mm)) * jar.mg_per_mm3
        if mass < least:
            allowed = f"must be at least {least:.3g} mg, the mass of one granule of {jar.low_mm:g} mm"
            wrong.append(Mistake("mass", f"{mass:g} mg", allowed))
    return wrong + (_lot(made.lot) if made.lot else [])


def _lot(lot: SpheroidLot) -> list[Mistake]:
    """Return what is wrong with the spheroids."""
    import numpy as np

    wrong = []
    if not (_between(lot.radius_um, 0, math.inf) and _between(lot.cells_each, 0, math.inf)):
        given = f"radius {lot.radius_um} um, {lot.cells_each} living cells each"
        wrong.append(Mistake("spheroids", given, "must have a radius and living cells above zero"))
    elif not 0 <= lot.radius_sd_um < lot.radius_um / WIDEST_SPREAD:
        allowed = f"must be at least 0 and below a third of the mean, {lot.radius_um:g} um"
        wrong.append(Mistake("spheroids › radius_sd_um", f"{lot.radius_sd_um} um", allowed))
    shells = np.asarray(lot.shell_um)
    ordered = shells.size > 0 and bool(
        shells[0] > 0 and (np.diff(shells) > 0).all() and np.isfinite(shells[-1])
    )
    shares = [np.asarray(values) for values in (lot.viability, lot.maturity)]
    fit = all(v.shape == shells.shape and bool(((v >= 0) & (v <= 1)).all()) for v in shares)
    if not (ordered and fit and shares[0].max() > 0):
        allowed = (
            "must have rising shells, each with viability and maturity from 0 to 1, and some living cells"
        )
        wrong.append(Mistake("spheroids › profile", f"{shells.size} shells", allowed))
    return wrong


def _words(made: Mix) -> list[Mistake]:
    wrong = []
    if made.carrier is not None and made.carrier not in CARRIERS:
        near = nearest_word(str(made.carrier), CARRIERS)
        wrong.append(Mistake("carrier", repr(made.carrier), f"must be {' or '.join(CARRIERS)}", near))
    if made.carrier is None and made.carrier_mm3 is not None:
        given = f"{made.carrier_mm3:g} mm³ of no carrier"
        wrong.append(Mistake("carrier volume", given, f"say which: {' or '.join(CARRIERS)}"))
    if not (made.give == 0 or _between(made.give, 0, LARGEST_GIVE + 1e-12)):
        wrong.append(Mistake("give", str(made.give), f"must lie from 0 to {LARGEST_GIVE:g}"))
    return wrong


def _between(number: object, low: float, high: float) -> bool:
    """Tell whether a number lies strictly between two others; NaN does not."""
    return isinstance(number, int | float) and not isinstance(number, bool) and low < number < high
