from __future__ import annotations

from pathlib import Path

from spondyl.volume import parts


def test_a_plain_file_is_its_only_part(tmp_path: Path) -> None:
    file = tmp_path / "a.nii"
    file.write_bytes(b"x")
    assert parts(file) == (file,)


def test_a_folder_gives_its_files_in_order(tmp_path: Path) -> None:
    for name in ("b.tif", "a.tif", "deep/c"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"x")
    assert [p.name for p in parts(tmp_path)] == ["a.tif", "b.tif", "c"]


def test_a_detached_header_has_its_data_beside_it(tmp_path: Path) -> None:
    data = tmp_path / "scan.raw"
    data.write_bytes(b"x")
    for name, line in (
        ("a.mhd", "ElementDataFile = scan.raw\r\n"),
        ("a.nhdr", "NRRD0004\ndata file: scan.raw\n"),
    ):
        header = tmp_path / name
        header.write_text(line)
        assert parts(header) == (header, data)


def test_a_data_file_is_never_sought_outside_the_folder(tmp_path: Path) -> None:
    (tmp_path / "secret").write_bytes(b"x")
    header = tmp_path / "inner" / "a.mhd"
    header.parent.mkdir()
    header.write_text("ElementDataFile = ../secret\n")
    assert parts(header) == (header,)
