"""Finding what the test rig and the thermocycler recorded."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from spondyl.errors import Mistake, StudyError
from spondyl.study.animals import Animal
from spondyl.study.cache import Cache
from spondyl.study.scans import ScanFile, find_files
from spondyl.study.schema import StudyFile
from spondyl.study.simulated import Simulation, last_files, simulated

RECORDED = ("compression", "qpcr")
"""Steps that measure such files, named as their tables in the study file."""


def find_records(
    folder: Path,
    file: StudyFile,
    animals: Sequence[Animal],
    made: Sequence[tuple[Simulation, str]],
    wrong: list[Mistake],
) -> list[tuple[str, ScanFile]]:
    """Return the records that the study's tables ask for, with the step of each; append mistakes to `wrong`.

    An animal without a record is no mistake here: not every animal is tested by every method.

    Parameters
    ----------
    folder : the study folder.
    file, animals : of the study.
    made : simulated animals with the keys of their results.
    wrong : mistakes so far.
    """
    real = [one for one in animals if one.included and not simulated(file.groups[one.group])]
    found: list[tuple[str, ScanFile]] = []
    if file.compression is not None:
        for animal in real:
            group = file.groups[animal.group]
            curves = find_files(folder, animal, group.compression, group.week, "record", wrong)
            found += [("compression", one) for one in curves]
    if file.qpcr is not None and file.qpcr.plates is not None:
        found += [("qpcr", one) for one in _on_plates(folder, file, animals, wrong)]
    named = {animal.animal: animal for animal in animals}
    cache = Cache.of(folder)
    for one, key in made:
        left = last_files(one, key, named[one.animal], cache)
        found += [(step, record) for step, record in left.items() if getattr(file, step) is not None]
    for step in RECORDED:
        if getattr(file, step) is not None and not any(one == step for one, _ in found):
            given = f"a table [{step}] and no file of any animal"
            where = "qpcr.plates" if step == "qpcr" else "groups"
            wrong.append(Mistake(f"study.toml, {where}", given, "correct the path, or remove the table"))
    return found


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
