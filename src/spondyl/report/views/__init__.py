"""What each section is given: values worked out from the material, ready to print."""

from spondyl.report.views.answer import answer
from spondyl.report.views.assumed import assumed
from spondyl.report.views.cells import cells
from spondyl.report.views.checklists import checklists
from spondyl.report.views.dose import dose
from spondyl.report.views.healing import healing
from spondyl.report.views.losses import losses
from spondyl.report.views.measurements import measurements
from spondyl.report.views.methods import methods
from spondyl.report.views.provenance import provenance
from spondyl.report.views.quality import quality
from spondyl.report.views.statistics import statistics
from spondyl.report.views.volumes import volumes

__all__ = [
    "answer",
    "assumed",
    "cells",
    "checklists",
    "dose",
    "healing",
    "losses",
    "measurements",
    "methods",
    "provenance",
    "quality",
    "statistics",
    "volumes",
]
