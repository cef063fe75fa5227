"""Rows that are no independent runs are told until that is heeded."""

import numpy as np
import pandas as pd
import pytest

import bayescale as bs
from bayescale.evaluation.checking import check
from tests.fits import fit_to


@pytest.fixture(scope="module")
def annealed():
    """Four checkpoints of each of eight runs, worse than finished runs of their length."""
    rng = np.random.default_rng(3)
    rows = []
    for i, params in enumerate([1e8, 2e8, 4e8, 8e8]):
        for length in (10, 60):
            for part in (0.25, 0.5, 0.75, 1.0):
                tokens = part * length * params
                loss = 1.817 + 482 * params**-0.348 + 2085 * tokens**-0.366 + 0.08 * (1 - part)
                noisy = loss * np.exp(0.003 * rng.standard_normal())
                rows.append((f"{i}-{length}", params, tokens, 1e-3 * (1.01 - part), noisy))
    return pd.DataFrame(rows, columns=["run", "params", "tokens", "lr", "loss"])


def notes_of(fit):
    return {note.code: note for note in check(fit).notes}


def test_checkpoints_are_told_until_the_last_row_of_each_run_is_kept(annealed):
    (note,) = [notes_of(fit_to(bs.load_runs(annealed, run="run")))["checkpoints"]]
    assert note.severity == "warning"
    assert "last_of='run'" in note.remedy
    heeded = notes_of(fit_to(bs.load_runs(annealed, run="run", last_of="run")))
    assert "checkpoints" not in heeded
    assert "24 rows left out by last_of='run'" in heeded["chosen_rows"].sentence


def test_an_offset_for_each_run_does_not_heal_checkpoints_of_a_rate_that_decays(annealed):
    runs = bs.load_runs(annealed, run="run")
    pooled = bs.fit(runs, pool={"loss": "run_id"}, random_seed=1, draws=50, chains=2)
    assert "a finished run of its length" in notes_of(pooled)["checkpoints"].sentence


def test_a_sweep_is_told_until_the_best_row_of_each_configuration_is_kept(annealed):
    finished = annealed.groupby("run").tail(1).drop(columns=["run", "lr"])
    sweep = pd.concat(
        [
            finished.assign(lr=rate, loss=finished["loss"] * worse)
            for rate, worse in ((1e-4, 1.1), (1e-3, 1.0), (1e-2, 1.2))
        ],
        ignore_index=True,
    )
    with pytest.warns(bs.BayescaleWarning, match="differ in lr"):
        runs = bs.load_runs(sweep)
    assert "best_of=['params', 'tokens']" in notes_of(fit_to(runs))["setting_sweep"].remedy
    best = bs.load_runs(sweep, best_of=["params", "tokens"])
    assert not {"setting_sweep", "repeats"} & set(notes_of(fit_to(best)))
