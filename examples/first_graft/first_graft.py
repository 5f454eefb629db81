"""From 1.5 g of rat fat to a filled hole in an osteoporotic vertebra, one line a step.

    python examples/first_graft/first_graft.py [FOLDER] [VOXEL]

Prints what each step gave, and writes a picture and the scan that an ideal scanner would make of the bone.
"""

from __future__ import annotations

import sys
from pathlib import Path

from PIL import Image

from spondyl import donor, graft, spheroid, vertebra, volume
from spondyl.vertebra.picture import picture


def main(folder: Path, voxel: str) -> None:
    """Make the graft and the bone, and write them to a folder."""
    fresh = donor.harvest(species="rat", age="12 week", fat="1.5 g", seed=7)
    cells = donor.expand(fresh, passages=1)
    lot = spheroid.grow(cells, cells_each=2000, count=400, osteogenic="7 day")
    filler = graft.mix(lot, granules="beta-TCP 0.3-0.6 mm")
    hole = vertebra.rat("L5", ovariectomy="12 week", seed=7, voxel=voxel).drill(diameter="2 mm", depth="2 mm")
    bone = hole.fill(filler)

    print(
        f"fresh from the fat: {fresh.living:.2g} living cells; after one passage, day {cells.day:.0f}: ",
        end="",
    )
    print(f"{cells.living:.2g}")
    print(f"spheroids: {lot.count}, radius {lot.radius_um:.0f} um, maturity {lot.maturity.mean():.2f}\n")
    print(bone.filling.sheet)
    folder.mkdir(parents=True, exist_ok=True)
    Image.fromarray(picture(bone)).save(folder / "bone.png")
    volume.write(bone.density(), folder / "bone.nii.gz")
    print(f"\npicture: {folder / 'bone.png'}\nscan of the bone: {folder / 'bone.nii.gz'}")


if __name__ == "__main__":
    main(
        Path(sys.argv[1] if len(sys.argv) > 1 else "first-graft"),
        sys.argv[2] if len(sys.argv) > 2 else "50 um",
    )
