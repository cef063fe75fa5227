"""Learning curves drawn from a formula, as tables of checkpoints."""

import numpy as np
import pandas as pd

import bayescale as bs

SIZES = (1e8, 2e8, 4e8, 8e8, 1.6e9, 3.2e9)


def ladder(sizes=SIZES, schedule="constant", noise=0.001, checkpoints=40, total=1e11, seed=3):
    """Return the checkpoints of runs of some sizes and one length.

    At a constant rate the loss is that of a law at the tokens seen. A cosine holds it up by what is
    annealed away at the end, a little more for larger models.
    """
    rng = np.random.default_rng(seed)
    progress = np.linspace(1 / checkpoints, 1, checkpoints)
    rate = {"constant": np.ones(checkpoints), "cosine": 0.55 + 0.45 * np.cos(np.pi * progress)}
    parts = []
    for size in sizes:
        law = 1.7 + 400 * size**-0.34 + 1100 * (total * progress) ** -0.33
        held_up = 0.25 * (size / 1e9) ** 0.03 * (rate["cosine"] - 0.1)
        loss = (law + (held_up if schedule == "cosine" else 0)) * np.exp(
            noise * rng.standard_normal(checkpoints)
        )
        columns = {"tokens": total * progress, "loss": loss, "learning_rate": rate[schedule]}
        name = f"{size / 1e6:.0f}M"
        parts.append(pd.DataFrame({"run_id": name, "params": size, **columns}))
    return pd.concat(parts, ignore_index=True).assign(schedule=schedule)


def in_progress(table, name, progress):
    """Return a table in which one run has not ended yet."""
    own = table["run_id"] == name
    return table[~own | (table["tokens"] <= progress * table["tokens"][own].max() * 1.000001)]


def load(table, **settings):
    """Read a table of checkpoints."""
    settings.setdefault("columns", {"learning_rate": "learning_rate"})
    return bs.load_runs(table.reset_index(drop=True), run="run_id", simulated=True, **settings)
