import numpy as np
import pytest

from bayescale.laws import kaplan
from bayescale.laws.transfer import LAW, effective_data

TO_PYTHON = {"k": 1.9e4, "beta_N": 0.38, "beta_F": 0.18}
VALUES = {"L_0": 3.0, "s_D": 0.6, "k": 40.0, "alpha_N": 0.076, "alpha_D": 0.1} | {
    "beta_N": 0.38,
    "beta_F": 0.18,
}


def test_pretraining_is_worth_the_tokens_the_paper_says():
    transferred = effective_data(1e8, 1e6, **TO_PYTHON) - 1e6
    assert transferred == pytest.approx(2.506e8, rel=1e-3)
    larger = effective_data(1e9, 1e6, **TO_PYTHON) - 1e6
    assert larger / transferred == pytest.approx(10**0.38)


def test_the_constants_of_the_paper_give_the_formula_of_the_paper():
    N_0, F_0 = 4e7, 2e6
    paper = LAW.derive([N_0, F_0], VALUES)
    k, alpha_D = paper["k_c"], VALUES["alpha_D"]
    for N, F in ((1e8, 1e6), (4e9, 3e8)):
        data = effective_data(N, F, k=k, beta_N=0.38, beta_F=0.18)
        size = (paper["N_c"] / N) ** (0.076 / alpha_D)
        expected = (size + paper["D_c"] / data) ** alpha_D
        assert LAW.loss(N / N_0, F / F_0, **VALUES) == pytest.approx(expected, rel=1e-12)


def test_without_transfer_the_law_is_kaplan():
    A, B = 3.0 * 0.4**0.1, 3.0 * 0.6**0.1
    expected = kaplan.loss(3.0, 20.0, A=A, B=B, alpha_N=0.076, alpha_D=0.1)
    assert LAW.loss(3.0, 20.0, **{**VALUES, "k": 0.0}) == pytest.approx(expected)


def test_transfer_helps_most_where_data_are_few():
    F = np.array([0.01, 1.0, 100.0])
    worth = effective_data(1.0, F, k=2.0, beta_N=0.38, beta_F=0.18) / F
    assert np.all(np.diff(worth) < 0)
    assert worth[-1] > 1.0


def test_the_reference_run_has_the_loss_it_is_stated_with():
    assert LAW.loss(1.0, 1.0, **VALUES) == pytest.approx(3.0)
