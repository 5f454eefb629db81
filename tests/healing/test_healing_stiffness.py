"""How stiff the region's voxels are: as the bone beside them, and by what they hold."""

from __future__ import annotations

import numpy as np
import pytest

from spondyl.healing.loads import body_of
from spondyl.healing.numbers import host_of, numbers
from spondyl.healing.region import beginning, region_of
from spondyl.healing.stiffness import modulus_of
from spondyl.quantity import shipped
from spondyl.vertebra import Vertebra, rat

KNOWN = numbers()
TISSUE = shipped()["mechanics"]["tissue_modulus"].value
EXPONENT = shipped()["mechanics"]["partial_exponent"].value


@pytest.fixture(scope="module")
def hole() -> Vertebra:
    return rat("L5", seed=5, voxel="200 um", arch=False).drill(diameter="1.6 mm", depth="1.4 mm")


def test_bone_of_the_region_is_as_stiff_as_the_same_bone_beside_it(hole: Vertebra) -> None:
    region = region_of(hole, KNOWN)
    own = modulus_of(beginning(hole, region, KNOWN, host_of(KNOWN, False, None)), region, KNOWN)
    body = body_of(hole, region)
    (there, here), share = body.place, hole.share[region.box]
    partly = region.open & (share > 0.02) & (region.hole == 0)
    partly[: here[0].start] = partly[here[0].stop :] = False
    assert (share[partly] < 0.5).any()
    outside = np.zeros(region.open.shape)
    outside[here] = body.model.modulus[there]
    # What is not bone is marrow, which counts in the region only; resin may stand at the ends.
    held = partly & (outside != shipped()["vertebra"]["resin_modulus"].value)
    assert own[held] == pytest.approx(outside[held], abs=1.01 * KNOWN["marrow_modulus"], rel=1e-6)


@pytest.mark.parametrize("share", [0.1, 0.4, 1.0])
def test_new_bone_has_the_exponent_too(hole: Vertebra, share: float) -> None:
    region = region_of(hole, KNOWN)
    state = beginning(hole, region, KNOWN, host_of(KNOWN, False, None))
    for name in ("lamellar", "granulation", "marrow", "fibrous", "cartilage", "tcp"):
        state.fields[name][:] = 0
    state.fields["woven_host"][:] = state.fields["mineral"][:] = share
    woven = modulus_of(state, region, KNOWN)[region.open]
    assert woven == pytest.approx(KNOWN["woven_modulus"] * share**EXPONENT)
    state.fields["lamellar"][:] = state.fields["woven_host"][:] = state.fields["mineral"][:] = share / 2
    mixed = modulus_of(state, region, KNOWN)[region.open]
    assert mixed == pytest.approx((TISSUE + KNOWN["woven_modulus"]) / 2 * share**EXPONENT)
