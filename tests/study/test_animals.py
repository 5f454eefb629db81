from __future__ import annotations

from pathlib import Path

import pytest

from spondyl.errors import DesignError
from spondyl.study.animals import Animal, read_animals

HEADER = "animal\tgroup\tseed\tweight_g\tincluded\treason\n"


def _read(folder: Path, text: str) -> tuple[Animal, ...]:
    path = folder / "animals.tsv"
    path.write_text(text, "utf-8")
    return read_animals(path, ["sham", "ovx"])


def test_a_table_is_read(tmp_path: Path) -> None:
    animals = _read(
        tmp_path, HEADER + "sub-01\tsham\t7\t310.5\tyes\t\n\nsub-02\tovx\t\t\tno\tdied in surgery\n"
    )
    assert animals == (
        Animal("sub-01", "sham", 7, 310.5, True, ""),
        Animal("sub-02", "ovx", None, None, False, "died in surgery"),
    )


def test_every_mistake_is_named_with_its_row(tmp_path: Path) -> None:
    rows = "../x\tsham\t1\t300\tyes\t\nsub-02\tovxx\t-1\tnan\tmaybe\t\n"
    rows += "sub-03\tsham\t\t\tno\t\nSUB-03\tsham\t\t\tyes\t\n"
    with pytest.raises(DesignError) as caught:
        _read(tmp_path, HEADER + rows)
    message = str(caught.value)
    for part in (
        "row 2, animal: found '../x'",
        "row 3, group: found 'ovxx'",
        "Did you mean 'ovx'?",
        "row 3, seed: found '-1'",
        "row 3, weight_g: found 'nan'",
        "row 3, included: found 'maybe'",
        "row 4, reason: found nothing",
        "row 5, animal: found 'SUB-03'; is already in row 4",
    ):
        assert part in message
    assert len(caught.value.mistakes) == 7


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("", "no column 'animal'"),
        (HEADER, "no animals"),
        ("animal,group,included\na,sham,yes\n", "separated by tabs"),
        ("animal\tgrup\tincluded\n", "Did you mean 'group'?"),
        ("animal\tgroup\tincluded\tanimal\n", "twice"),
        ("animal\tgroup\tincluded\na\tsham\tyes\tmore\n", "more fields than columns"),
    ],
)
def test_a_wrong_table_is_refused(tmp_path: Path, text: str, part: str) -> None:
    with pytest.raises(DesignError) as caught:
        _read(tmp_path, text)
    assert part in str(caught.value)


def test_bytes_that_are_no_text_are_refused(tmp_path: Path) -> None:
    (tmp_path / "animals.tsv").write_bytes(b"\xff\xfe\x00a")
    with pytest.raises(DesignError, match="UTF-8"):
        read_animals(tmp_path / "animals.tsv", ["sham"])
