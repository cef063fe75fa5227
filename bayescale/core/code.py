"""Fingerprints of functions: what they compute, whatever they are called."""

import hashlib
import sys
import types
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

import numpy as np


def fingerprint(function: Any) -> str:
    """Return a hash that changes with the code of a function and of what it calls.

    It follows functions of its own package, their defaults, the values they close over and the
    constants they name; functions of other packages count by their name. What it cannot see into
    is told apart by type alone.

    Parameters
    ----------
    function : callable
        The function; its source need not be known.
    """
    own = str(getattr(function, "__module__", "")).partition(".")[0]
    parts = _Parts({own, __name__.partition(".")[0]})
    digest = hashlib.sha256(f"{sys.implementation.cache_tag}\0".encode())
    for part in parts.of(function):
        digest.update(part.encode() + b"\0")
    return digest.hexdigest()


class _Parts:
    def __init__(self, packages: set[str]) -> None:
        self._packages = packages
        self._seen: set[int] = set()

    def of(self, value: Any) -> Iterator[str]:
        """Yield everything that a value is made of."""
        if isinstance(value, types.FunctionType):
            yield from self._of_function(value)
        elif isinstance(value, partial):
            yield from self._of_many([value.func, value.args, value.keywords])
        elif isinstance(value, types.ModuleType):
            yield f"module {value.__name__}"
        elif isinstance(value, Mapping):
            yield from self._of_many([*value.keys(), *value.values()])
        elif isinstance(value, list | tuple | set | frozenset):
            yield from self._of_many(sorted(value, key=repr) if isinstance(value, set) else value)
        elif isinstance(value, np.ndarray):
            yield f"array {value.dtype} {value.shape} {value.tobytes().hex()}"
        elif isinstance(value, bool | int | float | complex | str | bytes | np.generic | None):
            yield repr(value)
        elif callable(value) and isinstance(type(value).__call__, types.FunctionType):
            yield from self._of_many([type(value).__call__, getattr(value, "__dict__", {})])
        else:
            yield f"{type(value).__module__}.{type(value).__qualname__}"

    def _of_many(self, values: Any) -> Iterator[str]:
        for value in values:
            yield from self.of(value)

    def _of_function(self, function: types.FunctionType) -> Iterator[str]:
        package = function.__module__.partition(".")[0] if function.__module__ else ""
        if package not in self._packages:
            yield f"{function.__module__}.{function.__qualname__}"
            return
        if id(function) in self._seen:
            return
        self._seen.add(id(function))
        yield from self._of_many([function.__defaults__, function.__kwdefaults__])
        yield from self._of_many(_contents(cell) for cell in function.__closure__ or ())
        yield from self._of_code(function.__code__, function.__globals__)

    def _of_code(self, code: types.CodeType, known: Mapping[str, Any]) -> Iterator[str]:
        yield f"{code.co_code.hex()} {code.co_varnames} {code.co_names} {code.co_freevars}"
        for value in code.co_consts:
            if isinstance(value, types.CodeType):
                yield from self._of_code(value, known)
            else:
                yield from self.of(value)
        named = [known[name] for name in code.co_names if name in known]
        yield from self._of_many(named)
        modules = [value for value in named if isinstance(value, types.ModuleType)]
        for module in modules:
            if module.__name__.partition(".")[0] in self._packages:
                inside = (getattr(module, name, None) for name in code.co_names)
                yield from self._of_many(value for value in inside if value is not None)


def _contents(cell: Any) -> Any:
    try:
        return cell.cell_contents
    except ValueError:  # a name that nothing has been given yet
        return None
