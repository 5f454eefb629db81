"""ΔΔCq with its interval, for one gene in one group against the control group."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

LEVEL = 0.95


@dataclass(frozen=True, slots=True)
class FoldChange:
    """How a gene's expression in a group differs from that in the control group.

    Parameters
    ----------
    ddcq : mean ΔCq of the group less that of the control, in doublings: cycles times log2 of the copies a
        cycle makes, so that fold change is always 2^-ddcq.
    ddcq_low, ddcq_high : its 95 % interval by Student's t on the samples' ΔCq; None for fewer than two
        samples in either group.
    ddcq_sd : the group's spread: standard deviation of ΔCq between its samples, or, where there is one
        sample, that of its technical replicates, of gene and references together (Livak 2001); None where
        neither is known.
    n, n_control : samples that count in the group and in the control.
    """

    ddcq: float
    ddcq_low: float | None
    ddcq_high: float | None
    ddcq_sd: float | None
    n: int
    n_control: int

    @property
    def fold_change(self) -> float:
        """Relative expression, 2^-ΔΔCq."""
        return math.pow(2.0, -self.ddcq)

    @property
    def interval(self) -> tuple[float, float] | None:
        """The 95 % interval of the fold change; None without one."""
        if self.ddcq_low is None or self.ddcq_high is None:
            return None
        return 2.0**-self.ddcq_high, 2.0**-self.ddcq_low

    @property
    def spread(self) -> tuple[float, float] | None:
        """Fold changes one standard deviation away, as Livak and Schmittgen (2001) print them."""
        if self.ddcq_sd is None:
            return None
        return 2.0 ** -(self.ddcq + self.ddcq_sd), 2.0 ** -(self.ddcq - self.ddcq_sd)


def fold_change(
    dcq: Floats, control: Floats, *, welch: bool = False, well_sd: float | None = None
) -> FoldChange:
    """Compare the ΔCq of a group's samples with those of the control's by Student's t (Yuan 2006).

    Parameters
    ----------
    dcq, control : ΔCq of each sample in doublings, gene less references; no NaN, at least one each.
    welch : let the two groups have variances of their own; else they share one.
    well_sd : standard deviation of technical replicates, for a group of one sample.

    Examples
    --------
    >>> import numpy as np
    >>> found = fold_change(np.array([1.0, 1.2, 0.8]), np.array([2.0, 2.2, 1.8]))
    >>> round(found.ddcq, 3), round(found.fold_change, 3)
    (-1.0, 2.0)
    """
    ddcq = float(dcq.mean() - control.mean())
    sd = float(dcq.std(ddof=1)) if dcq.size > 1 else well_sd
    low = high = None
    if dcq.size > 1 and control.size > 1:
        half = _half_width(dcq, control, welch)
        low, high = ddcq - half, ddcq + half
    return FoldChange(ddcq, low, high, sd, int(dcq.size), int(control.size))


def separate_tubes(target: Floats, reference: Floats) -> tuple[float, float]:
    """Return ΔCq and its standard deviation where target and reference were measured in tubes of their own.

    Parameters
    ----------
    target, reference : cycles of the replicates; at least two each.
    """
    spread = math.hypot(float(target.std(ddof=1)), float(reference.std(ddof=1)))
    return float(target.mean() - reference.mean()), spread


def _half_width(dcq: Floats, control: Floats, welch: bool) -> float:
    from scipy import stats

    a, b = dcq.size, control.size
    va, vb = float(dcq.var(ddof=1)), float(control.var(ddof=1))
    if welch:
        error = va / a + vb / b
        if error == 0:
            return 0.0
        freedom = error**2 / ((va / a) ** 2 / (a - 1) + (vb / b) ** 2 / (b - 1))
    else:
        freedom = a + b - 2
        error = ((a - 1) * va + (b - 1) * vb) / freedom * (1 / a + 1 / b)
    return float(stats.t.ppf(0.5 + LEVEL / 2, freedom)) * math.sqrt(error)
