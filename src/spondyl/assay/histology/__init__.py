"""The histology assay: stained sections to areas of tissue, osteoclasts and positive areas."""

from spondyl.assay.histology.measurement import Histology, measure
from spondyl.assay.histology.picture import Section, read
from spondyl.assay.histology.stain import STAINS, Stain, stain

__all__ = ["STAINS", "Histology", "Section", "Stain", "measure", "read", "stain"]
