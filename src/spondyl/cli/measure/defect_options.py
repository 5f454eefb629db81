"""The options of a defect and of three phases, checked by the same schema as a study file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from spondyl.assay.microct.defect_site import DefectSite
    from spondyl.errors import Mistake

VERB = "measure defect"

Shape = Annotated[
    str | None, typer.Option(help="Of the planned hole: cylinder, or hemisphere for a round bur.")
]
Diameter = Annotated[str | None, typer.Option(metavar="LENGTH", help='Of the planned hole, e.g. "2 mm".')]
Depth = Annotated[str | None, typer.Option(metavar="LENGTH", help="From its mouth to its deepest point.")]
Entry = Annotated[
    str | None,
    typer.Option(
        metavar="Z, Y, X", help='Centre of its mouth from the corner of the scan: "0.4 mm, 3 mm, 3 mm".'
    ),
]
Direction = Annotated[
    str | None, typer.Option(metavar="Z, Y, X", help='The way the drill went in, e.g. "1, 0, 0".')
]
DrawnDefect = Annotated[
    Path | None,
    typer.Option(metavar="MASK", help="The defect as a labels volume instead of a planned hole."),
]
BridgeAxis = Annotated[
    str, typer.Option(metavar="z|y|x", help="Along which bone must bridge a drawn defect.")
]
Across = Annotated[str, typer.Option(metavar="z|y|x", help="Along which a drawn defect is cut into slices.")]
Layers = Annotated[int, typer.Option(metavar="N", help="Layers of depth in which new bone is given.")]
Baseline = Annotated[
    Path | None,
    typer.Option(
        metavar="SCAN",
        help="The scan just after drilling: the hole lies in its coordinates; its bone there is not new.",
    ),
]
Rotation = Annotated[
    float, typer.Option(metavar="DEGREES", help="Largest rotation that is looked for between the scans.")
]
Noise = Annotated[
    float | None,
    typer.Option(metavar="MG_HA_CM3", help="Standard deviation of the noise; measured if not given."),
]
Blur = Annotated[
    float | None,
    typer.Option(metavar="VOXELS", help="Standard deviation of the point spread; measured if not given."),
]
Adapt = Annotated[
    bool, typer.Option("--adapt", help="Train once more with the densities that the scan shows.")
]


def site(given: dict[str, Any], mask: Path | None) -> DefectSite:
    """Return where the defect lies; every mistake of the options at once.

    Parameters
    ----------
    given : the options of a ``[defect]`` table; entry and direction as texts.
    mask : the drawn defect.
    """
    from pydantic import ValidationError

    from spondyl.errors import MeasurementError, StudyError
    from spondyl.study.assay_sections import DefectSection
    from spondyl.study.defect_settings import defect_site
    from spondyl.study.mistakes import mistakes_of

    wrong: list[Mistake] = []
    chosen = given | {"entry": _three(given["entry"], "entry", wrong), "mask": str(mask) if mask else None}
    chosen["direction"] = _numbers(_three(given["direction"], "direction", wrong), wrong)
    if wrong:
        raise MeasurementError(wrong)
    try:
        table = DefectSection.model_validate(chosen).model_dump(mode="json")
    except ValidationError as error:
        raise MeasurementError(mistakes_of(error, DefectSection, VERB)) from None
    try:
        return defect_site(table, mask, where=VERB)
    except StudyError as error:
        raise MeasurementError(error.mistakes) from None


def phases(noise: float | None, blur: float | None, adapt: bool, verb: str) -> dict[str, Any]:
    """Return a ``[phases]`` table.

    Raises
    ------
    MeasurementError
        With every mistake.
    """
    from pydantic import ValidationError

    from spondyl.errors import MeasurementError
    from spondyl.study.assay_sections import PhasesSection
    from spondyl.study.mistakes import mistakes_of

    try:
        section = PhasesSection.model_validate({"noise": noise, "blur": blur, "adapt": adapt})
    except ValidationError as error:
        raise MeasurementError(mistakes_of(error, PhasesSection, verb)) from None
    return section.model_dump(mode="json")


def _three(text: str | None, name: str, wrong: list[Mistake]) -> list[str] | None:
    from spondyl.errors import Mistake

    if text is None:
        return None
    parts = [part.strip() for part in text.split(",")]
    if len(parts) == 3 and all(parts):
        return parts
    example = '"0.4 mm, 3 mm, 3 mm"' if name == "entry" else '"1, 0, 0"'
    wrong.append(Mistake(f"{VERB}, {name}", repr(text), f"must be three (z, y, x) such as {example}"))
    return None


def _numbers(texts: list[str] | None, wrong: list[Mistake]) -> list[float] | None:
    from spondyl.errors import Mistake

    try:
        return None if texts is None else [float(text) for text in texts]
    except ValueError:
        given = ", ".join(texts or ())
        wrong.append(
            Mistake(f"{VERB}, direction", repr(given), 'must be three numbers (z, y, x) such as "1, 0, 0"')
        )
        return None
