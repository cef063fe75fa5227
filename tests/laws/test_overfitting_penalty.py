import numpy as np
import pytest
from scipy.optimize import minimize_scalar

import bayescale as bs
from bayescale.evaluation.loo import psis_loo
from bayescale.laws import chinchilla
from bayescale.laws.overfitting_penalty import LAW, best_epochs

BASE = {"E": 1.8, "A": 480.0, "B": 2000.0, "alpha_N": 0.35, "alpha_D": 0.43}


@pytest.mark.parametrize(("N", "U", "kappa"), [(1e9, 1e9, 1.0), (3e8, 5e9, 1.0), (1e9, 2e9, 1.4)])
def test_the_best_number_of_epochs_is_the_minimum(N, U, kappa):
    values = {**BASE, "P": 0.027, "delta": 1.0, "kappa": kappa}
    found = minimize_scalar(
        lambda log_epochs: LAW.loss(N, U * np.exp(log_epochs), U, **values),
        bounds=(0.0, 7.0),
        method="bounded",
        options={"xatol": 1e-10},
    )
    closed = best_epochs(N, U, B=BASE["B"], alpha_D=BASE["alpha_D"], P=0.027, kappa=kappa)
    assert closed == pytest.approx(np.exp(found.x), rel=1e-5)
    assert closed > 1.5


def test_the_best_epochs_grow_with_data_and_shrink_with_size():
    few = {"B": BASE["B"], "alpha_D": 0.43, "P": 0.027}
    more_data = best_epochs(1e9, 4e9, **few) / best_epochs(1e9, 1e9, **few)
    assert more_data == pytest.approx(4 ** ((1 - 0.43) / (1 + 0.43)), rel=1e-9)
    larger = best_epochs(4e9, 1e9, **few) / best_epochs(1e9, 1e9, **few)
    assert larger == pytest.approx(4 ** (-1 / (1 + 0.43)), rel=1e-9)


def test_too_dear_a_penalty_allows_one_epoch_and_no_less():
    assert best_epochs(1e9, 1e9, B=1e-3, alpha_D=0.4, P=10.0) == 1.0


def test_one_epoch_is_not_penalised():
    values = {**BASE, "P": 0.5, "delta": 1.7, "kappa": 1.3}
    assert LAW.loss(1e9, 1e10, 1e10, **values) == chinchilla.loss(1e9, 1e10, **BASE)


def test_the_loss_turns_upward_with_epochs():
    values = {**BASE, "P": 0.027, "delta": 1.0, "kappa": 1.0}
    losses = LAW.loss(1e9, 1e9 * np.geomspace(1, 100, 50), 1e9, **values)
    turn = int(losses.argmin())
    assert 0 < turn < 49
    assert np.all(np.diff(losses[turn:]) > 0)


@pytest.fixture(scope="module")
def repeating_runs(public_table):
    table = public_table("datablations_runs.csv")
    return table.query("variant == 'base'").reset_index(drop=True)


def turned_upward(table):
    """Return the rows whose loss is above that of the same run at fewer tokens by 1% or more."""
    turned = []
    for row in table.itertuples():
        same = (table["params"] == row.params) & (table["unique_tokens"] == row.unique_tokens)
        before = table.loc[same & (table["tokens"] < row.tokens), "loss"]
        turned.append(len(before) > 0 and row.loss > 1.01 * before.min())
    return np.array(turned)


@pytest.mark.slow
def test_the_penalty_predicts_runs_that_turn_upward_where_saturation_cannot(repeating_runs):
    turned = turned_upward(repeating_runs) & (repeating_runs["in_published_fit"] == 0).to_numpy()
    assert turned.sum() == 18
    columns = ["params", "tokens", "unique_tokens", "loss"]
    runs = bs.load_runs(repeating_runs[columns], bad_rows="refuse")
    assert len(runs) == len(turned)
    scores = {}
    for name in ("data_constrained", "overfitting_penalty"):
        fit = bs.fit(runs, name, random_seed=1, draws=300)
        scores[name] = psis_loo(fit).elpd_i.to_numpy()[turned]
    gain = scores["overfitting_penalty"] - scores["data_constrained"]
    error = np.sqrt(len(gain)) * gain.std()
    print(f"elpd gained on {len(gain)} runs: {gain.sum():.1f} +- {error:.1f}")
    assert gain.sum() > 3 * error
