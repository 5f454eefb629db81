"""From a design to the tasks of a run and the run's name."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path

from spondyl.errors import DesignError, Mistake
from spondyl.study.cache import Cache
from spondyl.study.design import Design
from spondyl.study.fingerprint import Fingerprints, digest
from spondyl.study.microct_step import STAGE, MicroctTask
from spondyl.study.scans import ScanFile
from spondyl.volume import parts


@dataclass(frozen=True, slots=True)
class Plan:
    """The tasks of one run.

    Parameters
    ----------
    run : name of the run, made from everything the results depend on: the same study gives the same name.
    tasks : one per scan, with the key of its result in the cache.
    """

    run: str
    tasks: tuple[tuple[MicroctTask, str], ...]


def plan(design: Design, cache: Cache) -> Plan:
    """Hash all raw data and settings of `design`; `cache` remembers what the files held.

    Raises
    ------
    DesignError
        When a file cannot be read, or a mask is missing.
    """
    fingerprints = Fingerprints(cache.folder / "contents.json")
    wrong: list[Mistake] = []
    tasks = [task for scan in design.scans if (task := _task(design, scan, fingerprints, wrong))]
    if wrong:
        raise DesignError(wrong)
    fingerprints.save()
    keyed = tuple((task, digest(task.inputs)) for task in tasks)
    return Plan(f"run-{_identity(design, keyed)[:10]}", keyed)


def _task(
    design: Design, scan: ScanFile, fingerprints: Fingerprints, wrong: list[Mistake]
) -> MicroctTask | None:
    settings = design.file.microct.model_dump(mode="json")
    where = f"animals.tsv, animal {scan.animal.animal}"
    try:
        content = fingerprints.of(parts(scan.path))
        mask = _mask(design, scan)
        mask_content = fingerprints.of(parts(mask)) if mask else ""
    except OSError as error:
        remedy = "must be a readable file or folder"
        wrong.append(Mistake(where, f"{error.filename or scan.path} ({error.strerror})", remedy))
        return None
    return MicroctTask(
        animal=scan.animal.animal,
        group=scan.animal.group,
        week=scan.week,
        label=scan.label,
        path=scan.path,
        content=content,
        settings=settings,
        parameters=design.parameters[STAGE],
        mask=mask,
        mask_content=mask_content,
    )


def _mask(design: Design, scan: ScanFile) -> Path | None:
    voi = design.file.microct.voi
    if voi is None or voi.mask is None:
        return None
    name = voi.mask.replace("{animal}", scan.animal.animal).replace("{week}", scan.week_text)
    return design.folder / name


def _identity(design: Design, keyed: tuple[tuple[MicroctTask, str], ...]) -> str:
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
