"""A model card in words, and what is wrong with one."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from pydantic import ValidationError

from bayescale.core.quantities import BY_COLUMN
from bayescale.model.prior import Part

if TYPE_CHECKING:
    from bayescale.model.card import Model


def describe(model: "Model") -> str:
    """Write a card as a person would read it."""
    target = BY_COLUMN[model.law.target].symbol
    inputs = ", ".join(f"{symbol} = {column}" for symbol, column in model.columns.items())
    lines = [
        f"{model.name}: {model.summary}",
        f"  use when  {model.use_when}",
        f"  law       {model.law.name}: {target} = {model.law.formula}; "
        f"{inputs}, over a reference run",
        f"  source    {model.citation}",
        *(f"  prior     {name} ~ {prior}" for name, prior in model.all_priors.items()),
        *(f"  fixed     {name} = {value!r}" for name, value in model.fixed.items()),
        *(f"  pooled    {name} over {part.over}" for name, part in model.pool.items()),
    ]
    if model.discrepancy is not None:
        lines.append(f"  bends     {model.discrepancy.words}")
    for key, published in model.published.items():
        values = ", ".join(f"{name} {value!r}" for name, value in published.values.items())
        trust = "verified" if published.verified else "not verified"
        lines.append(f"  published {key}: {values} ({published.source}; {trust})")
    return "\n".join(lines)


def explain(error: ValidationError, whole: type[Part], parts: Mapping[str, type[Part]]) -> str:
    """Say what is wrong with a card: where, and what is allowed there.

    Parameters
    ----------
    error : ValidationError
        What pydantic found.
    whole : type
        What the card is.
    parts : mapping of str to type
        What its tables hold.
    """
    first = error.errors(include_url=False)[0]
    where = ".".join(str(part) for part in first["loc"])
    message = first["msg"].removeprefix("Value error, ")
    if first["type"] == "extra_forbidden":
        part = parts.get(str(first["loc"][0]), whole)
        message = f"unknown key; allowed are {', '.join(part.model_fields)}"
    return f"{where}: {message}" if where else message
