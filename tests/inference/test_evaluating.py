import numpy as np
import pytest
from scipy import stats

from bayescale.inference.density import log_densities
from bayescale.inference.evaluating import evaluate, evaluate_on, log_likelihood
from bayescale.inference.graph import build_model, state
from bayescale.inference.prior_draws import draw_prior
from bayescale.inference.simulating import simulate
from bayescale.model.catalogue import models
from bayescale.model.problem import Problem
from bayescale.runs.table import Runs


@pytest.fixture(scope="module")
def stated(chinchilla, runs):
    return build_model(chinchilla, runs)


@pytest.fixture(scope="module")
def problem(chinchilla, runs):
    return Problem.of(chinchilla, runs)


@pytest.fixture(scope="module")
def some_draws():
    rng = np.random.default_rng(3)
    centre = {
        "E": 1.8,
        "A": 0.9,
        "B": 0.7,
        "alpha_N": 0.35,
        "alpha_D": 0.37,
        "sigma": 0.01,
        "nu": 5.0,
    }
    return {name: value * np.exp(rng.normal(0, 0.2, 6)) for name, value in centre.items()}


def log_half_student_t(x, nu, sigma):
    return np.log(2) + stats.t(nu, scale=sigma).logpdf(x)


def test_the_priors_are_those_of_the_card(stated, runs, some_draws):
    low = runs.loss_scale
    assert low != pytest.approx(1.0)
    expected = {
        "E": stats.truncnorm(-0.5 / 0.15, np.inf, loc=0.5 * low, scale=0.15 * low).logpdf,
        "A": stats.lognorm(0.8, scale=0.3 * low).logpdf,
        "B": stats.lognorm(0.8, scale=0.3 * low).logpdf,
        "alpha_N": stats.lognorm(0.25, scale=0.3).logpdf,
        "alpha_D": stats.lognorm(0.25, scale=0.3).logpdf,
        "sigma": lambda x: log_half_student_t(x, 3.0, 0.01),
        "nu": stats.gamma(2.0, scale=1 / 0.1).logpdf,
    }
    found = log_densities(stated, some_draws)["log_prior"]
    for name, density in expected.items():
        np.testing.assert_allclose(found[name], density(some_draws[name]), err_msg=name)


def expected_log_loss(runs, draws):
    N = runs.table["params"].to_numpy() / 6e7
    D = runs.table["tokens"].to_numpy() / 8e8
    E, A, B, alpha_N, alpha_D = (
        draws[name][:, None] for name in ("E", "A", "B", "alpha_N", "alpha_D")
    )
    return np.log(E + A * N**-alpha_N + B * D**-alpha_D)


def test_the_residuals_of_log_loss_are_student_t(problem, runs, some_draws):
    noise = stats.t(
        some_draws["nu"][:, None],
        loc=expected_log_loss(runs, some_draws),
        scale=some_draws["sigma"][:, None],
    )
    found = evaluate(problem, some_draws, seed=1)["log_likelihood"]
    np.testing.assert_allclose(found, noise.logpdf(np.log(runs.loss)))


def test_predictive_draws_scatter_around_the_law(problem, runs, some_draws):
    draws = {name: np.repeat(values[:1], 400) for name, values in some_draws.items()}
    found = evaluate(problem, draws, seed=1)["predictive"]
    assert found.shape == (400, len(runs))
    centre = expected_log_loss(runs, draws)[0]
    np.testing.assert_allclose(np.median(found, axis=0), centre, atol=5 * draws["sigma"][0] / 20)


def test_the_same_seed_gives_the_same_predictive_draws(problem, some_draws):
    first, again, other = (
        evaluate(problem, some_draws, seed=seed)["predictive"] for seed in (1, 1, 2)
    )
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first, other)


def test_evaluate_on_keeps_the_reference_of_the_fit(fitted, simulated_runs):
    few = simulated_runs.subset(np.arange(len(simulated_runs)) >= 35)
    evaluated = evaluate_on(fitted, few)["log_likelihood"]
    whole = fitted.tree["log_likelihood"]["log_loss"].to_numpy().reshape(-1, len(simulated_runs))
    np.testing.assert_allclose(evaluated, whole[:, 35:])


POOLED = {"pooled": {"E": "seed", "alpha_N": "seed"}, "offsets": {"loss": "seed"}}


def _cases():
    yield from models().values()
    chinchilla = models()["chinchilla"]
    yield from (chinchilla.with_pool(pool) for pool in POOLED.values())
    yield chinchilla.with_noise("flops")
    yield chinchilla.with_discrepancy(True).with_pool({"loss": "seed"})


@pytest.mark.parametrize("card", list(_cases()), ids=lambda card: f"{card.name} {card.pooled}")
def test_the_law_on_arrays_gives_the_likelihood_that_pymc_states(card):
    table = simulate(card.with_pool({}), 16).table
    runs = Runs(table.assign(seed=np.arange(16) % 4), groups=("seed",), simulated=True)
    problem = Problem.of(card, runs)
    draws = draw_prior(problem, 25, seed=4)
    stated = log_densities(state(problem), draws)["log_likelihood"][card.observed]
    found = evaluate(problem, draws, seed=1)
    finite = np.isfinite(stated).all(axis=1)
    assert finite.mean() > 0.5
    scale = np.abs(stated[finite]).max()
    np.testing.assert_allclose(found["log_likelihood"][finite], stated[finite], atol=1e-11 * scale)
    assert found["predictive"].shape == (25, 16)


def test_large_tables_are_evaluated_in_blocks_with_the_same_numbers(
    problem, some_draws, monkeypatch
):
    whole = evaluate(problem, some_draws, seed=1)["log_likelihood"]
    monkeypatch.setattr("bayescale.inference.evaluating._BLOCK", 2 * len(problem.runs))
    parts = evaluate(problem, some_draws, seed=1)["log_likelihood"]
    np.testing.assert_array_equal(whole, parts)
    np.testing.assert_allclose(log_likelihood(problem, some_draws), whole.sum(axis=1))
