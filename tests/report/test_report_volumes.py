"""Scans on the page: packed without loss beyond a step, in turn by arm, within the room there is."""

from __future__ import annotations

import base64
import gzip
import json
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import stories
from spondyl import report
from spondyl.report import volumes
from spondyl.volume import read


def test_a_packed_scan_is_the_scan_to_half_a_step(tmp_path: Path) -> None:
    story = stories.with_volumes(stories.clear(tmp_path), tmp_path)
    scan = story.volumes[1]
    packed = volumes.pack(scan, tmp_path / scan.path)
    assert packed is not None
    steps = np.frombuffer(gzip.decompress(base64.b64decode(packed.data)), np.uint8).reshape(packed.shape)
    dense = read(tmp_path / scan.path).values()
    bone = dense >= 100
    assert packed.shape == tuple(np.ptp(np.nonzero(bone), axis=1) + 3)
    assert np.count_nonzero(steps) == np.count_nonzero(bone)
    assert steps.max() * volumes.FULL / 255 == pytest.approx(dense.max(), abs=volumes.FULL / 255 * 2)
    assert packed.spacing == pytest.approx((0.05, 0.05, 0.05))


def test_a_large_scan_is_made_of_block_means(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    story = stories.with_volumes(stories.clear(tmp_path), tmp_path)
    monkeypatch.setattr(volumes, "LONGEST", 20)
    packed = volumes.pack(story.volumes[0], tmp_path / story.volumes[0].path)
    assert packed is not None
    assert packed.shape == (17, 17, 17)
    assert packed.spacing == pytest.approx((0.1, 0.1, 0.1))


def test_what_has_no_room_is_left_out_by_whole_animals(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    story = stories.with_volumes(stories.three(tmp_path), tmp_path)
    whole, left = volumes.packed_volumes(story.volumes, tmp_path)
    assert (len(whole), left) == (6, [])
    monkeypatch.setattr(volumes, "MOST_BYTES", sum(len(one.data) for one in whole[:3]))
    shown, left = volumes.packed_volumes(story.volumes, tmp_path)
    assert [one.animal for one in shown] == ["sub-01", "sub-01"]
    assert {one.animal for one in left} == {"sub-02", "sub-03"}
    page = report.write(story, tmp_path).read_text("utf-8")
    assert "2 animals had no room on this page" in page


def test_every_animal_is_shown_and_the_first_ones_finer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    story = stories.with_volumes(stories.three(tmp_path), tmp_path)
    fine, _ = volumes.packed_volumes(story.volumes, tmp_path)
    monkeypatch.setattr(volumes, "SHORTER", 20)
    assert volumes.packed_volumes(story.volumes, tmp_path) == (fine, [])
    monkeypatch.setattr(volumes, "MOST_BYTES", sum(len(one.data) for one in fine) - 1)
    shown, left = volumes.packed_volumes(story.volumes, tmp_path)
    assert [one.animal for one in shown] == [one.animal for one in fine]
    assert not left
    assert shown[:4] == fine[:4]
    assert {one.shape for one in shown[4:]} == {(17, 17, 17)}
    assert sum(len(one.data) for one in shown) <= volumes.MOST_BYTES


def test_a_damaged_scan_costs_only_its_animal(tmp_path: Path) -> None:
    story = stories.with_volumes(stories.clear(tmp_path), tmp_path)
    (tmp_path / story.volumes[0].path).write_bytes(b"half")
    shown, left = volumes.packed_volumes(story.volumes, tmp_path)
    assert {one.animal for one in shown} == {"sub-02"}
    assert {one.animal for one in left} == {"sub-01"}


def test_hostile_names_stay_text(tmp_path: Path) -> None:
    story = stories.with_volumes(stories.clear(tmp_path), tmp_path)
    evil = tuple(replace(one, label=stories.EVIL) for one in story.volumes)
    page = report.write(replace(story, volumes=evil), tmp_path).read_text("utf-8")
    held = re.search(r'id="volumes-data">(.*?)</script>', page, re.DOTALL)
    assert held is not None
    assert json.loads(held[1])[0]["label"] == stories.EVIL
