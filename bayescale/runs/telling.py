"""How a column of a table is named, as those who ask name it."""

from typing import Any

from bayescale.core.asking import either, setting

NAMED = ("params", "tokens", "flops", "unique_tokens", "loss")
"""Quantities for which `bayescale.load_runs` has keywords of their own."""


def told(quantity: str, text: Any) -> str:
    """Write how a column is named: ``loss='val'``, or ``--column loss=val``.

    Parameters
    ----------
    quantity : str
        The quantity.
    text : str or ...
        The column or a formula; ``...`` where only the user knows.
    """
    named = setting("columns", {quantity: text})
    own = "..." if text is ... else repr(text)
    return either(f"{quantity}={own}", named) if quantity in NAMED else named
