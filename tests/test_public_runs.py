"""The numbers of the public Chinchilla runs, where these are at hand: of the law, as published."""

import arviz_stats
import numpy as np
import pandas as pd
import pytest

import bayescale as bs
from bayescale.inference.fitting import fit


@pytest.fixture(scope="module")
def fits():
    try:
        kept, whole = (bs.datasets.load("chinchilla", keep_flagged=k) for k in (False, True))
    except bs.RunsError as error:
        pytest.skip(f"the public runs are not to be had: {error}")
    return {len(runs): fit(runs, discrepancy=False, random_seed=1) for runs in (kept, whole)}


# Posterior mean and sd, from an independent Student-t likelihood fit of the same runs.
@pytest.mark.parametrize(
    ("name", "mean", "sd"),
    [
        ("E", 1.807, 0.016),
        ("alpha_N", 0.345, 0.009),
        ("alpha_D", 0.361, 0.010),
        ("a_opt", 0.511, 0.010),
    ],
)
def test_posterior_of_the_240_runs(fits, name, mean, sd):
    assert float(fits[240].posterior[name].mean()) == pytest.approx(mean, abs=sd)
    assert float(fits[240].posterior[name].std()) == pytest.approx(sd, rel=0.25)


@pytest.mark.parametrize("runs", [240, 245])
def test_sampling_is_clean(fits, runs):
    found = fits[runs]
    assert not found.tree["sample_stats"]["diverging"].any()
    assert max(float(v) for v in arviz_stats.rhat(found.posterior).values()) < 1.01
    assert min(float(v) for v in arviz_stats.ess(found.posterior).values()) > 1000


def test_optimal_size_at_gophers_budget(fits):
    params = bs.allocate(fits[240], flops=5.76e23).optimum["params"]
    low, high = np.quantile(params, [0.05, 0.95])
    assert 65e9 < float(params.median()) < 76e9
    assert 55e9 < low < high < 92e9


@pytest.mark.parametrize("name", ["E", "a_opt"])
def test_five_outliers_move_the_answer_by_less_than_one_sd(fits, name):
    shift = fits[245].posterior[name].mean() - fits[240].posterior[name].mean()
    assert abs(float(shift)) < float(fits[240].posterior[name].std())


@pytest.mark.slow
@pytest.mark.parametrize(
    ("table", "keep", "loss"),
    [
        ("olmo_ladder_final.csv", "loss > 0", "loss_c4_en"),
        ("chinchilla_epoch.csv", "in_published_fit == 1", "loss"),
    ],
)
def test_a_law_that_bends_samples_as_cleanly(public_table, table, keep, loss):
    given = public_table(table).query(keep)
    columns = {"params": given["params"], "tokens": given["tokens"], "loss": given[loss]}
    found = fit(bs.load_runs(pd.DataFrame(columns)), "chinchilla", random_seed=1)
    assert not found.tree["sample_stats"]["diverging"].any()
    sampled = found.posterior[found.model.sampled]
    assert max(float(v.max()) for v in arviz_stats.rhat(sampled).values()) < 1.01
    for kind in ("bulk", "tail"):
        assert min(float(v.min()) for v in arviz_stats.ess(sampled, method=kind).values()) > 400
