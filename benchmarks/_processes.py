"""Wall and CPU seconds and memory of whole processes."""

import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

REPEATS, MOST_SECONDS = 5, 45.0
"""How often a process is timed, and after how many seconds no more."""


# Run from a small process: on Linux a child's peak of memory starts at that of its parent.
_LAUNCH = """
import json, resource, subprocess, sys, time
started = time.perf_counter()
done = subprocess.run(sys.argv[1:], capture_output=True, text=True)
wall = time.perf_counter() - started
used = resource.getrusage(resource.RUSAGE_CHILDREN)
took = {"wall": wall, "cpu": used.ru_utime + used.ru_stime, "memory": used.ru_maxrss / 1024}
print(json.dumps({"code": done.returncode, "errors": done.stderr, **took, "output": done.stdout}))
"""


@dataclass(frozen=True)
class Took:
    """What a process took: seconds, and MiB at most."""

    wall: float
    cpu: float
    memory: float
    output: str = ""


def run(command: list[str], environment: Mapping[str, str]) -> Took:
    """Run a command to its end.

    Raises
    ------
    ChildProcessError
        If it failed, with the last line of what it said.
    """
    launched = subprocess.run(
        [sys.executable, "-S", "-c", _LAUNCH, *command],
        env=os.environ | dict(environment),
        capture_output=True,
        text=True,
        check=True,
    )
    told = json.loads(launched.stdout)
    if told.pop("code"):
        raise ChildProcessError(told["errors"].strip().splitlines()[-1])
    del told["errors"]
    return Took(**told)


def median(command: list[str], environment: Mapping[str, str]) -> Took:
    """Return medians over repeats, as many as a minute allows."""
    return _median(list(_repeated(lambda _: run(command, environment))))


def median_of_first(command: list[str], folder: Path) -> Took:
    """Return medians over processes of which each has caches of its own, empty ones."""
    return _median(list(_repeated(lambda n: run(command, caches(folder / f"first{n}")))))


def caches(folder: Path) -> dict[str, str]:
    """Return an environment in which everything that is compiled is kept in a folder."""
    folder.mkdir(exist_ok=True)
    kept = {"BAYESCALE_CACHE": "bayescale", "NUMBA_CACHE_DIR": "numba", "XLA_CACHE": "xla"}
    environment = {name: str(folder / part) for name, part in kept.items()}
    return environment | {"PYTENSOR_FLAGS": f"base_compiledir={folder / 'pytensor'}"}


def _repeated(once: Callable[[int], Took]) -> Iterator[Took]:
    started = time.perf_counter()
    for number in range(REPEATS):
        yield once(number)
        if time.perf_counter() - started > MOST_SECONDS:
            return


def _median(found: list[Took]) -> Took:
    numbers = np.array([(took.wall, took.cpu, took.memory) for took in found])
    return Took(*(statistics.median(column) for column in numbers.T), found[-1].output)
