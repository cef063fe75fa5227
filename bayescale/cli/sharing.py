"""Options that several commands share, gathered into one mapping."""

from collections.abc import Callable
from functools import wraps
from inspect import Parameter, signature
from typing import Any


def shared(
    command: Callable[..., None],
    name: str,
    gather: Callable[[dict[str, Any]], dict[str, Any]],
    *declared: Callable[..., None],
) -> Callable[..., None]:
    """Give a command the options that other functions declare.

    Parameters
    ----------
    command : callable
        The command; it takes what was given as one argument.
    name : str
        The name of that argument.
    gather : callable
        From what was given, without what is empty, to what the command takes.
    *declared : callable
        Functions of keywords, each an option.
    """
    options = {n: part for one in declared for n, part in signature(one).parameters.items()}

    @wraps(command)
    def run(**values: Any) -> None:
        given = {option: values.pop(option) for option in options}
        given = {option: value for option, value in given.items() if value not in (None, [])}
        command(**values, **{name: gather(given)})

    own = [part for part in signature(command).parameters.values() if part.name != name]
    # What takes any further options (`bayescale.cli.limits.takes_limits`) has to come last.
    last = [part for part in own if part.kind is Parameter.VAR_KEYWORD]
    first = [part for part in own if part.kind is not Parameter.VAR_KEYWORD]
    del run.__wrapped__  # Typer would read the options of the command itself.
    together = signature(command).replace(parameters=[*first, *options.values(), *last])
    run.__signature__ = together  # type: ignore[attr-defined]
    return run
