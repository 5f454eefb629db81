"""Bone loss: after ovariectomy in the rat, with age in people."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from spondyl.errors import Mistake, VertebraError, nearest_word
from spondyl.quantity import convert, shipped
from spondyl.threads import available_threads
from spondyl.vertebra.remodelling import Kinetics, Remodelled, remodel
from spondyl.vertebra.surface import ACTIVE_ENDOSTEAL, ACTIVE_TRABECULAR
from spondyl.vertebra.vertebra import CORTEX, END_PLATE, TRABECULAR, Vertebra

TREATMENTS = ("antiresorptive", "anabolic")
SITES = ("lumbar", "tibia", "femur")

LONGEST_WEEKS = 104


def ovariectomise(
    bone: Vertebra,
    *,
    time: str,
    severity: float = 1.0,
    treatment: Mapping[str, float] | None = None,
    site: str = "lumbar",
    threads: int | None = None,
) -> Vertebra:
    """Return the bone some time after ovariectomy.

    Parameters
    ----------
    bone : before; at least 0 weeks, at most two years pass.
    time : since ovariectomy, such as "12 week"; whole weeks, rounded.
    severity : of the animal's response, 0 for none, 1 for the usual one, at most 2.
    treatment : "antiresorptive": share, 0 to 1, of the excess of cavities that is prevented; "anabolic":
        share of the lacking formation that is restored. Given from the first day.
    site : whose pace the loss has: "lumbar", "tibia" or "femur".
    threads : used; changes no digit.

    Examples
    --------
    >>> from spondyl.vertebra import rat
    >>> bone = rat("L5", seed=7, voxel="200 um")
    >>> ovariectomise(bone, time="4 week").bone_mm3 < bone.bone_mm3
    True
    """
    weeks = _weeks(time)
    spared = _known(severity, treatment, site)
    if weeks == 0:
        return bone
    result = course(bone, weeks, severity=severity, treatment=spared, site=site, threads=threads)
    said = f"ovariectomy {weeks} weeks ago, severity {severity:g}"
    said += "".join(f", {name} {share:g}" for name, share in spared.items() if share)
    return replace(
        bone,
        share=result.share,
        tissue_density=result.density,
        notes=(*bone.notes, said),
        numbers=MappingProxyType({**bone.numbers, "ovariectomy_weeks": float(weeks)}),
    )


def course(
    bone: Vertebra,
    weeks: int,
    *,
    severity: float = 1.0,
    treatment: Mapping[str, float] = MappingProxyType({}),
    site: str = "lumbar",
    threads: int | None = None,
) -> Remodelled:
    """Return the bone after weeks of lacking oestrogen, with what was resorbed and formed in each."""
    kinetics = ovariectomy_kinetics(weeks, severity=severity, treatment=treatment, site=site)
    return remodel(
        bone.share,
        bone.tissue_density,
        active_surface(bone),
        _edge(bone),
        kinetics,
        seed=max(bone.seed, 0),
        threads=threads or available_threads(),
    )


def ovariectomy_kinetics(
    weeks: int, *, severity: float, treatment: Mapping[str, float], site: str
) -> Kinetics:
    """Return how remodelling goes in the weeks after ovariectomy.

    The lack of oestrogen sets in over some days. More cavities begin, in excess of those of the intact
    animal, and lack part of their filling. The excess wanes as the skeleton adapts. Cavities of the intact
    animal are filled wholly and left out: they change nothing.
    """
    table = shipped()["vertebra"]
    day = 7 * (np.arange(weeks) + 0.5)
    onset = 1 - np.exp(-day / table["onset_time"].value)
    waned = np.exp(-day / table["adaptation_time"].value)
    pace = {
        "lumbar": 1.0,
        "tibia": table["tibia_pace"].value,
        "femur": table["femur_pace"].value,
    }[site]
    strength = severity * pace * onset * waned
    excess = table["excess_cavities"].value * strength * (1 - treatment.get("antiresorptive", 0.0))
    lacking = table["lacking_formation"].value * (1 - treatment.get("anabolic", 0.0))
    return _kinetics(excess, np.full(weeks, 1 - lacking))


def age(bone: Vertebra, *, years: float, threads: int | None = None) -> Vertebra:
    """Return a person's bone at an age: beyond 50 a steady share of trabecular bone is lost every year.

    The loss is that of remodelling as in :func:`ovariectomise`, run until the bone that is left is what the
    yearly loss leaves.
    """
    if not (_is_number(years) and 20 <= years <= 100):
        raise VertebraError(Mistake("human › years", f"{years!r}", "must lie between 20 and 100"))
    loss = 1 - (1 - shipped()["vertebra"]["human_annual_loss"].value) ** max(years - 50.0, 0.0)
    if loss == 0:
        return bone
    share, density = _until(bone, loss, threads or available_threads())
    numbers = MappingProxyType({**bone.numbers, "years": float(years)})
    note = f"aged to {years:g} years, {loss:.0%} of trabecular bone lost"
    return replace(bone, share=share, tissue_density=density, notes=(*bone.notes, note), numbers=numbers)


def _until(bone: Vertebra, loss: float, threads: int) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Remodel until a share of trabecular bone is lost: runs with the pace corrected in turn."""
    inside = bone.region == TRABECULAR
    before = float(bone.share[inside].sum(dtype=np.float64))
    pace, scale = 0.5 * loss, _human_scale()
    for _ in range(6):
        kinetics = _kinetics(np.full(8, pace / scale**2 * 20), np.full(8, 0.5), scale=scale)
        after = remodel(
            bone.share,
            bone.tissue_density,
            active_surface(bone),
            _edge(bone),
            kinetics,
            seed=max(bone.seed, 0),
            threads=threads,
        )
        lost = 1 - float(after.share[inside].sum(dtype=np.float64)) / before
        if abs(lost - loss) < 0.02 * loss:
            break
        pace *= math.log(1 - loss) / math.log(1 - min(max(lost, 1e-3), 0.99))
    return after.share, after.density


def _human_scale() -> float:
    """Return how much larger cavities of people are than those of rats: as their trabeculae are thicker."""
    table = shipped()["vertebra"]
    return table["human_tb_th"].value / table["rat_tb_th"].value


def _kinetics(begun: NDArray[np.float64], filled: NDArray[np.float64], *, scale: float = 1.0) -> Kinetics:
    table = shipped()["vertebra"]
    spread = table["cavity_depth"].spread
    return Kinetics(
        begun_per_mm2_week=begun,
        filled=filled,
        delay_weeks=max(1, round(table["formation_delay"].value / 7)),
        depth=scale * table["cavity_depth"].value / 1000,
        depth_spread=spread if spread else 1.0,
        half_width=scale * table["cavity_half_width"].value / 1000,
        endosteal=table["endosteal_activity"].value,
        support=table["floor_support"].value,
        young=table["young_density"].value,
    )


def active_surface(bone: Vertebra) -> NDArray[np.uint8]:
    """Return where bone is remodelled: 1 in the trabecular compartment, 2 in the walls beside it."""
    from scipy.ndimage import binary_dilation

    inside = bone.region == TRABECULAR
    walls = (bone.region == CORTEX) | (bone.region == END_PLATE)
    reach = max(1, round(shipped()["vertebra"]["endosteal_reach"].value / 1000 / _edge(bone)))
    near = binary_dilation(inside, iterations=reach) & walls
    active: NDArray[np.uint8] = inside * np.uint8(ACTIVE_TRABECULAR) + near * np.uint8(ACTIVE_ENDOSTEAL)
    return active


def _is_number(given: object) -> bool:
    return isinstance(given, int | float) and not isinstance(given, bool) and math.isfinite(given)


def _edge(bone: Vertebra) -> float:
    return float(bone.grid.voxel_mm3 ** (1 / 3))


def _weeks(time: str) -> int:
    where = "ovariectomy"
    days = convert(time, "day", where=where)
    weeks = round(days / 7)
    if not 0 <= days / 7 <= LONGEST_WEEKS:
        allowed = f"must lie between 0 and {LONGEST_WEEKS} weeks"
        raise VertebraError(Mistake(where, f"{days / 7:g} weeks", allowed))
    return weeks


def _known(severity: float, treatment: Mapping[str, float] | None, site: str) -> Mapping[str, float]:
    wrong = []
    if not (_is_number(severity) and 0 <= severity <= 2):
        wrong.append(Mistake("severity", f"{severity!r}", "must lie between 0 and 2"))
    if site not in SITES:
        near = nearest_word(str(site), SITES)
        wrong.append(Mistake("site", repr(site), f"must be one of {', '.join(SITES)}", near))
    treatment = treatment or {}
    for name, share in treatment.items():
        if name not in TREATMENTS:
            near = nearest_word(str(name), TREATMENTS)
            allowed = f"must be one of {', '.join(TREATMENTS)}"
            wrong.append(Mistake("treatment", repr(name), allowed, near))
        elif not (_is_number(share) and 0 <= share <= 1):
            wrong.append(Mistake(f"treatment › {name}", f"{share!r}", "must lie between 0 and 1"))
    if wrong:
        raise VertebraError(wrong)
    return treatment
