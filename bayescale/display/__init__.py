"""What a notebook shows: one file a noun, found by the name of its class."""

from importlib import import_module
from importlib.util import find_spec
from typing import Any

from bayescale.display.parts import framed

__all__ = ["html_of"]


def html_of(thing: Any) -> str:
    """Return a noun as HTML that looks well on light and on dark, and fits into a notebook.

    ``display/plan.py`` holds ``show(plan)`` for the class Plan; a class without a file of its own
    is shown as the class that it derives from.
    """
    names = [f"{__name__}.{kind.__name__.lower()}" for kind in type(thing).__mro__]
    found = next(name for name in names if find_spec(name) is not None)
    body = import_module(found).show(thing)
    return framed(body)
