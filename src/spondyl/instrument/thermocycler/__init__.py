"""The thermocycler: cells and their expression to the plates of a qPCR experiment."""

from spondyl.instrument.thermocycler.curves import raw_curves
from spondyl.instrument.thermocycler.cycler import Layout, Primers, primers, run
from spondyl.instrument.thermocycler.sample import REFERENCES, Sample, animals, mixture, of_lot
from spondyl.instrument.thermocycler.tissue import genes, of_course, osteoblast
from spondyl.instrument.thermocycler.writing import write_csv, write_rdml

__all__ = [
    "REFERENCES",
    "Layout",
    "Primers",
    "Sample",
    "animals",
    "genes",
    "mixture",
    "of_course",
    "of_lot",
    "osteoblast",
    "primers",
    "raw_curves",
    "run",
    "write_csv",
    "write_rdml",
]
