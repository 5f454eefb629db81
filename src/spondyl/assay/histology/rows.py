"""The measurement as rows of the tidy table; names begin with the stain, for one animal has many."""

from __future__ import annotations

from collections.abc import Mapping

from spondyl.assay.histology.measurement import TRAP, Histology, ratios_of
from spondyl.assay.histology.stain import stain
from spondyl.assay.microct.rows import Row

SURFACE: Mapping[str, str] = {"b_pm_mm": "mm", "n_oc": "1", "n_oc_b_pm_per_mm": "1/mm", "oc_pm_b_pm": "1"}


def prefix(name: str) -> str:
    """Return how names of a stain's numbers begin.

    Examples
    --------
    >>> prefix("masson-goldner")
    'masson_goldner_'
    """
    return name.replace("-", "_") + "_"


def names(stains: tuple[str, ...]) -> tuple[str, ...]:
    """Return every number that sections in these stains can give."""
    return tuple(prefix(one) + key for one in stains for key in _keys(one))


def _keys(name: str) -> tuple[str, ...]:
    tissues = [tissue for tissue in stain(name).tissues if tissue != "void"]
    ratios = ratios_of(dict.fromkeys(tissues, 1.0))
    surface = [key for key in SURFACE if "bone" in tissues and (key == "b_pm_mm" or name == TRAP)]
    return ("roi_mm2", *(f"{tissue}_mm2" for tissue in tissues), *ratios, *surface)


def rows(found: Histology) -> tuple[Row, ...]:
    """Return one row for each number that the stain gives.

    Parameters
    ----------
    found : of one section.
    """
    how = f"{stain(found.stain).title}, optical densities of {', '.join(found.strength)}"
    given: dict[str, tuple[float | None, str]] = {"roi_mm2": (found.roi_mm2, "mm^2")}
    given |= {f"{name}_mm2": (area, "mm^2") for name, area in found.areas.items() if name != "void"}
    given |= {name: (value, "1") for name, value in found.ratios.items()}
    given |= {name: (getattr(found, name), unit) for name, unit in SURFACE.items()}
    return tuple(
        Row(prefix(found.stain) + name, float(value), unit, how)
        for name, (value, unit) in given.items()
        if value is not None
    )
