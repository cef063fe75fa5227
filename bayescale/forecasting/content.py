"""What the file of a forecast holds."""

from typing import TypedDict

from bayescale.core.described import described

SCHEMA = "bayescale-forecast/1"
"""Changes when a field of `Content` goes or comes to mean something else."""


@described
class Fitted(TypedDict):
    """A fit that a forecast was made from."""

    name: str
    """What it is called among several; its model if it is the only one."""
    model: str
    """The model card."""
    weight: float
    """How much it counts among several; they sum to one."""
    runs: str
    """Where its runs come from."""
    count: int
    """How many runs were fitted."""
    group: dict[str, str | None]
    """The group that a pooled fit was asked about; null stands for one not seen."""
    random_seed: int
    """The seed of the fit."""
    bayescale_version: str
    """The version that made it."""
    table: str
    """SHA-256 of the table of its runs."""
    card: str
    """SHA-256 of its model card and the formula of its law."""
    draws: str
    """SHA-256 of its posterior draws."""


@described
class FittedRuns(TypedDict):
    """How runs are recognised that were fitted, without telling what they are."""

    columns: list[str]
    """What a run is recognised by."""
    digests: list[str]
    """The beginning of a SHA-256 of these numbers, one for each run."""


@described
class Content(TypedDict):
    """A forecast on record."""

    schema: str
    """The name and the version of this form."""
    made_at: str | None
    """When it was made by the clock of the machine, UTC; null if it was not made by bayescale."""
    origin: str
    """Where it comes from, if it was not made by bayescale; else empty."""
    target: str
    """What is foretold, such as the loss of one new run, in the unit of the fitted runs."""
    question: list[dict[str, float]]
    """The runs that are foretold, in counts; a result has to match each of them."""
    extrapolation: list[float]
    """How many decades each lies beyond the runs that were fitted; empty if not known."""
    levels: list[float]
    """The probabilities of the quantiles."""
    quantiles: list[list[float]]
    """The quantiles of one new run, its noise included: a list for each question."""
    fits: list[Fitted]
    """The fits that it was made from."""
    fitted_runs: FittedRuns
    """The runs that were fitted, which settle nothing."""
    random_seed: int | None
    """The seed of the noise."""
    versions: dict[str, str]
    """The versions of the software."""
    digest: str
    """SHA-256 of all the rest."""
