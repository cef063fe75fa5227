import numpy as np
import pandas as pd
import pytest

from bayescale.inference.fitting import fit
from bayescale.laws import get_law
from bayescale.model.catalogue import models
from bayescale.runs.reading import load_runs

LAW = get_law("farseer")
PUBLISHED = models()["farseer"].published["li2025"].values
# The support of the published fit.
SIZES, TOKENS = np.geomspace(1e8, 2.5e10, 12), np.geomspace(1e9, 5e11, 10)
PARAMS, SEEN = (grid.ravel() for grid in np.meshgrid(SIZES, TOKENS))


def as_printed(params, tokens):
    """The surface as the paper writes it."""
    floor = np.exp(-0.0624655 * params**0.13 + 0.1284881)
    level = np.exp(230.734 * params**-0.1729 - 1.54421)
    slope = np.exp(-1.66563 * params**0.0459 + 3.133347)
    return floor + level * tokens**-slope


def at_reference(N, D, *, E, B, alpha_D, f_N, g_N, h_N, q, b, a, tau):
    """The constants of one surface for another reference run: N and D times as large."""
    slope = alpha_D * np.exp(-h_N * (N**a - 1) / a)
    level = g_N + tau * alpha_D * h_N
    rate, log_D = h_N * N**a, tau + np.log(D)
    return {
        "E": E * np.exp(-f_N * (N**q - 1) / q),
        "B": B * np.exp(tau * alpha_D - log_D * slope - level * (1 - N**-b) / b),
        "alpha_D": slope,
        "f_N": f_N * N**q,
        "g_N": level * N**-b - log_D * slope * rate,
        "h_N": rate,
        "q": q,
        "b": b,
        "a": a,
        "tau": log_D,
    }


def test_published_constants_give_the_published_surface():
    assert LAW.loss(1e9, 1e11, **PUBLISHED) == pytest.approx(0.505, abs=5e-4)
    np.testing.assert_allclose(
        LAW.loss(PARAMS, SEEN, **PUBLISHED), as_printed(PARAMS, SEEN), rtol=1e-12
    )


@pytest.mark.parametrize("reference", [(2e8, 2e9), (1e9, 1e10)])
def test_the_surface_can_be_stated_at_any_reference_run(reference):
    here = at_reference(*reference, **PUBLISHED)
    assert LAW.loss(1.0, 1.0, **here) == pytest.approx(here["E"] + here["B"])
    np.testing.assert_allclose(
        LAW.loss(PARAMS / reference[0], SEEN / reference[1], **here), as_printed(PARAMS, SEEN)
    )


def test_coefficients_are_rates_at_the_reference_run():
    here = at_reference(2e8, 2e9, **PUBLISHED)
    step = 1e-5

    def rate(of):
        return (np.log(of(np.exp(-step))) - np.log(of(np.exp(step)))) / (2 * step)

    def data(N, D=1.0):
        return LAW.loss(N, D, **{**here, "E": 0.0})

    assert rate(lambda N: LAW.loss(N, 1.0, **{**here, "B": 0.0})) == pytest.approx(here["f_N"])
    assert rate(data) == pytest.approx(here["g_N"])
    assert rate(lambda N: np.log(data(N) / data(N, np.e))) == pytest.approx(here["h_N"])


def test_the_priors_lie_around_the_published_surface():
    here = at_reference(2e8, 3e9, **PUBLISHED)
    priors = models()["farseer"].priors
    for name in ("alpha_D", "f_N", "h_N", "q", "b", "a"):
        median, sigma = (priors[name].args[key] for key in ("median", "sigma"))
        assert abs(np.log(here[name] / median)) < sigma, name
    assert abs(here["g_N"] - priors["g_N"].args["mu"]) < priors["g_N"].args["sigma"]


def test_the_best_split_of_a_small_budget_is_endless_parameters():
    params = np.geomspace(1e7, 1e60, 200)
    losses = LAW.loss(params, 1e19 / (6 * params), **PUBLISHED)
    within = (params > 1e8) & (params < 2.5e10)
    assert np.argmin(losses) == len(params) - 1
    assert losses[-1] < 0.5 * losses[within].min()


@pytest.mark.slow
def test_a_fit_recovers_the_surface_within_its_support():
    noise = np.exp(0.003 * np.random.default_rng(5).standard_t(4.0, size=PARAMS.size))
    table = pd.DataFrame({"params": PARAMS, "tokens": SEEN})
    table["loss"] = as_printed(PARAMS, SEEN) * noise
    found = fit(load_runs(table, simulated=True), "farseer", random_seed=2, draws=300, chains=2)
    assert not found.tree["sample_stats"]["diverging"].any()
    predicted = found.tree["posterior_predictive"][found.model.observed].mean(("chain", "draw"))
    np.testing.assert_allclose(np.exp(predicted), as_printed(PARAMS, SEEN), rtol=0.01)
