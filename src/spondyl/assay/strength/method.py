"""How each number was obtained, in the words of a methods section."""

from __future__ import annotations

from dataclasses import dataclass

from spondyl.assay.strength.body import Body
from spondyl.assay.strength.settings import Settings
from spondyl.mechanics.pistoia import Criterion
from spondyl.volume import Scan


@dataclass(frozen=True, slots=True)
class Method:
    """The settings and rules behind a measurement.

    Parameters
    ----------
    bone : how bone was found and how stiff it was taken to be.
    loading : platens, axis and strain.
    failure : the criterion of failure.
    """

    bone: str
    loading: str
    failure: str


def method(scan: Scan, settings: Settings, specimen: Body, when: Criterion) -> Method:
    """Describe how a scan was compressed."""
    shift = "shortening" if settings.strain > 0 else "stretch"
    sides = "held across the axis" if settings.platens == "bonded" else "free to slide, without friction"
    loading = (
        f"8-node voxel elements, linear elastic; platens at both faces of the array along {settings.axis}, "
        f"bone {sides}; {abs(settings.strain):.3g} {shift}; relative residual {settings.tolerance:.0e}"
    )
    counted = f"labels {_listed(settings.tissue)}" if settings.tissue else "all elements"
    failed = (
        f"load at which {100 * when.volume:g} % of the volume ({counted}) exceeds an effective strain "
        f"√(2 W / E) of {when.strain:g} (Pistoia 2002)"
    )
    return Method("; ".join(_bone(scan, settings, specimen)), loading, failed)


def _bone(scan: Scan, settings: Settings, specimen: Body) -> list[str]:
    poisson = f"ν {specimen.model.poisson:g}"
    if settings.materials:
        moduli = ", ".join(f"{label}: {modulus:g} MPa" for label, modulus in settings.materials)
        return [f"Young's modulus by label ({moduli})", poisson]
    steps, bone = [], settings.bone
    if bone.gaussian_voxels:
        steps.append(f"Gaussian filter σ = {bone.gaussian_voxels:g} voxel (cut at 4 σ, edge values repeated)")
    if bone.binary:
        steps.append("binary volume, bone where not zero")
    else:
        rule = " (Otsu, 256 bins, whole scan)" if bone.threshold == "otsu" else ""
        steps.append(f"bone where value ≥ {specimen.threshold:g} {scan.meaning.value}{rule}")
    if bone.largest:
        steps.append("largest face-connected part")
    return [*steps, f"E {float(specimen.model.modulus.max()):g} MPa", poisson]


def _listed(labels: tuple[int, ...]) -> str:
    return ", ".join(str(label) for label in labels)
