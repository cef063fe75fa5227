"""Other models of the same runs, by how they interpolate and how they extrapolate."""

from dataclasses import dataclass

from bayescale.core.note import Note
from bayescale.evaluation.comparing import Comparison
from bayescale.posterior.fit import Fit
from bayescale.reporting.digits import chosen_percent, count, fixed, percent
from bayescale.reporting.question import Question
from bayescale.reporting.section import Section


@dataclass(frozen=True)
class ComparisonContext:
    """What the section says of the models."""

    loo: list[list[str]]
    largest: list[list[str]]
    cut: str
    probability: str
    best: str
    notes: tuple[Note, ...]


def show_comparison(_: Fit, question: Question) -> ComparisonContext | None:
    """Return what to say of other models, if they were compared."""
    comparison = question.comparison
    if comparison is None:
        return None
    return ComparisonContext(
        loo=_loo_rows(comparison),
        largest=_largest_rows(comparison),
        cut=count(comparison.cut),
        probability=chosen_percent(comparison.ci_prob),
        best=comparison.best,
        notes=comparison.notes,
    )


SECTION = Section("comparison", "Comparison", after="held_out", show=show_comparison)


def _loo_rows(comparison: Comparison) -> list[list[str]]:
    """Return model, elpd, difference, its standard error, weight and bad Pareto k."""
    return [
        [
            str(name),
            fixed(row["elpd"], 1),
            fixed(row["elpd_diff"], 1),
            fixed(row["dse"], 1),
            fixed(row["weight"], 2),
            f"{row['high_k']:.0f}",
        ]
        for name, row in comparison.loo.iterrows()
    ]


def _largest_rows(comparison: Comparison) -> list[list[str]]:
    """Return model, elpd, difference, error, bias, coverage, weight and number of runs."""
    return [
        [
            str(name),
            fixed(row["elpd"], 1),
            fixed(row["elpd_diff"], 1),
            percent(row["error"]),
            percent(row["bias"]),
            f"{row['coverage']:.0%}",
            fixed(row["weight"], 2),
            f"{row['runs']:.0f}",
        ]
        for name, row in comparison.largest.iterrows()
    ]
