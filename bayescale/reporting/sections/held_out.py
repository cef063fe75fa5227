"""Runs that the fit has not seen, beside what it foretold of them."""

from dataclasses import dataclass

from markupsafe import Markup

from bayescale.core.note import Note
from bayescale.evaluation.scoring import Score, describe_score
from bayescale.plotting import plot_score
from bayescale.posterior.fit import Fit
from bayescale.reporting.digits import chosen_percent, count, decimals, fixed, percent
from bayescale.reporting.pictures import inline_svg
from bayescale.reporting.question import Question
from bayescale.reporting.section import Section
from bayescale.reporting.symbols import label_of

MAX_HELD_OUT = 50
"""How many runs that were held out a report lists."""


@dataclass(frozen=True)
class HeldOutContext:
    """What the section says of the runs that were held out."""

    sentence: str
    columns: list[str]
    rows: list[list[str]]
    left_off: int
    probability: str
    notes: tuple[Note, ...]
    figure: Markup


def show_held_out(_: Fit, question: Question) -> HeldOutContext | None:
    """Return what to say of runs that were held out, if there are any."""
    score = question.held_out
    if score is None:
        return None
    columns, rows = _table(score)
    label = "What was foretold of the runs held out, and how they came out"
    return HeldOutContext(
        sentence=describe_score(score),
        columns=columns,
        rows=rows,
        left_off=len(score.table) - len(rows),
        probability=chosen_percent(score.ci_prob),
        notes=score.notes,
        figure=inline_svg(plot_score(score), "held_out", label),
    )


SECTION = Section("held_out", "Held-out runs", after="fit", show=show_held_out)


def _table(score: Score) -> tuple[list[str], list[list[str]]]:
    """Return the headings and the rows of the runs that were held out.

    What the law takes, the observed value, the prediction with its interval and error, and a word
    on the runs that lie outside.
    """
    table = score.table.head(MAX_HELD_OUT)
    # The compute follows from size and tokens; the row is long enough.
    follows = {"flops"} if {"params", "tokens"} <= set(score.inputs) else set()
    inputs = [name for name in score.inputs if name not in follows]
    places = decimals(float((table["upper"] - table["lower"]).min()), 3)
    interval = f"{chosen_percent(score.ci_prob)} interval"
    headings = ["run", *map(label_of, inputs), score.target, "predicted", interval, "error", ""]
    rows = []
    for run, row in table.iterrows():
        middle, low, high = (fixed(row[name], places) for name in ("median", "lower", "upper"))
        word = "" if row["inside"] else "outside"
        counts = [count(row[name]) for name in inputs]
        observed = fixed(row[score.target], places)
        rows.append(
            [str(run), *counts, observed, middle, f"{low} to {high}", percent(row["error"]), word]
        )
    return headings, rows
