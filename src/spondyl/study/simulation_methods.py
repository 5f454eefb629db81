"""Methods text of simulated animals, from the tables that asked for them."""

from __future__ import annotations

from spondyl.study.schema import StudyFile
from spondyl.study.simulation_sections import (
    CellSourceSection,
    SimulatedDefectSection,
    SimulationSection,
    TreatmentSection,
)


def simulation_text(file: StudyFile, table: SimulationSection) -> str:
    """Return how the animals were made, operated, treated, healed and scanned."""
    treated = {name: group for name, group in file.groups.items() if group.treatment is not None}
    arms = "; ".join(
        f"{group.label}: {_treatment(group.treatment)}" for group in treated.values() if group.treatment
    )
    loss = "" if table.ovariectomy is None else f", {table.ovariectomy} after ovariectomy"
    weeks = ", ".join(f"{week:g}" for week in table.weeks)
    scanned = table.scan_voxel or table.voxel
    lost = ""
    if table.attrition:
        lost = f" {100 * table.attrition:g} % of the animals were drawn to die before the end and left out."
    cells = ""
    if any(group.treatment and group.treatment.spheroids for group in treated.values()):
        cells = f" {_cells(table.cells)}"
    return (
        "No animal was used for the groups marked simulated. Each of their animals is a vertebra "
        f"{table.level} of a rat{loss}, made on voxels of {table.voxel} from a random stream of its own that "
        f"draws its size, bone and network from the published spread between animals. {_hole(table.defect)}"
        f"{lost}{cells} Treatments: {arms}. Healing was simulated with cells, signals, vessels, scaffold, "
        "load and remodelling; origin of bone and cell numbers are what the simulation knows, the rest was "
        f"measured in simulated scans (voxels of {scanned}, weeks {weeks}) by the assays that measure real "
        "ones. The predictions rest on the assumed numbers listed in this report and were not fitted to any "
        "outcome of treatment with spheroids."
    )


def _hole(table: SimulatedDefectSection) -> str:
    deep = f", {table.depth} deep" if table.depth else ""
    side = "from the front" if table.direction == "anterior" else f"from the {table.direction} side"
    scatter = "as assumed for a surgeon's hand" if table.scatter is None else f"SD {table.scatter}"
    return (
        f"A {table.shape} {table.diameter} wide{deep} was drilled {side}; its place and depth differ between "
        f"animals ({scatter})."
    )


def _cells(table: CellSourceSection) -> str:
    donors = (
        "one donor" if table.batches == 1 else f"{table.batches} donors, whose batches the animals shared"
    )
    differ = "" if table.batches == 1 else " Cells of different donors secrete and turn to bone differently."
    times = f"{table.passages} passage{'s' if table.passages > 1 else ''}"
    return (
        f"Adipose-derived cells came from {table.fat} of fat of {donors}, aged {table.age}, expanded "
        f"over {times}.{differ} Some of the spheroids are lost while the wound is closed, more in one animal "
        "than in another; the table of doses tells how many stayed."
    )


def _treatment(table: TreatmentSection) -> str:
    parts = []
    if table.spheroids is not None:
        days = f"{table.osteogenic} in osteogenic medium"
        parts.append(f"{table.spheroids} spheroids of {table.cells_each} cells, {days}")
    if table.granules is not None:
        amount = f"{table.mass} of " if table.mass else ""
        share = f", {table.share:g} of the hole" if table.share else ""
        parts.append(f"{amount}{table.granules}{share}")
    if table.carrier is not None:
        parts.append(f"{table.carrier} gel")
    return " with ".join(parts) or "nothing"
