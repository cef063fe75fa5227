"""The scaling laws, one file each; a file that defines ``LAW`` is found, nothing is listed."""

import importlib
import pkgutil
from functools import cache

from bayescale.errors import ModelError
from bayescale.law import Law
from bayescale.suggest import unknown_name


@cache
def laws() -> dict[str, Law]:
    """Return every law of the package by name."""
    modules = (
        importlib.import_module(f"{__name__}.{module.name}")
        for module in pkgutil.iter_modules(__path__)
    )
    return {module.LAW.name: module.LAW for module in modules}


def get_law(name: str) -> Law:
    """Return a law by name.

    Raises
    ------
    ModelError
        If there is no such law; the message suggests the nearest name.
    """
    try:
        return laws()[name]
    except KeyError:
        raise ModelError(unknown_name("law", name, laws())) from None
