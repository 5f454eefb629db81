"""What the person chose before the compression test."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from numbers import Real
from typing import Literal

from spondyl.assay import microct
from spondyl.errors import MeasurementError, Mistake, nearest_word
from spondyl.mechanics.pistoia import SPECIES

AXES = ("x", "y", "z")
PLATENS = ("bonded", "frictionless")
BACKENDS = ("auto", "cpu", "cuda", "reference")
TIGHTEST, LOOSEST = 1e-13, 1e-2


@dataclass(frozen=True, slots=True)
class Settings:
    """How a scan becomes a stiff body, how it is compressed and how exactly that is solved.

    Parameters
    ----------
    bone : how bone is found, as for the micro-CT assay but without a volume of interest: the platens are the
        faces of the whole array.
    modulus_mpa : Young's modulus of the bone, MPa; None for the assumed number of the stage ``mechanics``.
    poisson : Poisson's ratio of everything; None likewise.
    materials : pairs of label and Young's modulus, MPa, for a volume of labels; label 0 is empty unless
        given. Then `bone` and `modulus_mpa` do not apply.
    tissue : labels that are bone in the failure criterion; all that have a modulus if empty.
    strain : shortening over the length of the array; negative stretches.
    axis : along which the platens move, "x", "y" or "z" (array axes 2, 1, 0).
    platens : "bonded" holds both faces across the axis too, "frictionless" leaves them free to slide.
    species : whose critical volume and strain the failure criterion takes.
    critical_volume, critical_strain : of the failure criterion; None for those of the species.
    tolerance : relative residual at which the solver stops.
    backend : "auto", "cpu", "cuda" or "reference".
    threads : processor threads; None for all.

    Raises
    ------
    MeasurementError
        If a setting is not a number in its range, or two settings contradict each other.

    Examples
    --------
    >>> Settings(bone=microct.Settings(binary=True), axis="x").platens
    'bonded'
    """

    bone: microct.Settings = field(default_factory=microct.Settings)
    modulus_mpa: float | None = None
    poisson: float | None = None
    materials: tuple[tuple[int, float], ...] = ()
    tissue: tuple[int, ...] = ()
    strain: float = 0.01
    axis: Literal["x", "y", "z"] = "z"
    platens: Literal["bonded", "frictionless"] = "bonded"
    species: str = "human"
    critical_volume: float | None = None
    critical_strain: float | None = None
    tolerance: float = 1e-6
    backend: Literal["auto", "cpu", "cuda", "reference"] = "auto"
    threads: int | None = None

    def __post_init__(self) -> None:
        wrong = [*_material(self), *_loading(self), *_criterion(self), *_solver(self)]
        if wrong:
            raise MeasurementError(wrong)


def _material(settings: Settings) -> list[Mistake]:
    wrong = []
    moduli: list[tuple[str, object]] = [(f"material {label}", given) for label, given in settings.materials]
    if settings.modulus_mpa is not None:
        moduli.append(("modulus", settings.modulus_mpa))
    for name, modulus in moduli:
        if not _positive(modulus):
            wrong.append(Mistake(name, f"{modulus} MPa", "must be a finite number above zero, in MPa"))
    poisson = settings.poisson
    if poisson is not None and not (_finite(poisson) and -1 < poisson < 0.5):
        allowed = "must lie between -1 and 0.5, both excluded; bone has about 0.3"
        wrong.append(Mistake("poisson", str(poisson), allowed))
    if settings.bone.voi is not None:
        allowed = "the platens are the faces of the whole array: crop the scan instead"
        wrong.append(Mistake("voi", str(settings.bone.voi), allowed))
    if settings.materials and (settings.modulus_mpa is not None or settings.bone != microct.Settings()):
        allowed = "labels have their own moduli: leave threshold, filter, binary and modulus out"
        wrong.append(Mistake("materials", "materials together with settings for one bone", allowed))
    labels = [label for label, _ in settings.materials]
    if len(set(labels)) < len(labels):
        given = ", ".join(str(label) for label in labels)
        wrong.append(Mistake("materials", f"labels {given}", "each label must have one modulus"))
    strange = sorted(set(settings.tissue) - set(labels))
    if strange:
        given = ", ".join(str(label) for label in strange)
        wrong.append(Mistake("tissue", f"label {given}", "must be labels that have a material"))
    return wrong


def _loading(settings: Settings) -> list[Mistake]:
    wrong = []
    if not (_finite(settings.strain) and 0 < abs(settings.strain) < 1):
        allowed = "must be a number above 0 and below 1 (0.01 is 1 %); negative stretches"
        wrong.append(Mistake("strain", str(settings.strain), allowed))
    wrong += _word("axis", settings.axis, AXES)
    wrong += _word("platens", settings.platens, PLATENS)
    return wrong


def _criterion(settings: Settings) -> list[Mistake]:
    wrong = _word("species", settings.species, SPECIES)
    for name in ("critical_volume", "critical_strain"):
        given = getattr(settings, name)
        if given is not None and not (_finite(given) and 0 < given < 1):
            allowed = "must be a number above 0 and below 1 (0.02 is 2 %)"
            wrong.append(Mistake(name.replace("_", " "), str(given), allowed))
    return wrong


def _solver(settings: Settings) -> list[Mistake]:
    wrong = []
    if not (_finite(settings.tolerance) and TIGHTEST <= settings.tolerance <= LOOSEST):
        allowed = f"must be from {TIGHTEST:g} to {LOOSEST:g}"
        wrong.append(Mistake("tolerance", str(settings.tolerance), allowed))
    threads = settings.threads
    if threads is not None and not (_finite(threads) and threads >= 1 and threads == int(threads)):
        wrong.append(Mistake("threads", str(threads), "must be a whole number of at least 1"))
    wrong += _word("backend", settings.backend, BACKENDS)
    return wrong


def _word(name: str, given: object, allowed: tuple[str, ...]) -> list[Mistake]:
    if given in allowed:
        return []
    words = f"must be {', '.join(allowed[:-1])} or {allowed[-1]}"
    return [Mistake(name, repr(given), words, nearest_word(str(given).lower(), allowed))]


def _positive(number: object) -> bool:
    return _finite(number) and float(number) > 0  # type: ignore[arg-type]


def _finite(number: object) -> bool:
    if isinstance(number, bool) or not isinstance(number, Real):
        return False
    return math.isfinite(number)
