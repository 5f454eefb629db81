"""Donor stage: its fitted numbers found again, and what it then says beside the published targets.

``python -m validation.donor`` prints the fits. C16 to C19, C25 and C26 are targets of the project's evidence
table. Fitted: yield and its spread (C16), viability (C17), the two shares behind colony formers (C18),
doubling time and exhaustion of human cells (C19), plating density of rat cells (first count of C26). The
other counts of C26 are predicted, once with as many flasks as it takes and once with one area fitted to them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from spondyl.donor.culture import isolated, passages
from spondyl.donor.person import donor
from spondyl.donor.protocol import Protocol, protocol
from spondyl.donor.traits import Traits, traits
from spondyl.quantity import shipped
from validation.row import Row, number

SEED, DONORS = 16, 20_000
YIELD = (1.2e5, 1.2e6)
VIABILITY = (0.80, 0.98)
ISOLATE_COLONIES, CULTURE_COLONIES = 0.01, 0.05
EARLY, DOUBLING, EXHAUSTED = (1.6, 6.2), 5.1, 10.1
RELEASE = {
    "released_isolate_viability": 0.70,
    "released_viability": 0.80,
    "released_positive": 0.95,
    "released_negative": 0.02,
}
RAT_FAT, RAT_COUNTS = 1.5, (8e6, 30e6, 22e6)


def fitted() -> dict[str, float]:
    """Return the fitted numbers, each from its target alone, in the order in which they need each other."""
    from scipy import optimize, stats

    z90, (low, high) = stats.norm.ppf(0.95), YIELD
    beta = optimize.root(_beta_misfit, [20.0, 2.0]).x
    found = {
        "human_yield": float(np.sqrt(low * high)),
        "human_yield spread": float(np.exp(np.log(high / low) / (2 * z90))),
        "isolated_viability": float(beta[0] / beta.sum()),
        "isolated_viability spread": float(stats.beta(*beta).std()),
        "adherent_share × clonogenic_share": ISOLATE_COLONIES,
    }
    first = _primary_doublings()
    found["human_exhaustion"] = EXHAUSTED + first
    misfit = lambda days: _measured_doubling(days, EXHAUSTED + first) - DOUBLING  # noqa: E731
    found["human_doubling_time"] = float(optimize.brentq(misfit, 1.0, 5.0, xtol=1e-6))
    how = protocol("rat")
    table = shipped()["donor"]
    kept = how.full * how.recovery * table["detached_viability"].value
    found["rat_plating_density"] = RAT_FAT * table["rat_yield"].value * kept / RAT_COUNTS[0]
    found["culture area of C26, cm²"] = float(np.sqrt(RAT_COUNTS[1] * RAT_COUNTS[2])) / kept
    return found


def _beta_misfit(shape: NDArray[np.float64]) -> list[float]:
    from scipy import stats

    low, high = stats.beta(*np.abs(shape)).ppf([0.025, 0.975])
    return [low - VIABILITY[0], high - VIABILITY[1]]


def _middle(species: str, age: str, **changed: float) -> Traits:
    """Return the one donor without spread, some of its numbers changed."""
    table = {name: replace(each, distribution=None) for name, each in shipped()["donor"].items()}
    table |= {name: replace(table[name], value=value) for name, value in changed.items()}
    return traits(donor(species, age), seed=SEED, parameters=table)


def _primary_doublings() -> float:
    """Return the doublings of the primary culture of the middle donor, which nobody counts."""
    middle, how = _middle("human", "25 year"), protocol("human")
    return float(passages(isolated(1.0, middle), middle, how, 1)[0].doublings[0])


def _measured_doubling(doubling: float, exhaustion: float) -> float:
    """Return days a doubling as a laboratory measures them: from seeding to detaching, pauses included."""
    middle = _middle("human", "25 year", human_doubling_time=doubling, human_exhaustion=exhaustion)
    done = passages(isolated(1.0, middle), middle, protocol("human"), 4)
    counted = np.array([float(each.doublings[0] - done[0].doublings[0]) for each in done])
    days = np.array([float(each.end.day[0]) for each in done])
    start, end = np.interp(EARLY, counted, days)
    return float(end - start) / (EARLY[1] - EARLY[0])


def fits() -> Iterator[Row]:
    """Show the fitted numbers, which have no bar."""
    for name, value in fitted().items():
        yield Row("donor, fitted", name, "to its own target", f"{value:.6g}", "")


def calibration() -> Iterator[Row]:
    """Shipped against refitted numbers, then the targets."""
    table = shipped()["donor"]
    for name, value in fitted().items():
        if name in table:
            yield number("donor, refit", name.replace("_", " "), value, table[name].value, relative=0.03)
        elif name.removesuffix(" spread") in table:
            spread = table[name.removesuffix(" spread")].spread or 0.0
            yield number("donor, refit", name.replace("_", " "), value, spread, relative=0.03)
    yield from _human()
    yield from _rat()
    yield from _release()


def _human() -> Iterator[Row]:
    drawn = traits(donor("human", "25 year"), seed=SEED, count=DONORS)
    inside = np.mean((drawn.yield_per_g >= YIELD[0]) & (drawn.yield_per_g <= YIELD[1]))
    yield number(
        "C16, human", "share of donors yielding 1.2e5 to 1.2e6 cells/g", 0.90, float(inside), absolute=0.02
    )
    living = np.mean((drawn.viability >= VIABILITY[0]) & (drawn.viability <= VIABILITY[1]))
    yield number("C17", "share of isolates with 80 to 98 % living", 0.95, float(living), absolute=0.02)
    colonies = float(np.median(drawn.adherent_share * drawn.clonogenic_share))
    yield number("C18", "CFU-F in the isolate, median", ISOLATE_COLONIES, colonies, relative=0.1)
    above = float(np.mean(drawn.clonogenic_share > CULTURE_COLONIES))
    yield Row(
        "C18", "donors whose first culture has more than 5 % CFU-F", "most", f"{above:.3f}", "", above > 0.5
    )
    table = shipped()["donor"]
    doubling = _measured_doubling(table["human_doubling_time"].value, table["human_exhaustion"].value)
    yield number(
        "C19, human", "doubling time from 1.6 to 6.2 doublings, day", DOUBLING, doubling, relative=0.3
    )
    counted = table["human_exhaustion"].value - _primary_doublings()
    yield number(
        "C19, human", "doublings at exhaustion, from the first count", EXHAUSTED, counted, relative=0.3
    )


def _rat() -> Iterator[Row]:
    middle, how = _middle("rat", "12 week"), protocol("rat")
    area = fitted()["culture area of C26, cm²"]
    for label, culture in (
        ("flasks as it takes", how),
        ("one fitted area of flasks", replace(how, flask_cm2=area, flasks=1)),
    ):
        for turn, counted in enumerate(_counts(middle, culture)):
            yield _factor("C26, rat", f"living cells, passage {turn + 1}, {label}", RAT_COUNTS[turn], counted)


def _release() -> Iterator[Row]:
    for name, limit in RELEASE.items():
        yield number("C25", name.replace("_", " "), limit, shipped()["donor"][name].value, absolute=1e-12)


def _counts(middle: Traits, how: Protocol) -> list[float]:
    done = passages(isolated(RAT_FAT, middle), middle, how, len(RAT_COUNTS))
    return [float(each.end.living[0]) for each in done]


def _factor(subject: str, check: str, truth: float, found: float) -> Row:
    ratio = found / truth
    told = f"{found:.3g} ({ratio:.2f} times)"
    return Row(subject, check, f"{truth:.3g}", told, "factor 2", 0.5 <= ratio <= 2)
