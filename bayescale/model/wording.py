"""A model card in words."""

from typing import TYPE_CHECKING

from bayescale.core.quantities import BY_COLUMN

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
    if model.likelihood.varies_with is not None:
        lines.append(f"  noise     falls with {model.likelihood.varies_with}")
    if model.discrepancy is not None:
        lines.append(f"  bends     {model.discrepancy.words}")
    for key, published in model.published.items():
        values = ", ".join(f"{name} {value!r}" for name, value in published.values.items())
        trust = "verified" if published.verified else "not verified"
        lines.append(f"  published {key}: {values} ({published.source}; {trust})")
    return "\n".join(lines)
