"""A plate from a file of any kind that is read."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from spondyl.assay.delimited import read_cells
from spondyl.assay.qpcr.efficiency_of_curves import Curve, curves_of
from spondyl.assay.qpcr.plate import CtPlate
from spondyl.assay.qpcr.rdml import Rdml, read_rdml
from spondyl.assay.qpcr.table import read_wells
from spondyl.errors import MeasurementError, Mistake

RDML_SUFFIXES = (".rdml", ".rdm", ".xml")


def read(path: Path, *, curves: bool = False) -> CtPlate:
    """Read a tidy table or an RDML file.

    Parameters
    ----------
    path : the file; its ending says which: ``.rdml``, ``.rdm`` or ``.xml``, or anything else for a table.
    curves : take cycles and efficiencies from raw curves even where the file states cycles.

    Raises
    ------
    MeasurementError
        What is wrong with the file.
    """
    if path.suffix.lower() in RDML_SUFFIXES:
        return plate_of(read_rdml(path), curves=curves)
    if curves:
        allowed = "raw curves are read from RDML files only"
        raise MeasurementError(Mistake(f"{path.name}, curves", f"a file ending in {path.suffix!r}", allowed))
    return read_wells(path)


def plate_of(rdml: Rdml, *, curves: bool = False) -> CtPlate:
    """Return the wells of an RDML file; wells that the file excludes are left out and told.

    Cycles are the file's; where it states none, or `curves` is set, they and the efficiencies come from the
    raw curves, see :func:`spondyl.assay.qpcr.efficiency_of_curves.curves_of`.

    Raises
    ------
    MeasurementError
        If neither cycles nor raw curves are in the file.
    """
    stated = any(math.isfinite(each.cq) for each in rdml.reactions)
    raw = any(each.cycle.size for each in rdml.reactions)
    if (not stated and not raw) or (curves and not raw):
        given = "no raw curves" if curves else "neither cycles nor raw curves"
        raise MeasurementError(Mistake(rdml.name, given, "export the run with its amplification curves"))
    factors: Mapping[str, float] = {
        t.name: t.factor for t in rdml.targets.values() if math.isfinite(t.factor)
    }
    cq: Sequence[float] = [each.cq for each in rdml.reactions]
    notes = []
    if curves or not stated:
        found = curves_of(rdml)
        cq = [each.cq for each in found]
        factors = _mean_factors(rdml, found)
        notes.append(f"cycles and efficiencies are from the raw curves of {len(found)} reactions")
    kept = [place for place, each in enumerate(rdml.reactions) if not each.excluded]
    if len(kept) < len(rdml.reactions):
        notes.append(f"{len(rdml.reactions) - len(kept)} reactions that the file excludes are left out")
    reactions = [rdml.reactions[place] for place in kept]
    samples = [rdml.samples[each.sample] for each in reactions]
    runs = {(each.experiment, each.run) for each in reactions}
    experiments = len({experiment for experiment, _ in runs}) > 1
    return CtPlate(
        sample=tuple(each.sample for each in reactions),
        group=tuple(each.group if each.kind == "unkn" else "" for each in samples),
        gene=tuple(each.target for each in reactions),
        replicate=tuple(each.well for each in reactions),
        plate=tuple(f"{e.experiment} › {e.run}" if experiments else e.run for e in reactions),
        kind=tuple(each.kind for each in samples),
        cq=np.array([cq[place] for place in kept]),
        quantity=np.array([each.quantity if each.kind == "std" else math.nan for each in samples]),
        factors=factors,
        reference=tuple(t.name for t in rdml.targets.values() if t.reference),
        name=rdml.name,
        notes=tuple(notes),
    )


def read_efficiencies(path: Path) -> dict[str, float]:
    """Read a table of efficiencies with the columns gene and efficiency; 1.0 is a doubling.

    Raises
    ------
    MeasurementError
        Columns missing, a gene twice, or no number.
    """
    return {gene: _number(path, gene, text) for gene, text in _pairs(path, "gene", "efficiency").items()}


def read_groups(path: Path) -> dict[str, str]:
    """Read a table of groups with the columns sample and group.

    Raises
    ------
    MeasurementError
        Columns missing, or a sample twice.
    """
    return _pairs(path, "sample", "group")


def _pairs(path: Path, key: str, value: str) -> dict[str, str]:
    heading, *lines = read_cells(path)
    names = [cell.lower() for cell in heading.cells]
    if key not in names or value not in names:
        given = f"the columns {', '.join(heading.cells)[:120]}"
        raise MeasurementError(Mistake(path.name, given, f"needs the columns {key} and {value}"))
    found: dict[str, str] = {}
    for line in lines:
        cells = dict(zip(names, line.cells, strict=False))
        name = cells[key]
        if name in found or value not in cells:
            given = f"{key} {name!r} again" if name in found else f"no {value} of {name!r}"
            raise MeasurementError(Mistake(f"{path.name} › line {line.number}", given, "one line for each"))
        found[name] = cells[value]
    return found


def _number(path: Path, gene: str, text: str) -> float:
    try:
        return float(text)
    except ValueError:
        where = f"{path.name} › {gene}"
        raise MeasurementError(Mistake(where, repr(text[:40]), "must be a number such as 0.95")) from None


def _mean_factors(rdml: Rdml, found: Sequence[Curve]) -> Mapping[str, float]:
    """Return copies a cycle by target: the mean over its runs, weighted by their wells."""
    values: dict[str, list[float]] = {}
    for reaction, curve in zip(rdml.reactions, found, strict=True):
        if math.isfinite(curve.target_factor):
            values.setdefault(reaction.target, []).append(curve.target_factor)
    return {target: float(np.mean(each)) for target, each in values.items()}
