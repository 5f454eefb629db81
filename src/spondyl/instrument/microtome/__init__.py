"""The microtome: a cut through tissue, stained and photographed."""

from spondyl.instrument.microtome.cut import TISSUES, Cut, of_course, synthetic
from spondyl.instrument.microtome.slide import Slide, photograph, slide
from spondyl.instrument.microtome.writing import write_tiff

__all__ = ["TISSUES", "Cut", "Slide", "of_course", "photograph", "slide", "synthetic", "write_tiff"]
