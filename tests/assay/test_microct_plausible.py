from __future__ import annotations

import numpy as np
import pytest

from spondyl.assay import microct
from spondyl.errors import MeasurementError
from spondyl.volume import Grid, Meaning, Scan


def _scan(bone: float, meaning: Meaning) -> Scan:
    values = np.zeros((8, 8, 8))
    values[:4] = bone
    return Scan(values, Grid(values.shape, (0.02, 0.02, 0.02)), meaning)


def test_bone_denser_than_hydroxyapatite_is_refused():
    with pytest.raises(MeasurementError, match="denser than hydroxyapatite"):
        microct.measure(_scan(3161.0, Meaning.DENSITY))


@pytest.mark.parametrize(("bone", "meaning"), [(3159.0, Meaning.DENSITY), (26000.0, Meaning.RAW)])
def test_possible_bone_and_raw_values_are_measured(bone, meaning):
    assert microct.measure(_scan(bone, meaning)).bv_tv == 0.5
