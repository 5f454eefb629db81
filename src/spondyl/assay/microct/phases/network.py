"""A small neural network: one hidden layer beside a linear one, trained by L-BFGS.

With its hidden layer left out it is multinomial logistic regression. All sums run over fixed chunks of rows
in a fixed order, so any number of threads gives the same bits.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spondyl.assay.microct.kernel import kernel
from spondyl.threads import available_threads

CLASSES = 3
HIDDEN = 32
CHUNK = 4096
PENALTY = 1e-6
"""Weight of the sum of the squared weights in the mean loss."""


@dataclass(frozen=True, slots=True, eq=False)
class Network:
    """Weights of a trained network.

    Parameters
    ----------
    mean, scale : of each feature over the training rows; features enter as ``(x - mean) / scale``.
    weights : of all layers in one row, as :func:`parts` cuts them.
    loss : mean cross-entropy over the training rows with the penalty, natural logarithm.
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
    rows: NDArray[np.float32],
    truth: NDArray[np.uint8],
    rng: np.random.Generator,
    *,
    rounds: int,
    threads: int | None = None,
) -> Network:
    """Train a network.

    Parameters
    ----------
    rows : features, shape (rows, features).
    truth : class of each row, 0, 1 or 2, shape (rows,).
    rng : for the weights to begin with.
    rounds : iterations of L-BFGS at most.
    threads : at most so many at once; changes no number.
    """
    from scipy.optimize import minimize

    mean = rows.mean(axis=0, dtype=np.float64)
    spread = rows.std(axis=0, dtype=np.float64)
    scale = np.where(spread > 0, spread, 1.0)
    inputs = (rows - mean) / scale
    features = rows.shape[1]
    first = np.concatenate(
        [
            rng.standard_normal(features * HIDDEN) / np.sqrt(features),
            np.zeros(HIDDEN),
            0.1 * rng.standard_normal(HIDDEN * CLASSES),
            np.zeros(CLASSES + features * CLASSES),
        ]
    )
    with ThreadPoolExecutor(workers(threads)) as pool:
        found = minimize(
            _loss_and_slope,
            first,
            (inputs, truth, pool.map),
            jac=True,
            method="L-BFGS-B",
            options={"maxiter": rounds},
        )
    return Network(mean, scale, np.asarray(found.x), float(found.fun))


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
    weights: NDArray[np.float64],
    inputs: NDArray[np.float64],
    truth: NDArray[np.uint8],
    spread: Callable[..., Any],
) -> tuple[float, NDArray[np.float64]]:
    """Mean cross-entropy with the penalty, and its gradient."""
    starts = range(0, len(inputs), CHUNK)
    slopes = np.zeros((len(starts), len(weights)))
    layers = parts(weights, inputs.shape[1])

    def one(number: int) -> float:
        rows = slice(starts[number], starts[number] + CHUNK)
        slope = parts(slopes[number], inputs.shape[1])
        return float(_learn(inputs[rows], truth[rows], *layers, *slope))

    losses = list(spread(one, range(len(starts))))
    mean = sum(losses) / len(inputs) + PENALTY * float(weights @ weights)
    return mean, slopes.sum(axis=0) / len(inputs) + 2 * PENALTY * weights


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
