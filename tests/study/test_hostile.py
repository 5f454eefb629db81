"""Whatever bytes a study folder holds: a design, or one clear error."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from small import make_small_study
from spondyl.errors import StudyError
from spondyl.study import load_design

WORDS = (
    b"nan",
    b"inf",
    b"-1",
    b"1e999",
    b"[[",
    b'"',
    b"\x00",
    b"\xff",
    b"../..",
    b"{week}",
    b"\t",
    b"9" * 40,
    b"=",
)
DAMAGE = st.tuples(st.integers(0, 2000), st.integers(0, 40), st.sampled_from(WORDS))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = make_small_study(tmp_path_factory.mktemp("hostile"), animals=2)
    (made / "parameters" / "assay").mkdir(parents=True)
    (made / "parameters" / "assay" / "microct.toml").write_text('hydroxyapatite_density = "3.1 g/cm^3"\n')
    extra = '[microct]\nvoxel = "20 um"\nthreshold = 300\n[reporting]\nsex = "female"\n'
    (made / "study.toml").write_text((made / "study.toml").read_text() + extra)
    load_design(made)
    return made


@pytest.mark.parametrize("name", ["study.toml", "animals.tsv", "parameters/assay/microct.toml"])
@settings(max_examples=120, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(damages=st.lists(DAMAGE, min_size=1, max_size=3))
def test_damaged_files_are_a_design_or_a_study_error(
    folder: Path, name: str, damages: list[tuple[int, int, bytes]]
) -> None:
    path = folder / name
    whole = path.read_bytes()
    broken = whole
    for start, length, word in damages:
        at = start % (len(broken) + 1)
        broken = broken[:at] + word + broken[at + length :]
    path.write_bytes(broken)
    told = ""
    try:
        load_design(folder)
    except StudyError as error:
        told = str(error)
    finally:
        path.write_bytes(whole)
    assert len(told) < 5000
