"""What makes and what loses each thing that the osteogenic network follows.

Levels are relative: 1 is the monolayer of day 0 in growth medium under air, which is a steady state. Every
gene follows ln 2 / half-life × (production − level), where its production is a product of factors that are
each 1 on day 0:

``up(x, gain, half, steepness)``    activation, (1 + gain × hill(x)) over the same for x = 1
``down(x, half, steepness)``        inhibition, (half^n + 1) / (half^n + x^n)
``1 + gain × input``                media and contact
``1 + gain × hill(MATRIX)`` …       what the cells have made around them, absent on day 0

RUNX2 and PPARG further themselves and hold back each other (a two-switch model, Schittler 2010), which leaves
three lasting fates: undecided, bone, fat. Collagen matrix and mineral fill up as shares of what can be held,
and set the order in time: collagen first, then ALPL with the matrix, then BGLAP with the mineral (Owen 1990).
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Law:
    """How one level changes.

    Parameters
    ----------
    name : of the level, and identifier in the SBML file.
    title : what it is.
    start : on day 0.
    rate : its rate of change a day, SBML's infix notation.
    uses : parameters that the rate takes from the table.
    meaning : identifiers of genes and terms (MIRIAM).
    """

    name: str
    title: str
    start: float
    rate: str
    uses: tuple[str, ...]
    meaning: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Input:
    """What comes from outside: name, value on day 0, unit and meaning."""

    name: str
    value: float
    unit: str
    meaning: str


INPUTS = (
    Input(
        "osteogenic",
        0.0,
        "1",
        "osteogenic medium (dexamethasone, ascorbate, glycerophosphate): 0 none, 1 full",
    ),
    Input("adipogenic", 0.0, "1", "adipogenic medium: 0 none, 1 full"),
    Input("contact", 0.0, "1", "contact with other cells on all sides: 0 monolayer, 1 inside a spheroid"),
    Input("oxygen", 0.19, "mmol/L", "oxygen at the cell"),
)

FUNCTIONS = {
    "hill": (("x", "half", "n"), "x^n / (half^n + x^n)"),
    "up": (("x", "gain", "half", "n"), "(1 + gain * hill(x, half, n)) / (1 + gain * hill(1, half, n))"),
    "down": (("x", "half", "n"), "(half^n + 1) / (half^n + x^n)"),
    "hypoxia": (("x", "gain", "half", "n"), "1 + gain * half^n / (half^n + x^n)"),
}


def _gene(name: str, title: str, half_life: str, factors: str, uses: tuple[str, ...], number: int) -> Law:
    rate = f"ln(2) / {half_life} * ({factors} - {name})"
    meaning = (f"https://identifiers.org/hgnc.symbol:{name}", f"https://identifiers.org/ncbigene:{number}")
    return Law(name, title, 1.0, rate, (half_life, *uses), meaning)


LAWS = (
    _gene(
        "RUNX2",
        "RUNX2, the switch to bone",
        "runx2_response",
        "(1 + runx2_medium * osteogenic * (1 - runx2_fading * hill(MINERAL, mineral_half, switch_steepness)))"
        " * up(RUNX2, runx2_self_gain, runx2_self_half, switch_steepness)"
        " * up(BMP2, runx2_bmp2_gain, runx2_bmp2_half, gene_steepness)"
        " * down(PPARG, runx2_pparg_half, switch_steepness) * down(HIF1A, runx2_hif_half, gene_steepness)",
        (
            *("runx2_medium", "runx2_fading", "mineral_half", "switch_steepness", "runx2_self_gain"),
            *("runx2_self_half", "runx2_bmp2_gain", "runx2_bmp2_half", "gene_steepness"),
            *("runx2_pparg_half", "runx2_hif_half"),
        ),
        860,
    ),
    _gene(
        "SP7",
        "SP7 (osterix), which RUNX2 needs to make bone",
        "sp7_response",
        "up(RUNX2, sp7_runx2_gain, runx2_half, gene_steepness)"
        " * up(BMP2, sp7_bmp2_gain, sp7_bmp2_half, gene_steepness)",
        ("sp7_runx2_gain", "runx2_half", "gene_steepness", "sp7_bmp2_gain", "sp7_bmp2_half"),
        121340,
    ),
    _gene(
        "PPARG",
        "PPARG, the switch to fat",
        "pparg_response",
        "(1 + pparg_medium * adipogenic) * up(PPARG, pparg_self_gain, pparg_self_half, switch_steepness)"
        " * down(RUNX2, pparg_runx2_half, switch_steepness)",
        ("pparg_medium", "pparg_self_gain", "pparg_self_half", "switch_steepness", "pparg_runx2_half"),
        5468,
    ),
    _gene(
        "ALPL",
        "ALPL, alkaline phosphatase",
        "stable_messenger_half_life",
        "up(RUNX2, alpl_runx2_gain, runx2_half, gene_steepness)"
        " * up(SP7, alpl_sp7_gain, sp7_half, gene_steepness)"
        " * (1 + alpl_matrix_gain * hill(MATRIX, matrix_half, switch_steepness))"
        " * (1 - alpl_fading * hill(MINERAL, mineral_half, switch_steepness))",
        (
            *("alpl_runx2_gain", "runx2_half", "gene_steepness", "alpl_sp7_gain", "sp7_half"),
            *("alpl_matrix_gain", "matrix_half", "switch_steepness", "alpl_fading", "mineral_half"),
        ),
        249,
    ),
    _gene(
        "COL1A1",
        "COL1A1, collagen I",
        "stable_messenger_half_life",
        "up(RUNX2, collagen_runx2_gain, runx2_half, gene_steepness) * (1 + collagen_ascorbate * osteogenic)"
        " * (1 - collagen_fading * hill(MATRIX, matrix_half, switch_steepness))",
        (
            *("collagen_runx2_gain", "runx2_half", "gene_steepness", "collagen_ascorbate"),
            *("collagen_fading", "matrix_half", "switch_steepness"),
        ),
        1277,
    ),
    _gene(
        "SPP1",
        "SPP1, osteopontin",
        "messenger_half_life",
        "up(RUNX2, spp1_runx2_gain, runx2_half, gene_steepness)"
        " * (1 + spp1_mineral_gain * hill(MINERAL, mineral_half, switch_steepness))",
        ("spp1_runx2_gain", "runx2_half", "gene_steepness", "spp1_mineral_gain", "mineral_half"),
        6696,
    ),
    _gene(
        "BGLAP",
        "BGLAP, osteocalcin",
        "stable_messenger_half_life",
        "up(RUNX2, bglap_runx2_gain, runx2_half, gene_steepness)"
        " * up(SP7, bglap_sp7_gain, sp7_half, gene_steepness)"
        " * (1 + bglap_mineral_gain * hill(MINERAL, mineral_half, switch_steepness))",
        (
            *("bglap_runx2_gain", "runx2_half", "gene_steepness", "bglap_sp7_gain", "sp7_half"),
            *("bglap_mineral_gain", "mineral_half", "switch_steepness"),
        ),
        632,
    ),
    _gene(
        "BMP2",
        "BMP2, which the cells make and answer to",
        "messenger_half_life",
        "(1 + bmp2_contact * contact) * up(SP7, bmp2_sp7_gain, sp7_half, gene_steepness)",
        ("bmp2_contact", "bmp2_sp7_gain", "sp7_half", "gene_steepness"),
        650,
    ),
    _gene(
        "VEGFA",
        "VEGFA, the call for vessels",
        "vegfa_half_life",
        "(1 + vegfa_contact * contact) * (1 + vegfa_hif_slope * (HIF1A - 1))",
        ("vegfa_contact", "vegfa_hif_slope"),
        7422,
    ),
    _gene(
        "HIF1A",
        "HIF1A, as protein: hypoxia keeps it from being broken down",
        "hif_half_life",
        "hypoxia(oxygen, hif_gain, hif_oxygen_half, hif_steepness)"
        " / hypoxia(reference_oxygen, hif_gain, hif_oxygen_half, hif_steepness)",
        ("hif_gain", "hif_oxygen_half", "hif_steepness", "reference_oxygen"),
        3091,
    ),
    Law(
        "MATRIX",
        "collagen matrix around the cell, share of what it can hold",
        0.0,
        "matrix_rate * osteogenic * COL1A1 * (1 - MATRIX)",
        ("matrix_rate",),
        ("https://identifiers.org/GO:0031012",),
    ),
    Law(
        "MINERAL",
        "mineral in that matrix, share of what it can hold",
        0.0,
        "mineral_rate * osteogenic * ALPL * MATRIX * (1 - MINERAL)",
        ("mineral_rate",),
        ("https://identifiers.org/GO:0030282",),
    ),
)

GENES = tuple(law.name for law in LAWS if law.start == 1.0)
"""What is told as fold change against day 0; HIF1A is protein, not messenger."""
