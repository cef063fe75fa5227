import numpy as np
import pytest

import bayescale as bs
from bayescale.forecasting.curves import Curve, curves_of
from bayescale.forecasting.pace import before_by_fit, before_by_rungs
from tests.fits import synthetic_fit
from tests.forecasting.ladders import ladder, load

RUN = Curve("one", 2e9, 4e10, np.array([0.5, 1.0]), np.log([2.8, 2.6]))


def test_a_run_that_ends_as_the_fit_says_goes_as_one_of_its_compute():
    fit = synthetic_fit()
    before = before_by_fit(RUN, fit, 600)
    surface = np.log(bs.predict(fit, params=2e9, tokens=4e10).to_numpy().ravel())
    assert np.median(before.level) == pytest.approx(np.median(surface), abs=2e-3)
    assert np.median(before.pace(before.run)) == pytest.approx(1.0, abs=0.03)


def test_a_run_that_ends_as_one_of_twice_the_compute_is_said_to():
    fit = synthetic_fit()
    before = before_by_fit(RUN, fit, 600)
    twice = bs.predict(fit, params=2e9 * 2**0.5, tokens=4e10 * 2**0.5).median().item()
    assert np.median(before.pace(np.log(twice))) == pytest.approx(2.0, rel=0.1)


def test_a_fit_that_needs_more_than_is_known_is_refused():
    unknown = Curve("one", None, 4e10, RUN.progress, RUN.log_loss)
    with pytest.raises(bs.PlanError, match="chinchilla needs params, which is not known of one"):
        before_by_fit(unknown, synthetic_fit(), 100)


def test_finished_runs_expect_what_lies_between_them():
    rungs = list(curves_of(load(ladder(noise=0.0005, checkpoints=8))).values())
    run = rungs.pop(3)
    before = before_by_rungs(run, rungs, 800)
    assert np.median(before.level) == pytest.approx(run.log_loss[-1], abs=3e-3)
    low, middle, high = np.quantile(before.pace(run.log_loss[-1]), [0.05, 0.5, 0.95])
    assert low < 1 < high
    assert middle == pytest.approx(1, abs=0.15)
    slope = (rungs[3].log_loss[-1] - rungs[2].log_loss[-1]) / (2 * np.log(2))
    assert np.median(before.slope) == pytest.approx(slope, rel=0.25)


def test_runs_of_one_compute_say_nothing_of_it():
    rungs = list(curves_of(load(ladder(sizes=(1e8, 1.1e8, 1.2e8), checkpoints=8))).values())
    assert before_by_rungs(rungs[0], rungs[1:], 100) is None
