"""Stiffness and strength of one scan, from a compression test in the computer."""

from __future__ import annotations

import math
import time
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace

import numpy as np

from spondyl.assay.microct.morphometry import voxel_um
from spondyl.assay.strength.body import Body, body
from spondyl.assay.strength.memory import peak_memory_mb
from spondyl.assay.strength.method import Method, method
from spondyl.assay.strength.settings import AXES, Settings
from spondyl.errors import MeasurementError, MechanicsError
from spondyl.mechanics.fields import Compact, element_fields
from spondyl.mechanics.pistoia import Criterion, criterion, failure
from spondyl.mechanics.platens import check_contact, platens
from spondyl.mechanics.solution import Report, Solution
from spondyl.mechanics.solve import solve
from spondyl.quantity import Parameter, shipped
from spondyl.volume import Scan

NOT_PRINTED = ("method",)


@dataclass(frozen=True, slots=True)
class Strength:
    """The numbers of one compression test.

    Parameters
    ----------
    elements, dofs : voxels that were solved, and three degrees of freedom for each of their nodes.
    iterations, relative_residual : of the solver; the residual against the load, both in float64.
    setup_seconds, solve_seconds : time the solver took, before and in its iterations.
    reaction_N : force of the moving platen on the bone along the axis, N, from the strain energy: negative in
        compression.
    apparent_modulus_mpa : |reaction| over the cross-section of the whole array over the strain, MPa.
    stiffness_N_per_mm : |reaction| over the displacement of the platen.
    failure_load_N : load at which the failure criterion is met, N, positive.
    peak_memory_mb : most memory the process held so far, 10⁶ bytes; None where the system does not tell.
    backend : that solved it: "reference", "cpu" or "cuda".
    effective_strain : which the critical volume exceeds at this load.
    bv_tv : share of the array that is stiff, before parts were removed.
    removed_elements, removed_parts : what no platen touches and was left out.
    imbalance : |sum of the forces of both platens| over the reaction: zero in equilibrium.
    voxel_um : voxel edge, µm; three numbers (z, y, x) when the voxel is not a cube.
    shape : voxels of the whole array (z, y, x).
    threshold : lowest value that counts as bone; None for binary volumes and labels.
    seconds : time of the whole measurement.
    method : settings and rules, in words.
    """

    elements: int
    dofs: int
    iterations: int
    relative_residual: float
    setup_seconds: float
    solve_seconds: float
    reaction_N: float  # noqa: N815  the unit is the newton
    apparent_modulus_mpa: float
    stiffness_N_per_mm: float  # noqa: N815
    failure_load_N: float  # noqa: N815
    peak_memory_mb: float | None
    backend: str
    effective_strain: float
    bv_tv: float
    removed_elements: int
    removed_parts: int
    imbalance: float
    voxel_um: float | tuple[float, float, float]
    shape: tuple[int, int, int]
    threshold: float | None
    seconds: float
    method: Method

    def as_json(self) -> dict[str, object]:
        """Return the measurement as plain numbers; what is not known has no key."""
        given = {f.name: getattr(self, f.name) for f in fields(self) if f.name not in NOT_PRINTED}
        plain = {name: list(v) if isinstance(v, tuple) else v for name, v in given.items()}
        return {name: value for name, value in plain.items() if value is not None}


@dataclass(frozen=True, slots=True, eq=False)
class Compressed:
    """A compression test with all displacements, for maps of strain and energy.

    Parameters
    ----------
    strength : its numbers.
    solution : displacements; see :func:`spondyl.mechanics.fields.element_fields`.
    """

    strength: Strength
    solution: Solution


def measure(
    scan: Scan,
    settings: Settings | None = None,
    parameters: Mapping[str, Parameter] | None = None,
    *,
    progress: Report | None = None,
) -> Strength:
    """Return stiffness and strength of a scan.

    Parameters
    ----------
    scan : grey values of any meaning, a binary volume or labels, as the settings say.
    settings : bone, material, loading and solver; Otsu's threshold and bonded platens along z by default.
    parameters : numbers of the stage ``mechanics``; the shipped ones by default.
    progress : called now and then while the solver works.

    Raises
    ------
    MeasurementError
        If the scan holds no bone as asked, no bone reaches from platen to platen, or the solver fails.

    Examples
    --------
    A solid cube between frictionless platens has the modulus of its material.

    >>> from spondyl.assay import microct
    >>> from spondyl.volume import Grid, Meaning
    >>> cube = Scan(np.ones((2, 2, 2), bool), Grid((2, 2, 2), (0.1, 0.1, 0.1)), Meaning.LABELS)
    >>> settings = Settings(microct.Settings(binary=True), modulus_mpa=5000.0, platens="frictionless")
    >>> found = measure(cube, settings)
    >>> round(found.apparent_modulus_mpa, 3), round(found.reaction_N, 6), round(found.failure_load_N, 6)
    (5000.0, -2.0, 1.4)
    """
    return compress(scan, settings, parameters, progress=progress).strength


def compress(
    scan: Scan,
    settings: Settings | None = None,
    parameters: Mapping[str, Parameter] | None = None,
    *,
    progress: Report | None = None,
) -> Compressed:
    """Return stiffness and strength of a scan together with the solution; see :func:`measure`."""
    began = time.perf_counter()
    settings = settings or Settings()
    table = parameters or shipped()["mechanics"]
    try:
        specimen = body(scan, settings, table)
        when = _criterion(settings, table)
        solution = _solved(specimen, settings, progress)
        found = _numbers(scan, settings, specimen, solution, when)
    except MechanicsError as error:
        mistakes = [replace(m, where=f"{scan.name} › {m.where}") for m in error.mistakes]
        raise MeasurementError(mistakes) from None
    return Compressed(replace(found, seconds=time.perf_counter() - began), solution)


def _criterion(settings: Settings, table: Mapping[str, Parameter]) -> Criterion:
    usual = criterion(settings.species, table)
    volume, strain = settings.critical_volume, settings.critical_strain
    return Criterion(usual.volume if volume is None else volume, usual.strain if strain is None else strain)


def _solved(specimen: Body, settings: Settings, progress: Report | None) -> Solution:
    conditions = platens(specimen.model, settings.axis, settings.strain, settings.platens)
    check_contact(specimen.model, settings.axis)
    return solve(
        specimen.model,
        conditions,
        tolerance=settings.tolerance,
        backend=settings.backend,
        threads=settings.threads,
        progress=progress,
    )


def _numbers(scan: Scan, settings: Settings, specimen: Body, solution: Solution, when: Criterion) -> Strength:
    grid, along = scan.grid, 2 - AXES.index(settings.axis)
    length = grid.size_mm[along]
    # Twice the energy over the platen's displacement: an error of the displacements enters squared.
    reaction = 2 * solution.energy / (-settings.strain * length)
    one, other = _reactions(solution, settings)
    section = math.prod(grid.size_mm) / length
    failed = failure(reaction, _tissue_strain(specimen, solution), when)
    return Strength(
        elements=solution.elements,
        dofs=solution.dofs,
        iterations=solution.iterations,
        relative_residual=solution.relative_residual,
        setup_seconds=solution.setup_seconds,
        solve_seconds=solution.solve_seconds,
        reaction_N=reaction,
        apparent_modulus_mpa=abs(reaction / section / settings.strain),
        stiffness_N_per_mm=abs(reaction / (settings.strain * length)),
        failure_load_N=failed.load,
        peak_memory_mb=peak_memory_mb(),
        backend=solution.backend,
        effective_strain=failed.exceeded,
        bv_tv=float(np.count_nonzero(specimen.model.modulus) / grid.voxels),
        removed_elements=solution.removed_elements,
        removed_parts=solution.removed_parts,
        imbalance=abs((one + other) / reaction),
        voxel_um=voxel_um(grid),
        shape=grid.shape,
        threshold=specimen.threshold,
        seconds=0.0,
        method=method(scan, settings, specimen, when),
    )


def _reactions(solution: Solution, settings: Settings) -> tuple[float, float]:
    """Return the forces of the moving and of the resting platen along the axis, N."""
    conditions = solution.conditions
    along = conditions.components == AXES.index(settings.axis)
    moving = conditions.values != 0
    return (
        math.fsum(solution.reaction[along & moving]),
        math.fsum(solution.reaction[along & ~moving]),
    )


def _tissue_strain(specimen: Body, solution: Solution) -> Compact:
    """Return the effective strains of the elements that the failure criterion counts."""
    strain = element_fields(solution, "effective_strain")["effective_strain"]
    if specimen.tissue is None:
        return strain
    return np.asarray(strain[specimen.tissue[solution.model.modulus > 0]])
