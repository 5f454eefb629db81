"""``spondyl measure qpcr``: cycles or raw curves of a plate to fold changes with their intervals."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from spondyl.cli.measure.plotting import existing, refuse_unwritable, write_figure
from spondyl.cli.options import AsJson, named
from spondyl.cli.show import as_json, say, table

if TYPE_CHECKING:
    from spondyl.assay.qpcr import CtPlate, Expression, Expressions
    from spondyl.assay.qpcr.settings import Settings
    from spondyl.report.figures.fold_changes import Change

VERB = "measure qpcr"


def qpcr(
    file: Annotated[
        Path,
        typer.Argument(
            metavar="FILE", help="A tidy table (sample, group, gene, replicate, cq), or an RDML file."
        ),
    ],
    reference: Annotated[
        str, typer.Option(metavar="GENE,…", help="Reference genes, which should not change.")
    ] = "",
    control: Annotated[
        str, typer.Option(metavar="GROUP", help="Group that the others are compared with.")
    ] = "",
    efficiency: Annotated[
        str,
        typer.Option(
            metavar="table|1.0|FILE",
            help="Of amplification: as the file states or its standards show (table), one number for all "
            "genes (1.0 doubles each cycle), or a table with columns gene and efficiency.",
        ),
    ] = "1.0",
    groups: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Table with columns sample and group.")
    ] = None,
    choose_references: Annotated[
        bool, typer.Option("--choose-references", help="Keep only as many references as geNorm asks for.")
    ] = False,
    calibrator: Annotated[
        str, typer.Option(metavar="SAMPLE,…", help="Samples on every plate, to bring plates together.")
    ] = "",
    variance: Annotated[
        str, typer.Option(help="pooled: groups spread alike; welch: each on its own.")
    ] = "pooled",
    curves: Annotated[
        bool, typer.Option("--curves", help="Cycles and efficiencies from the raw curves of an RDML file.")
    ] = False,
    plot: Annotated[
        Path | None, typer.Option(metavar="SVG", help="Draw fold changes there, with a TSV beside it.")
    ] = None,
    miqe: Annotated[
        Path | None, typer.Option(metavar="TSV", help="Write the MIQE checklist, as far as it is known.")
    ] = None,
    json: AsJson = False,
) -> None:
    """Fold changes of genes between groups, from a qPCR plate."""
    from spondyl.assay import qpcr as assay
    from spondyl.errors import MeasurementError

    refuse_unwritable(VERB, plot)
    if miqe is not None and (wrong := existing(f"{VERB}, miqe", (miqe,))):
        raise MeasurementError(wrong)
    chosen = _settings(reference, control, efficiency, choose_references, calibrator, variance)
    plate = assay.read(file, curves=curves)
    if groups is not None:
        plate = assay.grouped(plate, assay.read_groups(groups))
    found = assay.measure(plate, chosen)
    if plot is not None:
        _draw(found, plot)
    if miqe is not None:
        _write_miqe(plate, found, miqe)
    if json:
        from spondyl.assay.qpcr.plain import as_json as plain

        as_json({"file": str(file)} | plain(found))
    else:
        _print(found)
    for remark in found.remarks:
        say(f"{file.name}: {remark}")


def _settings(
    reference: str, control: str, efficiency: str, choose: bool, calibrator: str, variance: str
) -> Settings:
    from spondyl.assay.qpcr import Settings, read_efficiencies

    given: dict[str, Any] = {"efficiency": efficiency}
    if efficiency != "table":
        try:
            given = {"efficiency": float(efficiency)}
        except ValueError:
            given = {"efficiency": "table", "efficiencies": read_efficiencies(Path(efficiency))}
    return named(
        VERB,
        lambda: Settings(
            reference=_names(reference),
            control=control.strip(),
            choose_references=choose,
            calibrators=_names(calibrator),
            variance=variance,  # type: ignore[arg-type]  # any text is checked there
            **given,
        ),
    )


def _names(text: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in text.split(",") if name.strip())


def _print(found: Expressions) -> None:
    header = ("gene", "group", "ΔΔCq", "fold change", "95 % interval", "n", "n control", "")
    table(header, [_line(row) for row in found.rows], right=(2, 3, 5, 6))
    references = found.references
    steady = "" if references.m is None else f", geNorm M {references.m:.3f}"
    typer.echo(f"References: {', '.join(references.used)}{steady}. Control: {found.settings.control}.")
    if references.genorm is not None and len(references.genorm.order) > 2:
        ranked = references.genorm
        typer.echo(f"Steadiest first (geNorm): {', '.join(ranked.order)}.")


def _line(row: Expression) -> tuple[str, ...]:
    change = row.change
    if change is None:
        return row.gene, row.group, "–", "–", "–", "0", "–", row.remark
    low_high = change.interval
    interval = "–" if low_high is None else f"{low_high[0]:.4g} to {low_high[1]:.4g}"
    numbers = (
        f"{change.ddcq:.3f}",
        f"{change.fold_change:.4g}",
        interval,
        str(change.n),
        str(change.n_control),
    )
    return row.gene, row.group, *numbers, row.remark


def _draw(found: Expressions, plot: Path) -> None:
    from spondyl.report.figures.fold_changes import fold_changes_figure

    control = found.settings.control
    changes = []
    for gene in dict.fromkeys(row.gene for row in found.rows):
        changes.append(_change(found, gene, control, None))
        changes += [_change(found, gene, row.group, row) for row in found.rows if row.gene == gene]
    write_figure(fold_changes_figure(changes, control, "measured"), plot)


def _change(found: Expressions, gene: str, group: str, row: Expression | None) -> Change:
    """Return what is drawn of a gene in a group; the control group, which has no row, has mean 1."""
    import math

    from spondyl.assay.qpcr.samples import levels
    from spondyl.report.figures.fold_changes import Change

    own = [level for level in levels(found) if (level.gene, level.group) == (gene, group)]
    mean, low, high = 1.0 if own and row is None else math.nan, math.nan, math.nan
    if row is not None and row.change is not None:
        mean = row.change.fold_change
        low, high = row.change.interval or (math.nan, math.nan)
    names, values = tuple(level.sample for level in own), tuple(level.fold_change for level in own)
    return Change(gene, group, names, values, mean, low, high)


def _write_miqe(plate: CtPlate, found: Expressions, path: Path) -> None:
    from spondyl import files
    from spondyl.assay.qpcr.miqe import miqe
    from spondyl.report.tabular import cell

    rows = [("section", "item", "entry"), *miqe(plate, found)]
    files.write_text(path, "".join("\t".join(cell(text) for text in row) + "\n" for row in rows))
    say(f"Wrote {path}")
