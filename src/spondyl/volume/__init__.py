"""Volumes, scans and their files."""

from spondyl.volume.grid import Grid
from spondyl.volume.scan import Meaning, Scan, Source, Volume

__all__ = ["Grid", "Meaning", "Scan", "Source", "Volume"]
