import ctypes
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from bayescale.inference.coordinates import build_sampling_model
from bayescale.inference.density import NumbaDensity
from bayescale.inference.graph import UNCOMPILED
from bayescale.model.catalogue import models
from bayescale.model.problem import Problem


def test_a_seed_gives_one_starting_point_whatever_the_other_chains_do(simulated_runs):
    model = models()["chinchilla"]
    density = NumbaDensity(build_sampling_model(Problem.of(model, simulated_runs)))
    start = density.put_to(Problem.of(model, simulated_runs)).compiled.initial_point_func
    seeds = list(range(40))
    alone = [start(seed) for seed in seeds]
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(start, seeds))
    np.testing.assert_array_equal(alone, together)


REJECTED = 3


@pytest.fixture(scope="module")
def compiled(chinchilla, runs):
    return NumbaDensity(build_sampling_model(Problem.of(chinchilla, runs)))


def points_near_start(pm_model, count, seed):
    rng = np.random.default_rng(seed)
    start = pm_model.initial_point()
    return [{k: v + rng.normal(0, 0.3) for k, v in start.items()} for _ in range(count)]


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
    pm_model = build_sampling_model(Problem.of(chinchilla, runs))
    logp = pm_model.compile_logp(mode=UNCOMPILED)
    model = compiled.put_to(Problem.of(chinchilla, runs)).compiled
    for point in points_near_start(pm_model, count=4, seed=7):
        status, density, _ = call(model, in_order(pm_model, point))
        assert status == 0
        assert density == pytest.approx(float(logp(point)), rel=1e-9)


def test_the_compiled_gradient_is_that_of_the_density(compiled, chinchilla, runs):
    model = compiled.put_to(Problem.of(chinchilla, runs)).compiled
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
    model = compiled.put_to(Problem.of(chinchilla, fewer)).compiled
    pm_model = build_sampling_model(Problem.of(chinchilla, fewer))
    logp = pm_model.compile_logp(mode=UNCOMPILED)
    (point,) = points_near_start(pm_model, count=1, seed=9)
    _, density, _ = call(model, in_order(pm_model, point))
    assert density == pytest.approx(float(logp(point)), rel=1e-9)


def test_a_point_without_density_is_rejected(compiled, chinchilla, runs):
    model = compiled.put_to(Problem.of(chinchilla, runs)).compiled
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
