"""Differentiation towards bone: the gene network that ships, and what is read from it.

>>> import numpy as np
>>> from spondyl.network import batch
>>> cells = batch(network())
>>> days = np.arange(22.0)
>>> levels = cells.integrate(days, inputs={"osteogenic": [0.0, 1.0], "contact": 1.0})
>>> levels.shape, levels[0, :, cells.species.index("RUNX2")].tolist()
((22, 2, 12), [1.0, 1.0])
>>> int(days[levels[:, 1, cells.species.index("COL1A1")].argmax()])
4
"""

from spondyl.spheroid.osteogenic.laws import GENES, INPUTS, LAWS
from spondyl.spheroid.osteogenic.levels import maturity, network, numbers

__all__ = ["GENES", "INPUTS", "LAWS", "maturity", "network", "numbers"]
