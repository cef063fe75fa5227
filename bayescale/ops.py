"""Elementwise functions a law may use beyond ``+ - * / **``.

A law is written once and evaluated on floats, NumPy arrays, xarray objects, PyTensor variables
and SymPy expressions. Arithmetic operators already work on all of them; the functions here pick
the right implementation from the type of their arguments.
"""

import sys
from collections.abc import Callable
from typing import Any

import numpy as np

_SYMPY_NAMES = {"minimum": "Min", "maximum": "Max"}


def _implementation(name: str, arguments: tuple[Any, ...]) -> Callable[..., Any]:
    packages = {type(argument).__module__.partition(".")[0] for argument in arguments}
    if "pytensor" in packages:
        return getattr(sys.modules["pytensor.tensor"], name)  # type: ignore[no-any-return]
    if "sympy" in packages:
        return getattr(sys.modules["sympy"], _SYMPY_NAMES.get(name, name))  # type: ignore[no-any-return]
    return getattr(np, name)  # type: ignore[no-any-return]


def exp(x: Any) -> Any:
    """Return e to the power x, elementwise."""
    return _implementation("exp", (x,))(x)


def log(x: Any) -> Any:
    """Return the natural logarithm of x, elementwise."""
    return _implementation("log", (x,))(x)


def minimum(x: Any, y: Any) -> Any:
    """Return the smaller of x and y, elementwise."""
    return _implementation("minimum", (x, y))(x, y)


def maximum(x: Any, y: Any) -> Any:
    """Return the larger of x and y, elementwise."""
    return _implementation("maximum", (x, y))(x, y)
