"""``spondyl measure agreement``: a scanner's own numbers beside ours, in one table and one plot."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from spondyl.cli.measure.plotting import refuse_unwritable, write_figure
from spondyl.cli.options import AsJson
from spondyl.cli.show import as_json, table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from spondyl.assay.microct.scanner_agreement import Agreement, Pair
    from spondyl.report.endpoint import Endpoint
    from spondyl.report.figures.agreement import Compared

VERB = "measure agreement"
THEIRS, OURS = "Scanner", "Spondyl"


def agreement(
    scanner: Annotated[
        Path, typer.Argument(metavar="TABLE", help="Results as the scanner's software exports them.")
    ],
    measured: Annotated[
        list[Path],
        typer.Argument(
            metavar="MEASURED...",
            help="Ours: what 'measure microct … --json' printed, or a study's measurements.tsv.",
        ),
    ],
    match: Annotated[
        Path | None,
        typer.Option(
            metavar="TSV", help="Which name of ours is which MeasNo: columns 'measurement' and 'name'."
        ),
    ] = None,
    plot: Annotated[
        Path | None,
        typer.Option(metavar="SVG", help="Write identity and Bland-Altman plots, and a TSV beside them."),
    ] = None,
    json: AsJson = False,
) -> None:
    """The scanner's own numbers beside ours: bias and limits of agreement, flags kept."""
    from spondyl.assay.microct.scanner_agreement import agreement as summarised
    from spondyl.assay.microct.scanner_agreement import paired
    from spondyl.assay.microct.scanner_match import matched, read_ours, read_pairs
    from spondyl.assay.microct.scanner_table import read_scanner_table
    from spondyl.errors import MeasurementError, Mistake

    refuse_unwritable(VERB, plot)
    theirs = read_scanner_table(scanner)
    ours = [one for path in measured for one in read_ours(path)]
    pairs = paired(theirs, matched(theirs, ours, read_pairs(match) if match else None))
    if not pairs:
        given = f"no quantity that {scanner.name} and {', '.join(p.name for p in measured)} share"
        raise MeasurementError(Mistake(VERB, given, "measure the scans of the table without --quick"))
    found = summarised(pairs)
    if plot is not None:
        _draw(pairs, found, plot)
    if json:
        as_json({"agreement": [asdict(one) for one in found], "pairs": [_pair(pair) for pair in pairs]})
    else:
        _print(pairs, found)


def _pair(pair: Pair) -> dict[str, object]:
    return asdict(pair) | {"difference": pair.difference}


def _draw(pairs: Sequence[Pair], found: Sequence[Agreement], plot: Path) -> None:
    from spondyl.report.figures.agreement import agreement_figure

    names = dict.fromkeys(pair.name for pair in pairs)
    figure = agreement_figure([_compared(name, pairs, found) for name in names], THEIRS, OURS)
    write_figure(figure, plot)


def _compared(name: str, pairs: Sequence[Pair], found: Sequence[Agreement]) -> Compared:
    from spondyl.report.figures.agreement import Compared

    those = [pair for pair in pairs if pair.name == name]
    end, unit = _endpoint(name)
    one = next((one for one in found if one.name == name), None)
    return Compared(
        endpoint=end,
        unit=unit,
        names=tuple(pair.measurement for pair in those),
        theirs=tuple(pair.theirs for pair in those),
        ours=tuple(pair.ours for pair in those),
        flags=tuple(pair.flag for pair in those),
        bias=None if one is None else one.bias,
        low=None if one is None else one.low,
        high=None if one is None else one.high,
    )


def _endpoint(name: str) -> tuple[Endpoint, str]:
    """Return how a quantity is printed, and the unit our numbers have."""
    from spondyl.report.endpoint import endpoint_of, listed_unit

    assay = "microct" if listed_unit("microct", name) is not None else "strength"
    unit = listed_unit(assay, name) or "1"
    return endpoint_of(assay, name, unit), unit


def _print(pairs: Sequence[Pair], found: Sequence[Agreement]) -> None:
    lines = [
        (p.measurement, p.name, f"{p.theirs:.6g}", f"{p.ours:.6g}", f"{p.difference:+.3g}", p.flag)
        for p in pairs
    ]
    table(("MeasNo", "measurement", "scanner", "ours", "difference", "flag"), lines, right=(2, 3, 4))
    typer.echo("")
    table(
        ("measurement", "unit", "pairs", "flagged", "bias", "limits of agreement"),
        [_line(one, pairs) for one in found],
        right=(2, 3, 4),
    )
    typer.echo("Differences are ours minus the scanner's; numbers that the scanner flagged do not count.")


def _line(one: Agreement, pairs: Sequence[Pair]) -> tuple[str, ...]:
    flagged = sum(bool(pair.flag) for pair in pairs if pair.name == one.name)
    known = one.low is not None and one.high is not None
    limits = f"{one.low:.4g} to {one.high:.4g}" if known else "too few pairs"
    unit = _endpoint(one.name)[1]
    return one.name, "" if unit == "1" else unit, str(one.pairs), str(flagged), f"{one.bias:+.4g}", limits
