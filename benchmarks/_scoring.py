"""How good predictions were: coverage, width, error and proper scores, and tables of them."""

import numpy as np
import pandas as pd

SHARES = (0.5, 0.8, 0.9, 0.95)
"""The probabilities of the intervals that are looked at."""

WIDE = 0.9
"""The one whose width and interval score are told."""


def scores_of(draws: np.ndarray, observed: np.ndarray) -> pd.DataFrame:
    """Return one row a run: predictive draws of log loss, shape (samples, runs), against it."""
    low, high = interval(draws, WIDE)
    missed = np.maximum(low - observed, 0) + np.maximum(observed - high, 0)
    inside = {f"inside_{100 * share:.0f}": held(draws, observed, share) for share in SHARES}
    scores = {
        "width": high - low,
        "error": np.abs(np.median(draws, axis=0) - observed),
        "crps": crps(draws, observed),
        "interval_score": high - low + 2 / (1 - WIDE) * missed,
    }
    return pd.DataFrame({**scores, **inside}).astype(float)


def interval(draws: np.ndarray, share: float) -> np.ndarray:
    """Return the ends of the central interval of each column."""
    return np.quantile(draws, [(1 - share) / 2, (1 + share) / 2], axis=0)


def held(draws: np.ndarray, observed: np.ndarray, share: float) -> np.ndarray:
    """Whether what was observed lies in the central interval."""
    low, high = interval(draws, share)
    return (observed >= low) & (observed <= high)


def crps(draws: np.ndarray, observed: np.ndarray) -> np.ndarray:
    """Return the continuous ranked probability score of draws, shape (samples, runs)."""
    ordered, samples = np.sort(draws, axis=0), len(draws)
    ranks = 2 * np.arange(1, samples + 1) - samples - 1
    spread = (ranks[:, None] * ordered).sum(axis=0) / samples**2
    return np.asarray(np.abs(draws - observed).mean(axis=0) - spread)


def as_markdown(table: pd.DataFrame) -> list[str]:
    """Return the lines of a table whose cells are texts, index first."""
    cells = table.astype(str).reset_index()
    lines = [[str(name) for name in cells], ["---"] * cells.shape[1]]
    lines += [[str(value) for value in row] for row in cells.to_numpy()]
    return [f"| {' | '.join(line)} |" for line in lines]


def in_words(scores: pd.DataFrame) -> pd.DataFrame:
    """Return mean scores as texts under the names of the page; sizes in percent of the loss."""
    inside = {f"{100 * share:.0f}%": f"inside_{100 * share:.0f}" for share in SHARES}
    sizes = {"Width": "width", "Error": "error", "CRPS": "crps", "Interval score": "interval_score"}
    found = {name: scores[column].map("{:.2f}".format) for name, column in inside.items()}
    found |= {name: (100 * scores[c]).map("{:.1f}".format) for name, c in sizes.items()}
    found["Log score"] = scores["log_score"].map("{:.2f}".format)
    table = pd.DataFrame(found)
    return table.rename_axis([str(name).capitalize() for name in scores.index.names])
