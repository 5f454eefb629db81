"""Numbers are printed as a journal prints them."""

from __future__ import annotations

import math

import pytest

from spondyl.report.endpoint import endpoint_of, rank
from spondyl.report.numbers import decimals_for, number, p_value, percent
from spondyl.report.tabular import cell


def plain(text: str) -> str:
    return text.replace("\u202f", " ").replace("\u00a0", " ").replace("\u2212", "-")


@pytest.mark.parametrize(
    ("value", "decimals", "printed"),
    [
        (-10.94, 1, "-10.9"),
        (0.5, 0, "0"),
        (-0.04, 1, "0.0"),
        (12345.6, 0, "12 346"),
        (1234.0, 0, "1234"),
        (3.2, None, "3.2"),
        (10.0, None, "10"),
        (0.00123456, None, "0.001235"),
        (123456.0, None, "123 456"),
        (3.2e-9, None, "3.200 × 10⁻⁹"),
        (math.nan, 2, "–"),
        (math.inf, 2, "–"),
        (0.0, None, "0"),
    ],
)
def test_number(value: float, decimals: int | None, printed: str) -> None:
    assert plain(number(value, decimals)) == printed


def test_a_signed_number_shows_plus_but_not_on_zero() -> None:
    assert number(1.25, 1, signed=True) == "+1.2"
    assert number(0.0, 1, signed=True) == "0.0"


@pytest.mark.parametrize(
    ("uncertainty", "decimals"),
    [(1.53, 1), (0.0153, 3), (15.3, 0), (240.0, 0), (0.1, 2), (1e-12, 6), (0.0, None), (math.nan, None)],
)
def test_decimals_show_the_uncertainty_with_two_digits(uncertainty: float, decimals: int | None) -> None:
    assert decimals_for(uncertainty) == decimals


@pytest.mark.parametrize(
    ("p", "printed"),
    [
        (0.0004, "p < 0.001"),
        (0.0123, "p = 0.012"),
        (0.27, "p = 0.27"),
        (0.04996, "p = 0.04996"),
        (0.05, "p = 0.050"),
        (0.0504, "p = 0.0504"),
        (0.999, "p > 0.99"),
        (math.nan, "p –"),
    ],
)
def test_p_is_never_rounded_onto_alpha(p: float, printed: str) -> None:
    assert plain(p_value(p)) == printed


def test_percent_drops_needless_digits() -> None:
    assert plain(percent(1 - 0.05)) == "95 %"
    assert plain(percent(0.999)) == "99.9 %"


class TestEndpoint:
    def test_a_fraction_is_shown_in_percent(self) -> None:
        found = endpoint_of("microct", "bv_tv", "1")
        assert (found.symbol, found.unit, found.scale) == ("BV/TV", "%", 100.0)
        assert found.difference_unit == "percentage points"

    def test_a_value_already_in_percent_is_not_scaled_again(self) -> None:
        found = endpoint_of("microct", "bv_tv", "%")
        assert (found.unit, found.scale) == ("%", 1.0)

    @pytest.mark.parametrize("unit", ["1/mm", "mm^-1", "mm⁻¹"])
    def test_spellings_of_a_unit_print_alike(self, unit: str) -> None:
        assert endpoint_of("microct", "bs_bv_per_mm", unit).unit == "mm⁻¹"

    def test_an_unlisted_measurement_keeps_its_key_and_unit(self) -> None:
        found = endpoint_of("microct", "new_thing", "furlong")
        assert (found.title, found.unit, found.outcome) == ("new_thing", "furlong", True)

    def test_an_unexpected_unit_is_printed_not_hidden(self) -> None:
        assert endpoint_of("microct", "tmd_mgha_cm3", "HU").unit == "HU"

    def test_every_measurement_of_the_command_line_is_listed(self) -> None:
        keys = (
            *(
                "bv_tv",
                "bv_mm3",
                "tv_mm3",
                "bs_mm2",
                "bs_bv_per_mm",
                "bs_tv_per_mm",
                "tb_th_um",
                "tb_th_sd_um",
            ),
            *(
                "tb_sp_um",
                "tb_sp_sd_um",
                "tb_n_per_mm",
                "smi",
                "euler",
                "conn_d_per_mm3",
                "da",
                "mil_lengths",
            ),
            *("mil_axes", "tmd_mgha_cm3", "bmd_mgha_cm3", "ct_th_um", "ct_ar_mm2", "voxel_um", "shape"),
            *("threshold", "seconds", "tmd_core_mgha_cm3", "ct_po"),
        )
        assert [key for key in keys if endpoint_of("microct", key, "").name == key] == []
        assert rank("microct", "bv_tv") < rank("microct", "aaa") < rank("zzz", "aaa")


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("=SUM(A1)", "'=SUM(A1)"),
        (" @cmd", "' @cmd"),
        ("-1+cmd|' /C calc'!A0", "'-1+cmd|' /C calc'!A0"),
        ("+BMP-2", "+BMP-2"),
        ("a\tb\r\nc", "a b c"),
        (0.1, "0.1"),
        (math.nan, ""),
        (3, "3"),
    ],
)
def test_a_cell_can_neither_break_the_table_nor_run_as_a_formula(value: str | float, written: str) -> None:
    assert cell(value) == written


@pytest.mark.parametrize(
    ("assay", "key", "opened"),
    [
        ("graft", "tcp_mg", "β-TCP given"),
        ("graft", "spheroids", "Spheroids that stayed"),
        ("microct", "not_listed", "not_listed"),
    ],
)
def test_a_greek_letter_opens_a_sentence_as_it_is(assay: str, key: str, opened: str) -> None:
    endpoint = endpoint_of(assay, key, "")
    assert endpoint.opening(endpoint.title).startswith(opened)
