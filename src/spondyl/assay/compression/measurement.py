"""A load curve to stiffness, yield, ultimate load and energy."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from spondyl.assay.compression.curve import LoadCurve
from spondyl.assay.compression.peak import Peak, peak, smooth
from spondyl.assay.compression.plausible import doubts
from spondyl.assay.compression.settings import Settings
from spondyl.assay.compression.straight import Straight, between, from_start, straightest
from spondyl.assay.compression.yielding import Yield, yield_point
from spondyl.errors import MeasurementError, Mistake
from spondyl.quantity import Parameter, shipped

Floats = NDArray[np.float64]

NO_TOE = 0.01
"""Share of the displacement at the largest load below which a toe is none."""

SHARE_LEFT = 0.05
"""Share of the displacement that machine and fixture must leave to the specimen."""

NOT_PRINTED = ("straight", "failed", "settings")


@dataclass(frozen=True, slots=True)
class Compression:
    """The numbers of one test.

    Parameters
    ----------
    stiffness_N_per_mm : slope of the straight part, with `stiffness_se_N_per_mm` its standard error.
    yield_load_N, yield_displacement_mm : where the curve has left the elastic line; None if it never does
        before the largest load.
    ultimate_load_N, ultimate_displacement_mm : the largest load, see :func:`peak`.
    energy_N_mm : work until the ultimate load.
    post_yield_displacement_mm : from yield until the load has fallen by a tenth; None where it never does.
    energy_to_failure_N_mm : work until then.
    toe_mm : displacement of the record from which the others count.
    modulus_mpa, yield_stress_mpa, yield_strain, ultimate_stress_mpa, ultimate_strain : with length and area.
    noise : of the load from sample to sample, as a share of the ultimate load.
    straight : the straight part.
    failed : sample at which the specimen has failed; None if it never does.
    settings : what was chosen.
    remarks : what is doubtful, in words.
    """

    stiffness_N_per_mm: float  # noqa: N815  the unit is the newton
    stiffness_se_N_per_mm: float  # noqa: N815
    yield_load_N: float | None  # noqa: N815
    yield_displacement_mm: float | None
    ultimate_load_N: float  # noqa: N815
    ultimate_displacement_mm: float
    energy_N_mm: float  # noqa: N815
    post_yield_displacement_mm: float | None
    energy_to_failure_N_mm: float | None  # noqa: N815
    toe_mm: float
    modulus_mpa: float | None
    yield_stress_mpa: float | None
    yield_strain: float | None
    ultimate_stress_mpa: float | None
    ultimate_strain: float | None
    noise: float
    straight: Straight
    failed: int | None
    settings: Settings
    remarks: tuple[str, ...]

    def as_json(self) -> dict[str, object]:
        """Return the measurement as plain numbers; what is not known has no key, but yield is None then."""
        given = {f.name: getattr(self, f.name) for f in fields(self) if f.name not in NOT_PRINTED}
        kept = {name: value for name, value in given.items() if value is not None or name == "yield_load_N"}
        return kept | {"remarks": list(self.remarks)}


def specimen_displacement(curve: LoadCurve, settings: Settings) -> Floats:
    """Return the displacement of the specimen alone, mm: the record less what the machine gives way."""
    return np.asarray(curve.displacement_mm - settings.compliance_mm_per_N * curve.load_N)


def measure(
    curve: LoadCurve, settings: Settings | None = None, parameters: Mapping[str, Parameter] | None = None
) -> Compression:
    """Return the numbers of one test.

    Parameters
    ----------
    curve : the record.
    settings : geometry, machine, and how the straight part is found.
    parameters : of the stage "assay/compression"; None for those that ship.

    Raises
    ------
    MeasurementError
        No straight part, a machine softer than the whole, or numbers that only a wrong unit explains.
    """
    how = settings or Settings()
    table = shipped()["assay/compression"] if parameters is None else parameters
    x, load = specimen_displacement(curve, how), curve.load_N
    top = peak(load, table)
    _refuse_soft_machine(curve, x, top, how)
    straight, zero = _straight(curve.name, x, load, top, how, table)
    found = yield_point(x, load, straight, zero, top, how, table)
    numbers = {"stiffness_N_per_mm": straight.slope, **_numbers(x, load, zero, top, found)}
    numbers |= _per_area(how, straight, numbers)
    said = [*curve.notes, *_remarks(load, top, straight, found, table)]
    said += doubts(curve.name, numbers, how, table, stated=curve.stated)
    return Compression(
        stiffness_se_N_per_mm=straight.slope_se,
        **numbers,  # type: ignore[arg-type]  # built by name just above
        noise=top.noise,
        straight=straight,
        failed=top.failed,
        settings=how,
        remarks=tuple(said),
    )


def _straight(
    name: str, x: Floats, load: Floats, top: Peak, how: Settings, table: Mapping[str, Parameter]
) -> tuple[Straight, float]:
    """Return the straight part, and the displacement from which others count."""
    rising, travel = load[: top.place + 1], x[: top.place + 1]
    start = float(travel[0])
    found = straightest(travel, rising, table["least_span"].value)
    toe = how.toe == "on"
    if how.toe == "auto" and found is not None:
        toe = found.zero_mm - start > NO_TOE * (float(travel[-1]) - start)
    if how.region is not None:
        found = between(travel, smooth(rising) if top.smoothed else rising, *how.region)
    elif not toe:
        found = from_start(travel, rising)
    if found is None:
        given = f"{rising.size} samples up to the largest load, no straight part among them"
        raise MeasurementError(
            Mistake(name, given, "needs a record of the load as it rises, before its peak")
        )
    return found, found.zero_mm if toe else start


def _refuse_soft_machine(curve: LoadCurve, x: Floats, top: Peak, how: Settings) -> None:
    recorded = curve.displacement_mm[top.place] - curve.displacement_mm[0]
    if how.compliance_mm_per_N and x[top.place] - x[0] < SHARE_LEFT * recorded:
        given = f"a machine compliance of {how.compliance_mm_per_N:g} mm/N"
        allowed = f"of {recorded:.4g} mm at the largest load it would leave the specimen next to nothing"
        raise MeasurementError(Mistake(curve.name, given, allowed))


def _numbers(x: Floats, load: Floats, zero: float, top: Peak, found: Yield | None) -> dict[str, float | None]:
    failure = top.failed
    after_yield = None
    if failure is not None and found is not None:
        after_yield = float(x[failure] - zero - found.displacement_mm)
    return {
        "yield_load_N": found.load_N if found else None,
        "yield_displacement_mm": found.displacement_mm if found else None,
        "ultimate_load_N": top.load,
        "ultimate_displacement_mm": float(x[top.place] - zero),
        "energy_N_mm": float(np.trapezoid(load[: top.place + 1], x[: top.place + 1])),
        "post_yield_displacement_mm": after_yield,
        "energy_to_failure_N_mm": float(np.trapezoid(load[: failure + 1], x[: failure + 1]))
        if failure
        else None,
        "toe_mm": zero,
    }


def _per_area(
    how: Settings, straight: Straight, numbers: Mapping[str, float | None]
) -> dict[str, float | None]:
    def over(value: float | None, by: float | None) -> float | None:
        return None if value is None or by is None else value / by

    modulus = None
    if how.length_mm is not None and how.area_mm2 is not None:
        modulus = straight.slope * how.length_mm / how.area_mm2
    return {
        "modulus_mpa": modulus,
        "yield_stress_mpa": over(numbers["yield_load_N"], how.area_mm2),
        "yield_strain": over(numbers["yield_displacement_mm"], how.length_mm),
        "ultimate_stress_mpa": over(numbers["ultimate_load_N"], how.area_mm2),
        "ultimate_strain": over(numbers["ultimate_displacement_mm"], how.length_mm),
    }


def _remarks(
    load: Floats, top: Peak, straight: Straight, found: Yield | None, table: Mapping[str, Parameter]
) -> list[str]:
    drop = table["load_drop"].value
    said = []
    if top.failed is None:
        said.append(
            f"the load never falls by {100 * drop:g} % after its largest value: the record may end too early"
        )
    elif (later := float(load[top.failed :].max())) > 1.05 * top.load:
        said.append(
            f"after failure the load rises again, to {later:.4g} N: the ultimate load is the first peak"
        )
    if top.smoothed:
        said.append(f"noise of {100 * top.noise:.2g} % of the load: the peak is that of the smoothed record")
    if straight.r_squared < 0.98:
        said.append(f"the straight part is hardly straight, R² {straight.r_squared:.3f}: look at the plot")
    if found is None:
        said.append("no yield before the largest load: the specimen broke while elastic, or the record ends")
    offset = float(np.median(load[: max(3, load.size // 100)]))
    if abs(offset) > 0.05 * top.load:
        said.append(
            f"the record begins at {offset:.4g} N: a preload, or a load cell that was not set to zero"
        )
    return said
