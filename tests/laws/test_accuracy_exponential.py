import numpy as np
import pytest

import bayescale as bs
from bayescale.laws import accuracy_exponential

VALUES = {"floor": 0.15, "gain": 0.25, "gamma": 2.0}

# The tasks have from some hundreds to ten thousand items; scatter beyond counting is in the model.
ITEMS = 20_000


def test_it_is_the_error_of_the_paper():
    losses = np.linspace(2.0, 6.0, 20)
    derived = accuracy_exponential.LAW.derive([2.5], VALUES)
    error = derived["eps"] - derived["k"] * np.exp(-derived["gamma_classic"] * losses)
    found = accuracy_exponential.accuracy(losses / 2.5, **VALUES)
    np.testing.assert_allclose(found, 1 - error, rtol=1e-12)


def test_it_gains_what_it_says_at_the_reference_and_falls_to_the_floor():
    found = accuracy_exponential.accuracy(np.array([1.0, 100.0]), **VALUES)
    assert found == pytest.approx([0.4, 0.15])


def test_accuracy_never_exceeds_one():
    assert accuracy_exponential.accuracy(np.array([0.01]), **(VALUES | {"gamma": 9.0})) == 1.0


@pytest.fixture(scope="module")
def table(public_table):
    found = public_table("gadre2024_overtraining.csv")
    # Runs of fewer than 20 tokens for each parameter belong to no curve of the paper.
    found = found[found["token_multiplier"] >= 20]
    return found.assign(accuracy=1 - found["err_avg_17"], items=ITEMS)


def is_held_out(table):
    """Return which runs the paper predicts: 1.4B beyond 20 tokens a parameter, and 6.9B."""
    beyond = (table["params"] > 1e9) & (table["token_multiplier"] > 20)
    return beyond | (table["params"] > 5e9)


def largest_error(name, predicted, observed):
    """Return the largest relative error of the medians, and print all of them."""
    medians = predicted.median(("chain", "draw")).to_numpy()
    errors = np.abs(medians / observed.to_numpy() - 1)
    print(name, ", ".join(f"{error:.2%}" for error in errors))
    return errors.max()


# The paper predicts RedPajama: loss within 0.71% and 0.73% for 1.4B (640 tokens a parameter) and
# 6.9B (20), average error within 3.64% and 0.05%. Its fit of C4 misses the largest loss by 4.3%.
@pytest.mark.slow
@pytest.mark.parametrize(
    ("corpus", "loss_within", "error_within"),
    [("rpj", 0.02, 0.04), ("c4_original", 0.04, 0.12), ("rw_original", 0.02, 0.08)],
)
def test_small_runs_predict_the_average_error_of_the_largest(
    table, corpus, loss_within, error_within
):
    of_corpus = table[table["family"] == corpus]
    largest = of_corpus[is_held_out(of_corpus)]
    runs = bs.load_runs(of_corpus[~is_held_out(of_corpus)])
    loss_fit = bs.fit(runs, "chinchilla", random_seed=1)
    accuracy_fit = bs.fit(runs, "accuracy_exponential", random_seed=1)
    for fit in (loss_fit, accuracy_fit):
        assert not fit.tree["sample_stats"]["diverging"].any()

    params, tokens = (largest[name].to_numpy() for name in ("params", "tokens"))
    loss = bs.predict(loss_fit, params=params, tokens=tokens, new_run=True)
    error = 1 - bs.predict(accuracy_fit, loss=loss)
    assert largest_error(f"{corpus} loss", loss, largest["loss"]) < loss_within
    assert largest_error(f"{corpus} error", error, largest["err_avg_17"]) < error_within
    low, high = error.quantile([0.025, 0.975], ("chain", "draw")).to_numpy()
    if corpus == "rpj":
        assert np.all((low < largest["err_avg_17"]) & (largest["err_avg_17"] < high))
    of_loss_alone = 1 - bs.predict(accuracy_fit, loss=loss.median(("chain", "draw")).to_numpy())
    narrow_low, narrow_high = of_loss_alone.quantile([0.025, 0.975], ("chain", "draw")).to_numpy()
    assert np.all(high - low > narrow_high - narrow_low)
