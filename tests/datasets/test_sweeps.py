"""The sweeps that come with the package."""

import math
from pathlib import Path

import pandas as pd
import pytest

import bayescale as bs
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


def test_what_was_foretold_of_them_is_on_record() -> None:
    sweep = Path(__file__).parents[2] / "examples" / "sweep"
    said = pd.read_csv(sweep / "predictions.csv")
    fresh = said["tokens"] == said["unique_tokens"]
    late = fresh & (said["form"] == "bounded")  # two of the runs were known
    numbers = ["tokens", "median", "lower_90", "upper_90"]
    kept = []
    for path in (sweep / "forecasts").rglob("*.json"):
        forecast = bs.Forecast.load(path)
        form = forecast.origin.removesuffix(", in examples/sweep/predictions.csv")
        table = forecast.summary().set_axis(range(len(forecast.question)))
        kept.append(table.assign(form=form, lower_90=table["lower"], upper_90=table["upper"]))
    found = pd.concat(kept)[["form", *numbers]]
    expected = said[~late][["form", *numbers]].astype(dict.fromkeys(numbers, float))
    assert sorted(found.to_numpy().tolist()) == sorted(expected.to_numpy().tolist())


def test_the_record_is_what_the_page_of_the_sweep_says() -> None:
    sweep = Path(__file__).parents[2] / "examples" / "sweep"
    record = bs.settle(sweep / "forecasts", load("sweep_holdout"))
    said = f"{record.inside[0.9].sum()} of {len(record.table)} came out inside their 90% interval"
    page = (sweep.parents[1] / "docs" / "sweep.md").read_text(encoding="utf-8")
    assert f"{said}, the medians {record.error:.1%} away" in page


def test_the_sweeps_are_small_enough_to_pass_on() -> None:
    shipped = (card.origin for card in datasets().values() if isinstance(card.origin, Shipped))
    paths = {path for origin in shipped for path in origin.paths}
    assert sum(path.stat().st_size for path in paths) < 100_000
