"""A simulated sweep of three architectures, one of which has three runs only."""

import bayescale as bs

FLOORS = {"dense": 1.8, "moe": 1.6, "mamba": 2.0}


COEFFICIENTS = {"dense": 480.0, "moe": 400.0, "mamba": 550.0}


RUNS = {"dense": 24, "moe": 24, "mamba": 3}


def of_architecture(architecture, count, seed):
    values = {
        "E": FLOORS[architecture],
        "A": COEFFICIENTS[architecture],
        "B": 2000.0,
        "alpha_N": 0.35,
        "alpha_D": 0.366,
    }
    runs = bs.simulate("chinchilla", count, values=values, noise=0.003, seed=seed)
    return runs.table.assign(architecture=architecture)
