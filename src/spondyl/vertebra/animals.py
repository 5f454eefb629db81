"""Vertebrae of rats and of people, as a person asks for them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from spondyl.errors import Mistake, QuantityError, VertebraError
from spondyl.quantity import convert
from spondyl.vertebra.body import Body
from spondyl.vertebra.making import Plan, make
from spondyl.vertebra.osteoporosis import age, ovariectomise
from spondyl.vertebra.population import animal, known_level, known_seed, usual
from spondyl.vertebra.recipes import Asked, usual_level
from spondyl.vertebra.streams import stream
from spondyl.vertebra.vertebra import Vertebra
from spondyl.vertebra.waves import random_waves

Length = str | None


def rat(
    level: str,
    *,
    seed: int,
    voxel: str = "50 um",
    ovariectomy: str | None = None,
    severity: float = 1.0,
    treatment: Mapping[str, float] | None = None,
    bv_tv: float | None = None,
    tb_th: Length = None,
    tb_sp: Length = None,
    da: float | None = None,
    cortex: Length = None,
    end_plate: Length = None,
    height: Length = None,
    width: Length = None,
    depth: Length = None,
    arch: bool = True,
    threads: int | None = None,
) -> Vertebra:
    """Return a lumbar vertebra of an adult rat.

    What is not given is drawn for the animal that the seed stands for, from the spread between animals.

    Parameters
    ----------
    level : "L1" to "L6".
    seed : whole number, 0 or above; another seed is another animal.
    voxel : edge of the voxels. The same seed is the same animal at every size.
    ovariectomy : time since, such as "12 week"; None for none.
    severity, treatment : as for :func:`spondyl.vertebra.osteoporosis.ovariectomise`.
    bv_tv, tb_th, tb_sp, da : trabecular bone volume fraction, thickness, spacing and degree of anisotropy
        before ovariectomy.
    cortex, end_plate : thickness of the wall and of the end-plates.
    height, width, depth : of the body, at its ends.
    arch : whether the stumps of the pedicles, and the canal between them, are made.
    threads : used; changes no digit.

    Raises
    ------
    VertebraError
        If the level is unknown, or the numbers do not hold together.
    QuantityError
        If a length or a time is not one.

    Examples
    --------
    >>> bone = rat("L5", seed=7, voxel="200 um", bv_tv=0.3)
    >>> bone.grid.shape, round(bone.bv_tv, 2)
    ((42, 30, 32), 0.3)
    """
    asked = {"bv_tv": bv_tv, "tb_th": tb_th, "tb_sp": tb_sp, "tb_da": da, "cortex": cortex}
    asked |= {"end_plate": end_plate, "height": height, "width": width, "depth": depth}
    bone = make(_plan("rat", level, seed, voxel, asked, arch), threads)
    if ovariectomy is None:
        return bone
    return ovariectomise(bone, time=ovariectomy, severity=severity, treatment=treatment)


def human(
    level: str,
    *,
    seed: int,
    voxel: str = "300 um",
    years: float = 50.0,
    bv_tv: float | None = None,
    tb_th: Length = None,
    tb_sp: Length = None,
    da: float | None = None,
    cortex: Length = None,
    end_plate: Length = None,
    height: Length = None,
    width: Length = None,
    depth: Length = None,
    arch: bool = False,
    threads: int | None = None,
) -> Vertebra:
    """Return a lumbar vertebra of a person: second in line, from wide and mostly assumed numbers.

    Parameters
    ----------
    level : "L1" to "L4".
    years : age; beyond 50 trabecular bone is lost at a steady yearly share.

    The others are those of :func:`rat`.

    Examples
    --------
    >>> human("L2", seed=1, voxel="1.5 mm").species
    'human'
    """
    asked = {"bv_tv": bv_tv, "tb_th": tb_th, "tb_sp": tb_sp, "tb_da": da, "cortex": cortex}
    asked |= {"end_plate": end_plate, "height": height, "width": width, "depth": depth}
    return age(make(_plan("human", level, seed, voxel, asked, arch), threads), years=years)


def _plan(species: str, level: str, seed: int, voxel: str, given: Mapping[str, Any], arch: bool) -> Plan:
    level, seed = known_level(species, level), known_seed(seed)
    where = f"{species} {level}"
    numbers = animal(species, level, seed)
    asked = {name: value for name, value in given.items() if value is not None}
    numbers |= _read(asked | {"voxel": voxel}, where)
    _refuse(numbers, where)
    middle = usual(species)
    thick, thin = numbers["cortex"], numbers["end_plate"]
    bumps = random_waves(stream(seed, "bumps"), numbers["width"] / 3.5, 1.0, spread=0.3, count=24)
    body = Body(
        height_mm=numbers["height"],
        width_mm=numbers["width"],
        depth_mm=numbers["depth"],
        waist=numbers["waist"],
        concavity_mm=numbers["concavity"],
        cortex_mm=thick,
        end_plate_mm=thin,
        rim_mm=0.08 * numbers["width"],
        stump_mm=0.26 * numbers["depth"] if arch else 0.0,
        relief_mm=numbers["relief"],
        bumps=bumps,
    )
    wanted = Asked(numbers["bv_tv"], numbers["tb_th"], numbers.get("tb_sp"), numbers["tb_da"])
    return Plan(
        species,
        level,
        seed,
        body,
        wanted,
        usual_level(Asked(middle["bv_tv"], middle["tb_th"], middle["tb_sp"], middle["tb_da"])),
        numbers,
        numbers["voxel"],
        where,
    )


def _read(given: Mapping[str, Any], where: str) -> dict[str, float]:
    """Read what a person gave; every mistake is told."""
    numbers: dict[str, float] = {}
    mistakes: list[Mistake] = []
    for name, value in given.items():
        pure = name in ("bv_tv", "tb_da")
        try:
            numbers[name] = convert(
                value, "1" if pure else "mm", where=f"{where} › {_spoken(name)}", positive=True
            )
        except QuantityError as problem:
            mistakes.extend(problem.mistakes)
    if mistakes:
        raise QuantityError(mistakes)
    return numbers


def _refuse(numbers: Mapping[str, float], where: str) -> None:
    """Refuse a body whose walls fill it, and morphometry that is none."""
    wrong: list[Mistake] = []
    if not 0 < numbers["bv_tv"] < 1:
        wrong.append(Mistake(f"{where} › bv_tv", f"{numbers['bv_tv']:g}", "must lie between 0 and 1"))
    if not 1 <= numbers["tb_da"] <= 4:
        wrong.append(Mistake(f"{where} › da", f"{numbers['tb_da']:g}", "must lie between 1 and 4"))
    across = min(numbers["width"], numbers["depth"]) * (1 - numbers["waist"])
    for name, room in (("cortex", across), ("end_plate", numbers["height"] - 2 * numbers["concavity"])):
        if numbers[name] * 2 > 0.7 * room:
            given = f"{numbers[name]:.3g} mm on both sides of {room:.3g} mm"
            wrong.append(
                Mistake(f"{where} › {name}", given, f"must be at most {0.35 * room:.3g} mm, to leave room")
            )
    room = (across - 2 * numbers["cortex"]) / 3
    spacing = numbers.get("tb_sp", 0.0)
    if math.isfinite(spacing) and spacing > room > 0:
        given = f"{1000 * spacing:.0f} um"
        allowed = f"must be at most {1000 * room:.0f} um, a third of the room between the walls"
        wrong.append(Mistake(f"{where} › tb_sp", given, allowed))
    if wrong:
        raise VertebraError(wrong)


def _spoken(name: str) -> str:
    return "da" if name == "tb_da" else name
