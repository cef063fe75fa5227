import numpy as np
import pytensor.tensor as pt
import pytest

from bayescale.inference.compiled.text import UnsupportedError
from tests.inference.compiled.machines import a_point, compute

EDGES = [-np.inf, -700.0, -40.0, -2.5, -1.0, -0.0, 0.0, 1e-300, 0.3, 1.0, 20.0, 35.0, 710.0, np.inf]

ANYWHERE = {
    "exp": pt.exp,
    "expm1": pt.expm1,
    "abs": pt.abs,
    "neg": lambda x: -x,
    "sign": pt.sign,
    "floor": pt.floor,
    "ceil": pt.ceil,
    "square": pt.square,
    "reciprocal": lambda x: 1 / x,
    "sigmoid": pt.sigmoid,
    "softplus": pt.softplus,
    "tanh": pt.tanh,
    "erf": pt.erf,
    "erfc": pt.erfc,
    "maximum": lambda x: pt.maximum(x, 0.5),
    "minimum": lambda x: pt.minimum(x, 0.5),
    "clip": lambda x: pt.clip(x, -1.0, 2.0),
    "switch": lambda x: pt.switch(pt.gt(x, 0.0) & pt.le(x, 20.0), x, -x),
    "or": lambda x: pt.switch(pt.lt(x, 0.0) | pt.ge(x, 20.0), x, -x),
    "equal": lambda x: pt.switch(pt.eq(x, 1.0), 2.0, pt.switch(pt.neq(x, 0.0), 3.0, x)),
    "is infinite": lambda x: pt.switch(pt.isinf(x), 1.0, 0.0),
    "whole": lambda x: pt.cast(pt.cast(pt.clip(x, -9.0, 9.0), "int64") * 2 - 1, "float64"),
}
OF_POSITIVES = {
    "log": pt.log,
    "log1p": pt.log1p,
    "sqrt": pt.sqrt,
    "power": lambda x: x**-0.37,
    "root": lambda x: x**0.5,
    "lgamma": pt.gammaln,
    "digamma": pt.psi,
}


def compare(function, values):
    point = a_point(len(values))
    with np.errstate(all="ignore"):
        found, expected = compute(point, [function(point)], values)
    np.testing.assert_allclose(found, expected, rtol=2e-14, atol=1e-300)


@pytest.mark.parametrize("name", ANYWHERE)
def test_an_operation_is_that_of_pytensor_at_the_edges_too(name):
    compare(ANYWHERE[name], [*EDGES, np.nan])


@pytest.mark.parametrize("name", OF_POSITIVES)
def test_an_operation_on_positive_numbers_is_that_of_pytensor(name):
    compare(OF_POSITIVES[name], [1e-8, 1e-3, 0.3, 1.0, 1.5, 2.0, 11.9, 12.1, 1e3, 1e12])


def test_log_of_one_minus_an_exponential_is_exact_at_both_ends():
    compare(pt.log1mexp, [-1e-12, -0.1, -0.6931, -0.6932, -5.0, -800.0])


def test_an_unknown_operation_is_refused():
    point = a_point(2)
    with pytest.raises(UnsupportedError, match="tri_gamma|TriGamma"):
        compute(point, [pt.tri_gamma(point)], [1.0, 2.0])
