"""How fast densities are, and chains that walk them, inside one process."""

import ctypes
import statistics
import time

import numpy as np

import bayescale as bs
from bayescale.inference.compiling import compile_density
from bayescale.inference.coordinates import build_sampling_model
from bayescale.inference.density import NumbaDensity
from bayescale.inference.sampling import sample
from bayescale.model.problem import Problem

REPEATS, SECONDS = 5, 0.1


def gradient_times(problem: Problem) -> tuple[float, float]:
    """Return microseconds a gradient, by the code of our own and by Numba's."""
    general = NumbaDensity(build_sampling_model(problem), "to compare")
    return gradient_time(problem), _gradient_time(general.put_to(problem).compiled)


def gradient_time(problem: Problem) -> float:
    """Return microseconds a gradient by the code of our own."""
    return _gradient_time(compile_density(problem).put_to(problem).compiled)


def effective_draws_a_second(problem: Problem) -> float:
    """Return the least effective sample size for each CPU second of sampling."""
    compiled, found = compile_density(problem).put_to(problem).compiled, []
    settings = {"draws": 1000, "tune": 500, "chains": 4, "progress_bar": False}
    for seed in range(REPEATS):
        started = time.process_time()
        sampled = sample(compiled, {**settings, "seed": seed})
        draws = len(sampled.rows)
        found.append(sampled.effective_share * draws / (time.process_time() - started))
    return statistics.median(found)


def fits_a_second(tables: list[bs.Runs], full: bool) -> float:
    """Return how many fits a core makes in a second."""
    settings = {"discrepancy": False, "random_seed": 0, "jobs": 1, "progressbar": False}
    bs.fit_many(tables[:1], **settings)
    started = time.process_time()
    bs.fit_many(tables, full=full, **settings)
    return len(tables) / (time.process_time() - started)


def _gradient_time(compiled) -> float:
    dim, table = compiled.n_dim, compiled.user_data
    kind = ctypes.CFUNCTYPE(ctypes.c_int64, ctypes.c_int64, *[ctypes.c_void_p] * 4)
    call = kind(compiled.compiled_logp_func.address)
    arrays = np.zeros(dim), np.zeros(dim), np.zeros(1), table
    pointers = [array.ctypes.data for array in arrays]
    calls, found = 1, []
    while len(found) < REPEATS:
        started = time.perf_counter()
        for _ in range(calls):
            call(dim, *pointers)
        took = time.perf_counter() - started
        if took < SECONDS:
            calls *= 2
        else:
            found.append(took / calls)
    return 1e6 * statistics.median(found)
