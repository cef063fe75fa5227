from concurrent.futures import ThreadPoolExecutor

import numpy as np

from bayescale.inference.coordinates import build_sampling_model
from bayescale.inference.density import CompiledDensity
from bayescale.inference.graph import model_data
from bayescale.model.card import models


def test_a_seed_gives_one_starting_point_whatever_the_other_chains_do(simulated_runs):
    model = models()["chinchilla"]
    density = CompiledDensity(build_sampling_model(model, simulated_runs))
    start = density.with_data(model_data(model, simulated_runs)).initial_point_func
    seeds = list(range(200))
    alone = [start(seed) for seed in seeds]
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(start, seeds))
    np.testing.assert_array_equal(alone, together)
