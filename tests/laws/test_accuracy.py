"""Accuracies from losses: the shapes, and the chain from compute to accuracy."""

import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import bayescale as bs
from bayescale.laws.accuracy_exponential import LAW as EXPONENTIAL
from bayescale.laws.accuracy_sigmoid import LAW as SIGMOID
from bayescale.laws.chinchilla import LAW as CHINCHILLA


def sigmoid_through(floor, ceiling, k, L_mid):
    """Return the constants, at a reference of one, of the sigmoid that papers print."""
    gain = (ceiling - floor) / (1 + np.exp(k * (1 - L_mid)))
    reach = (ceiling - floor - gain) / (1 - floor - gain)
    return {"floor": floor, "gain": gain, "reach": reach, "k": k}


def test_the_sigmoid_runs_from_chance_to_its_ceiling():
    values = sigmoid_through(floor=0.25, ceiling=0.9, k=12.0, L_mid=1.1)
    good, middle, bad = (SIGMOID.loss(L, **values) for L in (0.01, 1.1, 9.0))
    assert good == pytest.approx(0.9, abs=1e-4)
    assert middle == pytest.approx((0.25 + 0.9) / 2)
    assert bad == pytest.approx(0.25, abs=1e-9)


def test_the_exponential_is_that_of_the_error_in_the_paper():
    eps, k, gamma = 0.85, 2.4, 0.9
    values = {"floor": 1 - eps, "gain": k * np.exp(-gamma), "gamma": gamma}
    L = np.array([1.5, 2.5, 4.0])
    np.testing.assert_allclose(1 - EXPONENTIAL.loss(L, **values), eps - k * np.exp(-gamma * L))


def of_losses(count=30, items=1000):
    losses = np.linspace(2.0, 3.6, count)
    values = sigmoid_through(floor=0.25, ceiling=0.9, k=4.0, L_mid=2.7)
    inputs = pd.DataFrame({"loss": losses, "items": float(items)})
    return bs.simulate("accuracy_sigmoid", inputs, values=values, seed=3), values


@pytest.fixture(scope="module")
def accuracies():
    runs, values = of_losses()
    return bs.fit(runs, "accuracy_sigmoid", random_seed=1, draws=300), values


def test_counts_of_right_answers_are_fitted(accuracies):
    fit, values = accuracies
    assert bs.check(fit).ok
    asked = np.array([2.2, 2.8, 3.4])
    found = bs.predict(fit, loss=asked)
    assert found.name == "accuracy"
    truth = SIGMOID.loss(asked, **values)
    low, high = found.quantile([0.005, 0.995], ["chain", "draw"]).to_numpy()
    assert np.all((low < truth) & (truth < high))
    assert np.all(high - low < 0.1)


def test_few_items_scatter_more(accuracies):
    fit, _ = accuracies
    few, many = (
        bs.predict(fit, loss=2.7, inputs={"items": items}, new_run=True).std()
        for items in (50, 50_000)
    )
    assert few > 2 * many


def test_the_uncertainty_of_the_loss_is_carried_along(accuracies):
    from tests.fits import fit_to, real_runs

    fit, _ = accuracies
    losses = fit_to(real_runs(), "chinchilla", draws=300)
    drawn = bs.predict(losses, params=7e9, tokens=1.4e11)
    chained = bs.predict(fit, loss=drawn)
    alone = bs.predict(fit, loss=float(drawn.mean()))
    assert chained.dims == ("chain", "draw", "target")
    assert float(chained.std()) > 1.2 * float(alone.std())
    assert float(chained.mean()) == pytest.approx(float(alone.mean()), abs=0.02)
    assert float(chained["extrapolation"][0]) >= 0.0


def test_draws_of_another_number_do_not_pair(accuracies):
    from tests.fits import synthetic_fit

    fit, _ = accuracies
    drawn = bs.predict(synthetic_fit(), params=7e9, tokens=1.4e11)
    with pytest.raises(bs.PlanError, match="4 x 150 draws do not pair with the 4 x 300"):
        bs.predict(fit, loss=drawn)


def test_accuracies_without_items_name_what_is_missing():
    runs, _ = of_losses()
    bare = bs.load_runs(runs.table.drop(columns="items"))
    with pytest.raises(bs.FitError, match="accuracy_sigmoid needs items"):
        bs.fit(bare, "accuracy_sigmoid")


def test_an_accuracy_above_one_is_refused():
    runs, _ = of_losses()
    table = runs.table.copy()
    table.loc[4, "accuracy"] = 62.5
    with pytest.raises(bs.RunsError, match=r"accuracy = 62\.5: must be at most 1"):
        bs.load_runs(table, columns={"accuracy": "accuracy"})


@pytest.fixture(scope="module")
def gadre():
    folder = os.environ.get("BAYESCALE_DATA", "")
    path = Path(folder) / "gadre2024_overtraining.csv"
    if not folder or not path.exists():
        pytest.skip(f"needs {path.name} in the folder BAYESCALE_DATA ({folder or 'unset'})")
    table = pd.read_csv(path).query("family == 'rpj'")
    # The tasks of the average hold some tens of thousands of items together.
    table = table.assign(accuracy=1 - table["err_avg_17"], items=20_000.0)
    return table[["params", "tokens", "loss", "accuracy", "items", "model", "token_multiplier"]]


@pytest.mark.slow
def test_the_largest_runs_of_gadre_are_predicted(gadre):
    largest = 6 * gadre["params"] * gadre["tokens"] > 5e21
    columns = ["params", "tokens", "loss", "accuracy", "items"]
    small = bs.load_runs(gadre.loc[~largest, columns])
    held_out = gadre[largest]
    assert len(held_out) >= 2
    losses = bs.fit(small, "chinchilla", random_seed=1)
    accuracies = bs.fit(small, "accuracy_exponential", random_seed=1)
    inputs = {"params": held_out["params"].to_numpy(), "tokens": held_out["tokens"].to_numpy()}
    drawn = bs.predict(losses, **inputs)
    chained = bs.predict(accuracies, loss=drawn)
    of_loss = np.abs(drawn.median(["chain", "draw"]) / held_out["loss"].to_numpy() - 1)
    error = 1 - held_out["accuracy"].to_numpy()
    of_error = np.abs((1 - chained.median(["chain", "draw"])) / error - 1)
    for i, (_, run) in enumerate(held_out.iterrows()):
        print(
            f"{run['model']}, {run['token_multiplier']:g} tokens per parameter: relative error "
            f"{float(of_loss[i]):.2%} of the loss, {float(of_error[i]):.2%} of the task error"
        )
    assert float(of_loss.max()) < 0.03
    assert float(of_error.max()) < 0.08


def test_the_chain_starts_from_the_law_of_the_loss():
    assert CHINCHILLA.target == "loss"
    assert SIGMOID.target == EXPONENTIAL.target == "accuracy"
