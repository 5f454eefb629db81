"""``spondyl check``: read everything, say all mistakes at once, estimate time and disk."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from spondyl.errors import DesignError, Mistake, StudyError
from spondyl.study.cache import Cache
from spondyl.study.defect_settings import defect_site
from spondyl.study.design import Design, load_design
from spondyl.study.estimate import sample_cost
from spondyl.study.lacking import lacking
from spondyl.study.microct_settings import assay_settings, read_scan
from spondyl.study.microct_step import STEP as MICROCT
from spondyl.study.planning import Plan, plan
from spondyl.study.room import lacking_device
from spondyl.study.task import Task
from spondyl.threads import available_threads
from spondyl.volume import parts, read

if TYPE_CHECKING:
    from spondyl.volume import Scan


@dataclass(frozen=True, slots=True)
class CheckedArm:
    """One group: how many animals and scans, and how large their files are."""

    group: str
    label: str
    animals: int
    scans: int
    bytes: int


@dataclass(frozen=True, slots=True)
class Checked:
    """A study in which nothing is wrong.

    Parameters
    ----------
    arms : what each group holds.
    primary : the primary endpoint in words.
    scans, pending : scans in all, and scans that the cache does not hold yet.
    workers : worker processes the estimate is for.
    seconds, disk_bytes : estimated time and disk of the run.
    notes : remarks that are no mistakes.
    """

    arms: tuple[CheckedArm, ...]
    primary: str
    scans: int
    pending: int
    workers: int
    seconds: float
    disk_bytes: float
    notes: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        """Return the result as plain values."""
        return asdict(self)


def check(
    folder: Path | str = ".",
    settings: Sequence[str] = (),
    *,
    workers: int | None = None,
    notify: Callable[[int, int, str], None] = lambda _number, _total, _animal: None,
) -> Checked:
    """Check a study completely without running it: settings, animals, and every scan read once.

    Parameters
    ----------
    folder : study folder.
    settings : ``key=value`` texts that override the study file.
    workers : worker processes to estimate for; one per core by default.
    notify : called with number, total and animal before each scan is read.

    Raises
    ------
    DesignError
        With every mistake of the study.
    """
    design = load_design(folder, settings)
    cache = Cache.of(design.folder)
    planned = plan(design, cache)
    wrong: list[Mistake] = []
    notes = lacking(design)
    voxels = pending = 0
    scans = [(task, key) for task, key in planned.tasks if task.step == MICROCT and not task.source]
    for number, (task, key) in enumerate(scans, start=1):
        notify(number, len(scans), task.animal)
        count = _read(task, design, wrong, notes)
        if not cache.holds(task.step, key):
            pending += 1
            voxels += count
    wrong += lacking_device(planned, cache)
    wrong += _rehearsed(planned, cache)
    if wrong:
        raise DesignError(wrong)
    more = sorted({task.step for task, _ in planned.tasks} - {MICROCT})
    if planned.simulations:
        to_make = sum(not cache.holds(made.step, key) for made, key in planned.simulations)
        notes.append(f"{len(planned.simulations)} animals are simulated, {to_make} of them still to be made.")
        more.insert(0, "the simulations and of what is measured of them")
    if more:
        notes.append(f"The estimate leaves out the time of {', '.join(more)}.")
    processes = min(workers or available_threads(), max(pending, 1))
    seconds, scan_bytes = sample_cost(design.file.microct, voxels) if pending else (0.0, 0.0)
    return Checked(
        arms=_arms(design),
        primary=_primary(design),
        scans=len(scans),
        pending=pending,
        workers=processes,
        seconds=seconds / processes,
        disk_bytes=2 * scan_bytes * len(planned.tasks),  # once in the cache, once in the results
        notes=tuple(notes),
    )


def _read(task: Task, design: Design, wrong: list[Mistake], notes: list[str]) -> int:
    from spondyl.assay.microct import Mask

    where = f"animals.tsv, animal {task.animal}, week {task.week:g}"
    try:
        scan = read_scan(task.path, task.settings)
        region = assay_settings(task.settings, task.mask).voi
        if region is not None:
            region.inside(scan.grid)
        if task.mask is not None and task.settings["compartments"]:
            Mask(read(task.mask)).inside(scan.grid)
        _refuse_hole_outside(task, design, scan)
    except StudyError as error:
        wrong += [Mistake(f"{where}: {m.where}", m.given, m.allowed, m.nearest) for m in error.mistakes]
        return 0
    notes += [f"{task.animal}: {note}" for note in (scan.source.notes if scan.source else ())]
    return scan.grid.voxels


def _rehearsed(planned: Plan, cache: Cache) -> list[Mistake]:
    """Operate on the first animal of each simulated arm, coarsely, and return what its surgery refuses."""
    from spondyl.study.surgery import operated, rehearsal

    first = {made.group: (made, key) for made, key in reversed(planned.simulations)}
    wrong = []
    for group, (made, key) in first.items():
        if cache.holds(made.step, key):
            continue
        try:
            operated(rehearsal(made))
        except StudyError as error:
            where = f"study.toml, groups.{group}"
            wrong += [Mistake(f"{where}: {m.where}", m.given, m.allowed, m.nearest) for m in error.mistakes]
    return wrong


def _refuse_hole_outside(task: Task, design: Design, scan: Scan) -> None:
    """Refuse a planned hole that leaves the scan in whose coordinates it lies."""
    table = design.file.defect
    if table is None or table.shape is None or task.source or table.baseline_week not in (None, task.week):
        return
    hole = defect_site(table.model_dump(mode="json"), animal=task.animal).hole
    if hole is not None:
        hole.refuse_outside(scan.grid)


def _arms(design: Design) -> tuple[CheckedArm, ...]:
    found = []
    for name, group in design.file.groups.items():
        scans = [scan for scan in design.scans if scan.animal.group == name]
        records = [record.file for record in design.records if record.file.animal.group == name]
        there = {path for one in (*scans, *records) if not one.source for path in parts(one.path)}
        weight = sum(path.stat().st_size for path in there)  # a plate of many animals counts once
        animals = len({one.animal.animal for one in (*scans, *records)})
        found.append(CheckedArm(name, group.label, animals, len(scans), weight))
    return tuple(found)


def _primary(design: Design) -> str:
    primary = design.file.primary
    week = "" if primary.week is None else f" at week {primary.week:g}"
    against = f", against {primary.control}" if primary.control else ", all pairs"
    return f"{primary.assay} {primary.name}{week}, {primary.test} test{against}, alpha {primary.alpha:g}"
