"""The options that make grey values densities: rods found in the scan, or two known points."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, cast

import typer

from spondyl.cli.show import say

if TYPE_CHECKING:
    from spondyl.assay.microct import Box
    from spondyl.assay.microct.calibration import Calibration
    from spondyl.errors import Mistake
    from spondyl.volume import Scan

VERB = "measure microct"

Rods = Annotated[
    str | None,
    typer.Option(
        metavar="DENSITIES",
        help='Calibrate by rods in the scan: "0 100 200 400 800 mg HA/cm3", in any order.',
    ),
]
RodsAxis = Annotated[str, typer.Option(help="Axis along which the rods run: x, y or z.")]
RodsRegion = Annotated[
    str | None,
    typer.Option(metavar="Z Y X", help='Look for rods only in these voxels: "0:32 46:118 15:95" (z, y, x).'),
]
Points = Annotated[
    str | None,
    typer.Option(metavar="VALUE=DENSITY...", help='Calibrate by two points: "1000=0 5000=800 mg HA/cm3".'),
]

_NUMBER = r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?"
_UNIT = r"mg\s*HA\s*/\s*c(?:m3|m\^3|m³|cm)"
_RODS = re.compile(rf"\s*({_NUMBER}(?:[\s,]+{_NUMBER})*)\s+{_UNIT}\s*")
_POINTS = re.compile(rf"\s*({_NUMBER})\s*=\s*({_NUMBER})[\s,]+({_NUMBER})\s*=\s*({_NUMBER})\s+{_UNIT}\s*")
_REGION = re.compile(r"\s*(\d+):(\d+)[\s,]+(\d+):(\d+)[\s,]+(\d+):(\d+)\s*")


@dataclass(frozen=True, slots=True)
class Wanted:
    """How a scan is to be calibrated.

    Parameters
    ----------
    rods : density of each rod, mg HA/cm³; empty for two points.
    axis, region : where the rods are; None for the whole scan.
    points : two pairs of value and density, mg HA/cm³; None for rods.
    """

    rods: tuple[float, ...] = ()
    axis: Literal["z", "y", "x"] = "z"
    region: Box | None = None
    points: tuple[tuple[float, float], tuple[float, float]] | None = None


def wanted(
    rods: str | None, axis: str, region: str | None, points: str | None, verb: str = VERB
) -> Wanted | None:
    """Understand the options; None when none is given.

    Raises
    ------
    MeasurementError
        With every mistake.
    """
    from spondyl.assay.microct import Box
    from spondyl.errors import MeasurementError, Mistake

    wrong: list[Mistake] = []
    densities, pair, part = (
        _read(form, text, f"{verb}, {name}", example, wrong)
        for form, text, name, example in (
            (_RODS, rods, "rods", '"0 100 200 400 800 mg HA/cm3"'),
            (_POINTS, points, "points", '"1000=0 5000=800 mg HA/cm3"'),
            (_REGION, region, "rods-region", '"0:32 46:118 15:95", voxels along z, y and x'),
        )
    )
    if axis not in ("z", "y", "x"):
        wrong.append(Mistake(f"{verb}, rods-axis", repr(axis), "must be 'z', 'y' or 'x'"))
    if rods and points:
        given = "--rods and --points"
        wrong.append(Mistake(verb, given, "one calibration is enough; leave one of the two out"))
    if region and not rods:
        wrong.append(Mistake(f"{verb}, rods-region", "no --rods", "give the densities of the rods"))
    if wrong:
        raise MeasurementError(wrong)
    if pair:
        a, b, c, d = (float(number) for number in pair)
        return Wanted(points=((a, b), (c, d)))
    if not densities:
        return None
    z, y, x = ((int(a), int(b)) for a, b in zip(part[::2], part[1::2], strict=True)) if part else (None,) * 3
    box = Box(z, y, x) if z and y and x else None
    numbers = tuple(float(number) for number in re.split(r"[\s,]+", densities[0]))
    return Wanted(numbers, cast("Literal['z', 'y', 'x']", axis), box)


def calibrate(scan: Scan, how: Wanted) -> tuple[Scan, Calibration]:
    """Return the scan in mg HA/cm³ and the line that was used; say it, and what there is to doubt.

    Raises
    ------
    MeasurementError
        If the scan is calibrated already, the rods are not found, or the fit is poor.
    """
    from spondyl.assay.microct.beam_hardening import across_rods
    from spondyl.assay.microct.calibration import calibrated, from_rods, from_two_points
    from spondyl.assay.microct.rods import find_rods

    if how.points is not None:
        line = from_two_points(*how.points)
        done = calibrated(scan, line)
        say(f"{scan.name}: {line.describe()}")
        return done, line
    rods = find_rods(scan, axis=how.axis, region=how.region)
    line = from_rods(rods, how.rods)
    done = calibrated(scan, line)
    say(f"{scan.name}: {line.describe()}")
    for remark in across_rods(rods, line).remarks if any(rod.contrast > 0 for rod in rods) else ():
        say(f"{scan.name}: {remark}")
    return done, line


def read(file: Path, options: dict[str, Any], how: Wanted | None) -> Scan:
    """Read a scan as the options say, calibrated where that is wanted."""
    from spondyl.cli.measure import scans

    scan = scans.read(file, options)
    return scan if how is None else calibrate(scan, how)[0]


def keys(line: Calibration) -> dict[str, float]:
    """Return the calibration as JSON keys."""
    found = {
        "calibration_slope": line.slope,
        "calibration_intercept": line.intercept,
        "calibration_r_squared": line.r_squared,
    }
    return {name: value for name, value in found.items() if value is not None}


def _read(
    form: re.Pattern[str], text: str | None, name: str, example: str, wrong: list[Mistake]
) -> tuple[str, ...] | None:
    from spondyl.errors import Mistake

    if text is None:
        return None
    found = form.fullmatch(text)
    if found is None:
        wrong.append(Mistake(name, repr(text), f"must be such as {example}"))
        return None
    return found.groups()
