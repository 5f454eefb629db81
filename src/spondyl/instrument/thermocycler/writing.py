"""A plate as files: a tidy table, or RDML with raw curves."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

import numpy as np
from numpy.typing import NDArray

from spondyl import files
from spondyl.assay.qpcr import CtPlate

Floats = NDArray[np.float64]

HEADING = "sample,group,gene,replicate,cq,plate,kind"
ROWS, COLUMNS = 16, 24
MADE = (1980, 1, 1, 0, 0, 0)
"""Time in every zip: one plate is one sequence of bytes."""


def write_csv(plate: CtPlate, path: Path) -> Path:
    """Write the wells as a tidy table; a well without a cycle is "Undetermined"."""
    columns = zip(
        plate.sample, plate.group, plate.gene, plate.replicate, plate.cq, plate.plate, plate.kind, strict=True
    )
    lines = [HEADING]
    for sample, group, gene, replicate, cq, run, kind in columns:
        cycle = f"{cq:.3f}" if np.isfinite(cq) else "Undetermined"
        lines.append(",".join(_quoted(text) for text in (sample, group, gene, replicate, cycle, run, kind)))
    return files.write_text(path, "\n".join(lines) + "\n")


def write_rdml(plate: CtPlate, path: Path, curves: tuple[Floats, Floats] | None = None) -> Path:
    """Write the wells as RDML 1.3, with raw curves where they are given.

    Wells of a plate are numbered row by row on 16 × 24 in the order given.

    Parameters
    ----------
    plate : wells of one or several runs.
    path : of the file, which is replaced.
    curves : cycles, and the fluorescence of each well, shape (wells, cycles).
    """
    known = {"ipc": "unkn", "nrt": "nac"}
    samples = dict(zip(plate.sample, zip(plate.kind, plate.group, plate.quantity, strict=True), strict=True))
    parts = ['<rdml version="1.3" xmlns="http://www.rdml.org">', '<dye id="dye"/>']
    for name, (kind, group, quantity) in samples.items():
        note = f"<annotation><property>group</property><value>{escape(group)}</value></annotation>"
        parts.append(
            f"<sample id={quoteattr(name)}>{note if group else ''}<type>{known.get(kind, kind)}</type>"
        )
        if kind == "ipc":
            parts.append("<interRunCalibrator>true</interRunCalibrator>")
        if np.isfinite(quantity):
            parts.append(f"<quantity><value>{float(quantity)!r}</value><unit>cop</unit></quantity>")
        parts.append("</sample>")
    for gene in dict.fromkeys(plate.gene):
        kind = "ref" if gene in plate.reference else "toi"
        parts.append(f"<target id={quoteattr(gene)}><type>{kind}</type>")
        if gene in plate.factors:
            parts.append(f"<amplificationEfficiency>{plate.factors[gene]!r}</amplificationEfficiency>")
        parts.append('<dyeId id="dye"/></target>')
    parts.append('<experiment id="experiment">')
    for run in dict.fromkeys(plate.plate):
        parts += _run(plate, run, curves)
    parts.append("</experiment></rdml>")
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr(zipfile.ZipInfo("rdml_data.xml", MADE), "\n".join(parts), zipfile.ZIP_DEFLATED)
    return files.write_bytes(path, packed.getvalue())


def _run(plate: CtPlate, run: str, curves: tuple[Floats, Floats] | None) -> list[str]:
    parts = [
        f"<run id={quoteattr(run or 'run')}><pcrFormat><rows>{ROWS}</rows><columns>{COLUMNS}</columns>"
        "<rowLabel>ABC</rowLabel><columnLabel>123</columnLabel></pcrFormat>"
    ]
    places = [place for place, name in enumerate(plate.plate) if name == run]
    for number, place in enumerate(places, start=1):
        cq = plate.cq[place]
        cycle = f"<cq>{cq:.4f}</cq>" if np.isfinite(cq) else ""
        points = "" if curves is None else _points(curves[0], curves[1][place])
        parts.append(
            f'<react id="{number}"><sample id={quoteattr(plate.sample[place])}/>'
            f"<data><tar id={quoteattr(plate.gene[place])}/>{cycle}{points}</data></react>"
        )
    return [*parts, "</run>"]


def _points(cycles: Floats, fluorescence: Floats) -> str:
    pairs = zip(cycles, fluorescence, strict=True)
    return "".join(f"<adp><cyc>{c:g}</cyc><fluor>{f:.5f}</fluor></adp>" for c, f in pairs)


def _quoted(text: str) -> str:
    if any(mark in text for mark in ',"\n'):
        return '"' + text.replace('"', '""') + '"'
    return text
