"""Masks on the way out: a volume of labels and, beside it, a picture to judge it by."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from spondyl.cli.measure.scans import stem
from spondyl.cli.show import say

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from spondyl.volume import Scan

    Part = tuple[Scan, NDArray[np.uint8], tuple[int, int, int]]


Save = Annotated[
    Path | None,
    typer.Option(metavar="DIR", help="Write a labels volume and a PNG of it for each scan there."),
]


def labels_path(folder: Path, file: Path, what: str) -> Path:
    """Return where the labels of a scan are saved in a folder.

    Examples
    --------
    >>> labels_path(Path("out"), Path("rat.nii.gz"), "defect").as_posix()
    'out/rat_defect.nii.gz'
    """
    return folder / f"{stem(file)}_{what}.nii.gz"


def refuse_existing(folder: Path | None, files: Sequence[Path], what: str, verb: str) -> None:
    """Refuse, before anything is measured, a folder where labels would replace a file or one another.

    Raises
    ------
    MeasurementError
        With every mistake.
    """
    from spondyl.errors import MeasurementError, Mistake

    if folder is None:
        return
    paths = Counter(labels_path(folder, file, what) for file in files)
    where, wrong = f"{verb}, save", []
    for path, count in paths.items():
        if count > 1:
            given = f"{count} scans that would be saved as {path.name}"
            wrong.append(Mistake(where, given, "save them into folders of their own"))
        there = [one for one in (path, picture_path(path)) if one.exists()]
        wrong += [
            Mistake(where, f"{one}, which exists", "delete it or choose another folder") for one in there
        ]
    if wrong:
        raise MeasurementError(wrong)


def picture_path(labels: Path) -> Path:
    """Return where the picture of a volume of labels lies.

    Examples
    --------
    >>> picture_path(Path("out/parts.nii.gz")).name
    'parts.png'
    """
    return labels.with_name(f"{stem(labels)}.png")


def refuse_unwritable(labels: Path, where: str) -> None:
    """Refuse, before anything is measured, a name of no known format or of a file that exists.

    Raises
    ------
    MeasurementError
        With every mistake.
    """
    from spondyl.errors import MeasurementError, Mistake
    from spondyl.volume.formats import suffix_of
    from spondyl.volume.write import WRITABLE

    wrong = []
    if suffix_of(labels) not in WRITABLE:
        wrong.append(Mistake(where, str(labels), f"the name must end in one of {', '.join(WRITABLE)}"))
    there = [path for path in (labels, picture_path(labels)) if path.exists()]
    wrong += [Mistake(where, f"{path}, which exists", "delete it or choose another name") for path in there]
    if wrong:
        raise MeasurementError(wrong)


def save(
    labels: NDArray[np.uint8],
    scan: Scan,
    names: Mapping[int, str],
    path: Path,
    *,
    part: Part | None = None,
) -> None:
    """Write labels to `path` and a picture of them over the scan beside it, and say so.

    Parameters
    ----------
    labels : shape of the scan.
    scan : its grey values are shown beneath.
    names : what each label is called.
    path : of the volume; see :func:`picture_path` for the picture.
    part : what to draw instead of the whole: a part of the scan, its labels and its first voxel.
    """
    from PIL import Image

    from spondyl.assay.microct.overlay import overlay
    from spondyl.files import appearing
    from spondyl.volume import Meaning, Volume, write

    shown, tinted, corner = part or (scan, labels, (0, 0, 0))
    pixels = overlay(shown, tinted, names, corner=corner)
    write(Volume(labels, scan.grid, Meaning.LABELS), path)
    with appearing(picture_path(path)) as unfinished:
        Image.fromarray(pixels).save(unfinished, optimize=True)
    say(f"Wrote {path} and {picture_path(path)}")
