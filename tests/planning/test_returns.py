"""What data are worth, and where compute stops to pay."""

import numpy as np
import pytest

import bayescale as bs
from bayescale.planning.allocating import allocate
from bayescale.planning.returns import describe_returns
from tests.fits import synthetic_fit


@pytest.fixture(scope="module")
def fit():
    return synthetic_fit()


def test_data_are_worth_the_compute_that_reaches_the_same_loss(fit):
    multiple = bs.worth_of_data(fit, flops=1e22, unique_tokens=1e11, more_tokens=1e11)
    draw = {"chain": 2, "draw": 9}
    richer = allocate(fit, flops=1e22, unique_tokens=2e11).optimum["loss"].isel(draw)
    paid = allocate(fit, flops=1e22 * float(multiple.isel(draw)), unique_tokens=1e11).optimum[
        "loss"
    ]
    assert float(paid.isel(draw)[0]) == pytest.approx(float(richer[0]), abs=1e-6)
    assert float(multiple.min()) >= 1.0


def test_data_that_are_plenty_already_are_worth_no_compute(fit):
    multiple = bs.worth_of_data(fit, flops=1e20, unique_tokens=1e14, more_tokens=1e14)
    np.testing.assert_allclose(multiple, 1.0, rtol=1e-6)


def test_doublings_pay_less_and_less(fit):
    found = bs.returns(fit, least_gain=0.02, start=1e21, doublings=25)
    gains = found["gain"].to_numpy()
    assert np.all(np.diff(gains, axis=-1) < 0)
    until = found["pays_until"].to_numpy()
    at = (found["flops"].to_numpy() == until[..., None]).argmax(axis=-1)
    assert np.all(np.take_along_axis(gains, at[..., None], -1) < 0.02)
    assert np.all(np.take_along_axis(gains, at[..., None] - 1, -1) >= 0.02)
    assert "doubling the budget gains 0.02 or more up to" in describe_returns(found, 0.02)
