import numpy as np
import pytest
import xarray as xr

import bayescale as bs
from bayescale.core.note import Note
from bayescale.evaluation.checking import Checks, check
from bayescale.evaluation.checks import (
    bends,
    bounds,
    few_rows,
    heavy_tails,
    neighbours,
    noise_scale,
    published,
    sensitivity,
)
from bayescale.evaluation.residuals import rescalings
from tests.evaluation.test_checking import changed
from tests.fits import fit_to, straight, synthetic_fit

OF_THE_MODEL = (
    bends,
    bounds,
    few_rows,
    heavy_tails,
    neighbours,
    noise_scale,
    published,
    sensitivity,
)


@pytest.fixture(scope="module")
def clean():
    return synthetic_fit()


def deviates(fit, seed=1):
    """Standard normal deviates of the draws, dimensions (chain, draw)."""
    some = fit.posterior["E"]
    return some.copy(data=np.random.default_rng(seed).standard_normal(some.shape))


def with_residuals(fit, residual):
    centre = fit.tree["posterior_predictive"]["log_loss"].median(["chain", "draw"])
    return changed(fit, "observed_data", log_loss=centre + xr.DataArray(residual, dims="run"))


def t_noise(fit, scale=0.005):
    return scale * np.random.default_rng(2).standard_t(5, len(fit.runs))


@pytest.mark.parametrize("module", OF_THE_MODEL, ids=lambda module: module.__name__[27:])
def test_runs_that_follow_the_law_raise_no_alarm(module, clean, fitted):
    for fit in (clean, fitted):
        assert not [note for note in module.find(fit) if note.severity != "info"]


def test_residuals_without_a_variance_are_told(clean):
    assert not list(heavy_tails.find(changed(clean, "posterior", nu=2.2 + 0 * deviates(clean))))
    (note,) = heavy_tails.find(changed(clean, "posterior", nu=1.4 + 0 * deviates(clean)))
    assert "several populations of runs" in note.sentence


def test_a_floor_at_the_bound_of_its_prior_is_told(clean):
    (note,) = bounds.find(changed(clean, "posterior", E=1e-4 * np.abs(deviates(clean))))
    assert "E stands at the bound 0 of its prior" in note.sentence
    assert "100% of the draws" in note.sentence


def test_an_exponent_that_nobody_published_is_told_without_alarm(clean):
    far = changed(clean, "posterior", alpha_N=1.5 * clean.posterior["alpha_N"])
    (note,) = published.find(far)
    assert note.severity == "info"
    assert "alpha_N is 0.52" in note.sentence
    assert "(besiroglu2024)" in note.sentence


def test_only_what_does_not_depend_on_the_reference_is_compared(clean):
    names = dict(zip(clean.model.law.parameters, np.abs(rescalings(clean)).max(0), strict=True))
    assert {name for name, move in names.items() if move < 1e-3} == {"E", "alpha_N", "alpha_D"}
    # Counting size in another unit changes A by that factor to the power of alpha_N.
    alpha = float(clean.posterior["alpha_N"].median())
    assert names["A"] == pytest.approx(alpha, rel=1e-3)


def test_a_few_cheap_runs_that_decide_are_named(clean):
    flops = clean.runs.table["flops"].to_numpy()
    density = clean.tree["log_likelihood"]["log_loss"].copy()
    density[..., flops == flops.min()] = 0.0
    density[..., int(flops.argmin())] = 1.5 * (
        (clean.posterior["E"] - clean.posterior["E"].mean()) / clean.posterior["E"].std()
    )
    (note,) = few_rows.find(changed(clean, "log_likelihood", log_loss=density))
    assert note.sentence.startswith("The cheapest runs")
    assert "decide E" in note.sentence
    assert "lower, which is more than chance" in note.sentence
    assert note.shift == pytest.approx(1.5, abs=0.3)


def test_a_bend_in_the_residuals_is_told_with_its_size(clean):
    params = np.log(clean.runs.table["params"].to_numpy())
    bend = 0.01 * ((params - params.mean()) / params.std()) ** 2
    assert not list(bends.find(with_residuals(clean, t_noise(clean))))
    (note,) = bends.find(with_residuals(clean, t_noise(clean) + bend))
    assert "chinchilla has not the form of these runs" in note.sentence


def test_an_outer_exponent_away_from_one_is_told(clean):
    k = 0.7 + 0.05 * deviates(clean)
    outer = bs.Fit(changed(clean, "posterior", k=k).tree, straight("outer_power"))
    (note,) = (note for note in bends.find(outer) if note.code == "outer_exponent")
    assert "not at 1" in note.sentence
    near = bs.Fit(changed(clean, "posterior", k=k + 0.3).tree, straight("outer_power"))
    assert not [note for note in bends.find(near) if note.code == "outer_exponent"]


def test_noise_that_shrinks_with_compute_is_told(clean):
    log_flops = np.log10(clean.runs.table["flops"].to_numpy())
    shrinking = t_noise(clean) * 10 ** -(log_flops - log_flops.mean())
    (note,) = noise_scale.find(with_residuals(clean, shrinking))
    assert "The residuals shrink with compute" in note.sentence


def test_neighbours_on_a_curve_that_go_together_are_told(simulated_runs):
    fit = fit_to(simulated_runs, "power_law")
    order = np.argsort(np.argsort(fit.runs.table["flops"].to_numpy()))
    alone = with_residuals(fit, t_noise(fit))
    assert not list(neighbours.find(alone))
    wave = with_residuals(fit, t_noise(fit) + 0.02 * np.sin(order / 4))
    (note,) = neighbours.find(wave)
    assert "go together (correlation 0." in note.sentence


def test_a_prior_that_moves_an_answer_is_told(clean):
    z = (clean.posterior["alpha_D"] - clean.posterior["alpha_D"].mean()) / (
        clean.posterior["alpha_D"].std()
    )
    (note,) = sensitivity.find(changed(clean, "log_prior", alpha_D=2 * z))
    assert "The priors move alpha_D" in note.sentence
    assert note.shift == pytest.approx(2.0, abs=0.3)


def test_what_moves_an_answer_most_comes_first(clean, monkeypatch):
    from bayescale.evaluation import checking

    def find(_):
        yield Note("small", "warning", "A.", shift=0.5)
        yield Note("large", "warning", "B.", shift=2.0)
        yield Note("bad", "error", "C.")

    monkeypatch.setattr(checking, "_checks", lambda: [find])
    found = check(clean)
    assert isinstance(found, Checks)
    assert [note.code for note in found.notes][:3] == ["bad", "large", "small"]
