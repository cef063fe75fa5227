"""Commands as Typer makes them, with help in words and with what is being done on the screen.

Typer writes the names of Python's types where an option has no word of its own.
"""

from typing import Any

from typer.core import TyperArgument, TyperCommand, TyperGroup, TyperOption

from bayescale.cli.showing import shown

_WORDS = {"int": "NUMBER", "int range": "NUMBER", "float": "NUMBER", "path": "FILE", "str": "TEXT"}


class PlainCommand(TyperCommand):
    """A command whose help says what to write, and which says what it is doing."""

    def invoke(self, ctx: Any) -> Any:
        """Run the command."""
        with shown():
            return super().invoke(ctx)

    def get_params(self, ctx: Any) -> list[Any]:
        """Return the parameters, each with a word for what it takes."""
        return _in_words(super().get_params(ctx), ctx)


class PlainGroup(TyperGroup):
    """The commands, with help that says what to write."""

    def get_params(self, ctx: Any) -> list[Any]:
        """Return the parameters, each with a word for what it takes."""
        return _in_words(super().get_params(ctx), ctx)


def _in_words(params: list[Any], ctx: Any) -> list[Any]:
    for param in params:
        if isinstance(param, TyperArgument):
            param.display_type_rich = _nothing  # type: ignore[method-assign]
        elif isinstance(param, TyperOption) and param.metavar is None:
            kind = param.display_type(ctx).strip("<>")
            param.metavar = f"<{kind}>" if "|" in kind else _WORDS.get(kind, "")
    return params


def _nothing(ctx: Any) -> None:
    """Say nothing of the type of an argument: its name says it."""
