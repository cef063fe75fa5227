import numpy as np
import pytest

from bayescale.inference.compiled.graphs import Graphs, places_of, simplify
from bayescale.inference.coordinates import build_sampling_model
from bayescale.model.problem import Problem


@pytest.fixture(scope="module")
def graphs(chinchilla, runs):
    return Graphs(build_sampling_model(Problem.of(chinchilla, runs)))


def test_values_lie_one_after_the_other_in_a_point():
    assert places_of([(), (3,), ()]) == [
        (slice(0, 1), ()),
        (slice(1, 4), (3,)),
        (slice(4, 5), ()),
    ]


def test_the_density_is_its_rest_and_the_likelihood(graphs):
    point = np.full(graphs.dim, -0.3)
    likelihood = graphs.pm_model.logp(vars=graphs.pm_model.observed_RVs)
    whole, rest, of_runs = (
        float(simplify(graphs.point, graphs._at_point([part]))(point)[0])
        for part in (graphs.pm_model.logp(), graphs.rest()[0], likelihood)
    )
    assert whole == pytest.approx(rest + of_runs)


def test_chains_start_about_the_point_that_pymc_starts_from(graphs):
    found = np.concatenate(simplify(graphs.point, graphs.start())(np.zeros(graphs.dim)))
    start = graphs.pm_model.initial_point()
    np.testing.assert_allclose(found, [start[value.name] for value in graphs.values])
