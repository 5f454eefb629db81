"""Formulas: every function of SBML's mathematics, its derivative, and machine code that agrees."""

from __future__ import annotations

import numpy as np
import pytest

from sbml_models import rates_model
from spondyl.network import batch, read
from spondyl.network.cpu.sparse import SHIFT, factored
from spondyl.network.derivative import derivatives
from spondyl.network.evaluate import evaluate
from spondyl.network.expression import Graph, needed

FORMULAS = {
    "exp(x)": np.exp,
    "ln(x)": np.log,
    "log10(x)": np.log10,
    "log(3, x)": lambda x: np.log(x) / np.log(3),
    "sqrt(x)": np.sqrt,
    "root(3, x)": np.cbrt,
    "x^2.5": lambda x: x**2.5,
    "2^x": lambda x: 2**x,
    "x^x": lambda x: x**x,
    "abs(x - 3)": lambda x: np.abs(x - 3),
    "floor(x) + ceil(x)": lambda x: np.floor(x) + np.ceil(x),
    "sin(x)*cos(x) + tan(x)": lambda x: np.sin(x) * np.cos(x) + np.tan(x),
    "asin(x/3) + acos(x/4) + atan(x)": lambda x: np.arcsin(x / 3) + np.arccos(x / 4) + np.arctan(x),
    "sinh(x) - cosh(x) + tanh(x)": lambda x: np.sinh(x) - np.cosh(x) + np.tanh(x),
    "arcsinh(x) + arccosh(x+1)": lambda x: np.arcsinh(x) + np.arccosh(x + 1),
    "arctanh(x/3)": lambda x: np.arctanh(x / 3),
    "sec(x) + csc(x) + cot(x)": lambda x: 1 / np.cos(x) + 1 / np.sin(x) + 1 / np.tan(x),
    "sech(x) + csch(x) + coth(x)": lambda x: 1 / np.cosh(x) + 1 / np.sinh(x) + 1 / np.tanh(x),
    "arcsec(x+1) + arccsc(x+1) + arccot(x)": lambda x: (
        np.arccos(1 / (x + 1)) + np.arcsin(1 / (x + 1)) + np.arctan(1 / x)
    ),
    "arcsech(x/3) + arccsch(x) + arccoth(x+1)": lambda x: (
        np.arccosh(3 / x) + np.arcsinh(1 / x) + np.arctanh(1 / (x + 1))
    ),
    "piecewise(x^2, x < 1.5, 3*x)": lambda x: np.where(x < 1.5, x**2, 3 * x),
    "piecewise(1, (x > 1 && x <= 2) || x >= 2.6, 0)": lambda x: ((x > 1) & (x <= 2)) | (x >= 2.6),
    "piecewise(1, !(x == 2) && xor(x != 2, x < 0), 0)": lambda x: x != 2,
    "min(x, 2, 3*x) - max(x, 1)": lambda x: np.minimum(x, 2) - np.maximum(x, 1),
    "quotient(7*x, 2) + rem(7*x, 2)": lambda x: np.trunc(3.5 * x) + 7 * x - 2 * np.trunc(3.5 * x),
    "pi*x + exponentiale - avogadro/6.02214179e23": lambda x: np.pi * x + np.e - 1,
}


def graph_of(formula: str):
    system = read(rates_model({"x": (1.0, "0")}, rules={"f": formula})).system
    return Graph(list(system.nodes)), system.values[system.followed.index("f")]


@pytest.mark.parametrize("formula", FORMULAS)
def test_a_formula_means_what_it_says_and_so_does_its_derivative(formula: str) -> None:
    x = np.array([0.4, 0.9, 1.3, 1.7, 2.2, 2.7])
    graph, node = graph_of(formula)
    np.testing.assert_allclose(
        evaluate(graph.nodes, [node], {"x": x})[0] + 0 * x, FORMULAS[formula](x), rtol=1e-13
    )
    (slopes,) = derivatives(graph, [node])
    slope = slopes.get("x", graph.number(0.0))
    h = 1e-6
    numeric = (FORMULAS[formula](x + h) * 1.0 - FORMULAS[formula](x - h) * 1.0) / (2 * h)
    np.testing.assert_allclose(
        evaluate(graph.nodes, [slope], {"x": x})[0] + 0 * x, numeric, rtol=1e-7, atol=1e-8
    )


def test_machine_code_works_out_what_numpy_does() -> None:
    rules = {f"f{number}": formula for number, formula in enumerate(FORMULAS)}
    cells = batch(read(rates_model({"x": (1.0, "0")}, rules=rules)))
    for x in (0.4, 1.7, 2.2):
        found = cells.integrate([0.0], start=[x, *([0.0] * len(rules))])[0, 0, 1:]
        exact = [float(function(np.float64(x))) for function in FORMULAS.values()]
        np.testing.assert_allclose(found, exact, rtol=1e-13)


def test_equal_operations_are_made_once_and_constants_vanish() -> None:
    graph = Graph()
    x, y = graph.symbol("x"), graph.symbol("y")
    assert graph.mul(x, y) == graph.mul(y, x)
    assert graph.mul(graph.number(0.0), x) == graph.number(0.0)
    assert graph.power(x, graph.number(2.0)) == graph.mul(x, x)
    assert graph.known(graph.div(graph.number(1.0), graph.number(4.0))) == 0.25
    assert graph.number(0.0) != graph.number(-0.0)
    assert graph.number(np.nan) == graph.number(np.nan)


def test_factors_by_formula_solve_what_numpy_solves() -> None:
    rng = np.random.default_rng(3)
    n = 9
    jacobian = np.where(rng.uniform(size=(n, n)) < 0.3, rng.normal(size=(n, n)), 0.0)
    graph = Graph()
    made = factored(graph, [[graph.number(value) for value in row] for row in jacobian.tolist()])
    assert made is not None
    packed = evaluate(graph.nodes, made.packed, {SHIFT: 5.0})
    right = rng.normal(size=n)
    symbols = dict(zip((*made.names, *made.right), (*packed, *right), strict=True))
    exact = np.linalg.solve(5.0 * np.eye(n) - jacobian, right)
    np.testing.assert_allclose(evaluate(graph.nodes, made.solution, symbols), exact, rtol=1e-11)
    assert len(needed(graph.nodes, made.solution)) < 2 * n * n
