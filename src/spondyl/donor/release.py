"""May this batch be used: viability, colony formers, markers, sterility; what was not tested says so."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Literal

from spondyl.donor.batch import CellBatch
from spondyl.donor.mistakes import share
from spondyl.errors import DonorError, Mistake
from spondyl.quantity import Parameter, shipped

Verdict = Literal["met", "failed", "not reported"]

_VIABILITY = ("released_isolate_viability", "released_viability")
_COLONIES = ("released_isolate_colonies", "released_colonies")


@dataclass(frozen=True, slots=True)
class QualityTests:
    """What the laboratory found on a batch; None is "not reported".

    Parameters
    ----------
    viability : living share, 0 to 1; None takes that of the batch.
    cd73, cd90, cd105, cd45 : share of cells with the marker, 0 to 1.
    sterile, mycoplasma_free : True where the test passed.
    endotoxin_per_ml : endotoxin units in a millilitre.

    Raises
    ------
    DonorError
        With every number that cannot be.
    """

    viability: float | None = None
    cd73: float | None = None
    cd90: float | None = None
    cd105: float | None = None
    cd45: float | None = None
    sterile: bool | None = None
    mycoplasma_free: bool | None = None
    endotoxin_per_ml: float | None = None

    def __post_init__(self) -> None:
        wrong: list[Mistake] = []
        for field in fields(self):
            given = getattr(self, field.name)
            if given is None:
                continue
            if field.name in ("sterile", "mycoplasma_free"):
                if not isinstance(given, bool):
                    wrong.append(Mistake(field.name, repr(given), "must be True, False or None"))
            elif field.name == "endotoxin_per_ml":
                if (
                    isinstance(given, bool)
                    or not isinstance(given, int | float)
                    or not 0 <= given < float("inf")
                ):
                    allowed = "must be endotoxin units in a millilitre, a finite number from 0 up"
                    wrong.append(Mistake(field.name, repr(given), allowed))
            else:
                wrong += share(field.name, given)
        if wrong:
            raise DonorError(wrong)


@dataclass(frozen=True, slots=True)
class Criterion:
    """One criterion and how the batch stands to it.

    Parameters
    ----------
    name : what is asked.
    limit : the limit in words.
    found : the number, or None.
    verdict : "met", "failed" or "not reported".
    """

    name: str
    limit: str
    found: float | None
    verdict: Verdict

    def __str__(self) -> str:
        found = "" if self.found is None else f", found {self.found:.3g}"
        return f"{self.name} {self.limit}: {self.verdict}{found}"


def release(
    batch: CellBatch, tests: QualityTests | None = None, parameters: Mapping[str, Parameter] | None = None
) -> tuple[Criterion, ...]:
    """Hold a batch against the release criteria.

    Parameters
    ----------
    batch : the cells; viability and colony formers are those of the simulation unless tested.
    tests : what the laboratory found.
    parameters : numbers of the stage ``donor``; the shipped ones if None.

    Examples
    --------
    >>> from spondyl import donor
    >>> fresh = donor.harvest(species="human", age="70 year", fat="20 g", seed=3)
    >>> for criterion in donor.release(fresh, donor.QualityTests(sterile=False))[-3:]:
    ...     print(criterion)
    sterility passed: failed
    mycoplasma absent: not reported
    endotoxin at most 0.5 per mL: not reported
    """
    table, tests = parameters or shipped()["donor"], tests or QualityTests()
    viability, colonies = limits(batch.passage, table)
    positive, negative = table["released_positive"].value, table["released_negative"].value
    endotoxin = table["released_endotoxin"].value
    living = batch.viability if tests.viability is None else tests.viability
    markers = [_at_least(name.upper(), getattr(tests, name), positive) for name in ("cd73", "cd90", "cd105")]
    return (
        _at_least("viability", living, viability),
        _at_least("CFU-F", batch.cfu_f, colonies),
        *markers,
        _at_most("CD45", tests.cd45, negative),
        Criterion("sterility", "passed", None, _passed(tests.sterile)),
        Criterion("mycoplasma", "absent", None, _passed(tests.mycoplasma_free)),
        _at_most("endotoxin", tests.endotoxin_per_ml, endotoxin, " per mL"),
    )


def limits(passage: int, table: Mapping[str, Parameter]) -> tuple[float, float]:
    """Return the least viability and share of colony formers of an isolate (passage 0) or of later cells."""
    expanded = int(passage > 0)
    return table[_VIABILITY[expanded]].value, table[_COLONIES[expanded]].value


def _at_least(name: str, found: float | None, least: float) -> Criterion:
    verdict: Verdict = "not reported" if found is None else "met" if found >= least else "failed"
    return Criterion(name, f"at least {least:.3g}", found, verdict)


def _at_most(name: str, found: float | None, most: float, unit: str = "") -> Criterion:
    verdict: Verdict = "not reported" if found is None else "met" if found <= most else "failed"
    return Criterion(name, f"at most {most:.3g}{unit}", found, verdict)


def _passed(test: bool | None) -> Verdict:
    return "not reported" if test is None else "met" if test else "failed"
