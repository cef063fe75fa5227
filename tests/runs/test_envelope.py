"""The best loss at each compute as a witness of its own."""

import numpy as np
import pandas as pd
import pytest

from bayescale.runs.envelope import envelope_of, foretell
from bayescale.runs.table import Runs

FLOPS = np.geomspace(1e18, 1e21, 10)


def test_the_best_run_of_each_bin_counts_if_no_cheaper_one_is_better():
    table = pd.DataFrame(
        {"flops": np.repeat(FLOPS, 2), "loss": np.repeat(3 - 0.1 * np.arange(10), 2)}
    )
    table.loc[1::2, "loss"] += 0.05
    table.loc[6, "loss"] = 3.5  # the best of its bin, and worse than cheaper runs
    table.loc[7, "loss"] = 3.6
    flops, loss = envelope_of(Runs(table, source="runs"))
    assert 3.5 not in loss
    assert (np.diff(loss) < 0).all()
    assert set(flops) <= set(FLOPS)


@pytest.mark.parametrize(
    "table",
    [
        pd.DataFrame({"flops": FLOPS[:4], "loss": [3, 2.8, 2.6, 2.5]}),
        pd.DataFrame({"flops": FLOPS / FLOPS**0.99, "loss": np.linspace(3, 2, 10)}),
        pd.DataFrame({"params": FLOPS, "loss": np.linspace(3, 2, 10)}),
    ],
    ids=["few points", "little compute", "no compute"],
)
def test_too_little_says_nothing(table):
    assert envelope_of(Runs(table, source="runs")) is None


def test_intervals_of_a_power_law_hold_the_truth_ten_times_beyond():
    held, target = [], 1e22
    for seed in range(60):
        noise = 0.004 * np.random.default_rng(seed).standard_normal(len(FLOPS))
        loss = (1.7 + 1.4 * (FLOPS / 1e18) ** -0.12) * np.exp(noise)
        low, high = foretell(FLOPS, loss, target, 0.9)
        held.append(low <= 1.7 + 1.4 * (target / 1e18) ** -0.12 <= high)
        assert 0 < high - low < 0.4
    assert 0.8 <= np.mean(held) <= 1.0


def test_the_luck_of_the_best_of_many_runs_does_not_count():
    rng = np.random.default_rng(0)
    params = np.exp(rng.uniform(-1.2, 1.2, (len(FLOPS), 60))) * (FLOPS / 100)[:, None] ** 0.5
    bottom = 1.7 + 1.4 * (FLOPS / 1e18) ** -0.12
    valley = bottom[:, None] * (1 + 0.01 * np.log(params / (FLOPS / 100)[:, None] ** 0.5) ** 2)
    loss = valley * np.exp(0.01 * rng.standard_normal(valley.shape))
    table = {"flops": np.repeat(FLOPS, 60), "params": params.ravel(), "loss": loss.ravel()}
    found = dict(zip(*envelope_of(Runs(pd.DataFrame(table), source="runs")), strict=True))
    away = [found[flops] / least - 1 for flops, least in zip(FLOPS, bottom, strict=True)]
    assert abs(np.mean(away)) < 0.003  # the least of 60 runs lies 2% below
    assert np.max(np.abs(away)) < 0.01
