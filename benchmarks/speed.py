"""From a table to intervals, side by side in one run: ``make bench``, in minutes.

Every script in contenders/ is timed as a whole process, in this Python or, if that lacks what it
imports, in the one that ``BAYESCALE_BENCH_PEERS`` names. ``BAYESCALE_BENCH_BEFORE`` names a Python
that has an earlier release, whose ``bayescale fit`` is timed beside ours. Writes speed.json as it
goes, then docs/speed.md:

    python benchmarks/speed.py [contest] [commands] [within] [page]

With words it measures these parts alone, none for `page`, and takes the others from speed.json.
"""

import ast
import json
import os
import platform
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pandas as pd
from _densities import effective_draws_a_second, fits_a_second, gradient_time, gradient_times
from _processes import Took, caches, median, median_of_first, run
from _scoring import as_markdown
from truths import chinchilla

import bayescale as bs
from bayescale.model.problem import Problem

PAGE = Path(__file__).parent.parent / "docs" / "speed.md"
RESULTS = Path("speed.json")
CONTENDERS = sorted((Path(__file__).parent / "contenders").glob("*.py"))
OURS = "bayescale_fit"

RUNS, NOISE, BUDGETS = 240, 0.005, np.geomspace(1e18, 3e20, 6)
PARAMS, TOKENS, TABLES = 7e10, 1.4e12, 20
MOST_CPU = 6.0
"""Above so many CPU seconds a table, intervals are not looked at."""

SETTINGS = {"discrepancy": False, "random_seed": 1, "progressbar": False}

FEWER = {"HUBER": "20,200"}
"""How the contender of 42 CPU seconds is cut short where its intervals are looked at."""


def simulated(number: int, runs: int = RUNS) -> pd.DataFrame:
    """Return a sweep of which the law `chinchilla` is the truth."""
    rng = np.random.default_rng(number)
    flops = np.resize(BUDGETS, runs)
    params = np.sqrt(flops / 120) * 4 ** rng.uniform(-1, 1, runs)
    table = pd.DataFrame({"params": params, "tokens": flops / 6 / params})
    loss = chinchilla(params, table["tokens"].to_numpy())
    return table.assign(loss=loss * np.exp(NOISE * rng.standard_normal(runs)))


def contest(folder: Path) -> dict[str, dict[str, float]]:
    """Return what each contender took, and how many of its intervals held; nothing if absent."""
    tables = [str(folder / f"runs{number}.csv") for number in range(TABLES)]
    rows = {}
    for script in CONTENDERS:
        label = ast.get_docstring(ast.parse(script.read_text(encoding="utf-8")))
        rows[label] = _contend(script, folder, tables)
        print(label, rows[label], flush=True)
    return rows


def grouped(families: int = 50, runs: int = 200) -> bs.Runs:
    """Return sweeps of families that differ in floor and in what their size costs."""
    rng, parts = np.random.default_rng(0), []
    for family in range(families):
        table = simulated(family, runs)
        floor, size = np.exp([0.05, 0.1] * rng.standard_normal(2)) - 1
        table["loss"] += 1.8 * floor + 482 * table["params"] ** -0.3478 * size
        parts.append(table.assign(family=f"family {family}"))
    table = pd.concat(parts, ignore_index=True)
    return bs.load_runs(table, groups=["family"], simulated=True)


def _contend(script: Path, folder: Path, tables: list[str]) -> dict[str, float]:
    for python in filter(None, (sys.executable, os.environ.get("BAYESCALE_BENCH_PEERS"))):
        command = [python, str(script), str(folder), repr(PARAMS), repr(TOKENS)]
        environment = caches(folder / script.stem)
        try:
            first = run([*command, tables[0]], environment)
            break
        except ChildProcessError as error:
            if "ModuleNotFoundError" not in str(error):
                raise
    else:
        return {}
    usual = first if first.cpu > MOST_CPU * 5 else median([*command, tables[0]], environment)
    row = {"first CPU, s": first.cpu, "CPU, s": usual.cpu, "wall, s": usual.wall}
    row["MiB"] = usual.memory
    _, _, *draws = usual.output.split()
    row["draws a CPU s"] = float(draws[0]) if draws else float("nan")
    if usual.cpu < MOST_CPU or usual is first:
        told = run([*command, *tables], environment | FEWER).output
        ends = np.array([line.split()[:2] for line in told.splitlines()], float)
        truth = np.log(chinchilla(np.array(PARAMS), np.array(TOKENS)))
        row["held"] = int(((ends[:, 0] <= truth) & (truth <= ends[:, 1])).sum())
        row["width, %"] = 100 * float(np.diff(ends).mean())
    return row


def commands(folder: Path) -> dict[str, dict[str, float]]:
    """Return what the command line takes, process by process."""
    rows = {}
    for name, took in _commands(folder):
        rows[name] = {"wall, s": took.wall, "CPU, s": took.cpu}
        print(name, rows[name], flush=True)
    return rows


def _commands(folder: Path) -> Iterator[tuple[str, Took]]:
    table, fit = str(folder / "runs0.csv"), str(folder / "asked.nc")
    ours = str(Path(sys.executable).parent / "bayescale")
    plain = ["--no-discrepancy"]
    fitting = ["fit", table, "--model", "chinchilla", "--random-seed", "1", "--out", fit]
    if before := os.environ.get("BAYESCALE_BENCH_BEFORE"):
        earlier = [str(Path(before).parent / "bayescale"), *fitting]
        yield "an earlier release: fit, first process", median_of_first(earlier, folder)
        environment = caches(folder / "earlier")
        run(earlier, environment)
        yield "an earlier release: fit", median(earlier, environment)
    first = median_of_first([ours, *fitting, *plain], folder / OURS)
    yield "fit --no-discrepancy, first process", first
    environment = caches(folder / OURS)
    for name, options in (("fit --no-discrepancy", plain), ("fit", [])):
        run([ours, *fitting, *options], environment)
        yield name, median([ours, *fitting, *options], environment)
        questions = ["check"], ["allocate", "--flops", "1e24"], ["predict", "--params", "70B"]
        for command, *rest in questions:
            tokens = ["--tokens", "1.4T"] if command == "predict" else []
            asked = median([ours, command, fit, *rest, *tokens], environment)
            yield f"{command}, of {'the law alone' if options else 'a law that bends'}", asked
    yield "--help", median([ours, "--help"], environment)


def within(_: Path) -> dict[str, str]:
    """Return what happens inside a process, in words."""
    card = bs.models()["chinchilla"]
    plain = card.with_discrepancy(False)
    runs = {n: bs.load_runs(simulated(0, n), simulated=True) for n in (RUNS, 5000, 200_000)}
    found = {}
    for model, size in ((plain, RUNS), (card, RUNS), (plain, 5000)):
        name = "the law alone" if model is plain else "a law that bends"
        ours, general = gradient_times(Problem.of(model, runs[size]))
        found[f"gradient of {name}, {size:,} runs"] = (
            f"{ours:.1f} us, by Numba {general:.1f} us: {ours / general:.2f}"
        )
    few, many = (1e3 * gradient_time(Problem.of(plain, runs[n])) / n for n in (5000, 200_000))
    found["gradient a run, 5,000 and 200,000 runs"] = f"{few:.1f} and {many:.1f} ns"
    effective = effective_draws_a_second(Problem.of(plain, runs[RUNS]))
    found["least effective draws for a CPU second of sampling"] = f"{effective:,.0f}"
    pooled = grouped()
    started = time.process_time()
    bs.fit(pooled, pool={"E": "family", "A": "family"}, **SETTINGS)
    took = time.process_time() - started
    found["50 families of 200 runs, two parameters pooled"] = f"{took:.0f} CPU s"
    for size in (RUNS, 40):
        tables = [bs.load_runs(simulated(n, size), simulated=True) for n in range(TABLES)]
        speeds = [fits_a_second(tables, full) for full in (True, False)]
        found[f"fits a second and core, {size} runs"] = (
            f"{speeds[0]:.1f} of 4 x (500 + 1000), {speeds[1]:.1f} of 2 x (400 + 500)"
        )
    return found


def page(contest: dict, commands: dict, within: dict[str, str]) -> str:
    rows = pd.DataFrame.from_dict(contest, orient="index").rename_axis("who")
    rows["CPU ratio"] = rows["CPU, s"] / next(
        row["CPU, s"] for label, row in contest.items() if label.startswith("bayescale")
    )
    texts = rows.map(_short)
    processes = pd.DataFrame.from_dict(commands, orient="index").rename_axis("process")
    inside = pd.DataFrame({"took": within}).rename_axis("what")
    return f"""# How long a fit takes

Written by `python benchmarks/speed.py` on {datetime.now(UTC):%Y-%m-%d}: {platform.machine()},
{os.cpu_count()} cores, Python {platform.python_version()}, load {os.getloadavg()[0]:.1f} at the
end. All in one run; whole processes, imports included; medians of five, of fewer where these take
long.

## From a table to intervals

{RUNS} simulated runs, of which the Chinchilla form is the truth. The first process compiles, later
ones find what it kept. *Held* counts, of {TABLES} such tables, the 90% intervals of the loss of
{PARAMS / 1e9:g}B parameters on {TOKENS / 1e12:g}T tokens that hold the truth; *width* is their
mean.

{chr(10).join(as_markdown(texts))}

*Draws* are the least effective ones of a parameter, by the CPU seconds of the call that samples
(of bayescale all of `fit`, when it is the first in its process).

The same posterior has the same intervals, so those of slow samplers are not counted. The Huber fit
is written well, with an analytic gradient; recipes with numerical ones take far longer. Its
intervals are counted for 20 starts and 200 resamples.

## The command line

With the check, the table of parameters and the file.

{chr(10).join(as_markdown(processes.map(_short)))}

## Inside a process

{chr(10).join(as_markdown(inside))}

Rows are read and kept, so a whole fit of 200,000 runs takes more than its gradients.
"""


def _short(cell: float) -> str:
    if pd.isna(cell):
        return ""
    return f"{cell:.2f}" if cell < 20 and cell % 1 else f"{cell:,.0f}"


def main(arguments: list[str]) -> None:
    found = json.loads(RESULTS.read_text(encoding="utf-8")) if RESULTS.exists() else {}
    with TemporaryDirectory() as name:
        for number in range(TABLES):
            simulated(number).to_csv(Path(name) / f"runs{number}.csv", index=False)
        for part in (contest, commands, within):
            if not arguments or part.__name__ in arguments:
                found[part.__name__] = part(Path(name))
                RESULTS.write_text(json.dumps(found, indent=1), encoding="utf-8")
    PAGE.write_text(page(**found), encoding="utf-8")
    print(PAGE.read_text(encoding="utf-8"))


if __name__ == "__main__":
    main(sys.argv[1:])
