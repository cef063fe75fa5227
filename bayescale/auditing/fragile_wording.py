"""What moves an answer, as text for people."""

from typing import TYPE_CHECKING

import pandas as pd

from bayescale.auditing.answering import LOSS, SIZE
from bayescale.core.text import human

if TYPE_CHECKING:
    from bayescale.auditing.fragile import Fragility

MOST_ROWS = 25
"""Of more changes than this the weaker ones are counted and not shown."""

LEAST = 0.25
"""Shifts below this, in standard deviations, are told apart from no shift by no refit."""


def summarize_fragility(found: "Fragility") -> str:
    """Say which two causes move the answer at the target most."""
    fitted = _values(found.fitted["value"])
    answer = " and ".join(f"{name} {written(name, fitted[name])}" for name in found.asked)
    says = f"{found.model} says {answer} at {human(found.flops)} FLOPs"
    ranked = found.ranked[found.ranked >= LEAST]
    strong = ranked[~ranked.index.get_level_values("cause").duplicated()].head(2)
    if strong.empty:
        return f"{says}, and nothing that was tried moves it."
    moved = _moved(found)
    moves = []
    for cause, change in strong.index:
        parts = (f"{name} {_both(name, *moved[cause, change][name])}" for name in found.asked)
        moves.append(f"{change} ({cause}): {', '.join(parts)}")
    return f"{says}. What moves it most: {'; then '.join(moves)}."


def describe_fragility(found: "Fragility") -> str:
    """Write the sentence, the changes in their order and the notes."""
    title = f"Shifts at {human(found.flops)} FLOPs, in standard deviations of the fit"
    table = changes(found)
    shown = table.head(MOST_ROWS + 1)
    parts = [found.summary, f"{title}\n{shown.to_string()}"]
    if len(table) > len(shown):
        parts.append(f"and {len(table) - len(shown)} that move it less")
    return "\n\n".join([*parts, "\n".join(map(str, found.notes))]).rstrip()


def changes(found: "Fragility") -> pd.DataFrame:
    """Return every change with the answers it gives, as texts; the first row is the fit itself."""
    fitted = _values(found.fitted["value"])
    first = {name: written(name, value) for name, value in fitted.items()}
    rows = {("as fitted", ""): {"largest": "", **first}}
    for key, moved in _moved(found).items():
        largest = max(abs(moved[name][1]) for name in found.asked)
        answers = {name: _both(name, *moved[name]) for name in fitted if name in moved}
        rows[key] = {"largest": f"{largest:.2f}", **answers}
    table = pd.DataFrame.from_dict(rows, orient="index").fillna("")
    return table.rename_axis(["cause", "change"])


def _moved(found: "Fragility") -> dict[tuple[str, str], dict[str, tuple[float, float]]]:
    """Return value and shift of each answer, by cause and change."""
    moved: dict[tuple[str, str], dict[str, tuple[float, float]]] = {}
    for cause, change, answer, value, shift in zip(
        *(found.table[name] for name in ("cause", "change", "answer", "value", "shift")),
        strict=True,
    ):
        moved.setdefault((cause, change), {})[answer] = (float(value), float(shift))
    return moved


def _values(column: pd.Series) -> dict[str, float]:
    return {str(name): float(value) for name, value in column.items()}


def _both(answer: str, value: float, shift: float) -> str:
    return f"{written(answer, value)} ({shift:+.1f})"


def written(answer: str, value: float) -> str:
    """Write the value of an answer."""
    if answer == SIZE:
        return human(value)
    return f"{value:.4g}" if answer == LOSS else f"{value:.3f}"
