"""The compiled density of a model: out of memory, out of the user's cache, or made now."""

import hashlib
import json
from collections.abc import Mapping
from functools import cache
from importlib.metadata import version
from typing import Any, Protocol

from bayescale.core.code import fingerprint
from bayescale.core.quantities import FloatArray
from bayescale.inference.compiled.keeping import drop_code, keep_code, read_code
from bayescale.inference.compiled.machine import describe_machine
from bayescale.inference.compiled.running import Loaded
from bayescale.model.problem import Problem

_DECIDING = ("bayescale", "pymc", "pytensor", "llvmlite", "numpy")


class Density(Protocol):
    """A compiled density of given runs."""

    @property
    def compiled(self) -> Any:
        """What ``nutpie.sample`` takes."""

    def parameters(self, points: FloatArray) -> dict[str, FloatArray]:
        """Return the parameters of the model at points, shape (samples, ...) each."""

    def log_prior(self, draws: Mapping[str, FloatArray]) -> dict[str, FloatArray]:
        """Return the log density of draws under the priors that a card states."""

    def rest(self, points: FloatArray) -> FloatArray | None:
        """Return the log density without the likelihood, or None where code needs no proof."""


class Compiled(Protocol):
    """The compiled density of a model, for all runs of as many groups."""

    @property
    def route(self) -> str:
        """How the density is computed, in a few words."""

    @property
    def formula(self) -> str | None:
        """The formula of the law, if it was kept."""

    def put_to(self, problem: Problem) -> Density:
        """Return the density of the runs of a problem."""


_IN_MEMORY: dict[str, Compiled] = {}


def compile_density(problem: Problem) -> Compiled:
    """Return the compiled density of a model, made once per machine.

    It is compiled by LLVM and kept; where that cannot be, by Numba, and the fit says why.

    Parameters
    ----------
    problem : Problem
        The model and the runs. Of the runs only the number of groups counts.
    """
    key = key_of(problem)
    if key not in _IN_MEMORY:
        kept = read_code(key)
        _IN_MEMORY[key] = _compile(key, problem) if kept is None else Loaded(kept)
    return _IN_MEMORY[key]


def compile_by_numba(problem: Problem, reason: str) -> Compiled:
    """Return the density of a model as PyTensor compiles it, and keep it for the process."""
    from bayescale.inference.coordinates import build_sampling_model
    from bayescale.inference.density import NumbaDensity

    _IN_MEMORY[key_of(problem)] = NumbaDensity(build_sampling_model(problem), reason)
    return _IN_MEMORY[key_of(problem)]


def forget_density(problem: Problem) -> None:
    """Forget code that turned out to compute something else."""
    key = key_of(problem)
    _IN_MEMORY.pop(key, None)
    drop_code(key)


def _compile(key: str, problem: Problem) -> Compiled:
    from bayescale.inference.compiled.building import build_code
    from bayescale.inference.compiled.text import UnsupportedError

    try:
        code = build_code(problem)
        loaded = Loaded(code)
    except UnsupportedError as error:
        return compile_by_numba(problem, f"{error} has no LLVM text here")
    except (OSError, RuntimeError) as error:
        return compile_by_numba(problem, f"LLVM cannot compile here ({error})")
    keep_code(key, code)
    return loaded


def key_of(problem: Problem) -> str:
    """Return a hash of everything that the code of a model depends on, its runs left out."""
    model = problem.model
    groups = {
        group: (len(levels), problem.is_centred(group)) for group, levels in problem.levels.items()
    }
    parts = [
        model.to_json(),
        fingerprint(model.law.loss),
        model.law.terms,
        groups,
        *_surroundings(),
    ]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


@cache
def _surroundings() -> list[str]:
    return [*(f"{name} {version(name)}" for name in _DECIDING), *describe_machine()]
