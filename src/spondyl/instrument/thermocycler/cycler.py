"""The virtual thermocycler: cells to RNA, cDNA and the cycles of a plate."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from spondyl.assay.qpcr import CtPlate
from spondyl.errors import CultureError, Mistake
from spondyl.instrument.thermocycler.sample import REFERENCES, Sample
from spondyl.quantity import Parameter, convert_number, shipped
from spondyl.vertebra.streams import stream

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Primers:
    """What is the same for every plate that a laboratory runs with one set of primers.

    Parameters
    ----------
    copies : messages of each gene in a cell at relative expression 1.
    factor : copies a cycle makes of one, by gene.
    """

    copies: Mapping[str, float]
    factor: Mapping[str, float]


def primers(
    genes: Sequence[str],
    references: Sequence[str] = REFERENCES,
    *,
    seed: int,
    parameters: Mapping[str, Parameter] | None = None,
) -> Primers:
    """Draw a set of primers.

    Parameters
    ----------
    genes, references : names.
    seed : of the draws; each gene has a stream of its own.
    parameters : of the stage "instrument/thermocycler"; None for those that ship.
    """
    table = _table(parameters)
    copies, factor = {}, {}
    for gene in dict.fromkeys([*genes, *references]):
        draws = stream(seed, "thermocycler", "primers", gene)
        kind = table["reference_copies" if gene in references else "target_copies"]
        copies[gene] = kind.value * float((kind.spread or 1.0) ** draws.standard_normal())
        factor[gene] = 1 + _beta(table["efficiency"], draws)
    return Primers(MappingProxyType(copies), MappingProxyType(factor))


@dataclass(frozen=True, slots=True)
class Layout:
    """How samples are put on plates.

    Parameters
    ----------
    replicates : wells of each sample and gene.
    plates : that the samples of each group are dealt to in turn; every gene of a sample is on one plate.
    calibrator : whether a mixture of all samples is on every plate.
    controls : whether each gene has a well without template.
    """

    replicates: int = 3
    plates: int = 1
    calibrator: bool = False
    controls: bool = True


def run(
    samples: Sequence[Sample],
    primer_set: Primers,
    layout: Layout | None = None,
    *,
    seed: int,
    parameters: Mapping[str, Parameter] | None = None,
) -> CtPlate:
    """Return the wells of one experiment.

    RNA of the lysed cells is extracted and a fixed amount of it transcribed, with yields that differ between
    samples but not between their genes; each well takes a share of the cDNA, whole molecules and by a hand
    that is not exact; its cycle is where its copies, multiplied by the gene's factor each cycle, reach the
    threshold, moved by what the plate and the reading add.

    Parameters
    ----------
    samples : at least one, with names of their own.
    primer_set : genes that are measured.
    layout : of the plates; None for three replicates on one plate.
    seed : of every draw; each sample, gene and plate has a stream of its own.
    parameters : of the stage "instrument/thermocycler"; None for those that ship.

    Raises
    ------
    CultureError
        No samples, or two of one name.
    """
    table, form = _table(parameters), layout or Layout()
    names = [sample.name for sample in samples]
    if not names or len(set(names)) < len(names):
        raise CultureError(Mistake("thermocycler", f"{len(names)} samples", "each needs a name of its own"))
    wells: list[_Well] = []
    dealt: dict[str, int] = {}
    for sample in samples:
        dealt[sample.group] = dealt.get(sample.group, -1) + 1
        plate = dealt[sample.group] % form.plates
        wells += _sample_wells(sample, plate, primer_set, form.replicates, table, seed)
    if form.calibrator:
        pool = _pool(samples, primer_set)
        for plate in range(form.plates):
            wells += _sample_wells(pool, plate, primer_set, form.replicates, table, seed, kind="ipc")
    if form.controls:
        for plate in range(form.plates):
            wells += [_Well("NTC", "", gene, 1, plate, "ntc", math.nan) for gene in primer_set.factor]
    return _plate(wells, primer_set, form.plates, table, seed)


@dataclass(frozen=True, slots=True)
class _Well:
    sample: str
    group: str
    gene: str
    replicate: int
    plate: int
    kind: str
    cq: float


def _sample_wells(
    sample: Sample,
    plate: int,
    primer_set: Primers,
    replicates: int,
    table: Mapping[str, Parameter],
    seed: int,
    kind: str = "unkn",
) -> list[_Well]:
    cells = _cells_transcribed(sample, table, seed)
    wells = []
    for gene, factor in primer_set.factor.items():
        draws = stream(seed, "thermocycler", "wells", sample.name, gene, plate)
        expected = cells * primer_set.copies[gene] * sample.expression.get(gene, 1.0)
        cycles = _cycles(expected * table["share_in_well"].value, factor, replicates, table, draws)
        group = sample.group if kind == "unkn" else ""
        wells += [_Well(sample.name, group, gene, r + 1, plate, kind, cq) for r, cq in enumerate(cycles)]
    return wells


def _cells_transcribed(sample: Sample, table: Mapping[str, Parameter], seed: int) -> float:
    """Return of how many cells all messages are in the reverse transcription."""
    draws = stream(seed, "thermocycler", "rna", sample.name)
    each = _in(table["rna_per_cell"], "ng")
    yields = [
        table[name].value * float((table[name].spread or 1.0) ** draws.standard_normal())
        for name in ("extraction_yield", "transcription_yield")
    ]
    rna = sample.cells * each * min(yields[0], 1.0)
    return min(rna, _in(table["rna_input"], "ng")) / each * min(yields[1], 1.0)


def _cycles(
    expected: float, factor: float, wells: int, table: Mapping[str, Parameter], draws: np.random.Generator
) -> list[float]:
    volume = np.maximum(1 + table["pipetting"].value * draws.standard_normal(wells), 0.0)
    wrong = draws.random(wells) < table["outlying_wells"].value
    volume = np.where(wrong, volume * 4.0 ** -draws.random(wells), volume)
    copies = draws.poisson(expected * volume)
    failed = (draws.random(wells) < table["failed_wells"].value) | (copies == 0)
    noise = table["reading_noise"].value * draws.standard_normal(wells)
    needed = table["log10_threshold"].value * math.log(10) - np.log(np.maximum(copies, 1))
    cq = needed / math.log(factor) + noise
    return [float(c) for c in np.where(failed | (cq > table["cycles"].value) | (cq <= 0), np.nan, cq)]


def _plate(
    wells: Sequence[_Well], primer_set: Primers, plates: int, table: Mapping[str, Parameter], seed: int
) -> CtPlate:
    names = [f"plate {number + 1}" for number in range(plates)]
    sd = table["plate_offset"].value
    offsets = {
        (gene, plate): sd * float(stream(seed, "thermocycler", "plate", plate, gene).standard_normal())
        for gene in primer_set.factor
        for plate in range(plates)
    }
    return CtPlate(
        sample=tuple(well.sample for well in wells),
        group=tuple(well.group for well in wells),
        gene=tuple(well.gene for well in wells),
        replicate=tuple(str(well.replicate) for well in wells),
        plate=tuple(names[well.plate] for well in wells),
        kind=tuple(well.kind for well in wells),
        cq=np.array([well.cq + offsets[well.gene, well.plate] for well in wells]),
        quantity=np.full(len(wells), np.nan),
        factors=primer_set.factor,
        name="thermocycler",
    )


def _pool(samples: Sequence[Sample], primer_set: Primers) -> Sample:
    total = sum(sample.cells for sample in samples)
    levels = {
        gene: sum(s.cells * s.expression.get(gene, 1.0) for s in samples) / total
        for gene in primer_set.factor
    }
    return Sample("pool", "", total, levels)


def _beta(parameter: Parameter, draws: np.random.Generator) -> float:
    width = parameter.high - parameter.low
    mean = (parameter.value - parameter.low) / width
    strength = mean * (1 - mean) / ((parameter.spread or 1.0) / width) ** 2 - 1
    return parameter.low + width * float(draws.beta(mean * strength, (1 - mean) * strength))


def _in(parameter: Parameter, unit: str) -> float:
    return convert_number(
        parameter.value, parameter.unit, unit, where=f"instrument/thermocycler › {parameter.name}"
    )


def _table(parameters: Mapping[str, Parameter] | None) -> Mapping[str, Parameter]:
    return shipped()["instrument/thermocycler"] if parameters is None else parameters
