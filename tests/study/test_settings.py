from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spondyl.errors import DesignError
from spondyl.study.settings import flatten, parse_override, profiles, read_study_file

GOOD = """
[study]
title = "T"
question = "Q"
species = "rat"
site = "L5"
[primary]
assay = "microct"
name = "bv_tv"
test = "rank"
[groups.a]
label = "A"
"""


def _write(folder: Path, text: str) -> Path:
    path = folder / "study.toml"
    path.write_text(text, "utf-8")
    return path


def test_defaults_profile_file_and_set_are_merged_in_that_order(tmp_path: Path) -> None:
    plain = read_study_file(_write(tmp_path, GOOD)).microct
    assert (plain.gaussian, plain.largest) == (0.0, False)
    profile = read_study_file(_write(tmp_path, 'profile = "trabecular"\n' + GOOD)).microct
    assert (profile.gaussian, profile.largest) == (1.0, True)
    text = 'profile = "trabecular"\n' + GOOD + "[microct]\ngaussian = 0.5\n"
    written = read_study_file(_write(tmp_path, text)).microct
    assert (written.gaussian, written.largest) == (0.5, True)
    other = read_study_file(_write(tmp_path, text), ["profile=segmented", "microct.gaussian=0"]).microct
    assert (other.binary, other.largest) == (True, False)
    final = read_study_file(_write(tmp_path, text), ["microct.gaussian=2", "microct.threshold=300"]).microct
    assert (final.gaussian, final.threshold, final.largest) == (2.0, 300.0, True)


def test_every_mistake_is_named_at_once_with_the_nearest_word(tmp_path: Path) -> None:
    text = GOOD.replace('species = "rat"', 'species = "rt"').replace('name = "bv_tv"', 'nme = "bv_tv"')
    text += '[microct]\nthreshold = "ostu"\ngaussian = nan\n'
    with pytest.raises(DesignError) as caught:
        read_study_file(_write(tmp_path, text))
    message = str(caught.value)
    for part in (
        "study.toml, study.species: found 'rt'; must be",
        "Did you mean 'rat'?",
        "study.toml, primary.nme: found an unknown key",
        "Did you mean 'name'?",
        "study.toml, primary.name: found nothing; this key is needed",
        "study.toml, microct.threshold: found 'ostu'",
        "'otsu'",
        "study.toml, microct.gaussian: found nan",
    ):
        assert part in message
    assert len(caught.value.mistakes) == 5


@pytest.mark.parametrize(
    ("extra", "part"),
    [
        ('[groups.b]\nlabel = "B"\nmicrot = "x"\n', "Did you mean 'microct'?"),
        ('[groups.b]\nlabel = "B"\nmicroct = "data/x.nii"\n', "must contain {animal}"),
        ('[groups.b]\nlabel = "B"\nmicroct = "{animal}.nii"\n', "needs the week once"),
        ('[groups.b]\nlabel = "B"\nmicroct = "{animal}_{week}.nii"\nweek = 8\n', "needs the week once"),
        ('[groups."../b"]\nlabel = "B"\n', "groups.../b"),
        ('[microct.voi]\nshape = "box"\n', "a box needs exactly these keys: high, low"),
        ("[microct]\nlargest = 1\n", "microct.largest: found 1"),
        ("[microct]\nthreshold = true\n", "microct.threshold: found True"),
        ("[microct]\nthreshold = inf\n", "microct.threshold: found inf"),
    ],
)
def test_a_mistake_is_refused(tmp_path: Path, extra: str, part: str) -> None:
    with pytest.raises(DesignError) as caught:
        read_study_file(_write(tmp_path, GOOD + extra))
    assert part in str(caught.value)


def test_an_unknown_control_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DesignError, match="none of the groups"):
        read_study_file(_write(tmp_path, GOOD), ["primary.control=shamm"])


@pytest.mark.parametrize(
    "content", [b"", b"\xff\xfe\x00", b"[study\n", b"a = " + b"[" * 5000, b"x" * 2_000_000]
)
def test_a_damaged_file_is_one_clear_error(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "study.toml"
    path.write_bytes(content)
    with pytest.raises(DesignError):
        read_study_file(path)


def test_a_byte_order_mark_is_no_mistake(tmp_path: Path) -> None:
    path = tmp_path / "study.toml"
    path.write_text(GOOD, "utf-8-sig")
    assert read_study_file(path).study.title == "T"


def test_unknown_profile_names_the_nearest(tmp_path: Path) -> None:
    with pytest.raises(DesignError, match="Did you mean 'trabecular'"):
        read_study_file(_write(tmp_path, 'profile = "trabeculr"\n' + GOOD))


def test_every_shipped_profile_says_what_it_is_for_and_validates(tmp_path: Path) -> None:
    known = profiles()
    assert set(known) == {"segmented", "trabecular"}
    for name, purpose in known.items():
        assert len(purpose) > 20
        assert read_study_file(_write(tmp_path, f'profile = "{name}"\n' + GOOD)).profile == name


def test_an_override_without_a_key_is_refused() -> None:
    for text in ("", "threshold", "=3", "a..b=3"):
        with pytest.raises(DesignError, match="key=value"):
            parse_override(text)


@given(st.from_regex(r"[a-z]{1,8}", fullmatch=True), st.integers(-999, 999) | st.booleans())
def test_overrides_keep_their_type(key: str, value: int | bool) -> None:
    text = str(value).lower() if isinstance(value, bool) else str(value)
    parsed = parse_override(f"a.{key}={text}")["a"][key]
    assert parsed == value
    assert type(parsed) is type(value)


def test_flatten_lists_settings_in_order() -> None:
    flat = flatten({"b": {"x": True, "y": [1, 2]}, "a": "t", "c": None})
    assert list(flat.items()) == [("b.x", "true"), ("b.y", "1, 2"), ("a", "t")]


def test_flatten_shortens_numbers_but_no_texts() -> None:
    assert flatten({"gaussian": 1.0, "title": "Protocol 2.0"}) == {"gaussian": "1", "title": "Protocol 2.0"}
