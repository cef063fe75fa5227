"""Extending a fit by what its runs could not tell."""

import numpy as np
import pytest
from scipy.stats import ks_2samp

import bayescale as bs
from bayescale.inference.prior_draws import draw_prior
from bayescale.model.problem import Problem
from bayescale.planning.allocating import allocate
from tests.fits import constant_fit, synthetic_fit
from tests.pages import make

REPETITION = ("R_D_star", "R_N_star")


@pytest.fixture(scope="module")
def fit():
    return synthetic_fit()


@pytest.fixture(scope="module")
def repeated(fit):
    return bs.assume(fit, "data_constrained")


def test_what_was_learnt_stays_and_the_rest_follows_the_card(fit, repeated):
    for name in fit.model.law.parameters:
        np.testing.assert_array_equal(repeated.posterior[name], fit.posterior[name])
    prior = draw_prior(Problem.of(bs.models()["data_constrained"], fit.runs), 4000, seed=1)
    for name in REPETITION:
        draws = repeated.posterior[name].to_numpy().ravel()
        assert np.unique(draws).size == draws.size
        assert ks_2samp(draws, prior[name]).pvalue > 0.01


def test_fresh_data_cost_what_they_did(fit, repeated):
    point = {"params": 1e9, "tokens": 4e10}
    fresh = bs.predict(fit, **point)
    np.testing.assert_allclose(bs.predict(repeated, **point, unique_tokens=4e10), fresh, rtol=1e-12)
    again = bs.predict(repeated, **point, unique_tokens=1e9)
    assert bool((again > fresh).all())


def test_repetition_is_priced_with_its_uncertainty(fit, repeated):
    limits = {"flops": 1e23, "unique_tokens": 5e10, "max_epochs": 60}
    naive, honest = allocate(fit, **limits), allocate(repeated, **limits)
    assert float(honest.outcome["loss"].mean()) > float(naive.outcome["loss"].mean())
    assert float(honest.outcome["loss"].std()) > float(naive.outcome["loss"].std())
    assert "assumed" in {note.code for note in honest.notes}
    assert "assumed" not in {note.code for note in naive.notes}


def test_the_extension_survives_saving(repeated, tmp_path):
    repeated.save(tmp_path / "fit.nc")
    again = bs.load(tmp_path / "fit.nc")
    assert "assumed" in {note.code for note in again.notes}
    np.testing.assert_array_equal(again.posterior["R_D_star"], repeated.posterior["R_D_star"])


def test_it_can_be_checked_and_reported(repeated, tmp_path):
    assert "assumed" in {note.code for note in bs.check(repeated).notes}
    limits = {"flops": 1e22, "unique_tokens": 5e9, "max_epochs": 8}
    parts = ("headline", "trust", "reproduce")
    words = make(tmp_path, *parts, fit=repeated, checks=bs.check(repeated), **limits).text
    assert "taken from publications, not from these runs" in words
    assert "--model chinchilla --random-seed" in words
    assert "fit.nc --assume data_constrained --flops 1e22" in words
    assert 'fit = bs.assume(fit, "data_constrained")' in words


def test_experts_can_be_assumed_once_it_is_said_what_the_runs_were(fit):
    with pytest.raises(bs.FitError, match="moe takes experts.*inputs="):
        bs.assume(fit, "moe")
    mixture = bs.assume(fit, "moe", inputs={"experts": 1})
    point = {"params": 1e9, "tokens": 4e10}
    dense = bs.predict(mixture, **point, inputs={"experts": 1})
    np.testing.assert_allclose(dense, bs.predict(fit, **point), rtol=1e-10)


@pytest.mark.parametrize(
    ("card", "words"),
    [("kaplan", "has no E"), ("chinchilla", "the same parameters"), ("isoflop", "has no A")],
)
def test_a_card_that_does_not_extend_the_fit(fit, card, words):
    with pytest.raises(bs.FitError, match=words):
        bs.assume(fit, card)


def test_a_law_that_differs_where_the_runs_are(fit):
    with pytest.raises(bs.FitError, match="differs by .* from chinchilla on the typical run"):
        bs.assume(fit, "data_quality", inputs={"quality": 0.2})


@pytest.mark.parametrize(("epochs", "worth"), [(4, 0.93), (16, 0.66), (40, 0.38)])
def test_four_epochs_are_nearly_free_and_forty_are_not(epochs, worth):
    fit = constant_fit("data_constrained", "muennighoff2023")
    size, unique = 1e9, 2e10
    loss = float(bs.predict(fit, params=size, tokens=epochs * unique, unique_tokens=unique).mean())
    fresh = constant_fit("chinchilla", _base(fit))
    found = bs.reach(fresh, target_loss=loss, candidates=[size])
    tokens = float(found.plan.committed["tokens"][0])
    assert tokens / (epochs * unique) == pytest.approx(worth, abs=0.005)


def test_the_sixtieth_epoch_is_worthless():
    fit = constant_fit("data_constrained", "muennighoff2023")
    limits = {"unique_tokens": 1e9, "candidates": [5e7]}
    plans = [
        allocate(fit, flops=6 * 5e7 * epochs * 1e9, max_epochs=epochs, **limits)
        for epochs in (1, 4, 60, 61)
    ]
    one, four, sixty, more = (float(plan.outcome["loss"].mean()) for plan in plans)
    assert 0 <= sixty - more < 0.01 * (one - four)


def _base(fit):
    posterior = fit.posterior.isel(chain=0, draw=0)
    return {name: float(posterior[name]) for name in ("E", "A", "B", "alpha_N", "alpha_D")}
