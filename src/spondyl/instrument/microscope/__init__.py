"""The microscope: spheroids in a well or in a section to pictures."""

from spondyl.instrument.microscope.optics import Optics, optics
from spondyl.instrument.microscope.pictures import confocal, phase_contrast
from spondyl.instrument.microscope.well import Ball, of_lot, placed
from spondyl.instrument.microscope.writing import write_tiff

__all__ = ["Ball", "Optics", "confocal", "of_lot", "optics", "phase_contrast", "placed", "write_tiff"]
