import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm

from bayescale.errors import RunsError
from bayescale.laws import get_law
from bayescale.model.catalogue import models
from bayescale.runs.frontier import frontier
from bayescale.runs.reading import load_runs

CONSTANTS = models()["chinchilla"].published["besiroglu2024"].values
SIZES = np.geomspace(1e7, 1e10, 13)
TOKENS_PER_PARAM = np.geomspace(1.0, 400.0, 25)
BUDGETS = [1e18, 1e19, 1e20]


def true_loss(params, tokens):
    return get_law("chinchilla").loss(params, tokens, **CONSTANTS)


def best_params(flops):
    return get_law("chinchilla").best_split(flops / 6, CONSTANTS)[0]


def curves(sizes=SIZES, noise=0.0, seed=0, **options):
    """Training curves without a schedule: every checkpoint is as good as a run that ends there."""
    offsets = noise * np.random.default_rng(seed).standard_normal(len(sizes))
    parts = [
        pd.DataFrame(
            {
                "run_id": f"size {i}",
                "params": size,
                "tokens": size * TOKENS_PER_PARAM,
                "loss": true_loss(size, size * TOKENS_PER_PARAM) * np.exp(offset),
            }
        )
        for i, (size, offset) in enumerate(zip(sizes, offsets, strict=True))
    ]
    return load_runs(pd.concat(parts, ignore_index=True), groups=["run_id"], **options)


def test_the_winners_are_the_sizes_nearest_to_the_best():
    table = frontier(curves(), "run_id", BUDGETS).table
    np.testing.assert_array_equal(table["flops"], BUDGETS)
    spacing = np.log(SIZES[1] / SIZES[0])
    assert np.abs(np.log(table["params"] / best_params(table["flops"]))).max() < 0.6 * spacing
    np.testing.assert_allclose(6 * table["params"] * table["tokens"], BUDGETS)
    np.testing.assert_allclose(
        table["loss"], true_loss(table["params"], table["tokens"]), rtol=1e-3
    )
    assert [SIZES[int(name.split()[1])] for name in table["run_id"]] == table["params"].tolist()


def test_losses_are_interpolated_on_logarithmic_scales():
    runs = curves()
    curve = runs.table[runs.table["run_id"] == "size 5"].sort_values("flops")
    pair = curve[curve["flops"] > 6 * SIZES[5] * 20 * SIZES[5]].head(2)
    table = frontier(runs, "run_id", np.sqrt(pair["flops"].prod())).table
    assert table["run_id"].tolist() == ["size 5"]
    assert table["loss"].item() == pytest.approx(np.sqrt(pair["loss"].prod()), rel=1e-12)
    assert table["tokens"].item() == pytest.approx(np.sqrt(pair["tokens"].prod()), rel=1e-12)


def test_the_run_column_may_be_named_when_the_runs_are_loaded():
    named = curves(run="run_id")
    assert frontier(named, budgets=BUDGETS).table.equals(frontier(named, "run_id", BUDGETS).table)


def test_by_default_there_are_no_more_budgets_than_curves():
    runs = curves()
    found = frontier(runs, "run_id")
    assert len(found) + len(found.refused) == len(SIZES)
    assert found.table["flops"].between(*runs.table["flops"].quantile([0.0, 1.0])).all()


@pytest.mark.parametrize(
    ("sizes", "budget", "reason"),
    [
        (SIZES[:2], 1e16, "2 curves reach this budget, a best one needs 3"),
        (SIZES, 1e26, "0 curves reach this budget, a best one needs 3"),
        (SIZES[6:], 1e19, "the smallest of 3 models has the least loss"),
        (SIZES[:5], 1e18, "the largest of 3 models has the least loss"),
    ],
)
def test_budgets_without_an_answer_are_refused(sizes, budget, reason):
    with pytest.raises(RunsError, match=reason):
        frontier(curves(sizes), "run_id", [budget])


def test_refused_budgets_are_listed_beside_those_that_have_an_answer():
    found = frontier(curves(), "run_id", [1e19, 1e26])
    assert len(found) == 1
    (row,) = found.refused.to_dict("records")
    assert row["row"] == "budget 1e26"
    assert row["column"] == "flops"
    assert "0 curves reach" in row["reason"]
    assert "1 row refused" in str(found)


def test_rows_refused_before_stay_listed():
    table = curves().table.drop(columns="flops")
    table.loc[7, "loss"] = np.nan
    runs = load_runs(table, groups=["run_id"], bad_rows="refuse")
    found = frontier(runs, "run_id", [1e19, 1e26])
    assert found.refused["row"].tolist() == [7, "budget 1e26"]


def test_what_is_known_of_the_origin_is_kept():
    found = frontier(curves(name="a sweep", simulated=True), "run_id", [1e19])
    assert found.simulated
    assert found.source == "the frontier of a sweep"
    assert found.groups == ("run_id",)


def test_runs_must_be_curves_of_one_model_each():
    runs = curves()
    with pytest.raises(RunsError, match="Name the column with run=..."):
        frontier(runs)
    with pytest.raises(RunsError, match="did you mean 'run_id'"):
        frontier(runs, "runid")
    mixed = load_runs(runs.table.assign(run_id="all"), groups=["run_id"])
    with pytest.raises(RunsError, match="training run all has params from 10M to 10B"):
        frontier(mixed, "run_id")
    twice = pd.concat([runs.table, runs.table.assign(loss=runs.loss * 1.01)], ignore_index=True)
    with pytest.raises(RunsError, match="two losses at the same FLOPs"):
        frontier(load_runs(twice, groups=["run_id"]), "run_id")
    without = load_runs(runs.table[["flops", "loss", "run_id"]], groups=["run_id"])
    with pytest.raises(RunsError, match="needs params"):
        frontier(without, "run_id")


def expected_least(means, noise):
    """The expectation of the least of independent normal variables, by quadrature."""
    grid = np.linspace(means.min() - 8 * noise, means.max() + 8 * noise, 20_001)
    above = norm.sf(grid[:, None], means, noise).prod(axis=1)
    return grid[0] + np.trapezoid(above, grid)


@pytest.mark.parametrize(
    ("count", "spread", "curse"),
    [(3, 1.001, -0.846), (10, 1.001, -1.539), (10, 2.0, -1.208)],
)
def test_the_winners_curse_is_as_large_as_order_statistics_say(count, spread, curse):
    noise, budgets = 0.01, 1e19 * np.linspace(1.0, 1.001, 1000)
    sizes = best_params(1e19) * np.geomspace(1 / spread, spread, count)
    means = np.log(true_loss(sizes, 1e19 / (6 * sizes)))
    assert (expected_least(means, noise) - means.min()) / noise == pytest.approx(curse, abs=0.01)

    # Every budget is a checkpoint of every curve, with noise of its own.
    size, flops = (grid.ravel() for grid in np.meshgrid(sizes, budgets))
    tokens, rng = flops / (6 * size), np.random.default_rng(11)
    loss = true_loss(size, tokens) * np.exp(noise * rng.standard_normal(size.size))
    table = pd.DataFrame({"params": size, "tokens": tokens, "loss": loss, "run_id": size})
    found = frontier(load_runs(table, groups=["run_id"]), "run_id", budgets)
    assert len(found) > 300
    measured = (np.log(found.loss) - means.min()).mean() / noise
    assert measured == pytest.approx(curse, abs=4 * 0.75 / np.sqrt(len(found)))
