from __future__ import annotations

from pathlib import Path

import pytest

from spondyl.study.cache import Cache
from spondyl.study.fingerprint import Fingerprints, digest


def _fill(cache: Cache, text: str = "42") -> None:
    with cache.making("step", "key") as part:
        (part / "result.json").write_text(text)


def test_a_result_is_found_again(tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    assert cache.find("step", "key") is None
    _fill(cache)
    found = cache.find("step", "key")
    assert found is not None
    assert (found / "result.json").read_text() == "42"
    assert cache.holds("step", "key")


def test_a_block_that_fails_leaves_nothing(tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    with pytest.raises(RuntimeError), cache.making("step", "key") as part:
        (part / "result.json").write_text("half")
        raise RuntimeError
    assert cache.find("step", "key") is None
    assert list((tmp_path / "step").iterdir()) == []


@pytest.mark.parametrize("damage", ["changed", "truncated", "missing", "seal"])
def test_a_damaged_result_counts_as_none(tmp_path: Path, damage: str) -> None:
    cache = Cache(tmp_path)
    _fill(cache)
    file = cache.path("step", "key") / "result.json"
    if damage == "missing":
        file.unlink()
    elif damage == "seal":
        file.with_name("seal.json").write_text("[")
    else:
        file.write_text({"changed": "43", "truncated": "4"}[damage])
    assert cache.find("step", "key") is None
    _fill(cache)
    assert cache.find("step", "key") is not None


def test_the_second_of_two_writers_is_content_with_the_first(tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    with cache.making("step", "key") as late:
        (late / "result.json").write_text("late")
        _fill(cache, "first")
    found = cache.find("step", "key")
    assert found is not None
    assert (found / "result.json").read_text() == "first"


def test_fingerprints_follow_content_and_name(tmp_path: Path) -> None:
    file, other = tmp_path / "a.raw", tmp_path / "b.raw"
    file.write_bytes(b"one")
    other.write_bytes(b"one")
    prints = Fingerprints(tmp_path / "memory.json")
    first = prints.of([file])
    assert first == Fingerprints(tmp_path / "memory.json").of([file])
    assert first == prints.of([other]) != prints.of([file, other])
    prints.save()
    file.write_bytes(b"two")
    assert Fingerprints(tmp_path / "memory.json").of([file]) != first


def test_a_damaged_memory_costs_time_only(tmp_path: Path) -> None:
    file, memory = tmp_path / "a.raw", tmp_path / "memory.json"
    file.write_bytes(b"one")
    expected = Fingerprints(memory).of([file])
    for text in ("", "[]", "{", '{"x": 3}'):
        memory.write_text(text)
        assert Fingerprints(memory).of([file]) == expected


def test_digest_refuses_nan() -> None:
    with pytest.raises(ValueError, match="Out of range"):
        digest(float("nan"))
