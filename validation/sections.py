"""The sections of docs/validation.md in their order, and what finds each of them anew."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from validation import (
    agents,
    architecture,
    calibration,
    compression,
    device,
    donor,
    formats,
    graft,
    healing,
    healing_fine,
    histology,
    mechanics,
    mechanics_cost,
    microct,
    network,
    partial,
    pictures,
    qpcr,
    reference,
    scanner,
    sensitivity,
    spheroid,
    start,
    statistics,
    tests,
    thousand,
    vertebra,
)
from validation.row import Row

Results = Iterator[Row] | Iterator[str]
Check = Callable[[], Results]
SharedCheck = Callable[[Path], Results]


@dataclass(frozen=True, slots=True)
class Section:
    """A section of the page.

    Parameters
    ----------
    name : what it is called on the command line.
    title : its heading.
    about : what its numbers are, one paragraph.
    checks : what finds them.
    shared : checks that need the shared data folder.
    """

    name: str
    title: str
    about: str
    checks: tuple[Check, ...] = ()
    shared: tuple[SharedCheck, ...] = ()


SECTIONS: tuple[Section, ...] = (
    Section(
        "scans",
        "Scans",
        "Real scans with listed numbers, one object in every scanner's format, the memory of reading.",
        (formats.memory,),
        (microct.slices, formats.same_object),
    ),
    Section(
        "morphometry",
        "Morphometry",
        "Shapes and fields of known thickness, surface, direction and connectivity, at random places.",
        (microct.surfaces, *architecture.CHECKS),
    ),
    Section(
        "scanner",
        "What a scanner's voxels and noise do to morphometry",
        "A network of known shape (1.44 mm, plates and struts about 60 µm thick), scanned and measured "
        "back with a threshold of half its mineral. Noisy scans are filtered (Gaussian, 1 voxel, largest "
        "part), as laboratories do. Errors; the truth in units of the assay.",
        (scanner.table, scanner.agreement),
    ),
    Section(
        "mechanics",
        "Mechanics",
        "Forces, stiffness and strength that other programs have published; iterations and memory.",
        (mechanics_cost.iterations, mechanics_cost.memory),
        (mechanics.published,),
    ),
    Section(
        "cells",
        "Cells and spheroids",
        "Donors, gene networks, radial spheroids and agents, against closed forms, other programs and "
        "published targets.",
        (donor.fits, donor.calibration, network.agreement, *spheroid.CHECKS, *agents.CHECKS),
        (network.published, spheroid.growth),
    ),
    Section(
        "vertebra",
        "Vertebra and graft",
        "Made bone against asked bone over 20 seeds, loss after ovariectomy, stiffness; packing, doses.",
        (*vertebra.CHECKS, *graft.CHECKS),
    ),
    Section(
        "healing",
        "Healing",
        "Voxels of 125 µm where nothing else is said. What the arms of the reference study give is a "
        "prediction, which cannot be missed: no rate was fitted to an arm with spheroids.",
        healing.CHECKS,
    ),
    Section(
        "grids",
        "Healing from grid to grid",
        "One animal of two arms; half an hour, nearly all of it at 25 µm.",
        (healing_fine.grids,),
    ),
    Section(
        "partial",
        "Voxels that bone fills in part",
        "A voxel's modulus is that of bone times a power of its share of bone, 1.5 in healing; five minutes.",
        (partial.partly_filled,),
    ),
    Section(
        "device",
        "Healing on a CUDA device",
        "One animal with differentiated spheroids; found anew only where there is a device.",
        (device.device,),
    ),
    Section(
        "reference",
        "The reference study at full size",
        "`examples/osaka`, 10 animals an arm, voxels of 50 µm, mean ± half of the 95 % interval. A "
        "prediction: no rate was fitted to an arm with spheroids. An hour or more.",
        (reference.table,),
    ),
    Section(
        "rates",
        "Fitted rates of healing",
        "At voxels of 125 µm, from the runs in `validation/calibration.tsv`; without that file they are made "
        "anew, ten minutes on two cores.",
        (calibration.report,),
    ),
    Section(
        "sensitivity",
        "Which numbers move the result most",
        "Voxels of 200 µm; ranges, not fitted values, enter. Mean size (μ*) and spread (σ) of elementary "
        "effects, each number moved over the whole range of its passport.",
        (sensitivity.tables,),
    ),
    Section(
        "qpcr",
        "Expression",
        "qPCR: published numbers in the digits given, raw curves of known copies, simulated plates.",
        (qpcr.recovery,),
        (qpcr.published, qpcr.raw_curves),
    ),
    Section(
        "compression",
        "Compression",
        "A published test of steel, and true curves measured back through the virtual rig.",
        (compression.recovery,),
        (compression.steel,),
    ),
    Section(
        "pictures",
        "Pictures of spheroids",
        "Wells and sections of seeds that nothing was tried on; then real ones, for which only their owners' "
        "means of a day are known.",
        (pictures.recovery, pictures.nothing),
        (pictures.real,),
    ),
    Section(
        "sections",
        "Sections",
        "Slides of each stain with drawn strength, colour, light and noise, none of which was looked at "
        "while the method was made. The truth is that of the virtual microtome, whose amounts of dyes are "
        "those that the assay expects; no annotated section is at hand.",
        (histology.recovery,),
    ),
    Section(
        "statistics",
        "Statistics",
        "How often intervals hold the known difference: simulated groups of six animals.",
        (statistics.coverage,),
    ),
    Section(
        "thousand",
        "A large study",
        "A thousand animals with tiny scans.",
        (thousand.thousand,),
    ),
    Section(
        "use",
        "In use",
        "Start-up times, and long tests whose outcome belongs here.",
        (start.waiting, tests.outcomes),
    ),
)
