"""The limits of a plan as options: declared once, shared by every command that plans."""

from collections.abc import Callable
from functools import wraps
from inspect import signature
from typing import Annotated, Any

import typer

from bayescale.cli.options import read_count


def _count(words: str, metavar: str = "COUNT") -> Any:
    return typer.Option(parser=read_count, metavar=metavar, help=words)


def _limits(
    *,
    unique_tokens: Annotated[float | None, _count("Distinct tokens at hand.")] = None,
    max_epochs: Annotated[
        float | None, typer.Option(help="How often they may be used; 1 by default.")
    ] = None,
    max_params: Annotated[float | None, _count("The largest model.")] = None,
    max_memory: Annotated[float | None, _count("Bytes that hold the weights.", "BYTES")] = None,
    max_tokens_per_param: Annotated[
        float | None, typer.Option(help="The most tokens per parameter.")
    ] = None,
    inference_tokens: Annotated[float | None, _count("Tokens the model will serve.")] = None,
    candidates: Annotated[
        list[float],
        typer.Option(
            "--candidate",
            parser=read_count,
            metavar="COUNT",
            help="A size to choose from; repeatable.",
        ),
    ] = [],  # noqa: B006
) -> None:
    """Name the options; their values reach a command through `takes_limits`."""


def takes_limits(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options of the limits, and their values as one mapping ``limits``.

    The mapping holds those that were given, as `bayescale.allocate` takes them.
    """
    options = signature(_limits).parameters
    own = [part for part in signature(command).parameters.values() if part.name != "limits"]

    @wraps(command)
    def run(**values: Any) -> None:
        limits = {name: values.pop(name) for name in options}
        command(
            **values,
            limits={name: limit for name, limit in limits.items() if limit not in (None, [])},
        )

    # Typer reads both, and neither may lead it back to the command itself.
    del run.__wrapped__
    parameters = [*own, *options.values()]
    run.__signature__ = signature(command).replace(parameters=parameters)  # type: ignore[attr-defined]
    run.__annotations__ = {part.name: part.annotation for part in parameters}
    return run
