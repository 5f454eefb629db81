"""Local thickness by maximal spheres: Tb.Th, Tb.Sp, Tb.N and Ct.Th."""

from spondyl.assay.microct.thickness.number import trabecular_number
from spondyl.assay.microct.thickness.thickness import Thickness, local_thickness

__all__ = ["Thickness", "local_thickness", "trabecular_number"]
