"""Spheroids and β-TCP granules to a graft that fills a hole."""

from spondyl.graft.cavity import Cavity
from spondyl.graft.graft import PARTS, Graft
from spondyl.graft.granules import Granules, granules
from spondyl.graft.material import modulus_mpa, tcp_modulus_mpa, tcp_strength_mpa
from spondyl.graft.packing import pack, repack
from spondyl.graft.recipe import Mix, mix
from spondyl.graft.sheet import Sheet

__all__ = [
    "PARTS",
    "Cavity",
    "Graft",
    "Granules",
    "Mix",
    "Sheet",
    "granules",
    "mix",
    "modulus_mpa",
    "pack",
    "repack",
    "tcp_modulus_mpa",
    "tcp_strength_mpa",
]
