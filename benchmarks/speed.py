"""From a table to a saved posterior, side by side in one run: ``make bench``, in minutes.

``BAYESCALE_BENCH_PEER`` names a Python that has simple-scaling-laws, to time that beside.
"""

import os
import platform
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

import bayescale as bs
from bayescale.inference.compiling import compile_density
from bayescale.model.problem import Problem

PAGE = Path(__file__).parent.parent / "docs" / "speed.md"
REPEATS = 3

OURS = """
import os, sys, bayescale as bs
fit = bs.fit(bs.datasets.load("simulated"), random_seed=1, progressbar=False)
fit.save(sys.argv[1])
os._exit(0)
"""

# The model that the card states, by PyMC's own sampler from its own starts.
PYMC = """
import os, sys, warnings, pymc as pm, bayescale as bs
warnings.simplefilter("ignore")
with bs.build_model("chinchilla", bs.datasets.load("simulated")):
    found = pm.sample(1000, tune=1000, chains=4, random_seed=1, progressbar=False)
found.to_netcdf(sys.argv[1])
os._exit(0)
"""

PEER = """
import sys, numpy as np, simple_scaling_laws as s, polars as pl
table = pl.read_csv(sys.argv[2])
ids = pl.Series([f"run_{i}" for i in range(len(table))])
frame = pl.DataFrame({"training_run_id": ids, "train_set_id": ids,
    "test_set_id": ["test"] * len(table), "optimizer_seed": [0] * len(table),
    "model_size__n_params": table["params"],
    "dataset_size__n_tokens": table["tokens"], "test_loss__cross_entropy": table["loss"]})
s.fit(frame, seed=0)
"""


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        rows = dict(processes(Path(folder)))
    rows["warm: one more fit in the same process"] = warm()
    reference = rows["second process"]
    lines = [
        f"| {label} | {wall:.2f} | {cpu:.2f} | {wall / reference[0]:.2f} |"
        for label, (wall, cpu) in rows.items()
    ]
    PAGE.write_text(page(lines), encoding="utf-8")
    print(PAGE.read_text(encoding="utf-8"))


def page(lines: list[str]) -> str:
    runs = bs.datasets.load("simulated")
    ours, general = gradients(runs)
    return f"""# How long a fit takes

Written by `python benchmarks/speed.py`. The card `chinchilla` and {len(runs)} simulated runs, from
table to saved file: imports, compilation, 4 chains of 1000 draws, predictions, the file. Everything
in one run, whole processes, medians of {REPEATS}; a ratio is the time in units of that of a second
process. {platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}, load
{os.getloadavg()[0]:.1f} at the end.

| | wall, s | CPU, s | ratio |
| --- | --- | --- | --- |
{chr(10).join(lines)}

A first process compiles the density, a second finds its machine code in the user's cache.
`pm.sample` is that of PyMC, of the same model as `bayescale.build_model` states it.

One gradient of the sampled density takes {ours:.1f} us, compiled by Numba {general:.1f} us: a ratio
of {ours / general:.2f}.
"""


def processes(folder: Path):
    """Yield wall and CPU seconds of whole processes, by what they do."""
    table = folder / "runs.csv"
    bs.datasets.load("simulated").table.to_csv(table)
    first = []
    for place in range(REPEATS):
        cache = {"BAYESCALE_CACHE": str(folder / f"cache{place}")}
        first.append(timed([sys.executable, "-c", OURS, str(folder / "fit.nc")], cache))
    yield "first process", medians(first)
    command = [sys.executable, "-c", OURS, str(folder / "fit.nc")]
    yield "second process", medians([timed(command, cache) for _ in range(REPEATS)])
    command = [sys.executable, "-c", PYMC, str(folder / "other.nc")]
    cache = {"PYTENSOR_FLAGS": f"base_compiledir={folder}/pytensor"}
    timed(command, cache)
    yield "pm.sample, second process", medians([timed(command, cache) for _ in range(REPEATS)])
    if peer := os.environ.get("BAYESCALE_BENCH_PEER"):
        command = [peer, "-c", PEER, "", str(table)]
        found = medians([timed(command, {}) for _ in range(REPEATS)])
        yield "simple-scaling-laws (bootstrap), second process", found


def timed(command: list[str], environment: dict[str, str]) -> tuple[float, float]:
    before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    subprocess.run(command, env={**os.environ, **environment}, check=True, capture_output=True)
    wall, after = time.perf_counter() - started, resource.getrusage(resource.RUSAGE_CHILDREN)
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def medians(found: list[tuple[float, float]]) -> tuple[float, float]:
    walls, cpus = zip(*found, strict=True)
    return statistics.median(walls), statistics.median(cpus)


def warm() -> tuple[float, float]:
    runs, found = bs.datasets.load("simulated"), []
    for seed in range(REPEATS + 1):
        started, cpu = time.perf_counter(), time.process_time()
        bs.fit(runs, random_seed=seed, progressbar=False)
        found.append((time.perf_counter() - started, time.process_time() - cpu))
    return medians(found[1:])


def gradients(runs: bs.Runs) -> tuple[float, float]:
    """Return microseconds a gradient, by the code of our own and by Numba's."""
    from bayescale.inference.coordinates import build_sampling_model
    from bayescale.inference.density import NumbaDensity

    problem = Problem.of(bs.models()["chinchilla"], runs)
    routes = (
        compile_density(problem),
        NumbaDensity(build_sampling_model(problem), "to compare"),
    )
    return tuple(gradient_time(route.put_to(problem)) for route in routes)


def gradient_time(density, calls: int = 5000) -> float:
    import ctypes

    functions, dim = density.compiled, density.compiled.n_dim
    address = functions.compiled_logp_func.address
    kind = ctypes.CFUNCTYPE(ctypes.c_int64, ctypes.c_int64, *[ctypes.c_void_p] * 4)
    call = kind(address)
    point, slope, value = np.zeros(dim), np.zeros(dim), np.zeros(1)
    table = functions.user_data
    pointers = [array.ctypes.data for array in (point, slope, value, table)]
    best = []
    for _ in range(REPEATS):
        started = time.perf_counter()
        for _ in range(calls):
            call(dim, *pointers)
        best.append((time.perf_counter() - started) / calls)
    return 1e6 * statistics.median(best)


if __name__ == "__main__":
    main()
