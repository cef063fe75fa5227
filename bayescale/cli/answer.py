"""What every answer is as JSON: the frame around it, and how it is printed.

The class ``Answer`` of a command says what its JSON holds beside; ``bayescale schema`` prints it.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypedDict

import typer

import bayescale
from bayescale.cli.units import units_of
from bayescale.core.described import described as described

if TYPE_CHECKING:
    from bayescale.core.note import Note
    from bayescale.posterior.fit import Fit
    from bayescale.runs.table import Runs


@described
class Source(TypedDict, total=False):
    """A fit or a table of runs that an answer rests on."""

    model: str
    """The model that was fitted."""
    law: str
    """Its law."""
    runs: str
    """Where the runs come from."""
    count: int
    """How many runs there are."""
    simulated: bool
    """Whether they were drawn from a formula."""
    random_seed: int
    """The seed of the fit."""
    draws: int
    """The posterior draws, of all chains together."""
    created_at: str
    """When the fit was made, UTC."""
    bayescale_version: str
    """The version that made the fit."""
    asked: dict[str, Any]
    """The arguments with which the fit was made or the table was read."""


@described
class NoteRecord(TypedDict):
    """What to know before an answer is trusted."""

    code: str
    """A stable name."""
    severity: str
    """error, warning or info."""
    sentence: str
    """What was found."""
    remedy: str
    """What to do about it; empty if nothing."""
    shift: float
    """By how many posterior standard deviations it moves an answer; zero if not known."""


@described
class Frame(TypedDict):
    """What the JSON of every answer holds."""

    command: str
    """The command that was asked."""
    version: str
    """The version of bayescale that answered."""
    ci_prob: float | None
    """Probability of the intervals between lower and upper; null where there are none."""
    units: dict[str, str]
    """The units of the numbers, by name."""
    provenance: list[Source]
    """The fits and the runs that the answer rests on."""


def print_answer(
    as_json: bool,
    text: object,
    *,
    command: str,
    ci_prob: float | None = None,
    of: "Iterable[Fit | Runs]" = (),
    **content: Any,
) -> None:
    """Print the text for people, or the answer as JSON, where what is not a number is null.

    Parameters
    ----------
    as_json : bool
        Whether a machine reads it.
    text : object
        What people read.
    command : str
        The command.
    ci_prob : float, optional
        Probability of the intervals.
    of : iterable of Fit or Runs
        What the answer rests on.
    **content
        What the class ``Answer`` of the command says.
    """
    if not as_json:
        typer.echo(str(text))
        return
    content = plain(content)
    frame = {
        "command": command,
        "version": bayescale.__version__,
        "ci_prob": ci_prob,
        "units": units_of(content),
        "provenance": [plain(describe_source(source)) for source in of],
    }
    typer.echo(json.dumps({**frame, **content}, indent=2))


def describe_source(source: Any) -> dict[str, Any]:
    """Return what an answer says of a Fit, or of Runs, as `Source` names it."""
    runs = getattr(source, "runs", source)
    found = {"runs": runs.source, "count": len(runs), "simulated": runs.simulated}
    if runs is source:
        return {**found, "asked": runs.provenance.asked}
    about = {name: source.attrs.get(name) for name in ("created_at", "bayescale_version")}
    return {
        **found,
        "model": source.model.name,
        "law": source.model.law.name,
        "random_seed": int(source.attrs["random_seed"]),
        "draws": source.samples,
        **{name: str(value) for name, value in about.items() if value is not None},
        "asked": source.asked,
    }


def records_of(table: Any) -> list[dict[str, Any]]:
    """Return the rows of a DataFrame."""
    records: list[dict[str, Any]] = table.to_dict("records")
    return records


def notes_of(notes: "Sequence[Note]") -> list[dict[str, Any]]:
    """Return notes as plain values, as `NoteRecord` names them."""
    return [vars(note) for note in notes]


def plain(value: Any) -> Any:
    """Return what JSON knows: no number that is none, no array, no key but text."""
    if isinstance(value, float):
        return value if value == value and abs(value) != float("inf") else None
    if isinstance(value, str | bool | int) or value is None:
        return value
    if isinstance(value, Mapping):
        return {str(key): plain(entry) for key, entry in value.items()}
    if isinstance(value, list | tuple):
        return [plain(entry) for entry in value]
    return plain(value.item()) if hasattr(value, "item") else str(value)
