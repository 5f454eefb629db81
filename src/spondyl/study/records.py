"""Finding what test rig, thermocycler, microtome and microscope recorded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from spondyl.errors import Mistake, StudyError
from spondyl.study.animals import Animal
from spondyl.study.cache import Cache
from spondyl.study.scans import ScanFile, find_files
from spondyl.study.schema import StudyFile
from spondyl.study.simulated import Simulation, last_files, simulated

RECORDED: Mapping[str, str] = {
    "compression": "record",
    "qpcr": "plate",
    "histology": "section",
    "spheroids": "picture",
}
"""Steps that measure such files, named as their tables in the study file; what a file is, in words."""


class Record(NamedTuple):
    """A file of another instrument than the scanner.

    Parameters
    ----------
    step : that measures it.
    file : whose, when and where.
    stain : of a section; empty for other files.
    """

    step: str
    file: ScanFile
    stain: str = ""

    @property
    def label(self) -> str:
        """Stem of every result of measuring it, e.g. ``"week-08_histology-trap"``."""
        return self.file.labelled(f"{self.step}-{self.stain}" if self.stain else self.step)


def find_records(
    folder: Path,
    file: StudyFile,
    animals: Sequence[Animal],
    made: Sequence[tuple[Simulation, str]],
    wrong: list[Mistake],
) -> list[Record]:
    """Return the records that the study's tables ask for; append mistakes to `wrong`.

    An animal without a record is no mistake here: not every animal is tested by every method.

    Parameters
    ----------
    folder : the study folder.
    file, animals : of the study.
    made : simulated animals with the keys of their results.
    wrong : mistakes so far.
    """
    real = [one for one in animals if one.included and not simulated(file.groups[one.group])]
    found = [record for animal in real for record in _of_animal(folder, file, animal, wrong)]
    if file.qpcr is not None and file.qpcr.plates is not None:
        found += [Record("qpcr", one) for one in _on_plates(folder, file, animals, wrong)]
    named = {animal.animal: animal for animal in animals}
    cache = Cache.of(folder)
    for one, key in made:
        for (step, stain), left in last_files(one, key, named[one.animal], cache).items():
            if getattr(file, step) is not None:
                found.append(Record(step, left, stain))
    for step in RECORDED:
        if getattr(file, step) is not None and not any(record.step == step for record in found):
            given = f"a table [{step}] and no file of any animal"
            where = "qpcr.plates" if step == "qpcr" else "groups"
            wrong.append(Mistake(f"study.toml, {where}", given, "correct the path, or remove the table"))
    return found


def _of_animal(folder: Path, file: StudyFile, animal: Animal, wrong: list[Mistake]) -> list[Record]:
    """Return the files that lie where the pattern of the animal's group says."""
    group = file.groups[animal.group]
    asked = [
        (step, getattr(group, step), "")
        for step in ("compression", "spheroids")
        if getattr(file, step) is not None
    ]
    stains = () if file.histology is None else file.histology.stains
    asked += [("histology", group.histology.replace("{stain}", stain), stain) for stain in stains]
    return [
        Record(step, one, stain)
        for step, pattern, stain in asked
        for one in find_files(folder, animal, pattern, group.week, RECORDED[step], wrong)
    ]


def _on_plates(
    folder: Path, file: StudyFile, animals: Sequence[Animal], wrong: list[Mistake]
) -> list[ScanFile]:
    """Return the plate on which each animal is a sample."""
    from spondyl.assay import qpcr

    table = file.qpcr
    if table is None or table.plates is None or table.week is None:
        return []
    known = {animal.animal: animal for animal in animals}
    at: dict[str, list[Path]] = {}
    strangers: dict[str, Path] = {}
    for path in sorted(folder.glob(table.plates)):
        try:
            plate = qpcr.read(path)
        except StudyError as error:
            wrong += error.mistakes
            continue
        samples = {s for s, kind in zip(plate.sample, plate.kind, strict=True) if kind == "unkn"}
        for sample in sorted(samples):
            at.setdefault(sample, []).append(path)
            if sample not in known:
                strangers[sample] = path
    listed = ", ".join(sorted(known))
    for sample, path in strangers.items():
        allowed = f"wells must name animals of animals.tsv ({listed})"
        wrong.append(Mistake(f"{path.name}", f"a sample {sample!r}", allowed))
    for sample, paths in at.items():
        if len(paths) > 1 and sample in known:
            given = f"on {len(paths)} plates: {', '.join(path.name for path in paths)}"
            allowed = "must be on one; plates are compared by animal"
            wrong.append(Mistake(f"study.toml, qpcr.plates, animal {sample}", given, allowed))
    week = f"{table.week:g}"
    return [
        ScanFile(known[s], table.week, week, paths[0])
        for s, paths in at.items()
        if s in known and known[s].included and not simulated(file.groups[known[s].group])
    ]
