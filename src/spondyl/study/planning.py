"""From a design to the tasks of a run and the run's name."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from spondyl.errors import DesignError, Mistake
from spondyl.study.cache import Cache
from spondyl.study.design import Design
from spondyl.study.fingerprint import Fingerprints, digest
from spondyl.study.microct_step import AUTO
from spondyl.study.records import Record
from spondyl.study.scans import ScanFile
from spondyl.study.simulated import DEFECT, GRAFT, Simulation, sidecar, truth_name
from spondyl.study.steps import VERSIONS
from spondyl.study.task import STAGE, Task
from spondyl.volume import parts

KNOWN = ("healing", "graft")
"""Steps that read what the simulation knows, and measure no scan."""

DAYS = 7.0
"""Days of a week."""


@dataclass(frozen=True, slots=True)
class Plan:
    """The tasks of one run.

    Parameters
    ----------
    run : name of the run, made from everything the results depend on: the same study gives the same name.
    tasks : one for each step of each scan, with the key of its result in the cache.
    simulations : one for each simulated animal, likewise; they come first.
    """

    run: str
    tasks: tuple[tuple[Task, str], ...]
    simulations: tuple[tuple[Simulation, str], ...] = ()


def plan(design: Design, cache: Cache) -> Plan:
    """Hash all raw data and settings of `design`; `cache` remembers what the files held.

    Raises
    ------
    DesignError
        When a file cannot be read, or a mask is missing.
    """
    fingerprints = Fingerprints(cache.folder / "contents.json")
    wrong: list[Mistake] = []
    tasks = [
        task
        for scan in design.scans
        for step in _steps(design, scan)
        if (task := _task(design, scan, step, fingerprints, wrong))
    ]
    records = (_record(design, record, fingerprints, wrong) for record in design.records)
    tasks += [task for task in records if task]
    if wrong:
        raise DesignError(wrong)
    fingerprints.save()
    keyed = tuple((task, digest(task.inputs)) for task in tasks)
    return Plan(f"run-{_identity(design, keyed)[:10]}", keyed, design.simulations)


def _steps(design: Design, scan: ScanFile) -> list[str]:
    """Return what is done with a scan; the baseline of a defect or a time-lapse is compared with nothing."""
    file, steps = design.file, ["microct"]
    if scan.source:
        steps.insert(0, "healing")
        if _grafted(design, scan):
            steps.insert(0, "graft")
    if file.phases is not None:
        steps.append("phases")
    if file.defect is not None and scan.week != file.defect.baseline_week:
        steps.append("defect")
    if file.timelapse is not None and scan.week > file.timelapse.baseline_week:
        steps.append("timelapse")
    return steps


def _grafted(design: Design, scan: ScanFile) -> bool:
    """Tell whether this is the first scan of a simulated animal that was given something."""
    table, treatment = design.file.simulation, design.file.groups[scan.animal.group].treatment
    return bool(table and treatment and treatment.fills and scan.week == table.weeks[0])


def _task(
    design: Design, scan: ScanFile, step: str, fingerprints: Fingerprints, wrong: list[Mistake]
) -> Task | None:
    where = f"animals.tsv, animal {scan.animal.animal}"
    before = _baseline(design, scan, step)
    mask = _mask(design, before or scan, step)
    known = {"healing": truth_name(scan.week), "graft": GRAFT}
    path = sidecar(scan.path, known[step]) if step in known else scan.path

    def held(there: Path | None) -> str:
        if there is None:
            return ""
        # What a simulation will leave is known by the simulation, before it has run.
        return f"{scan.source}/{there.name}" if scan.source else fingerprints.of(parts(there))

    try:
        content, mask_content = held(path), held(mask)
        before_content = held(before.path if before else None)
    except OSError as error:
        remedy = "must be a readable file or folder"
        wrong.append(Mistake(where, f"{error.filename or scan.path} ({error.strerror})", remedy))
        return None
    return Task(
        step=step,
        version=VERSIONS[step],
        animal=scan.animal.animal,
        group=scan.animal.group,
        week=scan.week,
        label=scan.labelled(step),
        path=path,
        content=content,
        settings=design.file.microct.model_dump(mode="json"),
        parameters=design.parameters[STAGE],
        mask=mask,
        mask_content=mask_content,
        more=_more(design, scan, step),
        baseline=before.path if before else None,
        baseline_content=before_content,
        days=DAYS * (scan.week - before.week) if before else 0.0,
        source=scan.source,
    )


def _record(design: Design, asked: Record, fingerprints: Fingerprints, wrong: list[Mistake]) -> Task | None:
    """Return the task that measures what another instrument than the scanner recorded."""
    step, record, stain = asked
    table = getattr(design.file, step).model_dump(mode="json", exclude={"stains"})
    try:
        held = f"{record.source}/{record.path.name}" if record.source else fingerprints.of([record.path])
    except OSError as error:
        given = f"{error.filename or record.path} ({error.strerror})"
        where = f"animals.tsv, animal {record.animal.animal}"
        wrong.append(Mistake(where, given, "must be a readable file"))
        return None
    return Task(
        step=step,
        version=VERSIONS[step],
        animal=record.animal.animal,
        group=record.animal.group,
        week=record.week,
        label=asked.label,
        path=record.path,
        # One plate holds many animals: whose wells are meant is part of what a result depends on.
        content=held if record.source or step != "qpcr" else f"{held}/{record.animal.animal}",
        settings=table | ({"stain": stain} if stain else {}),
        parameters=design.parameters[f"assay/{step}"],
        source=record.source,
    )


def _baseline(design: Design, scan: ScanFile, step: str) -> ScanFile | None:
    """Return the scan that a step compares with; :mod:`.asking` made sure that there is one."""
    table = "defect" if step == "microct" and _contours_cross(design) else step
    tables = {"defect": design.file.defect, "timelapse": design.file.timelapse}
    week = getattr(tables.get(table), "baseline_week", None)
    if week is None or scan.week == week:
        return None
    same = (one for one in design.scans if one.animal == scan.animal and one.week == week)
    return next(same, None)


def _contours_cross(design: Design) -> bool:
    """Tell whether the compartments are found in a bone with a planned hole in it."""
    defect = design.file.defect
    return design.file.microct.compartments == AUTO and defect is not None and defect.shape is not None


def _more(design: Design, scan: ScanFile, step: str) -> dict[str, Any] | None:
    """Return the tables that a step takes besides ``[microct]``; of a hole this animal's place only."""
    file = design.file
    phases = file.phases.model_dump(mode="json") if file.phases else None
    if step in KNOWN:
        return None
    if step == "phases":
        return {"phases": phases}
    if step == "timelapse" and file.timelapse:
        return {"timelapse": file.timelapse.model_dump(mode="json")}
    if step == "microct" and not _contours_cross(design):
        return None
    table = file.defect.model_dump(mode="json") if file.defect else {}
    own = {name: place for name, place in table["animals"].items() if name == scan.animal.animal}
    return {"defect": table | {"animals": own}, "phases": phases if table["phases"] else None}


def _mask(design: Design, scan: ScanFile, step: str) -> Path | None:
    """Return the mask of a step: of the defect, the compartments, or the volume of interest."""
    file = design.file
    if scan.source and step == "defect":
        return sidecar(scan.path, DEFECT)
    if step in KNOWN:
        return None
    if step == "defect":
        pattern = file.defect.mask if file.defect else None
    elif step == "microct" and file.microct.compartments not in (None, AUTO):
        pattern = file.microct.compartments
    else:
        pattern = file.microct.voi.mask if file.microct.voi else None
    if pattern is None:
        return None
    name = pattern.replace("{animal}", scan.animal.animal).replace("{week}", scan.week_text)
    return design.folder / name


def _identity(design: Design, keyed: tuple[tuple[Task, str], ...]) -> str:
    return digest(
        {
            "settings": design.file.model_dump(mode="json"),
            "animals": [asdict(animal) for animal in design.animals],
            "scans": [[task.animal, task.label, key] for task, key in keyed],
            "parameters": {
                stage: {name: asdict(parameter) for name, parameter in table.items()}
                for stage, table in design.parameters.items()
            },
        }
    )
