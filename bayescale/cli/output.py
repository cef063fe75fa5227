"""What the command line prints for machines."""

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import typer

from bayescale.planning.limits import LIMITS, Limit

if TYPE_CHECKING:
    from bayescale.planning.plan import Plan


def plan_as_json(plan: "Plan", ci_prob: float | None) -> dict[str, Any]:
    """Return a plan as plain values."""
    return {
        "model": plan.model,
        "limits": {limit.name: _as_typed(limit, plan.limits[limit.name]) for limit in LIMITS},
        "summary": records_of(plan.summary(ci_prob).reset_index()),
        "near_optimal": records_of(plan.near_optimal.to_dataframe()),
        "binding": records_of(plan.binding.to_dataframe()),
        "marginal": records_of(plan.marginal.mean(["chain", "draw"]).to_dataframe()),
        "choices": records_of(plan.compare_choices().reset_index()),
        "notes": [vars(note) for note in plan.notes],
    }


def _as_typed(limit: Limit, value: Any) -> Any:
    """Return numbers as they are, and what JSON knows nothing of as the command line takes it."""
    parts = value if isinstance(value, list) else [value]
    if all(part is None or isinstance(part, float | str | dict) for part in parts):
        return value
    texts = limit.texts(value)
    return texts if limit.many else texts[0]


def records_of(table: Any) -> list[Mapping[str, Any]]:
    """Return the rows of a DataFrame."""
    records: list[Mapping[str, Any]] = table.to_dict("records")
    return records


def print_out(as_json: bool, text: object, **content: Any) -> None:
    """Print the text for people or the content as JSON, where what is not a number is null."""
    if not as_json:
        typer.echo(str(text))
        return

    def plain(value: Any) -> Any:
        if isinstance(value, float) and value != value:
            return None
        if isinstance(value, Mapping):
            return {key: plain(entry) for key, entry in value.items()}
        if isinstance(value, list):
            return [plain(entry) for entry in value]
        return value

    typer.echo(json.dumps(plain(content), indent=2, default=lambda value: value.item()))
