"""Local thickness by maximal spheres: Tb.Th, Tb.Sp, Tb.N and Ct.Th."""

from spondyl.assay.microct.thickness.number import NUMBER_RULE, trabecular_number
from spondyl.assay.microct.thickness.thickness import RULE, Thickness, local_thickness

__all__ = ["NUMBER_RULE", "RULE", "Thickness", "local_thickness", "trabecular_number"]
