"""Methods text of records of testing machines and of plates, from the tables that asked for them."""

from __future__ import annotations

from spondyl.study.assay_sections import (
    CompressionSection,
    HistologySection,
    QpcrSection,
    SpheroidsSection,
)

ZERO = {
    "auto": "Where a record begins with a toe, displacements count from where the straight part meets zero.",
    "on": "Displacements count from where the straight part meets zero.",
    "off": "Displacements count from the first sample.",
}


def compression_text(table: CompressionSection) -> str:
    """Return how records of a testing machine were measured."""
    said = ["Stiffness is the slope of the straight part of the record, the ultimate load its largest load."]
    if table.region is not None:
        low, high = table.region
        said.append(f"The straight part was taken between {low:g} and {high:g} of the ultimate load.")
    said.append(ZERO[table.toe])
    if table.compliance:
        said.append(f"A machine compliance of {table.compliance:g} mm/N was taken off.")
    if table.offset is not None:
        said.append(f"Yield is where the record falls below the elastic line moved by {table.offset}.")
    if table.length is not None and table.area is not None:
        said.append(f"Stress and strain are over an area of {table.area} and a length of {table.length}.")
    return " ".join([*said, "The method column of the measurement table gives the rules for each record."])


def histology_text(table: HistologySection) -> str:
    """Return how sections were measured."""
    from spondyl.assay.histology import stain

    stains = ", ".join(stain(one).title for one in table.stains)
    return (
        f"One section of each animal was stained with each of: {stains}. Colours were taken apart into "
        "optical densities of the dyes, in proportions that each section tells itself, and every pixel was "
        "given to the tissue whose densities it shows. Areas, lengths of surfaces and osteoclasts along them "
        "are named as in Dempster et al. [@dempster2013]; the animal is the unit, not the field or the slice."
    )


def spheroids_text(table: SpheroidsSection) -> str:
    """Return how pictures of spheroids were measured."""
    shown = {"living cells": table.living, "dividing cells": table.cycling, "dead cells": table.dead}
    stains = ", ".join(f"{what} in channel {number}" for what, number in shown.items() if number is not None)
    also = f" Further channels: {stains}." if stains else ""
    return (
        f"Spheroids were outlined in channel {table.outline} where they stand out of the background; those "
        f"cut by the picture's edge count in no mean.{also} An animal's number is the mean of its picture: "
        "spheroids are no experimental units."
    )


def qpcr_text(table: QpcrSection) -> str:
    """Return how plates were measured."""
    references = ", ".join(table.reference)
    several = " (the geometric mean of their quantities)" if len(table.reference) > 1 else ""
    exact = table.efficiency == 1.0 and not table.efficiencies
    how = (
        "with a doubling each cycle, by the method of 2^-ΔΔCq [@livak2001]"
        if exact
        else "with the efficiency of each gene, by the ratio of Pfaffl [@pfaffl2001]"
    )
    return (
        f"Expression of {', '.join(table.genes)} was measured against {references}{several} {how}. Each "
        "animal is one sample; its wells were averaged after outlying wells were left out. Differences "
        "between groups are those of log2 expression, and so logarithms of fold changes."
    )
