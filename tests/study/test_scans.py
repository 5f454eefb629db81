from __future__ import annotations

from pathlib import Path

import pytest

from spondyl.errors import Mistake
from spondyl.study.animals import Animal
from spondyl.study.scans import find_scans
from spondyl.study.schema import GroupSection

ANIMAL = Animal("sub-01", "a", None, None, True, "")


def _group(**keys: object) -> GroupSection:
    return GroupSection.model_validate({"label": "A", **keys})


def _touch(folder: Path, *names: str) -> None:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).touch()


def test_weeks_are_read_from_the_path_and_sorted(tmp_path: Path) -> None:
    data = "data/sub-01/sub-01_week-"
    _touch(tmp_path, f"{data}12_microct.nii.gz", f"{data}04_microct.mha", f"{data}8.5_microct.mha")
    _touch(
        tmp_path, f"{data}xx_microct.mha", "data/sub-011/sub-011_week-04_microct.mha", f"{data}09_other.mha"
    )
    wrong: list[Mistake] = []
    scans = find_scans(tmp_path, ANIMAL, _group(), wrong)
    assert not wrong
    assert [(scan.week, scan.label) for scan in scans] == [
        (4, "week-04_microct"),
        (8.5, "week-8.5_microct"),
        (12, "week-12_microct"),
    ]


def test_a_folder_whose_name_has_glob_signs_is_taken_literally(tmp_path: Path) -> None:
    folder = tmp_path / "study [1]*"
    _touch(folder, "data/sub-01/sub-01_week-04_microct.mha")
    wrong: list[Mistake] = []
    assert len(find_scans(folder, ANIMAL, _group(), wrong)) == 1
    assert not wrong


def test_a_fixed_week_needs_no_week_in_the_path(tmp_path: Path) -> None:
    _touch(tmp_path, "scans/sub-01.nii")
    scans = find_scans(tmp_path, ANIMAL, _group(microct="scans/{animal}.nii", week=6), [])
    assert [(scan.week, scan.path.name) for scan in scans] == [(6, "sub-01.nii")]


def test_an_absolute_path_is_followed(tmp_path: Path) -> None:
    _touch(tmp_path, "elsewhere/sub-01_week-2.nii")
    pattern = (tmp_path / "elsewhere").as_posix() + "/{animal}_week-{week}.nii"
    scans = find_scans(tmp_path / "study", ANIMAL, _group(microct=pattern), [])
    assert [scan.week for scan in scans] == [2]


@pytest.mark.parametrize(
    ("names", "part"),
    [
        ((), "no scan at data/sub-01/sub-01_week-{week}_microct.*"),
        (
            ("data/sub-01/sub-01_week-4_microct.a", "data/sub-01/sub-01_week-04_microct.b"),
            "2 scans for week 4",
        ),
    ],
)
def test_missing_and_double_scans_are_mistakes(tmp_path: Path, names: tuple[str, ...], part: str) -> None:
    _touch(tmp_path, *names)
    wrong: list[Mistake] = []
    find_scans(tmp_path, ANIMAL, _group(), wrong)
    assert len(wrong) == 1
    assert part in str(wrong[0])
