"""What the report is told: plain values, nothing that knows how they were made."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from spondyl.quantity import Parameter, Reference
from spondyl.trial import Comparison

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True)
class Arm:
    """One group as the report names it."""

    group: str
    label: str
    origin: Literal["measured", "simulated"]
    animals: int


@dataclass(frozen=True, slots=True)
class Picture:
    """The quality-control picture of one step of one scan.

    Parameters
    ----------
    animal, group, week : which scan.
    png : path of the picture, relative to the run folder.
    concern : largest ratio of a quality figure to its limit, 0 (clean) upwards; above 1 the report asks for a
        look at the scan. The report shows the highest first.
    remarks : sentences that say why.
    assay : what was measured in it.
    """

    animal: str
    group: str
    week: float
    png: Path
    concern: float
    remarks: tuple[str, ...]
    assay: str = "microct"


@dataclass(frozen=True, slots=True)
class ScanVolume:
    """A scan that lies in the run folder and may be shown in three dimensions.

    Parameters
    ----------
    animal, group, week : which scan.
    label : group as the report names it.
    path : relative to the run folder.
    """

    animal: str
    group: str
    label: str
    week: float
    path: Path


@dataclass(frozen=True, slots=True)
class DailyCourse:
    """What a simulation knows of an animal, as tab-separated tables in the run folder.

    Parameters
    ----------
    animal, group : whose.
    path : one row a day.
    budget : one row a follow-up: what happened since surgery.
    culture : one row a day of its spheroids before they were given; None without spheroids.
    """

    animal: str
    group: str
    path: Path
    budget: Path
    culture: Path | None = None


@dataclass(frozen=True, slots=True)
class Failure:
    """An animal that gave no result, and why."""

    animal: str
    group: str
    step: str
    message: str


@dataclass(frozen=True, slots=True)
class Exclusion:
    """An animal that the study leaves out, with the reason its table gives."""

    animal: str
    group: str
    reason: str


@dataclass(frozen=True, slots=True)
class Story:
    """Everything the report says.

    Parameters
    ----------
    title, question : from the study file.
    facts : design facts in order, e.g. ``{"species": "rat", "site": "L5"}``; further keys that
        the checklists ask for stand in ``checklists.toml``.
    arms : groups in the order of the study file.
    measurements : tidy table with the columns animal, group, week, assay, name, value, unit, method.
    comparison : the primary endpoint; None when nothing could be compared.
    no_comparison : why `comparison` is None.
    pictures : one for each step of each scan.
    failures, exclusions : animals without a result.
    settings : merged settings of the run, flattened (``microct.threshold`` → text).
    provenance : versions, hashes and run id, in order; ``command``, where it is given, repeats the run, and
        values that hold ``sha-256`` are listed as files that were read.
    methods : methods text in Markdown, ready to paste; ``[@key]`` cites a reference.
    references : works cited in `methods`.
    assumed : parameters of kind *assumed* that were used.
    reporting : further facts that only the checklists print, by the keys of ``checklists.toml``.
    volumes : scans in the run folder.
    courses : tables of what a simulation knows of each day, in the run folder.
    """

    title: str
    question: str
    facts: Mapping[str, str]
    arms: tuple[Arm, ...]
    measurements: pd.DataFrame
    comparison: Comparison | None
    no_comparison: str | None
    pictures: tuple[Picture, ...]
    failures: tuple[Failure, ...]
    exclusions: tuple[Exclusion, ...]
    settings: Mapping[str, str]
    provenance: Mapping[str, str]
    methods: str
    references: tuple[Reference, ...]
    assumed: tuple[Parameter, ...]
    reporting: Mapping[str, str] = field(default_factory=dict)
    volumes: tuple[ScanVolume, ...] = ()
    courses: tuple[DailyCourse, ...] = ()

    @property
    def cultures(self) -> tuple[Path, ...]:
        """Tables of the spheroids that animals were given."""
        return tuple(course.culture for course in self.courses if course.culture is not None)
