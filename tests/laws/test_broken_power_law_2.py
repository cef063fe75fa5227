import math

import numpy as np
import pytest

from bayescale.laws import get_law
from bayescale.model.catalogue import models

GIVEN = {"E": 0.5, "A": 2.0, "c_0": 0.1, "c_1": 0.4, "d_1": 20.0, "f_1": 0.2, "f_2": 0.1}
SECOND = {"c_2": -0.3, "g_2": 4.0}


def test_the_loss_is_the_product_of_both_breaks():
    x, (E, A) = 300.0, (0.5, 2.0)
    first = (1 + (x / 20.0) ** (1 / 0.2)) ** (-0.4 * 0.2)
    second = (1 + (x / (20.0 * math.exp(4.0))) ** (1 / 0.1)) ** (0.3 * 0.1)
    expected = E + A * x**-0.1 * first * second
    assert get_law("broken_power_law_2").loss(x, **GIVEN, **SECOND) == pytest.approx(expected)


def test_without_the_second_break_it_is_the_law_of_one():
    x = np.geomspace(1.0, 1e5, 9)
    one = {name: value for name, value in GIVEN.items() if name != "f_2"}
    np.testing.assert_allclose(
        get_law("broken_power_law_2").loss(x, **GIVEN, c_2=0.0, g_2=4.0),
        get_law("broken_power_law").loss(x, **one),
    )


def test_the_breaks_are_ordered_whatever_is_drawn():
    assert models()["broken_power_law_2"].priors["g_2"].positive
    derived = get_law("broken_power_law_2").derive((1e9,), GIVEN | SECOND)
    assert derived["d_2"] / derived["d_1_classic"] == pytest.approx(math.exp(4.0))
    assert derived["d_1_classic"] == pytest.approx(2e10)
    assert derived["c_after"] == pytest.approx(0.2)
