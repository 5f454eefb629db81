"""Plates from files: every way laboratories write them, and every way a file can be wrong or hostile."""

from __future__ import annotations

import zipfile
from pathlib import Path

import numpy as np
import pytest

from spondyl.assay import qpcr
from spondyl.assay.qpcr import rdml_xml
from spondyl.assay.qpcr.rdml import read_rdml
from spondyl.errors import MeasurementError

HEAD = "sample,group,gene,replicate,cq\n"
ROWS = "A1,ctrl,GAPDH,1,18.25\nA1,ctrl,RUNX2,1,26.5\nB1,osteo,GAPDH,1,18.0\nB1,osteo,RUNX2,1,Undetermined\n"
RDML = """<rdml xmlns:r="http://www.rdml.org" xmlns="http://www.rdml.org" version="1.3">
<sample id="S1"><annotation><property>Treatment</property><value>ctrl</value></annotation>
<type>unkn</type></sample>
<r:sample id="D1"><r:type>std</r:type><quantity><value>150</value><unit>cop</unit></quantity></r:sample>
<target id="T"><type>ref</type><amplificationEfficiency>1.9</amplificationEfficiency></target>
<experiment id="E"><run id="R"><pcrFormat><rows>8</rows><columns>12</columns></pcrFormat>
<react id="14"><sample id="S1"/>
<data><tar id="T"/><cq>21.5</cq><mdp><tmp>60</tmp><fluor>x</fluor></mdp></data></react>
<react id="1"><sample id="D1"/><data><tar id="T"/><cq>-1</cq></data></react>
<react id="2"><sample id="D1"/><data><tar id="T"/><cq>30</cq><excl>bubble</excl></data></react>
</run></experiment></rdml>"""


def write(path: Path, text: str, encoding: str = "utf-8") -> Path:
    path.write_bytes(text.encode(encoding))
    return path


def refusal(path: Path, **words: bool) -> str:
    with pytest.raises(MeasurementError) as caught:
        qpcr.read(path, **words)
    return str(caught.value)


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (HEAD + ROWS, "utf-8"),
        (HEAD + ROWS, "utf-8-sig"),
        ((HEAD + ROWS).replace(",", "\t"), "utf-16"),
        ((HEAD + ROWS).replace(",", ";").replace(".", ","), "utf-8"),
        ((HEAD + ROWS).replace("\n", "\r\n"), "cp1252"),
        ((HEAD + ROWS).replace("Undetermined", "NaN"), "utf-8"),
        ("Sample Name,Treatment,Target Name,Well,CT\n" + ROWS.replace("Undetermined", ""), "utf-8"),
    ],
)
def test_one_plate_however_it_is_written(tmp_path, text, encoding):
    plate = qpcr.read(write(tmp_path / "plate.csv", text, encoding))
    assert plate.sample == ("A1", "A1", "B1", "B1")
    assert plate.group == ("ctrl", "ctrl", "osteo", "osteo")
    assert plate.gene == ("GAPDH", "RUNX2", "GAPDH", "RUNX2")
    np.testing.assert_array_equal(plate.cq, [18.25, 26.5, 18.0, np.nan])


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("sample,group,target,replicate\n" + ROWS, ["needs the column cq"]),
        (HEAD + "A1,ctrl,GAPDH,1\n", ["line 2", "4 cells under 5"]),
        (HEAD + ROWS.replace("18.0", "eighteen"), ["line 4, cq", "'eighteen'"]),
        (HEAD + ROWS.replace("18.0", "-18.0"), ["line 4, cq", "above zero"]),
        (
            HEAD + ROWS.replace("B1,osteo,G", "A1,osteo,G"),
            ["'A1' in group 'ctrl' and in group 'osteo'", "animal"],
        ),
        (HEAD + ROWS.replace("A1,ctrl,R", ",ctrl,R"), ["line 3", "empty sample"]),
        (HEAD, ["nothing below"]),
        ("sample,gene,cq,ct\nA,B,1,2\n", ["'cq' and 'ct'", "keep one"]),
        ("sample,gene,cq,kind\nA,B,20,standrad\n", ["'standrad'", "Did you mean 'standard'?"]),
        ("sample,gene,cq,efficiency\nA,B,20,0.9\nC,B,20,0.8\n", ["efficiencies 0.9 and 0.8 of B"]),
        ("a\x00b,c\n", ["no text"]),
        ("", ["empty"]),
    ],
)
def test_a_wrong_table_is_refused_with_the_place(tmp_path, text, words):
    said = refusal(write(tmp_path / "plate.csv", text))
    for word in ["plate.csv", *words]:
        assert word in said


def test_an_rdml_file_with_mixed_namespaces_and_a_melting_curve(tmp_path):
    path = tmp_path / "run.rdml"
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr("rdml_data.xml", RDML)
    plate = qpcr.read(path)
    assert (plate.sample, plate.group, plate.kind) == (("S1", "D1"), ("ctrl", ""), ("unkn", "std"))
    assert plate.replicate == ("B2", "A1")
    np.testing.assert_array_equal(plate.cq, [21.5, np.nan])
    np.testing.assert_array_equal(plate.quantity, [np.nan, 150.0])
    assert dict(plate.factors) == {"T": 1.9}
    assert plate.reference == ("T",)
    assert any("excludes" in note for note in plate.notes)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (RDML.replace("<rdml", '<!DOCTYPE rdml [<!ENTITY a "b">]>\n<rdml', 1), ["document type"]),
        ("<rdml>" + "<a>" * 60 + "</a>" * 60 + "</rdml>", ["nested"]),
        ("<html></html>", ["not RDML"]),
        ("<rdml", ["no XML"]),
        (RDML.replace('<sample id="S1"/>', '<sample id="S9"/>'), ["'S9'", "described"]),
        (RDML.replace("21.5", "many"), ["react 14", "'many'"]),
        ("<rdml></rdml>", ["no reactions"]),
        (RDML.replace("<cq>21.5</cq>", "").replace("<cq>30</cq>", ""), ["neither cycles nor raw curves"]),
    ],
)
def test_wrong_or_hostile_xml_is_refused(tmp_path, content, words):
    said = refusal(write(tmp_path / "run.rdml", content))
    for word in words:
        assert word in said


def test_a_bomb_is_not_unpacked(tmp_path, monkeypatch):
    monkeypatch.setattr(rdml_xml, "MOST_MB", 1)
    path = tmp_path / "bomb.rdml"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("rdml_data.xml", b" " * 3_000_000)
    assert path.stat().st_size < 10_000
    assert "more than 1 MB" in refusal(path)


def test_a_broken_zip_and_one_without_xml_are_refused(tmp_path):
    broken = tmp_path / "broken.rdml"
    with zipfile.ZipFile(broken, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("rdml_data.xml", RDML)
    content = bytearray(broken.read_bytes())
    content[60:90] = bytes(30)
    broken.write_bytes(content)
    assert "zip" in refusal(broken) or "XML" in refusal(broken)
    empty = tmp_path / "empty.rdml"
    with zipfile.ZipFile(empty, "w") as packed:
        packed.writestr("readme.txt", "x")
    assert "without XML" in refusal(empty)
    assert "No such file" in refusal(tmp_path / "none.rdml")


def test_curves_are_asked_of_a_table_in_vain(tmp_path):
    assert "raw curves" in refusal(write(tmp_path / "plate.csv", HEAD + ROWS), curves=True)


def test_groups_and_efficiencies_come_from_tables_of_their_own(tmp_path):
    plate = qpcr.read(write(tmp_path / "plate.csv", "sample,gene,cq\nA,G,20\nB,G,21\n"))
    groups = qpcr.read_groups(write(tmp_path / "groups.tsv", "sample\tgroup\nA\tctrl\nB\tosteo\n"))
    assert qpcr.grouped(plate, groups).group == ("ctrl", "osteo")
    with pytest.raises(MeasurementError, match="no group for B"):
        qpcr.grouped(plate, {"A": "ctrl"})
    table = write(tmp_path / "eff.csv", "gene,efficiency\nG,0.95\n")
    assert qpcr.read_efficiencies(table) == {"G": 0.95}
    with pytest.raises(MeasurementError, match="again"):
        qpcr.read_groups(write(tmp_path / "twice.csv", "sample,group\nA,x\nA,y\n"))


def test_an_rdml_without_curves_has_none(tmp_path):
    found = read_rdml(write(tmp_path / "run.rdml", RDML))
    assert [reaction.cycle.size for reaction in found.reactions] == [0, 0, 0]
    assert "no raw curves" in refusal(tmp_path / "run.rdml", curves=True)
