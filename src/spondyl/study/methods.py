"""Methods text, written from the settings and versions that were really used."""

from __future__ import annotations

from collections.abc import Mapping

from spondyl.report.endpoint import endpoint_of
from spondyl.study.more_methods import compartments_text, further_paragraphs
from spondyl.study.schema import MicroctSection, StudyFile, VoiSection
from spondyl.trial import Comparison

_VALUES = {
    "mg HA/cm3": "mg HA/cm³",
    "HU": "Hounsfield units",
    "raw": "the scanner's own units",
    "labels": "labels",
}
_NAMES = (
    "Bone volume fraction (BV/TV) is the share of voxels of the volume of interest that are bone. Bone "
    "surface was obtained by marching cubes [@lorensen1987], trabecular thickness and separation by maximal "
    "spheres [@hildebrand1997], connectivity density from the edge-corrected Euler number [@odgaard1993], "
    "degree of anisotropy by mean intercept length [@harrigan1984]; the method column of the measurement "
    "table gives the rules. Names and units follow the guidelines of the American Society for Bone and "
    "Mineral Research [@bouxsein2010]."
)
_WELCH = "Welch's t test [@welch1947], with the difference of means and Hedges' g [@hedges1981]"
_MANN = (
    "the Mann-Whitney test [@mann1947], with the Hodges-Lehmann shift [@hodges1963] [@bauer1972] and Cliff's "
    "delta [@cliff1993] [@feng2004]"
)
_MIXED = (
    "a linear mixed model [@laird1982] of group, week and animal over all weeks, by restricted maximum "
    "likelihood with statsmodels [@seabold2010]; the differences are those of the week of the endpoint, with "
    "degrees of freedom between animals"
)
_TWO = {
    "parametric": f"The groups were compared by {_WELCH}.",
    "anova": "The groups were compared by Student's t test with one spread in both, with the difference of "
    "means and Hedges' g [@hedges1981].",
    "rank": f"The groups were compared by {_MANN}.",
    "dunn": f"The groups were compared by {_MANN}.",
    "mixed": f"The groups were compared by {_MIXED}.",
}
_MANY = {
    "parametric": "The groups were compared by Welch's analysis of variance [@welch1951]",
    "anova": "The groups were compared by one-way analysis of variance",
    "rank": "The groups were compared by the Kruskal-Wallis test [@kruskal1952]",
    "dunn": "The groups were compared by the Kruskal-Wallis test [@kruskal1952]",
    "mixed": f"The groups were compared by {_MIXED}",
}
_APART = "the intervals are not simultaneous"
_PAIRS = {
    ("parametric", "Games-Howell"): "pairs by the Games-Howell test [@games1976] with simultaneous intervals",
    ("parametric", "Holm"): "each group against the control by Welch's t test [@welch1947] with Holm's "
    f"adjustment of p [@holm1979]; {_APART}",
    ("anova", "Tukey"): "pairs by the test of Tukey and Kramer [@tukey1949] [@kramer1956] with simultaneous "
    "intervals",
    ("anova", "Dunnett"): "each group against the control by Dunnett's test [@dunnett1955] with simultaneous "
    "intervals",
    ("rank", "Holm"): "pairs by Mann-Whitney tests [@mann1947] with Holm's adjustment of p [@holm1979]; "
    f"{_APART}",
    ("dunn", "Holm"): "pairs by Dunn's test [@dunn1964] with Holm's adjustment of p [@holm1979], and their "
    f"Hodges-Lehmann shifts [@hodges1963]; {_APART}",
    ("mixed", "Holm"): f"pairs with Holm's adjustment of p [@holm1979]; {_APART}",
}
_CHECKED = (
    "Normal residuals and equal spread were looked at by the tests of Shapiro and Wilk [@shapiro1965] and of "
    "Brown and Forsythe [@brown1974]; the choice of the test did not depend on them."
)


def methods_text(
    file: StudyFile,
    comparison: Comparison | None,
    versions: Mapping[str, str],
    values: str,
    *,
    scanned: bool = True,
) -> tuple[tuple[str, ...], str]:
    """Return the keys of the works cited, in order, and the text in Markdown.

    Parameters
    ----------
    file, comparison, versions : what was run.
    values : what the scans say their values are, e.g. ``"mg HA/cm3"``.
    scanned : False for a study without scans.

    Notes
    -----
    Citations stand in the text as ``[@key]``.
    """
    scans = [
        "## Micro-computed tomography",
        " ".join([_image_analysis(file.microct, values), compartments_text(file)]).rstrip(),
    ]
    paragraphs = [
        *(scans if scanned else []),
        *further_paragraphs(file),
        "## Statistics",
        _statistics(file, comparison),
        "## Software",
        _software(versions),
    ]
    text = "\n\n".join(paragraphs) + "\n"
    return _cited(text), text


def _image_analysis(settings: MicroctSection, values: str) -> str:
    sentences = []
    if settings.voxel:
        sentences.append(f"Scans were read with a voxel size of {settings.voxel}.")
    if settings.values:
        sentences.append(f"Their values were taken as {_VALUES[settings.values]}.")
    if settings.binary:
        sentences.append("Volumes were already segmented; every value that is not zero was taken as bone.")
    else:
        sentences += [_filter(settings.gaussian), _threshold(settings, values)]
    if settings.largest:
        sentences.append("Only the largest part connected through voxel faces was kept.")
    return " ".join([*sentences, _region(settings.voi), _NAMES])


def _filter(sigma: float) -> str:
    if sigma == 0:
        return "No noise filter was applied."
    return (
        f"Noise was reduced by a Gaussian filter of σ = {sigma:g} voxels (cut at 4 σ, edge values repeated)."
    )


def _threshold(settings: MicroctSection, values: str) -> str:
    if settings.threshold == "otsu":
        return "Bone was separated by Otsu's threshold, found for each scan from 256 bins [@otsu1979]."
    unit = _VALUES.get(values, values)
    return f"Bone was separated by a fixed threshold of {settings.threshold:g} ({unit})."


def _region(voi: VoiSection | None) -> str:
    if voi is None:
        return "The volume of interest was the whole scan."
    if voi.shape == "box" and voi.low and voi.high:
        low, high = ", ".join(voi.low), ", ".join(voi.high)
        return f"The volume of interest was a box from ({low}) to ({high}) in z, y and x."
    if voi.shape == "cylinder" and voi.range:
        span = " to ".join(voi.range)
        return f"The volume of interest was a cylinder of radius {voi.radius} along {voi.axis} from {span}."
    return "The volume of interest was given by a mask for each scan."


def _statistics(file: StudyFile, comparison: Comparison | None) -> str:
    primary = file.primary
    title = endpoint_of(primary.assay, primary.name, comparison.unit if comparison else "").title
    week = "" if primary.week is None else f" at week {primary.week:g}"
    sentences = [
        f"The primary endpoint, declared in the study file, was {title}{week}.",
        "The experimental unit was the animal.",
    ]
    if comparison is None or comparison.not_tested is not None:
        return " ".join([*sentences, "No test was made."])
    pairs = _PAIRS.get((primary.test, comparison.adjustment))
    sentences.append(f"{_MANY[primary.test]}, {pairs}." if pairs else _TWO[primary.test])
    if comparison.checks:
        sentences.append(_CHECKED)
    level = f"{100 * (1 - primary.alpha):g} %"
    sentences.append(f"The two-sided error level was {primary.alpha:g}; intervals cover {level}.")
    return " ".join(sentences)


def _software(versions: Mapping[str, str]) -> str:
    return (
        f"Spondyl {versions['spondyl']} was used with Python {versions['python']}, NumPy "
        f"{versions['numpy']} [@harris2020], SciPy {versions['scipy']} [@virtanen2020] and scikit-image "
        f"{versions['scikit-image']} [@vanderwalt2014]."
    )


def _cited(text: str) -> tuple[str, ...]:
    keys = [part.split("]", 1)[0] for part in text.split("[@")[1:]]
    return tuple(dict.fromkeys(keys))
