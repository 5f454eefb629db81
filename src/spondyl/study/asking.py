"""Does a study ask for numbers that its tables and scans can give."""

from __future__ import annotations

from collections.abc import Sequence

from spondyl.errors import Mistake, nearest_word
from spondyl.study.scans import ScanFile
from spondyl.study.schema import StudyFile


def check_endpoint(file: StudyFile) -> list[Mistake]:
    """Return what is wrong with the primary endpoint: its table, its name, or its week."""
    primary = file.primary
    where = "study.toml, primary"
    if primary.assay == "healing":
        measured = sorted(name for name, group in file.groups.items() if group.treatment is None)
        if measured:
            given = f"'healing', and {', '.join(measured)} is measured"
            return [Mistake(f"{where}.assay", given, "choose what is measured in all groups")]
    elif primary.assay != "microct" and getattr(file, primary.assay) is None:
        given = f"{primary.assay!r} without a table [{primary.assay}]"
        return [Mistake(f"{where}.assay", given, f"add the table [{primary.assay}]")]
    names = _names(file)
    wrong = []
    if primary.name not in names:
        allowed = f"{primary.assay} gives {', '.join(names)}"
        near = nearest_word(primary.name, names)
        wrong.append(Mistake(f"{where}.name", repr(primary.name), allowed, near))
    week = _baseline_weeks(file).get(primary.assay)
    if week is not None and primary.week == week:
        allowed = f"{primary.assay} compares later scans with it; choose a later week"
        wrong.append(Mistake(f"{where}.week", f"{week:g}, the baseline", allowed))
    return wrong


def check_baselines(file: StudyFile, scans: Sequence[ScanFile]) -> list[Mistake]:
    """Return every animal without the baseline that a table asks for, and tables without a later scan."""
    wrong = []
    for table, week in _baseline_weeks(file).items():
        have = {scan.animal.animal for scan in scans if scan.week == week}
        lost = sorted({scan.animal.animal for scan in scans} - have)
        remedy = f"[{table}] compares with it: add the scan, or set included to no with a reason"
        wrong += [
            Mistake(f"animals.tsv, animal {name}", f"no scan of week {week:g}", remedy) for name in lost
        ]
        if scans and not any(scan.week > week for scan in scans):
            where = f"study.toml, {table}.baseline_week"
            wrong.append(Mistake(where, f"{week:g}, with no later scan", "must lie before a follow-up"))
    return wrong


def _baseline_weeks(file: StudyFile) -> dict[str, float]:
    weeks = {"defect": file.defect, "timelapse": file.timelapse}
    found = {table: getattr(section, "baseline_week", None) for table, section in weeks.items()}
    return {table: week for table, week in found.items() if week is not None}


def _names(file: StudyFile) -> tuple[str, ...]:
    """Return the numbers that the assay of the primary endpoint can give."""
    if file.primary.assay == "microct":
        from spondyl.assay.microct.rows import CORTEX_NAMES, NAMES

        return NAMES + CORTEX_NAMES if file.microct.compartments else NAMES
    if file.primary.assay == "defect":
        from spondyl.assay.microct.filling_rows import NAMES as OF_DEFECT

        return tuple(OF_DEFECT)
    if file.primary.assay == "phases":
        from spondyl.assay.microct.phases.phase_measurement import UNITS as OF_PHASES

        return tuple(OF_PHASES)
    if file.primary.assay == "compression":
        from spondyl.assay.compression.rows import UNITS as OF_COMPRESSION

        return tuple(OF_COMPRESSION)
    if file.primary.assay == "qpcr" and file.qpcr is not None:
        return tuple(f"{gene}_log2" for gene in file.qpcr.genes)
    if file.primary.assay == "histology" and file.histology is not None:
        from spondyl.assay.histology.rows import names as of_histology

        return of_histology(file.histology.stains)
    if file.primary.assay == "spheroids":
        from spondyl.assay.spheroids.rows import UNITS as OF_SPHEROIDS

        return tuple(OF_SPHEROIDS)
    if file.primary.assay == "healing":
        from spondyl.healing.account import UNITS as OF_HEALING

        return tuple(OF_HEALING)
    from spondyl.assay.microct.timelapse.rows import NAMES as OF_TIMELAPSE

    return OF_TIMELAPSE
