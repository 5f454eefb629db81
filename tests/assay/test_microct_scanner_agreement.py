"""A scanner's numbers beside ours."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from spondyl.assay.microct.scanner_agreement import Pair, agreement, paired
from spondyl.assay.microct.scanner_table import ScannerTable, read_scanner_table
from spondyl.errors import MeasurementError

TABLE = """SampName,MeasNo,DT-Tb.Th[mm],VOX-BV/TV[1],TRI-DA[1]
rat 1,31,0.060,0.20,1.5
rat 2,32,0.064,~ 0.25,-
rat 3,33,0.070,0.30,1.7
"""


def table(folder: Path, text: str = TABLE) -> ScannerTable:
    path = folder / "results.csv"
    path.write_text(text, encoding="utf-8")
    return read_scanner_table(path)


def test_pairs_are_in_our_units_and_keep_the_flag(tmp_path: Path) -> None:
    ours = {"31": {"tb_th_um": 61.0, "bv_tv": 0.21, "shape": [3, 3, 3]}, "32": {"bv_tv": 0.26, "da": 1.4}}
    assert paired(table(tmp_path), ours) == (
        Pair("31", "tb_th_um", 60.0, 61.0, ""),
        Pair("31", "bv_tv", 0.2, 0.21, ""),
        Pair("32", "bv_tv", 0.25, 0.26, "~"),
    )


def test_limits_of_agreement_leave_flagged_numbers_out() -> None:
    differences = [1.0, 2.0, 4.0, -3.0]
    pairs = [Pair(str(n), "tb_th_um", 60.0, 60.0 + d, "") for n, d in enumerate(differences)]
    (found,) = agreement([*pairs, Pair("9", "tb_th_um", 60.0, 6000.0, "!")])
    spread = 1.96 * np.std(differences, ddof=1)
    assert (found.name, found.pairs) == ("tb_th_um", 4)
    assert (found.bias, found.low, found.high) == pytest.approx((1.0, 1.0 - spread, 1.0 + spread))
    assert agreement(pairs[:2])[0].low is None
    assert agreement([]) == ()


def test_a_measurement_that_is_not_in_the_table(tmp_path: Path) -> None:
    with pytest.raises(MeasurementError, match=r"no measurement '331'; must be a MeasNo of it\. Did"):
        paired(table(tmp_path), {"331": {"bv_tv": 0.2}})


def test_a_measurement_that_stands_twice(tmp_path: Path) -> None:
    twice = table(tmp_path, TABLE + "rat 1,31,0.061,0.20,1.5\n")
    with pytest.raises(MeasurementError, match="tb_th_um of measurement 31 again in line 5"):
        paired(twice, {"31": {"tb_th_um": 61.0}})
