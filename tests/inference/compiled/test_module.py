import numpy as np
import pytensor.tensor as pt
import pytest
from scipy import special

from bayescale.inference.compiled import module
from bayescale.inference.compiled.machine import vector_path
from tests.inference.compiled.machines import a_point, compute


def test_outputs_are_stored_one_after_the_other():
    point = a_point(3)
    found, _ = compute(
        point, [point * 2, point[0], pt.stack([point[1], point[2]])], [1.0, 2.0, 3.0]
    )
    assert found.tolist() == [2.0, 4.0, 6.0, 1.0, 2.0, 3.0]


def test_digamma_is_exact():
    values = np.geomspace(1e-6, 1e6, 60)
    point = a_point(len(values))
    found, _ = compute(point, [pt.psi(point)], values)
    expected = special.digamma(values)
    np.testing.assert_allclose(found, expected, rtol=1e-14, atol=1e-14)


@pytest.mark.parametrize("path", ["scalar", vector_path()])
def test_numbers_are_the_same_with_and_without_vector_functions(monkeypatch, path):
    monkeypatch.setattr(module, "vector_path", lambda: path)
    values = np.linspace(0.1, 5.0, 50)
    point = a_point(len(values))
    outputs = [pt.exp(-point), pt.log(point), point**-0.3, pt.log1p(point), pt.tanh(point)]
    found, expected = compute(point, outputs, values)
    np.testing.assert_allclose(found, expected, rtol=1e-14)
