"""The options of a compression test in the computer, and the assay's settings made from them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from spondyl.assay.strength import Settings

VERB = "measure strength"

Modulus = Annotated[
    str | None, typer.Option(metavar="MPA", help='Young\'s modulus of the bone: 10000 or "10 GPa".')
]
Poisson = Annotated[float | None, typer.Option(metavar="NU", help="Poisson's ratio of everything.")]
Material = Annotated[
    list[str] | None,
    typer.Option(metavar="LABEL=MPA", help="Modulus of one label of a volume of labels. May be repeated."),
]
Tissue = Annotated[
    list[int] | None,
    typer.Option(metavar="LABEL", help="Label whose failure counts; all by default. May be repeated."),
]
Strain = Annotated[float, typer.Option(help="Shortening over the length of the array; negative stretches.")]
Axis = Annotated[str, typer.Option(help="Axis along which the platens move: x, y or z.")]
Platens = Annotated[str, typer.Option(help="bonded or frictionless: held across the axis, or free to slide.")]
Species = Annotated[str, typer.Option(help="Whose failure criterion: human, mouse or rat.")]
CriticalVolume = Annotated[
    float | None, typer.Option(metavar="SHARE", help="Share of the bone overstrained at failure.")
]
CriticalStrain = Annotated[
    float | None, typer.Option(metavar="STRAIN", help="Effective strain that this share exceeds.")
]
Tolerance = Annotated[float, typer.Option(help="Relative residual at which the solver stops.")]
Backend = Annotated[str, typer.Option(help="auto, cpu, cuda or reference.")]
Threads = Annotated[int | None, typer.Option(metavar="N", help="Processor threads; all by default.")]
Save = Annotated[
    Path | None,
    typer.Option(metavar="DIR", help="Write maps of effective strain and strain energy density there."),
]


def settings(options: dict[str, Any], given: dict[str, Any]) -> Settings:
    """Return the assay's settings; every mistake of the options at once.

    Parameters
    ----------
    options : how bone is found, as a ``[microct]`` table.
    given : the other settings by name, with modulus and materials as texts.
    """
    from spondyl.assay.strength import Settings
    from spondyl.errors import MeasurementError, Mistake, StudyError
    from spondyl.study.microct_settings import assay_settings

    wrong: list[Mistake] = []
    chosen = dict(given)
    for name, understand in (("modulus_mpa", _modulus), ("materials", _materials)):
        try:
            chosen[name] = understand(given[name])
        except StudyError as error:
            wrong += error.mistakes
            del chosen[name]
    try:
        made = Settings(bone=assay_settings(options), **chosen)
    except MeasurementError as error:
        wrong += [replace(mistake, where=f"{VERB}, {mistake.where}") for mistake in error.mistakes]
    if wrong:
        raise MeasurementError(wrong)
    return made


def _modulus(text: str | None, where: str = f"{VERB}, modulus") -> float | None:
    """Read a modulus in MPa; a number without a unit is MPa."""
    from spondyl.quantity import convert

    if text is None:
        return None
    try:
        return float(text)
    except ValueError:
        return convert(text, "MPa", where=where)


def _materials(texts: list[str] | None) -> tuple[tuple[int, float | None], ...]:
    from spondyl.errors import MeasurementError, Mistake

    found = []
    for text in texts or ():
        label, equals, modulus = text.partition("=")
        if not (equals and label.strip().isdecimal()):
            allowed = 'must be a label and its modulus, such as 1=10000 or "2=5 GPa"'
            raise MeasurementError(Mistake(f"{VERB}, material", repr(text), allowed))
        found.append((int(label), _modulus(modulus, f"{VERB}, material {label}")))
    return tuple(found)
