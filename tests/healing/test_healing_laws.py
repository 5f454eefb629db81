"""Healing: surfaces, processes and steps keep their laws; runs are repeatable and refuse what is wrong."""

from __future__ import annotations

import math
from dataclasses import replace
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any

import nibabel
import numpy as np
import pytest

from spondyl import graft, healing
from spondyl.errors import HealingError, HealingStopped, MechanicsError, Mistake
from spondyl.healing import Change, Fate, Now, mechanoregulation
from spondyl.healing.account import counted
from spondyl.healing.adaptation import reference_of, speeds
from spondyl.healing.checkpoint import key_of
from spondyl.healing.differentiation import differentiation
from spondyl.healing.formation import breathing, formation, soft_formation
from spondyl.healing.inflammation import inflammation
from spondyl.healing.migration import migration, recruitment
from spondyl.healing.numbers import host_of, numbers
from spondyl.healing.oxygen import oxygen
from spondyl.healing.picture import COLOURS
from spondyl.healing.process import Load
from spondyl.healing.proliferation import proliferation
from spondyl.healing.region import Region, region_of
from spondyl.healing.resorption import resorption
from spondyl.healing.rules import rules
from spondyl.healing.running import Progress
from spondyl.healing.series import LABELS
from spondyl.healing.state import FIELDS, TISSUES, State
from spondyl.healing.step import step
from spondyl.healing.survival import survival
from spondyl.healing.vessels import vessels
from spondyl.transport import growing, waning
from spondyl.vertebra import Vertebra, rat
from spondyl.volume import Grid

EDGE = 0.1
KNOWN = numbers()
HEALTHY = host_of(KNOWN, False, None)


def made(n: int = 10, **fields: Any) -> tuple[State, Region]:
    """A cube of granulation tissue between two walls of bone, with what is asked for in it."""
    shape = (n, n, n)
    found = {name: np.zeros(shape) for name in FIELDS}
    found["lamellar"][:2] = found["lamellar"][-2:] = 1.0
    for name, value in fields.items():
        found[name] = np.broadcast_to(np.asarray(value, float), shape).copy() * (
            1 - found["lamellar"] if name == "tcp" else 1
        )
    found["granulation"] = 1 - found["lamellar"] - found["tcp"] - found["marrow"]
    grid = Grid(shape, (EDGE,) * 3)
    hole = np.where(found["lamellar"] > 0, 0.0, 1.0)
    box = (slice(0, n), slice(0, n), slice(0, n))
    return State(0.0, found), Region(grid, box, np.ones(shape, np.bool_), hole, 1e-3, 1e-4)


def now(state: State, region: Region, strain: float = 0.0, **host: float) -> Now:
    still = np.full(region.open.shape, strain)
    load = Load(still, np.zeros_like(still))
    return Now(state, region, KNOWN, {**HEALTHY, **host}, load, 1)


def total(change: Change, before: Now, *names: str) -> float:
    return float(sum((change.fields.get(name, before[name])).sum() for name in names))


@pytest.fixture(scope="module")
def hole() -> Vertebra:
    return rat("L5", seed=7, voxel="250 um", arch=False).drill(diameter="1.5 mm", depth="1.5 mm")


@pytest.mark.parametrize("way", [(1, 0, 0), (0, 1, 1), (1, 1, 1)])
def test_a_flat_front_moves_at_its_speed_in_any_direction(way: tuple[int, int, int]) -> None:
    n = 48
    normal = np.array(way) / np.linalg.norm(way)
    place = np.stack(np.meshgrid(*[np.arange(n) + 0.5] * 3, indexing="ij"), -1) @ normal
    share = np.clip(n * normal.sum() * 0.48 - place + 0.5, 0, 1)
    open_ = np.ones(share.shape, np.bool_)
    core = (slice(12, 36),) * 3
    before = share[core].sum()
    days, speed, dt = 60, 0.05, 1.0
    area = np.linalg.norm(np.gradient(share), axis=0)[core].sum()
    for _ in range(days):
        share = np.minimum(share + speed * growing(share, open_, (1.0, 1.0, 1.0)) * dt, 1)
    moved = (share[core].sum() - before) / area
    assert moved == pytest.approx(speed * days, rel=0.12)


def test_uniform_fields_have_no_surface() -> None:
    share, open_ = np.full((5, 5, 5), 0.4), np.ones((5, 5, 5), np.bool_)
    assert not growing(share, open_, (1, 1, 1)).any()
    assert not waning(share, open_, (1, 1, 1)).any()


def test_inflammation_clears_debris_and_m1_come_before_m2() -> None:
    state, region = made(6, debris=5e4, macrophage=4.0, progenitor_host=50.0)
    first: dict[str, float] = {}
    debris = [5e4]
    for day in range(60):
        change = inflammation(now(state, region), 1.0)
        state = State(day + 1.0, {**state.fields, **change.fields})
        debris.append(float(state["debris"].mean()))
        for name in ("m1", "m2"):
            if state[name].mean() > 20:
                first.setdefault(name, day)
    assert all(b <= a for a, b in pairwise(debris))
    assert debris[-1] < 100
    assert first["m1"] <= first["m2"]
    assert state["c1"].max() < 0.05


def test_inflammation_converges_with_its_step() -> None:
    def after(days: float) -> float:
        state, region = made(3, debris=5e4, macrophage=4.0)
        for _ in range(round(4 / days)):
            state = State(0.0, {**state.fields, **inflammation(now(state, region), days).fields})
        return float(state["m1"].mean())

    coarse, middle, fine = after(0.1), after(0.05), after(0.025)
    assert abs(middle - fine) < 0.62 * abs(coarse - middle)


def test_vessels_come_from_vessels_and_stop_at_strain() -> None:
    state, region = made(10, vegf=5.0)
    assert not vessels(now(state, region), 1.0).fields["vessel"].any()
    state.fields["vessel"][2] = 1.0  # type: ignore[index]
    quiet = vessels(now(state, region), 1.0).fields["vessel"]
    shaken = vessels(now(state, region, strain=1.0), 1.0).fields["vessel"]
    assert quiet.sum() > 1.1 * state["vessel"].sum()
    assert shaken.sum() == pytest.approx(state["vessel"].sum(), rel=1e-3)
    assert quiet.max() <= 1.0


def test_oxygen_is_of_vessels_and_taken_by_cells() -> None:
    state, region = made(10)
    assert oxygen(now(state, region), 0.5).fields["oxygen"].max() < 1e-9
    state.fields["vessel"][2] = 1.0  # type: ignore[index]
    empty = oxygen(now(state, region), 0.5).fields["oxygen"]
    state.fields["progenitor_graft"][2:8] = 1e5  # type: ignore[index]
    full = oxygen(now(state, region), 0.5).fields["oxygen"]
    assert 0 < empty.max() <= KNOWN["oxygen_blood"] * (1 + 1e-6)
    assert full[6].max() < 0.5 * empty[6].max()


def test_cells_without_oxygen_die_and_are_counted() -> None:
    state, region = made(4, progenitor_graft=1000.0, ripe_graft=400.0)
    state.fields["oxygen"][:, :, 2:] = 0.06  # type: ignore[index]
    change = survival(now(state, region), 0.5)
    left = change.fields["progenitor_graft"]
    assert left[..., 0].max() < left[..., 3].min() < 1000
    lost = (1000.0 * left.size - left.sum()) * region.voxel_mm3
    told = change.budget["progenitor_graft starved"] + change.budget["progenitor_graft cleared"]
    assert told == pytest.approx(lost)
    assert np.allclose(change.fields["ripe_graft"] / left, 0.4)


def test_migration_loses_no_cell_and_marrow_at_rest_stays() -> None:
    state, region = made(10, bmp2=0.0)
    state.fields["progenitor_host"][3, 4, 5] = 500.0  # type: ignore[index]
    state.fields["bmp2"][6:] = 3.0  # type: ignore[index]
    change = migration(now(state, region), 0.5)
    assert total(change, now(state, region), "progenitor_host") == pytest.approx(500.0)
    rest, region = made(4, marrow=0.0)
    full = {**rest.fields, "marrow": 1 - rest["lamellar"], "granulation": np.zeros((4, 4, 4))}
    full["progenitor_host"] = full["marrow"] * KNOWN["progenitor_marrow"]
    still = recruitment(now(State(0.0, full), region), 1.0)
    assert np.allclose(still.fields["progenitor_host"], full["progenitor_host"])


def test_differentiation_loses_no_cell_and_ripe_cells_are_faster() -> None:
    kinds = ("progenitor_host", "progenitor_graft", "osteoblast_host", "osteoblast_graft")
    state, region = made(8, progenitor_host=100.0, progenitor_graft=900.0, oxygen=0.05)
    young = now(state, region)
    change = differentiation(young, 0.5)
    every = (*kinds, "chondrocyte", "fibroblast")
    assert total(change, young, *every) == pytest.approx(total(Change({}), young, *every))
    ripe = now(State(0.0, {**state.fields, "ripe_graft": state["progenitor_graft"]}), region)
    fast = differentiation(ripe, 0.5)
    assert fast.fields["osteoblast_graft"].sum() > 3 * change.fields["osteoblast_graft"].sum()


def test_the_fate_follows_strain_and_oxygen() -> None:
    strain = np.array([0.001, 0.03, 0.06, 0.5])
    fed = mechanoregulation(strain, np.full(4, 0.06), np.zeros(4), KNOWN)
    assert all(np.diff(fed.bone) < 0)
    assert fed.bone[0] > fed.cartilage[0]
    assert fed.cartilage[1] > fed.bone[1]
    starved = mechanoregulation(strain, np.zeros(4), np.zeros(4), KNOWN)
    assert starved.bone.max() == 0
    assert starved.cartilage[0] > 0.9
    helped = mechanoregulation(strain, np.full(4, 0.06), np.full(4, 1e3), KNOWN)
    assert helped.bone[0] == pytest.approx(fed.bone[0] * (1 + KNOWN["bmp2_gain"]), rel=0.01)


def test_bone_needs_osteoblasts_and_belongs_to_whom_laid_it_down() -> None:
    state, region = made(10)
    assert formation(now(state, region), 1.0).budget["bone of host formed"] == 0
    state, region = made(10, osteoblast_host=300.0, osteoblast_graft=900.0, oxygen=KNOWN["oxygen_blood"])
    change = formation(now(state, region), 1.0)
    host, graft = (change.fields[f"woven_{who}"].sum() for who in ("host", "graft"))
    assert graft == pytest.approx(3 * host)
    assert change.fields["woven_host"][2].mean() > 1.15 * change.fields["woven_host"][5].mean()
    tissues = {name: change.fields.get(name, state[name]) for name in TISSUES}
    assert np.allclose(sum(tissues.values()), 1, atol=1e-12)


@pytest.mark.parametrize("process", [formation, soft_formation, proliferation])
def test_half_a_voxel_of_the_defect_does_half_as_much(process: Any) -> None:
    cells = {"osteoblast_host": 200.0, "osteoblast_graft": 50.0, "fibroblast": 90.0, "chondrocyte": 40.0}
    others = {"fibrous": 0.1, "cartilage": 0.1, "vessel": 0.8, "oxygen": 0.03}

    def changed(share: float) -> dict[str, np.ndarray]:
        state, region = made(4, oxygen=others["oxygen"], vessel=others["vessel"])
        for name, value in (cells | {key: others[key] for key in ("fibrous", "cartilage")}).items():
            state.fields[name][:] = share * value
        state.fields["lamellar"][:] = 0
        state.fields["marrow"][:] = 1 - share
        state.fields["granulation"][:] = share * 0.8
        rim = replace(region, hole=np.full(region.open.shape, share))
        fields = process(now(state, rim), 0.5).fields
        return {name: fields[name] - state[name] for name in fields if not name.startswith("progenitor")}

    whole, half = changed(1.0), changed(0.5)
    assert any(change.any() for change in whole.values())
    for name, change in whole.items():
        assert np.allclose(half[name], change / 2, rtol=1e-12, atol=1e-15), name


def test_surface_of_granules_that_voxels_do_not_show_is_added(hole: Vertebra) -> None:
    filled = hole.fill(graft.mix(granules="beta-TCP 0.3-0.6 mm"), seed=1)
    packed = filled.filling
    assert packed is not None
    shown = growing(packed.granules, np.ones(packed.granules.shape, np.bool_), packed.grid.spacing_mm).sum()
    region = region_of(filled, KNOWN)
    true = packed.bed.granules.surfaces_mm2.sum()
    assert region.packing * shown * region.voxel_mm3 == pytest.approx(true)
    assert region.packing > 1.5  # voxels of 0.25 mm
    assert region_of(hole, KNOWN).packing == 1

    state, plain = made(8, osteoblast_host=300.0, osteoclast=50.0, vessel=1.0, oxygen=KNOWN["oxygen_blood"])
    state.fields["tcp"][4] = state.fields["granulation"][4] = 0.5
    once, twice = (now(state, replace(plain, packing=packing)) for packing in (1.0, 2.0))
    laid = [formation(one, 0.1).fields["woven_host"] for one in (once, twice)]
    front, within = laid[1][3] - laid[0][3], 2 * laid[0][3] - laid[1][3]
    assert front.min() > 0
    assert within == pytest.approx(laid[0][3] - front)
    assert within.min() > 0
    eaten = [0.5 - resorption(one, 0.1).fields["tcp"][4].mean() for one in (once, twice)]
    assert eaten[1] == pytest.approx(2 * eaten[0], rel=0.05)  # osteoclasts are more, too


def test_bone_beside_the_hole_is_not_bone_of_the_defect() -> None:
    _, region = made(4)
    rim = replace(region, hole=np.full((4, 4, 4), 0.25))
    first = np.full((4, 4, 4), 0.6)
    assert not rim.held(first, first).any()
    assert np.allclose(rim.held(first + 0.2, first), 0.2)
    assert np.allclose(rim.held(np.ones((4, 4, 4)), first), 0.25)  # no more than the hole's share
    crushed = replace(region, hole=np.ones((4, 4, 4)))
    assert np.allclose(crushed.held(first, first), 0.6)


def test_cells_of_the_defect_alone_are_counted_whole_at_its_rim() -> None:
    state, region = made(4, osteoblast_host=200.0, osteoclast=30.0, progenitor_host=80.0, m2=10.0)
    rim = replace(region, hole=np.full((4, 4, 4), 0.25))
    volume = 64 * region.voxel_mm3
    assert counted(state, rim, "osteoblast_host", "osteoclast") == pytest.approx(230 * volume)
    assert counted(state, rim, "progenitor_host", "m2") == pytest.approx(0.25 * 90 * volume)


def test_osteoblasts_without_oxygen_lay_down_as_little_as_in_culture() -> None:
    gas = np.array([20.0, 5.0, 2.0]) * 1.04e-2
    told = breathing(gas, {**KNOWN, "oxygen_blood": gas[0]})
    assert 1 / told[1:] == pytest.approx([1.7, 11.0], rel=0.05)
    assert breathing(np.array([KNOWN["oxygen_blood"], 1.0]), KNOWN) == pytest.approx(1.0)
    assert breathing(np.zeros(1), KNOWN)[0] < 1e-6


def test_osteoclasts_take_tcp_only_where_vessels_are() -> None:
    state, region = made(10)
    state.fields["tcp"][4:6] = 0.5  # type: ignore[index]
    state.fields["granulation"][4:6] = 0.5  # type: ignore[index]
    assert resorption(now(state, region), 7.0).budget["tcp resorbed"] == 0
    fed = State(0.0, {**state.fields, "vessel": state["granulation"]})
    change = resorption(now(fed, region), 7.0)
    lost = (fed["tcp"] - change.fields["tcp"]).sum() * region.voxel_mm3
    assert change.budget["tcp resorbed"] == pytest.approx(lost)
    assert lost > 0
    more = resorption(now(fed, region, resorption=2.0), 7.0).budget["tcp resorbed"]
    assert more == pytest.approx(2 * lost, rel=1e-6)


def test_bone_at_rest_gains_as_much_as_it_loses() -> None:
    state, region = made(12)
    rng = np.random.Generator(np.random.Philox(3))
    marrow = State(0.0, {**state.fields, "marrow": state["granulation"], "granulation": state["tcp"]})
    whole = replace(region, hole=np.zeros(region.open.shape))
    energy = np.where(marrow.bone > 0, rng.lognormal(-4, 2.0, region.open.shape), 0.0)
    rest = reference_of(marrow, whole, energy, KNOWN)
    rise, fall = speeds(marrow, whole, energy, rest, KNOWN)
    assert rise.sum() > 0
    assert rise.sum() == pytest.approx(fall.sum(), rel=0.02)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (lambda at, _: Change({"vessel": np.full(at["vessel"].shape, math.nan)}), "vessels › vessel.*nan"),
        (lambda at, _: Change({"vegf": at["vegf"] - 1.0}), "vessels › vegf.*-1 in voxel"),
        (lambda at, _: Change({"vegf": at["vegf"][:2]}), "shape"),
        (lambda at, _: Change({"tcp": at["tcp"] + 0.1}), "shares of 1.1"),
    ],
)
def test_a_process_that_goes_wrong_is_named(wrong: Any, said: str) -> None:
    state, region = made(4)
    still = np.zeros(region.open.shape)
    chosen = {name: process for name, process in rules({"vessels": wrong}).items() if name == "vessels"}
    with pytest.raises(HealingError, match=said):
        step(replace(state, day=3.0), region, Load(still, still), KNOWN, HEALTHY, chosen, 0.5)


def test_processes_are_turned_off_and_replaced() -> None:
    with pytest.raises(HealingError, match="Did you mean 'vessels'"):
        rules({"vesels": None})
    assert "oxygen" not in rules({"oxygen": None})

    def never(strain: Any, oxygen: Any, bmp2: Any, known: Any) -> Fate:
        return Fate(*(0 * way for way in mechanoregulation(strain, oxygen, bmp2, known)))

    state, region = made(8, progenitor_host=100.0, oxygen=0.05)
    assert differentiation(now(state, region), 0.5).budget["osteoblast_host born"] > 0
    change = partial(differentiation, fate=never)(now(state, region), 0.5)
    assert change.budget["osteoblast_host born"] == 0


def test_ripe_cells_do_not_multiply() -> None:
    state, region = made(8, progenitor_graft=10.0, ripe_graft=10.0, oxygen=0.05)
    young = State(0.0, {**state.fields, "ripe_graft": 0 * state["ripe_graft"]})
    assert proliferation(now(young, region), 1.0).budget["progenitor_graft born"] > 0
    assert proliferation(now(state, region), 1.0).budget["progenitor_graft born"] == 0


def test_no_cells_and_no_host_supply_make_no_bone(hole: Vertebra) -> None:
    course = healing.run(hole, weeks=2, host={"progenitors": 0.0}, rules={"adaptation": None}, threads=1)
    table = course.table()
    assert abs(table["new_bone_mm3"]).max() < 1e-6
    usual = healing.run(hole, weeks=2, threads=1).table()
    assert usual["new_bone_mm3"].iloc[-1] > 1e-4


def test_shares_stay_whole_and_threads_change_no_digit(hole: Vertebra) -> None:
    one, two = (healing.run(hole, weeks=1, seed=4, threads=threads) for threads in (1, 2))
    for name in FIELDS:
        assert np.array_equal(one.states[7.0][name], two.states[7.0][name]), name
        assert one.states[7.0][name].min() >= 0
    total = sum(one.states[7.0][name] for name in TISSUES)
    assert np.allclose(total[one.region.open], 1, atol=1e-9)
    assert not total[~one.region.open].any()
    other = healing.run(hole, weeks=1, seed=5, threads=1)
    assert other.host != one.host


class Stop(Exception):
    """Somebody ended the run."""


def stop_at(day: float) -> Any:
    def interrupt(at: Progress) -> None:
        if at.day == day:
            raise Stop

    return interrupt


def test_an_interrupted_run_goes_on_to_the_same_digits(hole: Vertebra, tmp_path: Path) -> None:
    kept = tmp_path / "run.npz"
    with pytest.raises(Stop):
        healing.run(hole, weeks=2, checkpoint=kept, progress=stop_at(9), threads=1)
    days: list[float] = []
    again = healing.run(hole, weeks=2, checkpoint=kept, progress=lambda at: days.append(at.day), threads=1)
    whole = healing.run(hole, weeks=2, threads=1)
    assert days[0] == 10.0
    assert again.table().equals(whole.table())
    assert all(np.array_equal(again.states[14.0][name], whole.states[14.0][name]) for name in FIELDS)
    assert again.budgets().equals(whole.budgets())
    assert again.solves == whole.solves
    kept.write_bytes(kept.read_bytes()[:1000])
    assert healing.run(hole, weeks=1, checkpoint=kept, threads=1).at(week=1).day == 7.0


def test_a_run_is_taken_up_by_its_own_rules_only(hole: Vertebra, tmp_path: Path) -> None:
    def faster(by: float) -> Any:
        return lambda now, days: vessels(now, by * days)

    def first_day(rule: Any) -> float:
        days: list[float] = []
        rules = {"vessels": rule}
        healing.run(
            hole,
            weeks=3 / 7,
            checkpoint=kept,
            rules=rules,
            progress=lambda at: days.append(at.day),
            threads=1,
        )
        return days[0] if days else 3.0

    kept = tmp_path / "run.npz"
    with pytest.raises(Stop):
        healing.run(
            hole, weeks=3 / 7, checkpoint=kept, rules={"vessels": faster(2.0)}, progress=stop_at(1), threads=1
        )
    assert first_day(faster(2.0)) == 2.0
    assert first_day(faster(3.0)) == 1.0
    assert first_day(partial(vessels)) == 1.0
    with pytest.raises(HealingError, match="without a checkpoint"):
        healing.run(hole, weeks=1, checkpoint=kept, rules={"vessels": Odd()})  # type: ignore[dict-item]


class Odd:
    """A rule of which nobody knows what it holds."""

    def __call__(self, now: Now, days: float) -> Change:
        return vessels(now, days)


def test_the_key_of_a_run_knows_what_the_graft_gives_off(hole: Vertebra) -> None:
    region = region_of(hole, KNOWN)
    keys = {
        key_of(hole, one, KNOWN, HEALTHY, rules(), "")
        for one in (
            region,
            replace(region, vegf=1.0),
            replace(region, bmp2=1.0),
            replace(region, packing=2.0),
        )
    }
    assert len(keys) == 4


def test_a_kept_run_that_lacks_a_field_is_begun_anew(hole: Vertebra, tmp_path: Path) -> None:
    kept = tmp_path / "run.npz"
    with pytest.raises(Stop):
        healing.run(hole, weeks=2 / 7, checkpoint=kept, progress=stop_at(1), threads=1)
    with np.load(kept) as held:
        np.savez(kept, **{name: held[name] for name in held.files if name != "now/vessel"})
    days: list[float] = []
    healing.run(hole, weeks=2 / 7, checkpoint=kept, progress=lambda at: days.append(at.day), threads=1)
    assert days == [1.0, 2.0]


def test_a_run_that_goes_wrong_keeps_what_was_good(hole: Vertebra) -> None:
    def breaks(now: Now, days: float) -> Change:
        change = vessels(now, days)
        return Change({"vessel": change.fields["vessel"] * (math.nan if now.state.day >= 2 else 1.0)})

    with pytest.raises(HealingStopped, match=r"day 2, vessels › vessel.*nan") as told:
        healing.run(hole, weeks=1, rules={"vessels": breaks}, threads=1)
    course = told.value.course
    assert [row["day"] for row in course.days] == [0.0, 1.0, 2.0]
    assert np.isfinite(course.states[2.0]["vessel"]).all()
    assert course.at(day=2).day == 2.0


def test_a_solve_that_does_not_converge_ends_the_run(hole: Vertebra, monkeypatch: pytest.MonkeyPatch) -> None:
    from spondyl.healing import loads

    solve, asked = loads.solve, []

    def fails(model: Any, *more: Any, **named: Any) -> Any:
        asked.append(model)
        if len(asked) == 3:
            raise MechanicsError(Mistake("mechanics", "a residual of 0.1", "did not converge"))
        return solve(model, *more, **named)

    monkeypatch.setattr(loads, "solve", fails)
    with pytest.raises(HealingStopped, match=r"day 4, mechanics: found .*did not converge") as told:
        healing.run(hole, weeks=1, changed={"solve_days": 2.0}, threads=1)
    assert told.value.course.days[-1]["day"] == 3.0
    assert [day for day, *_ in told.value.course.solves] == [0.0, 2.0]


def test_strains_are_computed_again_when_the_defect_has_changed(hole: Vertebra) -> None:
    course = healing.run(hole, weeks=1, changed={"solve_days": 28.0, "solve_change": 0.05}, threads=1)
    assert len(course.solves) > 2
    assert len(healing.run(hole, weeks=1, changed={"solve_change": 3.0}, threads=1).solves) == 1


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"weeks": 0}, "above 0"),
        ({"weeks": 2, "follow_up": [3]}, "between 0 and 2"),
        ({"host": "tired"}, "ovariectomised"),
        ({"host": {"progeny": 1.0}}, "progenitors"),
        ({"activity": math.nan}, "above 0"),
        ({"changed": {"graft_deth": 0.1}}, "Did you mean 'graft_death'"),
        ({"changed": {"graft_death": 99.0}}, "must lie between"),
    ],
)
def test_what_has_no_meaning_is_refused(hole: Vertebra, asked: dict[str, Any], said: str) -> None:
    with pytest.raises(HealingError, match=said):
        healing.run(hole, **asked)


def test_a_follow_up_that_is_none_names_those_that_are(hole: Vertebra) -> None:
    course = healing.run(hole, weeks=1, threads=1)
    with pytest.raises(HealingError, match="weeks 0, 1"):
        course.at(week=9)
    state = course.at(week=1)
    assert state.share.shape == hole.grid.shape
    assert healing.picture(state, height=60).dtype == np.uint8


def test_a_section_shows_as_many_pixels_of_a_tissue_as_there_is(hole: Vertebra) -> None:
    region = region_of(hole, KNOWN)
    fields = {name: np.zeros(region.open.shape) for name in FIELDS}
    fields["fibrous"], fields["woven_host"] = 0.75 * region.open, 0.25 * region.open
    mixed = replace(healing.run(hole, weeks=1 / 7, threads=1).at(day=1), state=State(0.0, fields))
    picture = healing.picture(mixed, height=400)
    found = [(picture == COLOURS[name]).all(axis=-1)[24:424].sum() for name in ("fibrous", "woven_host")]
    assert found[0] / sum(found) == pytest.approx(0.75, abs=0.02)


def test_a_course_is_written_as_a_film(hole: Vertebra, tmp_path: Path) -> None:
    course = healing.run(hole, weeks=2, follow_up=[0, 1, 2], threads=1)
    path = healing.write_series(course, tmp_path / "film.nii.gz")
    film = nibabel.load(path)
    frames = np.asarray(film.dataobj)
    assert frames.shape == (*course.region.open.shape[::-1], 3)
    assert film.header.get_zooms() == pytest.approx((0.25, 0.25, 0.25, 7 * 86400))
    bone = frames[..., 0].transpose(2, 1, 0) == LABELS["lamellar"]
    assert bone[course.states[0.0]["lamellar"] > 0.5].all()
    part = course.region.box[0].start * 0.25
    assert film.affine[2, 3] == pytest.approx(hole.grid.origin_mm[0] + part)
    with pytest.raises(HealingError, match="evenly"):
        healing.write_series(replace(course, states={0.0: course.states[0.0]}), path)
    with pytest.raises(HealingError, match=r"must end with \.nii"):
        healing.write_series(course, tmp_path / "film.mp4")


def test_other_species_have_no_known_load(hole: Vertebra) -> None:
    with pytest.raises(HealingError, match="rat and human only"):
        healing.run(replace(hole, species="sheep"))
