"""The whole design of a study, read and checked: settings, animals, scans."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from spondyl.errors import DesignError, Mistake, StudyError
from spondyl.quantity import Parameter, overrides, shipped
from spondyl.study.animals import Animal, read_animals
from spondyl.study.asking import check_baselines, check_endpoint
from spondyl.study.cache import Cache
from spondyl.study.defect_settings import defect_mistakes
from spondyl.study.microct_settings import settings_mistakes
from spondyl.study.record_settings import record_mistakes
from spondyl.study.records import RECORDED, Record, find_records
from spondyl.study.scans import ScanFile, find_scans
from spondyl.study.schema import StudyFile
from spondyl.study.settings import read_study_file
from spondyl.study.simulated import Simulation, key_of, scans_of, simulated, simulations, with_losses


@dataclass(frozen=True, slots=True)
class Design:
    """A study ready to run.

    Parameters
    ----------
    folder : the study folder.
    file : merged settings.
    animals : every row of the animal table.
    scans : every scan of every included animal, by animal and week.
    records : files of other instruments than the scanner.
    simulations : every animal that is simulated, with the key of its result in the cache.
    parameters : by stage, shipped values with the study's own in their place.
    """

    folder: Path
    file: StudyFile
    animals: tuple[Animal, ...]
    scans: tuple[ScanFile, ...]
    parameters: Mapping[str, Mapping[str, Parameter]]
    simulations: tuple[tuple[Simulation, str], ...] = ()
    records: tuple[Record, ...] = ()


def load_design(folder: Path | str = ".", settings: Sequence[str] = ()) -> Design:
    """Read a study folder and check everything that needs no long work.

    Parameters
    ----------
    folder : the study folder.
    settings : ``key=value`` texts that override the study file.

    Raises
    ------
    DesignError
        With every mistake of the study file, or of the animal table and the data.
    """
    folder = Path(folder)
    if not folder.is_dir():
        raise DesignError(Mistake(str(folder), "no such folder", "make one with 'spondyl new DIR'"))
    file = read_study_file(folder / "study.toml", settings)
    animals = with_losses(file, read_animals(folder / "animals.tsv", list(file.groups)))
    wrong: list[Mistake] = []
    parameters: Mapping[str, Mapping[str, Parameter]] = {}
    try:
        parameters = overrides(folder / "parameters", shipped())
    except StudyError as error:
        wrong += error.mistakes
    scans = _real_scans(folder, file, animals, wrong)
    made = [(one, key_of(one)) for one in simulations(file, animals, parameters)]
    named = {animal.animal: animal for animal in animals}
    cache = Cache.of(folder)
    scans += [scan for one, key in made for scan in scans_of(one, key, named[one.animal], cache)]
    tables = {name: table for name in RECORDED if (table := getattr(file, name)) is not None}
    wrong += record_mistakes({name: table.model_dump(mode="json") for name, table in tables.items()})
    records = find_records(folder, file, animals, made, wrong)
    wrong += settings_mistakes(file.microct.model_dump(mode="json"))
    if file.defect is not None:
        included = [animal.animal for animal in animals if animal.included]
        wrong += defect_mistakes(file.defect.model_dump(mode="json"), included)
    wrong += check_endpoint(file) + _check_groups(file, animals) + _check_weeks(file, animals, scans, records)
    wrong += check_baselines(file, scans)
    if wrong:
        raise DesignError(wrong)
    return Design(folder, file, animals, tuple(scans), parameters, tuple(made), tuple(records))


def _real_scans(
    folder: Path, file: StudyFile, animals: Sequence[Animal], wrong: list[Mistake]
) -> list[ScanFile]:
    """Return the scans of measured animals; append to `wrong` who has none.

    Where the primary endpoint comes from another instrument and no animal has a scan, none is missing.
    """
    missing: list[Mistake] = []
    found = [
        scan
        for animal in animals
        if animal.included and not simulated(file.groups[animal.group])
        for scan in find_scans(folder, animal, file.groups[animal.group], missing)
    ]
    asked = file.primary.assay not in RECORDED or any(
        table is not None for table in (file.defect, file.phases, file.timelapse)
    )
    if found or asked:
        wrong += missing
    return found


def _check_groups(file: StudyFile, animals: Sequence[Animal]) -> list[Mistake]:
    used = {animal.group for animal in animals if animal.included}
    return [
        Mistake(
            f"study.toml, groups.{group}",
            "no included animal",
            "add animals to animals.tsv or remove the group",
        )
        for group in file.groups
        if group not in used
    ]


def _check_weeks(
    file: StudyFile, animals: Sequence[Animal], scans: Sequence[ScanFile], records: Sequence[Record]
) -> list[Mistake]:
    everyone = {scan.animal.animal for scan in scans} or {one.animal for one in animals if one.included}
    if file.primary.assay in RECORDED:
        scans = [record.file for record in records if record.step == file.primary.assay]
    what = RECORDED.get(file.primary.assay, "scan")
    weeks = sorted({scan.week for scan in scans})
    listed = ", ".join(f"{week:g}" for week in weeks)
    if file.primary.week is None:
        if len(weeks) <= 1:
            return []
        return [Mistake("study.toml, primary.week", "nothing", f"must be one of the weeks found: {listed}")]
    have = {scan.animal.animal for scan in scans if scan.week == file.primary.week}
    missing = sorted(everyone - have)
    remedy = f"the primary endpoint needs it: add the {what}, or set included to no with a reason"
    return [
        Mistake(f"animals.tsv, animal {name}", f"no {what} of week {file.primary.week:g}", remedy)
        for name in missing
    ]
