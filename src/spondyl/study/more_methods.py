"""Methods text of compartments, defect, phases and time-lapse, from the tables that asked for them."""

from __future__ import annotations

from spondyl.study.assay_sections import DefectSection, PhasesSection, TimelapseSection
from spondyl.study.record_methods import compression_text, histology_text, qpcr_text, spheroids_text
from spondyl.study.schema import StudyFile
from spondyl.study.simulation_methods import simulation_text

AUTO = "auto"


def compartments_text(file: StudyFile) -> str:
    """Return how the bone was parted; empty without compartments."""
    asked = file.microct.compartments
    if asked is None:
        return ""
    how = (
        "The bone was parted into trabecular compartment, cortex and processes automatically"
        if asked == AUTO
        else "The bone was parted into trabecular compartment, cortex and processes by labels drawn or "
        "edited by hand"
    )
    hole = "; the planned hole counts as part of the compartment around it" if file.defect else ""
    return (
        f"{how}{hole}; cortical numbers are those of the cortex, all others those of the trabecular "
        "compartment."
    )


def further_paragraphs(file: StudyFile) -> list[str]:
    """Return headings and paragraphs of the further tables of a study file."""
    found: list[str] = []
    if file.simulation is not None:
        found += ["## Simulated animals", simulation_text(file, file.simulation)]
    if file.phases is not None or (file.defect is not None and file.defect.phases):
        found += ["## Bone and scaffold", _phases(file.phases or PhasesSection())]
    if file.defect is not None:
        found += ["## Defect", _defect(file.defect)]
    if file.timelapse is not None:
        found += ["## Time-lapse", _timelapse(file.timelapse)]
    if file.compression is not None:
        found += ["## Compression test", compression_text(file.compression)]
    if file.qpcr is not None:
        found += ["## Quantitative PCR", qpcr_text(file.qpcr)]
    if file.histology is not None:
        found += ["## Histology", histology_text(file.histology)]
    if file.spheroids is not None:
        found += ["## Spheroids", spheroids_text(file.spheroids)]
    return found


def _phases(table: PhasesSection) -> str:
    adapted = (
        " Where a scan read other densities than the phantoms, training was repeated with its densities."
        if table.adapt
        else ""
    )
    return (
        "Soft tissue, bone and β-TCP overlap in density. They were told apart by two small neural networks "
        "that weigh density, edges, texture and shape, trained on phantoms (struts of bone, porous granules "
        f"partly covered by new bone) with the noise and blur of the scan; {_imaging(table)}.{adapted} "
        "The share of voxels that is wrong was counted on other phantoms and is given with each volume, as "
        "is the range of true volumes for which the phantoms would read the same."
    )


def _imaging(table: PhasesSection) -> str:
    noise = "the noise was measured in each scan"
    if table.noise is not None:
        noise = f"a noise of {table.noise:g} mg HA/cm³ was taken as known"
    blur = "the blur was measured in each scan"
    if table.blur is not None:
        blur = f"a blur of {table.blur:g} voxels (standard deviation) was taken as known"
    return f"{noise}, {blur}"


def _defect(table: DefectSection) -> str:
    if table.as_drilled:
        where = "The defect was the hole as it was drilled; union was judged along z."
    elif table.mask is not None:
        where = f"The defect was drawn as a mask; union was judged along {table.axis}."
    else:
        where = (
            f"The defect was the planned hole ({table.shape}, diameter {table.diameter}, depth "
            f"{table.depth}); union was judged from rim to rim."
        )
    if table.baseline_week is None:
        new = "There was no baseline: all bone in the defect counts as new, also what the drill left."
    else:
        new = (
            f"It lies in the coordinates of the scan of week {table.baseline_week:g} of each animal, to "
            f"which later scans {_moved(table)}; bone that this scan shows in the defect is not new."
        )
    scaffold = (
        "Scaffold was told from bone as above, and does not count as bone or as bridging."
        if table.phases
        else "Scaffold was not told from bone."
    )
    return f"{where} {new} {scaffold} The method column of the measurement table gives the rule of union."


def _moved(table: DefectSection) -> str:
    if table.as_drilled:
        return "of simulated animals are aligned as made"
    return "were registered rigidly by everything but the defect, with SimpleITK [@lowekamp2013]"


def _timelapse(table: TimelapseSection) -> str:
    return (
        f"Later scans were registered rigidly to that of week {table.baseline_week:g} of the same animal "
        "with SimpleITK [@lowekamp2013] and refused where the trabecular network inside was not the same. "
        "Bone that one of the two shows alone is formed or resorbed [@schulte2011]; rates are volumes over "
        "surfaces and days. The noise floor is what a phantom of the baseline shows of both, recorded twice "
        "with the noise of the scan."
    )
