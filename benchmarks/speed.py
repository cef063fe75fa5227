"""How long things take, side by side in one run: ``make bench``."""

import os
import subprocess
import sys
import tempfile
import time
import warnings
from pathlib import Path

import numpy as np

import bayescale as bs
from bayescale.planning.feasible import Limits
from bayescale.planning.optimising import best_params
from bayescale.planning.surface import surface_of

SESSION = """
import sys, time
started = time.perf_counter()
import bayescale as bs
runs = bs.datasets.load(sys.argv[1])
bs.fit(runs, random_seed=1, progressbar=False).save(sys.argv[2])
print(time.perf_counter() - started)
"""


def main() -> None:
    name, runs = load_runs()
    print(f"{len(runs)} runs of {name}, {os.cpu_count()} cores\n")
    rows = {**processes(name), **sampling(runs), **allocation(runs)}
    for label, seconds in rows.items():
        print(f"{label:62} {seconds:8.3f} s")


def load_runs() -> tuple[str, bs.Runs]:
    try:
        return "chinchilla", bs.datasets.load("chinchilla")
    except bs.RunsError:
        return "simulated", bs.datasets.load("simulated")


def processes(name: str) -> dict[str, float]:
    """From a table to a saved fit, with nothing compiled and with compiled code on disk."""
    with tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, "PYTENSOR_FLAGS": f"base_compiledir={folder}/compiled"}
        command = [sys.executable, "-c", SESSION, name, str(Path(folder) / "fit.nc")]
        seconds = [
            float(subprocess.run(command, env=environment, stdout=-1, check=True).stdout)
            for _ in range(3)
        ]
    return {
        "cold process, table to saved fit": seconds[0],
        "second process, table to saved fit (best of 2)": min(seconds[1:]),
    }


def sampling(runs: bs.Runs) -> dict[str, float]:
    """Sampling 4 x 1000 draws after compilation, beside the coordinates of the card."""
    import nutpie

    from bayescale.inference.fitting import fit
    from bayescale.inference.graph import build_model

    fits = [fit(runs, random_seed=seed, progressbar=False) for seed in range(5)]
    own = [found.attrs["sampling_seconds"] for found in fits]
    started = time.perf_counter()
    plain = nutpie.compile_pymc_model(build_model(bs.models()["chinchilla"], runs))
    compiled = time.perf_counter() - started
    stated = []
    for seed in range(5):
        started = time.perf_counter()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            nutpie.sample(plain, draws=1000, tune=800, chains=4, seed=seed, progress_bar=False)
        stated.append(time.perf_counter() - started)
    return {
        "sampling 4 x 1000, bayescale (median of 5)": float(np.median(own)),
        "sampling 4 x 1000, coordinates of the card, diagonal (median)": float(np.median(stated)),
        "compilation, bayescale (compiled code on disk)": fits[0].attrs["compile_seconds"],
        "compilation, nutpie.compile_pymc_model": compiled,
    }


def allocation(runs: bs.Runs) -> dict[str, float]:
    """Allocating 4000 draws over budgets."""
    found = bs.fit(runs, random_seed=1, progressbar=False)
    rows = {}
    for budgets in (1, 50):
        started = time.perf_counter()
        bs.allocate(found, flops=np.geomspace(1e22, 1e25, budgets))
        rows[f"allocate 4000 draws x {budgets} budgets"] = time.perf_counter() - started
    surface, flops = surface_of({"chinchilla": found}), np.geomspace(1e22, 1e25, 50)
    started = time.perf_counter()
    best_params(surface, Limits(flops=flops))
    rows["the optimum of each draw, 50 budgets, closed form"] = time.perf_counter() - started
    limits = {
        "unique_tokens": 1e12,
        "max_epochs": 4,
        "max_memory": 160e9,
        "max_tokens_per_param": 200,
        "inference_tokens": 1e12,
    }
    started = time.perf_counter()
    best_params(surface, Limits(flops=flops, **limits))
    rows["the optimum of each draw, 50 budgets, all limits"] = time.perf_counter() - started
    started = time.perf_counter()
    bs.allocate(found, flops=flops, **limits)
    rows["allocate 4000 draws x 50 budgets, all limits"] = time.perf_counter() - started
    return rows


if __name__ == "__main__":
    main()
