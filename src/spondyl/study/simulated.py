"""Simulated animals: what each is made from, and the raw files that it will leave in the cache."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from spondyl.quantity import Parameter
from spondyl.study.animals import Animal
from spondyl.study.cache import Cache
from spondyl.study.fingerprint import digest
from spondyl.study.scans import ScanFile
from spondyl.study.schema import GroupSection, StudyFile

STEP = "simulation"
VERSION = 8
"""Raised whenever the same animal would come out another one."""

STAGES = (
    "donor",
    "spheroid",
    "spheroid/osteogenic",
    "graft",
    "vertebra",
    "mechanics",
    "healing",
    "instrument",
)
"""Stages whose numbers a simulated animal depends on, with all tables below them."""

LABEL = "simulation"
DEFECT = "defect.nii.gz"
SPHEROIDS = "week-00_spheroids.tif"
GRAFT = "graft_known.json"
COURSE = "course.tsv"
BUDGET = "budget.tsv"
CULTURE = "culture.tsv"


@dataclass(frozen=True, slots=True)
class Simulation:
    """One simulated animal; small and picklable.

    Parameters
    ----------
    animal, group : whose life it is.
    seed : of everything that differs between animals.
    batch_seed : of the donor whose cells it gets.
    settings : the ``[simulation]`` table of the merged study file.
    treatment : the ``treatment`` table of its group.
    parameters : by stage, the numbers of :data:`STAGES`, the study's own in their place.
    stains : of the sections that it leaves.
    slide_pixel : edge of a pixel of their pictures; None for the usual one.
    photographed : whether its spheroids are, before they are given.
    """

    animal: str
    group: str
    seed: int
    batch_seed: int
    settings: Mapping[str, Any]
    treatment: Mapping[str, Any]
    parameters: Mapping[str, Mapping[str, Parameter]]
    stains: tuple[str, ...] = ()
    slide_pixel: str | None = None
    photographed: bool = False

    @property
    def step(self) -> str:
        """Name of its part of the cache."""
        return STEP

    @property
    def label(self) -> str:
        """Stem of its lines in logs."""
        return LABEL

    @property
    def inputs(self) -> dict[str, Any]:
        """Everything the result depends on, ready to be hashed; the animal's name is not among it."""
        return {
            "step": STEP,
            "version": VERSION,
            "seed": self.seed,
            "batch": self.batch_seed if self.treatment["spheroids"] else None,
            "settings": dict(self.settings),
            "treatment": dict(self.treatment),
            "pictures": [*self.stains, self.slide_pixel, self.photographed],
            "parameters": {
                stage: {name: asdict(parameter) for name, parameter in table.items()}
                for stage, table in self.parameters.items()
            },
        }


def simulations(
    file: StudyFile, animals: Sequence[Animal], parameters: Mapping[str, Mapping[str, Parameter]]
) -> list[Simulation]:
    """Return every included animal of the groups that have a treatment."""
    if file.simulation is None:
        return []
    settings = file.simulation.model_dump(mode="json", exclude={"attrition"})  # it changes no animal
    numbers = {stage: table for stage, table in parameters.items() if _concerns(stage)}
    place: dict[str, int] = {}
    found = []
    for animal in animals:
        treatment = file.groups[animal.group].treatment
        if not animal.included or treatment is None:
            continue
        turn = place[animal.group] = place.get(animal.group, -1) + 1
        found.append(
            Simulation(
                animal=animal.animal,
                group=animal.group,
                seed=_seed(file.simulation.seed, animal),
                batch_seed=_hashed(file.simulation.seed, "batch", turn % file.simulation.cells.batches),
                settings=settings,
                treatment=treatment.model_dump(mode="json"),
                parameters=numbers,
                stains=() if file.histology is None else file.histology.stains,
                slide_pixel=None if file.histology is None else file.histology.pixel,
                photographed=file.spheroids is not None and treatment.spheroids is not None,
            )
        )
    return found


def with_losses(file: StudyFile, animals: Sequence[Animal]) -> tuple[Animal, ...]:
    """Return the animals; of the simulated ones those are left out that attrition takes, with the reason."""
    table = file.simulation
    if table is None or table.attrition == 0:
        return tuple(animals)
    found = []
    for animal in animals:
        fate = np.random.Generator(np.random.Philox(_hashed(table.seed, "attrition", animal.animal)))
        lost, week = fate.random() < table.attrition, fate.uniform(0, table.weeks[-1])
        if lost and animal.included and simulated(file.groups[animal.group]):
            reason = f"died in week {int(week) + 1}: simulated attrition of {100 * table.attrition:g} %"
            animal = replace(animal, included=False, reason=reason)
        found.append(animal)
    return tuple(found)


def key_of(simulation: Simulation) -> str:
    """Return the name of its result in the cache."""
    return digest(simulation.inputs)


def scans_of(simulation: Simulation, key: str, animal: Animal, cache: Cache) -> list[ScanFile]:
    """Return the scans that a simulated animal leaves, whether they are there yet or not."""
    home = cache.path(STEP, key)
    return [
        ScanFile(animal, float(week), f"{float(week):g}", home / scan_name(float(week)), source=key)
        for week in simulation.settings["weeks"]
    ]


def last_files(
    simulation: Simulation, key: str, animal: Animal, cache: Cache
) -> dict[tuple[str, str], ScanFile]:
    """Return what a simulated animal leaves besides scans, by step and stain."""
    home, week = cache.path(STEP, key), float(simulation.settings["weeks"][-1])
    names = {
        ("compression", ""): (week, curve_name(week)),
        ("qpcr", ""): (week, plate_name(week)),
        **{("histology", stain): (week, slide_name(week, stain)) for stain in simulation.stains},
    }
    if simulation.photographed:
        names["spheroids", ""] = (0.0, SPHEROIDS)
    return {
        which: ScanFile(animal, when, f"{when:g}", home / name, source=key)
        for which, (when, name) in names.items()
    }


def scan_name(week: float) -> str:
    """Return the file of a scan in the folder of its simulation."""
    return f"{week_name(week)}_microct.nii.gz"


def curve_name(week: float) -> str:
    """Return the file of the test rig in the folder of its simulation."""
    return f"{week_name(week)}_compression.csv"


def plate_name(week: float) -> str:
    """Return the file of the thermocycler in the folder of its simulation."""
    return f"{week_name(week)}_qpcr.csv"


def slide_name(week: float, stain: str) -> str:
    """Return the file of a stained section in the folder of its simulation."""
    return f"{week_name(week)}_{stain}.tif"


def truth_name(week: float) -> str:
    """Return the file of what the simulation knows of a week."""
    return f"{week_name(week)}_known.json"


def week_name(week: float) -> str:
    """Return a week as file names have it.

    Examples
    --------
    >>> week_name(4), week_name(2.5)
    ('week-04', 'week-2.5')
    """
    return f"week-{int(week):02d}" if week == int(week) else f"week-{week:g}"


def simulated(group: GroupSection) -> bool:
    """Tell whether the animals of a group are simulated here."""
    return group.treatment is not None


def sidecar(scan: Path, name: str) -> Path:
    """Return another file of the simulation that a scan comes from."""
    return scan.parent / name


def _seed(study: int, animal: Animal) -> int:
    return animal.seed if animal.seed is not None else _hashed(study, "animal", animal.animal)


def _hashed(seed: int, *names: str | int) -> int:
    """Return a seed of its own for a purpose, so that an animal added changes no other."""
    said = "/".join(["spondyl", "study", str(seed), *map(str, names)])
    return int.from_bytes(hashlib.sha256(said.encode()).digest()[:4], "big") >> 1


def _concerns(stage: str) -> bool:
    return any(stage == known or stage.startswith(f"{known}/") for known in STAGES)
