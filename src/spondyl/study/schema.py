"""The study file, as pydantic reads it: every key, its meaning and its limits."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, ValidationInfo, field_validator, model_validator

from spondyl.study.assay_sections import (
    CompressionSection,
    DefectSection,
    HistologySection,
    Name,
    PhasesSection,
    QpcrSection,
    Quantity,
    Section,
    SpheroidsSection,
    Text,
    TimelapseSection,
)
from spondyl.study.simulation_sections import SimulationSection, TreatmentSection


class StudySection(Section):
    """``[study]``: what the study is about."""

    title: Text
    question: Text
    species: Literal["human", "mouse", "rabbit", "rat", "sheep", "other"]
    site: Text


class ReportingSection(Section):
    """``[reporting]``: what the checklists ask for and no file tells; what is left out is "not reported"."""

    strain: Text | None = None
    sex: Text | None = None
    age: Text | None = None
    weight: Text | None = None
    source: Text | None = None
    health: Text | None = None
    housing: Text | None = None
    procedures: Text | None = None
    experimental_unit: Text | None = None
    sample_size: Text | None = None
    criteria: Text | None = None
    randomisation: Text | None = None
    confounders: Text | None = None
    blinding: Text | None = None
    assumptions: Text | None = None
    scanner: Text | None = None
    medium: Text | None = None
    tube_potential: Text | None = None
    tube_current: Text | None = None
    integration_time: Text | None = None
    beam_filter: Text | None = None
    delineation: Text | None = None
    phantom: Text | None = None


class PrimarySection(Section):
    """``[primary]``: the primary endpoint, declared before the data are seen."""

    assay: Literal[
        "microct", "defect", "phases", "timelapse", "compression", "qpcr", "histology", "spheroids", "healing"
    ]
    name: Name
    week: float | None = Field(default=None, ge=0)
    test: Literal["parametric", "anova", "rank", "dunn", "mixed"]
    control: Name | None = None
    alpha: float = Field(default=0.05, gt=0, lt=0.5)


class GroupSection(Section):
    """``[groups.NAME]``: one arm and where its raw data lie.

    ``microct`` is a path below the study folder with ``{animal}`` and, when the study has several
    follow-ups, ``{week}`` in it; ``*`` stands for any text. A scan may be a file or a folder of slices.
    ``compression`` is the same for the records that ``[compression]`` measures, ``histology`` (with
    ``{stain}`` in it) and ``spheroids`` for pictures.
    ``origin`` says whether living animals were measured, or the files were made by a simulation. A group with
    a ``treatment`` has no files: its animals are simulated as ``[simulation]`` says.
    """

    label: Text
    origin: Literal["measured", "simulated"] = "measured"
    microct: Text = "data/{animal}/{animal}_week-{week}_microct.*"
    compression: Text = "data/{animal}/{animal}_week-{week}_compression.*"
    histology: Text = "data/{animal}/{animal}_week-{week}_{stain}.*"
    spheroids: Text = "data/{animal}/{animal}_week-{week}_spheroids.*"
    week: float | None = Field(default=None, ge=0)
    treatment: TreatmentSection | None = None

    @field_validator("microct", "compression", "histology", "spheroids")
    @classmethod
    def _names_the_animal(cls, pattern: str, about: ValidationInfo) -> str:
        stained = about.field_name == "histology"
        if "{animal}" not in pattern:
            raise ValueError("must contain {animal}, the animal's name in animals.tsv")
        if stained and "{stain}" not in pattern:
            raise ValueError("must contain {stain}, the name of the stain")
        rest = pattern.replace("{animal}", "").replace("{week}", "")
        rest = rest.replace("{stain}", "") if stained else rest
        if "{" in rest or "}" in rest:
            raise ValueError("may contain {animal} and {week} only" + (", and {stain}" if stained else ""))
        return pattern

    @model_validator(mode="after")
    def _tells_the_week(self) -> GroupSection:
        if ("{week}" in self.microct) == (self.week is not None):
            raise ValueError("needs the week once: either {week} in the microct path or a key 'week'")
        if self.treatment is not None and self.origin != "simulated":
            raise ValueError('with a treatment is simulated: origin must be "simulated"')
        return self


class VoiSection(Section):
    """``[microct.voi]``: the volume of interest. Lengths carry units; triples are ordered z, y, x."""

    shape: Literal["box", "cylinder", "mask"]
    low: tuple[Quantity, Quantity, Quantity] | None = Field(default=None, strict=False)
    high: tuple[Quantity, Quantity, Quantity] | None = Field(default=None, strict=False)
    axis: Literal["z", "y", "x"] | None = None
    centre: tuple[Quantity, Quantity] | None = Field(default=None, strict=False)
    radius: Quantity | None = None
    range: tuple[Quantity, Quantity] | None = Field(default=None, strict=False)
    mask: Text | None = None

    @model_validator(mode="after")
    def _has_its_keys(self) -> VoiSection:
        needs = {"box": {"low", "high"}, "cylinder": {"axis", "centre", "radius", "range"}, "mask": {"mask"}}
        given = {key for key in type(self).model_fields if key != "shape" and getattr(self, key) is not None}
        missing, surplus = needs[self.shape] - given, given - needs[self.shape]
        if missing or surplus:
            wanted = ", ".join(sorted(needs[self.shape]))
            raise ValueError(f"a {self.shape} needs exactly these keys: {wanted}")
        return self


class MicroctSection(Section):
    """``[microct]``: how scans are read and measured.

    ``compartments`` is ``"auto"``, or the path of a labels volume with ``{animal}`` and ``{week}`` in it.
    """

    voxel: Quantity | None = None
    values: Literal["mg HA/cm3", "HU", "raw", "labels"] | None = None
    threshold: float | Literal["otsu"] = "otsu"
    gaussian: float = Field(default=0.0, ge=0, le=10)
    largest: bool = False
    binary: bool = False
    voi: VoiSection | None = None
    compartments: Text | None = None

    @model_validator(mode="after")
    def _one_region(self) -> MicroctSection:
        if self.voi is not None and self.compartments is not None:
            raise ValueError(
                "takes voi or compartments: the trabecular compartment is the volume of interest"
            )
        return self


class StudyFile(Section):
    """``study.toml`` after defaults, profile and ``--set`` were merged."""

    profile: str | None = None
    study: StudySection
    primary: PrimarySection
    groups: dict[Name, GroupSection] = Field(min_length=1)
    microct: MicroctSection = MicroctSection()
    defect: DefectSection | None = None
    phases: PhasesSection | None = None
    timelapse: TimelapseSection | None = None
    compression: CompressionSection | None = None
    qpcr: QpcrSection | None = None
    histology: HistologySection | None = None
    spheroids: SpheroidsSection | None = None
    reporting: ReportingSection = ReportingSection()
    simulation: SimulationSection | None = None

    @model_validator(mode="after")
    def _control_is_a_group(self) -> StudyFile:
        control = self.primary.control
        if control is not None and control not in self.groups:
            raise ValueError(
                f"primary.control is '{control}', which is none of the groups {sorted(self.groups)}"
            )
        return self

    @model_validator(mode="after")
    def _simulates_what_it_says(self) -> StudyFile:
        treated = sorted(name for name, group in self.groups.items() if group.treatment is not None)
        if treated and self.simulation is None:
            raise ValueError(f"needs a table [simulation]: {', '.join(treated)} has a treatment")
        if self.simulation is not None and not treated:
            raise ValueError("has a table [simulation], but no group has a table [groups.NAME.treatment]")
        return self

    @model_validator(mode="after")
    def _knows_the_defect(self) -> StudyFile:
        if self.defect is None or not self.defect.as_drilled:
            return self
        measured = sorted(name for name, group in self.groups.items() if group.treatment is None)
        if measured:
            raise ValueError(f"defect.as_drilled is for simulated animals; {', '.join(measured)} is measured")
        return self
