from __future__ import annotations

from pathlib import Path

import pytest

from spondyl import files


def test_a_block_that_fails_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "table.tsv"
    files.write_text(path, "old")
    with pytest.raises(RuntimeError), files.appearing(path) as part:
        part.write_text("half")
        raise RuntimeError
    assert path.read_text() == "old"
    assert [p.name for p in tmp_path.iterdir()] == ["table.tsv"]


def test_the_final_name_is_unseen_until_the_block_ends(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "page.html"
    with files.appearing(path) as part:
        part.write_text("whole")
        assert not path.exists()
        assert part.suffix == ".html"
    assert path.read_text() == "whole"


def test_sweep_takes_left_parts_only(tmp_path: Path) -> None:
    files.write_text(tmp_path / "kept", "")
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / ".part-1-ff-x.tsv").touch()
    (tmp_path / ".part-2-ff-folder").mkdir()
    (tmp_path / ".part-2-ff-folder" / "inner").touch()
    assert files.sweep(tmp_path) == 2
    assert sorted(p.name for p in tmp_path.rglob("*")) == ["a", "kept"]
    assert files.sweep(tmp_path / "nowhere") == 0
