import numpy as np
import pytest

from bayescale.core.minimizing import minimize


def valley(x, bottom):
    return (x - bottom) ** 2


def test_each_function_has_a_minimum_of_its_own():
    bottoms = np.linspace(-3.0, 3.0, 7)
    np.testing.assert_allclose(minimize(valley, -5.0, 5.0, (bottoms,)), bottoms, atol=1e-7)


def test_a_function_that_falls_to_a_bound_is_least_there():
    bottoms = np.array([-9.0, 9.0])
    assert minimize(valley, -5.0, 5.0, (bottoms,)).tolist() == [-5.0, 5.0]


def test_the_deeper_of_two_valleys_is_found():
    def two(x, tilt):
        return (x**2 - 4) ** 2 + tilt * x

    found = minimize(two, -5.0, 5.0, (np.array([3.0, -3.0]),))
    assert found[0] == pytest.approx(-found[1])
    assert found[0] == pytest.approx(-2.09, abs=0.01)


def test_bounds_that_meet_leave_no_choice():
    assert minimize(valley, np.array([2.0]), np.array([2.0]), (np.array([0.0]),)).tolist() == [2.0]


def test_the_bounds_differ_between_functions():
    low, high = np.array([[-1.0], [1.0]]), np.array([[0.0], [2.0]])
    found = minimize(valley, low, high, (np.array([-0.5, 1.5]),))
    np.testing.assert_allclose(found, [[-0.5, 0.0], [1.0, 1.5]], atol=1e-7)
