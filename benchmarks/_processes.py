"""Wall and CPU seconds and memory of whole processes."""

import os
import statistics
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

REPEATS, MOST_SECONDS = 5, 60.0
"""How often a process is timed, and after how many seconds no more."""


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
    started = time.perf_counter()
    process = subprocess.Popen(
        command, env=os.environ | dict(environment), text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    # Both are short, so neither pipe fills while the other is read.
    output, errors = process.stdout.read(), process.stderr.read()
    _, status, used = os.wait4(process.pid, 0)
    wall = time.perf_counter() - started
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise ChildProcessError(errors.strip().splitlines()[-1])
    return Took(wall, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024, output)


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
