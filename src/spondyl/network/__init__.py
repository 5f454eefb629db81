"""Networks of genes and signals, read from SBML and integrated for many cells at once.

>>> from spondyl.network.examples import DECAY
>>> cells = batch(read(DECAY))
>>> found = cells.integrate([0, 1], inputs={"k": [0.1, 0.2, 0.4]})
>>> found[-1, :, cells.species.index("A")].round(3).tolist()
[1.81, 1.637, 1.341]
"""

from spondyl.network.batch import Batch, batch
from spondyl.network.network import Network, Quantity
from spondyl.network.read import read
from spondyl.network.simulate import simulate

__all__ = ["Batch", "Network", "Quantity", "batch", "read", "simulate"]
