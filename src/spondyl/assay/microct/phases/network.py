"""A small neural network: one hidden layer beside a linear one, trained by Adam (Kingma and Ba 2015).

With its hidden layer left out it is multinomial logistic regression. The rows are walked in a shuffled order
in batches, one after the other, so the same generator gives the same bits. Against L-BFGS on all rows at once
it takes a tenth of the time for the same errors.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spondyl.compiled import kernel
from spondyl.threads import available_threads

CLASSES = 3
HIDDEN = 32
BATCH = 256
FIRST_RATE = 0.006
"""Rate of the first step; it falls to zero along half a cosine."""
MOMENTUM, SPREAD, SMALL = 0.9, 0.999, 1e-8
"""How slowly the means of slope and squared slope forget, and what keeps the step finite."""
PENALTY = 1e-6
"""Weight of the sum of the squared weights in the mean loss."""


@dataclass(frozen=True, slots=True, eq=False)
class Network:
    """Weights of a trained network.

    Parameters
    ----------
    mean, scale : of each feature over the training rows; features enter as ``(x - mean) / scale``.
    weights : of all layers in one row, as :func:`parts` cuts them.
    loss : mean cross-entropy with the penalty over the last round of training, natural logarithm.
    """

    mean: NDArray[np.float64]
    scale: NDArray[np.float64]
    weights: NDArray[np.float64]
    loss: float


def parts(weights: NDArray[np.float64], features: int) -> list[NDArray[np.float64]]:
    """Cut a row of weights into input-to-hidden, hidden bias, hidden-to-class, class bias, input-to-class."""
    shapes = [(features, HIDDEN), (HIDDEN,), (HIDDEN, CLASSES), (CLASSES,), (features, CLASSES)]
    cuts = np.cumsum([int(np.prod(shape)) for shape in shapes])
    return [part.reshape(shape) for part, shape in zip(np.split(weights, cuts[:-1]), shapes, strict=True)]


def train(
    rows: NDArray[np.float32], truth: NDArray[np.uint8], rng: np.random.Generator, *, rounds: int
) -> Network:
    """Train a network.

    Parameters
    ----------
    rows : features, shape (rows, features).
    truth : class of each row, 0, 1 or 2, shape (rows,).
    rng : for the weights to begin with and the order of the rows.
    rounds : how often all rows are walked.
    """
    mean = rows.mean(axis=0, dtype=np.float64)
    spread = rows.std(axis=0, dtype=np.float64)
    scale = np.where(spread > 0, spread, 1.0)
    weights = _first(rows.shape[1], rng)
    slope_mean, square_mean = np.zeros_like(weights), np.zeros_like(weights)
    steps, step, total = rounds * -(-len(rows) // BATCH), 0, 0.0
    for _ in range(rounds):
        order, total = rng.permutation(len(rows)), 0.0
        for start in range(0, len(rows), BATCH):
            chosen = order[start : start + BATCH]
            loss, slope = _loss_and_slope(weights, (rows[chosen] - mean) / scale, truth[chosen])
            total += loss * len(chosen)
            step += 1
            slope_mean += (1 - MOMENTUM) * (slope - slope_mean)
            square_mean += (1 - SPREAD) * (slope * slope - square_mean)
            rate = FIRST_RATE * (1 + np.cos(np.pi * step / steps)) / 2
            size = np.sqrt(square_mean / (1 - SPREAD**step)) + SMALL
            weights -= rate * slope_mean / (1 - MOMENTUM**step) / size
    return Network(mean, scale, weights, total / len(rows))


def _first(features: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """Return weights to begin with."""
    return np.concatenate(
        [
            rng.standard_normal(features * HIDDEN) / np.sqrt(features),
            np.zeros(HIDDEN),
            0.1 * rng.standard_normal(HIDDEN * CLASSES),
            np.zeros(CLASSES + features * CLASSES),
        ]
    )


def probabilities(network: Network, fields: NDArray[np.float32]) -> NDArray[np.float64]:
    """Return the probability of each class.

    Parameters
    ----------
    network : trained on the same features.
    fields : features, shape (features, voxels).

    Returns
    -------
    shape (3, voxels).
    """
    found = np.empty((CLASSES, fields.shape[1]))
    weights = parts(network.weights, len(network.mean))
    _predict(fields, network.mean, 1 / network.scale, *weights, found)
    return found


def workers(threads: int | None) -> int:
    """Return how many threads to use: as many as asked, or as the process may have."""
    return available_threads() if threads is None else max(1, threads)


def _loss_and_slope(
    weights: NDArray[np.float64], inputs: NDArray[np.float64], truth: NDArray[np.uint8]
) -> tuple[float, NDArray[np.float64]]:
    """Mean cross-entropy with the penalty, and its gradient."""
    slope = np.zeros_like(weights)
    layers = (parts(w, inputs.shape[1]) for w in (weights, slope))
    loss = float(_learn(inputs, truth, *next(layers), *next(layers))) / len(inputs)
    penalty = PENALTY * float(weights @ weights)
    return loss + penalty, slope / len(inputs) + 2 * PENALTY * weights


def _learn_plain(x, y, w, b, u, c, v, dw, db, du, dc, dv):  # type: ignore[no-untyped-def] # compiled
    loss = 0.0
    hidden, z, back = np.empty(len(b)), np.empty(len(c)), np.empty(len(b))
    for row in range(x.shape[0]):
        _layers(x[row], w, b, u, c, v, hidden, z)
        loss -= np.log(max(z[y[row]], 1e-300))
        z[y[row]] -= 1.0
        for h in range(len(b)):
            back[h] = 0.0
            for k in range(len(c)):
                back[h] += u[h, k] * z[k]
                du[h, k] += hidden[h] * z[k]
            back[h] *= 1.0 - hidden[h] ** 2
            db[h] += back[h]
        for k in range(len(c)):
            dc[k] += z[k]
        for f in range(x.shape[1]):
            for h in range(len(b)):
                dw[f, h] += x[row, f] * back[h]
            for k in range(len(c)):
                dv[f, k] += x[row, f] * z[k]
    return loss


def _layers_plain(x, w, b, u, c, v, hidden, z):  # type: ignore[no-untyped-def] # compiled
    """Fill `hidden` with the hidden layer and `z` with the probabilities of one row."""
    hidden[:] = b
    z[:] = c
    for f in range(len(x)):
        for h in range(len(b)):
            hidden[h] += x[f] * w[f, h]
        for k in range(len(c)):
            z[k] += x[f] * v[f, k]
    for h in range(len(b)):
        hidden[h] = np.tanh(hidden[h])
        for k in range(len(c)):
            z[k] += hidden[h] * u[h, k]
    top = max(z[0], max(z[1], z[2]))
    total = 0.0
    for k in range(len(c)):
        z[k] = np.exp(z[k] - top)
        total += z[k]
    for k in range(len(c)):
        z[k] /= total


def _predict_plain(fields, mean, factor, w, b, u, c, v, found):  # type: ignore[no-untyped-def] # compiled
    x, hidden, z = np.empty(len(mean)), np.empty(len(b)), np.empty(len(c))
    for voxel in range(fields.shape[1]):
        for f in range(len(mean)):
            x[f] = (fields[f, voxel] - mean[f]) * factor[f]
        _layers(x, w, b, u, c, v, hidden, z)
        for k in range(len(c)):
            found[k, voxel] = z[k]


_layers: Any = kernel(_layers_plain)
_learn: Any = kernel(_learn_plain)
_predict: Any = kernel(_predict_plain)
