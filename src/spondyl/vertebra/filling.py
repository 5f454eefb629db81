"""A graft goes into the defect."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from spondyl.errors import Mistake, VertebraError
from spondyl.vertebra.vertebra import Vertebra

if TYPE_CHECKING:
    from spondyl.graft import Mix


def fill(bone: Vertebra, mix: Mix, *, seed: int | None = None, threads: int | None = None) -> Vertebra:
    """Return the bone with a graft packed into its defect.

    Parameters
    ----------
    bone : with a defect.
    mix : recipe of the graft; see :func:`spondyl.graft.mix`.
    seed : of the packing; that of the animal if None.
    threads : used; changes no digit.

    Raises
    ------
    VertebraError
        If there is no defect, or it is filled already.
    GraftError
        If the recipe does not fit.
    """
    from spondyl.graft import pack

    if bone.cavity is None:
        given, allowed = "a bone without a defect", "drill or break it first"
        raise VertebraError(Mistake("fill", given, allowed))
    if bone.filling is not None:
        raise VertebraError(Mistake("fill", "a defect that is filled", "must be an empty one"))
    graft = pack(mix, bone.cavity, seed=max(bone.seed, 0) if seed is None else seed, threads=threads)
    return replace(bone, filling=graft, notes=(*bone.notes, "filled with a graft"))
