"""Machine code at work: a density that nutpie samples and Python asks."""

import ctypes
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from bayescale.core.quantities import FloatArray
from bayescale.inference.compiled.keeping import Code
from bayescale.inference.compiled.machine import function_at, load_code, vector_path
from bayescale.inference.modes import sampling_data
from bayescale.inference.nuts import POINT, nutpie
from bayescale.inference.starting import STARTS, best_start
from bayescale.model.problem import Problem

_POINTER, _WHOLE = ctypes.c_void_p, ctypes.c_int64
_DENSITY = [_WHOLE, _POINTER, _POINTER, _POINTER, _POINTER]
_EXPANDING = [_WHOLE, _WHOLE, _POINTER, _POINTER, _POINTER]


@dataclass(frozen=True)
class Loaded:
    """Machine code in memory, for any data.

    Attributes
    ----------
    code : Code
        The code and what is known of it.
    """

    code: Code
    _engine: Any = field(init=False, repr=False)
    _address: Any = field(init=False, repr=False)

    def __post_init__(self) -> None:
        engine, address = load_code(self.code.code)
        object.__setattr__(self, "_engine", engine)
        object.__setattr__(self, "_address", address)

    @property
    def route(self) -> str:
        """How the density is computed, in a few words."""
        return f"LLVM, {vector_path()}"

    @property
    def formula(self) -> str:
        """The formula of the law."""
        return str(self.code.about["formula"])

    def address(self, name: str) -> int:
        """Return where a function lies."""
        return int(self._address(name))

    def put_to(self, problem: Problem) -> "Density":
        """Return the density of the runs of a problem."""
        return Density(self, sampling_data(problem))


class Density:
    """A compiled density put to data.

    Parameters
    ----------
    loaded : Loaded
        The code.
    data : mapping of str to array_like
        The data by name: numbers, vectors over the runs, and what else the code was made for.
    """

    def __init__(self, loaded: Loaded, data: Mapping[str, Any]) -> None:
        about, self._loaded = loaded.code.about, loaded
        self.dim = int(about["dim"])
        arrays = [np.array(data[name], float, order="C", ndmin=1) for name in about["data"]]
        runs = len(data["observed"])
        arrays += [np.empty(runs) for _ in range(about["columns"])]
        self._arrays, addresses = arrays, [array.ctypes.data for array in arrays]
        self._table = np.array([runs, *addresses], np.int64)
        function_at(loaded.address("prepare"), [_POINTER])(self._table.ctypes.data)
        self._logp = function_at(loaded.address("logp"), _DENSITY)

    def at(self, point: FloatArray) -> tuple[float, FloatArray]:
        """Return the log density of a point and its gradient; minus infinity where it has none."""
        point = np.ascontiguousarray(point, float)
        gradient, value = np.zeros(self.dim), np.empty(1)
        pointers = (array.ctypes.data for array in (point, gradient, value, self._table))
        rejected = self._logp(self.dim, *pointers)
        return (-np.inf, gradient) if rejected else (float(value[0]), gradient)

    @cached_property
    def compiled(self) -> Any:
        """What ``nutpie.sample`` takes."""
        logp, copy = (_Address(self._loaded.address(name)) for name in ("logp", "copy"))
        arrays = [*self._arrays, self._loaded]
        return nutpie_model(self.dim, (logp, copy), self.start, arrays, self._table)

    def start(self, seed: Any) -> FloatArray:
        """Return where a chain starts: the best of a few descents from about the support."""
        (centre,) = self._rows("start", np.zeros((1, self.dim)), self.dim)
        rng = np.random.default_rng(seed)
        return best_start(self.at, (centre + rng.uniform(-1, 1, self.dim) for _ in range(STARTS)))

    def parameters(self, points: FloatArray) -> dict[str, FloatArray]:
        """Return the parameters of the model at points, shape (samples, ...) each."""
        return self._named("parameters", points)

    def log_prior(self, draws: Mapping[str, FloatArray]) -> dict[str, FloatArray]:
        """Return the log density of draws under the priors that a card states."""
        shapes = self._loaded.code.about["log_prior"]
        samples = len(next(iter(draws.values())))
        points = np.concatenate([draws[name].reshape(samples, -1) for name in shapes], axis=1)
        return self._named("log_prior", points)

    def rest(self, points: FloatArray) -> FloatArray:
        """Return the log density of points without the likelihood, shape (samples,)."""
        return self._rows("rest", points, 1)[:, 0]

    def _named(self, function: str, points: FloatArray) -> dict[str, FloatArray]:
        shapes = self._loaded.code.about[function]
        ends = np.cumsum([math.prod(shape) for shape in shapes.values()])
        rows = self._rows(function, points, int(ends[-1]))
        parts = np.split(rows, ends[:-1], axis=1)
        return {
            name: np.ascontiguousarray(part).reshape(len(points), *shape)
            for (name, shape), part in zip(shapes.items(), parts, strict=True)
        }

    def _rows(self, function: str, points: FloatArray, size: int) -> FloatArray:
        """Return what a function stores for each of some points, shape (samples, size)."""
        points = np.ascontiguousarray(points, float)
        found, table = np.empty((len(points), size)), self._table.ctypes.data
        call = function_at(self._loaded.address(function), _EXPANDING)
        given, stored = points.ctypes.data, found.ctypes.data
        for _ in range(len(points)):
            call(self.dim, size, given, stored, table)
            given, stored = given + points.strides[0], stored + found.strides[0]
        return found


def nutpie_model(
    dim: int,
    functions: tuple[Any, Any],
    start: Callable[[Any], FloatArray],
    kept: Sequence[Any],
    table: np.ndarray,
) -> Any:
    """Return what ``nutpie.sample`` takes.

    Parameters
    ----------
    dim : int
        The number of dimensions of a point.
    functions : tuple
        The log density, and a copy of the point that draws are; each with its ``address``.
    start : callable
        From a seed to where a chain starts.
    kept : sequence
        What has to stay in memory.
    table : ndarray of int
        Addresses of the data, as the functions expect them.
    """
    logp, copy = functions
    return nutpie().compile_pymc.CompiledPyMCModel(
        compiled_logp_func=logp,
        compiled_expand_func=copy,
        initial_point_func=start,
        shared_data={str(i): value for i, value in enumerate(kept)},
        shared_var_keys={},
        user_data=table,
        n_expanded=dim,
        shape_info=([POINT], [slice(0, dim)], [(dim,)]),
        logp_func=None,
        expand_func=None,
        _n_dim=dim,
        _shapes={POINT: (dim,)},
        _coords={},
        dims={},
        reparameterized_names=[],
    )


@dataclass(frozen=True)
class _Address:
    """As much of a function as nutpie asks for."""

    address: int
