"""The limits of a plan as options, made from their declarations."""

from collections.abc import Callable, Container, Mapping
from inspect import Parameter, signature
from typing import Annotated, Any

import typer

from bayescale.cli.options import reading
from bayescale.planning.limits import LIMITS, Limit


def takes_limits(
    budgets: bool, *, fits: bool = True, beside: Container[str] = ()
) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Give a command that ends in ``**limits`` an option for each limit.

    Parameters
    ----------
    budgets : bool
        Whether budgets are among them.
    fits : bool, default True
        Whether the command takes several fits, so that these may have weights.
    beside : container of str
        Limits for which the command has options of its own.
    """
    options = [
        _option(limit)
        for limit in LIMITS
        if limit.help
        and (budgets or not limit.budget)
        and (fits or not limit.of_fits)
        and limit.name not in beside
    ]

    def extend(command: Callable[..., None]) -> Callable[..., None]:
        own = [part for part in signature(command).parameters.values() if part.name != "limits"]
        together = signature(command).replace(parameters=[*own, *options])
        command.__signature__ = together  # type: ignore[attr-defined]
        return command

    return extend


def _typed(limit: Limit, panel: str | None = None) -> Any:
    return typer.Option(
        limit.flag,
        parser=reading(limit.kind.read),
        metavar=limit.kind.metavar,
        help=limit.help,
        rich_help_panel=panel,
    )


Weights = Annotated[str | None, _typed(next(limit for limit in LIMITS if limit.name == "weights"))]


def _option(limit: Limit) -> Parameter:
    option = _typed(limit, "What the plan keeps to")
    # The type is what the parser returns, which Typer does not ask; only a list means repeatable.
    many_or_one = list[str] | None if limit.many else str | None
    annotation = Annotated[many_or_one, option]  # type: ignore[valid-type]
    return Parameter(limit.name, Parameter.KEYWORD_ONLY, default=None, annotation=annotation)


def gather(limits: Mapping[str, Any]) -> dict[str, Any]:
    """Return the limits that were given, as `bayescale.allocate` takes them."""
    kinds = {limit.name: limit.kind for limit in LIMITS if limit.many}
    given = {name: value for name, value in limits.items() if value not in (None, [])}
    return {n: kinds[n].gather(value) if n in kinds else value for n, value in given.items()}
