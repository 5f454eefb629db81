"""Healing: a bone at rest, negative controls, convergence, and the reference study's arms."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import cache

import numpy as np

from spondyl import healing
from spondyl.quantity import shipped
from spondyl.study.simulated import Simulation
from spondyl.study.simulation_sections import SimulationSection, TreatmentSection
from spondyl.study.surgery import keeping_all, operated
from spondyl.vertebra import Vertebra, rat
from validation.row import Row

GRANULES = "beta-TCP 0.3-0.6 mm"
ARMS: Mapping[str, TreatmentSection] = {
    "empty": TreatmentSection(),
    "β-TCP alone": TreatmentSection(granules=GRANULES),
    "undifferentiated": TreatmentSection(
        granules=GRANULES, spheroids=300, osteogenic="0 day", culture="8 day"
    ),
    "differentiated": TreatmentSection(granules=GRANULES, spheroids=300, culture="8 day"),
}
ANIMALS = int(os.environ.get("SPONDYL_VALIDATION_ANIMALS", "4"))
COARSE = "125 um"
USUAL_DONOR = {
    "donor": {
        **shipped()["donor"],
        **{
            name: replace(shipped()["donor"][name], distribution=None, spread=None)
            for name in ("osteogenic_response", "secretion")
        },
    }
}
"""Donors of checks of single animals answer and secrete as the usual one."""


@cache
def bone(arm: str, seed: int, voxel: str) -> Vertebra:
    """Return the bone of an animal of an arm after surgery."""
    settings = SimulationSection(voxel=voxel).model_dump(mode="json")
    made = Simulation("a", arm, seed, seed % 2, settings, ARMS[arm].model_dump(mode="json"), USUAL_DONOR)
    return operated(keeping_all(made))[0]


def at_rest() -> Row:
    """A healthy, loaded, uninjured vertebra."""
    course = healing.run(rat("L5", seed=7, voxel="150 um"), weeks=8, follow_up=[0, 8], host="healthy")
    first, last = (course.at(week=week).share.sum(dtype=np.float64) for week in (0, 8))
    change = 100 * (last / first - 1)
    return Row(
        "healing",
        "bone of a healthy vertebra at rest, 8 weeks",
        "0 %",
        f"{change:+.2f} %",
        "2 %",
        abs(change) < 2,
    )


def no_vessels() -> Row:
    """Vessels that do not grow: the core stays without bone of any origin."""
    course = healing.run(
        bone("differentiated", 1, COARSE), weeks=8, follow_up=[8], rules={"vessels": None}, seed=1
    )
    state = course.states[56.0]
    from scipy.ndimage import binary_erosion

    core = binary_erosion(course.region.hole > 0.99, iterations=4)
    share = float(state.bone[core].mean())
    whole = healing.run(bone("differentiated", 1, COARSE), weeks=8, follow_up=[8], seed=1)
    usual = float(whole.states[56.0].bone[core].mean())
    found = f"{share:.3f} against {usual:.3f}"
    return Row(
        "healing", "bone in the core without new vessels", "far less", found, "a third", share < usual / 3
    )


def dead_graft() -> Row:
    """Spheroids whose cells are all dead do what the same granules do."""
    filled = bone("differentiated", 1, COARSE)
    assert filled.filling is not None
    dead = replace(
        filled,
        filling=replace(filled.filling, cells_per_mm3=np.zeros_like(filled.filling.cells_per_mm3)),
    )
    alone = bone("β-TCP alone", 1, COARSE)
    found = [_new(dead, 1), _new(alone, 1)]
    text = f"{found[0]:.3f} against {found[1]:.3f} mm³"
    return Row(
        "healing",
        "dead spheroids against β-TCP alone",
        "equal",
        text,
        "10 %",
        abs(found[0] / found[1] - 1) < 0.1,
    )


def steps() -> Iterator[Row]:
    """The length of a step, and the days on which strains are computed."""
    usual = _new(bone("differentiated", 1, "100 um"), 1)
    short = _new(bone("differentiated", 1, "100 um"), 1, step="0.25 day")
    change = 100 * abs(usual / short - 1)
    yield Row(
        "healing", "new bone, steps of 0.5 against 0.25 day", "equal", f"{change:.1f} %", "3 %", change < 3
    )
    daily = healing.run(
        bone("differentiated", 1, "100 um"), weeks=8, follow_up=[8], seed=1, changed={"solve_days": 1.0}
    )
    change = 100 * abs(usual / daily.days[-1]["new_bone_mm3"] - 1)
    yield Row(
        "healing", "new bone, mechanics at need against daily", "equal", f"{change:.2f} %", "1 %", change < 1
    )


def too_many_granules() -> Row:
    """Granules packed as densely as can be leave less room for bone than half as many."""
    made = Simulation("a", "tcp", 1, 1, SimulationSection(voxel=COARSE).model_dump(mode="json"), {}, {})
    found = []
    for share in (0.12, None):
        treatment = TreatmentSection(granules=GRANULES, share=share).model_dump(mode="json")
        found.append(_new(operated(replace(made, treatment=treatment))[0], 1))
    text = f"{found[1]:.3f} against {found[0]:.3f} mm³"
    return Row(
        "healing",
        "new bone, as many granules as fit against an eighth of the hole",
        "less",
        text,
        "less",
        found[1] < found[0],
    )


def arms() -> Iterator[Row]:
    """The reference study: what the model predicts, whatever it is."""
    for arm in ARMS:
        runs = [
            healing.run(bone(arm, seed, COARSE), weeks=8, follow_up=[4, 8], seed=seed)
            for seed in range(1, ANIMALS + 1)
        ]
        for week in (4, 8):
            numbers = [run.at(week=week).numbers for run in runs]

            united = sum(one["united"][0] for one in numbers)

            def told(name: str, digits: int = 2, *, held: list = numbers) -> str:  # type: ignore[type-arg]
                values = [one[name][0] for one in held]
                spread = np.std(values, ddof=1) if len(values) > 1 else 0.0
                return f"{np.mean(values):.{digits}f} ± {spread:.{digits}f}"

            found = (
                f"new bone {told('new_bone_mm3')} mm³, of it woven by graft {told('woven_graft_mm3')}; "
                f"β-TCP {told('tcp_mm3')} mm³; stiffness {told('stiffness_N_per_mm', 0)} N/mm; graft cells "
                f"{told('graft_cells', 0)}; united {united:.0f} of {ANIMALS}"
            )
            yield Row(
                f"reference study, {arm}",
                f"week {week}, {ANIMALS} animals",
                "a prediction",
                found,
                "none",
            )


def _new(filled: Vertebra, seed: int, **more: str) -> float:
    course = healing.run(filled, weeks=8, follow_up=[8], seed=seed, **more)  # type: ignore[arg-type]
    return course.at(week=8).numbers["new_bone_mm3"][0]


def _all() -> Iterator[Row]:
    yield at_rest()
    yield no_vessels()
    yield dead_graft()
    yield too_many_granules()
    yield from steps()
    yield from arms()


CHECKS: tuple[Callable[[], Iterator[Row]], ...] = (_all,)
