"""Soft tissue, bone or scaffold: a classifier that learns from phantoms with the blur and noise of a scan."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from spondyl.assay.microct.phantom import Imaging, Materials, Phantom, Stream, phantom, stream
from spondyl.assay.microct.phantom import in_vivo as in_vivo_imaging
from spondyl.assay.microct.phantom import materials as table_materials
from spondyl.assay.microct.phases.blocks import BLOCK, Block, blocks
from spondyl.assay.microct.phases.features import CERTAIN, of_probabilities, of_values
from spondyl.assay.microct.phases.network import Network, probabilities, train, workers
from spondyl.threads import in_threads
from spondyl.volume import Grid, Meaning, Scan


@dataclass(frozen=True, slots=True)
class Training:
    """How a classifier is trained.

    Parameters
    ----------
    seeds : one phantom for each.
    edge : voxels along each side of a phantom.
    rows : voxels drawn from each phantom.
    rounds : how often all of them are walked, for each of the two networks.
    """

    seeds: tuple[int, ...] = tuple(range(1, 11))
    edge: int = 72
    rows: int = 20_000
    rounds: int = 20


@dataclass(frozen=True, slots=True, eq=False)
class Classifier:
    """Two networks: the first sees grey values, the second also what the first found nearby.

    Parameters
    ----------
    imaging, materials : of the phantoms it was trained on.
    training : how.
    first, second : the networks; the second decides.
    """

    imaging: Imaging
    materials: Materials
    training: Training
    first: Network
    second: Network


@dataclass(frozen=True, slots=True, eq=False)
class Opinion:
    """What a classifier thinks of every voxel.

    Parameters
    ----------
    phase : most probable :class:`~spondyl.assay.microct.phantom.Phase`, uint8, shape (z, y, x).
    certainty : its probability times 255, rounded down, same shape.
    """

    phase: NDArray[np.uint8]
    certainty: NDArray[np.uint8]


def trained(
    imaging: Imaging | None = None,
    made_of: Materials | None = None,
    training: Training | None = None,
    *,
    threads: int | None = None,
) -> Classifier:
    """Train a classifier on phantoms; the same arguments give the same one, on any number of threads.

    Parameters
    ----------
    imaging : blur and noise of the scans it is for; those of a living rat by default.
    made_of : densities and sizes of the phases; those of the table of the stage by default.
    training : phantoms, voxels drawn from them and rounds.
    threads : at most so many at once.
    """
    imaging, made_of = imaging or in_vivo_imaging(), made_of or table_materials()
    training = training or Training()
    count, shape = workers(threads), (training.edge,) * 3
    shown = in_threads(partial(_shown, imaging, made_of, training.edge), training.seeds, count)
    rng = stream(training.seeds[0], Stream.TRAINING)
    drawn = [rng.choice(t.size, min(training.rows, t.size), replace=False) for t, _ in shown]
    truth = np.concatenate([t[rows] for (t, _), rows in zip(shown, drawn, strict=True)])
    seen = [fields[:, rows] for (_, fields), rows in zip(shown, drawn, strict=True)]
    first = train(_rows(seen), truth, rng, rounds=training.rounds)
    around = in_threads(lambda one: _context(first, one[1], shape), shown, count)
    nearby = [fields[:, rows] for fields, rows in zip(around, drawn, strict=True)]
    both = [np.concatenate(pair) for pair in zip(seen, nearby, strict=True)]
    second = train(_rows(both), truth, rng, rounds=training.rounds)
    return Classifier(imaging, made_of, training, first, second)


def opinion(classifier: Classifier, scan: Scan, *, threads: int | None = None, edge: int = BLOCK) -> Opinion:
    """Return what a classifier thinks of a scan.

    Parameters
    ----------
    classifier : trained for the blur and noise of the scan.
    scan : in mg HA/cm³.
    threads : at most so many at once; changes no number.
    edge : of the blocks it is cut into; changes memory, no number.
    """
    shape = scan.grid.shape
    bone, scaffold = np.empty(shape, dtype=np.uint8), np.empty(shape, dtype=np.uint8)
    phase, certainty = np.empty(shape, dtype=np.uint8), np.empty(shape, dtype=np.uint8)

    def look(block: Block) -> None:
        found = _chances(classifier.first, of_values(scan.within(block.wide)), block)
        bone[block.own], scaffold[block.own] = np.rint(CERTAIN * found[1:]).astype(np.uint8)

    def decide(block: Block) -> None:
        seen = of_values(scan.within(block.wide))
        nearby = of_probabilities(bone[block.wide], scaffold[block.wide])
        found = _chances(classifier.second, np.concatenate([seen, nearby]), block)
        phase[block.own] = found.argmax(axis=0)
        certainty[block.own] = (CERTAIN * found.max(axis=0)).astype(np.uint8)

    for work in (look, decide):
        in_threads(work, blocks(shape, edge), workers(threads))
    return Opinion(phase, certainty)


def scan_of(shown: Phantom) -> Scan:
    """Return a phantom as a calibrated scan."""
    voxel = shown.imaging.voxel_um / 1000
    z, y, x = shown.values.shape
    return Scan(shown.values, Grid((z, y, x), (voxel, voxel, voxel)), Meaning.DENSITY)


def _chances(network: Network, seen: NDArray[np.float32], block: Block) -> NDArray[np.float64]:
    """Probabilities in the block's own voxels, shape (3, z, y, x)."""
    own = seen[(slice(None), *block.inner)]
    return probabilities(network, _columns(own)).reshape(3, *own.shape[1:])


def _shown(
    imaging: Imaging, made_of: Materials, edge: int, seed: int
) -> tuple[NDArray[np.uint8], NDArray[np.float32]]:
    """Truth and features of one phantom, voxel by voxel."""
    made = phantom(seed, imaging, made_of, edge=edge)
    return made.truth.ravel(), _columns(of_values(made.values))


def _context(
    network: Network, field: NDArray[np.float32], shape: tuple[int, int, int]
) -> NDArray[np.float32]:
    """Features of what a network thinks of a phantom, stored as coarsely as later for a scan."""
    chances = probabilities(network, field).reshape(3, *shape)
    bone, scaffold = np.rint(CERTAIN * chances[1:]).astype(np.uint8)
    return _columns(of_probabilities(bone, scaffold))


def _columns(fields: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.ascontiguousarray(fields.reshape(len(fields), -1))


def _rows(columns: list[NDArray[np.float32]]) -> NDArray[np.float32]:
    return np.ascontiguousarray(np.concatenate(columns, axis=1).T)
