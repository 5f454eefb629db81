"""What every assay of scans asks for: the files, and how bone is found in them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from spondyl.cli.show import say

if TYPE_CHECKING:
    from spondyl.volume import Scan

Files = Annotated[list[Path], typer.Argument(metavar="FILE...", help="Scans: files, or folders of slices.")]
Threshold = Annotated[str, typer.Option(help="A number in the scan's own values, or otsu.")]
Gaussian = Annotated[float, typer.Option(metavar="VOXELS", help="Sigma of the Gaussian filter, in voxels.")]
Largest = Annotated[bool, typer.Option("--largest", help="Keep the largest face-connected part only.")]
Binary = Annotated[bool, typer.Option("--binary", help="The volume is segmented: not zero is bone.")]
Voxel = Annotated[
    str | None,
    typer.Option(metavar="LENGTH", help='Voxel size, e.g. "20 um" or "20 um, 10 um, 10 um" (z, y, x).'),
]
Values = Annotated[
    str | None, typer.Option(help='What the values are, if the file does not say: "mg HA/cm3", HU, raw.')
]


def checked(
    verb: str,
    threshold: str,
    gaussian: float,
    largest: bool,
    binary: bool,
    voxel: str | None,
    values: str | None,
) -> dict[str, Any]:
    """Return the options as a ``[microct]`` table, checked by the same schema as a study file."""
    from pydantic import ValidationError

    from spondyl.errors import DesignError
    from spondyl.study.mistakes import mistakes_of
    from spondyl.study.schema import MicroctSection

    try:
        number: float | str = float(threshold)
    except ValueError:
        number = threshold
    given = {"threshold": number, "gaussian": gaussian, "largest": largest, "binary": binary}
    try:
        section = MicroctSection.model_validate(given | {"voxel": voxel, "values": values})
    except ValidationError as error:
        raise DesignError(mistakes_of(error, MicroctSection, verb)) from None
    return section.model_dump(mode="json")


def read(file: Path, options: dict[str, Any]) -> Scan:
    """Read a scan as the options say, and tell what the reader noticed."""
    from spondyl.study.microct_settings import read_scan

    scan = read_scan(file, options, where="--voxel")
    for note in scan.source.notes if scan.source else ():
        say(f"{file}: {note}")
    return scan


def each(files: Sequence[Path], measure: Callable[[Path], None]) -> None:
    """Measure every file; a bad one does not stop the rest, and all mistakes are raised at the end.

    Raises
    ------
    StudyError
        Of the kind of the last one, with every mistake.
    """
    from spondyl.errors import Mistake, StudyError

    wrong: list[Mistake] = []
    kind = StudyError
    for file in files:
        try:
            measure(file)
        except StudyError as error:
            wrong += error.mistakes
            kind = type(error)
    if wrong:
        raise kind(wrong)


def stem(file: Path) -> str:
    """Return the name of a scan without the suffix of its format."""
    from spondyl.volume.formats import suffix_of

    cut = file.name.lower().rfind(suffix_of(file) or "\0")
    return file.name[:cut] if cut > 0 else file.name
