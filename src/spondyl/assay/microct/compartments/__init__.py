"""Compartments of a bone: cortex, trabecular compartment, processes, and what is measured of the cortex."""

from spondyl.assay.microct.compartments.compartments import Compartments, compartments, read_compartments
from spondyl.assay.microct.compartments.cortex import Cortex, cortex
from spondyl.assay.microct.compartments.settings import Contours

__all__ = ["Compartments", "Contours", "Cortex", "compartments", "cortex", "read_compartments"]
