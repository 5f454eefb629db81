"""The virtual testing machine: a specimen's true curve becomes what the machine records."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from spondyl.assay.compression import LoadCurve
from spondyl.errors import MechanicsError, Mistake
from spondyl.instrument.rig.specimen import Specimen
from spondyl.quantity import Parameter, convert_number, shipped
from spondyl.vertebra.streams import stream

Floats = NDArray[np.float64]

MOST_SAMPLES = 1_000_000
FINE = 20_001


@dataclass(frozen=True, slots=True)
class Rig:
    """How a machine loads and records.

    Parameters
    ----------
    machine_N_per_mm : stiffness of frame, load cell and platens; infinite for none.
    embedding_N_per_mm : stiffness of the embedding; infinite for none.
    approach_mm : travel recorded before contact.
    gap_mm : travel over which an uneven contact is pressed flat.
    contact_load : share of the ultimate load at which two thirds of it are.
    speed_mm_per_s : of the crosshead.
    reference_mm_per_s : at which the specimen's true curve holds.
    rate_exponent : power of the speed with which loads grow.
    samples_per_s : recorded.
    noise_N : standard deviation of the load cell's reading.
    gain : standard deviation of its calibration, as a share.
    preload_N : reading without load.
    step_mm : in which the crosshead's place is recorded; 0 for none.

    Raises
    ------
    MechanicsError
        A number out of its range.
    """

    machine_N_per_mm: float  # noqa: N815  the unit is the newton
    embedding_N_per_mm: float  # noqa: N815
    approach_mm: float
    gap_mm: float
    contact_load: float
    speed_mm_per_s: float
    reference_mm_per_s: float
    rate_exponent: float
    samples_per_s: float
    noise_N: float  # noqa: N815
    gain: float
    preload_N: float  # noqa: N815
    step_mm: float

    def __post_init__(self) -> None:
        above = ("machine_N_per_mm", "embedding_N_per_mm", "contact_load", "speed_mm_per_s", "samples_per_s")
        least = ("approach_mm", "gap_mm", "noise_N", "gain", "step_mm", "rate_exponent")
        wrong = [
            Mistake(f"rig, {n}", f"{getattr(self, n)}", "must be above zero")
            for n in above
            if not getattr(self, n) > 0
        ]
        wrong += [
            Mistake(f"rig, {n}", f"{getattr(self, n)}", "must not be below zero")
            for n in least
            if not getattr(self, n) >= 0
        ]
        if wrong:
            raise MechanicsError(wrong)

    @property
    def compliance_mm_per_N(self) -> float:  # noqa: N802
        """What machine and embedding give way, mm/N."""
        return 1 / self.machine_N_per_mm + 1 / self.embedding_N_per_mm


def rig(parameters: Mapping[str, Parameter] | None = None) -> Rig:
    """Return the machine of the parameter table; :func:`dataclasses.replace` changes single settings.

    Parameters
    ----------
    parameters : of the stage "instrument/rig"; None for those that ship.
    """
    table = shipped()["instrument/rig"] if parameters is None else parameters

    def number(name: str, unit: str) -> float:
        return convert_number(table[name].value, table[name].unit, unit, where=f"instrument/rig › {name}")

    return Rig(
        machine_N_per_mm=number("machine_stiffness", "N/mm"),
        embedding_N_per_mm=number("embedding_stiffness", "N/mm"),
        approach_mm=number("approach", "mm"),
        gap_mm=number("toe_gap", "mm"),
        contact_load=number("contact_load", "1"),
        speed_mm_per_s=number("crosshead_speed", "mm/s"),
        reference_mm_per_s=number("reference_speed", "mm/s"),
        rate_exponent=number("rate_exponent", "1"),
        samples_per_s=number("sampling_rate", "1/s"),
        noise_N=number("load_noise", "N"),
        gain=number("load_gain", "1"),
        preload_N=number("preload", "N"),
        step_mm=number("travel_step", "mm"),
    )


def compress(specimen: Specimen, machine: Rig, *, seed: int, name: str = "specimen") -> LoadCurve:
    """Return what the machine records of a specimen loaded to the end of its true curve.

    Contact, embedding and frame are in series with the specimen: the crosshead travels the specimen's
    shortening and what each of them gives way under the load. Where the specimen's load falls so fast that
    they spring back further than the crosshead moves, it breaks suddenly: the load drops between two samples.

    Parameters
    ----------
    specimen : its true curve at the reference speed.
    machine : how it is loaded and recorded.
    seed : of noise and calibration.
    name : of the record.

    Raises
    ------
    MechanicsError
        If the record would have more than a million samples, or none.
    """
    growth = (machine.speed_mm_per_s / machine.reference_mm_per_s) ** machine.rate_exponent
    # Fine steps: where the specimen snaps, the record falls at one place, not on a slope between points.
    short = np.linspace(0.0, specimen.displacement_mm[-1], FINE)
    short = np.union1d(short, specimen.displacement_mm)
    load = growth * np.interp(short, specimen.displacement_mm, specimen.load_N)
    top = float(load.max())
    contact = machine.gap_mm * (1 - np.exp(-np.maximum(load, 0.0) / (machine.contact_load * top)))
    travel = short + load * machine.compliance_mm_per_N + contact
    ahead = travel > np.concatenate([[-np.inf], np.maximum.accumulate(travel)[:-1]])
    end = machine.approach_mm + float(travel[ahead][-1])
    samples = math.floor(end / machine.speed_mm_per_s * machine.samples_per_s) + 1
    if not 12 <= samples <= MOST_SAMPLES:
        allowed = f"must be 12 to {MOST_SAMPLES}: change speed or sampling rate"
        raise MechanicsError(Mistake("rig", f"{samples} samples", allowed))
    time = np.arange(samples) / machine.samples_per_s
    place = time * machine.speed_mm_per_s
    carried = np.interp(place - machine.approach_mm, travel[ahead], load[ahead], left=0.0)
    draws = stream(seed, "rig", name)
    gain = 1 + machine.gain * draws.standard_normal()
    read = machine.preload_N + gain * carried + machine.noise_N * draws.standard_normal(samples)
    if machine.step_mm:
        place = np.round(place / machine.step_mm) * machine.step_mm
    return LoadCurve(place, read, time, name)
