"""Made stories: what a run could tell the report, with numbers of the size that rat vertebrae give."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
from PIL import Image
from scipy import ndimage, stats

from spondyl.quantity import Kind, Parameter, Reference
from spondyl.report import Arm, Exclusion, Failure, Picture, ScanVolume, Story
from spondyl.trial import AnimalValue, Comparison, Effect, GroupSummary, Primary, Test, TestKind
from spondyl.volume import Grid, Meaning, Scan, write

SHAM = (0.262, 0.241, 0.255, 0.238, 0.249, 0.231, 0.268, 0.244)
OVX = (0.131, 0.152, 0.139, 0.127, 0.146, 0.158, 0.122, 0.137)
GRAFT = (0.201, 0.183, 0.214, 0.176, 0.192, 0.188, 0.207, 0.197)
SHAM_AGAIN = (0.252, 0.231, 0.265, 0.248, 0.229, 0.261, 0.240, 0.259)

EVIL = "<script>alert(1)</script><img src=x onerror=alert(2)>\"'&]]>"

LABELS = {"sham": "Sham", "ovx": "OVX", "graft": "OVX + spheroid graft"}


def clear(folder: Path, **changes: object) -> Story:
    """Two measured groups of eight, far apart."""
    return told(folder, {"sham": SHAM, "ovx": OVX}, **changes)


def inconclusive(folder: Path, **changes: object) -> Story:
    """Two measured groups of eight that overlap."""
    return told(folder, {"sham": SHAM, "ovx": SHAM_AGAIN}, **changes)


def three(folder: Path, **changes: object) -> Story:
    """Three groups against a control, one of them simulated."""
    story = told(folder, {"sham": SHAM, "ovx": OVX, "graft": GRAFT}, control="sham", **changes)
    arms = (*story.arms[:2], replace(story.arms[2], origin="simulated"))
    return replace(story, arms=arms)


def with_volumes(story: Story, folder: Path, weeks: Sequence[float] = (0.0, 8.0)) -> Story:
    """The first animal of each arm has scans in the run folder: a hollow ball, denser by the week."""
    axis = np.arange(40) - 19.5
    far = np.sqrt(axis[:, None, None] ** 2 + axis[None, :, None] ** 2 + axis[None, None, :] ** 2)
    found = []
    for place, arm in enumerate(story.arms):
        animal = f"sub-{place + 1:02d}"
        for week in weeks:
            path = Path("animals") / animal / f"week-{week:g}_microct.nii.gz"
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            ball = np.where((far < 16) & (far > 9), 700 + 50 * week, 0).astype(np.int16)
            write(Scan(ball, Grid(ball.shape, (0.05, 0.05, 0.05)), Meaning.DENSITY), folder / path)
            found.append(ScanVolume(animal, arm.group, arm.label, week, path))
    return replace(story, volumes=tuple(found))


def lonely(folder: Path) -> Story:
    """A group of one animal: nothing can be tested."""
    story = told(folder, {"sham": SHAM, "ovx": OVX[:1]})
    assert story.comparison is not None
    why = "group ovx has one animal, a test needs at least two"
    return replace(story, comparison=replace(story.comparison, effects=(), not_tested=why))


def lost(folder: Path) -> Story:
    """Every animal failed: no measurement, no picture, no comparison."""
    story = clear(folder)
    failures = tuple(
        Failure(f"sub-{n:02d}", "sham", "microct", "the scan is cut short at byte 1024") for n in (1, 2)
    )
    return replace(
        story,
        measurements=story.measurements.iloc[:0],
        comparison=None,
        no_comparison="no animal has a value of bv_tv at week 8",
        pictures=(),
        failures=failures,
        exclusions=(),
        assumed=(),
    )


def told(
    folder: Path,
    groups: Mapping[str, Sequence[float]],
    test: TestKind = "parametric",
    control: str | None = None,
    weeks: Sequence[float] = (8.0,),
    pictures: bool = True,
) -> Story:
    """Return a story about BV/TV in some groups."""
    names = {
        group: [f"sub-{10 * g + n + 1:02d}" for n in range(len(values))]
        for g, (group, values) in enumerate(groups.items())
    }
    comparison = compared(groups, names, test, control)
    return Story(
        title="Bone loss after ovariectomy in the rat L5 vertebra",
        question="Does ovariectomy lower trabecular bone volume fraction within eight weeks?",
        facts={"species": "rat", "site": "L5", "strain": "Wistar"},
        arms=tuple(
            Arm(group, LABELS.get(group, group), "measured", len(values)) for group, values in groups.items()
        ),
        measurements=table(groups, names, weeks),
        comparison=comparison,
        no_comparison=None,
        pictures=drawn(folder, names) if pictures else (),
        failures=(),
        exclusions=(),
        settings={
            "microct.threshold": "otsu",
            "microct.gaussian": "1.0",
            "microct.largest": "true",
            "microct.voxel": "10 um",
        },
        provenance={
            "run": "2f9c11d0a7e4",
            "command": "spondyl run",
            "machine": "Linux x86_64",
            "version of spondyl": "0.1.0",
            "version of numpy": "2.4.6",
            "sub-01 microct": "data/sub-01/sub-01_week-8_microct.nii.gz sha-256 " + "9f86d081" * 8,
        },
        methods=METHODS,
        references=(
            Reference(
                "otsu1979",
                "Otsu N. A threshold selection method from gray-level histograms. 1979.",
                "10.1109/T.1979",
            ),
            Reference(
                "bouxsein2010",
                "Bouxsein ML, et al. Guidelines for micro-computed tomography. 2010.",
                "10.1002/jbmr.141",
            ),
        ),
        assumed=(
            Parameter(
                "bone_density",
                1200.0,
                "mg/cm^3",
                1000.0,
                1300.0,
                "Density of fully mineralised bone.",
                "",
                Kind.ASSUMED,
                stage="instrument",
            ),
        ),
    )


METHODS = """## Micro-computed tomography

Noise was reduced by a Gaussian filter of σ = 1 voxels.
Bone was separated by Otsu's threshold [@otsu1979] [@bouxsein2010].

## Statistics

The groups were compared by Welch's t test. The experimental unit was the animal.
"""


def compared(
    groups: Mapping[str, Sequence[float]],
    names: Mapping[str, Sequence[str]],
    test: TestKind,
    control: str | None,
) -> Comparison:
    values = tuple(
        AnimalValue(animal, group, value)
        for group in groups
        for animal, value in zip(names[group], groups[group], strict=True)
    )
    keys = list(groups)
    pairs = (
        [(key, control) for key in keys if key != control]
        if control
        else [(b, a) for i, a in enumerate(keys) for b in keys[i + 1 :]]
    )
    many = len(keys) > 2
    effects = tuple(effect(groups, a, b, test, len(pairs)) for a, b in pairs)
    omnibus = (
        Test("Welch's ANOVA" if test == "parametric" else "Kruskal-Wallis test", 91.4, (2.0, 13.8), 1e-8)
        if many
        else None
    )
    adjustment = ("Games-Howell" if test == "parametric" else "Holm") if many else "none"
    return Comparison(
        Primary("microct", "bv_tv", 8.0, test, control),
        "1",
        values,
        tuple(summary(group, groups[group]) for group in groups),
        omnibus,
        effects,
        adjustment,
        None,
        ("Animals without a value of the primary endpoint are left out.",),
    )


def summary(group: str, values: Sequence[float]) -> GroupSummary:
    n, mean = len(values), float(np.mean(values))
    sd = float(np.std(values, ddof=1)) if n > 1 else math.nan
    half = float(stats.t.ppf(0.975, n - 1)) * sd / n**0.5 if n > 1 else math.nan
    q1, median, q3 = (float(q) for q in np.quantile(values, (0.25, 0.5, 0.75)))
    return GroupSummary(group, n, mean, sd, mean - half, mean + half, median, q1, q3)


def effect(
    groups: Mapping[str, Sequence[float]], group: str, against: str, test: TestKind, pairs: int
) -> Effect:
    a, b = groups[group], groups[against]
    if len(a) < 2 or len(b) < 2:
        return Effect(
            group, against, "difference of means", *([math.nan] * 3), "Hedges' g", *([math.nan] * 5)
        )
    if test == "rank":
        p = float(stats.mannwhitneyu(a, b).pvalue)
        shifts = np.sort(np.subtract.outer(a, b).ravel())
        low, high = float(shifts[13]), float(shifts[-14])
        return Effect(
            group,
            against,
            "Hodges-Lehmann shift",
            float(np.median(shifts)),
            low,
            high,
            "Cliff's delta",
            -1.0,
            -1.0,
            -0.8,
            p,
            min(pairs * p, 1.0),
        )
    found = stats.ttest_ind(a, b, equal_var=False)
    interval = found.confidence_interval()
    difference = float(np.mean(a) - np.mean(b))
    g = difference / float(np.sqrt((np.var(a, ddof=1) + np.var(b, ddof=1)) / 2)) * 0.945
    p = float(found.pvalue)
    return Effect(
        group,
        against,
        "difference of means",
        difference,
        float(interval.low),
        float(interval.high),
        "Hedges' g",
        g,
        g - 1.9,
        g + 1.9,
        p,
        min(pairs * p, 1.0),
    )


def table(
    groups: Mapping[str, Sequence[float]], names: Mapping[str, Sequence[str]], weeks: Sequence[float]
) -> pd.DataFrame:
    rows = []
    noise = np.random.default_rng(5)
    for group, values in groups.items():
        for animal, value in zip(names[group], values, strict=True):
            for week in weeks:
                share = value * (1 + 0.02 * (week - 8.0))
                rows += [
                    (animal, group, week, "microct", name, number, unit, "voxel counting")
                    for name, number, unit in (
                        ("voxel_um", 10.0, "um"),
                        ("tv_mm3", 3.2, "mm3"),
                        ("bv_mm3", 3.2 * share, "mm3"),
                        ("bv_tv", share, "1"),
                        ("bs_mm2", 3.2 * share * 38 + noise.normal(0, 2), "mm2"),
                        ("bs_bv_per_mm", 52 - 60 * share + noise.normal(0, 2), "1/mm"),
                        ("tmd_mgha_cm3", 905 + noise.normal(0, 14), "mg HA/cm3"),
                        ("bmd_mgha_cm3", 905 * share + noise.normal(0, 6), "mg HA/cm3"),
                        ("threshold", 480 + noise.normal(0, 9), "mg HA/cm3"),
                    )
                ]
    columns = ["animal", "group", "week", "assay", "name", "value", "unit", "method"]
    return pd.DataFrame(rows, columns=columns)


def drawn(folder: Path, names: Mapping[str, Sequence[str]]) -> tuple[Picture, ...]:
    pictures = []
    for place, group in enumerate(names):
        for turn, animal in enumerate(names[group]):
            path = Path("animals") / animal / "microct.png"
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            slices(seed=100 * place + turn).save(folder / path)
            doubtful = (place, turn) in {(1, 2), (0, 5)}
            remarks = ("Bone touches the border of the field of view.",) if doubtful else ()
            pictures.append(Picture(animal, group, 8.0, path, (2.5 - place) if doubtful else 0.4, remarks))
    return tuple(pictures)


def slices(seed: int) -> Image.Image:
    """Three trabecular-looking slices side by side."""
    noise = np.random.default_rng(seed)
    views = []
    for _ in range(3):
        field = ndimage.gaussian_filter(noise.normal(size=(180, 180)), 3.2, mode="wrap")
        edge = 1 / (1 + np.exp(-(np.abs(field / field.std()) - 0.9) * 6))
        views.append(np.clip(edge * 190 + noise.normal(0, 8, field.shape) + 25, 0, 255))
        views.append(np.zeros((180, 4)))
    return Image.fromarray(np.hstack(views[:-1]).astype(np.uint8))


def with_losses(story: Story) -> Story:
    """The same story with a failed and an excluded animal."""
    failures = (Failure("sub-09", "sham", "microct", "the file is cut short: 1024 of 8000000 bytes"),)
    exclusions = (Exclusion("sub-19", "ovx", "died under anaesthesia before the first scan"),)
    return replace(story, failures=failures, exclusions=exclusions)


def hostile(story: Story) -> Story:
    """The same story with markup wherever a person can write a text."""
    frame = story.measurements.assign(
        animal=EVIL + story.measurements["animal"],
        group=story.measurements["group"].replace({"sham": EVIL}),
        name=story.measurements["name"].replace({"bs_mm2": EVIL}),
        unit=story.measurements["unit"].replace({"mm2": EVIL}),
    )
    comparison = story.comparison
    assert comparison is not None
    rename = {"sham": EVIL}
    comparison = replace(
        comparison,
        values=tuple(
            replace(v, animal=EVIL + v.animal, group=rename.get(v.group, v.group))
            for v in comparison.values  # noqa: PD011 - a Comparison, not a table
        ),
        groups=tuple(replace(g, group=rename.get(g.group, g.group)) for g in comparison.groups),
        effects=tuple(replace(e, against=EVIL, size_name=EVIL) for e in comparison.effects),
        notes=(EVIL,),
    )
    return replace(
        story,
        title=EVIL,
        question=EVIL,
        facts={EVIL: EVIL},
        arms=(Arm(EVIL, EVIL, "measured", 8), story.arms[1]),
        measurements=frame,
        comparison=comparison,
        pictures=tuple(replace(p, animal=EVIL, remarks=(EVIL,)) for p in story.pictures),
        settings={EVIL: EVIL},
        provenance={EVIL: EVIL, "command": EVIL},
        methods=f"{EVIL}\n\n[x](javascript:alert(1)) ![x](http://example.org/x.png) <http://example.org>\n</textarea>{EVIL}",
        references=(
            Reference("k", EVIL, 'javascript:alert(1)"'),
            Reference("l", "ok", '10.1000/x"><script>'),
        ),
    )
