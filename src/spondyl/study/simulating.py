"""One simulated animal, from fat to the raw files that its instruments leave."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from spondyl.study.graft_step import rows
from spondyl.study.healing_step import HOW
from spondyl.study.simulated import (
    BUDGET,
    COURSE,
    CULTURE,
    DEFECT,
    GRAFT,
    SPHEROIDS,
    Simulation,
    curve_name,
    plate_name,
    scan_name,
    slide_name,
    truth_name,
)
from spondyl.study.surgery import operated

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from spondyl.healing import HealingCourse
    from spondyl.quantity import Parameter
    from spondyl.spheroid import SpheroidLot
    from spondyl.vertebra import Vertebra
    from spondyl.volume import Grid, Scan


MOST_SHOWN = 12
"""Spheroids of a picture."""


def defect_mask(bone: Vertebra, grid: Grid) -> Scan:
    """Return the hole as it was drilled, as labels on the grid of a scan that lies as the bone does."""
    import numpy as np
    from scipy.ndimage import map_coordinates

    from spondyl.volume import Meaning, Scan

    if bone.cavity is None:
        raise ValueError("a bone without a defect")
    axes = [
        (start + step * np.arange(count) - first) / spacing
        for start, step, count, first, spacing in zip(
            grid.origin_mm,
            grid.spacing_mm,
            grid.shape,
            bone.grid.origin_mm,
            bone.grid.spacing_mm,
            strict=True,
        )
    ]
    share = np.asarray(bone.cavity.share, np.float32)
    here = map_coordinates(share, np.stack(np.meshgrid(*axes, indexing="ij")), order=1, mode="constant")
    return Scan((here >= 0.5).astype(np.uint8), grid, Meaning.LABELS)


def _last_tests(made: Simulation, course: HealingCourse, week: float, folder: Path) -> None:
    """Write the record of the test rig and the plate of the thermocycler of an animal that is killed."""
    from spondyl.instrument import rig, thermocycler

    def table(stage: str) -> Mapping[str, Parameter] | None:
        return made.parameters.get(f"instrument/{stage}")

    specimen = rig.of_course(course, week=week, parameters=table("rig"))
    record = rig.compress(specimen, rig.rig(table("rig")), seed=made.seed, name=made.label)
    rig.export(record, folder / curve_name(week), "instron")
    numbers = table("thermocycler")
    sample = thermocycler.of_course(course, f"animal {made.seed}", "", week=week, parameters=numbers)
    shared = made.settings["seed"]  # the laboratory has one set of primers and one machine
    primers = thermocycler.primers(thermocycler.genes(), seed=shared, parameters=numbers)
    plate = thermocycler.run([sample], primers, seed=shared, parameters=numbers)
    thermocycler.write_csv(plate, folder / plate_name(week))


def _given(bone: Vertebra, lot: SpheroidLot | None, folder: Path) -> None:
    """Write what the defect was filled with, and its picture; nothing for one that stays empty."""
    from spondyl.graft.picture import picture
    from spondyl.study.chart import fitted

    if bone.filling is None:
        return
    sheet = bone.filling.sheet
    known = {"rows": rows(sheet, lot), "remarks": list(sheet.warnings)}
    _know(known, fitted(picture(bone.filling)), folder / GRAFT)


def _tabbed(columns: Mapping[str, NDArray[np.float64]]) -> str:
    """Return columns as text, six digits, tabs between them."""
    import pandas as pd

    table = pd.DataFrame(dict(columns))
    return str(table.to_csv(sep="\t", index=False, lineterminator="\n", float_format="%.6g"))


def _know(known: Mapping[str, Any], pixels: NDArray[np.uint8], path: Path) -> None:
    """Write what no instrument measures, with its picture beside it."""
    from PIL import Image

    from spondyl import files

    files.write_text(path, json.dumps(known, ensure_ascii=False, allow_nan=False))
    Image.fromarray(pixels).save(path.with_suffix(".png"), optimize=True)


def _slides(made: Simulation, course: HealingCourse, week: float, folder: Path) -> None:
    """Write a picture of one section of the defect in each stain that the study measures."""
    from spondyl.instrument import microtome

    if not made.stains:
        return
    numbers = made.parameters.get("instrument/microtome")
    cut = microtome.of_course(course, week=week, pixel=made.slide_pixel, seed=made.seed, parameters=numbers)
    for stain in made.stains:
        how = microtome.slide(stain, seed=made.seed, parameters=numbers)
        picture = microtome.photograph(cut, stain, how, seed=made.seed)
        microtome.write_tiff(picture, cut.pixel_um, folder / slide_name(week, stain))


def _photograph(made: Simulation, lot: SpheroidLot | None, folder: Path) -> None:
    """Write a confocal picture of some of the spheroids: nuclei, living and dead cells."""
    from spondyl.instrument import microscope

    if lot is None or not made.photographed:
        return
    how = microscope.optics(made.parameters.get("instrument/microscope"))
    # A picture is filled to a tenth, so that there is room for all that are shown.
    shown = int(0.1 * how.wide_um**2 / (4 * lot.radius_um**2))
    balls = microscope.of_lot(lot, max(1, min(shown, MOST_SHOWN, lot.count)), seed=made.seed)
    balls = microscope.placed(balls, how.wide_um, seed=made.seed)
    values, _ = microscope.confocal(balls, how, seed=made.seed)
    microscope.write_tiff(values, how.pixel_um, folder / SPHEROIDS)


def simulate(made: Simulation, folder: Path, checkpoint: Path | None = None) -> None:
    """Write what instruments record, the planned defect, the daily course and what is known of each week.

    Parameters
    ----------
    made : which animal.
    folder : empty.
    checkpoint : file from which an interrupted healing goes on; deleted at the end.

    Raises
    ------
    StudyError
        If a step refuses what the study asks for.
    """
    from spondyl import files, healing, instrument, volume

    asked = made.settings
    weeks = [float(week) for week in asked["weeks"]]
    bone, cells = operated(made)
    lot = None if cells is None else cells.lot()
    _given(bone, lot, folder)
    course = healing.run(
        bone,
        weeks=max(weeks[-1], 1 / 7),
        follow_up=weeks,
        seed=made.seed,
        parameters=made.parameters.get("healing"),
        checkpoint=checkpoint,
        backend=asked["backend"],
        threads=1,
    )
    grid = None
    for week in weeks:
        state = course.at(week=week)
        scan = instrument.microct(state, voxel=asked["scan_voxel"] or asked["voxel"], seed=made.seed)
        grid = scan.grid
        volume.write(scan, folder / scan_name(week))
        known = {
            "rows": [[*row, HOW] for row in state.rows()],
            "remarks": list(state.remarks),
            "voxel_um": 1000 * grid.spacing_mm[0],
        }
        _know(known, healing.picture(state), folder / truth_name(week))
    _last_tests(made, course, weeks[-1], folder)
    _slides(made, course, weeks[-1], folder)
    _photograph(made, lot, folder)
    if grid is not None:
        volume.write(defect_mask(bone, grid), folder / DEFECT)
    for name, table in ((COURSE, course.table()), (BUDGET, course.budgets())):
        files.write_text(folder / name, table.to_csv(sep="\t", index=False, lineterminator="\n"))
    if cells is not None:
        files.write_text(folder / CULTURE, _tabbed(cells.by_day()))
    if checkpoint is not None:
        checkpoint.unlink(missing_ok=True)
