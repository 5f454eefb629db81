"""Text with a unit becomes a number, or one clear error."""

from __future__ import annotations

import math
import time
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spondyl.errors import QuantityError
from spondyl.quantity import check_unit, convert, convert_number, lengths_mm


@pytest.mark.parametrize(
    ("text", "unit", "value"),
    [
        ("20 um", "mm", 0.02),
        ("20um", "mm", 0.02),
        (" 20 \u00b5m ", "mm", 0.02),
        ("20 \u03bcm", "mm", 0.02),
        ("4.1 um", "mm", 0.0041),
        (".5 mm", "um", 500.0),
        ("1e-3mm", "um", 1.0),
        ("1e5 cells/mm3", "cell/cm^3", 1e8),
        ("700 mg/cm³", "kg/m^3", 700.0),
        ("3 1/mm", "1/cm", 30.0),
        ("3 /mm", "1/mm", 3.0),
        ("3 mm⁻¹", "1/mm", 3.0),
        ("18 GPa", "MPa", 18000.0),
        ("5 kN*m", "N*mm", 5e6),
        ("2 mg/cm^3/day", "mg/cm^3/week", 14.0),
        ("37 degC", "K", 310.15),
        ("30 %", "1", 0.3),
        ("20", "1", 20.0),
        (20, "1", 20.0),
        (1 / 3, "1", 1 / 3),
    ],
)
def test_a_quantity_becomes_the_number_in_the_unit_wanted(text, unit, value):
    assert convert(text, unit, where="here") == pytest.approx(value, rel=1e-14, abs=0)


@pytest.mark.parametrize(
    ("given", "unit", "words"),
    [
        ("20", "mm", ["without a unit", "'20 um'"]),
        (20, "mm", ["without a unit", "'20 um'"]),
        (20.0, "mm", ["without a unit"]),
        ("20 umm", "mm", ["'umm'", "Did you mean 'um'?"]),
        ("20 milimeter", "mm", ["Did you mean 'millimeter'?"]),
        ("20 kg", "mm", ["a mass", "a length"]),
        ("1e5 cells/mm^3", "1/mm^3", ["a cell density", "a number per volume"]),
        ("20 mm", "1", ["a length", "a number without a unit"]),
        ("0,02 mm", "mm", ["decimal point"]),
        ("nan mm", "mm", ["a length"]),
        ("inf mm", "mm", ["a length"]),
        (math.nan, "1", ["nan"]),
        (math.inf, "1", ["inf"]),
        (True, "1", ["True"]),
        (10**400, "1", ["characters"]),
        ("", "mm", ["''"]),
        ("um", "mm", ["'um'"]),
        ("1e999 mm", "mm", ["finite"]),
        ("1e308 km", "um", ["finite"]),
        ("1e9999 mm", "mm", ["unit"]),
        ("20 um; rm -rf", "mm", ["unit such as"]),
        ("2**2**30 mm", "mm", ["unit such as"]),
        ("2 mm**999999999", "mm", ["unit such as"]),
        ("9**9**9**9", "1", ["unit such as"]),
        ("20 __import__", "mm", ["__import__"]),
        ("20 mm 30", "mm", ["unit such as"]),
        ("20 mm/", "mm", ["unit such as"]),
        ("20 (mm)", "mm", ["unit such as"]),
        ("٣ mm", "mm", ["a length"]),
        ("\x00 mm", "mm", [r"\x00"]),
        ("9" * 10_000 + " mm", "mm", ["10005 characters"]),
        ("1 " + "m" * 10_000, "mm", ["characters"]),
    ],
)
def test_a_mistake_says_where_what_and_the_remedy(given, unit, words):
    with pytest.raises(QuantityError) as caught:
        convert(given, unit, where="study.toml › gap")
    text = str(caught.value)
    assert text.startswith("study.toml › gap: found ")
    assert len(text) < 300
    for word in words:
        assert word in text


@pytest.mark.parametrize("text", ["0 um", "-3 um", "-0.0 mm", "1e-400 mm"])
def test_a_length_that_must_be_positive_is(text):
    with pytest.raises(QuantityError, match="above zero"):
        convert(text, "mm", where="here", positive=True)
    assert convert(text, "mm", where="here") <= 0


def test_hostile_text_is_refused_quickly():
    convert("1 um", "mm", where="warm up")
    begun = time.perf_counter()
    for text in ("2**2**30 mm", "1" * 100_000, "1 " + "m*" * 50_000 + "m", "1 mm^9^9^9^9", "1 " + "m" * 79):
        with pytest.raises(QuantityError):
            convert(text, "mm", where="here")
        with pytest.raises(QuantityError):
            lengths_mm(text, where="here")
    assert time.perf_counter() - begun < 1.0


@given(st.text(max_size=120))
@settings(max_examples=150, deadline=None)
def test_any_text_gives_a_finite_number_or_a_quantity_error(text):
    for unit in ("mm", "1"):
        with suppress(QuantityError):
            assert math.isfinite(convert(text, unit, where="here"))


@given(st.text(alphabet="0123456789.eE+-*/^ munkgscelPaN%µ,()", max_size=30))
@settings(max_examples=150, deadline=None)
def test_text_that_looks_like_a_quantity_is_safe_too(text):
    with suppress(QuantityError):
        assert math.isfinite(convert(text, "mm", where="here"))


@given(st.floats(min_value=1e-6, max_value=1e6))
@settings(max_examples=60, deadline=None)
def test_there_and_back_gives_the_number(value):
    micrometre = convert_number(value, "mm", "um", where="here")
    assert convert_number(micrometre, "um", "mm", where="here") == pytest.approx(value, rel=1e-14, abs=0)


def test_one_or_three_lengths():
    assert lengths_mm("20 um", where="--voxel") == 0.02
    assert lengths_mm("40 um,20um, 0.02 mm", where="--voxel") == (0.04, 0.02, 0.02)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("0,02 mm", ["decimal sign"]),
        ("1 mm, 2 mm", ["three (z, y, x)"]),
        ("1 mm,,2 mm", ["three (z, y, x)"]),
        ("20, 20, 40 um", ["(z)", "(y)"]),
        ("20 um, 20 kg, 0 um", ["(y)", "a mass", "(x)", "above zero"]),
        ("", ["a length"]),
    ],
)
def test_all_mistakes_of_three_lengths_are_said_at_once(text, words):
    with pytest.raises(QuantityError) as caught:
        lengths_mm(text, where="--voxel")
    for word in words:
        assert word in str(caught.value)


@pytest.mark.parametrize(
    "unit", ["1", "um", "1/mm", "mg/cm^3", "cells/mm3", "mmol/L", "degC", "%", "mm²/day"]
)
def test_units_of_the_field_are_understood(unit):
    check_unit(unit, where="here")


@pytest.mark.parametrize("unit", ["", "2", "mm^", "mm^0", "mm^12", "2 mm", "mgHA/cm3", "nan", "m" * 200])
def test_other_units_are_refused(unit):
    with pytest.raises(QuantityError):
        check_unit(unit, where="here")
