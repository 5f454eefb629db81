"""What may not be given is refused with the field and the voxel."""

from __future__ import annotations

import numpy as np
import pytest

from spondyl.errors import TransportError
from spondyl.transport import Domain, diffuse, drift, outer_area, produce_destroy, steady
from transport_cases import box

SHAPE = (3, 4, 5)
DOMAIN = box(SHAPE)
GOOD = np.ones((2, *SHAPE))


def spoiled(value: float, field: np.ndarray = GOOD) -> np.ndarray:
    bad = field.copy()
    bad[..., 1, 2, 3] = value
    return bad


@pytest.mark.parametrize("value", [np.nan, np.inf, -1e-9])
def test_fields_that_are_no_amounts(value: float) -> None:
    told = r"fields › 0: found .* at voxel \(1, 2, 3\) and 1 more; must be finite and not negative"
    for step in (
        lambda: diffuse(DOMAIN, spoiled(value), 1.0, 1.0),
        lambda: drift(DOMAIN, spoiled(value), GOOD[0], 1.0, 1.0),
    ):
        with pytest.raises(TransportError, match=told):
            step()


def test_something_in_a_closed_voxel() -> None:
    domain = Domain(spoiled(0.0)[0] > 0, (0.1,) * 3)
    with pytest.raises(TransportError, match=r"fields › 0: found 1 at voxel \(1, 2, 3\) .* closed"):
        diffuse(domain, GOOD, 1.0, 1.0)
    with pytest.raises(TransportError, match=r"source › 0: found 1 at voxel \(1, 2, 3\) .* closed"):
        diffuse(domain, 0 * GOOD, 1.0, 1.0, source=GOOD)


@pytest.mark.parametrize(
    ("step", "told"),
    [
        (lambda: diffuse(DOMAIN, np.ones((2, 3, 4)), 1.0, 1.0), r"fields: found shape \(2, 3, 4\)"),
        (lambda: diffuse(DOMAIN, GOOD, [1.0, 2.0, 3.0], 1.0), r"diffusivity: found shape \(3,\)"),
        (lambda: diffuse(DOMAIN, GOOD, [1.0, -2.0], 1.0), "diffusivity › 1: found -2"),
        (
            lambda: diffuse(DOMAIN, GOOD, spoiled(np.nan), 1.0),
            r"diffusivity › 0: found nan at voxel \(1, 2, 3\)",
        ),
        (lambda: diffuse(DOMAIN, GOOD, 1.0, -1.0), "days: found -1"),
        (lambda: diffuse(DOMAIN, GOOD, 1.0, np.nan), "days: found nan"),
        (lambda: diffuse(DOMAIN, GOOD, 1.0, 1.0, decay=-1.0), "decay › 0: found -1"),
        (lambda: diffuse(DOMAIN, GOOD, 1.0, 1.0, source=-GOOD), "source › 0: found -1"),
        (lambda: diffuse(DOMAIN, GOOD, 1.0, 1.0, source=GOOD[0]), "source: found shape"),
        (lambda: diffuse(DOMAIN, GOOD, 1.0, 1.0, held=(GOOD, 1.0)), "held › mask"),
        (lambda: diffuse(DOMAIN, GOOD, 1.0, 1.0, held=(GOOD > 0, -1.0)), "held › values › 0: found -1"),
        (lambda: diffuse(DOMAIN, GOOD, 1.0, 1.0, held=(GOOD > 0, [1.0, 2, 3])), "held › values: found shape"),
        (lambda: diffuse(DOMAIN, GOOD, 1.0, 1.0, order=3), "order: found 3"),
        (lambda: diffuse(DOMAIN, GOOD, 1.0, 1.0, backend="gpu"), "backend: found 'gpu'"),
        (lambda: diffuse(DOMAIN, GOOD, 1.0, 1.0, threads=0), "threads: found 0"),
        (lambda: drift(DOMAIN, GOOD, spoiled(np.inf)[0], 1.0, 1.0), r"potential › 0: found inf at voxel"),
        (lambda: drift(DOMAIN, GOOD, np.ones((3, *SHAPE)), 1.0, 1.0), "potential: found shape"),
        (lambda: drift(DOMAIN, GOOD, GOOD[0], -1.0, 1.0), "mobility › 0: found -1"),
        (lambda: drift(DOMAIN, GOOD, GOOD[0], 1.0, 1.0, ceiling=0.0), "ceiling: found 0"),
        (lambda: drift(DOMAIN, GOOD, spoiled(9e9)[0], 1.0, 1.0), "drift › days: found 1 days"),
        (lambda: steady(DOMAIN, -1.0, 1.0, 1.0, 1.0, 1.0), "diffusivity: found -1"),
        (
            lambda: steady(DOMAIN, 1.0, spoiled(-3.0)[0], 1.0, 1.0, 1.0),
            r"uptake_max: found -3 at voxel \(1, 2, 3\)",
        ),
        (
            lambda: steady(DOMAIN, 1.0, 1.0, 0.0, 1.0, 1.0),
            "half_saturation: found 0; must be finite and positive",
        ),
        (lambda: steady(DOMAIN, 1.0, 1.0, 1.0, GOOD, 1.0), "supply_rate: found shape"),
        (lambda: steady(DOMAIN, 1.0, 1.0, 1.0, 1.0, 1.0, tolerance=0.0), "tolerance: found 0"),
        (lambda: produce_destroy(GOOD, spoiled(-1.0), 1.0, 1.0), r"production › 0: found -1 at voxel"),
        (lambda: outer_area(DOMAIN, "w", "low"), "axis: found 'w'"),
        (lambda: Domain(np.ones(SHAPE), (0.1,) * 3), "domain › open: found shape"),
        (lambda: Domain(np.ones(SHAPE, bool), (0.1, 0.0, 0.1)), "domain › spacing_mm"),
        (lambda: Domain(np.ones(SHAPE, bool), (0.1,) * 3, np.zeros(SHAPE)), "domain › room: found a share"),
        (lambda: Domain(np.ones(SHAPE, bool), (0.1,) * 3, np.ones((3, 3, 3))), "domain › room: found shape"),
    ],
)
def test_what_is_refused(step, told: str) -> None:
    with pytest.raises(TransportError, match=told):
        step()


def test_a_tolerance_that_cannot_be_reached_is_told() -> None:
    with pytest.raises(TransportError, match=r"steady: found a residual of .* must reach the tolerance"):
        steady(DOMAIN, 1.0, GOOD[0] * 3, 0.1, GOOD[0], spoiled(0.3)[0], tolerance=1e-40)


def test_what_is_given_stays_as_it_is() -> None:
    n = GOOD.copy()
    for order in (1, 2):
        diffuse(DOMAIN, n, 1.0, 1.0, order=order, decay=1.0, source=GOOD, held=(spoiled(2.0) > 1, 3.0))
    drift(DOMAIN, n, np.random.default_rng(0).normal(size=SHAPE), 0.01, 1.0)
    np.testing.assert_array_equal(n, GOOD)


def test_rates_in_closed_voxels_do_not_count() -> None:
    domain = Domain(spoiled(0.0)[0] > 0, (0.1,) * 3)
    n = GOOD * domain.open
    found = diffuse(domain, n, spoiled(np.nan), 1.0, decay=spoiled(-1.0))
    np.testing.assert_array_equal(found, diffuse(domain, n, spoiled(0.0), 1.0, decay=GOOD))
