import numpy as np
import pytest

from bayescale.evaluation.answers import answers, in_sds, log_prior_of
from bayescale.posterior.intervals import by_samples
from tests.fits import synthetic_fit


@pytest.fixture(scope="module")
def fit():
    return synthetic_fit()


def test_the_answers_are_the_parameters_the_split_and_the_loss_further_out(fit):
    found = answers(fit)
    assert {"E", "A", "B", "alpha_N", "alpha_D"} <= set(found)
    (loss,) = [draws for name, draws in found.items() if name.startswith("the loss at 10 times")]
    largest = np.log(fit.runs.table["loss"].min())
    assert float(loss.median()) < largest


def test_equal_weights_move_nothing(fit):
    draws = fit.posterior["E"]
    shift, width = in_sds(draws.to_numpy().ravel(), np.zeros(draws.size))
    assert (shift, width) == pytest.approx((0.0, 1.0))


def test_weights_on_high_draws_move_an_answer_up(fit):
    draws = fit.posterior["E"]
    values = by_samples(draws)
    shift, width = in_sds(draws.to_numpy().ravel(), (values - values.mean()) / values.std())
    assert shift > 0.5
    assert width < 1.3


def test_the_log_prior_of_a_draw_sums_over_what_is_sampled(fit):
    parts = fit.tree["log_prior"].to_dataset()
    first = sum(float(part[0, 0]) for part in parts.data_vars.values())
    assert log_prior_of(fit)[0] == pytest.approx(first)
