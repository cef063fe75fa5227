from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from bayescale.inference.compiled.building import build_code
from bayescale.inference.compiled.running import Loaded
from bayescale.inference.density import log_densities
from bayescale.inference.graph import state
from bayescale.inference.prior_draws import draw_prior
from bayescale.inference.simulating import simulate
from bayescale.model.catalogue import models
from bayescale.model.discrepancy import SHAPE
from bayescale.model.problem import Problem
from bayescale.runs.table import Runs


@pytest.fixture(scope="module")
def loaded(chinchilla, runs):
    return Loaded(build_code(Problem.of(chinchilla, runs)))


@pytest.fixture(scope="module")
def density(loaded, chinchilla, runs):
    return loaded.put_to(Problem.of(chinchilla, runs))


def test_the_gradient_is_that_of_the_density(density):
    centre = np.full(density.dim, -0.4)
    step = 1e-5
    differences = [
        (density.at(centre + move)[0] - density.at(centre - move)[0]) / (2 * step)
        for move in step * np.eye(density.dim)
    ]
    np.testing.assert_allclose(density.at(centre)[1], differences, rtol=1e-5, atol=1e-4)


def test_the_density_follows_other_runs_of_another_number(loaded, density, chinchilla, runs):
    point = np.full(density.dim, -0.4)
    fewer = runs.subset(np.arange(len(runs)) % 3 > 0)
    rest = runs.subset(np.arange(len(runs)) % 3 == 0)
    scales = Problem.of(chinchilla, runs).scales
    parts = [
        loaded.put_to(Problem.of(chinchilla, part, scales)).at(point)[0] for part in (fewer, rest)
    ]
    (prior,) = density.rest(point[None])
    assert sum(parts) == pytest.approx(density.at(point)[0] + prior)


def test_a_point_without_density_is_rejected(density):
    value, slope = density.at(np.full(density.dim, np.nan))
    assert value == -np.inf
    assert (slope == 0).sum() <= density.dim


def test_a_seed_gives_one_start_whatever_the_other_chains_do(density):
    seeds = list(range(20))
    alone = [density.start(seed) for seed in seeds]
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(density.start, seeds))
    np.testing.assert_array_equal(alone, together)


def test_points_are_turned_into_parameters(density):
    points = np.random.default_rng(3).normal(-0.5, 0.3, (4, density.dim))
    found = density.parameters(points)
    np.testing.assert_allclose(np.log(found["E"] + found["A"] + found["B"]), points[:, 0])
    assert found["sigma"].shape == (4,)


CARDS = [
    models()["chinchilla"].with_pool({"E": "seed", "loss": "seed"}),
    models()["chinchilla"],
    models()["accuracy_sigmoid"],
    models()["precision"],
]


@pytest.mark.parametrize("card", CARDS, ids=lambda card: card.name)
def test_log_priors_are_those_of_the_stated_model(card):
    table = simulate(card.with_pool({}), 24).table
    runs = Runs(table.assign(seed=np.arange(24) % 4), groups=("seed",), simulated=True)
    problem = Problem.of(card, runs)
    draws = draw_prior(problem, 20, seed=2)
    draws.pop(SHAPE, None)
    found = Loaded(build_code(problem)).put_to(problem).log_prior(draws)
    expected = log_densities(state(problem), draws)["log_prior"]
    assert set(found) == set(draws)
    for name, values in expected.items():
        np.testing.assert_allclose(found[name], values, rtol=1e-11, err_msg=name)
