"""Tables of results as scanners write them: read with their flags, or refused in one sentence."""

from __future__ import annotations

from pathlib import Path

import pytest

from spondyl.assay.microct.scanner_table import ScannerRow, read_scanner_table
from spondyl.errors import MeasurementError

HEADING = (
    "SampName,SampNo,MeasNo,Site,VOX-TV,VOX-BV,VOX-BV/TV,TRI-SMI,DT-Tb.Th,DT-Tb.Sp,Mean1,Mean2,Mean-Units,"
    "El-Siz-X,El-Siz-Y,El-Siz-Z,Dim-X,Dim-Y,Dim-Z"
)
FIRST = (
    "rat 1,7,31,L5,2.5,0.5,0.2,~    0.545,0.062,!    0.010,150.5,~  765.112,[mg HA/ccm],"
    "0.0105,0.0105,0.0105,236,236,99"
)
SECOND = "rat 2,8,32,L5,2.4,0.6,0.25,-,0.064,0.3,160,770,[mg HA/ccm],0.0105,0.0105,0.0105,236,236,99"


def table(folder: Path, *lines: str, encoding: str = "utf-8") -> Path:
    path = folder / "results.csv"
    path.write_bytes(("\n".join(lines) + "\n").encode(encoding))
    return path


def named(rows: tuple[ScannerRow, ...], line: int = 2) -> dict[str | None, ScannerRow]:
    return {row.name: row for row in rows if row.line == line}


def sentence(path: Path) -> str:
    with pytest.raises(MeasurementError) as caught:
        read_scanner_table(path)
    return str(caught.value)


def test_numbers_units_flags_and_our_names(tmp_path: Path) -> None:
    rows = named(read_scanner_table(table(tmp_path, HEADING, FIRST)).rows)
    thick = rows["tb_th_um"]
    assert (thick.value, thick.unit, thick.flag, thick.ours) == (0.062, "mm", "", 62.0)
    assert (rows["smi"].value, rows["smi"].flag) == (0.545, "~")
    assert (rows["tb_sp_um"].value, rows["tb_sp_um"].flag, rows["tb_sp_um"].ours) == (0.01, "!", 10.0)
    assert (rows["tmd_mgha_cm3"].ours, rows["tmd_mgha_cm3"].flag) == (765.112, "~")
    assert rows["bmd_mgha_cm3"].unit == "mg HA/ccm"
    assert (thick.sample, thick.sample_number, thick.measurement, thick.site) == ("rat 1", "7", "31", "L5")


def test_what_was_not_measured_keeps_its_flag(tmp_path: Path) -> None:
    rows = named(read_scanner_table(table(tmp_path, HEADING, FIRST, SECOND)).rows, 3)
    assert (rows["smi"].value, rows["smi"].flag, rows["smi"].ours) == (None, "-", None)
    assert rows["bv_tv"].value == 0.25


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("mark", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_encodings_separators_and_line_ends(tmp_path: Path, encoding: str, mark: str, end: str) -> None:
    lines = [line.replace(",", mark).replace("rat 1", "Größe µ") for line in (HEADING, FIRST)]
    path = tmp_path / "results.csv"
    path.write_bytes(end.join([*lines, ""]).encode(encoding))
    row = named(read_scanner_table(path).rows)["tv_mm3"]
    assert (row.value, row.sample) == (2.5, "Größe µ")


@pytest.mark.parametrize("mark", [";", "\t"])
def test_decimal_commas(tmp_path: Path, mark: str) -> None:
    heading = HEADING.replace(",", mark)
    first = FIRST.replace(",", mark).replace(".", ",")
    rows = named(read_scanner_table(table(tmp_path, heading, first)).rows)
    assert (rows["smi"].value, rows["tb_th_um"].ours, rows["tv_mm3"].value) == (0.545, 62.0, 2.5)


def test_points_and_commas_in_one_file(tmp_path: Path) -> None:
    lines = [line.replace(",", ";") for line in (HEADING, FIRST, SECOND.replace("0.25", "0§25"))]
    words = sentence(table(tmp_path, *[line.replace("§", ",") for line in lines]))
    assert words == (
        "results.csv: found a decimal comma in line 3 and a decimal point in line 2; use one of them "
        "throughout."
    )


def test_a_unit_in_the_heading_is_used(tmp_path: Path) -> None:
    lines = ["SampName,DT-Tb.Th[um],VOX-BV/TV[%],Mean2[g HA/cm3]", "rat 1,62,20,0.765"]
    rows = named(read_scanner_table(table(tmp_path, *lines)).rows)
    assert (rows["tb_th_um"].ours, rows["bv_tv"].ours, rows["tmd_mgha_cm3"].ours) == pytest.approx(
        (62.0, 0.2, 765.0)
    )
    assert rows["tb_th_um"].unit == "um"


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("[mg HA/ccm]", "", "line 2 › Mean1: found no unit; give the unit of the densities"),
        ("[mg HA/ccm]", "[mm]", "found the unit 'mm'; must be mg HA/cm3"),
        ("[mg HA/ccm]", "[HU]", "found the unit 'HU'; must be mg HA/cm3"),
        ("0.0105,0.0105,0.0105", ",,", "line 2 › VOX-TV: found no unit; write it in the heading"),
        ("236,236,99", "23,23,9", "2.5 mm3 in a scan of 0.005511 mm³"),
        ("0.062", "?0.062", "the flag '?' before 0.062"),
        ("0.062", "thick", "found 'thick'; must be a number"),
        ("0.062", "1e999", "found '1e999'"),
        ("0.062", "nan", "found 'nan'"),
        ("0.062", "0x10", "found '0x10'"),
        ("0.062", "6_2", "found '6_2'"),
        ("0.062", "٦٢", "must be a number"),
        ("L5,", "L5,1,", "found 20 cells; the heading has 19"),
        ("rat 1,", '"rat 1,', "line"),
    ],
)
def test_a_line_that_is_wrong(tmp_path: Path, old: str, new: str, words: str) -> None:
    assert old in FIRST
    assert words in sentence(table(tmp_path, HEADING, FIRST.replace(old, new, 1)))


def test_lengths_without_any_geometry_are_refused(tmp_path: Path) -> None:
    words = sentence(table(tmp_path, "SampName,DT-Tb.Th", "rat 1,0.062"))
    assert words == (
        "results.csv › line 2 › DT-Tb.Th: found no unit; write it in the heading, e.g. DT-Tb.Th[mm], or "
        "export the table with its columns El-Siz-X … Dim-Z."
    )


def test_all_mistakes_of_a_table_are_said(tmp_path: Path) -> None:
    lines = [FIRST.replace("0.062", "x"), SECOND.replace("0.25", "y").replace("0.064", "z")]
    with pytest.raises(MeasurementError) as caught:
        read_scanner_table(table(tmp_path, HEADING, *lines))
    assert [str(m).split(":")[0] for m in caught.value.mistakes] == [
        "results.csv › line 2 › DT-Tb.Th",
        "results.csv › line 3 › VOX-BV/TV",
        "results.csv › line 3 › DT-Tb.Th",
    ]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "an empty file"),
        (b"\n\n  \n", "an empty file"),
        (b"\x89PNG\r\n\x1a\n\0\0\0", "bytes that are no text"),
        (b"PK\x03\x04" + bytes(range(256)), "bytes that are no text"),
        (b"\xff\xfea", "bytes that are no text"),
        (b"just words\n", "columns separated by commas"),
        (b"AS,Sex,Treatment,SampNo\n1365,M,Veh,10778\n", "found the columns AS, Sex, Treatment, SampNo"),
        (b"VOX-TV,VOX-TV[mm3]\n1,1\n", "VOX-TV twice"),
        (b"SampName,VOX-TV[mm3]\n", "a heading and no result"),
        (b"SampName,VOX-TV[mm3]\nrat,-\n", None),
        (b'SampName,VOX-TV[mm3]\n"' + b"a" * 5000 + b'",1\n', "a cell longer than"),
        (b"VOX-TV[mm3]," + b"," * 5000 + b"\n", "cells; at most 500"),
        (b"VOX-TV[mm3],x\n" + b"9" * 900 + b",\n", "must be a number"),
        (b"SampName,VOX-TV[parsec3]\nrat,1\n", "the unit 'parsec3'"),
    ],
)
def test_hostile_files(tmp_path: Path, content: bytes, words: str | None) -> None:
    path = tmp_path / "results.csv"
    path.write_bytes(content)
    if words is None:
        assert read_scanner_table(path).rows[0].flag == "-"
        return
    found = sentence(path)
    assert words in found
    assert len(found) < 400


def test_no_file_and_a_folder(tmp_path: Path) -> None:
    assert "No such file" in sentence(tmp_path / "none.csv")
    assert "directory" in sentence(tmp_path)


@pytest.mark.shared
def test_tables_of_a_real_scanner(shared_data: Path) -> None:
    folder = shared_data / "scanner_tables"
    found = read_scanner_table(folder / "example-trabecular.csv")
    thick = {row.measurement: row.ours for row in found.rows if row.name == "tb_th_um"}
    # The spines, by the key that comes with the table.
    assert (thick["31711"], thick["31714"], thick["31717"]) == pytest.approx((50.6, 46.7, 60.4))
    assert {row.flag for row in found.rows} == {"", "~", "!", "-"}
    first = named(found.rows)
    assert (first["tmd_mgha_cm3"].ours, first["tmd_mgha_cm3"].flag) == (765.112, "~")
    assert first["conn_d_per_mm3"].ours == 9.8874
    bars = {
        row.name: row.ours for row in read_scanner_table(folder / "example-mfe.csv").rows if row.line == 2
    }
    assert bars["failure_load_N"] == -32.2571
    for name in ("example-gen-key.csv", "example-tx-key.csv"):
        assert "a scanner's results have columns" in sentence(folder / name)
    for name in ("example-twice1.csv", "example-twice2.csv"):
        assert read_scanner_table(folder / name).rows
