import ctypes

import numpy as np
import pymc as pm
import pytest
from pytensor.compile.mode import Mode
from scipy import stats

from bayescale.inference.coordinates import build_sampling_model
from bayescale.inference.density import CompiledDensity
from bayescale.inference.evaluating import evaluate
from bayescale.inference.graph import UNCOMPILED, build_model, model_data
from bayescale.inference.prior_draws import draw_prior
from bayescale.inference.simulating import simulate
from bayescale.model.card import Model, models
from bayescale.runs.reading import load_runs

REJECTED = 3

each_card = pytest.mark.parametrize("card", models().values(), ids=models())


@pytest.fixture(scope="module")
def runs(simulated_runs):
    return load_runs(
        simulated_runs.table.assign(unique_tokens=simulated_runs.table["tokens"] / 4),
        simulated=True,
    )


@pytest.fixture(scope="module")
def chinchilla():
    return models()["chinchilla"]


@pytest.fixture(scope="module")
def stated(chinchilla, runs):
    return build_model(chinchilla, runs)


@pytest.fixture(scope="module")
def compiled(chinchilla, runs):
    return CompiledDensity(build_sampling_model(chinchilla, runs))


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


def points_near_start(pm_model, count, seed):
    rng = np.random.default_rng(seed)
    start = pm_model.initial_point()
    return [{k: v + rng.normal(0, 0.3) for k, v in start.items()} for _ in range(count)]


def log_half_student_t(x, nu, sigma):
    return np.log(2) + stats.t(nu, scale=sigma).logpdf(x)


# What the model states


def test_the_inputs_are_the_columns_of_the_runs(chinchilla, runs):
    data = model_data(chinchilla, runs)
    np.testing.assert_array_equal(data["N"], runs.table["params"])
    np.testing.assert_array_equal(data["D"], runs.table["tokens"])


def test_the_observations_are_log_losses(chinchilla, runs):
    data = model_data(chinchilla, runs)
    np.testing.assert_allclose(data["observed"], np.log(runs.table["loss"]))


def test_the_reference_is_the_low_end_of_the_runs(chinchilla, runs):
    data = model_data(chinchilla, runs)
    assert (data["N_ref"], data["D_ref"]) == (6e7, 8e8)


@each_card
def test_the_free_variables_are_those_of_the_card(card):
    free = {variable.name for variable in build_model(card, simulate(card, 16)).free_RVs}
    assert free == set(card.all_priors)
    assert free >= set(card.law.parameters) - set(card.fixed)


def test_the_priors_are_those_of_the_card(stated, runs, some_draws):
    low = runs.loss_scale
    assert low != pytest.approx(1.0)
    expected = {
        "E": stats.truncnorm(-0.75 / 0.2, np.inf, loc=0.75 * low, scale=0.2 * low).logpdf,
        "A": stats.lognorm(0.8, scale=0.3 * low).logpdf,
        "B": stats.lognorm(0.8, scale=0.3 * low).logpdf,
        "alpha_N": stats.lognorm(0.35, scale=0.33).logpdf,
        "alpha_D": stats.lognorm(0.35, scale=0.33).logpdf,
        "sigma": lambda x: log_half_student_t(x, 3.0, 0.01),
        "nu": stats.gamma(2.0, scale=1 / 0.1).logpdf,
    }
    found = evaluate(stated, some_draws, seed=1)["log_prior"]
    for name, density in expected.items():
        np.testing.assert_allclose(found[name], density(some_draws[name]), err_msg=name)


def expected_log_loss(runs, draws):
    N = runs.table["params"].to_numpy() / 6e7
    D = runs.table["tokens"].to_numpy() / 8e8
    E, A, B, alpha_N, alpha_D = (
        draws[name][:, None] for name in ("E", "A", "B", "alpha_N", "alpha_D")
    )
    return np.log(E + A * N**-alpha_N + B * D**-alpha_D)


def test_the_residuals_of_log_loss_are_student_t(stated, runs, some_draws):
    noise = stats.t(
        some_draws["nu"][:, None],
        loc=expected_log_loss(runs, some_draws),
        scale=some_draws["sigma"][:, None],
    )
    found = evaluate(stated, some_draws, seed=1)["log_likelihood"]["log_loss"]
    np.testing.assert_allclose(found, noise.logpdf(np.log(runs.loss)))


def test_predictive_draws_scatter_around_the_law(stated, runs, some_draws):
    draws = {name: np.repeat(values[:1], 400) for name, values in some_draws.items()}
    found = evaluate(stated, draws, seed=1)["predictive"]["log_loss"]
    assert found.shape == (400, len(runs))
    centre = expected_log_loss(runs, draws)[0]
    np.testing.assert_allclose(np.median(found, axis=0), centre, atol=5 * draws["sigma"][0] / 20)


def test_the_same_seed_gives_the_same_predictive_draws(stated, some_draws):
    first, again, other = (
        evaluate(stated, some_draws, seed=seed)["predictive"]["log_loss"] for seed in (1, 1, 2)
    )
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first, other)


def test_prior_draws_follow_the_card(chinchilla, runs):
    draws = draw_prior(chinchilla, runs, draws=300, seed=1)
    assert np.median(draws["A"]) == pytest.approx(0.3 * runs.loss_scale, rel=0.15)
    assert np.std(np.log(draws["alpha_N"])) == pytest.approx(0.35, rel=0.15)
    assert set(draws) == {*chinchilla.law.parameters, "sigma", "nu"}


# The density that is sampled


@pytest.mark.parametrize(
    "card",
    [
        *models().values(),
        Model(
            name="floor of any sign",
            law="power_law",
            inputs={"x": "flops"},
            priors={
                "E": {"dist": "Normal", "mu": 1.5, "sigma": 1.0},
                "A": {"dist": "LogNormal", "median": 0.4, "sigma": 0.8},
                "alpha_x": {"dist": "LogNormal", "median": 0.15, "sigma": 0.6},
            },
        ),
    ],
    ids=lambda card: card.name,
)
def test_the_sampled_density_is_the_stated_one_up_to_the_jacobian(card):
    runs = simulate(card, 16)
    sampled = build_sampling_model(card, runs)
    stated = build_model(card, runs)
    names = [variable.name for variable in stated.free_RVs]
    values = sampled.value_vars
    natural = sampled.replace_rvs_by_values([sampled[name] for name in names])
    logp = sampled.logp()
    transforms = logp - sampled.logp(jacobian=False)
    # Python refuses operations of more than 32 operands, which long sums are rewritten to.
    plain = Mode(linker="py", optimizer=None if len(names) > 10 else "fast_compile")
    evaluate_sampled = pm.compile(values, [logp, transforms, *natural], mode=plain)
    points = points_near_start(sampled, count=4, seed=5)
    rows = zip(
        *(evaluate_sampled(*(point[v.name] for v in values)) for point in points), strict=True
    )
    log_density, jacobian, *parameters = (np.array(row) for row in rows)
    draws = dict(zip(names, parameters, strict=True))
    if "log_total" in sampled.named_vars:
        free = (name for name in card.law.terms if name not in card.fixed)
        jacobian = jacobian + sum(np.log(draws[name]) for name in free)
    found = evaluate(stated, draws, seed=1)
    expected = sum(found["log_prior"].values())
    expected = expected + found["log_likelihood"][card.observed].sum(axis=1)
    np.testing.assert_allclose(log_density - jacobian, expected, rtol=1e-8)


def test_total_and_shares_cover_positive_terms_one_to_one(chinchilla, runs):
    sampled = build_sampling_model(chinchilla, runs)
    values = [
        sampled.rvs_to_values[sampled[name]] for name in ("log_total", "log_ratio_A", "log_ratio_B")
    ]
    terms = sampled.replace_rvs_by_values([sampled[name] for name in ("E", "A", "B")])
    terms_at = pm.compile(values, terms, mode=UNCOMPILED)
    E, A, B = terms_at(np.log(3.0), np.log(0.5), np.log(0.25))
    np.testing.assert_allclose([E + A + B, A / E, B / E], [3.0, 0.5, 0.25])


# The compiled density


def call(compiled_model, point):
    """Call the compiled function as the sampler does: status, log density and gradient."""
    point = np.asarray(point, float)
    gradient, density = np.empty_like(point), np.empty(1)
    pointers = [
        array.ctypes.data_as(ctypes.POINTER(ctypes.c_double))
        for array in (point, gradient, density)
    ]
    function = compiled_model.compiled_logp_func.ctypes
    status = function(point.size, *pointers, compiled_model.user_data.ctypes.data)
    return status, density[0], gradient


def in_order(pm_model, point):
    return [float(point[pm_model.rvs_to_values[v].name]) for v in pm_model.free_RVs]


def test_the_compiled_density_agrees_with_pymc(compiled, chinchilla, runs):
    pm_model = build_sampling_model(chinchilla, runs)
    logp = pm_model.compile_logp(mode=UNCOMPILED)
    model = compiled.with_data(model_data(chinchilla, runs))
    for point in points_near_start(pm_model, count=4, seed=7):
        status, density, _ = call(model, in_order(pm_model, point))
        assert status == 0
        assert density == pytest.approx(float(logp(point)), rel=1e-9)


def test_the_compiled_gradient_is_that_of_the_density(compiled, chinchilla, runs):
    model = compiled.with_data(model_data(chinchilla, runs))
    (point,) = points_near_start(compiled.pm_model, count=1, seed=8)
    centre = np.array(in_order(compiled.pm_model, point))
    _, _, gradient = call(model, centre)
    step = 1e-5
    differences = [
        (call(model, centre + move)[1] - call(model, centre - move)[1]) / (2 * step)
        for move in step * np.eye(centre.size)
    ]
    np.testing.assert_allclose(gradient, differences, rtol=1e-5, atol=1e-4)


def test_the_compiled_density_follows_other_runs_of_another_number(compiled, chinchilla, runs):
    fewer = runs.subset(np.arange(len(runs)) % 3 > 0)
    model = compiled.with_data(model_data(chinchilla, fewer))
    pm_model = build_sampling_model(chinchilla, fewer)
    logp = pm_model.compile_logp(mode=UNCOMPILED)
    (point,) = points_near_start(pm_model, count=1, seed=9)
    _, density, _ = call(model, in_order(pm_model, point))
    assert density == pytest.approx(float(logp(point)), rel=1e-9)


def test_a_point_without_density_is_rejected(compiled, chinchilla, runs):
    model = compiled.with_data(model_data(chinchilla, runs))
    status, _, _ = call(model, np.full(len(compiled.pm_model.free_RVs), np.nan))
    assert status == REJECTED


def test_points_are_turned_into_parameters(compiled, chinchilla):
    points = points_near_start(compiled.pm_model, count=3, seed=10)
    rows = np.array([in_order(compiled.pm_model, point) for point in points])
    found = compiled.parameters(rows, [*chinchilla.law.parameters, "sigma", "nu"])
    totals = [point["log_total"] for point in points]
    np.testing.assert_allclose(np.log(found["E"] + found["A"] + found["B"]), totals)
    log_sigmas = [point["sigma_log__"] for point in points]
    np.testing.assert_allclose(np.log(found["sigma"]), log_sigmas)
