"""How a refusal reads, and that none is missed."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from spondyl.errors import Mistake, ScanError
from spondyl.volume import Grid, Meaning, Scan, read
from spondyl.volume.border import border
from spondyl.volume.finite import check_finite


def test_nan_is_found_behind_the_first_slab(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("spondyl.volume.finite._SLAB", 40)  # two slices of 4 × 5 voxels
    array = np.zeros((7, 4, 5))
    array[5, 1, 2] = array[6, 0, 0] = np.nan
    with pytest.raises(
        ScanError, match=r"2 voxels that are not finite, the first at \(z, y, x\) = \(5, 1, 2\)"
    ):
        check_finite(Scan(array, Grid(array.shape, (1, 1, 1)), Meaning.RAW))


def test_whole_numbers_are_not_searched() -> None:
    class Untouchable(np.ndarray):
        def __getitem__(self, key: object) -> object:
            raise AssertionError

    array = np.zeros((2, 2, 2), np.int16).view(Untouchable)
    check_finite(Scan(array, Grid(array.shape, (1, 1, 1)), Meaning.RAW))


@pytest.mark.parametrize(
    "failure", [KeyError("x"), MemoryError(), RecursionError(), AssertionError(), ValueError("a")]
)
def test_any_failure_of_a_library_becomes_one_error(failure: Exception) -> None:
    with (
        pytest.raises(ScanError, match=r"a\.nii: found something its format does not allow") as caught,
        border(Path("a.nii")),
    ):
        raise failure
    assert len(caught.value.mistakes) == 1
    assert caught.value.__cause__ is failure


def test_a_person_who_stops_the_program_is_heard() -> None:
    with pytest.raises(KeyboardInterrupt), border(Path("a.nii")):
        raise KeyboardInterrupt


def test_a_header_cannot_write_to_the_terminal(tmp_path: Path) -> None:
    (tmp_path / "a.mhd").write_bytes(
        b"ObjectType = Image\nNDims = 3\nDimSize = \x1b[2J\x07 3 2\nElementDataFile = a.raw\n"
    )
    with pytest.raises(ScanError, match="whole numbers") as caught:
        read(tmp_path / "a.mhd")
    assert str(caught.value).isprintable()


def test_a_long_entry_is_shortened() -> None:
    with pytest.raises(ScanError) as caught, border(Path("a.nii")):
        raise ScanError(Mistake("a.nii", "x" * 10**6, "must be short"))
    assert len(str(caught.value)) < 400
    assert str(caught.value).endswith("; must be short.")


def test_all_mistakes_are_kept() -> None:
    both = (Mistake("a", "b", "c"), Mistake("d", "e", "f"))
    with pytest.raises(ScanError) as caught, border(Path("a.nii")):
        raise ScanError(both)
    assert caught.value.mistakes == both
