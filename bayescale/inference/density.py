"""Compile the density of a PyMC model for nutpie, quickly and once for all data sets.

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
from nutpie.compile_pymc import CompiledPyMCModel, address_as_void_pointer
from pymc.initial_point import make_initial_point_fn
from pytensor.graph.replace import clone_replace, vectorize_graph

from bayescale.inference.graph import UNCOMPILED
from bayescale.inference.starting import STARTS, best_start

POINT = "point"
"""The name nutpie gives to draws in the unconstrained space."""

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
class CompiledDensity:
    """The compiled log density of a PyMC model and its gradient.

    Attributes
    ----------
    pm_model : pymc.Model
        The model; its data may be replaced by `with_data`.
    """

    pm_model: pm.Model
    _logp: Any = field(init=False)
    _lock: threading.Lock = field(init=False, default_factory=threading.Lock)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_logp", self._compile())

    @cached_property
    def _values(self) -> list[Any]:
        return [self.pm_model.rvs_to_values[variable] for variable in self.pm_model.free_RVs]

    @cached_property
    def _places(self) -> list[tuple[slice, tuple[int, ...]]]:
        """Where each value lies in a point of the unconstrained space, and its shape."""
        start, places, position = self.pm_model.initial_point(), [], 0
        for value in self._values:
            shape = np.shape(start[value.name])
            size = math.prod(shape)
            places.append((slice(position, position + size), shape))
            position += size
        return places

    @property
    def _dim(self) -> int:
        return sum(math.prod(shape) for _, shape in self._places)

    @cached_property
    def _start(self) -> Any:
        return make_initial_point_fn(
            model=self.pm_model,
            jitter_rvs=set(self.pm_model.free_RVs),
            return_transformed=True,
        )

    @cached_property
    def _function(self) -> Any:
        logp = self.pm_model.logp()
        gradient = pt.concatenate([pt.flatten(part) for part in pt.grad(logp, self._values)])
        point = pt.vector(POINT, shape=(self._dim,))
        parts = {
            value: point[where].reshape(shape)
            for value, (where, shape) in zip(self._values, self._places, strict=True)
        }
        outputs = clone_replace([logp, gradient], parts)
        # Fast-math rounds differently when code is inlined and when it comes from the cache on
        # disk, so a second process would give other draws for the same seed.
        with self.pm_model, pytensor.config.change_flags(numba__fastmath=False):
            return pm.compile([point], outputs, mode="NUMBA")

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
            dim=self._dim,
            unpack="\n".join(unpack),
            arguments=", ".join(["x", *(f"shared_{i}" for i in range(len(shared)))]),
        )
        names: dict[str, Any] = {
            "address_as_void_pointer": address_as_void_pointer,
            "carray": numba.carray,
            "float64": np.float64,
            "int64": np.int64,
            "inner": self._function.vm.jit_fn,
            "isfinite": math.isfinite,
        }
        exec(source, names)
        return numba.cfunc(_LOGP_SIGNATURE)(names["logp"])

    def with_data(self, data: Mapping[str, Any]) -> CompiledPyMCModel:
        """Return what ``nutpie.sample`` takes, for the given values of the model's data."""
        pm.set_data(dict(data), model=self.pm_model)
        shared = [
            np.array(variable.get_value(), dtype=float, order="C")
            for variable in self._function.get_shared()
        ]
        table = [entry for array in shared for entry in (array.ctypes.data, *array.shape)]
        dim = self._dim
        return CompiledPyMCModel(
            compiled_logp_func=self._logp,
            compiled_expand_func=_copy_point(),
            initial_point_func=self._initial_point,
            shared_data={str(i): array for i, array in enumerate(shared)},
            shared_var_keys={},
            user_data=np.array(table or [0], dtype=np.int64),
            n_expanded=dim,
            shape_info=([POINT], [slice(0, dim)], [(dim,)]),
            logp_func=self._function,
            expand_func=None,
            _n_dim=dim,
            _shapes={POINT: (dim,)},
            _coords={},
            dims={},
            reparameterized_names=[],
        )

    def _initial_point(self, seed: Any) -> np.ndarray:
        # Chains start in threads, and the functions keep their inputs in shared storage.
        with self._lock:
            seeds = np.random.SeedSequence(seed).generate_state(STARTS)
            return best_start(self._function, (self._drawn_point(int(seed)) for seed in seeds))

    def _drawn_point(self, seed: int) -> np.ndarray:
        start = self._start(seed)
        return np.concatenate([np.ravel(start[value.name]) for value in self._values]).astype(float)

    def parameters(self, points: np.ndarray, names: list[str]) -> dict[str, np.ndarray]:
        """Return named variables of the model at points of the unconstrained space.

        Parameters
        ----------
        points : ndarray, shape (samples, dim)
            Draws of nutpie.
        names : list of str
            Free or deterministic variables of the model.

        Returns
        -------
        dict of str to ndarray, shape (samples, ...)
        """
        outputs = self.pm_model.replace_rvs_by_values([self.pm_model[name] for name in names])
        batched = {
            value: pt.tensor(value.name, shape=(None,) * (value.ndim + 1), dtype="float64")
            for value in self._values
        }
        function = pm.compile(
            list(batched.values()),
            vectorize_graph(outputs, replace=batched),
            on_unused_input="ignore",
            mode=UNCOMPILED,
        )
        given = (points[:, where].reshape(-1, *shape) for where, shape in self._places)
        values = function(*given)
        return {name: np.asarray(value) for name, value in zip(names, values, strict=True)}


@cache
def _copy_point() -> Any:
    def expand(dim, expanded, point, out, data):  # type: ignore[no-untyped-def]  # noqa: ARG001
        for i in range(dim):
            out[i] = point[i]
        return 0

    return numba.cfunc(_EXPAND_SIGNATURE)(cast(Any, expand))
