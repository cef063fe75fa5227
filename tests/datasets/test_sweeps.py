"""The sweeps that come with the package."""

import math

import pytest

from bayescale.datasets import datasets, load
from bayescale.datasets.card import Shipped


def test_the_sweep_is_shipped_and_sane() -> None:
    runs = load("sweep")
    assert len(runs) >= 60
    assert not len(runs.refused)
    assert not runs.simulated
    table = runs.table
    assert table["loss"].between(1.0, math.log(256)).all()
    assert table["flops"].max() > 90 * table["flops"].min()
    per_size = table.groupby("params").filter(lambda part: part["tokens"].nunique() > 2)
    falls = per_size.groupby("params")[["tokens", "loss"]].corr(method="spearman")
    assert (falls.xs("loss", level=1)["tokens"] < -0.9).all()


def test_a_data_set_can_be_read_by_other_columns() -> None:
    total = load("sweep").table
    body = load("sweep", params="params_nonembedding", flops="flops", flops_rule="recorded").table
    assert (body["params"] < total["params"]).all()
    assert body["loss"].equals(total["loss"])
    assert (body["flops"] / total["flops"]).max() > 1.1  # exact, with attention


def test_repeated_data_overfit_in_the_end() -> None:
    table = load("sweep_limited").table
    assert len(table) >= 30
    assert sorted(table["weight_decay"].unique()) == [0.1, 1.0]
    epochs = table["tokens"] / table["unique_tokens"]
    assert epochs.max() == pytest.approx(64, rel=0.01)
    few = table[(table["unique_tokens"] == 32_000) & (table["weight_decay"] == 0.1)]
    for _, part in few.groupby("params"):
        losses = part.sort_values("tokens")["loss"].to_numpy()
        assert 0 < losses.argmin() < len(losses) - 1


def test_both_tables_meet_in_one_recipe() -> None:
    together = load("sweep_all")
    assert together.table["weight_decay"].eq(0.1).all()
    limited = load("sweep_limited").table
    others = int((limited["weight_decay"] != 0.1).sum())
    assert len(together) == len(load("sweep")) + len(limited) - others
    assert len(together.refused) == others
    assert len(load("sweep_all", keep_flagged=True)) == len(load("sweep")) + len(limited)


def test_held_out_runs_lie_beyond_the_sweep() -> None:
    held_out = load("sweep_holdout").table
    assert len(held_out) >= 4
    assert held_out["flops"].min() > 2.9 * load("sweep").table["flops"].max()


def test_the_sweeps_are_small_enough_to_pass_on() -> None:
    shipped = (card.origin for card in datasets().values() if isinstance(card.origin, Shipped))
    paths = {path for origin in shipped for path in origin.paths}
    assert sum(path.stat().st_size for path in paths) < 100_000
