"""A study of a thousand tiny animals: time, and memory of the run and of its workers."""

from __future__ import annotations

import os
import resource
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from spondyl import study
from spondyl.volume import Grid, Meaning, Scan, write
from validation.row import Row

STUDY = """
[study]
title = "A thousand tiny animals"
question = "Does memory grow with the study?"
species = "rat"
site = "L5"
[primary]
assay = "microct"
name = "bv_tv"
test = "parametric"
control = "a"
[groups.a]
label = "A"
week = 8
microct = "data/{animal}.nii.gz"
[groups.b]
label = "B"
week = 8
microct = "data/{animal}.nii.gz"
[microct]
threshold = 400
"""
EDGE = 16
ANIMALS = int(os.environ.get("SPONDYL_VALIDATION_ANIMALS", "1000"))


def made(folder: Path, animals: int) -> None:
    """Write the study: cubes of noise, a tenth more bone in the second group."""
    (folder / "data").mkdir(parents=True)
    rows = ["animal\tgroup\tincluded"]
    for n in range(animals):
        draws = np.random.Generator(np.random.Philox(key=[n, 1000]))
        noise = draws.normal(400 + 40 * (n % 2), 200, (EDGE,) * 3)
        scan = Scan(noise.astype(np.int16), Grid((EDGE,) * 3, (0.02,) * 3), Meaning.DENSITY)
        write(scan, folder / "data" / f"sub-{n:04d}.nii.gz")
        rows.append(f"sub-{n:04d}\t{'ab'[n % 2]}\tyes")
    (folder / "animals.tsv").write_text("\n".join(rows) + "\n", "utf-8")
    (folder / "study.toml").write_text(STUDY, "utf-8")


def thousand() -> Iterator[Row]:
    """Run the study."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "study"
        made(folder, ANIMALS)
        began = time.perf_counter()
        done = study.run(folder, workers=2)
        took = time.perf_counter() - began
        again = time.perf_counter()
        study.run(folder, workers=2)
        cached = time.perf_counter() - again
        size = done.report.stat().st_size / 1e6
        failed = len(done.problems)
    own, most = (
        resource.getrusage(who).ru_maxrss / 1024 for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    told = (
        f"{took:.0f} s, {cached:.0f} s again from the cache; {own:.0f} MB in the run, {most:.0f} MB in a "
        f"worker; report {size:.1f} MB; {failed} failed"
    )
    yield Row(
        "study", f"{ANIMALS} animals of {EDGE}³ voxels, 2 workers", "bounded memory", told, "", failed == 0
    )
