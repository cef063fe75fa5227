import numpy as np
import pytest

import bayescale as bs
from bayescale.evaluation.reweighting import thinned, with_draws, without_rows
from tests.fits import synthetic_fit


def test_a_fit_without_a_run_is_what_its_weights_say(fitted):
    row = np.array([3])
    without = without_rows(fitted, row, 4000)
    density = fitted.tree["log_likelihood"][fitted.model.observed].to_numpy().reshape(-1, 40)
    weights = np.exp(-density[:, 3])
    for name in ("E", "alpha_N"):
        draws = fitted.posterior[name].to_numpy().ravel()
        expected = np.average(draws, weights=weights)
        found = float(without.posterior[name].mean())
        assert abs(found - expected) < 0.1 * draws.std()


def test_draws_that_do_not_tell_are_none(fitted):
    all_but_the_smallest = np.arange(10, 40)
    assert without_rows(fitted, all_but_the_smallest, 400) is None


@pytest.mark.parametrize("bends", [False, True])
def test_some_draws_predict_as_they_did_among_all(bends):
    fit = synthetic_fit(bends=bends)
    chosen = np.array([5, 200, 599] * 40)
    some = with_draws(fit, chosen)
    point = {"params": 7e9, "tokens": 1e11}
    whole = bs.predict(fit, **point).to_numpy().ravel()
    np.testing.assert_allclose(bs.predict(some, **point).to_numpy().ravel(), whole[chosen])


def test_a_thinned_fit_plans_nearly_as_the_whole_one():
    fit = synthetic_fit()
    plans = [bs.allocate(each, flops=1e23) for each in (fit, thinned(fit, 200))]
    sizes = [float(plan.committed["params"][0]) for plan in plans]
    assert sizes[1] == pytest.approx(sizes[0], rel=0.02)
