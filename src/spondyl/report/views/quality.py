"""Quality control: one picture per scan, the most doubtful first."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from spondyl.report.endpoint import assay_title
from spondyl.report.material import Material
from spondyl.report.numbers import number
from spondyl.report.rows import natural, week_text
from spondyl.report.story import Picture

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_MOST_BYTES = 21_000_000  # 28 MB in base64, so that the page stays under 30 MB
_BESIDE_VOLUMES = 11_000_000  # the same with the 12 MB that volumes may take


@dataclass(frozen=True, slots=True)
class Slice:
    """One picture on the page; `uri` is None when it is not shown, and `absent` says why."""

    animal: str
    group: str
    week: str
    uri: str | None
    absent: str
    width: int
    height: int
    remarks: tuple[str, ...]
    doubtful: bool
    concern: str
    assay: str


def quality(material: Material) -> Mapping[str, object]:
    """Return the pictures, worst first, and how many of them need a look.

    Pictures are embedded as they are until the page would grow too large; the least doubtful are named only.
    """
    ordered = sorted(material.story.pictures, key=lambda picture: _order(picture, material))
    slices, room = [], _BESIDE_VOLUMES if material.story.volumes else _MOST_BYTES
    for picture in ordered:
        content, absent = (
            _png(material.folder / picture.png),
            "The picture of this scan is missing or damaged.",
        )
        if content is not None and len(content) > room:
            content, absent = None, f"Left out to keep the page small: {picture.png.as_posix()}"
        room -= len(content or b"")
        slices.append(_slice(picture, material, content, absent))
    things = "pictures" if any(one.assay for one in slices) else "scans"
    return {"slices": slices, "doubtful": sum(one.doubtful for one in slices), "things": things}


def _order(picture: Picture, material: Material) -> tuple[object, ...]:
    return (
        -picture.concern,
        material.place(picture.group),
        natural(picture.animal),
        picture.week,
        picture.assay,
    )


def _slice(picture: Picture, material: Material, content: bytes | None, absent: str) -> Slice:
    uri = f"data:image/png;base64,{base64.b64encode(content).decode('ascii')}" if content else None
    width, height = (int.from_bytes(content[at : at + 4], "big") for at in (16, 20)) if content else (0, 0)
    return Slice(
        picture.animal,
        material.label(picture.group),
        week_text(picture.week),
        uri,
        absent,
        width,
        height,
        picture.remarks,
        picture.concern > 1,
        number(picture.concern, 2),
        "" if picture.assay == "microct" else assay_title(picture.assay),
    )


def _png(path: Path) -> bytes | None:
    # The report is written even when a picture was deleted or cut short.
    try:
        content = path.read_bytes()
    except OSError:
        return None
    return content if content.startswith(_SIGNATURE) and len(content) > 24 else None
