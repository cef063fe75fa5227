"""The chain from compute through the loss to accuracy, and accuracies as counts."""

import numpy as np
import pandas as pd
import pytest

import bayescale as bs
from bayescale.laws.accuracy_sigmoid import LAW as SIGMOID


def sigmoid_through(floor, ceiling, k, L_mid):
    """Return the constants, at a reference of one, of the sigmoid that papers print."""
    gain = (ceiling - floor) / (1 + np.exp(k * (1 - L_mid)))
    reach = (ceiling - floor - gain) / (1 - floor - gain)
    return {"floor": floor, "gain": gain, "reach": reach, "k": k}


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


def test_accuracies_that_were_not_fitted_are_scored(accuracies):
    fit, values = accuracies
    inputs = pd.DataFrame({"loss": np.linspace(2.05, 3.55, 40), "items": 500.0})
    found = bs.score(fit, bs.simulate("accuracy_sigmoid", inputs, values=values, seed=8))
    assert found.table[["lower", "accuracy", "upper"]].stack().between(0, 1).all()
    assert found.table["loss"].tolist() == inputs["loss"].tolist()
    assert found.coverage > 0.7
    assert found.error < 0.1


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
