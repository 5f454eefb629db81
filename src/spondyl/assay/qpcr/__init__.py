"""The qPCR assay: quantification cycles or raw curves to fold changes with their intervals."""

from spondyl.assay.qpcr.fold_change import FoldChange, fold_change, separate_tubes
from spondyl.assay.qpcr.measurement import Expression, Expressions, References, measure
from spondyl.assay.qpcr.plate import CtPlate, grouped
from spondyl.assay.qpcr.reading import read, read_efficiencies, read_groups
from spondyl.assay.qpcr.samples import Own, own, own_rows
from spondyl.assay.qpcr.settings import Settings
from spondyl.assay.qpcr.stability import GeNorm, genorm, normfinder

__all__ = [
    "CtPlate",
    "Expression",
    "Expressions",
    "FoldChange",
    "GeNorm",
    "Own",
    "References",
    "Settings",
    "fold_change",
    "genorm",
    "grouped",
    "measure",
    "normfinder",
    "own",
    "own_rows",
    "read",
    "read_efficiencies",
    "read_groups",
    "separate_tubes",
]
