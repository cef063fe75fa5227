"""Compile the density of a PyMC model by Numba, where its graph cannot be written out as LLVM text.

``nutpie.compile_pymc_model`` compiles a general wrapper around PyTensor's function that takes
several times as long as the function itself and is not kept on disk. The wrapper here only passes
pointers, so a second process starts in seconds. The data stay outside of the compiled code: the
same code samples other runs.
"""

import math
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from typing import Any, cast

import numba
import numpy as np
import pymc as pm
import pytensor
import pytensor.tensor as pt
from pymc.initial_point import make_initial_point_fn
from pytensor.graph.replace import vectorize_graph

from bayescale.core.quantities import FloatArray
from bayescale.inference.compiled.graphs import Graphs
from bayescale.inference.compiled.running import nutpie_model
from bayescale.inference.graph import UNCOMPILED, state
from bayescale.inference.modes import parameter_names, sampling_data
from bayescale.inference.nuts import nutpie
from bayescale.inference.starting import STARTS, best_start
from bayescale.model.problem import Problem

_DOUBLES = numba.types.CPointer(numba.types.double)
_LOGP_SIGNATURE = numba.types.int64(
    numba.types.uint64, _DOUBLES, _DOUBLES, _DOUBLES, numba.types.voidptr
)
_EXPAND_SIGNATURE = numba.types.int64(
    numba.types.uint64, numba.types.uint64, _DOUBLES, _DOUBLES, numba.types.voidptr
)

# nutpie calls this with: dimension, point, gradient (out), density (out), data. It returns 0, or 3
# to reject the point. The arrays of the data are found through their addresses and shapes.
_LOGP_SOURCE = """
def logp(dim, point, gradient, density, data):
    table = carray(data, ({table_size},), int64)
    x = carray(point, ({dim},))
{unpack}
    value, slope = inner({arguments})
    density[0] = value.item()
    finite = isfinite(density[0])
    for i in range({dim}):
        gradient[i] = slope[i]
        finite = finite and isfinite(slope[i])
    return 0 if finite else 3
"""


@dataclass(frozen=True)
class NumbaDensity:
    """A density compiled by Numba, for all runs of as many groups.

    Attributes
    ----------
    pm_model : pymc.Model
        The model in the coordinates that are sampled; its data may be replaced by `put_to`.
    reason : str
        Why it is not machine code of its own.
    """

    pm_model: pm.Model
    reason: str = ""
    formula: None = None
    _logp: Any = field(init=False)
    _lock: threading.Lock = field(init=False, default_factory=threading.Lock)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_logp", self._compile())

    @property
    def route(self) -> str:
        """How the density is computed, in a few words."""
        return f"Numba, since {self.reason}" if self.reason else "Numba"

    @cached_property
    def _graphs(self) -> Graphs:
        return Graphs(self.pm_model)

    @cached_property
    def _start(self) -> Any:
        return make_initial_point_fn(
            model=self.pm_model,
            jitter_rvs=set(self.pm_model.free_RVs),
            return_transformed=True,
        )

    @cached_property
    def _function(self) -> Any:
        # Fast-math rounds differently when code is inlined and when it comes from the cache on
        # disk, so a second process would give other draws for the same seed.
        with self.pm_model, pytensor.config.change_flags(numba__fastmath=False):
            return pm.compile([self._graphs.point], self._graphs.density(), mode="NUMBA")

    def _compile(self) -> Any:
        shared = [variable.get_value() for variable in self._function.get_shared()]
        unpack, position = [], 0
        for i, array in enumerate(shared):
            shape = "".join(f"table[{position + 1 + axis}], " for axis in range(array.ndim))
            address = f"address_as_void_pointer(table[{position}])"
            unpack.append(f"    shared_{i} = carray({address}, ({shape}), float64)")
            position += 1 + array.ndim
        source = _LOGP_SOURCE.format(
            table_size=position,
            dim=self._graphs.dim,
            unpack="\n".join(unpack),
            arguments=", ".join(["x", *(f"shared_{i}" for i in range(len(shared)))]),
        )
        names: dict[str, Any] = {
            "address_as_void_pointer": nutpie().compile_pymc.address_as_void_pointer,
            "carray": numba.carray,
            "float64": np.float64,
            "int64": np.int64,
            "inner": self._function.vm.jit_fn,
            "isfinite": math.isfinite,
        }
        exec(source, names)
        return numba.cfunc(_LOGP_SIGNATURE)(names["logp"])

    def put_to(self, problem: Problem) -> "PutToData":
        """Return the density of the runs of a problem."""
        pm.set_data(sampling_data(problem), model=self.pm_model)
        shared = [
            np.array(variable.get_value(), dtype=float, order="C")
            for variable in self._function.get_shared()
        ]
        table = [entry for array in shared for entry in (array.ctypes.data, *array.shape)]
        compiled = nutpie_model(
            self._graphs.dim,
            (self._logp, _copy_point()),
            self._initial_point,
            shared,
            np.array(table or [0], dtype=np.int64),
        )
        return PutToData(compiled, self, problem)

    def _initial_point(self, seed: Any) -> FloatArray:
        # Chains start in threads, and the functions keep their inputs in shared storage.
        with self._lock:
            seeds = np.random.SeedSequence(seed).generate_state(STARTS)
            return best_start(self._at, (self._drawn_point(int(seed)) for seed in seeds))

    def _at(self, point: FloatArray) -> tuple[float, FloatArray]:
        value, slope = (np.asarray(part) for part in self._function(point))
        if not (np.isfinite(value) and np.isfinite(slope).all()):
            return -np.inf, np.zeros_like(point)
        return float(value), slope

    def _drawn_point(self, seed: int) -> FloatArray:
        start = self._start(seed)
        values = self._graphs.values
        return np.concatenate([np.ravel(start[value.name]) for value in values]).astype(float)

    def parameters(self, points: FloatArray, names: list[str]) -> dict[str, FloatArray]:
        """Return named variables of the model at points, shape (samples, dim)."""
        outputs = self.pm_model.replace_rvs_by_values([self.pm_model[name] for name in names])
        batched = {
            value: pt.tensor(value.name, shape=(None,) * (value.ndim + 1), dtype="float64")
            for value in self._graphs.values
        }
        function = pm.compile(
            list(batched.values()),
            vectorize_graph(outputs, replace=batched),
            on_unused_input="ignore",
            mode=UNCOMPILED,
        )
        given = (points[:, where].reshape(-1, *shape) for where, shape in self._graphs.places)
        values = function(*given)
        return {name: np.asarray(value) for name, value in zip(names, values, strict=True)}


@dataclass(frozen=True)
class PutToData:
    """A density of given runs, as Numba computes it; see `bayescale.inference.compiled.running`."""

    compiled: Any
    _density: NumbaDensity
    _problem: Problem

    def parameters(self, points: FloatArray) -> dict[str, FloatArray]:
        """Return the parameters of the model at points, shape (samples, ...) each."""
        return self._density.parameters(points, parameter_names(self._problem.model))

    def log_prior(self, draws: Mapping[str, FloatArray]) -> dict[str, FloatArray]:
        """Return the log density of draws under the priors that a card states."""
        return log_densities(state(self._problem), draws)["log_prior"]

    def rest(self, points: FloatArray) -> None:
        """Return nothing: PyTensor's code needs no proof."""


def log_densities(
    pm_model: pm.Model, draws: Mapping[str, FloatArray]
) -> dict[str, dict[str, FloatArray]]:
    """Evaluate a stated model at draws of its free variables, all at once.

    Parameters
    ----------
    pm_model : pymc.Model
        As `bayescale.inference.graph.state` returns it.
    draws : mapping of str to ndarray, shape (samples, ...)
        Values of the free variables.

    Returns
    -------
    dict of dict of str to ndarray
        ``log_prior`` of each free variable that is given, with its shape, and, if all of them are,
        ``log_likelihood`` of the observed variable with shape (samples, runs).
    """
    free = [variable for variable in pm_model.free_RVs if variable.name in draws]
    (observed,) = pm_model.observed_RVs
    outputs = [pm.logp(variable, variable) for variable in free]
    if whole := len(free) == len(pm_model.free_RVs):
        outputs.append(pm.logp(observed, pm_model.rvs_to_values[observed]))
    batched = {
        variable: pt.tensor(variable.name, shape=(None,) * (variable.ndim + 1), dtype="float64")
        for variable in free
    }
    inputs, vectorized = list(batched.values()), vectorize_graph(outputs, replace=batched)
    function = pm.compile(inputs, vectorized, mode=UNCOMPILED, on_unused_input="ignore")
    values = function(*(draws[variable.name] for variable in free))
    found = {"log_prior": {v.name: value for v, value in zip(free, values, strict=False)}}
    return found | ({"log_likelihood": {observed.name: values[-1]}} if whole else {})


@cache
def _copy_point() -> Any:
    def expand(dim, expanded, point, out, data):  # type: ignore[no-untyped-def]  # noqa: ARG001
        for i in range(dim):
            out[i] = point[i]
        return 0

    return numba.cfunc(_EXPAND_SIGNATURE)(cast(Any, expand))
