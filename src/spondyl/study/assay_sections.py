"""The tables of the study file that ask for more of a scan: defect, phases, time-lapse."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

Name = Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_-]{0,63}$")]
Text = Annotated[str, Field(min_length=1, max_length=2000)]
Quantity = Annotated[str, Field(min_length=1, max_length=80)]
Lengths = Annotated[tuple[Quantity, Quantity, Quantity], Field(strict=False)]
Numbers = Annotated[tuple[float, float, float], Field(strict=False)]
Axis = Literal["z", "y", "x"]

PLANNED = ("shape", "diameter", "depth", "entry", "direction")


class Section(BaseModel):
    """A table of the study file: unknown keys and NaN are refused, nothing is converted silently."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, allow_inf_nan=False)


class PlaceSection(Section):
    """``[defect.animals.NAME]``: where the hole of one animal lies."""

    entry: Lengths
    direction: Numbers | None = None


class DefectSection(Section):
    """``[defect]``: a hole as planned or a drawn mask, and how what fills it is measured.

    Lengths carry units; triples are ordered z, y, x and lengths run from the outer corner of the scan. With
    ``baseline_week`` the hole lies in the coordinates of that scan of each animal, and later scans are
    registered to it. ``{animal}`` and ``{week}`` may stand in the path of a mask. With ``as_drilled``
    it is the hole of each simulated animal, whose scans all lie alike.
    """

    shape: Literal["cylinder", "hemisphere"] | None = None
    diameter: Quantity | None = None
    depth: Quantity | None = None
    entry: Lengths | None = None
    direction: Numbers | None = None
    mask: Text | None = None
    as_drilled: bool = False
    axis: Axis = "z"
    across: Axis = "x"
    layers: int = Field(default=4, ge=1, le=50)
    baseline_week: float | None = Field(default=None, ge=0)
    rotation: float = Field(default=36.0, ge=0, le=180)
    phases: bool = False
    animals: dict[Name, PlaceSection] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _has_its_keys(self) -> DefectSection:
        given = {key for key in PLANNED if getattr(self, key) is not None}
        wanted = ", ".join(PLANNED)
        if self.mask is not None and (given or self.animals):
            raise ValueError(f"takes either a mask or a planned hole ({wanted}), not both")
        placed = {"entry"} if self.animals else set()
        missing = [key for key in PLANNED if key not in given | placed]
        if self.as_drilled and (given or self.animals or self.mask is not None):
            raise ValueError("says as_drilled: it takes neither a mask nor a planned hole")
        if self.mask is None and missing and not self.as_drilled:
            raise ValueError(
                f"needs a mask, or a planned hole with {wanted}; {', '.join(missing)} is missing"
            )
        if self.axis == self.across:
            raise ValueError("axis and across must be two different axes")
        return self


class PhasesSection(Section):
    """``[phases]``: soft tissue, bone and scaffold. Noise is in mg HA/cm³, blur in voxels.

    What is left out is measured in each scan.
    """

    noise: float | None = Field(default=None, ge=0, le=10_000)
    blur: float | None = Field(default=None, ge=0, le=10)
    adapt: bool = False


class TimelapseSection(Section):
    """``[timelapse]``: bone formed and resorbed since the scan of the baseline week."""

    baseline_week: float = Field(ge=0)
    rotation: float = Field(default=36.0, ge=0, le=180)


class CompressionSection(Section):
    """``[compression]``: records of a testing machine; see :class:`spondyl.assay.compression.Settings`.

    Lengths carry units. Units and signs are stated only where the files do not tell them.
    """

    length: Quantity | None = None
    area: Quantity | None = None
    compliance: float = Field(default=0.0, ge=0, le=1)
    toe: Literal["auto", "on", "off"] = "auto"
    region: Annotated[tuple[float, float], Field(strict=False)] | None = None
    offset: Quantity | None = None
    force_unit: Text | None = None
    displacement_unit: Text | None = None
    flip: tuple[Literal["force", "displacement"], ...] = Field(default=(), strict=False)


class HistologySection(Section):
    """``[histology]``: stained sections of every animal, one picture for each stain.

    ``pixel`` comes before the size that files say; the sections of simulated animals are taken with it.
    """

    stains: tuple[Literal["he", "masson-goldner", "trap", "osteocalcin"], ...] = Field(
        min_length=1, strict=False
    )
    pixel: Quantity | None = None

    @model_validator(mode="after")
    def _each_once(self) -> HistologySection:
        if len(set(self.stains)) < len(self.stains):
            raise ValueError("names a stain twice")
        return self


class SpheroidsSection(Section):
    """``[spheroids]``: pictures of the spheroids that an animal is given; channels are numbered from 1."""

    outline: int = Field(default=1, ge=1)
    living: int | None = Field(default=None, ge=1)
    cycling: int | None = Field(default=None, ge=1)
    dead: int | None = Field(default=None, ge=1)
    pixel: Quantity | None = None


class QpcrSection(Section):
    """``[qpcr]``: plates on which the animals are samples, named as in animals.tsv.

    ``plates`` is a path below the study folder, ``*`` stands for any text; simulated animals need none.
    """

    reference: tuple[Text, ...] = Field(min_length=1, strict=False)
    genes: tuple[Text, ...] = Field(min_length=1, strict=False)
    plates: Text | None = None
    week: float | None = Field(default=None, ge=0)
    efficiency: float | Literal["table"] = 1.0
    efficiencies: dict[str, float] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _has_its_week(self) -> QpcrSection:
        if self.plates is not None and self.week is None:
            raise ValueError("needs 'week', the follow-up at which the tissue of the plates was taken")
        both = sorted(set(self.reference) & set(self.genes))
        if both:
            raise ValueError(f"names {both[0]} as a gene and as a reference")
        return self
