"""What is as large as the runs is kept of some draws where the runs are many."""

import numpy as np
import pytest

import bayescale as bs
from bayescale.evaluation.loo import psis_loo
from bayescale.evaluation.reweighting import without_rows
from bayescale.inference import thinning as module
from bayescale.inference.thinning import kept, thinned, thinning
from tests.fits import straight


@pytest.mark.parametrize(
    ("samples", "runs", "thin"),
    [
        ((4, 1000), 9_999, 1),
        ((4, 1000), 10_000, 4),
        ((4, 1000), 200_000, 40),
        ((2, 60), 200_000, 1),
        ((4, 997), 200_000, 1),  # a prime: no draw is left over
    ],
)
def test_from_ten_thousand_runs_some_draws_are_kept(samples, runs, thin):
    assert thinning(samples, runs) == thin
    assert samples[0] * samples[1] // thin >= 100


def test_the_last_of_every_few_is_kept_of_each_chain():
    draws = {"a": np.arange(12.0)}
    np.testing.assert_array_equal(thinned(draws, (2, 6), 3)["a"], [2, 5, 8, 11])
    np.testing.assert_array_equal(kept(6, 3), [2, 5])


@pytest.fixture(scope="module")
def many(simulated_runs):
    """A fit that takes its 40 runs for many."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "MANY_RUNS", 40)
        patch.setattr(module, "_NUMBERS", 150 * 40)
        return bs.fit(simulated_runs, straight("chinchilla"), random_seed=1, draws=300)


def test_the_fit_says_which_draws_are_kept(many, fitted):
    assert many.attrs["thin_of_runs"] == 6  # the largest divisor of 300 that leaves 150 of 1200
    density, whole = (fit.tree["log_likelihood"]["log_loss"] for fit in (many, fitted))
    np.testing.assert_array_equal(density["draw"], np.arange(5, 300, 6))
    np.testing.assert_allclose(density, whole.sel(draw=density["draw"]))
    assert many.tree["posterior_predictive"].sizes["draw"] == 50
    assert many.tree["prior_predictive"].sizes["draw"] == 250
    assert many.posterior.equals(fitted.posterior)


def test_what_reads_the_kept_draws_answers_as_with_all(many, fitted):
    few, all_of_them = (psis_loo(fit) for fit in (many, fitted))
    assert few.elpd == pytest.approx(all_of_them.elpd, abs=1.0)
    without = [without_rows(fit, np.arange(2), 100).posterior["E"] for fit in (many, fitted)]
    apart = float(without[0].mean() - without[1].mean())
    assert abs(apart) < 0.5 * float(fitted.posterior["E"].std())
    assert {note.severity for note in bs.check(many).notes} <= {"info", "warning"}


def test_a_fit_of_many_runs_is_saved_and_read(many, tmp_path):
    many.save(tmp_path / "many.nc")
    read = bs.load(tmp_path / "many.nc")
    assert read.tree["log_likelihood"].equals(many.tree["log_likelihood"])
    np.testing.assert_array_equal(read.log_likelihood()[1][:3], [5, 11, 17])
