import numpy as np
import pytest

from bayescale.laws import accuracy_exponential, accuracy_sigmoid

VALUES = {"floor": 0.25, "gain": 0.2, "reach": 0.8, "k": 8.0}
LOSSES = np.linspace(0.2, 2.0, 40)


def test_it_is_the_sigmoid_of_the_paper():
    derived = accuracy_sigmoid.LAW.derive([2.5], VALUES)
    span = derived["ceiling"] - VALUES["floor"]
    steepness = derived["k_classic"] * (2.5 * LOSSES - derived["L_mid"])
    expected = VALUES["floor"] + span / (1 + np.exp(steepness))
    np.testing.assert_allclose(accuracy_sigmoid.accuracy(LOSSES, **VALUES), expected, rtol=1e-12)


def test_it_runs_from_the_floor_to_the_ceiling_and_gains_what_it_says_at_the_reference():
    found = accuracy_sigmoid.accuracy(np.array([-20.0, 1.0, 20.0]), **VALUES)
    assert found == pytest.approx([0.25 + 0.2 + 0.8 * 0.55, 0.45, 0.25])


def test_the_ceiling_never_exceeds_one():
    assert accuracy_sigmoid.LAW.derive([1.0], VALUES | {"reach": 1.0})["ceiling"] == pytest.approx(
        1
    )
    beyond = accuracy_sigmoid.accuracy(LOSSES, **(VALUES | {"gain": 0.9}))
    assert np.all(beyond <= 1)


def test_far_below_the_ceiling_it_is_the_exponential():
    values = {"floor": 0.05, "gain": 1e-4}
    sigmoid = accuracy_sigmoid.accuracy(LOSSES, **values, reach=1.0, k=3.0)
    exponential = accuracy_exponential.accuracy(LOSSES, **values, gamma=3.0)
    np.testing.assert_allclose(sigmoid, exponential, rtol=1e-4)
