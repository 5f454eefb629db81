"""Topology and shape of bone: connectivity, plates or rods, direction."""

from spondyl.assay.microct.shape.euler import Topology, topology
from spondyl.assay.microct.shape.intercepts import Anisotropy, anisotropy
from spondyl.assay.microct.shape.model_index import structure_model_index
from spondyl.assay.microct.shape.surface_fabric import SurfaceFabric, surface_fabric
from spondyl.assay.microct.shape.surface_sums import SurfaceSums, surface_sums

__all__ = [
    "Anisotropy",
    "SurfaceFabric",
    "SurfaceSums",
    "Topology",
    "anisotropy",
    "structure_model_index",
    "surface_fabric",
    "surface_sums",
    "topology",
]
