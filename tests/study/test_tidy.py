from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from spondyl.errors import DesignError
from spondyl.study.tidy import COLUMNS, order_rows, read_table, table, write_table

ROWS = [
    ("sub-02", "b", 8.0, "microct", "bv_tv", 0.1 + 0.2, "1", "how, exactly"),
    ("NA", "a", 8.0, "microct", "bv_tv", 1 / 3, "1", "é"),
    ("sub-02", "b", 4.0, "microct", "bv_tv", 1e-300, "1", ""),
]


def test_tables_keep_every_digit_and_every_text(tmp_path: Path) -> None:
    frame = table(ROWS)
    write_table(frame, tmp_path)
    pd.testing.assert_frame_equal(read_table(tmp_path), frame, check_exact=True, check_dtype=False)
    parquet = pd.read_parquet(tmp_path / "measurements.parquet")
    assert list(parquet.columns) == list(COLUMNS)
    assert parquet["value"].tolist() == [row[5] for row in ROWS]
    assert parquet["animal"].tolist() == ["sub-02", "NA", "sub-02"]


def test_an_empty_table_is_written_and_read(tmp_path: Path) -> None:
    write_table(table([]), tmp_path)
    assert read_table(tmp_path).empty


def test_rows_are_ordered_by_group_animal_and_week() -> None:
    assert [(row[0], row[2]) for row in order_rows(ROWS, ["a", "b"])] == [
        ("NA", 8),
        ("sub-02", 4),
        ("sub-02", 8),
    ]


def test_a_table_without_its_columns_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DesignError, match="run the study first"):
        read_table(tmp_path)
    (tmp_path / "measurements.tsv").write_text("animal\tvalue\n")
    with pytest.raises(DesignError, match="no column group, week"):
        read_table(tmp_path)
