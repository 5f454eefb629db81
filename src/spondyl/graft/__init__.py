"""Spheroids and β-TCP granules to a graft that fills a hole."""

from spondyl.graft.cavity import Cavity
from spondyl.graft.graft import PARTS, Graft
from spondyl.graft.granules import Granules, granules
from spondyl.graft.packing import pack
from spondyl.graft.recipe import Mix, mix
from spondyl.graft.sheet import Sheet

__all__ = ["PARTS", "Cavity", "Graft", "Granules", "Mix", "Sheet", "granules", "mix", "pack"]
