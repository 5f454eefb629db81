"""A study small enough to run in a blink: six scans of 28 voxels edge."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from scipy.ndimage import gaussian_filter

from spondyl.volume import Grid, Meaning, Volume, write

STUDY = """
profile = "trabecular"
[study]
title = "Small study"
question = "Is BV/TV lower in b?"
species = "rat"
site = "L5"
[primary]
assay = "microct"
name = "bv_tv"
week = 8
test = "parametric"
control = "a"
[groups.a]
label = "Group A"
microct = "data/{animal}/{animal}_week-{week}_microct.mha"
[groups.b]
label = "Group B"
microct = "data/{animal}/{animal}_week-{week}_microct.mha"
"""
HEADER = "animal\tgroup\tseed\tweight_g\tincluded\treason\n"


def scan_path(folder: Path, animal: str, week: str = "08") -> Path:
    return folder / "data" / animal / f"{animal}_week-{week}_microct.mha"


def write_scan(path: Path, seed: int, bone: float, edge: int = 28) -> None:
    rng = np.random.default_rng(seed)
    field = gaussian_filter(rng.standard_normal((edge, edge, edge)), 2.0)
    density = np.where(field > np.quantile(field, 1 - bone), 900.0, 50.0) + rng.normal(0, 40, field.shape)
    path.parent.mkdir(parents=True, exist_ok=True)
    grid = Grid(field.shape, (0.02, 0.02, 0.02))
    write(Volume(np.rint(density).astype(np.int16), grid, Meaning.DENSITY), path)


def make_small_study(folder: Path, animals: int = 6) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    rows = []
    for index in range(animals):
        group = "ab"[index % 2]
        name = f"sub-{index + 1:02d}"
        write_scan(scan_path(folder, name), seed=index, bone=0.30 - 0.08 * (index % 2) + 0.01 * index)
        rows.append(f"{name}\t{group}\t\t\tyes\t\n")
    (folder / "animals.tsv").write_text(HEADER + "".join(rows), "utf-8")
    (folder / "study.toml").write_text(STUDY, "utf-8")
    return folder


def ask(folder: Path, tables: str, primary: str) -> None:
    """Add tables to the study file of a small study; `primary`, where given, is its endpoint (assay.name)."""
    text = (folder / "study.toml").read_text("utf-8")
    if primary:
        assay, name = primary.split(".")
        text = text.replace('assay = "microct"\nname = "bv_tv"', f'assay = "{assay}"\nname = "{name}"')
    (folder / "study.toml").write_text(text + tables, "utf-8")


def results(folder: Path) -> dict[str, bytes]:
    """Every file of the results but the history, whose times differ."""
    return {name: content for name, content in tree(folder / "results").items() if name != "history.jsonl"}


def tree(folder: Path) -> dict[str, bytes]:
    """Content of every file below `folder`, by relative path."""
    return {
        p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()
    }
