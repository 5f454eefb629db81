"""The one long table that trial, report and calibration read."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from spondyl import files
from spondyl.errors import DesignError, Mistake

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = ("animal", "group", "week", "assay", "name", "value", "unit", "method")
Row = tuple[str, str, float, str, str, float, str, str]


def table(rows: Iterable[Row]) -> pd.DataFrame:
    """Return rows as a table with the columns of `COLUMNS`, in the order given."""
    import pandas as pd

    frame = pd.DataFrame(list(rows), columns=list(COLUMNS))
    return frame.astype({"week": "float64", "value": "float64"})


def write_table(frame: pd.DataFrame, folder: Path) -> None:
    """Write ``measurements.tsv`` and ``measurements.parquet``; numbers keep every digit."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    files.write_text(folder / "measurements.tsv", frame.to_csv(sep="\t", index=False, lineterminator="\n"))
    buffer = io.BytesIO()
    columns = {name: pa.array(frame[name].tolist(), _arrow(pa, name)) for name in COLUMNS}
    pq.write_table(pa.table(columns), buffer, compression="zstd")
    files.write_bytes(folder / "measurements.parquet", buffer.getvalue())


def read_table(folder: Path) -> pd.DataFrame:
    """Read the table of a finished run."""
    import pandas as pd

    path = folder / "measurements.tsv"
    if not path.is_file():
        raise DesignError(Mistake(str(path), "no such file", "run the study first: spondyl run"))
    text = ("animal", "group", "assay", "name", "unit", "method")
    frame = pd.read_csv(
        path, sep="\t", dtype=dict.fromkeys(text, str), keep_default_na=False, na_values={"value": [""]}
    )
    missing = [name for name in COLUMNS if name not in frame.columns]
    if missing:
        allowed = f"needs the columns {', '.join(COLUMNS)}"
        raise DesignError(Mistake(str(path), f"no column {', '.join(missing)}", allowed))
    return frame.astype({"week": "float64", "value": "float64"})


def order_rows(rows: Sequence[Row], groups: Sequence[str]) -> list[Row]:
    """Return rows by group as the study file lists them, then by animal and week."""
    place = {group: index for index, group in enumerate(groups)}
    return sorted(rows, key=lambda row: (place[row[1]], row[0], row[2]))


def _arrow(pa: object, name: str) -> object:
    kind = "float64" if name in ("week", "value") else "string"
    return getattr(pa, kind)()
