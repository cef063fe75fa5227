import numpy as np
import pytest

from bayescale.evaluation.residuals import gradients, log_inputs, log_scale, residuals_of
from tests.fits import synthetic_fit


@pytest.fixture(scope="module")
def fit():
    return synthetic_fit()


def test_residuals_are_what_the_surface_leaves_of_log_losses(fit):
    found = residuals_of(fit)
    assert found.shape == (len(fit.runs),)
    assert np.abs(np.median(found)) < 0.02


def test_log_inputs_are_centred(fit):
    logs = log_inputs(fit)
    assert list(logs) == ["params", "tokens"]
    assert all(values.mean() == pytest.approx(0.0, abs=1e-9) for values in logs.values())


def test_the_scale_of_runs_is_their_compute(fit):
    name, values = log_scale(fit)
    assert name == "compute"
    np.testing.assert_allclose(np.exp(values), fit.runs.table["flops"])


def test_a_larger_floor_raises_every_prediction(fit):
    found = gradients(fit)
    assert found.shape == (len(fit.runs), len(fit.model.law.parameters))
    assert (found[:, 0] > 0).all()  # E
    assert (found[:, fit.model.law.parameters.index("A")] > 0).all()
