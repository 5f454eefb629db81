"""Every other backend takes the steps that the reference takes."""

from __future__ import annotations

import pytest

from transport_cases import same_diffusion, same_drift, same_front, same_rest

SHAPES = [(7, 8, 9), (1, 1, 17), (5, 1, 1), (34, 9, 37), (2, 70, 33)]


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("kind", ["plain", "decay", "reacting", "symmetric", "held", "all"])
@pytest.mark.parametrize("order", [1, 2])
@pytest.mark.parametrize("varying", [True, False])
def test_diffuse(fast: str, varying: bool, order: int, kind: str, shape: tuple[int, int, int]) -> None:
    same_diffusion(fast, shape, kind, order, varying=varying)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("ceiling", [None, [0.8, 2.0]])
def test_drift(fast: str, ceiling: list[float] | None, shape: tuple[int, int, int]) -> None:
    same_drift(fast, shape, ceiling)


@pytest.mark.parametrize("shape", [(9, 10, 11), (1, 13, 7), (6, 1, 1), (11, 16, 17)])
@pytest.mark.parametrize("half", [1e-5, 0.01, 10.0])
def test_steady(fast: str, half: float, shape: tuple[int, int, int]) -> None:
    same_rest(fast, shape, half)


@pytest.mark.parametrize("shape", [(7, 8, 9), (1, 1, 17), (5, 9, 33)])
def test_fronts(fast: str, shape: tuple[int, int, int]) -> None:
    same_front(fast, shape)
