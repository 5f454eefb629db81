"""From a row of the animal table to an operated bone: fat, cells, spheroids, vertebra, hole, graft."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from spondyl.quantity import Parameter, shipped
from spondyl.study.simulated import Simulation

if TYPE_CHECKING:
    from spondyl.graft import Mix
    from spondyl.spheroid import Course, SpheroidLot
    from spondyl.vertebra import Vertebra


def operated(made: Simulation, threads: int = 1) -> tuple[Vertebra, Course | None]:
    """Return the bone of a simulated animal after surgery, and the culture of the spheroids it was given.

    Raises
    ------
    StudyError
        If a step refuses what the study asks for, with the numbers.
    """
    from spondyl import vertebra

    asked = made.settings
    cells = spheroids(made)
    bone = vertebra.rat(
        asked["level"],
        seed=made.seed,
        voxel=asked["voxel"],
        ovariectomy=asked["ovariectomy"],
        severity=asked["severity"],
        threads=threads,
    )
    hole = asked["defect"]
    centre, depth = _by_hand(made)
    bone = bone.drill(
        diameter=hole["diameter"],
        depth=depth,
        centre=centre,
        direction=hole["direction"],
        shape=hole["shape"],
        threads=threads,
    )
    recipe = mixed(made, None if cells is None else cells.lot())
    return (bone if recipe is None else bone.fill(recipe, seed=made.seed, threads=threads)), cells


def _by_hand(made: Simulation) -> tuple[tuple[str, ...] | None, str | None]:
    """Return centre and depth of the hole of this animal: no two are drilled alike."""
    from spondyl.quantity import convert
    from spondyl.vertebra.streams import stream

    hole = made.settings["defect"]
    if hole["scatter"] is None:
        scatter = _numbers(made, "vertebra")["drill_scatter"].value
    else:
        scatter = convert(hole["scatter"], "mm", where="study.toml, simulation.defect.scatter")
    if scatter == 0:
        return None, hole["depth"]
    # Beyond two standard deviations the surgeon begins anew.
    off = scatter * np.clip(stream(made.seed, "surgery").standard_normal(4), -2, 2)
    depth = hole["depth"]
    if depth is not None:
        deep = convert(depth, "mm", where="study.toml, simulation.defect.depth", positive=True)
        depth = f"{max(deep + off[3], 0.5 * deep):.4f} mm"
    return tuple(f"{value:.4f} mm" for value in off[:3]), depth


def rehearsal(made: Simulation) -> Simulation:
    """Return the same animal on voxels of at least 0.1 mm, on which surgery takes seconds.

    All its spheroids stay: they must fit, whatever an animal loses later.
    """
    from spondyl.quantity import convert

    voxel = convert(made.settings["voxel"], "um", where="study.toml, simulation.voxel", positive=True)
    return keeping_all(replace(made, settings={**made.settings, "voxel": f"{max(voxel, 100.0):g} um"}))


def keeping_all(made: Simulation) -> Simulation:
    """Return the same animal, which keeps all spheroids that it is given."""
    graft = _numbers(made, "graft")
    whole = {**graft, "retention": replace(graft["retention"], value=1.0)}
    return replace(made, parameters={**made.parameters, "graft": whole})


def spheroids(made: Simulation) -> Course | None:
    """Return the culture that a treatment asks for, of the cells of its donor; None if it asks for none."""
    from spondyl import donor, spheroid

    treatment, source = made.treatment, made.settings["cells"]
    if treatment["spheroids"] is None:
        return None
    fresh = donor.harvest(
        species="rat",
        age=source["age"],
        fat=source["fat"],
        seed=made.batch_seed,
        parameters=_of(made.parameters, "donor"),
    )
    cells = donor.expand(fresh, passages=source["passages"])
    return spheroid.culture(
        cells,
        cells_each=treatment["cells_each"],
        count=treatment["spheroids"],
        osteogenic=treatment["osteogenic"],
        days=treatment["culture"],
        parameters=made.parameters or None,
    )


def mixed(made: Simulation, lot: SpheroidLot | None) -> Mix | None:
    """Return the recipe of the graft; None for a defect that stays empty."""
    from spondyl import graft

    treatment = made.treatment
    if lot is None and treatment["granules"] is None:
        return None
    return graft.mix(
        lot,
        granules=treatment["granules"],
        spheroids=None if lot is None else kept(made, lot.count),
        mass=treatment["mass"],
        share=treatment["share"],
        carrier=treatment["carrier"],
        parameters=_of(made.parameters, "graft"),
    )


def kept(made: Simulation, given: int) -> int:
    """Return how many of the spheroids that an animal is given stay in its hole; one at least.

    Blood and the hand that closes the wound carry some away, in one animal more than in another: the odds of
    staying are log-normal between animals.
    """
    from spondyl.vertebra.streams import stream

    table = _numbers(made, "graft")
    share, spread = table["retention"].value, table["retention_spread"].value
    odds = math.exp(spread * float(stream(made.seed, "retention").standard_normal()))
    return max(round(given * share / (share + (1 - share) / odds)), 1)


def _numbers(made: Simulation, stage: str) -> Mapping[str, Parameter]:
    """Return the numbers of a stage: those of the study, or the shipped ones where it brings none."""
    return made.parameters.get(stage) or shipped()[stage]


def _of(tables: Mapping[str, Mapping[str, Any]], stage: str) -> Any:
    return tables.get(stage) or None
