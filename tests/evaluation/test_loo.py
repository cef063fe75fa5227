import arviz_stats
import numpy as np
import pytest
import xarray as xr

import bayescale as bs
from bayescale.evaluation.loo import psis_loo
from tests.fits import synthetic_fit


def test_the_score_is_that_of_arviz_with_a_value_for_each_run(fitted):
    found = psis_loo(fitted)
    assert found.elpd == pytest.approx(arviz_stats.loo(fitted.tree).elpd)
    assert found.elpd_i.dims == found.pareto_k.dims == ("run",)
    assert float(found.elpd_i.sum()) == pytest.approx(found.elpd)


def test_a_run_that_decides_the_fit_is_flagged_without_a_warning():
    fit = synthetic_fit()
    tree = fit.tree.copy()
    scores = tree["log_likelihood"].to_dataset()
    leaning = scores["log_loss"].copy()
    leaning[..., 3] = -np.exp(2.0 * np.random.default_rng(1).standard_normal(leaning[..., 3].shape))
    tree["log_likelihood"] = xr.DataTree(scores.assign(log_loss=leaning))
    found = psis_loo(bs.Fit(tree, fit.model))
    assert int(found.pareto_k.argmax("run")) == 3
    assert float(found.pareto_k.max()) > 0.7
