"""Whatever is asked for and can be done: levels and cells stay finite, positive and in their bounds."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from spondyl.donor import CellBatch
from spondyl.errors import CultureError
from spondyl.spheroid import culture, media, vessels

BATCH = CellBatch("rat", 1e12, 0.95, 0.05, 6.0, 3, 21.0, 7)


@settings(max_examples=60)
@given(
    form=st.sampled_from(["spheroid", "suspension", "monolayer"]),
    cells_each=st.sampled_from([1, 2, 50, 2000, 1e5, 1e6]),
    count=st.sampled_from([1, 96, 5000]),
    days=st.sampled_from(["0.01 day", "3 day", "30 day"]),
    medium=st.sampled_from(sorted(media())),
    vessel=st.sampled_from(sorted(vessels())),
    per_well=st.sampled_from([None, 1, 1000]),
    oxygen=st.sampled_from(["0 %", "1 %", "20 %", "95 %"]),
    exchange=st.sampled_from(["0.05 day", "1 day", "100 day"]),
    renewed=st.sampled_from([0, 0.5, 1]),
    step=st.sampled_from(["0.1 day", "1 day"]),
    seed=st.sampled_from([None, 1, 2]),
    shells=st.sampled_from([1, 2, 24]),
)
def test_levels_and_cells_stay_in_their_bounds(form, oxygen, **asked):
    try:
        course = culture(BATCH, form, osteogenic="0 day", oxygen=oxygen, network=None, **asked)
    except CultureError:
        return
    shells = course.shells
    for values in (shells.oxygen_mM, shells.glucose_mM, shells.lactate_mM, shells.living, shells.dead):
        assert np.isfinite(values).all()
        assert values.min() >= -1e-12
    assert shells.oxygen_mM.max() <= course.plan.oxygen_mmHg * course.numbers.oxygen_solubility * (1 + 1e-9)
    assert max(shells.glucose_mM.max(), shells.medium_glucose_mM.max()) <= course.plan.glucose_mM * (1 + 1e-9)
    assert (np.diff(shells.oxygen_mM, axis=1) >= -1e-12).all()
    assert 0 <= course.kept[-1] <= 1
    lot = course.lot()
    assert (lot.viability <= 1 + 1e-12).all()
    assert lot.radius_um > 0
