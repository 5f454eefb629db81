"""What goes into a tube: cells, and how strongly they express each gene."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from spondyl.errors import CultureError, Mistake
from spondyl.spheroid.lot import SpheroidLot
from spondyl.vertebra.streams import stream

REFERENCES = ("GAPDH", "RPL13A", "ACTB")
"""Reference genes of the virtual primer set."""


@dataclass(frozen=True, slots=True)
class Sample:
    """Cells of one animal, donor or culture.

    Parameters
    ----------
    name, group : of the sample.
    cells : living cells that are lysed.
    expression : by gene, relative to a level of 1; reference genes that are left out are at 1.

    Raises
    ------
    CultureError
        No cells, or an expression that is not above zero.
    """

    name: str
    group: str
    cells: float
    expression: Mapping[str, float]

    def __post_init__(self) -> None:
        wrong = [gene for gene, level in self.expression.items() if not 0 < level < np.inf]
        if wrong or not 0 < self.cells < np.inf:
            given = (
                f"an expression of {wrong[0]} that is not above zero" if wrong else f"{self.cells:g} cells"
            )
            raise CultureError(Mistake(f"sample {self.name}", given, "must be finite and above zero"))


def mixture(
    name: str, group: str, cells: Mapping[str, float], expression: Mapping[str, Mapping[str, float]]
) -> Sample:
    """Return a tissue of several kinds of cells; every message counts alike, whichever cell it is from.

    Parameters
    ----------
    name, group : of the sample.
    cells : number of cells of each kind.
    expression : of each kind, by gene; a gene that a kind does not name is at 1 there.

    Examples
    --------
    >>> both = mixture("rat 3", "graft", {"stem": 3e4, "osteoblast": 1e4}, {"osteoblast": {"BGLAP": 21.0}})
    >>> both.cells, both.expression["BGLAP"]
    (40000.0, 6.0)
    """
    total = float(sum(cells.values()))
    genes = dict.fromkeys(gene for kind in expression for gene in expression[kind])
    levels = (
        {
            gene: sum(count * expression.get(kind, {}).get(gene, 1.0) for kind, count in cells.items())
            / total
            for gene in genes
        }
        if total
        else {}
    )
    return Sample(name, group, total, levels)


def of_lot(lot: SpheroidLot, name: str, group: str, spheroids: int | None = None) -> Sample:
    """Return the living cells of a lot's spheroids; a shell counts by its volume and its living share.

    Parameters
    ----------
    lot : with its expression by shell.
    name, group : of the sample.
    spheroids : how many are lysed; None for all.

    Raises
    ------
    CultureError
        If more are asked for than there are, or nothing lives.
    """
    count = lot.count if spheroids is None else spheroids
    if not 1 <= count <= lot.count:
        given = f"{count} of {lot.count} spheroids"
        raise CultureError(
            Mistake(f"sample {name}", given, "must be at least one and no more than there are")
        )
    weight = lot.living
    total = float(weight.sum())
    levels = {gene: float(weight @ level) / total for gene, level in lot.expression.items()} if total else {}
    return Sample(name, group, count * lot.cells_each * (total > 0), levels)


def animals(
    template: Sample, count: int, spread: float, *, seed: int, genes: Sequence[str] | None = None
) -> tuple[Sample, ...]:
    """Return samples of several animals that differ from a template, gene by gene, log-normally.

    Parameters
    ----------
    template : whose expression is the median of the animals.
    count : of animals.
    spread : standard deviation of log2 of the expression between animals.
    seed : of the draws.
    genes : that differ; all those of the template if None.
    """
    made = []
    for number in range(1, count + 1):
        name = f"{template.name}-{number}"
        draws = stream(seed, "thermocycler", "animal", name)
        moved = {
            gene: float(2 ** (spread * draws.standard_normal())) for gene in genes or template.expression
        }
        levels = {gene: level * moved.get(gene, 1.0) for gene, level in template.expression.items()}
        made.append(Sample(name, template.group, template.cells, levels))
    return tuple(made)
