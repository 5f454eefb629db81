"""Culture: cells in, the whole course out."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from spondyl.donor import CellBatch
from spondyl.network import Network
from spondyl.quantity import Parameter
from spondyl.spheroid.belief import drawn
from spondyl.spheroid.course import Course
from spondyl.spheroid.differentiation import OSTEOGENIC, Genes, differentiated, genes
from spondyl.spheroid.lot import SpheroidLot
from spondyl.spheroid.numbers import NETWORK_STAGE, SPECIES, STAGE, Numbers, numbers
from spondyl.spheroid.origin import answering, of_donor
from spondyl.spheroid.plan import Plan, Request, plan

Tables = Mapping[str, Mapping[str, Parameter]]

SHELLS = 24
"""Shells of a spheroid: means then agree with those of many more to about 1e-4 (docs/decisions/0011)."""


def culture(
    cells: CellBatch,
    form: str = "spheroid",
    *,
    cells_each: float = 2000,
    count: int = 400,
    osteogenic: str = "7 day",
    days: str | None = None,
    medium: str = "low glucose",
    vessel: str = "96-well round",
    per_well: int | None = None,
    volume: str | None = None,
    exchange: str = "3 day",
    renewed: float = 1.0,
    oxygen: str = "20 %",
    step: str = "0.1 day",
    shells: int = SHELLS,
    network: str | Path | Network | None = OSTEOGENIC,
    seed: int | None = None,
    parameters: Tables | None = None,
) -> Course:
    """Culture cells and return the whole course.

    Cells spend one day in growth medium, then `osteogenic` days in osteogenic medium, and in growth medium
    again should the culture last longer. How strongly they answer to it, and what they secrete, are those of
    their donor; of the usual one, where the batch does not know its donor.

    Parameters
    ----------
    cells : the batch they are taken from.
    form : "spheroid", "suspension" (single cells over a floor they do not stick to) or "monolayer".
    cells_each, count : living cells of a spheroid, and spheroids; in the other forms as many cells, apart.
    osteogenic : time in osteogenic medium; ``"0 day"`` leaves the cells undifferentiated.
    days : length of the culture; by default one day longer than `osteogenic`.
    medium : "low glucose", "high glucose" or "no glucose".
    vessel : a key of :func:`spondyl.spheroid.vessels`.
    per_well : spheroids (or as many times `cells_each` cells) in a well; by default as many as fit.
    volume : medium in a well; by default the usual one.
    exchange, renewed : time between exchanges of medium (to the nearest step), and the share exchanged.
    oxygen : of the gas, as a share (``"20 %"``) or a partial pressure (``"38 mmHg"``).
    step : length of a step.
    shells : of a spheroid, equally thick at the start.
    network : "osteogenic", or an SBML file or network of one's own (see :func:`spondyl.spheroid.genes`); with
        None cells stay what they are.
    seed : draws what differs between batches (numbers with a distribution); None keeps the usual ones.
    parameters : tables by stage, as :func:`spondyl.quantity.overrides` returns; the shipped ones when None.

    Raises
    ------
    CultureError
        With every mistake of the request: what was given, what is allowed, what batch or well can hold.

    Examples
    --------
    >>> batch = CellBatch("human", 2e6, 0.95, 0.05, 6.0, 3, 21.0, 7)
    >>> course = culture(batch, cells_each=15_000, count=96, osteogenic="7 day")
    >>> bool(150 < course.lot(3).radius_um < 200)
    True
    """
    known = of_donor(cells, _numbers(cells, seed, parameters))
    request = Request(
        form, cells_each, count, osteogenic, days, medium, vessel, per_well, volume, exchange, renewed,
        oxygen, step
    )  # fmt: skip
    asked = plan(cells, known, request)
    tables = parameters or {}
    using = genes(network, tables.get(NETWORK_STAGE))
    own = None if using is None else answering(cells, using)
    return cultured(asked, known, shells=shells, using=own)


def cultured(asked: Plan, known: Numbers, *, shells: int = SHELLS, using: Genes | None = None) -> Course:
    """Return the course of a plan with given numbers; no question is asked again."""
    from spondyl.spheroid.radial.run import equal_shells, run
    from spondyl.spheroid.radial.setting import cells_of, exchange_of, medium_of, schedule_of

    ball = asked.form == "spheroid"
    living = equal_shells(asked.cells_each if ball else 1.0, shells if ball else 1)
    fresh, renewed = medium_of(asked)
    found = run(
        cells_of(asked, known),
        exchange_of(asked, known),
        schedule_of(asked),
        living=living,
        dead=np.zeros_like(living),
        fresh=fresh,
        renewed=renewed,
    )
    return Course(asked, known, found, differentiated(asked, known, found, using))


def grow(
    cells: CellBatch,
    cells_each: float = 2000,
    count: int = 400,
    osteogenic: str = "7 day",
    *,
    days: str | None = None,
    medium: str = "low glucose",
    vessel: str = "96-well round",
    per_well: int | None = None,
    volume: str | None = None,
    exchange: str = "3 day",
    oxygen: str = "20 %",
    network: str | Path | Network | None = OSTEOGENIC,
    seed: int | None = None,
    parameters: Tables | None = None,
) -> SpheroidLot:
    """Make spheroids of a batch of cells and return them as they are on the last day of their culture.

    Parameters and errors are those of :func:`culture`.

    Examples
    --------
    >>> batch = CellBatch("rat", 2e6, 0.95, 0.05, 6.0, 3, 21.0, 7)
    >>> lot = grow(batch, cells_each=2000, count=400, osteogenic="7 day")
    >>> lot.count, lot.day
    (400, 8.0)
    """
    return culture(
        cells,
        cells_each=cells_each,
        count=count,
        osteogenic=osteogenic,
        days=days,
        medium=medium,
        vessel=vessel,
        per_well=per_well,
        volume=volume,
        exchange=exchange,
        oxygen=oxygen,
        network=network,
        seed=seed,
        parameters=parameters,
    ).lot()


def _numbers(cells: CellBatch, seed: int | None, tables: Tables | None) -> Numbers:
    table = None if tables is None else tables.get(STAGE)
    species = cells.species if cells.species in SPECIES else SPECIES[0]  # the plan refuses an unknown one
    return numbers(species, table) if seed is None else drawn(species, seed, table=table, wide=False)
