import numpy as np
import pytest

import bayescale as bs
from bayescale.laws import chinchilla
from bayescale.laws.data_constrained import LAW, best_params, worth

PUBLISHED = bs.models()["data_constrained"].published["muennighoff2023"].values


@pytest.mark.parametrize(
    ("N", "D", "golden"),
    [(6.34e9, 242e9, 2.2256440889984477), (8.67e9, 178e9, 2.2269634075087867)],
)
def test_the_losses_of_the_authors_code_are_reproduced(N, D, golden):
    assert LAW.loss(N, D, 25e9, **PUBLISHED) == pytest.approx(golden, rel=1e-10)


@pytest.mark.parametrize(("epochs", "share"), [(4, 0.93), (16, 0.66), (40, 0.38)])
def test_repeats_lose_their_worth(epochs, share):
    assert worth(epochs, 1.0, PUBLISHED["R_D_star"]) / epochs == pytest.approx(share, abs=0.005)


def test_sixty_epochs_are_worth_hardly_more_than_sixteen_fresh_passes():
    assert worth(60.0, 1.0, PUBLISHED["R_D_star"]) == pytest.approx(16.1, abs=0.1)
    assert worth(1e6, 1.0, PUBLISHED["R_D_star"]) == pytest.approx(16.39, abs=0.01)


def test_one_epoch_of_a_model_that_is_not_too_large_is_chinchilla():
    base = {name: PUBLISHED[name] for name in ("E", "A", "B", "alpha_N", "alpha_D")}
    N, D = 1e9, 1e11
    terms = {name: base[name] for name in ("A", "B", "alpha_N", "alpha_D")}
    assert best_params(D, **terms) > N
    expected = chinchilla.loss(N, D, **base)
    assert LAW.loss(N, D, D, **PUBLISHED) == pytest.approx(expected, rel=1e-12)


def test_the_best_size_for_unique_tokens_has_twenty_tokens_a_parameter():
    terms = {name: PUBLISHED[name] for name in ("A", "B", "alpha_N", "alpha_D")}
    assert 1e11 / best_params(1e11, **terms) == pytest.approx(19.6, abs=0.05)


@pytest.fixture(scope="module")
def published_runs(public_table):
    table = public_table("datablations_runs.csv")
    table = table[table["in_published_fit"] == 1]
    columns = ["params", "tokens", "unique_tokens", "loss"]
    return bs.load_runs(table[columns], groups=[], bad_rows="refuse")


@pytest.mark.slow
def test_the_published_constants_of_repetition_lie_in_the_posterior(published_runs):
    fit = bs.fit(published_runs, "data_constrained_fixed_base", random_seed=1, draws=500)
    for name in ("R_D_star", "R_N_star"):
        low, high = np.quantile(fit.posterior[name], [0.05, 0.95])
        assert low < PUBLISHED[name] < high, name
