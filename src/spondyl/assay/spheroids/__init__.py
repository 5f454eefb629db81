"""The spheroid assay: pictures of a microscope to diameters, shapes, zones and dead cells."""

from spondyl.assay.spheroids.measurement import Spheroid, Spheroids, measure
from spondyl.assay.spheroids.micrograph import Micrograph
from spondyl.assay.spheroids.reading import read
from spondyl.assay.spheroids.settings import Channels

__all__ = ["Channels", "Micrograph", "Spheroid", "Spheroids", "measure", "read"]
