"""What the donor of the cells changes in a culture: secretion, and the answer to osteogenic medium."""

from __future__ import annotations

from dataclasses import replace

from spondyl.donor import CellBatch
from spondyl.spheroid.differentiation import Genes
from spondyl.spheroid.numbers import Numbers

ANSWER = "runx2_medium"
"""Input of the network by which RUNX2 answers to osteogenic medium; a network without it is left as it is."""


def of_donor(cells: CellBatch, known: Numbers) -> Numbers:
    """Return the numbers of a culture of these cells; those given for cells of unknown origin."""
    if cells.traits is None:
        return known
    factor = float(cells.traits.secretion[0])
    return replace(
        known,
        vegf_secretion=factor * known.vegf_secretion,
        bmp2_secretion=factor * known.bmp2_secretion,
    )


def answering(cells: CellBatch, using: Genes) -> Genes:
    """Return the network as the genes of these cells answer to osteogenic medium."""
    network = using.network.network
    if cells.traits is None or ANSWER not in network.inputs:
        return using
    usual = using.inputs.get(ANSWER, network.quantities[ANSWER].value)
    factor = float(cells.traits.osteogenic_response[0])
    return using if usual is None else replace(using, inputs={**using.inputs, ANSWER: factor * usual})
