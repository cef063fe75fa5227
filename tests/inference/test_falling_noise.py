"""Noise whose scale falls with a column of the runs, from the fit to what rests on it."""

from html import unescape

import numpy as np
import pytest
from scipy import stats

import bayescale as bs
from bayescale.evaluation.loo import psis_loo
from bayescale.inference.evaluating import evaluate_on
from bayescale.posterior.predicting import log_noise

FALLOFF, SIGMA = 0.25, 0.01
LAW = bs.models()["chinchilla"].published["besiroglu2024"].values
SHORT = {"random_seed": 1, "draws": 250, "tune": 400, "chains": 2, "progressbar": False}


def drawn(runs, seed):
    """Runs whose noise falls, made without any of what is tested."""
    table = bs.design("chinchilla", runs, seed=seed)
    scale = SIGMA * (table["flops"] / 2e19) ** -FALLOFF
    noise = scale * np.random.default_rng(seed).standard_t(6.0, runs)
    law = bs.models()["chinchilla"].law
    loss = law.loss(table["params"], table["tokens"], **LAW) * np.exp(noise)
    return bs.load_runs(table.assign(loss=loss), simulated=True)


@pytest.fixture(scope="module")
def runs():
    return drawn(80, seed=2)


@pytest.fixture(scope="module")
def falling(runs):
    return bs.fit(runs, noise_with="flops", discrepancy=False, **SHORT)


def scatter_at(fit, **counts):
    """The spread of the log loss that a new run has besides that of the surface."""
    mean, new = (np.log(bs.predict(fit, **counts, new_run=noise)) for noise in (False, True))
    return float((new - mean).quantile(0.8) - (new - mean).quantile(0.2))


def test_the_exponent_and_the_scale_of_a_typical_run_are_recovered(falling):
    low, high = np.quantile(falling.posterior["falloff"], [0.005, 0.995])
    assert low < FALLOFF < high
    assert low > 0.1
    assert 0.7 * SIGMA < float(falling.posterior["sigma"].median()) < 1.4 * SIGMA


def test_it_describes_the_runs_better_than_noise_that_is_the_same(falling, runs):
    same = bs.fit(runs, **SHORT)
    assert psis_loo(falling).elpd > psis_loo(same).elpd + 5


def test_a_large_new_run_scatters_less_than_a_small_one(falling):
    small = scatter_at(falling, params=4e7, tokens=1e9)
    large = scatter_at(falling, params=2e9, tokens=8e10)
    factor = (4e7 * 1e9 / (2e9 * 8e10)) ** -float(falling.posterior["falloff"].median())
    assert small / large == pytest.approx(factor, rel=0.25)


def test_compute_may_be_given_or_follow_from_size_and_tokens(falling):
    follows = scatter_at(falling, params=4e7, tokens=1e9)
    given = scatter_at(falling, params=4e7, flops=6 * 4e7 * 1e9)
    assert given == follows


def test_held_out_runs_are_scored_with_the_scale_of_the_fitted_ones(falling):
    held_out = drawn(8, seed=9)
    table, posterior = held_out.table, falling.posterior.stack(sample=("chain", "draw"))
    reference = 10.0 ** round(float(np.log10(falling.scales["noise_ref"])), 12)
    powers = -posterior["falloff"].to_numpy()[:, None]
    scale = posterior["sigma"].to_numpy()[:, None]
    scale = scale * (table["flops"].to_numpy() / reference) ** powers
    mean = bs.predict(falling, params=table["params"], tokens=table["tokens"])
    mean = mean.stack(sample=("chain", "draw")).transpose("sample", "target").to_numpy()
    nu = posterior["nu"].to_numpy()[:, None]
    expected = stats.t.logpdf(np.log(held_out.loss), nu, np.log(mean), scale)
    found = evaluate_on(falling, held_out)["log_likelihood"]
    np.testing.assert_allclose(found, expected, rtol=1e-6)


def test_replicated_runs_scatter_as_the_observed_ones(falling):
    table = falling.runs.table
    replicated = np.log(
        falling.on_target_scale(
            falling.tree["posterior_predictive"]["log_loss"].to_numpy(), falling.runs
        )
    )
    spread = np.quantile(replicated, 0.75, axis=(0, 1)) - np.quantile(replicated, 0.25, axis=(0, 1))
    small, large = (spread[part].mean() for part in (table["flops"] < 1e18, table["flops"] > 1e21))
    assert small > 3 * large


def test_a_multiplier_takes_the_noise_of_each_new_run(falling):
    rng = np.random.default_rng(1)
    columns = {"flops": np.array([1e17, 1e21])}
    noise = log_noise(falling, (2, 250, 2), rng, columns)
    small, large = np.quantile(np.abs(noise), 0.5, axis=(0, 1))
    assert small > 4 * large


def test_a_saved_fit_keeps_the_column_and_its_reference(falling, tmp_path):
    falling.save(tmp_path / "fit.nc")
    loaded = bs.load(tmp_path / "fit.nc")
    assert loaded.model == falling.model
    assert loaded.scales == falling.scales
    asked = {"params": 1e9, "tokens": 2e10, "new_run": True}
    assert (bs.predict(loaded, **asked) == bs.predict(falling, **asked)).all()


def test_a_new_run_of_unknown_compute_has_to_say_it(runs):
    found = bs.fit(runs, "power_law_tokens", noise_with="flops", **SHORT)
    with pytest.raises(bs.PlanError, match="falls with flops, which is not known.*give flops too"):
        bs.predict(found, tokens=1e10, new_run=True)
    assert bs.predict(found, tokens=1e10).size == 500
    assert bs.predict(found, tokens=1e10, flops=1e20, new_run=True).size == 500


def test_a_report_goes_without_the_noise_it_does_not_know(runs, tmp_path):
    found = bs.fit(runs, "power_law", noise_with="params", **SHORT)
    page = bs.report(found, to=tmp_path / "report.html", flops=1e22).read_text(encoding="utf-8")
    assert "expect a loss of" in page
    assert 'noise_with="params"' in unescape(page)
    assert "--noise-with params" in page
    assert "Where one run will land" not in page


def test_a_column_that_the_runs_lack_is_named(runs):
    with pytest.raises(bs.FitError, match="needs steps, the runs have params"):
        bs.fit(runs, noise_with="steps")


def test_a_column_that_never_varies_is_named(runs):
    constant = bs.load_runs(runs.table.assign(steps=1000.0))
    with pytest.raises(bs.FitError, match=r"all runs have steps = 1000.*noise"):
        bs.fit(constant, noise_with="steps")


def test_simulated_runs_scatter_as_the_card_says():
    card = bs.models()["chinchilla"].with_noise("flops")
    quiet, noisy = (
        bs.simulate(card, 400, values={**LAW, "falloff": 0.3}, noise=noise).table
        for noise in (1e-9, 0.01)
    )
    residual = np.abs(np.log(noisy["loss"] / quiet["loss"]))
    slope = stats.linregress(np.log(noisy["flops"]), np.log(residual)).slope
    assert slope == pytest.approx(-0.3, abs=0.1)


def test_a_simulated_table_has_to_hold_the_column():
    card = bs.models()["power_law_tokens"].with_noise("flops")
    with pytest.raises(bs.ModelError, match="falls with flops; give it as a column"):
        bs.simulate(card, 20)
