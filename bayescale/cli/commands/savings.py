"""Say how much of a resource one group of runs saves against another."""

from typing import Annotated, TypedDict

import typer

from bayescale.cli.answer import described, print_answer, records_of
from bayescale.cli.inputs import read_fit
from bayescale.cli.options import FitFile, Json, Probability
from bayescale.cli.panels import Panel

PANEL = Panel.COMPARE
EXAMPLES = ("bayescale savings pooled.nc arm --baseline base",)


@described
class Saving(TypedDict):
    """By which factor a group multiplies an input."""

    group: str
    """The group."""
    input: str
    """The input, by its letter in the law, with a coefficient where several terms fall in it."""
    median: float
    """Two means that half as much of the input does for the same loss."""
    lower: float
    """The lower end of the interval."""
    upper: float
    """The upper end of the interval."""


@described
class Answer(TypedDict):
    """How much of each input a group saves."""

    baseline: str
    """The group that the others are compared with."""
    savings: list[Saving]
    """Each group and input."""


def savings(
    fit: FitFile,
    over: Annotated[str, typer.Argument(metavar="GROUP", help="The column that was pooled over.")],
    baseline: Annotated[
        str, typer.Option(metavar="LEVEL", help="The group that the others are compared with.")
    ],
    ci_prob: Probability = None,
    as_json: Json = False,
) -> None:
    """Say how much of a resource one group of runs saves against another."""
    from bayescale.evaluation.savings import savings as savings_of
    from bayescale.evaluation.savings import tabulate_savings
    from bayescale.posterior.intervals import interval_settings

    chosen = read_fit(fit)
    table = tabulate_savings(savings_of(chosen, over, baseline=baseline), over, ci_prob)
    table = table[table["group"] != baseline]
    prob = interval_settings(ci_prob)[0]
    rows = records_of(table)
    lines = [
        f"{row['group']}: each of {row['input']} is worth {row['median']:.3g} of {baseline} "
        f"({prob:.0%} interval {row['lower']:.3g} to {row['upper']:.3g})"
        for row in rows
    ]
    print_answer(
        as_json,
        "\n".join(lines),
        command="savings",
        ci_prob=prob,
        of=[chosen],
        baseline=baseline,
        savings=rows,
    )
