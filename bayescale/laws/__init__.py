"""The scaling laws: what a law is, and one scaling form a file, found and never listed."""

import importlib
import pkgutil
from collections.abc import Callable
from functools import cache
from types import ModuleType

from bayescale.core.text import unknown_name
from bayescale.errors import ModelError
from bayescale.laws.law import Law

MOST_MEMBERS = 64
"""The largest number that the name of a law of a family may end in."""


@cache
def laws() -> dict[str, Law]:
    """Return every law of the package by name."""
    return {module.LAW.name: module.LAW for module in _modules()}


def get_law(name: str) -> Law:
    """Return a law by name.

    Parameters
    ----------
    name : str
        The name of a law, or that of a family with a number: ``mixture_7`` has seven domains.

    Raises
    ------
    ModelError
        If there is no such law, or not of that size; the message suggests the nearest name.
    """
    if name in laws():
        return laws()[name]
    family, _, number = name.rpartition("_")
    if family in _families() and number.isdecimal():
        # The digits first: a name can have more of them than Python reads.
        if len(number) > len(str(MOST_MEMBERS)) or not 1 < int(number) <= MOST_MEMBERS:
            raise ModelError(
                f"{name[:40]!r}: {family} takes 2 to {MOST_MEMBERS} domains; "
                f"write for example {family}_7"
            )
        return _families()[family](int(number))
    raise ModelError(unknown_name("law", name, laws()))


@cache
def _modules() -> list[ModuleType]:
    names = (module.name for module in pkgutil.iter_modules(__path__))
    found = [importlib.import_module(f"{__name__}.{name}") for name in names]
    return [module for module in found if hasattr(module, "LAW")]


@cache
def _families() -> dict[str, Callable[[int], Law]]:
    """Return the laws that come in several sizes, by name: ``FAMILY`` of a module."""
    found = (getattr(module, "FAMILY", None) for module in _modules())
    return {family.__name__: family for family in found if family is not None}
