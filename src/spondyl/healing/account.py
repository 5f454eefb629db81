"""The day's account of a healing defect: volumes, cells, vessels, signals, by name with units."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import numpy as np

from spondyl.healing.numbers import Numbers
from spondyl.healing.region import Region
from spondyl.healing.state import State
from spondyl.healing.union import united

UNITS: Mapping[str, str] = MappingProxyType(
    {
        "bone_mm3": "mm³",
        "new_bone_mm3": "mm³",
        "woven_host_mm3": "mm³",
        "woven_graft_mm3": "mm³",
        "lamellar_mm3": "mm³",
        "mineralised_share": "1",
        "tcp_mm3": "mm³",
        "cartilage_mm3": "mm³",
        "fibrous_mm3": "mm³",
        "granulation_mm3": "mm³",
        "vessels": "1",
        "oxygen_mM": "mmol/L",
        "hypoxic_share": "1",
        "graft_cells": "1",
        "graft_osteoblasts": "1",
        "host_progenitors": "1",
        "host_osteoblasts": "1",
        "osteoclasts": "1",
        "vegf_ng_ml": "ng/mL",
        "bmp2_ng_ml": "ng/mL",
        "strain": "1",
        "stiffness_N_per_mm": "N/mm",
        "united": "1",
    }
)
"""What is known of every day, and its unit; shares and concentrations are means over the defect."""

AROUND = ("progenitor_host", "macrophage", "m1", "m2")
"""Cells that the bone around a defect has, too; all others live in the defect alone."""

HYPOXIC = 0.0125
"""mmol/L: 1 % of gas."""


def counted(state: State, region: Region, *kinds: str) -> float:
    """Return how many cells of some kinds the defect holds.

    In a voxel at its rim, cells that live in the defect alone are all its own; of others it has its share.
    """
    weight = region.weight
    found = sum(float((state[kind] * weight if kind in AROUND else state[kind]).sum()) for kind in kinds)
    return found * region.voxel_mm3


def account(
    state: State, first: State, region: Region, known: Numbers, strain: np.ndarray, stiffness: float
) -> dict[str, float]:
    """Return the numbers of :data:`UNITS`.

    Parameters
    ----------
    state, first : now, and just after surgery.
    strain : octahedral shear strain of the last solve.
    stiffness : of the whole bone, N/mm.
    """
    weight = region.weight
    whole, volume = float(weight.sum()), region.voxel_mm3

    def amount(values: np.ndarray) -> float:
        return float(values.sum()) * volume

    def mean(values: np.ndarray) -> float:
        return float((values * weight).sum()) / whole

    woven = state["woven_host"] + state["woven_graft"]
    lamellar = amount(region.held(state["lamellar"], first["lamellar"]))
    mineral = amount(np.minimum(state["mineral"], woven)) + lamellar
    bone = amount(woven) + lamellar
    loose = weight * state.soft
    return {
        "bone_mm3": bone,
        "new_bone_mm3": bone - amount(region.held(first["lamellar"], first["lamellar"])),
        "woven_host_mm3": amount(state["woven_host"]),
        "woven_graft_mm3": amount(state["woven_graft"]),
        "lamellar_mm3": lamellar,
        "mineralised_share": mineral / bone if bone > 0 else 0.0,
        "tcp_mm3": amount(state["tcp"]),
        "cartilage_mm3": amount(state["cartilage"]),
        "fibrous_mm3": amount(state["fibrous"]),
        "granulation_mm3": amount(state["granulation"]),
        "vessels": mean(state["vessel"]),
        "oxygen_mM": mean(state["oxygen"]),
        "hypoxic_share": mean((state["oxygen"] < HYPOXIC).astype(np.float64)),
        "graft_cells": counted(state, region, "progenitor_graft", "osteoblast_graft"),
        "graft_osteoblasts": counted(state, region, "osteoblast_graft"),
        "host_progenitors": counted(state, region, "progenitor_host"),
        "host_osteoblasts": counted(state, region, "osteoblast_host"),
        "osteoclasts": counted(state, region, "osteoclast"),
        "vegf_ng_ml": mean(state["vegf"]),
        "bmp2_ng_ml": mean(state["bmp2"]),
        "strain": float((strain * loose).sum() / loose.sum()) if loose.any() else 0.0,
        "stiffness_N_per_mm": stiffness,
        "united": float(united(state, region, known)),
    }
