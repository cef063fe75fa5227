"""Say which runs to train next, before a plan is signed."""

from typing import Annotated, Any, Literal, TypedDict

import typer

from bayescale.cli.answer import NoteRecord, described, notes_of, print_answer, records_of
from bayescale.cli.inputs import choose_fits, fits_of, read_inputs
from bayescale.cli.limits import gather, takes_limits
from bayescale.cli.options import Assumed, FitFiles, Json, Levels, amount
from bayescale.cli.panels import Panel
from bayescale.core.measures import FLOPS
from bayescale.core.progress import step

PANEL = Panel.PLAN
EXAMPLES = (
    "bayescale next-runs fit.nc --budget 1e22 --target 1e24",
    "bayescale next-runs fit.nc --budget 1e22 --target 1e24 --candidates candidates.csv "
    "--by interval",
)


@described
class Answer(TypedDict):
    """Which runs to train next."""

    budget: float
    """The FLOPs that they may take together."""
    target: float
    """The FLOPs of the plan that they are to improve."""
    by: str
    """What they were chosen by: regret or interval."""
    now: dict[str, float]
    """Without them: the expected regret, the width of the interval of the loss, and the compute
    that the regret is worth."""
    then: dict[str, float]
    """The same as it is expected when the batch is trained."""
    batch: list[dict[str, float]]
    """The runs to train, in the order in which they were chosen: what each is and takes, how often
    it was trained already, and regret and width as expected once it and those above are trained."""
    ranking: list[dict[str, float]]
    """Every candidate as if it alone were trained, what gains most per FLOP first."""
    notes: list[NoteRecord]
    """What to know before training."""


@takes_limits(budgets=False, beside=("candidates", "risk"))
def next_runs(
    *,
    fit: FitFiles,
    budget: Annotated[float, amount(FLOPS, "What further runs may take together.", "FLOPS")],
    target: Annotated[float, amount(FLOPS, "The budget that is planned for.", "FLOPS")],
    candidates: Annotated[
        str | None,
        typer.Option(
            metavar="TABLE", help="The runs on offer, a .csv; a grid around the best by default."
        ),
    ] = None,
    by: Annotated[
        Literal["regret", "interval"], typer.Option(help="What they are to lower.")
    ] = "regret",
    in_group: Levels = [],  # noqa: B006
    assume: Assumed = None,
    as_json: Json = False,
    **limits: Any,
) -> None:
    """Say which runs to train next, before a plan is signed."""
    from bayescale.planning.proposing import next_runs as propose

    offered = None if candidates is None else read_inputs(candidates)
    chosen = choose_fits(fit, in_group, assume)
    with step("choosing runs"):
        found = propose(
            chosen, budget=budget, target=target, candidates=offered, by=by, **gather(limits)
        )
    print_answer(
        as_json,
        found,
        command="next-runs",
        ci_prob=found.ci_prob,
        of=fits_of(chosen),
        budget=found.budget,
        target=found.target,
        by=found.by,
        now=found.now,
        then=found.then,
        batch=records_of(found.batch),
        ranking=records_of(found.ranking),
        notes=notes_of(found.notes),
    )
