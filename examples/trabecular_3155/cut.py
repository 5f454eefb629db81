"""Cut a folder of slices into eight cubes, two groups of four, as a study of real scans.

    python examples/trabecular_3155/cut.py SLICES STUDY
    spondyl run STUDY

SLICES is the folder ``microct/trabecular_3155`` of the shared data: 200 slices of human trabecular bone.
"""

from __future__ import annotations

import itertools
import shutil
import sys
from pathlib import Path

import tifffile

HERE = Path(__file__).parent
EDGE = 100


def cut(slices: Path, folder: Path) -> None:
    """Write the study: eight animals-to-be, each a folder of slices as the scanner wrote them."""
    files = sorted(slices.glob("*.tif"))
    if len(files) != 2 * EDGE:
        sys.exit(f"{slices} holds {len(files)} slices; {2 * EDGE} are needed")
    rows = ["animal\tgroup\tseed\tweight_g\tincluded\treason"]
    for number, (z, y, x) in enumerate(itertools.product((0, EDGE), repeat=3), start=1):
        cube = f"cube-{number}"
        target = folder / "data" / cube / f"{cube}_week-00_microct"
        target.mkdir(parents=True, exist_ok=True)
        for index in range(EDGE):
            image = tifffile.imread(files[z + index])[y : y + EDGE, x : x + EDGE]
            tifffile.imwrite(target / f"{cube}_{index:04d}.tif", image)
        rows.append(f"{cube}\t{'lower' if z == 0 else 'upper'}\t\t\tyes\t")
    (folder / "animals.tsv").write_text("\n".join(rows) + "\n", "utf-8")
    shutil.copyfile(HERE / "study.toml", folder / "study.toml")


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    cut(Path(sys.argv[1]), Path(sys.argv[2]))
