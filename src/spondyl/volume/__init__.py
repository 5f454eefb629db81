"""Volumes, scans and their files."""

from spondyl.volume.formats import FORMATS
from spondyl.volume.grid import Grid
from spondyl.volume.members import parts
from spondyl.volume.read import read
from spondyl.volume.scan import Meaning, Scan, Source, Volume
from spondyl.volume.write import write

__all__ = ["FORMATS", "Grid", "Meaning", "Scan", "Source", "Volume", "parts", "read", "write"]
