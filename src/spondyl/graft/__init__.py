"""Spheroids and β-TCP granules to a graft that fills a hole."""

from spondyl.graft.cavity import Cavity

__all__ = ["Cavity"]
