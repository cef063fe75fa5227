"""How a table of runs is read, as options that every command shares that reads one."""

from collections.abc import Callable
from typing import Annotated, Any, Literal

import typer

from bayescale.cli.sharing import shared


def _option(*flags: str, **settings: Any) -> Any:
    return typer.Option(*flags, rich_help_panel="How the table is read", **settings)


def _reading(
    *,
    columns: Annotated[
        list[str],
        _option(
            "--column",
            metavar="NAME=COLUMN",
            help="Such as params=n_params, or a formula: 'loss=log(perplexity)'; repeatable.",
        ),
    ] = [],  # noqa: B006
    groups: Annotated[
        list[str],
        _option("--group", metavar="[NAME=]COLUMN", help="A further column to keep; repeatable."),
    ] = [],  # noqa: B006
    run: Annotated[
        str | None, _option(metavar="COLUMN", help="Names the training run of a checkpoint.")
    ] = None,
    where: Annotated[
        str | None,
        _option(
            metavar="CONDITION", help="The rows to keep, such as \"arm == 'base' and lr < 0.01\"."
        ),
    ] = None,
    last_of: Annotated[
        str | None,
        _option(metavar="COLUMN", help="Names the training run, of which the last row is kept."),
    ] = None,
    best_of: Annotated[
        list[str],
        _option(
            metavar="COLUMN",
            help="Of rows that agree in it, the one of least loss is kept; repeatable.",
        ),
    ] = [],  # noqa: B006
    wide: Annotated[
        str | None,
        _option(
            metavar="NAME=PATTERN",
            help="Columns that become rows, such as 'loss=*b' or 'loss={run} - val/loss'.",
        ),
    ] = None,
    bad_rows: Annotated[
        Literal["error", "refuse"],
        _option(help="Stop at rows that cannot be used, or leave them out and list them."),
    ] = "error",
    flops_rule: Annotated[
        Literal["6ND", "recorded"],
        _option(help="Whether a column of FLOPs must agree with 6ND."),
    ] = "6ND",
) -> None:
    """Name the options; their values reach a command through `takes_table`."""


def takes_table(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command options for reading a table, and what was given as one mapping ``reading``.

    The mapping is what `bayescale.cli.inputs.read_runs` takes.
    """
    return shared(command, "reading", dict, _reading)
