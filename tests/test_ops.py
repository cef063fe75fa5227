import numpy as np
import pytensor.tensor as pt
import pytest
import sympy
import xarray as xr

from bayescale import ops
from bayescale.inference.graph import UNCOMPILED

X, Y = 0.7, 2.5
CASES = [
    (ops.exp, (X,), np.exp(X)),
    (ops.log, (X,), np.log(X)),
    (ops.minimum, (X, Y), X),
    (ops.maximum, (X, Y), Y),
]
each_function = pytest.mark.parametrize(
    ("function", "arguments", "expected"), CASES, ids=[case[0].__name__ for case in CASES]
)


@each_function
def test_floats_give_a_number(function, arguments, expected):
    assert function(*arguments) == pytest.approx(expected)


@each_function
def test_numpy_arrays_are_mapped_elementwise(function, arguments, expected):
    arrays = [np.full((2, 3), argument) for argument in arguments]
    np.testing.assert_allclose(function(*arrays), np.full((2, 3), expected))


@each_function
def test_xarray_keeps_dimensions_and_coordinates(function, arguments, expected):
    arrays = [xr.DataArray([argument] * 2, {"draw": [4, 5]}) for argument in arguments]
    xr.testing.assert_allclose(function(*arrays), xr.DataArray([expected] * 2, {"draw": [4, 5]}))


@each_function
def test_pytensor_variables_build_a_graph(function, arguments, expected):
    symbols = [pt.dscalar() for _ in arguments]
    graph = function(*symbols)
    values = dict(zip(symbols, arguments, strict=True))
    assert graph.eval(values, mode=UNCOMPILED) == pytest.approx(expected)


@each_function
def test_sympy_symbols_stay_symbolic(function, arguments, expected):
    symbols = sympy.symbols("x y", positive=True)[: len(arguments)]
    expression = function(*symbols)
    assert expression.free_symbols == set(symbols)
    values = dict(zip(symbols, arguments, strict=True))
    assert float(expression.subs(values)) == pytest.approx(expected)


def test_one_pytensor_argument_is_enough_for_a_graph():
    x = pt.dscalar()
    graph = ops.minimum(np.float64(Y), x)
    assert graph.eval({x: X}, mode=UNCOMPILED) == pytest.approx(X)


def test_one_sympy_argument_is_enough_for_an_expression():
    x = sympy.Symbol("x")
    assert ops.maximum(1, x) == sympy.Max(1, x)
