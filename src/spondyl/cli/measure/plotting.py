"""A figure as a picture and its numbers, written where nothing is replaced."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from spondyl.cli.show import say

if TYPE_CHECKING:
    from spondyl.errors import Mistake
    from spondyl.report.figures import Figure


def refuse_unwritable(verb: str, plot: Path | None) -> None:
    """Refuse a name for a plot that does not end in ``.svg``, or files that are there already."""
    from spondyl.errors import MeasurementError, Mistake

    if plot is None:
        return
    where, wrong = f"{verb}, plot", []
    if plot.suffix.lower() != ".svg":
        wrong.append(Mistake(where, str(plot), "the name must end in .svg"))
    wrong += existing(where, (plot, plot.with_suffix(".tsv")))
    if wrong:
        raise MeasurementError(wrong)


def existing(where: str, paths: Sequence[Path]) -> list[Mistake]:
    """Return a mistake for each file that is there already."""
    from spondyl.errors import Mistake

    return [
        Mistake(where, f"{path}, which exists", "delete it or choose another name")
        for path in paths
        if path.exists()
    ]


def write_figure(figure: Figure, plot: Path) -> None:
    """Write a figure as SVG and its numbers beside it as TSV."""
    from spondyl import files
    from spondyl.report.figures import svg_of
    from spondyl.report.tabular import tsv_of

    files.write_text(plot, svg_of(figure))
    files.write_text(plot.with_suffix(".tsv"), tsv_of(figure))
    say(f"Wrote {plot} and {plot.with_suffix('.tsv')}")
