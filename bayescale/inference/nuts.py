"""nutpie, imported without what it does not need here, and its draws as arrays."""

import importlib
import sys
import types
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from typing import Any

import numpy as np

from bayescale.core.quantities import FloatArray

POINT = "point"
"""The name that draws in the unconstrained space have."""

STATISTICS = (
    "depth",
    "logp",
    "mean_tree_accept",
    "diverging",
    "energy",
    "n_steps",
    "step_size",
)
"""What is kept of the statistics of each draw."""


@cache
def nutpie() -> Any:
    """Return the module nutpie, which imports ArviZ for a conversion that is not asked for here."""
    with _put_off("arviz"):
        import nutpie as module
    return module


@contextmanager
def _put_off(name: str) -> Iterator[None]:
    """Let a module be imported when it is used."""
    if name in sys.modules:
        yield
        return
    sys.modules[name] = _Later(name)
    try:
        yield
    finally:
        del sys.modules[name]


class _Later(types.ModuleType):
    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return getattr(importlib.import_module(self.__name__), name)


def run_nuts(
    compiled: Any, settings: Mapping[str, Any]
) -> tuple[FloatArray, dict[str, np.ndarray]]:
    """Sample a compiled density.

    Parameters
    ----------
    compiled : nutpie.CompiledModel
        The density.
    settings : mapping of str to object
        Arguments of ``nutpie.sample``.

    Returns
    -------
    points : ndarray, shape (chains, draws, dim)
        Draws in the unconstrained space.
    statistics : dict of str to ndarray, shape (chains, draws)
        Of each draw, by the names that nutpie has.
    """
    import pyarrow

    sampler = nutpie().sample(
        compiled, **settings, save_warmup=False, return_raw_trace=True, blocking=False
    )
    try:
        trace = sampler.wait()
    except BaseException:  # stopped: no draws, rather than a few that look like all
        sampler.cancel()
        raise
    batches, statistics = (map(pyarrow.record_batch, part) for part in trace.get_arrow_trace())
    points, kept = [], []
    for draws, about in zip(batches, statistics, strict=True):
        drawn = ~about["tuning"].to_numpy(zero_copy_only=False)
        flat = draws[POINT].flatten().to_numpy(zero_copy_only=False)
        points.append(flat.reshape(len(draws), -1)[drawn])
        kept.append({k: about[k].to_numpy(zero_copy_only=False)[drawn] for k in STATISTICS})
    return np.array(points), {k: np.array([chain[k] for chain in kept]) for k in STATISTICS}
