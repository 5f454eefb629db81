"""From a stained section to areas of tissue."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from spondyl.assay.histology.bar import scale_bar
from spondyl.assay.histology.dyes import densities
from spondyl.assay.histology.picture import Section
from spondyl.assay.histology.stain import Stain, stain
from spondyl.assay.histology.surfaces import osteoclasts, outlined, perimeter_mm
from spondyl.assay.histology.tissues import tissues
from spondyl.errors import MeasurementError, Mistake
from spondyl.quantity import Parameter, shipped

Mask = NDArray[np.bool_]

RESOLVED = 2.5
"""Pixels across a nucleus that it takes to tell it from an osteoclast."""

TRAP = "trap"
"""Stain that shows osteoclasts."""

SOLID = ("bone", "new_bone", "osteoid", "scaffold")


@dataclass(frozen=True, slots=True, eq=False)
class Histology:
    """The numbers of one section, in the nomenclature of Dempster et al. 2013 where it has names.

    Parameters
    ----------
    stain : of the section.
    pixel_um : edge of a pixel.
    roi_mm2 : area that was measured, without a scale bar.
    areas : mm² of each tissue that the stain tells apart.
    ratios : by key: ``b_ar_t_ar`` (bone with osteoid over tissue), ``new_b_ar_t_ar``, ``o_ar_b_ar``,
        ``scaffold_ar_t_ar``, ``positive_share``, as far as the stain gives them.
    b_pm_mm : perimeter of bone; None where the stain does not show it.
    n_oc, n_oc_b_pm_per_mm, oc_pm_b_pm : osteoclasts along bone and scaffold, per length of it, and the
    share that
        they cover; None but for TRAP.
    strength : of each dye over the usual one.
    labels : tissue of each pixel by its place in `names`; -1 outside the region.
    names : of the tissues.
    remarks : what is doubtful.
    """

    stain: str
    pixel_um: float
    roi_mm2: float
    areas: Mapping[str, float]
    ratios: Mapping[str, float]
    b_pm_mm: float | None
    n_oc: int | None
    n_oc_b_pm_per_mm: float | None
    oc_pm_b_pm: float | None
    strength: Mapping[str, float]
    labels: NDArray[np.int8] = field(repr=False)
    names: tuple[str, ...]
    remarks: tuple[str, ...]

    def as_json(self) -> dict[str, object]:
        """Return the measurement as plain numbers; what the stain does not give has no key."""
        given: dict[str, object] = {"stain": self.stain, "pixel_um": self.pixel_um, "roi_mm2": self.roi_mm2}
        given |= {f"{name}_mm2": area for name, area in self.areas.items()}
        given |= dict(self.ratios)
        for name in ("b_pm_mm", "n_oc", "n_oc_b_pm_per_mm", "oc_pm_b_pm"):
            if getattr(self, name) is not None:
                given[name] = getattr(self, name)
        given |= {f"strength_{dye}": value for dye, value in self.strength.items()}
        return given | {"remarks": list(self.remarks)}


def measure(
    section: Section,
    name: str,
    parameters: Mapping[str, Parameter] | None = None,
    *,
    region: Mask | None = None,
) -> Histology:
    """Measure the tissues of a section.

    Parameters
    ----------
    section : the picture.
    name : of the stain: he, masson-goldner, trap or osteocalcin.
    parameters : of the stage "assay/histology"; None for those that ship.
    region : of interest, (rows, columns); the whole picture if None.

    Raises
    ------
    MeasurementError
        An unknown stain, a region of another shape or without a pixel, or no tissue.
    """
    table = shipped()["assay/histology"] if parameters is None else parameters
    how = stain(name)
    inside = np.ones(section.light.shape[:2], np.bool_) if region is None else region.astype(np.bool_)
    if inside.shape != section.light.shape[:2] or not inside.any():
        given = f"a region of {' × '.join(map(str, inside.shape))} with {int(inside.sum())} pixels"
        rows, columns = section.light.shape[:2]
        allowed = f"must be {rows} × {columns} and hold something"
        raise MeasurementError(Mistake(f"{section.name}, region", given, allowed))
    bar = scale_bar(section.light, table["bar_density"].value)
    inside = inside & ~bar
    labels, strength = tissues(densities(section.light), how, section.pixel_um, table)
    tissue = labels > 0
    if not (tissue & inside).any():
        allowed = "the picture must hold a stained section; another --stain may be meant"
        raise MeasurementError(Mistake(section.name, "no tissue in the region", allowed))
    square = (section.pixel_um / 1000) ** 2
    areas = {
        tissue: float((labels[inside] == number).sum()) * square for number, tissue in enumerate(how.tissues)
    }
    surface = np.isin(labels, [how.tissues.index(one) for one in SOLID if one in how.tissues]) & inside
    number, covered, length = _surface(labels, surface, how, section, table)
    said = [*_doubts(how, strength, table)]
    if how.name == TRAP and section.pixel_um > table["nucleus"].value / RESOLVED:
        said.append(f"pixels of {section.pixel_um:g} µm are too coarse to tell nuclei from osteoclasts")
    if bar.any():
        said.append("a scale bar is drawn into the picture; it was left out")
    return Histology(
        stain=how.name,
        pixel_um=section.pixel_um,
        roi_mm2=float(inside.sum()) * square,
        areas=areas,
        ratios=ratios_of(areas),
        b_pm_mm=length,
        n_oc=number,
        n_oc_b_pm_per_mm=None if number is None or not length else number / length,
        oc_pm_b_pm=None if covered is None or not length else covered / length,
        strength={dye: float(value) for dye, value in zip(how.dyes, strength, strict=True)},
        labels=np.where(inside, labels, -1).astype(np.int8),
        names=how.tissues,
        remarks=tuple(said),
    )


def ratios_of(areas: Mapping[str, float]) -> dict[str, float]:
    """Return the shares that areas of tissues, mm², give."""
    tissue = sum(area for name, area in areas.items() if name != "void")
    found = {}
    bone = sum(areas.get(name, 0.0) for name in ("bone", "new_bone", "osteoid"))
    if "bone" in areas and tissue:
        found["b_ar_t_ar"] = bone / tissue
    if "new_bone" in areas and tissue:
        found["new_b_ar_t_ar"] = areas["new_bone"] / tissue
    if "osteoid" in areas and bone:
        found["o_ar_b_ar"] = areas["osteoid"] / bone
    if "scaffold" in areas and tissue:
        found["scaffold_ar_t_ar"] = areas["scaffold"] / tissue
    if "positive" in areas and tissue:
        found["positive_share"] = areas["positive"] / tissue
    return found


def _surface(
    labels: NDArray[np.int8], surface: Mask, how: Stain, section: Section, table: Mapping[str, Parameter]
) -> tuple[int | None, float | None, float | None]:
    """Return osteoclasts, the length that they cover and the perimeter, as far as the stain shows them."""
    if "bone" not in how.tissues:
        return None, None, None
    surface = outlined(surface, section.pixel_um, table)
    length = perimeter_mm(surface, section.pixel_um)
    if how.name != TRAP:
        return None, None, length
    positive = labels == how.tissues.index("positive")
    return (*osteoclasts(positive, surface, section.pixel_um, table), length)


def _doubts(how: Stain, strength: NDArray[np.float64], table: Mapping[str, Parameter]) -> list[str]:
    weak = table["weak"].value
    said = []
    for dye, value in zip(how.dyes, strength, strict=True):
        if dye != "neutral" and not weak <= value <= 1 / weak:
            word = "weak" if value < weak else "strong"
            said.append(f"{dye} is {word}, {value:.2f} of the usual: tissues may be taken for each other")
    return said
