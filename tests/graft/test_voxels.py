"""Shapes become voxels without gain or loss."""

from __future__ import annotations

import math

import numpy as np
import pytest

from spondyl.errors import GraftError
from spondyl.graft.bed import Bodies, balls
from spondyl.graft.voxels import blocks, make_room

NOTHING = np.zeros((0, 1))


def half_ball(radius: float, way: tuple[float, float, float]) -> Bodies:
    """Half a ball, cut through its middle."""
    whole = balls(np.full((1, 3), 1.03), np.array([radius]))
    return Bodies(
        whole.centres_mm,
        whole.radii_mm,
        np.array([[way]]),
        np.zeros((1, 1)),
        whole.volumes_mm3 / 2,
        whole.surfaces_mm2,
    )


@pytest.mark.parametrize("edge", [0.2, 0.1, 0.05])
@pytest.mark.parametrize("radius", [0.04, 0.3, 0.9])
def test_a_ball_has_its_volume_at_any_resolution(edge, radius):
    count = round(2.2 / edge)
    made = blocks(balls(np.full((1, 3), 1.03), np.array([radius])), (count,) * 3, (edge,) * 3, NOTHING, 1)
    assert made.share.sum() * edge**3 == pytest.approx(4 / 3 * np.pi * radius**3, rel=1e-14)
    assert made.share.min() >= 0
    assert made.share.max() <= 1


@pytest.mark.parametrize("way", [(1.0, 0.0, 0.0), (0.0, 0.0, -1.0), (0.6, 0.48, 0.64)])
def test_shares_before_any_correction_are_true(way):
    """The lines alone give the volume of half a ball: the correction has little to do."""
    from spondyl.graft import voxels

    body = half_ball(0.7, way)
    edge = 0.05
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(voxels, "_exact", lambda made, _wanted: made)
        raw = blocks(body, (44,) * 3, (edge,) * 3, NOTHING, 1)
    # A face across the lines lies between two of them, of which there are four to a voxel.
    doubt = edge / 8 * np.pi * 0.7**2
    assert raw.share.sum() * edge**3 == pytest.approx(float(body.volumes_mm3[0]), abs=doubt)


def test_the_centre_of_a_ball_stays_where_it_is():
    centre = np.array([[1.03, 0.98, 1.11]])
    edge = 0.1
    made = blocks(balls(centre, np.array([0.5])), (22,) * 3, (edge,) * 3, NOTHING, 1)
    at = np.stack(np.unravel_index(made.voxel, (22,) * 3), axis=1) * edge
    assert (made.share @ at) / made.share.sum() == pytest.approx(centre[0], abs=1e-3)


def test_shares_converge_to_those_of_finer_voxels():
    """Shares of coarse voxels against the mean of the fine ones inside: at least first order."""
    bodies = [balls(np.full((1, 3), 1.03), np.array([0.63])), half_ball(0.63, (0.6, 0.48, 0.64))]
    for body in bodies:
        fields = {}
        for edge in (0.2, 0.1, 0.05, 0.025):
            count = round(2.0 / edge)
            # The first corner lies at 0: the first voxel's centre is half an edge in.
            moved = Bodies(
                body.centres_mm - edge / 2, *(getattr(body, n) for n in list(Bodies.__slots__)[1:])
            )
            made = blocks(moved, (count,) * 3, (edge,) * 3, NOTHING, 1)
            fields[edge] = made.summed(made.share, count**3).reshape((count,) * 3)
        errors = []
        for edge in (0.2, 0.1, 0.05):
            parts = round(edge / 0.025)
            count = round(2.0 / edge)
            truth = fields[0.025].reshape(count, parts, count, parts, count, parts).mean(axis=(1, 3, 5))
            errors.append(float(np.abs(fields[edge] - truth).sum()) * edge**3)
        assert math.log2(errors[0] / errors[1]) > 0.9
        assert math.log2(errors[1] / errors[2]) > 0.9


def test_what_is_too_much_moves_and_nothing_is_lost():
    """Two balls claim the same space; each keeps its volume and no voxel is overfull."""
    edge = 0.05
    pair = balls(np.array([[1.0, 1.0, 0.9], [1.0, 1.0, 1.2]]), np.array([0.2, 0.2]))
    shape = (40, 40, 40)
    made = blocks(pair, shape, (edge,) * 3, NOTHING, 1)
    assert made.summed(made.share, 40**3).max() > 1.5
    room = np.ones(40**3)
    settled = make_room(made, room, pair.volumes_mm3 / edge**3, "granules")
    assert settled.summed(settled.share, 40**3).max() <= 1 + 1e-12
    assert settled.by_body(settled.share) * edge**3 == pytest.approx(pair.volumes_mm3, rel=1e-12)


def test_a_body_without_room_is_refused():
    ball = balls(np.full((1, 3), 1.0), np.array([0.2]))
    made = blocks(ball, (20,) * 3, (0.1,) * 3, NOTHING, 1)
    with pytest.raises(GraftError, match=r"spheroids: found voxels so large .* take smaller voxels"):
        make_room(made, np.full(20**3, 0.05), ball.volumes_mm3 / 1e-3, "spheroids")


def test_what_a_body_carries_follows_its_distance_from_the_middle():
    """A profile that is 1 in the inner half of the radius and 0 outside holds an eighth of the ball."""
    profile = np.concatenate([np.ones(32), np.zeros(32)])[None]
    made = blocks(balls(np.full((1, 3), 1.03), np.array([0.8])), (88,) * 3, (0.025,) * 3, profile, 1)
    assert made.weights[0].sum() / made.share.sum() == pytest.approx(1 / 8, rel=0.02)


def test_threads_change_no_bit():
    stream = np.random.default_rng(2)
    bodies = balls(stream.uniform(0.5, 1.5, (50, 3)), stream.uniform(0.05, 0.2, 50))
    one, three = (blocks(bodies, (40,) * 3, (0.05,) * 3, NOTHING, threads) for threads in (1, 3))
    assert np.array_equal(one.share, three.share)
