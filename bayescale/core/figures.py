"""The figures of a noun, found by the name of what they draw and complete by tab."""

from collections.abc import Callable
from functools import wraps
from inspect import signature
from typing import TYPE_CHECKING, Any

import bayescale

if TYPE_CHECKING:
    from matplotlib.figure import Figure

PREFIX = "plot_"


class Figures:
    """Every public ``plot_*`` whose first argument is a noun, as a method of that noun.

    Parameters
    ----------
    noun : object
        What is drawn.
    name : str
        What the figures call it: ``"fit"``.
    """

    def __init__(self, noun: Any, name: str) -> None:
        self._noun, self._name = noun, name

    def __call__(self, **settings: Any) -> "Figure":
        """Draw the figure of the noun's own name, such as `bayescale.plot_fit`."""
        figure: Figure = getattr(self, self._name)(**settings)
        return figure

    def __dir__(self) -> list[str]:
        """Return the names of the figures."""
        return [kind for kind in kinds() if subject_of(kind) == self._name]

    def __getattr__(self, kind: str) -> "Callable[..., Figure]":
        """Return a figure that knows what it draws."""
        if kind.startswith("_") or kind not in dir(self):
            raise AttributeError(f"no figure {kind!r} of a {self._name}; there are {dir(self)}")
        function = getattr(bayescale, f"{PREFIX}{kind}")

        @wraps(function)
        def draw(**settings: Any) -> "Figure":
            figure: Figure = function(self._noun, **settings)
            return figure

        _, *rest = signature(function).parameters.values()
        draw.__signature__ = signature(function).replace(parameters=rest)  # type: ignore[attr-defined]
        return draw

    def __repr__(self) -> str:
        """Name the figures."""
        return f"the figures of a {self._name}: {', '.join(dir(self))}"


def kinds() -> list[str]:
    """Return what the public figures are called, without their prefix."""
    names = (name for name in dir(bayescale) if name.startswith(PREFIX))
    return sorted(name.removeprefix(PREFIX) for name in names)


def subject_of(kind: str) -> str:
    """Return what a figure calls the noun that it draws."""
    return next(iter(signature(getattr(bayescale, f"{PREFIX}{kind}")).parameters))
