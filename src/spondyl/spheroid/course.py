"""The course of a culture, and its state on any day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from spondyl.errors import CultureError, Mistake, nearest_word
from spondyl.spheroid.lot import SpheroidLot
from spondyl.spheroid.numbers import Numbers
from spondyl.spheroid.plan import Plan
from spondyl.spheroid.radial.run import Shells

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Differentiation:
    """What the cells have become, by shell, at each time of the course.

    Parameters
    ----------
    expression : by gene, fold change against the monolayer of day 0, shape (times, shells).
    maturity : 0 undifferentiated, 1 an osteoblast, shape (times, shells).
    alp : activity of alkaline phosphatase of a living cell over that on day 0, shape (times, shells).
    """

    expression: Mapping[str, Floats]
    maturity: Floats
    alp: Floats


@dataclass(frozen=True, slots=True)
class Course:
    """A culture from its first to its last day.

    A single cell, or a monolayer, is a course of one shell; its cells are for each cell at the start.

    Parameters
    ----------
    plan : what was done.
    numbers : with which numbers.
    shells : cells, levels and energy of one spheroid at each time.
    differentiation : what the cells became.
    """

    plan: Plan
    numbers: Numbers
    shells: Shells
    differentiation: Differentiation

    @property
    def day(self) -> Floats:
        """Days since the cells were brought together, shape (times,)."""
        return self.shells.day

    @property
    def radius_um(self) -> Floats:
        """Outer radius of a spheroid (of a cell), shape (times,)."""
        return 1000 * self.shells.face_mm[:, -1]

    @property
    def cells_each(self) -> Floats:
        """Living cells of one spheroid, or of as many cells as one would have, shape (times,)."""
        return np.asarray(self._scale * self.shells.living.sum(axis=1))

    @property
    def viability(self) -> Floats:
        """Share of the cells present that live, shape (times,)."""
        living = self.shells.living.sum(axis=1)
        return np.asarray(living / (living + self.shells.dead.sum(axis=1)))

    @property
    def survival(self) -> Floats:
        """Living cells over those that were seeded, shape (times,)."""
        living = self.shells.living.sum(axis=1)
        return np.asarray(living / living[0])

    @property
    def kept(self) -> Floats:
        """Share of the cells that did not die, whether or not they divided, shape (times,)."""
        hazard = self.mean(self._hazard())
        return np.asarray(np.exp(-np.concatenate([[0.0], np.cumsum(hazard[:-1] * np.diff(self.day))])))

    def mean(self, values: Floats) -> Floats:
        """Return the mean over living cells of what is known by shell, shape (times,)."""
        living = self.shells.living
        return np.asarray((values * living).sum(axis=1) / living.sum(axis=1))

    def fold(self, gene: str) -> Floats:
        """Return the mean fold change of a gene against the monolayer of day 0, shape (times,).

        Raises
        ------
        CultureError
            The network has no such gene.
        """
        genes = self.differentiation.expression
        if gene not in genes:
            allowed = (
                f"must be one of {', '.join(genes)}" if genes else "the culture was run without a network"
            )
            raise CultureError(Mistake("gene", repr(gene), allowed, nearest_word(gene, genes)))
        return self.mean(genes[gene])

    @property
    def alp(self) -> Floats:
        """Mean activity of alkaline phosphatase of a living cell over day 0, shape (times,)."""
        return self.mean(self.differentiation.alp)

    def secretion(self, factor: str) -> Floats:
        """Return what a living cell gives off, pg a day, shape (times,); `factor` is "VEGF" or "BMP2"."""
        if factor not in FACTORS:
            listed = " or ".join(f"'{name}'" for name in FACTORS)
            raise CultureError(
                Mistake("factor", repr(factor), f"must be {listed}", nearest_word(factor, FACTORS))
            )
        gene, rate = FACTORS[factor]
        basal = float(getattr(self.numbers, rate))
        known = gene in self.differentiation.expression
        return basal * self.fold(gene) if known else np.full(self.day.size, basal)

    def accumulated(self, factor: str) -> Floats:
        """Return what of a factor is in the medium, pg/mL, shape (times,), as an ELISA would find it.

        What the cells give off is taken to stay as it is in the medium.
        """
        plan, step = self.plan, float(self.day[1])
        made = self.secretion(factor) * self.cells_each * plan.per_well * step / (plan.volume_ul / 1000)
        found = np.zeros_like(made)
        for k in range(1, made.size):
            found[k] = (1 - self.shells.renewed[k]) * (found[k - 1] + made[k - 1])
        return found

    def by_day(self) -> dict[str, Floats]:
        """Return means on whole days as columns: day, radius, cells, levels, activity, secretion, genes."""
        k = np.unique([self.at(day) for day in np.arange(0.0, self.day[-1] + 1e-9)])
        columns = {
            "day": self.day,
            "radius_um": self.radius_um,
            "cells_each": self.cells_each,
            "viability": self.viability,
            "survival": self.survival,
            "oxygen_middle_mM": self.shells.oxygen_mM[:, 0],
            "oxygen_surface_mM": self.shells.oxygen_mM[:, -1],
            "glucose_medium_mM": self.shells.medium_glucose_mM,
            "lactate_medium_mM": self.shells.medium_lactate_mM,
            "maturity": self.mean(self.differentiation.maturity),
            "alp_fold": self.alp,
            **{f"{factor.lower()}_pg_per_cell_day": self.secretion(factor) for factor in FACTORS},
            **{f"{gene}_fold": self.fold(gene) for gene in self.differentiation.expression},
        }
        return {name: values[k] for name, values in columns.items()}

    def at(self, day: float) -> int:
        """Return the place of a day in the course's times.

        Raises
        ------
        CultureError
            The culture did not last so long.
        """
        if not 0 <= day <= self.day[-1] + 1e-9:
            raise CultureError(Mistake("day", f"{day:g}", f"must be between 0 and {self.day[-1]:g}"))
        return int(np.argmin(np.abs(self.day - day)))

    def lot(self, day: float | None = None) -> SpheroidLot:
        """Return the spheroids as they are on a day; on the last when none is given."""
        k = self.day.size - 1 if day is None else self.at(day)
        living, dead = self.shells.living[k], self.shells.dead[k]
        return SpheroidLot(
            species=self.plan.species,
            count=self.plan.count,
            cells_each=float(self.cells_each[k]),
            radius_um=float(self.radius_um[k]),
            radius_sd_um=float(self.radius_um[k] * self.numbers.radius_spread),
            day=float(self.day[k]),
            shell_um=1000 * self.shells.face_mm[k, 1:],
            viability=living / np.maximum(living + dead, np.finfo(float).tiny),
            oxygen_mM=self.shells.oxygen_mM[k].copy(),
            maturity=self.differentiation.maturity[k].copy(),
            expression={gene: fold[k].copy() for gene, fold in self.differentiation.expression.items()},
            secretion={factor: float(self.secretion(factor)[k]) for factor in FACTORS},
        )

    def _hazard(self) -> Floats:
        known = self.numbers
        alone = known.anoikis_hazard if self.plan.form == "suspension" else 0.0
        starving = 1 / (1 + (self.shells.energy / known.energy_half) ** known.energy_steepness)
        return np.asarray(known.baseline_hazard + alone + known.starvation_hazard * starving)

    @property
    def _scale(self) -> float:
        return 1.0 if self.plan.form == "spheroid" else self.plan.cells_each


FACTORS = {"VEGF": ("VEGFA", "vegf_secretion"), "BMP2": ("BMP2", "bmp2_secretion")}
"""Factor → the gene its secretion follows, and what a cell of the monolayer of day 0 gives off."""
