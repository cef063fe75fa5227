"""What a notebook shows of a noun, and a console: words and tables instead of its fields."""

from importlib import import_module


class Shown:
    """A noun that a notebook shows as HTML and a console by its sentences."""

    __slots__ = ()

    def _repr_html_(self) -> str:
        # Displays stand above what they show and are found by its name.
        html: str = import_module("bayescale.display").html_of(self)
        return html

    def __repr__(self) -> str:
        """Write what it says of itself."""
        return str(self)
