"""Inflammation after Trejo, Kojouharov and Chen-Charpentier (2019): macrophages clear debris and give way.

    D' = −(e₁ M₁ + e₂ M₂) D / (a + D)
    M' = k (1 − Σ M / M̂) D − (g₁ + g₂ + d₀) M,   g₁ = k₁ c₁ / (a₁ + c₁),   g₂ = k₂ c₂ / (a₂ + c₂)
    M₁' = g₁ M + k₂₁ M₂ − (k₁₂ + d₁) M₁,   M₂' = g₂ M + k₁₂ M₁ − (k₂₁ + d₂) M₂

The signals c₁ (as TNF) and c₂ (as IL-10) live for hours and are at rest:

    λ₁ c₁ = (s_D D + s₁ M₁) / (1 + c₂ / b₁),   λ₂ c₂ = (s₂ M₂ + s₃ P) / (1 + c₂ / b₂)
"""

from __future__ import annotations

import numpy as np

from spondyl.healing.numbers import PER_ML
from spondyl.healing.process import Change, Now, half, relaxed

SUBSTEP = 0.1
"""Days; engulfing is fast."""


def inflammation(now: Now, days: float) -> Change:
    """Return debris, macrophages and signals after a step."""
    p = now.known
    debris, resting, m1, m2 = (now[name] for name in ("debris", "macrophage", "m1", "m2"))
    cells = now["progenitor_host"] + now["progenitor_graft"]
    steps = max(1, round(days / SUBSTEP))
    dt = days / steps
    c1 = c2 = now["c1"]
    before = float(debris.sum())
    for _ in range(steps):
        made = PER_ML * (p["c2_m2"] * m2 + p["c2_progenitor"] * cells) / p["c2_decay"]
        block = p["c2_blocks_itself"]
        c2 = (np.sqrt(block**2 + 4 * block * made) - block) / 2
        c1 = PER_ML * (p["c1_debris"] * debris + p["c1_m1"] * m1) / p["c1_decay"]
        c1 = c1 / (1 + c2 / p["c2_blocks_c1"])
        to_m1 = p["macrophage_to_m1"] * half(c1, p["m1_half"])
        to_m2 = p["macrophage_to_m2"] * half(c2, p["m2_half"])
        every = resting + m1 + m2
        come = p["macrophage_migration"] * debris * np.maximum(1 - every / p["macrophage_most"], 0)
        eaten = (p["debris_engulfed"] * m1 + p["debris_engulfed_m2"] * m2) / (debris + p["debris_half"])
        debris = relaxed(debris, 0.0, eaten, dt)
        fresh = relaxed(resting, come, to_m1 + to_m2 + p["macrophage_loss"], dt)
        gain1 = to_m1 * resting + p["m2_to_m1"] * m2
        gain2 = to_m2 * resting + p["m1_to_m2"] * m1
        m1 = relaxed(m1, gain1, p["m1_to_m2"] + p["m1_loss"], dt)
        m2 = relaxed(m2, gain2, p["m2_to_m1"] + p["m2_loss"], dt)
        resting = fresh
    cleared = (before - float(debris.sum())) * now.region.voxel_mm3
    return Change(
        {"debris": debris, "macrophage": resting, "m1": m1, "m2": m2, "c1": c1, "c2": c2},
        {"debris cleared": cleared},
    )
