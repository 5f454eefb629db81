"""What passes faces, and the correction that makes a step one of second order, on W lines side by side."""

from __future__ import annotations

from spondyl.compiled import bare
from spondyl.transport.cpu.writer import W


@bare
def add_fluxes(n, share, d, rows, weight, flux):
    """Add what amounts n let pass the face above each voxel, upwards."""
    for at in range((rows - 1) * W):
        up = at + W
        narrow = min(share[at], share[up])
        if narrow > 0.0:
            mean = d[0]
            if len(d) > 1:
                both = d[at] + d[up]
                mean = 2.0 * d[at] * d[up] / (both if both > 0.0 else 1.0)
            flux[at] += weight * narrow * mean * (n[at] / share[at] - n[up] / share[up])


@bare
def limit(extra, n, held, rows, scale):
    """Scale fluxes so that no voxel gives more than it has; let them pass."""
    for at in range(rows * W):
        leaving = max(extra[at], 0.0) + (max(-extra[at - W], 0.0) if at >= W else 0.0)
        still = len(held) > 1 and held[at] > 0.0
        scale[at] = n[at] / leaving if leaving > n[at] and not still else 1.0
    for at in range((rows - 1) * W):
        extra[at] *= scale[at] if extra[at] > 0.0 else scale[at + W]
    for at in range(rows * W):
        if len(held) == 1 or held[at] <= 0.0:
            n[at] = max(n[at] - extra[at] + (extra[at - W] if at >= W else 0.0), 0.0)


@bare
def from_held(flux, held, rows):
    """Return what left held voxels for others."""
    total = 0.0
    for at in range(rows * W):
        if held[at] > 0.0:
            total += flux[at] - (flux[at - W] if at >= W else 0.0)
    return total
