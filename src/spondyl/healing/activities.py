"""The habitual load of a bone, by species and by what its owner does all day."""

from __future__ import annotations

import math
from collections.abc import Mapping

from spondyl.errors import HealingError, Mistake, nearest_word
from spondyl.healing.numbers import Numbers

HABITUAL: Mapping[str, str] = {"rat": "body_force_rat", "human": "body_force_human"}
"""Species → number of the stage: compression of a lumbar vertebra in its habitual activity, N."""

ACTIVITIES: Mapping[str, Mapping[str, str]] = {
    "rat": {"cage": "cage_rest"},
    "human": {"lying": "human_lying", "sitting": "human_sitting", "bending": "human_bending"},
}
"""Species → what it may do → number of the stage: load over the habitual one, which a human's standing is."""

USUAL: Mapping[str, str] = {"rat": "cage", "human": "standing"}


def force_of(species: str, known: Numbers, activity: float | str | None) -> float:
    """Return the load of a bone, N.

    Parameters
    ----------
    species : of the bone.
    known : numbers of the stage.
    activity : what its owner does; a number is load over the usual one, None is the usual one.

    Raises
    ------
    HealingError
        For a species without a known load, an activity it does not know, or a number out of range.
    """
    if species not in HABITUAL:
        allowed = f"the habitual load is known for {' and '.join(HABITUAL)} only"
        raise HealingError(Mistake("healing › species", species, allowed))
    named = {USUAL[species]: 1.0} | {name: known[row] for name, row in ACTIVITIES[species].items()}
    if isinstance(activity, str):
        if activity not in named:
            allowed = f"must be a number or, for a {species}, {', '.join(sorted(named))}"
            near = nearest_word(activity, named)
            raise HealingError(Mistake("healing › activity", repr(activity), allowed, near))
        return known[HABITUAL[species]] * named[activity]
    factor = 1.0 if activity is None else float(activity)
    if not (math.isfinite(factor) and 0 < factor <= 10):
        raise HealingError(Mistake("healing › activity", f"{activity}", "must lie above 0, at most 10"))
    return known[HABITUAL[species]] * named[USUAL[species]] * factor
