import numpy as np
import pytest

from bayescale.laws import get_law

GIVEN = {"E": 0.1, "A": 0.5, "alpha_x": 0.35, "x_shift": 2.0}


def test_without_a_shift_it_is_the_power_law():
    x = np.geomspace(0.1, 1e6, 9)
    plain = {name: GIVEN[name] for name in ("E", "A", "alpha_x")}
    np.testing.assert_allclose(
        get_law("shifted_power_law").loss(x, **(GIVEN | {"x_shift": 0.0})),
        get_law("power_law").loss(x, **plain),
    )


def test_far_above_the_shift_it_is_the_power_law():
    plain = {name: GIVEN[name] for name in ("E", "A", "alpha_x")}
    assert get_law("shifted_power_law").loss(1e9, **GIVEN) == pytest.approx(
        get_law("power_law").loss(1e9, **plain), rel=1e-8
    )


def test_far_below_the_shift_the_loss_stops_rising():
    untrained = 0.1 + 0.5 * 2.0**-0.35
    losses = get_law("shifted_power_law").loss(np.array([1e-3, 1e-6, 0.0]), **GIVEN)
    np.testing.assert_allclose(losses, untrained, rtol=1e-3)


def test_the_shift_is_stated_in_raw_units_too():
    raw = get_law("shifted_power_law").derive((3e18,), GIVEN)
    assert raw["x_shift_classic"] == pytest.approx(6e18)
    assert raw["A_classic"] == pytest.approx(0.5 * 3e18**0.35)


def test_the_reference_of_the_input_and_the_shift_are_two_symbols():
    names = {symbol.name for symbol in get_law("shifted_power_law").equation().free_symbols}
    assert {"x", "x_0", "x_shift"} <= names
